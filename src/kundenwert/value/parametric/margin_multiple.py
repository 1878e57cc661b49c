"""Value as a multiple of the margin of a period (Gupta & Lehmann 2003, 2005), with its timing said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from kundenwert.value.parametric._checks import refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# When the first margin falls due. The two differ by (1 + i) / r: the most frequent silent disagreement between tools.
Timing = Literal["end of period", "today"]


def margin_multiple(retention: ArrayLike, rate: ArrayLike, *, timing: Timing, growth: ArrayLike = 0.0, periods: int | None = None) -> Any:
    """What the margin of one period is multiplied by: r / (1 + i - r (1 + g)); with the first margin today (1 + i) / (1 + i - r (1 + g)).

    retention: r from 0 to 1. rate: i a period. growth: g of the margin a period. periods: margins counted; None: forever, which needs
    r (1 + g) < 1 + i. Returns an array of the broadcast shape. Raises CallError otherwise.

    >>> 100 * float(margin_multiple(0.8, 0.12, timing="end of period")), 100 * float(margin_multiple(0.8, 0.12, timing="today"))
    (250.0, 350.0)
    """
    import numpy as np

    r, i, g = np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in (retention, rate, growth)))
    refuse(
        ("retention", r, (r >= 0) & (r <= 1), "shares from 0 to 1"), ("rate", i, i > -1, "above -1"), ("growth", g, g >= -1, "at least -1")
    )
    step = r * (1 + g) / (1 + i)
    if periods is None:
        refuse(("retention x (1 + growth) / (1 + rate)", step, step < 1, "below 1, or a number of periods"))
        series = 1 / (1 - step)
    else:
        series = np.power(step[..., None], np.arange(periods)).sum(axis=-1)
    # The margin at the end of a period is that of who has stayed, a period's interest away; it has not grown yet.
    return series * (r / (1 + i) if timing == "end of period" else 1.0)


def beyond(retention: ArrayLike, rate: ArrayLike, periods: int, *, growth: ArrayLike = 0.0) -> Any:
    """The share of the value forever that lies beyond so many periods, whatever the timing.

    >>> round(float(beyond(0.8, 0.12, 5)), 4)
    0.1859
    """
    import numpy as np

    r, i, g = (np.asarray(value, dtype=float) for value in (retention, rate, growth))
    step = r * (1 + g) / (1 + i)
    refuse(("retention x (1 + growth) / (1 + rate)", step, step < 1, "below 1"))
    return np.power(step, periods)
