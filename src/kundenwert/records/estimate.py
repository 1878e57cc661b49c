"""What a customer is worth by a few parameters given by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True)
class Estimate:
    """The parameters and what follows from them. Money in the unit of the margin, rates a year, the rest in periods.

    periods_a_year: 12 where a period is a month. retention: share of customers who stay from one period to the next. periods: margins
    counted, None: forever. timing: when the first margin falls due, "end of period" or "today"; value goes by it. term: first periods in
    which nobody can leave. plain: margin times periods, nobody leaves, no interest; None forever. other_timing: the value with the first
    margin at the other time. beyond: share of the value forever that lies beyond the periods; None where there is no value forever.
    payback, payback_discounted: the period in which the expected margins have paid for the acquisition; None: never, or no cost given.
    """

    margin: float
    retention: float
    rate: float
    growth: float
    periods: int | None
    periods_a_year: int
    timing: str
    term: int
    acquisition_cost: float | None
    value: float
    other_timing: float
    plain: float | None
    forever: float | None
    beyond: float | None
    net: float | None
    payback: int | None
    payback_discounted: int | None
