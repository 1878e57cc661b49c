"""The bridge from file totals to value totals: every line in one class, by month and currency, difference 0.00."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kundenwert.records import ClassTotal, FlagTotal, Reconciliation

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# The order in which a line is tested; it is in the first class that fits (definitions.md, Lines and the ledger).
LINE_CLASSES = ("unreadable", "rejected", "after_as_of", "without_customer", "cancellation", "return", "kept")
# Classes whose lines belong to customers: their money is what the customers' revenue adds up to.
OF_CUSTOMERS = ("cancellation", "return", "kept")
_NOTHING = Decimal(0)
_FIRST_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class DayClass:
    """Lines and money of one day, line class and currency, and what of them is flagged."""

    day: int | None
    line_class: str
    currency: str
    lines: int
    amount: Decimal
    free_lines: int
    non_product_lines: int
    non_product_amount: Decimal
    negative_price_lines: int
    negative_price_amount: Decimal
    positive_lines: int
    positive_amount: Decimal

    @property
    def is_booked(self) -> bool:
        """Rejected lines have no place in the ledger."""
        return self.line_class != "rejected"

    @property
    def month(self) -> str:
        """YYYY-MM, or "" where no day could be read."""
        return date.fromordinal(_FIRST_DAY + self.day).isoformat()[:7] if self.day is not None else ""


def day_classes(engine: Engine, step: str = "tables/classes.sql") -> tuple[DayClass, ...]:
    """Lines and money by day, class and currency, from view `lines`."""
    return tuple(DayClass(**row) for row in engine.rows(step))


def document_days(days: Iterable[DayClass]) -> list[int]:
    """The distinct days of booked lines, ascending."""
    return sorted({entry.day for entry in days if entry.is_booked and entry.day is not None})


def reconcile(
    days: Iterable[DayClass],
    *,
    as_of: int | None,
    unreadable: int,
    file_lines: int,
    file_amount: Decimal,
    prefixes: Iterable[dict[str, Any]] = (),
    extra_flags: Iterable[FlagTotal] = (),
) -> Reconciliation:
    """Ties the file totals to the line classes. as_of: None where lines after the as-of day do not stand apart (ledger, check)."""
    days = tuple(days)
    totals: dict[tuple[str, str, str], list[Any]] = defaultdict(lambda: [0, _NOTHING])
    for entry in days:
        late = as_of is not None and entry.is_booked and entry.day is not None and entry.day > as_of
        total = totals["after_as_of" if late else entry.line_class, entry.month, entry.currency]
        total[0] += entry.lines
        total[1] += entry.amount
    months = tuple(
        ClassTotal(line_class, lines, amount, month, currency)
        for (line_class, month, currency), (lines, amount) in sorted(totals.items(), key=lambda item: (item[0][1], item[0][2], item[0][0]))
    )
    classes = tuple(_class_total(name, months, unreadable) for name in LINE_CLASSES if as_of is not None or name != "after_as_of")
    return Reconciliation(
        lines=file_lines + unreadable,
        amount=file_amount,
        classes=classes,
        months=months,
        flags=(*_flags(days), *extra_flags),
        views=_views(days, prefixes),
        difference=file_amount - sum((total.amount for total in classes), _NOTHING),
    )


def _class_total(name: str, months: Iterable[ClassTotal], unreadable: int) -> ClassTotal:
    if name == "unreadable":
        return ClassTotal(name, unreadable, _NOTHING)
    own = [total for total in months if total.line_class == name]
    return ClassTotal(name, sum(total.lines for total in own), sum((total.amount for total in own), _NOTHING))


def _flags(days: Iterable[DayClass]) -> tuple[FlagTotal, ...]:
    booked = [entry for entry in days if entry.is_booked]
    customers = [entry for entry in booked if entry.line_class in OF_CUSTOMERS]
    return (
        FlagTotal("free", sum(entry.free_lines for entry in customers), _NOTHING),
        FlagTotal(
            "non_product",
            sum(entry.non_product_lines for entry in booked),
            sum((entry.non_product_amount for entry in booked), _NOTHING),
        ),
        FlagTotal(
            "negative_price",
            sum(entry.negative_price_lines for entry in booked),
            sum((entry.negative_price_amount for entry in booked), _NOTHING),
        ),
    )


def _views(days: Iterable[DayClass], prefixes: Iterable[dict[str, Any]]) -> tuple[FlagTotal, ...]:
    days = tuple(days)
    positive = FlagTotal("positive", sum(entry.positive_lines for entry in days), sum((entry.positive_amount for entry in days), _NOTHING))
    return (positive, *(FlagTotal(f"document {row['prefix']}", row["lines"], row["amount"]) for row in prefixes))
