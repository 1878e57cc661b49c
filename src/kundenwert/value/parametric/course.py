"""The expected margins of a customer period by period: their value with a first term in which nobody leaves, and when they have paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenwert.value.parametric._checks import refuse
from kundenwert.value.parametric.margin_multiple import margin_multiple

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from kundenwert.value.parametric.margin_multiple import Timing


@dataclass(frozen=True)
class Course:
    """Expected margin of each period, nominal and discounted to today. Arrays (periods,), money."""

    nominal: Any
    discounted: Any


def course(margin: float, retention: float, rate: float, periods: int, *, timing: Timing, growth: float = 0.0, term: int = 0) -> Course:
    """Margin j = 1 .. periods is m (1+g)^(j-1) r^max(0, j - term), due after j periods; with timing "today" after j - 1, the first sure.

    rate: a period. term: first periods in which nobody leaves. Raises CallError for values that mean nothing.

    >>> found = course(9.5, 1 - 0.018, 1.08 ** (1 / 12) - 1, 36, timing="end of period", term=24)
    >>> round(float(found.nominal.sum()), 4), round(float(found.discounted.sum()), 4)
    (329.5039, 294.249)
    """
    from kundenwert.stats.payback import margins

    _refuse(retention, rate, growth)
    refuse(("periods", periods, periods >= 1, "1 or more"), ("term", term, term >= 0, "0 or more"))
    return Course(*margins(margin, retention, rate, periods, growth=growth, term=term, in_advance=timing == "today"))


def value_forever(margin: float, retention: float, rate: float, *, timing: Timing, growth: float = 0.0, term: int = 0) -> float:
    """The course without end: its term, and from then on the margin multiple of who can leave.

    >>> round(value_forever(9.5, 1 - 0.018, 1.08 ** (1 / 12) - 1, timing="end of period", term=24), 2)
    537.98
    """
    from kundenwert.stats.payback import forever

    # Refuses a course that has no end to its sum.
    margin_multiple(retention, rate, timing="end of period", growth=growth)
    return forever(margin, retention, rate, growth=growth, term=term, in_advance=timing == "today")


def payback(cost: float, margins: ArrayLike) -> int | None:
    """The first period after which the margins so far cover the cost; None if they never do.

    >>> found = course(9.5, 1 - 0.018, 1.08 ** (1 / 12) - 1, 60, timing="end of period", term=24)
    >>> payback(285, found.nominal), payback(285, found.discounted)
    (31, 35)
    """
    from kundenwert.stats import payback as stats

    return stats.payback(cost, margins)


def _refuse(retention: float, rate: float, growth: float) -> None:
    refuse(
        ("retention", retention, 0 <= retention <= 1, "a share from 0 to 1"),
        ("rate", rate, rate > -1, "above -1"),
        ("growth", growth, growth >= -1, "at least -1"),
    )
