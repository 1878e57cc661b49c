"""The table `measures`: who was treated in a campaign, and who was left out on purpose."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, Limits, customer, role

PLUGIN = CompanyTable(
    name="measures",
    about="One row a customer in a measure: treated or held out, when, at what cost.",
    adds="What a measure really changed: without a group that was left out nobody knows.",
    roles=(
        role("measure_id", "id", "The measure.", "massnahme massnahmennr massnahmenid massnahmeid kampagne kampagnennr "
             "kampagnenid aktion aktionsnr measureid measure campaignid campaign aktionscode", needed=True),
        customer(),
        role("date", "day", "The day of the treatment.", "massnahmedatum massnahmendatum aktionsdatum versanddatum "
             "treatedon", "datum date tag day",
             needed=True),
        role("kind", "text", "What was done.", "massnahmenart massnahmeart aktionsart measuretype", "art typ kind type"),
        role("treated", "treated", "Treated, or held out for comparison.", "treated behandelt kontrollgruppe kontrolle testgruppe "
             "gruppe group control holdout versuchsgruppe treatment angeschrieben", needed=True),
        role("cost", "money", "What the treatment of this customer has cost.", "massnahmenkosten aktionskosten "
             "measurecost", "kosten cost"),
    ),
    key=("measure_id", "customer_id", "date"),
    newest="date",
    money="cost",
    limits={"cost": Limits(low=0)},
    inverse={"treated": frozenset({"kontrollgruppe", "kontrolle", "control", "holdout"})},
    words=("massnahme", "kampagne", "measure", "campaign", "aktion"),
    least=100,
)  # fmt: skip
