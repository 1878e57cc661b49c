"""How good distributions of counts were as forecasts, and when one is better than another.

A forecast distribution is a row of `mass`, the probabilities of 0, 1, 2 ... up to a number beyond which next to nothing is left. Forecasts
that say the same of all who are still customers share such a row: with the chance `alive` the row holds, else the count is 0.

Sources: Gneiting & Raftery 2007, JASA 102(477), 359-378 (log score, CRPS: GR); Czado, Gneiting & Held 2009, Biometrics 65(4),
1254-1261 (PIT of counts: CGH); Efron & Tibshirani 1993, An Introduction to the Bootstrap, section 13.3 (percentile interval).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Numbers = NDArray[Any]
Indices = NDArray[np.intp]

LEVELS: Final = (0.5, 0.8, 0.9)
PIT_BINS: Final = 20
# The logarithm of a probability that has left the range of doubles.
_LEAST: Final = 1e-300
# F(n) >= 95 % must not fail by the rounding of a sum.
# Two models that have become one (customers who never leave) differ by less than this in their mean log scores, all by rounding.
_SAME: Final = 1e-5
_ROUNDING: Final = 1e-12
# Tables of probabilities go up to 32, then 64 ... until less than _TAIL is left.
_FIRST_TOP: Final = 32
_LAST_TOP: Final = 16_384
_TAIL: Final = 1e-8
# Numbers held at once.
_BLOCK: Final = 1_000_000


@dataclass(frozen=True)
class CountScores:
    """The scores of each entry, shape (n,), and of each forecast, shape (rows,) or (levels, rows), levels as in LEVELS.

    log_score: ln P(outcome). crps: see `crps`. below, at: F(outcome - 1) and P(outcome). expected: the probability that the forecast
    itself gives its intervals.
    """

    log_score: Floats
    crps: Floats
    below: Floats
    at: Floats
    expected: Floats

    @property
    def held(self) -> Floats:
        """Whether the interval [smallest n with F(n) >= (1 - level) / 2, smallest n with F(n) >= (1 + level) / 2] held the outcome; shape
        (levels, n).
        """
        reached = self.below + self.at
        inside = [(reached >= low - _ROUNDING) & (self.below < high - _ROUNDING) for low, high in _ends()]
        return np.stack(inside).astype(np.float64)

    @property
    def pit(self) -> Floats:
        """The chance that the randomised PIT lies inside the level; shape (levels, n)."""
        return np.stack([pit_inside(self.below, self.at, level) for level in LEVELS])

    def pit_shares(self, count: Numbers, bins: int = PIT_BINS) -> Floats:
        """The randomised PIT in equal bins from 0 to 1, averaged over all randomisations (CGH eq. (2)), as shares; shape (bins,).

        count: customers of each entry.
        """
        edges = np.linspace(0.0, 1.0, bins + 1)[1:-1]
        size = np.maximum(self.at, _LEAST)
        # An entry lies evenly from `below` on over `at`: wholly in one bin, or in parts.
        first, last = (np.searchsorted(edges, one, side="left") for one in (self.below, self.below + self.at))
        slope, own = count / size, count.astype(np.float64)
        split = first < last
        shares = np.zeros(bins)
        shares += np.bincount(first[~split], own[~split], bins)
        f, to = first[split], last[split]
        below, end, steep = self.below[split], (self.below + self.at)[split], slope[split]
        shares += np.bincount(f, (edges[f] - below) * steep, bins) + np.bincount(to, (end - edges[to - 1]) * steep, bins)
        # Bins wholly inside: steep times their width from f + 1 to before `to`.
        change = np.bincount(f + 1, steep, bins + 1) - np.bincount(to, steep, bins + 1)
        shares += np.cumsum(change)[:bins] / bins
        return np.asarray(shares / count.sum(), dtype=np.float64)


def _ends() -> list[tuple[float, float]]:
    return [((1 - level) / 2, (1 + level) / 2) for level in LEVELS]


def score_counts(mass: Floats, row: Indices, y: Integers, table: Indices | None = None, alive: Floats | None = None) -> CountScores:
    """All scores that need the whole distribution.

    mass: shape (tables, n + 1), the probabilities of 0 .. n. row: the forecast of each entry. y: its outcome, 0 .. n; shape (entries,).
    table, alive: of each forecast the row of `mass` and the chance that it holds, else the count is 0; shape (rows,). Without them each
    row of `mass` is a forecast as it stands.

    >>> found = score_counts(np.array([[0.25, 0.5, 0.25]]), np.array([0]), np.array([1]))
    >>> float(found.crps[0]), bool(found.held[0, 0])
    (0.125, True)
    """
    table = np.arange(len(mass)) if table is None else table
    alive = np.ones(len(table)) if alive is None else alive
    cumulated = np.cumsum(mass, axis=1)
    own, stays = table[row], alive[row]
    at = stays * mass[own, y] + np.where(y == 0, 1 - stays, 0.0)
    below = np.where(y > 0, stays * cumulated[own, np.maximum(y - 1, 0)] + (1 - stays), 0.0)
    return CountScores(
        log_score=np.log(np.maximum(at, _LEAST)),
        crps=crps(mass, own, y, stays),
        below=below,
        at=at,
        expected=_expected(cumulated, table, alive),
    )


def log_score(mass: Floats, row: Indices, y: Integers) -> Floats:
    """ln P(outcome), higher is better: GR section 4.1. Probabilities below 1e-300 count as that. Shape (entries,)."""
    return np.log(np.maximum(mass[row, y], _LEAST))


def crps(mass: Floats, row: Indices, y: Integers, alive: Floats | None = None) -> Floats:
    """The continuous ranked probability score, sum over k of (F(k) - 1[y <= k])^2, lower is better: GR eq. (20). Shape (entries,).

    With S = 1 - F this is y - 2 sum of S(k) below y + sum of S(k)^2, so one table serves every outcome. alive: of each entry; S is that of
    the table times it.
    """
    stays = np.ones(len(row)) if alive is None else alive
    # From the far end, where S is small: no digits are lost.
    above = np.cumsum(mass[:, ::-1], axis=1)[:, ::-1]
    survival = np.hstack((above[:, 1:], np.zeros((len(mass), 1))))
    before = np.hstack((np.zeros((len(mass), 1)), np.cumsum(survival, axis=1)))
    result: Floats = y - 2 * stays * before[row, y] + stays**2 * (survival**2).sum(axis=1)[row]
    return result


def interval(mass: Floats, level: float) -> tuple[Integers, Integers, Floats]:
    """The central interval of each row, [smallest n with F(n) >= (1 - level) / 2, smallest n with F(n) >= (1 + level) / 2], and what it
    holds by the forecast itself: more than the level, as counts are coarse. Shapes (rows,).
    """
    cumulated = np.cumsum(mass, axis=1)
    last = mass.shape[1] - 1
    ends = [np.minimum((cumulated < share - _ROUNDING).sum(axis=1), last) for share in ((1 - level) / 2, (1 + level) / 2)]
    lower, upper = (end.astype(np.int64) for end in ends)
    rows = np.arange(len(mass))
    inside = cumulated[rows, upper] - np.where(lower > 0, cumulated[rows, np.maximum(lower - 1, 0)], 0.0)
    return lower, upper, inside


def _expected(cumulated: Floats, table: Indices, alive: Floats) -> Floats:
    """What the intervals of each level hold by the forecast itself, shape (levels, rows): F where it passes the upper share, less F before
    it passes the lower one. Goes through the counts, with fewer and fewer forecasts whose last share is not yet passed.
    """
    found = np.zeros((len(LEVELS), len(table)))
    waiting, before = np.arange(len(table)), np.zeros(len(table))
    last = cumulated.shape[1] - 1
    for n in range(cumulated.shape[1]):
        reached = 1 - alive[waiting] + alive[waiting] * cumulated[table[waiting], n]
        for k, (low, high) in enumerate(_ends()):
            passes = (before < high - _ROUNDING) & ((reached >= high - _ROUNDING) | (n == last))
            found[k, waiting[passes]] += reached[passes]
            begins = (before < low - _ROUNDING) & (reached >= low - _ROUNDING)
            found[k, waiting[begins]] -= before[begins]
        goes_on = reached < _ends()[-1][1] - _ROUNDING
        waiting, before = waiting[goes_on], reached[goes_on]
        if not len(waiting):
            break
    return found


def pit_inside(below: Floats, at: Floats, level: float) -> Floats:
    """The chance that F(y - 1) + v P(y), v uniform, lies in the central `level`: the mean over all randomisations, CGH eq. (2).

    below: F(y - 1). at: P(y). Shape (entries,). A forecast that is true has the mean `level`, however coarse the counts are.
    """
    low, high = (1 - level) / 2, (1 + level) / 2
    overlap = np.minimum(below + at, high) - np.maximum(below, low)
    result: Floats = np.clip(overlap / np.maximum(at, _LEAST), 0.0, 1.0)
    return result


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
        return self.lower > _SAME and 3 * self.agreeing >= 2 * self.origins


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
        chosen = rng.integers(0, len(used), (draws, len(used))) + len(used) * np.arange(draws)[:, None]
        drawn[:, used] = np.bincount(chosen.ravel(), minlength=draws * len(used)).reshape(draws, len(used))
        return Bootstrap(customers, drawn)

    def among(self, customers: Floats) -> Bootstrap:
        """The same draws with other origins or fewer customers; customers: shape (origins, groups)."""
        return Bootstrap(customers, self.drawn)

    def difference(self, first: Floats, second: Floats) -> Difference:
        """The mean of first - second over all customers and origins with an interval that holds 95 %.

        first, second: sums of the scores of each group at each origin, shape (origins, groups).
        """
        gain, total = first - second, self.customers.sum(axis=0)
        size = self.drawn @ total
        means = (self.drawn @ gain.sum(axis=0))[size > 0] / size[size > 0]
        mean = float(gain.sum() / total.sum())
        agreeing = int((np.sign(gain.sum(axis=1)) == np.sign(mean)).sum())
        lower, upper = np.quantile(means, (0.025, 0.975)).tolist()
        return Difference(mean, lower, upper, agreeing, len(gain))


def score_in_rounds(
    mass_of: Callable[[Indices, int], Floats], row: Indices, y: Integers, table: Indices | None = None, alive: Floats | None = None
) -> CountScores:
    """`score_counts` for forecasts whose tables are made as long as each needs: until less than 1e-8 is left, or 16,384.

    mass_of: gives the probabilities of 0 .. n for some tables, shape (tables, n + 1). row: the forecast of each entry, all of 0 .. largest
    occurring. y: its outcome; shape (entries,). table, alive: as in `score_counts`, all of 0 .. largest occurring.
    """
    rows = int(row.max(initial=-1)) + 1
    table = np.arange(rows) if table is None else table
    alive = np.ones(rows) if alive is None else alive
    rounds = _Rounds(mass_of, row, y, table, alive)
    waiting, top = np.arange(int(table.max(initial=-1)) + 1), _FIRST_TOP
    while len(waiting):
        size = max(1, _BLOCK // (top + 1))
        blocks = [waiting[start : start + size] for start in range(0, len(waiting), size)]
        waiting = np.concatenate([rounds.score(block, top) for block in blocks])
        top *= 2
    return rounds.found


class _Rounds:
    """Tables of one length after the other; `found` fills up."""

    def __init__(self, mass_of: Callable[[Indices, int], Floats], row: Indices, y: Integers, table: Indices, alive: Floats) -> None:
        self.mass_of, self.row, self.y, self.table, self.alive = mass_of, row, y, table, alive
        tables = int(table.max(initial=-1)) + 1
        self.needed = np.zeros(tables, dtype=np.int64)
        np.maximum.at(self.needed, table[row], y)
        n, rows = len(row), len(table)
        self.found = CountScores(np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n), np.zeros((len(LEVELS), rows)))

    def score(self, tables: Indices, top: int) -> Indices:
        """Scores what a table up to `top` serves, into `found`; returns the tables that must be longer."""
        enough = self.needed[tables] <= top
        if not enough.any():
            return tables
        mass = self.mass_of(tables, top)
        done = enough & ((1 - mass.sum(axis=1) < _TAIL) | (top >= _LAST_TOP))
        place = np.full(len(self.needed), -1)
        place[tables[done]] = np.flatnonzero(done)
        rows = np.flatnonzero(place[self.table] >= 0)
        of_row = np.full(len(self.table), -1)
        of_row[rows] = np.arange(len(rows))
        entries = np.flatnonzero(of_row[self.row] >= 0)
        scored = score_counts(mass, of_row[self.row[entries]], self.y[entries], place[self.table[rows]], self.alive[rows])
        for name in ("log_score", "crps", "below", "at"):
            getattr(self.found, name)[entries] = getattr(scored, name)
        self.found.expected[:, rows] = scored.expected
        left: Indices = tables[~done]
        return left
