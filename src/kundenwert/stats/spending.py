"""How spending works with less and less effect, what is best spent, and a total split so that the last euro does the same everywhere.

Source: Blattberg & Deighton 1996 (Harvard Business Review 74(4)); the condition at the optimum: Pfeifer 2005 (Journal of Interactive
Marketing 19(4)). Spending x on each of N people reaches the share c (1 - exp(-k x)) of them; whoever is reached is worth V.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from kundenwert.records.arrays import Floats

_HALVINGS = 200


def rate_of_point(ceiling: ArrayLike, at: ArrayLike, share: ArrayLike) -> Any:
    """k of the curve c (1 - exp(-k x)) through one point that was seen: `share` reached at a spending of `at` each.

    ceiling: c, above share. Shapes broadcast; the unit is 1 / that of `at`.

    >>> round(float(rate_of_point(0.4, 5, 0.2)), 7), round(float(rate_of_point(0.7, 10, 0.4)), 7)
    (0.1386294, 0.0847298)
    """
    c, x, a = (np.asarray(value, dtype=np.float64) for value in (ceiling, at, share))
    return -np.log1p(-a / c) / x


def reached(ceiling: ArrayLike, rate: ArrayLike, spent: ArrayLike) -> Any:
    """The share reached by spending so much on each: c (1 - exp(-k x)).

    >>> round(float(reached(0.4, 0.13862944, 5)), 6)
    0.2
    """
    return -np.asarray(ceiling, dtype=np.float64) * np.expm1(-np.asarray(rate, dtype=np.float64) * np.asarray(spent, dtype=np.float64))


def marginal_cost(ceiling: ArrayLike, rate: ArrayLike, spent: ArrayLike) -> Any:
    """What one more costs at this spending: 1 / (c k exp(-k x)), money for one person reached.

    >>> round(float(marginal_cost(0.4, -math.log(0.5) / 5, 9.2114612)), 5)
    64.66507
    """
    c, k, x = (np.asarray(value, dtype=np.float64) for value in (ceiling, rate, spent))
    return np.exp(k * x) / (c * k)


def best_acquisition(ceiling: ArrayLike, rate: ArrayLike, value: ArrayLike) -> Any:
    """Spending on each prospect that leaves most: ln(c k V) / k, 0 where the first euro does not come back.

    value: of a customer who is won.

    >>> round(float(best_acquisition(0.4, -math.log(0.5) / 5, 50)), 7)
    7.3561681
    """
    c, k, worth = np.broadcast_arrays(*(np.asarray(item, dtype=np.float64) for item in (ceiling, rate, value)))
    return np.log(np.maximum(c * k * worth, 1.0)) / k


def kept_value(margin: float, spent: float, ceiling: float, rate: float, interest: float) -> float:
    """V of a customer on whom `spent` a year keeps the share r = c (1 - exp(-k R)): m + (m - R / r) r' / (1 - r'), r' = r / (1 + d).

    margin: m a year, the first one today. rate: k. interest: d a year.

    >>> round(kept_value(50, 10, 0.7, float(rate_of_point(0.7, 10, 0.4)), 0.2), 10)
    62.5
    """
    r = float(reached(ceiling, rate, spent))
    # The same with its denominators taken out, so that r = 0 is no gap.
    return margin + (margin * r - spent) / (1 + interest - r)


def best_retention(margin: float, ceiling: float, rate: float, interest: float) -> float:
    """Spending R a year on each customer that makes `kept_value` largest; there the marginal cost of keeping one equals the value.

    dV/dR = 0 is r'(R) (m (1 + d) - R) = 1 + d - r(R), whose left side falls faster than the right one: at most one solution, by halving.

    >>> round(best_retention(50, 0.7, float(rate_of_point(0.7, 10, 0.4)), 0.2), 6)
    15.865238
    """

    def slope(spent: float) -> float:
        return ceiling * rate * math.exp(-rate * spent) * (margin * (1 + interest) - spent) - (
            1 + interest - float(reached(ceiling, rate, spent))
        )

    low, high = 0.0, max(margin, 0.0) * (1 + interest)
    if slope(0.0) <= 0:
        return 0.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return 0.5 * (low + high)


def prospect_value(value: float, spent: float, ceiling: float, rate: float) -> float:
    """What is left of a prospect on whom `spent` is spent: a V - A (a m - A + a (m - R / r) r' / (1 - r') with V from `kept_value`).

    >>> round(prospect_value(50, 5, 0.4, -math.log(0.5) / 5), 10)
    5.0
    """
    return float(reached(ceiling, rate, spent)) * value - spent


@final
@dataclass(frozen=True)
class Split:
    """A total over p purposes. spent: (p,) money. price: what the last euro brings where it may be moved, at least 1. total: of spent."""

    spent: Floats
    price: float

    @property
    def total(self) -> float:
        """All that is spent."""
        return float(self.spent.sum())


def brought(people: Floats, worth: Floats, ceiling: Floats, rate: Floats, spent: ArrayLike) -> Any:
    """What spending brings before its cost: N V c (1 - exp(-k B / N)); arrays (p,) and spent (..., p). Nothing where there is nobody."""
    each = np.divide(spent, people, out=np.zeros(np.broadcast_shapes(np.shape(spent), people.shape)), where=people > 0)
    return people * worth * reached(ceiling, rate, each)


def split(
    people: Floats,
    worth: Floats,
    ceiling: Floats,
    rate: Floats,
    total: float,
    *,
    least: Floats | None = None,
    most: Floats | None = None,
    spend_all: bool = False,
) -> Split:
    """The total split so that the sum of what it brings less what it costs is largest: equal marginal returns (Lagrange).

    people: N, worth: V, ceiling: c, rate: k of each purpose, all (p,). least, most: limits of each, money. spend_all: also euros that bring
    less than they cost; otherwise each is spent up to where its last euro brings one euro, and the rest stays. The sum of `least` must not
    be above total. Where nothing is at a limit, V c k exp(-k B / N) is the same everywhere: `price`.

    >>> one = np.array([1.0])
    >>> split(one, 50 * one, 0.4 * one, -np.log(0.5) / 5 * one, 100.0).spent.round(7).tolist()
    [7.3561681]
    """
    low = np.zeros_like(people) if least is None else least
    high = np.full_like(people, np.inf) if most is None else np.maximum(most, low)
    with np.errstate(divide="ignore"):
        # ln of what the first euro brings; minus infinity where nothing ever comes.
        first = np.log(np.maximum(ceiling * rate * worth * (people > 0), 0.0))
    line = _Line(first, np.divide(people, rate, out=np.zeros_like(people), where=rate > 0), low, high)
    if line.wanted(0.0).sum() <= total and not spend_all:
        return Split(line.wanted(0.0), 1.0)
    return line.at(total, None if spend_all else 0.0)


@final
@dataclass(frozen=True)
class _Line:
    """What is wanted at a level, the logarithm of the price: scale (first - level) between low and high, a bent line, arrays (p,)."""

    first: Floats
    scale: Floats
    low: Floats
    high: Floats

    def wanted(self, level: float) -> Floats:
        """Money of each purpose at this level."""
        found, known = self.low.copy(), self._known()
        found[known] = np.clip(self.scale[known] * np.maximum(self.first[known] - level, 0.0), self.low[known], self.high[known])
        return found

    def at(self, total: float, floor: float | None) -> Split:
        """The level at which all together want `total`: between two bends, where the sum is a straight line. floor: of the level."""
        bends = self._bends(floor)
        above = int(np.searchsorted([-self.wanted(bend).sum() for bend in bends], -total, side="left"))
        if above == len(bends):
            return Split(self.low, math.exp(bends[-1]) if bends else 1.0)
        below = bends[above - 1] if above else bends[0] - 1.0 if floor is None else floor
        found = self.wanted(0.5 * (below + bends[above]))
        free = self._known() & (found > self.low) & (found < self.high)
        if not free.any():
            return Split(self.wanted(bends[above]), math.exp(bends[above]))
        level = float(((self.scale[free] * self.first[free]).sum() - (total - found[~free].sum())) / self.scale[free].sum())
        found[free] = np.clip(self.scale[free] * (self.first[free] - level), self.low[free], self.high[free])
        return Split(found, math.exp(level))

    def _known(self) -> Any:
        return np.isfinite(self.first) & (self.scale > 0)

    def _bends(self, floor: float | None) -> list[float]:
        """Where a purpose leaves its most or reaches its least, in rising order, above `floor`."""
        known = self._known()
        at = [self.first[known] - limit[known] / self.scale[known] for limit in (self.low, self.high)]
        found = np.unique(np.concatenate(at))
        return [float(bend) for bend in found[np.isfinite(found)] if floor is None or bend > floor]
