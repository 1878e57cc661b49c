"""The columns of the customer list: where each comes from, what it is called, and how it is sorted, filtered and summed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# How columns are kept as numbers: the macro that makes one of a cell, and the number of an unknown cell.
MACROS = {
    "money": "list_cents",
    "date": "list_day",
    "count": "list_count",
    "share": "list_number",
    "number": "list_number",
    "flag": "list_flag",
}
UNKNOWN_CENTS = -(2**63) + 1
UNKNOWN_COUNT = -(2**31) + 1


@dataclass(frozen=True)
class ListColumn:
    """A column of the list. heading: a message; `{year}` in it is the last whole year. kind: text, word, money, share, number, count,
    date or flag; a word is one of a few that stand for a group of customers. sums: whether the sum of the rows says something.
    is_forecast: whether it says what is expected, not what was booked or recorded. by_default: shown unless a reader chose otherwise.
    """

    name: str
    heading: str
    kind: str
    sums: bool = False
    is_forecast: bool = False
    by_default: bool = False

    @property
    def is_ranged(self) -> bool:
        """Whether a filter gives bounds for it."""
        return self.kind in {"money", "share", "number", "count", "date"}


COLUMNS = (
    ListColumn("customer_id", "Customer number", "text"),
    ListColumn("name", "Customer", "text", by_default=True),
    ListColumn("city", "City", "text"),
    ListColumn("class", "Class", "word", is_forecast=True, by_default=True),
    ListColumn("stage", "Stage of life", "word", is_forecast=True, by_default=True),
    ListColumn("value", "Customer value", "money", sums=True, is_forecast=True, by_default=True),
    ListColumn("value_lower", "Customer value: at least", "money", is_forecast=True),
    ListColumn("value_upper", "Customer value: at most", "money", is_forecast=True),
    ListColumn("change", "Change since the run before", "money", sums=True, is_forecast=True, by_default=True),
    ListColumn("past", "Past", "money", sums=True),
    ListColumn("clv", "Still to come (clv)", "money", sums=True, is_forecast=True),
    ListColumn("expected_revenue", "Expected revenue", "money", sums=True, is_forecast=True),
    ListColumn("expected_purchases", "Expected purchases", "number", sums=True, is_forecast=True),
    ListColumn("p_alive", "Still active", "share", is_forecast=True, by_default=True),
    ListColumn("contribution_year", "Contribution {year}", "money", sums=True, by_default=True),
    ListColumn("revenue_year", "Revenue of the last 12 months", "money", sums=True),
    ListColumn("revenue", "Revenue so far", "money", sums=True),
    ListColumn("purchases", "Purchases", "count", sums=True),
    ListColumn("first_purchase", "First purchase", "date"),
    ListColumn("last_purchase", "Last purchase", "date", by_default=True),
    ListColumn("days_overdue", "Days overdue", "count", is_forecast=True),
    ListColumn("at_stake", "At stake", "money", sums=True, is_forecast=True),
    ListColumn("portfolio", "Portfolio", "word", is_forecast=True),
    ListColumn("portfolio_nine", "Portfolio, nine fields", "word", is_forecast=True),
    ListColumn("tier", "Tier", "word", is_forecast=True),
    ListColumn("score", "Points", "number", is_forecast=True),
    ListColumn("region", "Region", "word"),
    ListColumn("industry", "Industry", "word"),
    ListColumn("segment", "Segment", "word"),
    ListColumn("account_manager", "Account manager", "word", by_default=True),
    ListColumn("level", "Forecast from", "word"),
    ListColumn("alert", "Overdue", "flag", is_forecast=True),
    ListColumn("at_risk", "Valuable and at risk", "flag", is_forecast=True),
    ListColumn("loss_maker", "Loss maker", "flag"),
)
BY_NAME: Mapping[str, ListColumn] = {column.name: column for column in COLUMNS}
# What the value table of a run holds of these, with the type of a column that a run does not know.
OF_RUN = {
    "customer_id": "varchar",
    "level": "varchar",
    "class": "varchar",
    "stage": "varchar",
    "tier": "varchar",
    "portfolio": "varchar",
    "portfolio_nine": "varchar",
    "value": "decimal(18, 2)",
    "past": "decimal(18, 2)",
    "clv": "decimal(18, 2)",
    "clv_lower": "decimal(18, 2)",
    "clv_upper": "decimal(18, 2)",
    "expected_revenue": "decimal(18, 2)",
    "expected_purchases": "double",
    "p_alive": "double",
    "revenue": "decimal(18, 2)",
    "frequency": "integer",
    "first_purchase": "date",
    "last_purchase": "date",
    "alert": "boolean",
    "days_overdue": "integer",
    "loss": "decimal(18, 2)",
    "score": "double",
}
# What the customer records hold of these; all are texts.
OF_RECORDS = ("customer_id", "name", "city", "region", "industry", "segment", "account_manager")
# How the numbers of the last eight quarters are called in the file that is kept for export.
QUARTERS = tuple(f"quarter_{number}" for number in range(1, 9))
# Words that have an order of their own; all others go by the alphabet.
ORDERED: Mapping[str, tuple[str, ...]] = {
    "stage": ("acquisition", "development", "retention", "win_back"),
    "portfolio": ("star", "question", "earning", "incidental"),
    "portfolio_nine": (
        "invest_secure", "invest_to_extend", "invest_or_exit", "extend_earn", "earn_keep", "withdraw_selectively", "harvest_hold",
        "harvest", "withdraw",
    ),
    "level": ("customer", "segment", "none", "collective"),
}  # fmt: skip
