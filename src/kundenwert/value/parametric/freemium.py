"""Paying and free users of a digital product (value-models.md 3.22; after Gupta, Mela and Vidal-Sanz on the value of free customers)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundenwert.value.parametric._checks import refuse
from kundenwert.value.parametric.margin_multiple import margin_multiple

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def paying_value(margin: ArrayLike, churn: ArrayLike, rate: ArrayLike) -> Any:
    """m (1 + i) / (1 + i - (1 - churn)): margin, churn and interest a month, the first margin today.

    >>> round(float(paying_value(6, 0.05, 0.008)), 7)
    104.2758621
    """
    import numpy as np

    return np.asarray(margin, dtype=float) * margin_multiple(1 - np.asarray(churn, dtype=float), rate, timing="today")


def free_value(cost: ArrayLike, conversion: ArrayLike, churn: ArrayLike, rate: ArrayLike, *, paying: ArrayLike) -> Any:
    """What a free user is worth by becoming a paying one: he costs, converts or leaves each month, the cost falling due today.

    F = -cost + (conversion paying + (1 - conversion - churn) F) / (1 + i), solved for F. cost, conversion and churn a month;
    paying: value of a paying user.
    Network and referral effects come on top and are not in it.

    >>> round(float(free_value(0.05, 0.01, 0.04, 0.008, paying=paying_value(6, 0.05, 0.008))), 7)
    17.1096314
    """
    import numpy as np

    c, q, i = (np.asarray(value, dtype=float) for value in (conversion, churn, rate))
    refuse(("conversion + churn", c + q, (c >= 0) & (q >= 0) & (c + q <= 1), "shares that add up to 1 at most"))
    return (c * np.asarray(paying, dtype=float) - np.asarray(cost, dtype=float) * (1 + i)) / (c + q + i)
