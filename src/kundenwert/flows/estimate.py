"""Value without history: from margin, retention, interest and a span that somebody gives by hand (value-models: retention model)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kundenwert.errors import CallError
from kundenwert.records.estimate import Estimate

if TYPE_CHECKING:
    from kundenwert.value.parametric.margin_multiple import Timing

# A payback that takes longer is none. In years.
_LONGEST = 100


def margin_of(orders: float, order_value: float, margin_share: float) -> float:
    """The margin of a period by hand: orders x value of an order x share of it that is left.

    >>> round(margin_of(4, 60, 0.3), 10)
    72.0
    """
    return orders * order_value * margin_share


def estimate(
    *,
    margin: float,
    retention: float,
    rate: float,
    periods: int | None = None,
    growth: float = 0.0,
    timing: Timing = "end of period",
    term: int = 0,
    acquisition_cost: float | None = None,
    periods_a_year: int = 1,
) -> Estimate:
    """What a customer is worth by a few parameters; no project and no history needed.

    margin: money a period. retention: share of customers who stay from a period to the next. rate: interest a year (effective). periods:
    margins counted, None: forever. growth: of the margin, a period. timing: when the first margin falls due. term: first periods in which
    nobody can leave. periods_a_year: 12 where a period is a month. Raises CallError that names every parameter that means nothing, and
    where forever has no end.

    >>> estimate(margin=100, retention=0.8, rate=0.12).value, estimate(margin=100, retention=0.8, rate=0.12, timing="today").value
    (250.0, 350.0)
    """
    from kundenwert.value.parametric.course import course, payback, value_forever

    _refuse(locals())
    each = (1 + rate) ** (1 / periods_a_year) - 1
    other: Timing = "today" if timing == "end of period" else "end of period"
    has_end = retention * (1 + growth) < 1 + each

    def worth(when: Timing) -> float:
        if periods is None:
            return value_forever(margin, retention, each, timing=when, growth=growth, term=term)
        return float(course(margin, retention, each, periods, timing=when, growth=growth, term=term).discounted.sum())

    value = worth(timing)
    forever = round(value_forever(margin, retention, each, timing=timing, growth=growth, term=term), 10) if has_end else None
    paid: tuple[int | None, int | None] = (None, None)
    if acquisition_cost is not None:
        long = course(margin, retention, each, periods or _LONGEST * periods_a_year, timing=timing, growth=growth, term=term)
        paid = payback(acquisition_cost, long.nominal), payback(acquisition_cost, long.discounted)
    return Estimate(
        margin=margin,
        retention=retention,
        rate=rate,
        growth=growth,
        periods=periods,
        periods_a_year=periods_a_year,
        timing=timing,
        term=term,
        acquisition_cost=acquisition_cost,
        value=round(value, 10),
        other_timing=round(worth(other), 10),
        plain=None if periods is None else round(margin * periods, 10),
        forever=forever,
        beyond=None if periods is None or not forever else 1 - value / forever,
        net=None if acquisition_cost is None else round(value - acquisition_cost, 10),
        payback=paid[0],
        payback_discounted=paid[1],
    )


def _refuse(given: dict[str, object]) -> None:
    """Every parameter that means nothing, at once."""
    limits = {
        "margin": (-math.inf, math.inf, "a finite amount of money"),
        "retention": (0.0, 1.0, "a share from 0 to 1, such as 0.8"),
        "rate": (-0.99, 10.0, "a share a year, such as 0.1 for 10 %"),
        "growth": (-1.0, 10.0, "a share a period, such as 0.05 for 5 %"),
        "periods": (1, 100_000, "a whole number from 1, or none for forever"),
        "term": (0, 100_000, "a whole number from 0"),
        "acquisition_cost": (0.0, math.inf, "an amount of 0 or more"),
        "periods_a_year": (1, 366, "a whole number such as 12 for months"),
    }
    wrong = []
    for name, (low, high, expected) in limits.items():
        value = given[name]
        if value is None and name in ("periods", "acquisition_cost"):
            continue
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        kind = int if isinstance(low, int) else (int, float)
        if not (is_number and isinstance(value, kind) and low <= value <= high):
            wrong.append(f"{name} = {value!r} (expected: {expected})")
    if given["timing"] not in ("end of period", "today"):
        wrong.append(f'timing = {given["timing"]!r} (expected: "end of period" or "today")')
    if wrong:
        raise CallError("These parameters mean nothing: " + "; ".join(wrong) + ".")
    step = float(given["retention"]) * (1 + float(given["growth"]))  # type: ignore[arg-type]
    each = (1 + float(given["rate"])) ** (1 / int(given["periods_a_year"]))  # type: ignore[arg-type, call-overload]
    if given["periods"] is None and step >= each:
        raise CallError(
            f"Forever has no end here: retention x (1 + growth) = {step:.6g} must be below 1 + rate of a period = {each:.6g}. "
            "Give a number of periods."
        )
