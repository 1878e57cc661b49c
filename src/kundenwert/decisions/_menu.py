"""The bundles of actions each customer may get: nothing, or one of at most ten, with what it gains net of its cost."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._limits import Bound, counts_allowed
from kundenwert.records.plans import MONEY
from kundenwert.stats.choice import choose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.decisions._response import Response
    from kundenwert.records.arrays import Floats, Integers
    from kundenwert.records.plans import Case

# Bundles of a customer beside the first, which is the least that must be done.
MOST: Final = 10
# More combinations than these are not looked at: then at most two kinds of actions meet at one customer, or one.
_CATALOGUE: Final = 300
_ROWS: Final = 20_000
_SAMPLE: Final = 3_000
# The bundles best at these multiples of the going prices are in the menu, so that it serves larger and smaller limits too.
_PRICES: Final = (0.0, 0.5, 1.0, 2.0)


@final
@dataclass(frozen=True)
class Menu:
    """What can be chosen for n customers. counts: (bundles, actions) all bundles there are. bundle: (n, m) or (1, m) places among them.

    gain: (n, m) money net of its cost, minus infinity where not allowed. Option 0 is the least that must be done.
    """

    counts: Integers
    bundle: Integers
    gain: Floats

    def of(self, option: Integers) -> Integers:
        """How often each action comes in the chosen options, (n, actions)."""
        row = np.arange(len(option)) if len(self.bundle) > 1 else np.zeros(len(option), dtype=np.int64)
        return self.counts[self.bundle[row, option]]

    def part(self, rows: Integers) -> Menu:
        """The menu of some customers."""
        return Menu(self.counts, self.bundle if len(self.bundle) == 1 else self.bundle[rows], self.gain[rows])

    def uses(self, one: Floats) -> Floats:
        """What the options take of a resource of which one of each action takes `one`; (n, m) or (1, m)."""
        return np.asarray((self.counts @ one)[self.bundle])

    def option_of(self, counts: Integers) -> Integers:
        """The options with these counts (n, actions), 0 where there is none, (n,)."""
        place = _places(self.counts, counts)
        same = self.bundle == place[:, None]
        return np.where(same.any(axis=1), same.argmax(axis=1), 0)


def menu(case: Case, response: Response, limits: Sequence[Bound], wanted: Sequence[Integers] = ()) -> Menu:
    """At most ten bundles a customer beside the least. wanted: counts (n, actions) that must be among them, allowed ones."""
    least, most = counts_allowed(case, response.actions)
    counts = _catalogue(least, most, wanted)
    if len(counts) <= MOST + 1 and not least.any():
        gain = _gains(response, counts, slice(None), least, most)
        return Menu(counts, np.arange(len(counts), dtype=np.int64)[None, :], gain)
    return _narrowed(case, response, limits, counts, (least, most), [_places(counts, each) for each in wanted])


def _catalogue(least: Integers, most: Integers, wanted: Sequence[Integers]) -> Integers:
    """All bundles that somebody may get, by number of actions; (bundles, actions)."""
    highest = most.max(axis=0, initial=0)
    if np.prod(highest + 1.0) <= _CATALOGUE:
        rows = np.array(list(itertools.product(*(range(top + 1) for top in highest))), dtype=np.int64)
    else:
        kinds = 2 if _pairs(highest) <= _CATALOGUE else 1
        base = np.unique(np.vstack([least, *wanted]), axis=0)
        rows = np.unique(np.minimum((base[:, None, :] + _further(highest, kinds)[None]).reshape(-1, len(highest)), highest), axis=0)
    return rows[np.lexsort((*rows.T[::-1], rows.sum(axis=1)))]


def _pairs(highest: Integers) -> int:
    return int(sum(one * other for one, other in itertools.combinations(highest.tolist(), 2)) + highest.sum() + 1)


def _further(highest: Integers, kinds: int) -> Integers:
    """Counts of at most so many kinds of actions."""
    rows = [np.zeros(len(highest), dtype=np.int64)]
    for chosen in itertools.combinations(range(len(highest)), kinds):
        for counts in itertools.product(*(range(highest[place] + 1) for place in chosen)):
            row = np.zeros(len(highest), dtype=np.int64)
            row[list(chosen)] = counts
            rows.append(row)
    return np.unique(np.array(rows), axis=0)


def _places(catalogue: Integers, counts: Integers) -> Integers:
    """Where these counts (n, actions) stand in the catalogue, -1 where they do not; (n,)."""
    radix = np.cumprod(np.concatenate(([1], np.maximum(catalogue.max(axis=0, initial=0), counts.max(axis=0, initial=0))[:-1] + 1)))
    codes, wanted = catalogue @ radix, counts @ radix
    order = np.argsort(codes)
    place = np.clip(np.searchsorted(codes[order], wanted), 0, len(codes) - 1)
    return np.where(codes[order][place] == wanted, order[place], -1).astype(np.int64)


def _gains(response: Response, counts: Integers, rows: Any, least: Integers, most: Integers) -> Floats:
    """What every bundle gains at some customers, (rows, bundles)."""
    own = _part(response, rows)
    least, most = least[rows], most[rows]
    found = np.empty((len(least), len(counts)))
    for place, bundle in enumerate(counts):
        found[:, place] = own.net(bundle)
        allowed = np.ones(len(least), dtype=np.bool_)
        for action, count in enumerate(bundle):
            allowed &= (least[:, action] <= count) & (count <= most[:, action])
        found[~allowed, place] = -np.inf
    return found


def _part(response: Response, rows: Any) -> Response:
    from dataclasses import replace

    def own(values: Floats) -> Floats:
        return values if len(values) == 1 and len(response.stake["earned"]) != 1 else values[rows]

    return replace(
        response,
        stake={kind: money[rows] for kind, money in response.stake.items()},
        room={kind: money[rows] for kind, money in response.room.items()},
        effects={name: tuple(own(values) for values in sizes) for name, sizes in response.effects.items()},
        rates=tuple(own(values) for values in response.rates),
    )


def _narrowed(
    case: Case,
    response: Response,
    limits: Sequence[Bound],
    counts: Integers,
    allowed: tuple[Integers, Integers],
    wanted: Sequence[Integers],
) -> Menu:
    """Of many bundles the ten that are best at the going prices, and those wanted."""
    least, most = allowed
    size, width = len(case.ids), min(MOST + 1, len(counts))
    first = _places(counts, least)
    taken = [counts @ response.taken(limit.resource) for limit in limits]
    prices = _going_prices(case, response, limits, counts, allowed, first) if limits else []
    bundle, gain = np.empty((size, width), dtype=np.int64), np.empty((size, width))
    for begin in range(0, size, _ROWS):
        rows = slice(begin, min(begin + _ROWS, size))
        found = _gains(response, counts, rows, least, most)
        row = np.arange(len(found))
        cost = np.zeros_like(found)
        for limit, price, use in zip(limits, prices, taken, strict=True):
            cost += price[limit.of(size)[rows]][:, None] * use
        rank = found - cost
        for times in _PRICES:
            rank[row, (found - times * cost).argmax(axis=1)] = np.inf
        for each in wanted:
            rank[row, np.where(each[rows] >= 0, each[rows], first[rows])] = np.inf
        rank[~np.isfinite(found)] = -np.inf
        # The least comes first whatever it is worth.
        rank[row, first[rows]] = np.nan
        order = np.argsort(-np.nan_to_num(rank, nan=np.inf, posinf=1e300, neginf=-1e300), axis=1, kind="stable")
        order = order[order != first[rows][:, None]].reshape(len(found), -1)[:, : width - 1]
        # In the order of the catalogue: among equals the smaller bundle stands first.
        bundle[rows, 1:] = np.sort(order, axis=1)
        bundle[rows, 0] = first[rows]
        gain[rows] = np.take_along_axis(found, bundle[rows], axis=1)
        # What is not allowed stands for the least: nothing then takes less than that.
        bundle[rows] = np.where(np.isfinite(gain[rows]), bundle[rows], bundle[rows, :1])
    return Menu(counts, bundle, gain)


def _going_prices(
    case: Case, response: Response, limits: Sequence[Bound], counts: Integers, allowed: tuple[Integers, Integers], first: Integers
) -> list[Floats]:
    """Prices of the limits by an even sample of the customers with all bundles."""
    size = len(case.ids)
    few = np.arange(0, size, -(-size // _SAMPLE))
    gain = _gains(response, counts, few, *allowed)
    uses, capacity, groups = [], [], []
    for limit in limits:
        code = limit.of(size)
        part = np.bincount(code[few], minlength=len(limit.amounts)) / np.maximum(np.bincount(code, minlength=len(limit.amounts)), 1)
        use = counts @ response.taken(limit.resource)
        least = use[first[few]]
        # What must be done is taken off: option 0 takes nothing more.
        uses.append(np.maximum(use[None, :] - least[:, None], 0.0))
        needed = np.bincount(code[few], weights=least, minlength=len(limit.amounts))
        # Who is not limited stays so, also where the sample has nobody of theirs.
        amounts = np.where(np.isinf(limit.amounts), np.inf, np.where(np.isinf(limit.amounts), 0.0, limit.amounts) * part)
        capacity.append(np.maximum(amounts - needed, 0.0))
        groups.append(code[few])
    row = np.arange(len(few))
    gain = np.column_stack([gain[row, first[few]], gain])
    uses = [np.column_stack([np.zeros(len(few)), use]) for use in uses]
    return list(choose(gain, uses, capacity, groups, thorough=False).prices)


def solvable(found: Menu, response: Response, limits: Sequence[Bound]) -> tuple[list[Floats], list[Floats], list[NDArray[np.int64] | None]]:
    """Uses, capacities and groups in the form of `stats.choice.choose`."""
    return (
        [found.uses(response.taken(limit.resource)) for limit in limits],
        [limit.amounts for limit in limits],
        [limit.codes for limit in limits],
    )


__all__ = ["MONEY", "MOST", "Menu", "menu", "solvable"]
