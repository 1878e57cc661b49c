"""The table `complaints`: one row a complaint and how it ended."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, Limits, customer, role

PLUGIN = CompanyTable(
    name="complaints",
    about="One row a complaint: day, category, cost, when it was resolved.",
    adds="Cost of complaints in the customer result, and customers who may leave because a complaint was handled badly.",
    roles=(
        role("complaint_id", "id", "Number of the complaint.", "reklamationsnr reklamation reklanr reklamationsid beschwerdenr "
             "beschwerdeid complaintid complaintnr ticketnr ticketid qmnr meldungsnr rmanr"),
        customer(),
        role("date", "day", "The day it was raised.", "reklamationsdatum reklamiertam beschwerdedatum complaintdate gemeldetam "
             "meldedatum eingangsdatum eingangam raisedon openedat", "datum date tag day", needed=True),
        role("document_id", "id", "The document it is about.", "belegnr rechnungsnr rechnung auftragsnr lieferscheinnr documentid "
             "documentnr invoicenr invoiceid ordernr orderid bezugsbeleg"),
        role("category", "text", "What it is about.", "reklamationsgrund reklamationsart beschwerdegrund beschwerdeart "
             "complaintcategory complainttype fehlerart mangelart", "kategorie category grund art reason"),
        role("cost", "money", "What it has cost.", "reklamationskosten beschwerdekosten complaintcost", "kosten cost kulanz "
             "kulanzbetrag"),
        role("resolved_on", "day", "When it was resolved.", "erledigtam erledigungsdatum geloestam abgeschlossenam abschlussdatum "
             "resolvedon resolvedat closedon closedat erledigt"),
        role("satisfaction", "number", "How content the customer was with the handling, 1 to 5.", "zufriedenheit zufriedenheitsnote "
             "satisfaction bewertung note csat"),
        role("outcome", "text", "How it ended.", "ergebnis ausgang outcome resolution loesung entscheidung", "status"),
    ),
    key=("complaint_id",),
    newest="date",
    money="cost",
    limits={"satisfaction": Limits(1, 5), "cost": Limits(low=0)},
    not_before={"resolved_on": "date"},
    words=("reklamation", "beschwerde", "complaint", "ticket", "rekla", "qm"),
    least=30,
    least_days=180,
)  # fmt: skip
