"""How good forecasts of counts were: of the whole distribution, of the point value, of the order of the customers.

Everything is weighted: an entry stands for `count` customers with the same forecast and the same outcome. A forecast distribution is a row
of `mass`, the probabilities of 0, 1, 2 ... up to a number beyond which next to nothing is left.

Sources: Gneiting & Raftery 2007, JASA 102(477), 359-378 (log score, CRPS: GR); Czado, Gneiting & Held 2009, Biometrics 65(4),
1254-1261 (PIT of counts: CGH); Spearman 1904, American Journal of Psychology 15(1), 72-101; Frees, Meyers & Cummings 2011, JASA
106(495), 1085-1098 (Gini of a ranking); Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 13.3 (percentile interval).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]

LEVELS: Final = (0.5, 0.8, 0.9)
# The logarithm of a probability that has left the range of doubles.
_LEAST: Final = 1e-300
# F(n) >= 95 % must not fail by the rounding of a sum.
_ROUNDING: Final = 1e-12
# Tables of probabilities go up to 32, then 64 ... until less than _TAIL is left.
_FIRST_TOP: Final = 32
_LAST_TOP: Final = 16_384
_TAIL: Final = 1e-8
# Numbers held at once.
_BLOCK: Final = 1_000_000


@dataclass(frozen=True)
class CountScores:
    """The scores of each entry, shape (n,); those by level have shape (levels, n), levels as in LEVELS.

    log_score: ln P(outcome). crps: see `crps`. held: whether the interval held the outcome. expected: the probability that the
    forecast itself gives its interval. pit: the chance that the randomised PIT lies inside the level.
    """

    log_score: Floats
    crps: Floats
    held: Floats
    expected: Floats
    pit: Floats


def score_counts(mass: Floats, row: Indices, y: Integers) -> CountScores:
    """All scores that need the whole distribution.

    mass: shape (rows, n + 1), the probabilities of 0 .. n. row: the forecast of each entry. y: its outcome, 0 .. n; shape (entries,).

    >>> found = score_counts(np.array([[0.25, 0.5, 0.25]]), np.array([0]), np.array([1]))
    >>> float(found.crps[0]), bool(found.held[0, 0])
    (0.125, True)
    """
    cumulated = np.cumsum(mass, axis=1)
    below = np.where(y > 0, cumulated[row, np.maximum(y - 1, 0)], 0.0)
    lower, upper, expected = zip(*(_interval(mass, cumulated, level) for level in LEVELS), strict=True)
    return CountScores(
        log_score=log_score(mass, row, y),
        crps=crps(mass, row, y),
        held=np.stack([(y >= low[row]) & (y <= high[row]) for low, high in zip(lower, upper, strict=True)]).astype(np.float64),
        expected=np.stack([one[row] for one in expected]),
        pit=np.stack([pit_inside(below, mass[row, y], level) for level in LEVELS]),
    )


def log_score(mass: Floats, row: Indices, y: Integers) -> Floats:
    """ln P(outcome), higher is better: GR section 4.1. Probabilities below 1e-300 count as that. Shape (entries,)."""
    return np.log(np.maximum(mass[row, y], _LEAST))


def crps(mass: Floats, row: Indices, y: Integers) -> Floats:
    """The continuous ranked probability score, sum over k of (F(k) - 1[y <= k])^2, lower is better: GR eq. (20). Shape (entries,).

    With S = 1 - F this is y - 2 sum of S(k) below y + sum of S(k)^2, so one table serves every outcome.
    """
    # From the far end, where S is small: no digits are lost.
    above = np.cumsum(mass[:, ::-1], axis=1)[:, ::-1]
    survival = np.hstack((above[:, 1:], np.zeros((len(mass), 1))))
    before = np.hstack((np.zeros((len(mass), 1)), np.cumsum(survival, axis=1)))
    result: Floats = y - 2 * before[row, y] + (survival**2).sum(axis=1)[row]
    return result


def interval(mass: Floats, level: float) -> tuple[Integers, Integers, Floats]:
    """The central interval of each row, [smallest n with F(n) >= (1 - level) / 2, smallest n with F(n) >= (1 + level) / 2], and what it
    holds by the forecast itself: more than the level, as counts are coarse. Shapes (rows,).
    """
    return _interval(mass, np.cumsum(mass, axis=1), level)


def _interval(mass: Floats, cumulated: Floats, level: float) -> tuple[Integers, Integers, Floats]:
    last = mass.shape[1] - 1
    ends = [np.minimum((cumulated < share - _ROUNDING).sum(axis=1), last) for share in ((1 - level) / 2, (1 + level) / 2)]
    lower, upper = (end.astype(np.int64) for end in ends)
    rows = np.arange(len(mass))
    inside = cumulated[rows, upper] - np.where(lower > 0, cumulated[rows, np.maximum(lower - 1, 0)], 0.0)
    return lower, upper, inside


def pit_inside(below: Floats, at: Floats, level: float) -> Floats:
    """The chance that F(y - 1) + v P(y), v uniform, lies in the central `level`: the mean over all randomisations, CGH eq. (2).

    below: F(y - 1). at: P(y). Shape (entries,). A forecast that is true has the mean `level`, however coarse the counts are.
    """
    low, high = (1 - level) / 2, (1 + level) / 2
    overlap = np.minimum(below + at, high) - np.maximum(below, low)
    result: Floats = np.clip(overlap / np.maximum(at, _LEAST), 0.0, 1.0)
    return result


def bias(forecast: Floats, y: Integers, count: Integers) -> float | None:
    """Forecast total over outcome total, less 1; None if nothing came.

    >>> bias(np.array([1.0, 2.0]), np.array([1, 1]), np.array([2, 1]))
    0.3333333333333333
    """
    actual = int(y @ count)
    return float(forecast @ count) / actual - 1 if actual else None


def mean_error(forecast: Floats, y: Integers, count: Integers) -> float:
    """The mean absolute error (MAE). A constant zero may look good by it: never read it alone."""
    return float(np.abs(forecast - y) @ count / count.sum())


def root_mean_square(forecast: Floats, y: Integers, count: Integers) -> float:
    """The root of the mean squared error (RMSE)."""
    return float(np.sqrt((forecast - y) ** 2 @ count / count.sum()))


def spearman(forecast: Floats, y: Integers, count: Integers) -> float | None:
    """The correlation of the mid-ranks of forecast and outcome (Spearman 1904); None where one of them is the same for all."""
    first, second = _mid_ranks(forecast, count), _mid_ranks(y.astype(np.float64), count)
    total = count.sum()
    first, second = first - first @ count / total, second - second @ count / total
    scale = float(np.sqrt((first**2 @ count) * (second**2 @ count)))
    return float((first * second) @ count) / scale if scale > 0 else None


def _mid_ranks(values: Floats, count: Integers) -> Floats:
    _, code = np.unique(values, return_inverse=True)
    size = np.bincount(code, count)
    result: Floats = (np.cumsum(size) - (size - 1) / 2)[code]
    return result


def gini(forecast: Floats, y: Integers, count: Integers) -> float | None:
    """How well the forecast ranks the customers: the area between its concentration curve and the diagonal, over that of the best possible
    ranking; 1 is perfect, 0 is chance. Customers with the same forecast share what is theirs. None where all outcomes are alike.
    """
    best = _concentration(y.astype(np.float64), y, count)
    return _concentration(forecast, y, count) / best if best > 1e-15 else None


def _concentration(order: Floats, y: Integers, count: Integers) -> float:
    customers, outcome = _curve(order, y, count)
    if not outcome[-1]:
        return 0.0
    return float(np.trapezoid(outcome / outcome[-1], customers / customers[-1])) - 0.5


def _curve(order: Floats, y: Integers, count: Integers) -> tuple[Floats, Floats]:
    """Customers and outcomes, cumulated from the highest forecast down; customers of one forecast are one stretch."""
    _, code = np.unique(-order, return_inverse=True)
    customers, outcome = np.bincount(code, count), np.bincount(code, y * count)
    return np.concatenate(([0.0], np.cumsum(customers))), np.concatenate(([0.0], np.cumsum(outcome)))


def top_decile_value(forecast: Floats, y: Integers, count: Integers) -> float | None:
    """What the tenth of the customers with the highest forecasts brought, over what the best tenth brought; None if nothing came."""
    tenth = 0.1 * float(count.sum())
    found, possible = (float(np.interp(tenth, *_curve(order, y, count))) for order in (forecast, y.astype(np.float64)))
    return found / possible if possible else None


@dataclass(frozen=True)
class Difference:
    """A mean difference of two scores, its interval by the bootstrap, and at how many of the origins it has the sign of the mean."""

    mean: float
    lower: float
    upper: float
    agreeing: int
    origins: int

    @property
    def is_better(self) -> bool:
        """The interval lies above 0 and the sign agrees in at least two thirds of the origins (definitions.md, "better")."""
        return self.lower > 0 and 3 * self.agreeing >= 2 * self.origins


@dataclass(frozen=True)
class Bootstrap:
    """Draws of groups of customers, the same for every comparison. A customer is in the same group at every origin, so drawing groups keeps
    what his outcomes have in common. customers: those of each group at each origin, shape (origins, groups); drawn: (draws, groups).
    """

    customers: Floats
    drawn: Floats

    @staticmethod
    def of(customers: Floats, *, rng: np.random.Generator, draws: int = 2_000) -> Bootstrap:
        """Groups drawn with replacement, as many as have customers."""
        used = np.flatnonzero(customers.sum(axis=0))
        drawn = np.zeros((draws, customers.shape[1]))
        drawn[:, used] = rng.multinomial(len(used), np.full(len(used), 1 / len(used)), size=draws)
        return Bootstrap(customers, drawn)

    def difference(self, first: Floats, second: Floats) -> Difference:
        """The mean of first - second over all customers and origins with an interval that holds 95 %.

        first, second: sums of the scores of each group at each origin, shape (origins, groups).
        """
        gain, total = first - second, self.customers.sum(axis=0)
        means = (self.drawn @ gain.sum(axis=0)) / (self.drawn @ total)
        mean = float(gain.sum() / total.sum())
        agreeing = int((np.sign(gain.sum(axis=1)) == np.sign(mean)).sum())
        lower, upper = np.quantile(means, (0.025, 0.975)).tolist()
        return Difference(mean, lower, upper, agreeing, len(gain))


def score_in_rounds(mass_of: Callable[[Indices, int], Floats], row: Indices, y: Integers) -> CountScores:
    """`score_counts` for forecasts whose table is made as long as each needs: until less than 1e-8 is left, or 16,384.

    mass_of: gives the probabilities of 0 .. n for some rows, shape (rows, n + 1). row: the forecast of each entry, all of 0 .. largest
    occurring. y: its outcome; shape (entries,).
    """
    rows = int(row.max(initial=-1)) + 1
    needed = np.zeros(rows, dtype=np.int64)
    np.maximum.at(needed, row, y)
    n, levels = len(row), len(LEVELS)
    found = CountScores(np.zeros(n), np.zeros(n), np.zeros((levels, n)), np.zeros((levels, n)), np.zeros((levels, n)))
    waiting, top = np.arange(rows), _FIRST_TOP
    while len(waiting):
        size = max(1, _BLOCK // (top + 1))
        blocks = [waiting[start : start + size] for start in range(0, len(waiting), size)]
        waiting = np.concatenate([_round(mass_of, block, top, needed, row, y, found) for block in blocks])
        top *= 2
    return found


def _round(
    mass_of: Callable[[Indices, int], Floats], rows: Indices, top: int, needed: Integers, row: Indices, y: Integers, found: CountScores
) -> Indices:
    """Scores the rows that a table up to `top` serves, into `found`; returns those that need a longer one."""
    enough = needed[rows] <= top
    if not enough.any():
        return rows
    mass = mass_of(rows, top)
    done = enough & ((1 - mass.sum(axis=1) < _TAIL) | (top >= _LAST_TOP))
    place = np.full(len(needed), -1)
    place[rows[done]] = np.flatnonzero(done)
    entries = np.flatnonzero(place[row] >= 0)
    scored = score_counts(mass, place[row[entries]], y[entries])
    for name in ("log_score", "crps", "held", "expected", "pit"):
        getattr(found, name)[..., entries] = getattr(scored, name)
    left: Indices = rows[~done]
    return left
