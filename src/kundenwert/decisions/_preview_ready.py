"""What a preview of an allocation needs and no limit changes: who is at stake, the bundles and their gains, and who stands for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._allocation_wrong import wrong
from kundenwert.decisions._limits import Bound, bounds, clashes, counts_allowed
from kundenwert.decisions._menu import Menu, menu
from kundenwert.decisions._preview_sure import ROOMS, Shares
from kundenwert.decisions._response import Response, is_known, response
from kundenwert.errors import DataError
from kundenwert.records.plans import MONEY, Case
from kundenwert.stats import choice
from kundenwert.stats._choice_prices import Problem
from kundenwert.stats.experiments import order_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats, Integers

    Flags = NDArray[np.bool_]

# Up to so many customers the preview is the plan itself; up to so many all of them are looked at.
EXACT: Final = 600
SMALL: Final = 4_000
# Of more: those with most to gain, and an even sample of the others.
_HEAD: Final = 1_500
_REST: Final = 2_500
# Rows that are looked at together.
PIECE: Final = 65_536


@final
@dataclass(frozen=True)
class Room:
    """What the planner needs at most of each resource: all that pays, if nothing is limited. money and others, by name."""

    needs: Mapping[str, float]
    gain: float


@final
@dataclass(frozen=True)
class Ready:
    """A case with all that does not depend on its limits; customers with most at stake stand first."""

    case: Case
    response: Response
    least: Integers
    most: Integers
    menu: Menu
    today: Integers | None

    @cached_property
    def thin(self) -> Thin:
        """The customers prices are found with."""
        return _thinned(self)

    @cached_property
    def kept(self) -> dict[Any, Any]:
        """Answers and curves that were found before, by their limits."""
        return {}

    @cached_property
    def has_least(self) -> bool:
        """Whether anything is fixed or must be done."""
        return bool(self.least.any())

    @cached_property
    def live(self) -> _Live:
        """The customers with whom anything can pay at all."""
        return _lively(self)

    @cached_property
    def shares(self) -> Shares:
        """What the bundles change, in draws."""
        return Shares(self)

    @cached_property
    def rooms(self) -> Mapping[str, Integers]:
        """The class of room of each customer, by kind (n,)."""
        return {kind: np.searchsorted(ROOMS, room).astype(np.int64) for kind, room in self.response.room.items()}

    @cached_property
    def by_chance(self) -> Floats:
        """A number from 0 to 1 by chance for each customer, (n,)."""
        return order_of(self.case.ids, self.case.seed).astype(np.float64) / 2.0**64

    @cached_property
    def room(self) -> Room:
        """What can be used at most."""
        thin = self.thin
        found = thin.solve(self, (), 1.0)
        counts = thin.counts[found.option]
        names = dict.fromkeys((MONEY, *(name for action in self.response.actions for name in action.costs)))
        needs = {name: float(thin.weight @ (counts @ self.response.taken(name))) for name in names}
        return Room(needs, float(found.total))


@final
@dataclass(frozen=True)
class Thin:
    """Some customers that stand for all: rows, how many each stands for, gains and counts of their options."""

    rows: Integers
    weight: Floats
    gain: Floats
    bundle: Integers
    all_counts: Integers
    response: Response

    @property
    def counts(self) -> _Counts:
        """How often each action comes in options."""
        return _Counts(self.all_counts, self.bundle)

    def places(self, option: Integers) -> Integers:
        """Where the bundles of these options stand among all, (rows,)."""
        row = np.arange(len(option)) if len(self.bundle) > 1 else np.zeros(len(option), dtype=np.int64)
        return np.asarray(self.bundle[row, option], dtype=np.int64)

    def solve(self, ready: Ready, limits: Sequence[Bound], share: float) -> choice.Chosen:
        """The best choice for them. share: of each that may be planned for."""
        weight = (self.weight * share)[:, None]
        uses = [np.asarray((self.all_counts @ ready.response.taken(one.resource))[self.bundle] * weight) for one in limits]
        groups = [None if one.codes is None else one.codes[self.rows] for one in limits]
        return choice.choose(self.gain * weight, uses, [one.amounts for one in limits], groups, thorough=False)


@final
@dataclass(frozen=True)
class _Live:
    """The customers with whom some option gains more than the least that must be done: rows, gains, and what options take."""

    rows: Integers
    gain: NDArray[Any]
    takes: Mapping[str, NDArray[np.float32]]

    def problem(self, ready: Ready, limits: Sequence[Bound]) -> Problem:
        """What is chosen from for them, with what the others must get taken off the limits."""
        capacity = [one.amounts for one in limits]
        if ready.has_least:
            rest = np.ones(len(ready.case.ids), dtype=np.bool_)
            rest[self.rows] = False
            capacity = [one.amounts - least_taken(ready, one, rest) for one in limits]
        codes = [None if one.codes is None else one.codes[self.rows] for one in limits]
        return choice._problem(self.gain, [self.takes[one.resource] for one in limits], capacity, codes)


def least_taken(ready: Ready, limit: Bound, rows: Flags) -> Floats:
    need = ready.least[rows] @ ready.response.taken(limit.resource)
    return np.asarray(np.bincount(limit.of(len(rows))[rows], weights=need, minlength=len(limit.amounts)), dtype=np.float64)


def _lively(ready: Ready) -> _Live:
    gain = ready.menu.gain
    rows = np.concatenate(
        [
            begin + np.flatnonzero(gain[begin : begin + PIECE].max(axis=1) > gain[begin : begin + PIECE, 0])
            for begin in range(0, max(len(gain), 1), PIECE)
        ]
    )
    part = ready.menu.part(rows)
    names = dict.fromkeys(name for action in ready.response.actions for name in action.costs)
    return _Live(rows, part.gain, {name: part.uses(ready.response.taken(name)).astype(np.float32) for name in names})


@final
@dataclass(frozen=True)
class _Counts:
    """How often each action comes in chosen options."""

    counts: Integers
    bundle: Integers

    def __getitem__(self, option: Integers) -> Integers:
        row = np.arange(len(option)) if len(self.bundle) > 1 else np.zeros(len(option), dtype=np.int64)
        return self.counts[self.bundle[row, option]]


def ready(case: Case) -> Ready | None:
    """A case made ready; None where nobody knows the effect of any action. Raises DataError with everything that is wrong with it.

    The limits of the case say at which prices bundles are looked for where there are many.
    """
    problems = wrong(case)
    if problems:
        raise DataError(*problems)
    if not any(is_known(action) for action in case.actions):
        return None
    found = response(case)
    worth = found.stake["earned"] + found.stake["stays"]
    case = case.at(np.lexsort((case.ids, -worth)))
    found = response(case)
    least, most = counts_allowed(case, found.actions)
    today = np.stack([np.asarray(case.today.get(one.name, np.zeros(len(case.ids))), dtype=np.int64) for one in found.actions], axis=1)
    today = np.clip(today, least, most)
    limits = bounds(case)
    # All that is fixed must fit into the limits that bundles are looked for with.
    limits = tuple(one for one in limits if not clashes(case, (one,), found.actions, least))
    wanted = [least, *([today] if today.any() else [])]
    options = menu(case, found, limits, wanted)
    narrow: Any = options.gain.astype(np.float32) if len(case.ids) > SMALL else options.gain
    return Ready(case, found, least, most, replace(options, gain=narrow), today if today.any() else None)


def _thinned(ready: Ready) -> Thin:
    size = len(ready.case.ids)
    options = ready.menu
    if size <= SMALL:
        rows, weight = np.arange(size), np.ones(size)
    else:
        # Rows are looked at in pieces: the most of each, without a copy of all.
        top = np.concatenate([options.gain[begin : begin + PIECE].max(axis=1) for begin in range(0, size, PIECE)])
        needed = ready.least.any(axis=1)
        top = np.where(needed, np.inf, top)
        order = np.argpartition(-top, min(_HEAD, size - 1))
        head, rest = order[:_HEAD], np.sort(order[_HEAD:])
        few = rest[:: max(1, len(rest) // _REST)]
        rows = np.concatenate([head, few])
        weight = np.concatenate([np.ones(len(head)), np.full(len(few), len(rest) / len(few))])
        # In the order of all: most at stake first.
        order = np.argsort(rows)
        rows, weight = rows[order], weight[order]
    bundle = options.bundle if len(options.bundle) == 1 else options.bundle[rows]
    gain = options.gain[rows].astype(np.float64)
    return Thin(rows, weight, gain, bundle, options.counts, response(ready.case.at(rows)))
