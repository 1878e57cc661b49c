"""Margins period by period: what they come to, discounted, without end, and when they have paid a cost back.

Rates are per period. Callers check their parameters; here figures that mean nothing give figures that mean nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from kundenwert.records.arrays import Floats, Integers


def margins(
    margin: float, retention: float, rate: float, periods: int, *, growth: float = 0.0, term: int = 0, in_advance: bool = False
) -> tuple[Floats, Floats]:
    """Expected margins of periods 1 .. periods, nominal and discounted to today, each (periods,): m (1+g)^(j-1) r^max(0, j - term).

    Due after j periods; in_advance: after j - 1, the first for sure. term: first periods in which nobody leaves.

    >>> nominal, discounted = margins(9.5, 1 - 0.018, 1.08 ** (1 / 12) - 1, 36, term=24)
    >>> round(float(nominal.sum()), 4), round(float(discounted.sum()), 4)
    (329.5039, 294.249)
    """
    j = np.arange(1, periods + 1, dtype=np.float64)
    sure, earlier = (max(term, 1), 1) if in_advance else (term, 0)
    nominal = margin * np.power(1 + growth, j - 1) * np.power(float(retention), np.maximum(j - sure, 0))
    return nominal, nominal / np.power(1 + rate, j - earlier)


def forever(margin: float, retention: float, rate: float, *, growth: float = 0.0, term: int = 0, in_advance: bool = False) -> float:
    """All discounted margins without end: those of the term, and from then on r / (1 + i - r (1 + g)) times the margin (Gupta & Lehmann
    2003). Needs r (1 + g) below 1 + i.

    >>> round(forever(9.5, 1 - 0.018, 1.08 ** (1 / 12) - 1, term=24), 2)
    537.98
    """
    sure = max(term, 1) if in_advance else term
    first = float(margins(margin, retention, rate, sure, growth=growth, term=sure, in_advance=in_advance)[1].sum()) if sure else 0.0
    # The first margin that may fail comes one period after the last sure one; with margins in advance that is one period earlier.
    due = sure - (1 if in_advance else 0)
    return first + margin * retention / (1 + rate - retention * (1 + growth)) * (1 + growth) ** sure / (1 + rate) ** due


def payback(cost: float, margins: ArrayLike) -> int | None:
    """The first period after which the margins so far cover the cost; None if they never do.

    >>> payback(100, [40, 40, 40]), payback(200, [40, 40, 40])
    (3, None)
    """
    paid = np.flatnonzero(np.cumsum(np.asarray(margins, dtype=np.float64)) >= cost)
    return int(paid[0]) + 1 if len(paid) else None


def paybacks(costs: Floats, cumulated: Floats) -> Integers:
    """The same for many at once: costs (n,), cumulated (n, periods); 0 where the cost is never covered or not known.

    >>> paybacks(np.array([50.0, 500.0]), np.array([[40.0, 80.0], [40.0, 80.0]])).tolist()
    [2, 0]
    """
    covered = cumulated >= costs[:, None]
    return np.where(covered.any(axis=1), covered.argmax(axis=1) + 1, 0).astype(np.int64)


def decay(within: ArrayLike, beyond: ArrayLike, span: float) -> Any:
    """The rate g at which a flow c exp(-g t) falls that brings `within` until `span` and `beyond` from then on without end.

    beyond / within = e^(-g span) / (1 - e^(-g span)). 0 (an even flow until `span`) where `beyond` is not known; infinite where nothing
    comes beyond.

    >>> round(float(decay(75.0, 25.0, 5.0)), 6)
    0.277259
    """
    inside, outside = np.broadcast_arrays(np.asarray(within, dtype=np.float64), np.asarray(beyond, dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(inside + outside != 0, outside / (inside + outside), 0.0)
        rate = -np.log(np.clip(share, 0.0, 1.0)) / span
    return np.where(np.isnan(outside), 0.0, rate)


def flown(rate: ArrayLike, until: ArrayLike, span: float) -> Any:
    """The share of what a flow c exp(-g t) brings within `span` that has come `until` then: (1 - e^(-g until)) / (1 - e^(-g span)).

    until: 0 or more; beyond `span` the share is above 1. The limits at g = 0 and without end are exact.

    >>> float(flown(0.0, 1.0, 4.0)), float(flown(np.inf, 1.0, 4.0)), round(float(flown(0.277259, 1.0, 5.0)), 4)
    (0.25, 1.0, 0.3229)
    """
    g, t = np.broadcast_arrays(np.asarray(rate, dtype=np.float64), np.asarray(until, dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.expm1(-g * t) / np.expm1(-g * span)
    return np.where(np.abs(g) * span < 1e-12, t / span, np.where(t > 0, np.nan_to_num(share, nan=1.0), 0.0))
