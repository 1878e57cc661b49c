"""The table `contacts`: one row a visit, call, mail or any other contact with a customer."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, Limits, customer, role

PLUGIN = CompanyTable(
    name="contacts",
    about="One row a contact: visit, call, mail.",
    adds="Cost of contacts in the customer result, the day of the last contact, and who is visited more than he brings.",
    roles=(
        role("contact_id", "id", "Number of the contact.", "kontaktnr kontaktid contactnr besuchsnr besuchsid aktivitaetsnr "
             "aktivitaetsid berichtsnr interactionid"),
        customer(),
        role("date", "day", "The day of the contact.", "kontaktdatum kontaktam besuchsdatum besuchtam anrufdatum gespraechsdatum "
             "contactdate visitdate calldate datumkontakt terminam termin", "datum date tag day", needed=True),
        role("channel", "text", "Visit, phone, mail ...", "kontaktart kontaktkanal kontaktweg contacttype contactchannel besuchsart "
             "kontakttyp", "kanal channel art typ medium type"),
        role("purpose", "text", "Why.", "kontaktgrund anlass besuchszweck besuchsgrund gespraechsgrund zweck purpose", "grund "
             "betreff thema subject reason"),
        role("direction", "text", "From us or from the customer.", "richtung direction eingehendausgehend"),
        role("outcome", "text", "How it ended: reached, delivered, returned ...",
             "kontaktergebnis zustellung zustellstatus zustellergebnis "
             "versandstatus besuchsergebnis deliverystatus contactoutcome contactresult", "ergebnis outcome result status"),
        role("duration_minutes", "number", "How long it took, in minutes.", "dauer dauermin dauerminuten dauerinminuten "
             "gespraechsdauer besuchsdauer duration durationmin durationminutes minuten minutes"),
        role("cost", "money", "What the contact has cost.", "kontaktkosten besuchskosten contactcost visitcost", "kosten cost"),
        role("person", "text", "Who of the company.", "mitarbeiter aussendienst aussendienstmitarbeiter vertreter bearbeiter "
             "person employee salesrep adm betreuer agent"),
    ),
    key=("contact_id",),
    keeps_repeats=True,
    newest="date",
    money="cost",
    limits={"duration_minutes": Limits(low=0), "cost": Limits(low=0)},
    words=("kontakt", "contact", "besuch", "visit", "anruf", "call", "crm"),
    least=50,
    least_days=180,
)  # fmt: skip
