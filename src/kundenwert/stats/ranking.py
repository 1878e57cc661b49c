"""How good point forecasts were: their sum, their errors, and the order in which they put the customers.

An entry stands for `count` customers with the same forecast and the same outcome. Outcomes may be counts or money.

Sources: Spearman 1904, American Journal of Psychology 15(1), 72-101; Frees, Meyers & Cummings 2011, JASA 106(495), 1085-1098 (Gini of a
ranking).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[Any]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]

_TENTHS: Final = 10


def weighed(values: Numbers, count: Numbers) -> float:
    """The sum of values times count. Not by `@`: on long arrays that starts threads, whose waiting costs far more than the sum."""
    return float(np.sum(values * count))


def bias(forecast: Floats, y: Numbers, count: Numbers) -> float | None:
    """Forecast total over outcome total, less 1; None if nothing came.

    >>> bias(np.array([1.0, 2.0]), np.array([1, 1]), np.array([2, 1]))
    0.3333333333333333
    """
    actual = weighed(y, count)
    return weighed(forecast, count) / actual - 1 if actual > 0 else None


def mean_error(forecast: Floats, y: Numbers, count: Numbers) -> float:
    """The mean absolute error (MAE). A constant zero may look good by it: never read it alone."""
    return weighed(np.abs(forecast - y), count) / float(count.sum())


def root_mean_square(forecast: Floats, y: Numbers, count: Numbers) -> float:
    """The root of the mean squared error (RMSE)."""
    return float(np.sqrt(weighed((forecast - y) ** 2, count) / float(count.sum())))


def spearman(forecast: Floats, y: Numbers, count: Numbers) -> float | None:
    """The correlation of the mid-ranks of forecast and outcome (Spearman 1904); None where one of them is the same for all."""
    return Outcomes(y, count).ranked(forecast).spearman


def gini(forecast: Floats, y: Numbers, count: Numbers) -> float | None:
    """How well the forecast ranks the customers: the area between its concentration curve and the diagonal, over that of the best possible
    ranking; 1 is perfect, 0 is chance. Customers with the same forecast share what is theirs. None where all outcomes are alike.
    """
    return Outcomes(y, count).ranked(forecast).gini


def top_decile_value(forecast: Floats, y: Numbers, count: Numbers) -> float | None:
    """What the tenth of the customers with the highest forecasts brought, over what the best tenth brought; None if nothing came."""
    return Outcomes(y, count).ranked(forecast).top_decile_value


@dataclass(frozen=True)
class Stretches:
    """Customers of the same value together, from the lowest value up, all of shape (stretches,).

    value: of each of them. customers: how many. outcome: the sum of what came. ranks: the sum of the mid-ranks of what came.
    """

    value: Floats
    customers: Floats
    outcome: Floats
    ranks: Floats

    @staticmethod
    def of(value: Floats, customers: Floats, outcome: Floats, ranks: Floats) -> Stretches:
        """From rows of customers of one value, in any order; shape (rows,)."""
        order = np.argsort(value)
        ordered = value[order]
        begins = np.flatnonzero(np.concatenate((np.ones(1, dtype=bool), ordered[1:] != ordered[:-1])))
        sums = (np.add.reduceat(one[order], begins) for one in (customers, outcome, ranks))
        return Stretches(ordered[begins], *sums)

    @property
    def mid_ranks(self) -> Floats:
        """The rank that customers of each stretch share, from 1 up."""
        return np.cumsum(self.customers) - (self.customers - 1) / 2

    @property
    def area(self) -> float:
        """The area between the concentration curve, from the highest value down, and the diagonal."""
        customers, outcome = self.curve
        return float(np.trapezoid(outcome / outcome[-1], customers / customers[-1])) - 0.5 if outcome[-1] else 0.0

    @property
    def curve(self) -> tuple[Floats, Floats]:
        """Customers and outcomes, cumulated from the highest value down; customers of one value are one stretch."""
        return tuple(np.concatenate(([0.0], np.cumsum(one[::-1]))) for one in (self.customers, self.outcome))  # type: ignore[return-value]


@dataclass(frozen=True)
class Tenth:
    """A tenth of the customers by rising forecast: how many, and the means of forecast and outcome."""

    customers: int
    forecast: float
    actual: float


@dataclass(frozen=True)
class Ranked:
    """How a forecast puts the customers in order; None where a score is not defined."""

    spearman: float | None
    gini: float | None
    top_decile_value: float | None
    tenths: tuple[Tenth, ...]


@dataclass(frozen=True)
class Outcomes:
    """What came: outcome and customers of each entry, shape (entries,). What does not depend on the forecast is computed once."""

    y: Numbers
    count: Numbers

    def ranked(self, forecast: Floats, row: Indices | None = None) -> Ranked:
        """forecast: shape (rows,). row: the row of each entry; without it rows are the entries."""
        row = np.arange(len(self.count)) if row is None else row
        total, ranks = self._sums
        customers, outcome, ranked = (np.bincount(row, one, len(forecast)).astype(np.float64) for one in (self.count, total, ranks))
        own = Stretches.of(forecast.astype(np.float64), customers, outcome, ranked)
        return Ranked(self._spearman(own), self._gini(own), self._top(own), _tenths(own))

    @cached_property
    def _best(self) -> Stretches:
        count = self.count.astype(np.float64)
        return Stretches.of(self.y.astype(np.float64), count, self.y * count, np.zeros(len(count)))

    @cached_property
    def _sums(self) -> tuple[Floats, Floats]:
        """Outcome and mid-rank (less the mean rank) of each entry, times its customers."""
        middle = (float(self.count.sum()) + 1) / 2
        ranks = self._best.mid_ranks[np.searchsorted(self._best.value, self.y)] - middle
        return self.y * self.count.astype(np.float64), ranks * self.count

    def _spearman(self, own: Stretches) -> float | None:
        middle = (float(self.count.sum()) + 1) / 2
        first, second = own.mid_ranks - middle, self._best.mid_ranks - middle
        scale = float(np.sqrt(weighed(first**2, own.customers) * weighed(second**2, self._best.customers)))
        return weighed(first, own.ranks) / scale if scale > 0 else None

    def _gini(self, own: Stretches) -> float | None:
        best = self._best.area
        return own.area / best if best > 1e-15 else None

    def _top(self, own: Stretches) -> float | None:
        tenth = float(self.count.sum()) / _TENTHS
        found, possible = (float(np.interp(tenth, *one.curve)) for one in (own, self._best))
        return found / possible if possible > 0 else None


def _tenths(own: Stretches) -> tuple[Tenth, ...]:
    """Tenths from the lowest forecast up. A stretch over a limit is shared: its customers bring the mean of the stretch on both sides."""
    customers = np.concatenate(([0.0], np.cumsum(own.customers)))
    limits = np.unique(np.round(customers[-1] * np.arange(_TENTHS + 1) / _TENTHS))
    sums = [np.concatenate(([0.0], np.cumsum(one))) for one in (own.value * own.customers, own.outcome)]
    size = np.diff(limits)
    forecast, actual = (np.diff(np.interp(limits, customers, one)) / size for one in sums)
    return tuple(Tenth(int(n), float(f), float(a)) for n, f, a in zip(size, forecast, actual, strict=True))
