"""The table `budgets`: what may be spent on customers: money, visits, hours."""

from __future__ import annotations

from kundenwert.tables.company._shape import CompanyTable, Limits, role

PLUGIN = CompanyTable(
    name="budgets",
    about="One row a budget, period and resource: how much there is.",
    adds="What a plan may spend: without budgets a plan only ranks.",
    roles=(
        role("name", "text", "Name of the budget.", "budget budgetname bezeichnung name team abteilung", needed=True),
        role("period", "text", "For which time, such as 2026-Q1.", "zeitraum periode quartal geschaeftsjahr period jahr "
             "monat", needed=True),
        role("resource", "text", "Of what: money, visits, hours.", "ressource mittel resource einheit budgetart "
             "kostenart", needed=True),
        role("amount", "number", "How much.", "budgetbetrag budgetsumme betrag menge summe amount wert planwert", needed=True),
    ),
    key=("name", "period", "resource"),
    money="amount",
    limits={"amount": Limits(low=0)},
    words=("budget", "plan", "mittel"),
)  # fmt: skip
