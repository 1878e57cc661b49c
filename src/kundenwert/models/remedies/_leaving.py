"""Pareto/NBD on two clocks: purchases follow operational time, customers leave by the calendar.

With Lambda(v) the operational time v days after the first purchase, the likelihood of Schmittlein, Morrison & Colombo 1987 (Management
Science 33(1)), written as an integral over the moment of leaving (Fader & Hardie 2005, note 009), becomes

    Gamma(r+x)/Gamma(r) alpha^r beta^s { (alpha+Lambda(T))^-(r+x) (beta+T)^-s + int_t^T s (alpha+Lambda(v))^-(r+x) (beta+v)^-(s+1) dv }.

The integrand is smooth within each month. Nodes are laid by months, and finer right after the last purchase, where it falls fast; they do
not depend on the parameters, so the gradient is exact. All terms are positive and relative to the largest: finite everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._statement import Values
from kundenwert.models.future import FutureCounts, _mean_counts, _ways
from kundenwert.models.purchases._history import Span
from kundenwert.models.purchases.pareto_nbd import _stayed, _time_stayed
from kundenwert.models.remedies._clock import Clock
from kundenwert.records import Histories
from kundenwert.stats import distinct, quadrature, special

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

# Points within a stretch, and how many stretches double their length from the first on.
_POINTS: Final = 4
_DOUBLINGS: Final = 12
# Years beyond the value horizon that are followed month by month.
_YEARS_BY_MONTH: Final = 8
# Histories handled at once.
_BLOCK: Final = 4_000


@dataclass(frozen=True)
class Nodes:
    """Moments at which customers may have left: days since the first purchase, operational and by the calendar, and the logarithms of
    their weights in days; row: the history of each, rising. Shape (nodes,).

    begin: where the nodes of each history that has some begin. at_T, T: operational time of the as-of day, and T, of each history.
    """

    row: Indices
    time: Floats
    days: Floats
    log_weight: Floats
    begin: Indices
    at_T: Floats
    T: Floats

    @property
    def stretch(self) -> Indices:
        """How many nodes each history has that has some."""
        return np.diff(np.append(self.begin, len(self.row)))

    @staticmethod
    def of(h: Histories, clock: Clock, as_of: int) -> Nodes:
        """Stretches between the ends of months and doubling lengths from the last purchase on, a few points in each."""
        first = as_of - h.T
        start = (h.recency + 20.0) / (2.0 * (h.frequency + 1))
        doubling = h.recency[:, None] + start[:, None] * (2.0 ** np.arange(_DOUBLINGS) - 1)
        inside = clock.ends[(clock.ends > first.min(initial=as_of)) & (clock.ends < as_of)]
        borders = np.hstack((doubling, inside - first[:, None], h.T[:, None]))
        borders = np.sort(np.clip(borders, h.recency[:, None], h.T[:, None]), axis=1)
        row, stretch = np.nonzero(np.diff(borders, axis=1) > 0)
        length = (borders[row, stretch + 1] - borders[row, stretch])[:, None]
        share, weight = quadrature.gauss_legendre(_POINTS)
        days = (borders[row, stretch][:, None] + length * share).ravel()
        row = np.repeat(row, _POINTS)
        begin = clock.at(first)
        time = np.maximum(clock.at(first[row] + days) - begin[row], 0.0)
        at_T = np.maximum(clock.at(np.full(len(first), float(as_of))) - begin, 0.0)
        return Nodes(row, time, days, np.log(length * weight).ravel(), np.flatnonzero(np.diff(row, prepend=-1)), at_T, h.T)


@dataclass(frozen=True)
class Parts:
    """The two terms of the likelihood of each history, as logarithms without what both share: alive, and left before; shape (n,).

    shares: of each node in its whole history.
    """

    alive: Floats
    left: Floats
    shares: Floats


def parts(p: Values, x: Floats, nodes: Nodes) -> Parts:
    """Both terms, relative to alpha^-x; p in days, x: frequencies of shape (n,)."""
    r, alpha, s, beta = (p[k] for k in ("r", "alpha", "s", "beta"))
    alive = -(r + x) * np.log1p(nodes.at_T / alpha) - s * np.log1p(nodes.T / beta)
    steep = (r + x)[nodes.row] * np.log1p(nodes.time / alpha)
    term = nodes.log_weight + math.log(s / beta) - steep - (s + 1) * np.log1p(nodes.days / beta)
    left = np.full(len(x), -np.inf)
    if len(term):
        top = np.maximum.reduceat(term, nodes.begin)
        sums = np.add.reduceat(np.exp(term - np.repeat(top, nodes.stretch)), nodes.begin)
        left[nodes.row[nodes.begin]] = top + np.log(sums)
    return Parts(alive, left, np.exp(term - np.logaddexp(alive, left)[nodes.row]))


def score(p: Values, h: Histories, nodes: Nodes) -> tuple[float, Floats]:
    """The log-likelihood of all customers on the clock and its gradient in r, alpha, s, beta; p in days."""
    r, alpha, s, beta = (p[k] for k in ("r", "alpha", "s", "beta"))
    x, count = h.frequency.astype(np.float64), h.count.astype(np.float64)
    found, top = parts(p, x, nodes), int(h.frequency.max(initial=0))
    whole = np.logaddexp(found.alive, found.left)
    known = special.log_rising(r, top)[h.frequency] - x * math.log(alpha)
    alive, left = count * np.exp(found.alive - whole), count[nodes.row] * found.shares
    shape = (r + x)[nodes.row]
    in_r = count @ special.digamma_rising(r, top)[h.frequency] - alive @ np.log1p(nodes.at_T / alpha) - left @ np.log1p(nodes.time / alpha)
    in_alpha = alive @ ((r + x) * nodes.at_T / (alpha + nodes.at_T)) + left @ (shape * nodes.time / (alpha + nodes.time)) - count @ x
    in_s = left.sum() / s - alive @ np.log1p(nodes.T / beta) - left @ np.log1p(nodes.days / beta)
    in_beta = alive @ (s * nodes.T / (beta + nodes.T)) + left @ ((s + 1) * nodes.days / (beta + nodes.days)) - left.sum()
    return float(count @ (known + whole)), np.array([in_r, in_alpha / alpha, in_s, in_beta / beta])


def total(p: Values, h: Histories, clock: Clock, as_of: int) -> float:
    """The log-likelihood of all customers on the clock; p in days, taken in blocks."""
    return sum(score(p, some, Nodes.of(some, clock, as_of))[0] for _, some in _blocks(h))


def _blocks(h: Histories) -> Iterator[tuple[slice, Histories]]:
    for start in range(0, len(h), _BLOCK):
        cut = slice(start, start + _BLOCK)
        yield cut, Histories(h.frequency[cut], h.recency[cut], h.T[cut], h.count[cut])


def p_alive(p: Values, h: Histories, clock: Clock, as_of: int) -> Floats:
    """The probability of each history to be still a customer; shape (n,), p in days."""
    found = np.empty(len(h))
    for cut, some in _blocks(h):
        both = parts(p, some.frequency.astype(np.float64), Nodes.of(some, clock, as_of))
        found[cut] = np.exp(both.alive - np.logaddexp(both.alive, both.left))
    return found


def time_ahead(p: Values, T: Floats, clock: Clock, as_of: int, span: Span) -> Floats:
    """The discounted operational time in a span of the future that customers of age T stay; shape as T, in days."""
    cuts = clock.month_ends(as_of, span.last) - as_of
    cuts = np.unique(np.clip(cuts, span.first, span.last))
    total, time = np.zeros(len(T)), clock.at(as_of + cuts)
    for k in range(len(cuts) - 1):
        first, last = float(cuts[k]), float(cuts[k + 1])
        speed = (time[k + 1] - time[k]) / (last - first)
        total += speed * _time_stayed(p["s"], p["beta"] + T, Span(first, last, span.force))
    return total


def time_beyond(p: Values, T: Floats, clock: Clock, as_of: int, span: Span) -> Floats:
    """The same for a span without end: by months for some years, then as if the season were what it is to the discount in one year."""
    late = min(span.first + _YEARS_BY_MONTH * 365.25, span.last)
    near = time_ahead(p, T, clock, as_of, Span(span.first, late, span.force))
    year = clock.month_ends(as_of, late + 365.25) - as_of
    year = np.unique(np.maximum(year, late))
    middle, time = 0.5 * (year[1:] + year[:-1]), np.diff(clock.at(as_of + year))
    worth = np.exp(-span.force * (middle - late))
    early = float(time @ worth / (np.diff(year) @ worth))
    return near + early * _time_stayed(p["s"], p["beta"] + T, Span(late, span.last, span.force))


def future_mass(p: Values, x: Floats, T: Floats, clock: Clock, as_of: int, days: float, n_max: int) -> Floats:
    """P(n purchases in the next `days`) of customers alive with these (frequency, T), n = 0 .. n_max; shape (pairs, n_max + 1)."""
    if days == 0:
        return np.tile(np.arange(n_max + 1) == 0, (len(x), 1)).astype(np.float64)
    cuts = np.unique(np.concatenate((clock.month_ends(as_of, days) - as_of, days * 0.5 ** np.arange(1, _DOUBLINGS))))
    share, weight = quadrature.gauss_legendre(2 * _POINTS)
    length = np.diff(cuts)[:, None]
    leaves, step = (cuts[:-1, None] + length * share).ravel(), (length * weight).ravel()
    stay = p["beta"] + T[:, None]
    chance = step * p["s"] / stay * np.exp(-(p["s"] + 1) * np.log1p(leaves / stay))
    weights = np.hstack((chance, np.exp(-p["s"] * np.log1p(days / stay))))
    time = np.maximum(clock.at(as_of + np.append(leaves, days)) - clock.at(np.full(1, float(as_of))), 0.0)
    first = np.maximum(clock.at(np.full(1, float(as_of))) - clock.at(as_of - T), 0.0)
    kinds, kind = distinct.codes(x)
    shape = p["r"] + kinds
    return _mean_counts(_ways(shape, n_max), shape, kind, time / (p["alpha"] + first[:, None]), weights)


def future_counts(p: Values, h: Histories, clock: Clock, as_of: int, days: float) -> FutureCounts:
    """The distribution of purchases in the next `days`, tables shared by all of one (frequency, T)."""
    x, of_x = distinct.codes(h.frequency.astype(np.float64))
    ages, of_age = distinct.codes(h.T)
    kind, age, of_pair = distinct.pairs(of_x, of_age)

    def mass_of(rows: Indices, top: int) -> Floats:
        return future_mass(p, x[kind[rows]], ages[age[rows]], clock, as_of, days, top)

    return FutureCounts.from_mass(p_alive(p, h, clock, as_of), of_pair, mass_of)


def course(p: Values, h: Histories, clock: Clock, as_of: int, ends: Floats) -> Floats:
    """Expected repeat purchases of all customers until each end (days from the as-of day), known by their first purchase only."""
    ages, of_age = distinct.codes(h.T)
    customers = distinct.sums(h.count.astype(np.float64), of_age, len(ages))

    def stayed(day: Floats) -> Floats:
        """Mean days a customer has stayed until a day; shape (ages, days)."""
        return p["beta"] * _stayed(p["s"], np.maximum(day[None, :] - as_of + ages[:, None], 0.0) / p["beta"])

    months = np.diff(stayed(clock.ends), axis=1)
    speed = np.diff(clock.time) / np.diff(clock.ends)
    until = np.concatenate(([0.0], np.cumsum(customers @ months * speed)))
    month = np.clip(np.searchsorted(clock.ends, as_of + ends, side="right") - 1, 0, len(speed) - 1)
    rest = customers @ (stayed(as_of + ends) - stayed(clock.ends[month]))
    result: Floats = p["r"] / p["alpha"] * (until[month] + speed[month] * rest)
    return result
