"""The distribution of the money to come: how many purchases, and what each of them brings.

Given the history a customer's amounts are Gamma(p, rate nu) with nu ~ Gamma(p x + q, v + s), x and s the purchases with an amount so far
and their sum (Fader & Hardie 2013, note 025, eq. 5). The total of n purchases is therefore (v + s) Gamma(p n, 1) / Gamma(p x + q, 1): a
beta prime variable times what the customer spent. In units of the customer's expected amount, p (v + s) / (p x + w) with w = q - 1, it is

    R = (p x + w) / p * Gamma(p n, 1) / Gamma(p x + q, 1),   E[R] = n,

which no longer depends on the money: its quantiles are tabulated by history, and the engine multiplies them by the expected amount.
Over an unknown number of purchases the cumulated probabilities are averaged with the probabilities of `models.future`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.future import FutureCounts, Mixture, Tabled
from kundenwert.records import SpendHistories
from kundenwert.stats import distinct
from kundenwert.stats.beta import log_gamma_ends, log_ratio_cdf

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]

# Counts up to here stand for themselves; beyond, and likewise purchases so far, neighbours within this ratio are taken together: that
# widens the total of n purchases by far less than n itself does.
_ALONE: Final = 12
_TOGETHER: Final = 1.05
_ALONE_SO_FAR: Final = 24
_TOGETHER_SO_FAR: Final = 1.04
_MOST: Final = 20_000
# Points of the cumulated probabilities along ln R, the part left out at each end, and the farthest end.
_POINTS: Final = 128
_LEFT_OUT: Final = 5e-4
_FAR: Final = 60.0
_RARE: Final = 1e-6
# Points of the quantiles along -ln(1 - probability given alive), which is where differences of P(alive) become steps of equal width.
_QUANTILES: Final = 33
# Halvings of the range of a quantile of a mixture: to a part in ten thousand of a range of e^10.
_HALVINGS: Final = 17
_LEAST: Final = 1e-12
# An amount law made without a spend model: the least and the most it may say of how alike a customer's amounts are.
_ALIKE: Final = (0.25, 100.0)


@dataclass(frozen=True)
class AmountLaw:
    """How amounts spread: within a customer by shape p, between customers by shape q; weight: see `GammaGamma.coefficients`."""

    p: float
    q: float
    weight: float

    @staticmethod
    def of(fit: Any) -> AmountLaw:
        """That of a fitted spend model."""
        found = fit.coefficients()
        return AmountLaw(found["p"], found["q"], found["weight"])

    @staticmethod
    def plain(histories: SpendHistories, weight: float) -> AmountLaw:
        """Without a spend model: amounts spread as the customers' means do, weighed by their days, so that what parts customers counts
        as chance and intervals are rather wide. weight: the purchases for which the mean of the base counts in an expected amount.
        """
        days = histories.spend_days * histories.count.astype(np.float64)
        if histories.customers < 2:
            return AmountLaw(1.0, 1.0 + weight, weight)
        mean = float(histories.mean @ days / days.sum())
        square = float((histories.mean / mean - 1) ** 2 @ days) / (histories.customers - 1)
        p = float(np.clip(1 / max(square, _LEAST), *_ALIKE))
        return AmountLaw(p, 1.0 + p * weight, p * weight)

    def scale(self, purchases: Floats) -> Floats:
        """(p x + w) / p: by it a beta prime variable becomes a number of expected amounts; shape as purchases."""
        return (self.p * purchases + self.weight) / self.p

    def variance(self, counts: FutureCounts, purchases: Integers) -> Floats:
        """The variance of the total in squares of the expected amount; shape (n,).

        E[R^2] = (E[N^2] + E[N] / p) (p x + w) / (p x + w - 1). Where that is not finite or hardly so, the own mean amount is taken to vary
        by no more than itself: the last factor is at most 2.
        """
        mean, known = counts.mean(), self.p * purchases + self.weight
        widened = known / np.maximum(known - 1, 0.5 * known)
        result: Floats = (counts.variance() + mean**2 + mean / self.p) * widened - mean**2
        return result


def spend_quantiles(counts: FutureCounts, purchases: Integers, law: AmountLaw, levels: Sequence[float]) -> Floats:
    """Quantiles of the money to come, as a number of expected amounts of a purchase; shape (levels, n).

    counts: of n histories. purchases: their purchases with an amount so far, shape (n,). levels: chances between 0 and 1. Of histories
    with the same counts given alive each is worked out once. Good to about 1 % of the quantile.
    """
    if isinstance(counts, Mixture):
        members = [(weight, _compound(one, purchases, law)) for weight, one in _members(counts)]
        return np.stack([_quantile_of_mixture(members, level) for level in levels])
    compound = _compound(_tabled(counts), purchases, law)
    return np.stack([compound.quantile(level) for level in levels])


def spend_cdf(counts: FutureCounts, purchases: Integers, law: AmountLaw, values: Floats) -> Floats:
    """The chance of at most so much money in each history; values: as numbers of expected amounts, below 0 gives 0; shape (n,)."""
    with np.errstate(divide="ignore"):
        log_r = np.log(np.maximum(values, 0.0))
    members = _members(counts) if isinstance(counts, Mixture) else [(1.0, _tabled(counts))]
    total = np.zeros(len(values))
    for weight, one in members:
        total += weight * _compound(one, purchases, law).at(log_r)
    return np.where(values < 0, 0.0, total)


def _members(mixture: Mixture) -> list[tuple[float | Floats, Tabled]]:
    """The tabled members of a mixture, also of one of mixtures, with their weights."""
    found: list[tuple[float | Floats, Tabled]] = []
    for weight, one in zip(mixture.weights, mixture.members, strict=True):
        inner = _members(one) if isinstance(one, Mixture) else [(1.0, _tabled(one))]
        found += [(weight * own, part) for own, part in inner]
    return found


def _tabled(counts: FutureCounts) -> Tabled:
    if not isinstance(counts, Tabled):
        raise TypeError(f"Counts are {type(counts).__name__}. Expected: what models.future makes.")
    return counts


@dataclass(frozen=True)
class _Compound:
    """The cumulated probabilities of R. alive, pair: of each history, shape (n,). none: P(no purchase) given alive; low, step: where the
    points along ln R begin and how far apart they are, shape (pairs,); cdf: at these points, given alive, shape (pairs, points).
    """

    alive: Floats
    pair: Indices
    none: Floats
    low: Floats
    step: Floats
    cdf: NDArray[np.float32]

    def quantile(self, level: float) -> Floats:
        """The smallest R with F(R) >= level, 0 where nobody may come; shape (n,)."""
        result = np.zeros(len(self.alive))
        # F = 1 - alive + alive F_alive is `level` where -ln(1 - F_alive) is this, which ends at -ln(1 - level).
        last = -np.log1p(-level)
        wanted = last + np.log(np.maximum(self.alive, _LEAST))
        first = -np.log1p(-np.minimum(self.none, 1 - _LEAST))
        some = np.flatnonzero(wanted > first[self.pair] + _LEAST)
        if not len(some):
            return result
        pair = self.pair[some]
        # Denser where the first purchase begins: there R rises from 0 like a root.
        place = np.cbrt((wanted[some] - first[pair]) / (last - first[pair])) * (_QUANTILES - 1)
        left = np.minimum(place.astype(np.intp), _QUANTILES - 2)
        place -= left
        table = self._table(first, last).ravel()
        left += pair * _QUANTILES
        result[some] = table[left] * (1 - place) + table[left + 1] * place
        return result

    def _table(self, first: Floats, last: float) -> Floats:
        """R at even steps of the third root from -ln(1 - probability) = first to last, 0 where first is not less; shape
        (pairs, _QUANTILES).
        """
        root = np.linspace(0, 1, _QUANTILES)
        result = np.zeros((len(first), _QUANTILES))
        some = np.flatnonzero(first < last)
        size = max(1, 1_000_000 // _POINTS)
        for start in range(0, len(some), size):
            rows = some[start : start + size]
            wanted = -np.expm1(-(first[rows, None] + (last - first[rows, None]) * root**3))
            line = np.arange(len(rows))[:, None]
            cdf = self.cdf[rows].astype(np.float64)
            # Every row on a step of its own, far from the others.
            right = np.searchsorted((cdf + 2 * line).ravel(), (wanted + 2 * line).ravel()).reshape(wanted.shape) - line * _POINTS
            right = np.clip(right, 1, _POINTS - 1)
            below, above = cdf[line, right - 1], cdf[line, right]
            part = np.clip((wanted - below) / np.maximum(above - below, _LEAST), 0.0, 1.0)
            found = np.exp(self.low[rows, None] + self.step[rows, None] * (right - 1 + part))
            found[:, 0] = 0.0
            result[rows] = found
        return result

    def at(self, log_r: Floats) -> Floats:
        """F(R) of each history; log_r: ln R, -inf for nothing; shape (n,)."""
        place = np.clip((log_r - self.low[self.pair]) / self.step[self.pair], 0.0, _POINTS - 1.001)
        left = place.astype(np.intp)
        part = place - left
        found = self.cdf[self.pair, left] * (1 - part) + self.cdf[self.pair, left + 1] * part
        found = np.where(place > 0, found, self.none[self.pair])
        return 1 - self.alive * (1 - found)


def _quantile_of_mixture(members: list[tuple[float | Floats, _Compound]], level: float) -> Floats:
    """The smallest R at which the weighted cumulated probabilities reach the level; shape (n,)."""
    none = np.zeros(len(members[0][1].alive))
    for weight, one in members:
        none += weight * (1 - one.alive * (1 - one.none[one.pair]))
    some = np.flatnonzero(none < level - _LEAST)
    parts = [
        (
            weight if isinstance(weight, float | int) else weight[some],
            _Compound(one.alive[some], one.pair[some], one.none, one.low, one.step, one.cdf),
        )
        for weight, one in members
    ]
    low = np.min([one.low[one.pair] for _, one in parts], axis=0)
    high = np.max([(one.low + one.step * (_POINTS - 1))[one.pair] for _, one in parts], axis=0)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        enough = sum(weight * one.at(middle) for weight, one in parts) >= level
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    result = np.zeros(len(none))
    result[some] = np.exp(0.5 * (low + high))
    return result


def _compound(counts: Tabled, purchases: Integers, law: AmountLaw) -> _Compound:
    """Counts and amounts together, for each distinct pair of a table of counts and purchases so far."""
    x_values = _representatives(_ALONE_SO_FAR, _TOGETHER_SO_FAR, from_zero=True)
    nearest = _nearest(x_values, purchases)
    kind, x, pair = distinct.pairs(counts.kind, nearest)
    tables = counts.tables
    none = tables.cdf[tables.start[:-1]][kind]
    low, step = np.zeros(len(kind)), np.ones(len(kind))
    cdf = np.empty((len(kind), _POINTS), dtype=np.float32)
    order = np.argsort(x, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(x[order])) + 1):
        if len(rows):
            low[rows], step[rows], cdf[rows] = _of_one_x(tables.start, tables.cdf, kind[rows], float(x_values[x[rows[0]]]), law)
    return _Compound(counts.alive, pair, none, low, step, cdf)


def _representatives(alone: int, ratio: float, *, from_zero: bool) -> Floats:
    """Numbers that stand for themselves, then ever wider apart."""
    small = np.arange(0 if from_zero else 1, alone + 1, dtype=np.float64)
    steps = int(np.log(_MOST / alone) / np.log(ratio)) + 1
    return np.concatenate((small, alone * ratio ** np.arange(1, steps + 1)))


def _nearest(values: Floats, wanted: Integers) -> Indices:
    middle = 0.5 * (values[1:] + values[:-1])
    return np.searchsorted(middle, wanted)


def _of_one_x(start: Integers, counts: Floats, kind: Indices, x: float, law: AmountLaw) -> tuple[float, float, Floats]:
    """Where the points along ln R begin, their distance, and F_alive at them for tables of customers with x purchases so far."""
    n, mass = _masses(start, counts, kind)
    own, others = law.p * n, law.p * x + law.q
    reached = np.flatnonzero(mass.max(axis=0) > _LEFT_OUT / len(n))
    ends = reached[[0, -1]] if len(reached) else np.array([0, 0])
    amounts, rates = log_gamma_ends(own[ends], _LEFT_OUT), log_gamma_ends(others, _LEFT_OUT)
    low, high = np.clip((amounts[0][0] - rates[1], amounts[1][1] - rates[0]), -_FAR, _FAR).tolist()
    shift = float(np.log(law.scale(np.array(x))))
    at_most = log_ratio_cdf(own, others, np.linspace(low, high, _POINTS))
    none = counts[start[kind]]
    # Not `@`: that starts threads, whose waiting costs more than sums of this size.
    cdf = none[:, None] + np.einsum("ij,jk->ik", mass, at_most)
    return low + shift, (high - low) / (_POINTS - 1), cdf


def _masses(start: Integers, counts: Floats, kind: Indices) -> tuple[Floats, Floats]:
    """Numbers of purchases and their probabilities in some tables; shapes (numbers,) and (tables, numbers)."""
    length = start[kind + 1] - start[kind]
    values = _representatives(_ALONE, _TOGETHER, from_zero=False)
    # The last count that each number stands for.
    ends = np.concatenate((np.floor(0.5 * (values[1:] + values[:-1])), [np.inf]))
    used = int(np.searchsorted(ends, length.max())) + 1
    values, ends = values[:used], ends[:used]
    place = np.minimum(ends, length[:, None] - 1).astype(np.int64)
    until = counts[start[kind][:, None] + place]
    # Not further than anybody gets but for one in a million.
    used = max(1, int((until.min(axis=0) < 1 - _RARE).sum()) + 1)
    values, ends, until = values[:used], ends[:used], until[:, :used]
    until[:, -1] = 1.0
    first = np.concatenate(([1.0], ends[:-1] + 1))
    middle = np.where(np.isinf(ends), values, 0.5 * (first + ends))
    return middle, np.diff(until, axis=1, prepend=counts[start[kind]][:, None])
