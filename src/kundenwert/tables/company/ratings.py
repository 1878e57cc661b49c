"""The table `ratings`: points from 0 to 10 that people gave a customer on a criterion."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, Limits, customer, role

PLUGIN = CompanyTable(
    name="ratings",
    about="One row a judgement: customer, criterion, points from 0 to 10, who and why.",
    adds="What no figure shows: image, outlook, willingness to work together, as points beside the value.",
    roles=(
        customer(),
        role("criterion", "text", "What is judged.", "kriterium bewertungskriterium merkmal criterion kriterien criteria", needed=True),
        role("points", "number", "0 to 10.", "punkte punktzahl punktwert points score bewertung", needed=True),
        role("date", "day", "The day of the judgement.", "bewertetam bewertungsdatum ratingdate ratedon", "datum date tag "
             "day", needed=True),
        role("person", "text", "Who judged.", "bewerter bewertetvon mitarbeiter person ratedby rater betreuer bearbeiter"),
        role("reason", "text", "Why.", "begruendung grund bemerkung kommentar reason comment anmerkung"),
    ),
    key=("customer_id", "criterion", "date", "person"),
    newest="date",
    limits={"points": Limits(0, 10)},
    words=("bewertung", "rating", "scoring", "punkte"),
    least=20,
)  # fmt: skip
