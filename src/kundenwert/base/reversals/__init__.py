"""Cancellations and returns find the sale they take back; each sold piece is taken back at most once (definitions.md, Purchases)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_RULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("base/reversals/match_in_order.sql", {"within_document": True}),
    ("base/reversals/match_equal.sql", {}),
    ("base/reversals/match_in_order.sql", {"within_document": False}),
)


@dataclass(frozen=True)
class Matched:
    """How much of the reversals found its sale; a line may be matched in part and count on both sides."""

    lines: int
    matched_lines: int
    unmatched_lines: int
    amount: Decimal
    matched_amount: Decimal
    unmatched_amount: Decimal


def match(engine: Engine, *, as_of: int) -> Matched:
    """Matches the reversals of `booked` known on day `as_of`; leaves table `cancelled`: pieces and money taken from each sale."""
    engine.table("reversals", "base/reversals/reversals.sql", as_of=as_of)
    engine.table("sales", "base/reversals/sales.sql", as_of=as_of)
    engine.table("matches", "base/reversals/no_matches.sql")
    for step, values in _RULES:
        if not engine.table("open_reversals", "base/reversals/open_reversals.sql"):
            break
        engine.table("open_sales", "base/reversals/open_sales.sql")
        engine.table("matches", step, **values)
    engine.table("cancelled", "base/reversals/cancelled.sql")
    (figures,) = engine.rows("base/reversals/matched.sql")
    return Matched(**figures)
