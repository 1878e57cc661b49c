"""What a customer is likely to buy next."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Suggestion:
    """A product group that a customer has not bought yet.

    rank: 1 is the likeliest. chance: that it is bought within `span_days` of the run. expected_db: what the suggestion is worth in
    contribution, None where no cost is known. reason: the group bought already whose buyers took it up `times` as often as others, ""
    where none speaks for it.
    """

    rank: int
    product_group: str
    chance: float
    expected_db: Decimal | None
    reason: str
    times: float
    span_days: int
