"""The distribution of purchases to come, for every model in which a customer either is gone or goes on as a new one would.

Given the history and being alive at T the rate is Gamma(r + x, alpha + T), and leaving is as it was, with its own parameters moved on:

- a customer who leaves after a purchase (BG/NBD, MBG/NBD) does so with a chance ~ Beta(a, b + k), k purchases survived: what comes is
  Fader, Hardie & Lee 2005, Marketing Science 24(2), eq. (8), at these parameters;
- one who leaves at any time (Pareto/NBD) stays for a Lomax (Pareto II) time of shape s and scale beta + T (Schmittlein, Morrison & Colombo
  1987, Management Science 33(1)): the counts until then are averaged over that time by a quadrature with positive weights;
- one who never leaves (NBD) has a negative binomial count.

All terms are positive and nothing is subtracted, so small probabilities keep their digits.

`future_mass_of` gives the probabilities themselves, `future_counts` what intervals need of them: a table of cumulated probabilities for
each distinct (frequency, T), as long as that pair needs, which every history with these two shares.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError
from kundenwert.models._statement import Values
from kundenwert.records import Histories
from kundenwert.stats import distinct, quadrature
from kundenwert.stats.beta import tail_fraction

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]
MassOf = Callable[[Indices, int], Floats]

_BY_PURCHASE: Final = {"r", "alpha", "a", "b"}
_BY_TIME: Final = {"r", "alpha", "s", "beta"}
_NEVER: Final = {"r", "alpha"}
# Nodes of the mean over the time a customer stays, for counts of a few and per root of the largest count.
_NODES: Final = 40
_NODES_PER_ROOT: Final = 4.0
# Numbers held at once; and where they are gone through many times, so many that they stay in the processor's cache.
_BLOCK: Final = 2_000_000
_CACHED: Final = 65_536
# Below e^-300 a first probability may be too small for the others to be built on it.
_STEEPEST: Final = 300.0
# A table begins with so many counts and is doubled until it holds all but this part of the probability, of the mean and of the mean
# square, or is so long.
_FIRST_TOP: Final = 15
_LAST_TOP: Final = 16_384
_TAIL: Final = 1e-8
# Where a difference from 1 is as good as a sum.
_MANY_LEFT: Final = 1e-3
_TAIL_OF_SQUARE: Final = 1e-7
# What a sum of probabilities cannot tell from 1.
_ROUNDING: Final = 1e-13


class FutureCounts(ABC):
    """The distribution of the purchases to come of each history, in a form that is small. n histories; made by `future_counts`."""

    @abstractmethod
    def cdf(self, n: Integers) -> Floats:
        """P(at most n purchases) of each history; n: whole numbers of shape (n,), below 0 gives 0. Shape (n,)."""

    @abstractmethod
    def quantile(self, level: float) -> Integers:
        """The smallest count that at most is made with at least the chance `level`, of each history; shape (n,)."""

    @abstractmethod
    def mean(self) -> Floats:
        """Expected purchases of each history; shape (n,)."""

    @abstractmethod
    def variance(self) -> Floats:
        """The variance of the purchases of each history; shape (n,)."""

    def interval(self, level: float) -> tuple[Integers, Integers]:
        """The counts between which `level` lies, half of the rest on each side (definitions.md, Intervals of counts); shapes (n,)."""
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    @staticmethod
    def from_mass(alive: Floats, kind: Indices, mass_of: MassOf) -> FutureCounts:
        """Nothing with the chance 1 - alive, else what customers of this kind buy.

        alive: shape (n,). kind: which kind of customer each history is, all of 0 .. largest occurring; shape (n,). mass_of: gives
        P(0), ..., P(top) of some kinds that are alive, shape (kinds, top + 1).
        """
        return Tabled(alive, kind, _tables(int(kind.max(initial=-1)) + 1, mass_of))

    @staticmethod
    def mixture(weights: Sequence[float | Floats], members: Sequence[FutureCounts]) -> FutureCounts:
        """Each history follows a member with the chance that is its weight: a number for all, or one for each history, shape (n,)."""
        return Mixture(tuple(weights), tuple(members))


@dataclass(frozen=True)
class Tables:
    """Cumulated probabilities of counts, one table behind the other.

    start: where each begins, and the end of the last; shape (tables + 1,). cdf: F(0), F(1), ... of each. mean, square: the mean
    count and the mean of its square; shape (tables,).
    """

    start: Integers
    cdf: Floats
    mean: Floats
    square: Floats


@final
@dataclass(frozen=True)
class Tabled(FutureCounts):
    """Nothing with the chance 1 - alive, else a count from the table of the own kind; alive, kind: shape (n,)."""

    alive: Floats
    kind: Indices
    tables: Tables

    def cdf(self, n: Integers) -> Floats:
        """P(at most n purchases); shape (n,)."""
        start = self.tables.start
        place = np.minimum(start[self.kind] + np.maximum(n, 0), start[self.kind + 1] - 1)
        return np.where(n < 0, 0.0, 1 - self.alive * (1 - self.tables.cdf[place]))

    def quantile(self, level: float) -> Integers:
        """The smallest n with F(n) >= level; shape (n,)."""
        # F(n) = 1 - alive + alive F_alive(n) is at least `level` where F_alive(n) is at least this, which `level` is at most.
        wanted = 1 - (1 - level) / np.maximum(self.alive, _ROUNDING)
        some = np.flatnonzero(wanted > 0)
        kind = self.kind[some]
        # The counts below, every table on a step of its own: one search serves all, and its place is how many counts are too few.
        table, stairs = self._below(level)
        begin = np.searchsorted(table, np.arange(len(self.tables.mean)))
        result = np.zeros(len(wanted), dtype=np.int64)
        result[some] = np.maximum(np.searchsorted(stairs, kind + (wanted[some] - _ROUNDING)) - begin[kind], 0)
        last = np.diff(self.tables.start)[self.kind] - 1
        return np.asarray(np.minimum(result, last), dtype=np.int64)

    def _below(self, level: float) -> tuple[Indices, Floats]:
        """The cumulated probabilities below a level: the table of each, and table + probability."""
        cells = np.flatnonzero(self.tables.cdf < level)
        table = np.repeat(np.arange(len(self.tables.mean)), np.diff(self.tables.start))[cells]
        return table, table + self.tables.cdf[cells]

    def mean(self) -> Floats:
        """Expected purchases; shape (n,)."""
        result: Floats = self.alive * self.tables.mean[self.kind]
        return result

    def variance(self) -> Floats:
        """alive E[N^2] - (alive E[N])^2; shape (n,)."""
        spread = (self.tables.square - self.tables.mean**2)[self.kind]
        result: Floats = self.alive * (spread + (1 - self.alive) * self.tables.mean[self.kind] ** 2)
        return result


@final
@dataclass(frozen=True)
class Mixture(FutureCounts):
    """A weighted sum of distributions; weights: numbers or arrays of shape (n,) that add up to 1 for each history."""

    weights: tuple[float | Floats, ...]
    members: tuple[FutureCounts, ...]

    def cdf(self, n: Integers) -> Floats:
        """P(at most n purchases); shape (n,)."""
        return self._sum([one.cdf(n) for one in self.members])

    def quantile(self, level: float) -> Integers:
        """The smallest n with F(n) >= level, between the smallest and the largest quantile of the members; shape (n,)."""
        ends = np.stack([one.quantile(level) for one in self.members])
        low: Integers = ends.min(axis=0)
        high: Integers = ends.max(axis=0)
        while (low < high).any():
            middle = (low + high) // 2
            enough = self.cdf(middle) >= level - _ROUNDING
            low, high = np.where(enough, low, np.minimum(middle + 1, high)), np.where(enough, middle, high)
        return low

    def mean(self) -> Floats:
        """Expected purchases; shape (n,)."""
        return self._sum([one.mean() for one in self.members])

    def variance(self) -> Floats:
        """The mean variance of the members and the variance of their means; shape (n,)."""
        mean = self.mean()
        return self._sum([one.variance() + (one.mean() - mean) ** 2 for one in self.members])

    def _sum(self, parts: list[Floats]) -> Floats:
        total = np.zeros(len(parts[0]))
        for weight, part in zip(self.weights, parts, strict=True):
            total += weight * part
        return total


def future_counts(fit: Any, histories: Any, days: float, *, alive: Floats | None = None, apart: float = 0.0) -> FutureCounts:
    """The distribution of the purchases in the next `days` of each history, for a fit of any purchase model or a remedied one.

    alive: P(alive) of each history where it is known already, shape (n,); a remedied fit works it out itself. apart: customers whose
    observed time differs by less than this part share a table, which then is not exact but shorter to make (0.03 moves means by up to
    1.5 %). Raises CallError where the model has no such distribution.
    """
    if hasattr(fit, "future_counts"):
        own: FutureCounts = fit.future_counts(histories, days)
        return own
    model, p = fit.model, fit.parameters_in_days
    if hasattr(model, "future_mass"):
        every = np.arange(len(histories))
        return FutureCounts.from_mass(np.ones(len(every)), every, lambda rows, top: model.future_mass(p, _some(histories, rows), days, top))
    purchases, time = _observed(histories)
    _refuse_unknown(model)
    x, of_x = distinct.codes(purchases.astype(np.float64))
    ages, of_age = distinct.codes(time)
    if apart:
        ages, of_age = _shared(ages, of_age, min(value for name, value in p.items() if name in ("alpha", "beta")), apart)
    kind, age, of_pair = distinct.pairs(of_x, of_age)

    def mass_of(rows: Indices, top: int) -> Floats:
        used, of_used = np.unique(kind[rows], return_inverse=True)
        return _while_alive(model, p, x[used], of_used, ages[age[rows]], days, top)

    return FutureCounts.from_mass(_alive(model, p, histories) if alive is None else alive, of_pair, mass_of)


def future_mass_of(fit: Any, histories: Any, days: float, n_max: int) -> Floats:
    """P(n purchases in the next `days`), n = 0 .. n_max, of each history; shape (histories, n_max + 1). Fits as for `future_counts`."""
    if hasattr(fit, "future_mass"):
        own: Floats = fit.future_mass(histories, days, n_max)
        return own
    model, p = fit.model, fit.parameters_in_days
    if not hasattr(model, "future_mass"):
        _refuse_unknown(model)
        purchases, time = _observed(histories)
        histories = Histories(purchases, getattr(histories, "recency", time), time, histories.count)
    return future_mass(model, p, histories, _alive(model, p, histories), days, n_max)


def _shared(ages: Floats, of_age: Indices, scale: float, apart: float) -> tuple[Floats, Indices]:
    """Ages that stand for others near them, as the laws see them: both depend on the logarithm of scale + age."""
    nodes, of_node = np.unique(np.rint(np.log(scale + ages) / apart), return_inverse=True)
    return np.maximum(np.exp(nodes * apart) - scale, 0.0), of_node[of_age]


def _observed(histories: Any) -> tuple[Integers, Floats]:
    """Purchases and the days in which they were made: of histories, and of those that look back 12 months only."""
    if isinstance(histories, Histories):
        return histories.frequency, histories.T
    return histories.purchases, histories.exposure_days


def _some(h: Histories, rows: Indices) -> Histories:
    return Histories(h.frequency[rows], h.recency[rows], h.T[rows], h.count[rows])


def _alive(model: Any, p: Values, histories: Any) -> Floats:
    """P(alive) of each history; 1 for a model in which nobody leaves."""
    if not hasattr(model, "p_alive"):
        return np.ones(len(histories.count))
    found: Floats = model.p_alive(p, histories.frequency, histories.recency, histories.T)
    return found


def _refuse_unknown(model: Any) -> None:
    names = {one.name for one in model.parameters}
    if names not in (_BY_PURCHASE, _BY_TIME, _NEVER):
        expected = "a purchase model with a method `future_mass`, or with the parameters of a known way to buy and to leave"
        raise CallError(f"{model.name} does not tell its distribution of future purchases. Expected: {expected}.")


def _tables(kinds: int, mass_of: MassOf) -> Tables:
    """A table for each kind, doubled until it is long enough."""
    mean, square, length = np.zeros(kinds), np.zeros(kinds), np.zeros(kinds, dtype=np.int64)
    parts: list[tuple[Indices, Floats]] = []
    waiting, top = np.arange(kinds), _FIRST_TOP
    while len(waiting):
        size = max(1, _BLOCK // (top + 1))
        left = []
        for first_row in range(0, len(waiting), size):
            rows = waiting[first_row : first_row + size]
            mass = mass_of(rows, top)
            n = np.arange(top + 1.0)
            # Not `@`: that starts threads, whose waiting costs more than such a sum.
            first, second = np.einsum("ij,j->i", mass, n), np.einsum("ij,j->i", mass, n**2)
            done = _is_long_enough(1 - mass.sum(axis=1), first, second, top)
            mean[rows], square[rows] = first, second
            parts.append((rows[done], np.minimum(np.cumsum(mass[done], axis=1), 1.0)))
            length[rows] = top + 1
            left.append(rows[~done])
        waiting, top = np.concatenate(left), min(2 * top + 1, _LAST_TOP)
    start = np.concatenate(([0], np.cumsum(length)))
    cdf = np.empty(start[-1])
    for rows, part in parts:
        cdf[start[rows, None] + np.arange(part.shape[1])] = part
    return Tables(start, cdf, mean, square)


def _is_long_enough(tail: Floats, mean: Floats, square: Floats, top: int) -> NDArray[np.bool_]:
    """Whether what lies beyond the top matters neither for the probabilities nor for mean and mean square."""
    if top >= _LAST_TOP:
        return np.ones(len(tail), dtype=bool)
    most = np.minimum(_TAIL, np.minimum(_TAIL * mean / (top + 1), _TAIL_OF_SQUARE * square / (top + 1) ** 2))
    return tail <= np.maximum(most, _ROUNDING)


def is_known(model: Any) -> bool:
    """Whether a model can tell its distribution of future purchases: by a method `future_mass` of its own, or by its parameters."""
    names = {one.name for one in model.parameters}
    return model.needs == "histories" and (hasattr(model, "future_mass") or names in (_BY_PURCHASE, _BY_TIME, _NEVER))


def future_mass(model: Any, p: Values, histories: Histories, alive: Floats, days: float, n_max: int) -> Floats:
    """P(n purchases in the next `days`), n = 0 .. n_max, of each history; shape (histories, n_max + 1).

    p: parameters with the day as unit of time. alive: the P(alive) of each history. What the living do depends on (frequency, T)
    only and is computed for distinct pairs.
    """
    if hasattr(model, "future_mass"):
        own: Floats = model.future_mass(p, histories, days, n_max)
        return own
    x, of_x = distinct.codes(histories.frequency.astype(np.float64))
    ages, of_age = distinct.codes(histories.T)
    kind, age, of_pair = distinct.pairs(of_x, of_age)
    result: Floats = alive[:, None] * _while_alive(model, p, x, kind, ages[age], days, n_max)[of_pair]
    result[:, 0] += 1 - alive
    return result


def _while_alive(model: Any, p: Values, x: Floats, kind: Indices, T: Floats, days: float, n_max: int) -> Floats:
    if days == 0:
        return np.tile(np.arange(n_max + 1) == 0, (len(kind), 1)).astype(np.float64)
    if set(p) == _BY_PURCHASE:
        return _by_purchase(p, x, getattr(model, "chances_at_first", 0), kind, T, days, n_max)
    if set(p) == _BY_TIME:
        return _by_time(p, x, kind, T, days, n_max)
    return _counts(_ways(p["r"] + x, n_max)[kind], p["r"] + x[kind], (days / (p["alpha"] + T))[:, None])[:, 0]


def _by_purchase(p: Values, x: Floats, more: int, kind: Indices, T: Floats, days: float, n_max: int) -> Floats:
    """Stays n times and n come, or leaves at the n-th and at least n would have come."""
    n = np.arange(n_max + 1)
    shape, b = p["r"] + x, p["b"] + x[:, None] + more
    stays = np.exp(_running(-np.log1p(p["a"] / (b + n[:-1]))))
    ahead = days / (p["alpha"] + T)
    counts = _counts(_ways(shape, n_max)[kind], shape[kind], ahead[:, None])[:, 0]
    # Summed from the far end, so that small numbers keep their digits.
    beyond = _beyond(counts, shape[kind], ahead / (1 + ahead))
    at_least = beyond[:, None] + np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
    leaves = np.where(n > 0, p["a"] / (b + np.maximum(n, 1) - 1), 0.0)
    result: Floats = stays[kind] * (counts + leaves[kind] * at_least)
    return result


def _beyond(counts: Floats, shape: Floats, again: Floats) -> Floats:
    """What a negative binomial has beyond its first probabilities; counts: (pairs, n), else (pairs,)."""
    left: Floats = 1 - counts.sum(axis=1)
    top = counts.shape[1] - 1
    few = np.flatnonzero(left < _MANY_LEFT)
    # Little is left only beyond the mean, where the fraction is quick. It multiplies the first probability left out.
    first = counts[few, -1] * (shape[few] + top) / (top + 1) * again[few]
    left[few] = first * tail_fraction(top + 1.0, shape[few], again[few])
    return left


def _by_time(p: Values, x: Floats, kind: Indices, T: Floats, days: float, n_max: int) -> Floats:
    """Stays over all the days and n come, or leaves at a time within them and n have come until then."""
    share, weight = quadrature.gauss_legendre(_NODES + int(_NODES_PER_ROOT * np.sqrt(n_max)))
    shape, ways = p["r"] + x, _ways(p["r"] + x, n_max)
    result = np.empty((len(kind), n_max + 1))
    size = max(1, _CACHED // len(share))
    for start in range(0, len(kind), size):
        cut = slice(start, start + size)
        own, stay = p["alpha"] + T[cut, None], p["beta"] + T[cut, None]
        # In w = ln(1 + time / scale), with the smaller of both scales, both laws are smooth however long the days are.
        scale = np.minimum(own, stay)
        reach = np.log1p(days / scale)
        time = np.hstack((scale * np.expm1(reach * share), np.full((len(own), 1), days)))
        leaves = weight * reach * (scale + time[:, :-1]) * p["s"] / stay * np.exp(-(p["s"] + 1) * np.log1p(time[:, :-1] / stay))
        weights = np.hstack((leaves, np.exp(-p["s"] * np.log1p(days / stay))))
        result[cut] = _mean_counts(ways, shape, kind[cut], time / own, weights)
    return result


def _mean_counts(ways: Floats, shape: Floats, kind: Indices, ahead: Floats, weights: Floats) -> Floats:
    """The mean of negative binomials over times of `ahead` scales; ahead, weights: (pairs, times). Shape (pairs, n)."""
    own = shape[kind][:, None]
    none, again = own * np.log1p(ahead), ahead / (1 + ahead)
    steep = np.flatnonzero(none.max(axis=1, initial=0.0) > _STEEPEST)
    # Each probability from the one before: P(n + 1) = P(n) (shape + n) / (n + 1) times the chance that the next falls into the time.
    term = weights * np.exp(-none)
    result = np.empty((len(kind), ways.shape[1]))
    for n in range(ways.shape[1]):
        result[:, n] = term.sum(axis=1)
        term *= again
        term *= (own + n) / (n + 1)
    size = max(1, _BLOCK // (ahead.shape[1] * ways.shape[1]))
    for start in range(0, len(steep), size):
        some = steep[start : start + size]
        counts = _counts(ways[kind[some]], shape[kind[some]], ahead[some])
        result[some] = np.einsum("ij,ijn->in", weights[some], counts)
    return result


def _counts(ways: Floats, shape: Floats, ahead: Floats) -> Floats:
    """P(n) of a negative binomial of this shape over times of `ahead` scales; ways: (pairs, n), shape: (pairs,), ahead: (pairs, times).

    Shape (pairs, times, n).
    """
    none, again = -shape[:, None] * np.log1p(ahead), -np.log1p(1 / ahead)
    return np.exp(ways[:, None, :] + none[:, :, None] + again[:, :, None] * np.arange(ways.shape[1]))


def _ways(shape: Floats, n_max: int) -> Floats:
    """ln [Gamma(shape + n) / (Gamma(shape) n!)], n = 0 .. n_max, as running sums; shape (shapes, n_max + 1)."""
    k = np.arange(n_max)
    return _running(np.log((shape[:, None] + k) / (k + 1)))


def _running(terms: Floats) -> Floats:
    return np.hstack((np.zeros((len(terms), 1)), np.cumsum(terms, axis=1)))
