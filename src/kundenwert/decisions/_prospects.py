"""Open leads: what a customer like them is worth, the chance to win them, and which to follow up within a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from kundenwert.stats.pooling import pool

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats, Integers

# Wins below which a chance counted for a stage, or a source within it, is not used (definitions: value of a prospect).
LEAST_WINS = 20


@final
@dataclass(frozen=True)
class Chances:
    """How often decided leads were won. pooled: of all, not a number where none is decided. of: (source, stage) -> won, lost, that have
    enough wins; "" stands for all sources.
    """

    won: int
    lost: int
    of: Mapping[tuple[str, str], tuple[int, int]]

    @property
    def pooled(self) -> float:
        """The share of all decided leads that were won."""
        return self.won / (self.won + self.lost) if self.won + self.lost else float("nan")

    def chance(self, source: str, stage: str) -> tuple[float, str, int]:
        """The chance, where it was counted ("source", "stage", "all"), and of how many decided leads."""
        for key, basis in (((source.casefold(), stage), "source"), (("", stage), "stage")):
            if key in self.of:
                won, lost = self.of[key]
                return won / (won + lost), basis, won + lost
        return self.pooled, "all", self.won + self.lost


def counted(funnel: Mapping[str, NDArray[Any]], least: int = LEAST_WINS) -> Chances:
    """Counts decided leads. funnel: source, reached ("offer", or "lead": nothing more), state (won, lost, open), leads: (k,) each.

    Every lead began as "lead", so those with an offer count there too. Fewer than `least` wins: the larger group counts.

    >>> found = counted({"source": ["fair"] * 2, "reached": ["lead"] * 2, "state": ["won", "lost"], "leads": [30, 90]})
    >>> found.chance("fair", "offer"), found.chance("fair", "lead"), found.chance("web", "lead")
    ((0.25, 'all', 120), (0.25, 'source', 120), (0.25, 'stage', 120))
    """
    totals: dict[tuple[str, str], list[int]] = {}
    won = lost = 0
    rows = zip(*(np.asarray(funnel.get(name, [])).tolist() for name in ("source", "reached", "state", "leads")), strict=True)
    for source, stage, state, leads in rows:
        if state not in ("won", "lost"):
            continue
        place = 0 if state == "won" else 1
        won, lost = (won + int(leads), lost) if state == "won" else (won, lost + int(leads))
        for reached in {"lead", stage}:
            for of_source in {"", source.casefold()}:
                totals.setdefault((of_source, reached), [0, 0])[place] += int(leads)
    return Chances(won, lost, {key: (each[0], each[1]) for key, each in totals.items() if each[0] >= least})


@final
@dataclass(frozen=True)
class Alike:
    """What customers like each prospect are worth from their first purchase on; arrays (p,). sd: how far the mean may be off. spread: from
    customer to customer. customers: how many share all the keys; own_share: how much they say themselves.
    """

    value: Floats
    sd: Floats
    spread: float
    customers: Integers
    own_share: Floats


def alike(worths: Floats, of_customers: Sequence[Integers], of_prospects: Sequence[Integers], least: int) -> Alike:
    """The mean worth of customers with the same keys, pulled from key to key towards those who share the keys before.

    worths: (n,). of_customers, of_prospects: for each key, from the wide to the narrow, codes from 0, (n,) and (p,). The mean of a group
    that shares the first keys is the centre of those that share one more; the first key is pulled towards the mean of all.
    """
    code, asked = np.zeros(len(worths), dtype=np.int64), np.zeros(len(of_prospects[0]) if of_prospects else 0, dtype=np.int64)
    every = pool(*_sums(code, worths, 1))
    mean, variance, share = every.mean, np.array([every.centre_sd**2]), np.ones(1)
    spread, count = float(np.sqrt(every.within)), np.array([float(len(worths))])
    for place, (known, wanted) in enumerate(zip(of_customers, of_prospects, strict=True)):
        groups = int(max(known.max(initial=0), wanted.max(initial=0))) + 1
        cells, both = np.unique(np.concatenate([code * groups + known, asked * groups + wanted]), return_inverse=True)
        code, asked, above = both[: len(code)], both[len(code) :], cells // groups
        count, sums, squares = _sums(code, worths, len(cells))
        found = pool(count, sums, squares, least=least, towards=mean[above] if place else None)
        of_centre = variance[above] if place else np.full(len(cells), found.centre_sd**2)
        spread = float(np.sqrt(found.within)) if found.within else spread
        mean, share = found.mean, found.own_share
        variance = (1 - share) * found.between + (1 - share) ** 2 * of_centre
        # The next key asks for the cells by their place.
        code, asked = code.astype(np.int64), asked.astype(np.int64)
    return Alike(mean[asked], np.sqrt(variance[asked]), spread, count[asked].astype(np.int64), share[asked])


def _sums(code: Integers, values: Floats, groups: int) -> tuple[Floats, Floats, Floats]:
    count, total, squares = (
        np.bincount(code, weights=weights, minlength=groups).astype(np.float64) for weights in (None, values, values**2)
    )
    return count, total, squares


@final
@dataclass(frozen=True)
class Followed:
    """Which to follow up: places, best first. gain: their sum; bound: what no choice can exceed; price: of one more unit of money."""

    places: Integers
    gain: float
    bound: float
    price: float


def follow_up(gain: Floats, cost: Floats, budget: float, ties: Integers) -> Followed:
    """Those whose gains are the most together while the budget lasts: exact, or with the bound that was proven.

    gain, cost: (p,) in cents-exact money, cost 0 or more. ties: (p,) order of equals.
    """
    good = np.flatnonzero(gain > 0)
    # The same leads in the same order, however the case lists them: among equal choices the order decides.
    good = good[np.lexsort((ties[good], -gain[good]))]
    if cost[good].sum() <= budget + 1e-9:
        return Followed(good, float(gain[good].sum()), float(gain[good].sum()), 0.0)
    from kundenwert.stats.choice import choose

    first = np.isin(good, by_worth(gain, cost, budget, ties)).astype(np.int64)
    options, uses = (np.stack([np.zeros(len(good)), each[good]], axis=1) for each in (gain, cost))
    found = choose(options, [uses], [budget], start=[first])
    return Followed(good[found.option == 1], found.total, found.bound, float(found.prices[0][0]))


def by_worth(gain: Floats, cost: Floats, budget: float, ties: Integers) -> Integers:
    """Most gain for its cost first, or most gain first, while the budget lasts: quick, and at most one lead's gain below the best."""
    good = np.flatnonzero(gain > 0)
    with np.errstate(divide="ignore"):
        worth = np.where(cost[good] > 0, gain[good] / cost[good], np.inf)
    orders = (np.lexsort((ties[good], -gain[good], -worth)), np.lexsort((ties[good], -gain[good])))
    return max((taken_in_order(good[order], cost, budget) for order in orders), key=lambda found: float(gain[found].sum()))


def taken_in_order(order: Integers, cost: Floats, budget: float) -> Integers:
    """Who fits, one after the other, (places,): everybody who fits into what those before have left.

    >>> taken_in_order(np.array([0, 1, 2]), np.array([6.0, 5.0, 4.0]), 10.0).tolist()
    [0, 2]
    """
    taken, left, rest = [np.empty(0, dtype=np.int64)], budget + 1e-9, order
    while len(rest):
        together = np.cumsum(cost[rest])
        fits = int(np.searchsorted(together, left, side="right"))
        taken.append(rest[:fits])
        left -= float(together[fits - 1]) if fits else 0.0
        # Who does not fit now never will: what is left only shrinks.
        rest = rest[fits:][cost[rest[fits:]] <= left]
    return np.concatenate(taken)
