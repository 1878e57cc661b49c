"""The table `offers`: one row an offer and what became of it."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, customer, role

PLUGIN = CompanyTable(
    name="offers",
    about="One row an offer: day, sum, stage, won or lost.",
    adds="How likely an offer is won, and what open offers are worth.",
    roles=(
        role("offer_id", "id", "Number of the offer.", "angebotsnr angebot angebotsid offerid offernr quoteid quotenr quotationnr "
             "opportunityid dealid", "id recordid", needed=True),
        customer(needed=False),
        role("lead_id", "id", "The lead it was made to.", "leadid leadnr interessentennr interessent"),
        role("date", "day", "The day of the offer.", "angebotsdatum angebotenam offerdate quotedate quotationdate", "datum date "
             "tag day createddate createdate", needed=True),
        role("amount", "money", "The sum offered, net.", "angebotssumme angebotswert angebotsbetrag offeramount quoteamount dealamount",
             "betrag summe wert amount nettobetrag netto"),
        role("stage", "text", "How far it is.", "angebotsphase phase stufe stage stagename dealstage angebotsstand"),
        role("decided_on", "day", "When it was decided.", "entschiedenam entscheidungsdatum decidedon closedate abschlussdatum"),
        role("outcome", "outcome", "won, lost or open.", "ergebnis ausgang outcome entscheidung angebotsstatus", "status"),
        role("reason", "text", "Why it was won or lost.", "absagegrund verlustgrund grund lossreason reason"),
    ),
    key=("offer_id",),
    newest="date",
    money="amount",
    not_before={"decided_on": "date"},
    words=("angebot", "offer", "quote", "opportunit", "deal"),
    least=20,
    least_days=180,
)  # fmt: skip
