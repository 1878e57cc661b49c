"""What an allocation would bring at other limits, answered at once: for somebody who moves a slider and wants to see the curve follow.

What does not depend on the limits is made once: who is at stake, the bundles each may get and their gains. With few customers the
answer is the plan itself. Of very many, prices come from those with most to gain and a weighted even sample of the others; at these prices
every customer gets a bundle, and only the least decided ones are fitted into the limits one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._allocation_chance import three_points
from kundenwert.decisions._allocation_others import evenly, practice, served, sum_before
from kundenwert.decisions._allocation_told import REASONS, lines
from kundenwert.decisions._allocation_wrong import wrong
from kundenwert.decisions._limits import Bound, bounds, clashes, counts_allowed
from kundenwert.decisions._menu import MOST, Menu, menu, solvable
from kundenwert.decisions._response import STAKES, Response, amount, is_known, response, unchanged
from kundenwert.errors import CallError, DataError
from kundenwert.records.plans import MONEY, Case, Practice
from kundenwert.stats import choice
from kundenwert.stats import power as experiments_power
from kundenwert.stats._choice_fill import best, filled, within
from kundenwert.stats._choice_prices import Problem
from kundenwert.stats.experiments import held_out, order_of, share_left

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
# Between which multiples of the prices of the sample the right ones are looked for.
_AROUND: Final = ((0.9, 1.1), (0.6, 1.6), (0.25, 4.0))
# Rows that are looked at together.
_PIECE: Final = 65_536
# Points of the curve, as parts of its length.
_PARTS: Final = (0.0, 0.04, 0.1, 0.18, 0.28, 0.4, 0.55, 0.7, 0.85, 1.0)
# Of few customers more of them, where the curve is steep.
_PARTS_OF_FEW: Final = (0.0, 0.01, 0.02, 0.04, 0.07, 0.1, 0.14, 0.18, 0.23, 0.28, 0.34, 0.4, 0.47, 0.55, 0.7, 0.85, 1.0)
_DRAWS: Final = 600
_FEW: Final = 1_500
# Customers whose chances can rise about as much are put together.
_ROOMS: Final = (0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.2, 0.4)
_LOWER: Final = 0.1
_UPPER: Final = 0.9
_FIRST_LINES: Final = 60
_CLASS: Final = "class"


@final
@dataclass(frozen=True)
class Preview:
    """What a plan at these limits would be. Money is net of its cost.

    gain, lower, upper: expected, and its 80 % interval (not a number where nothing is uncertain). cost, customers. uses: name of an
    action -> how many. taken: resource -> how much of all. curve: "budget", "gain", "lower", "upper". worthwhile: the budget beyond which
    nothing more pays. next_euro: what one unit of money more would bring. compared: other ways to spend the same. lines: the first ones,
    with `reasons`. held: who is held out; drawn_from: how many could have been; detectable: the smallest difference of the whole plan
    that would be seen, not a number without a control group. considered: customers. is_exact: whether the plan will be the same.
    """

    gain: float
    lower: float
    upper: float
    cost: float
    customers: int
    uses: Mapping[str, int]
    taken: Mapping[str, float]
    curve: Mapping[str, Floats]
    worthwhile: float
    next_euro: float
    compared: tuple[Practice, ...]
    lines: Mapping[str, NDArray[Any]]
    reasons: Mapping[str, str]
    held: int
    drawn_from: int
    detectable: float
    considered: int
    is_exact: bool


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
    def thin(self) -> _Thin:
        """The customers prices are found with."""
        return _thinned(self)

    @cached_property
    def has_least(self) -> bool:
        """Whether anything is fixed or must be done."""
        return bool(self.least.any())

    @cached_property
    def live(self) -> _Live:
        """The customers with whom anything can pay at all."""
        return _lively(self)

    @cached_property
    def shares(self) -> _Shares:
        """What the bundles change, in draws."""
        return _Shares(self)

    @cached_property
    def rooms(self) -> Mapping[str, Integers]:
        """The class of room of each customer, by kind (n,)."""
        return {kind: np.searchsorted(_ROOMS, room).astype(np.int64) for kind, room in self.response.room.items()}

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
class _Thin:
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
            capacity = [one.amounts - _least_taken(ready, one, rest) for one in limits]
        codes = [None if one.codes is None else one.codes[self.rows] for one in limits]
        return choice._problem(self.gain, [self.takes[one.resource] for one in limits], capacity, codes)


def _least_taken(ready: Ready, limit: Bound, rows: Flags) -> Floats:
    need = ready.least[rows] @ ready.response.taken(limit.resource)
    return np.asarray(np.bincount(limit.of(len(rows))[rows], weights=need, minlength=len(limit.amounts)), dtype=np.float64)


def _lively(ready: Ready) -> _Live:
    gain = ready.menu.gain
    rows = np.concatenate(
        [
            begin + np.flatnonzero(gain[begin : begin + _PIECE].max(axis=1) > gain[begin : begin + _PIECE, 0])
            for begin in range(0, max(len(gain), 1), _PIECE)
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
    case = rows_of(case, np.lexsort((case.ids, -worth)))
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


def rows_of(case: Case, rows: Any) -> Case:
    """The case of some customers, by places or flags, in that order."""

    def of(arrays: Mapping[str, Any]) -> dict[str, Any]:
        return {name: np.asarray(values)[rows] for name, values in arrays.items()}

    return replace(
        case,
        ids=case.ids[rows],
        columns=of(case.columns),
        allowed=of(case.allowed),
        today=of(case.today),
        at_least=of(case.at_least),
        at_most=of(case.at_most),
        person=None if case.person is None else case.person[rows],
        draws=None if case.draws is None else case.draws[:, rows],
    )


def preview(ready: Ready, case_limits: tuple[Any, ...], *, hold_out: float = 0.0, length: float = 0.0) -> Preview:
    """What the plan would be with these limits (records.plans.Limit). length: to which budget the curve goes.

    Raises DataError with the limits that what is fixed or must be done does not fit into.
    """
    case = replace(ready.case, limits=case_limits)
    limits = bounds(case)
    problems = clashes(case, limits, ready.response.actions, ready.least) if ready.has_least else []
    if problems:
        raise DataError(*problems)
    is_small = len(case.ids) <= SMALL
    with ThreadPoolExecutor(1) as beside:
        # The curve is found on the second processor meanwhile.
        drawing = beside.submit(_curve, ready, limits, length, 1.0 - hold_out)
        chosen = _exactly(ready, limits, hold_out) if is_small else _nearly(ready, limits, hold_out)
        compared = _compared(ready, limits) if is_small else _compared_nearly(ready, limits)
        shares = ready.shares
        points = drawing.result()
    who = np.flatnonzero((chosen.option > 0) | ready.least.any(axis=1) if ready.has_least else chosen.option > 0)
    counts = ready.menu.part(who).of(chosen.option[who])
    gains = ready.menu.gain[who, chosen.option[who]].astype(np.float64)
    cost = float((counts @ ready.response.costs).sum())
    total = float(gains.sum())
    lower, upper = shares.interval(ready, who, counts, total, cost)
    who, counts, gains = who[counts.any(axis=1)], counts[counts.any(axis=1)], gains[counts.any(axis=1)]
    names = [action.name for action in ready.response.actions]
    resources = dict.fromkeys(name for action in ready.response.actions for name in action.costs)
    return Preview(
        gain=round(total, 2),
        lower=lower,
        upper=upper,
        cost=round(cost, 2),
        customers=len(who),
        uses=dict(zip(names, counts.sum(axis=0).tolist(), strict=True)),
        taken={name: float((counts @ ready.response.taken(name)).sum()) for name in resources},
        curve=_through(points, shares, _budget(limits), total),
        # Where money is left, what the plan spends is all that pays.
        worthwhile=points.worthwhile if chosen.price > 0 else cost,
        next_euro=chosen.price,
        compared=compared,
        lines=_first_lines(ready, who, counts, gains),
        reasons=REASONS,
        held=chosen.held,
        drawn_from=chosen.drawn_from,
        detectable=_detectable(ready, who, counts, chosen.held),
        considered=len(case.ids),
        is_exact=len(case.ids) <= EXACT and len(ready.menu.counts) <= MOST + 1,
    )


# ---- the chosen point ----------------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class _Chosen:
    """An option for each customer, what a unit of money more would bring, who is held out of how many."""

    option: Integers
    price: float
    held: int
    drawn_from: int


def _exactly(ready: Ready, limits: Sequence[Bound], hold_out: float) -> _Chosen:
    """As the plan itself does it: for all, drawn from those who got something, and again without those who are held out."""
    uses, capacity, groups = solvable(ready.menu, ready.response, limits)
    thorough = len(ready.case.ids) <= EXACT
    first = choice.choose(ready.menu.gain, uses, capacity, groups, thorough=thorough)
    from_, held = _held(ready, first.option, hold_out)
    if not held.any():
        return _Chosen(first.option, _price(limits, first), 0, from_)
    gain = ready.menu.gain.copy()
    gain[held, 1:] = -np.inf
    second = choice.choose(gain, uses, capacity, groups, thorough=thorough)
    return _Chosen(second.option, _price(limits, second), int(held.sum()), from_)


def _nearly(ready: Ready, limits: Sequence[Bound], hold_out: float) -> _Chosen:
    """At prices of the sample; the least decided customers are fitted in one by one."""
    first = ready.thin.solve(ready, limits, 1.0)
    whole = ready.live.problem(ready, limits)
    going = np.concatenate([np.zeros(0), *first.prices])
    option = best(whole, going)[0]
    listed = option > 0
    from_, held, price = int(listed.sum()), np.zeros(len(option), dtype=np.bool_), _price(limits, first)
    if hold_out:
        held = listed & (ready.by_chance[ready.live.rows] < hold_out)
        second = ready.thin.solve(ready, limits, 1.0 - hold_out)
        going, price = np.concatenate([np.zeros(0), *second.prices]), _price(limits, second)
        option = best(whole, going)[0]
        option[held] = 0
    every = np.zeros(len(ready.case.ids), dtype=np.int64)
    every[ready.live.rows] = _fitted(whole, option, going, held)
    return _Chosen(every, price, int(held.sum()), from_)


def _fitted(whole: Problem, option: Integers, going: Floats, held: Flags) -> Integers:
    """The choice within the limits and filled up, by those whose option changes between lower and higher prices: as few as are enough."""
    open_ = ~held
    for low, high in _AROUND:
        cheap, dear = best(whole, going * low)[0], best(whole, going * high)[0]
        cheap[held], dear[held] = 0, 0
        fits = (whole.taken(dear) <= whole.limits * (1 + 1e-9) + 1e-9).all()
        fills = ((whole.taken(cheap) >= whole.limits * (1 - 1e-9)) | (going <= 0)).all()
        if fits and fills:
            open_ = (cheap != dear) | (option != dear)
            break
    few = np.flatnonzero(open_ & ~held)
    if not len(few):
        return option
    own = whole.rows(few)
    rest = whole.limits - whole.taken(option) + own.taken(option[few])
    own = Problem(own.gain, own.uses, own.groups, tuple(np.split(rest, whole.first[1:-1])))
    option = option.copy()
    option[few] = filled(own, within(own, option[few], going), going)
    return option


def _held(ready: Ready, option: Integers, hold_out: float) -> tuple[int, Flags]:
    """How many could be held out, and who is, (n,), as the plan draws them: the same share of each class of value."""
    case = ready.case
    held = np.zeros(len(option), dtype=np.bool_)
    listed = np.flatnonzero(ready.menu.of(option).any(axis=1) & ~np.isin(case.ids, np.asarray([*case.fixed], dtype=np.str_)))
    if not hold_out or not len(listed):
        return len(listed), held
    classes = case.columns.get(_CLASS)
    strata = None if classes is None else np.unique(classes, return_inverse=True)[1].astype(np.int64)[listed]
    held[listed[held_out(case.ids[listed], hold_out, seed=case.seed, strata=strata)]] = True
    return len(listed), held


def _price(limits: Sequence[Bound], found: choice.Chosen) -> float:
    """What one more of the money for all would bring; 0 where it is not limited."""
    return next((float(own[0]) for one, own in zip(limits, found.prices, strict=False) if one.resource == MONEY and one.codes is None), 0.0)


def _budget(limits: Sequence[Bound]) -> float:
    return next((float(one.amounts[0]) for one in limits if one.resource == MONEY and one.codes is None), float("inf"))


# ---- the curve ---------------------------------------------------------------------------------------------------------


@final
@dataclass(frozen=True)
class _Points:
    """Gain at some budgets, with the counts of actions behind it. worthwhile: what is spent if money is not limited."""

    budget: Floats
    gain: Floats
    spent: Floats
    at_stake: tuple[Mapping[str, Floats], ...]
    worthwhile: float


def _curve(ready: Ready, limits: Sequence[Bound], length: float, share: float) -> _Points:
    """The gain against the budget for all, the other limits as they are; (points,) each."""
    thin = ready.thin
    rest = tuple(one for one in limits if not (one.resource == MONEY and one.codes is None))
    free = thin.solve(ready, rest, share)
    weight = thin.weight * share
    cost = ready.response.costs
    worthwhile = float(weight @ (thin.counts[free.option] @ cost))
    own = _budget(limits)
    end = length or max(worthwhile * 1.25, own * 1.5 if np.isfinite(own) else 0.0)
    at = sorted(
        {
            *(end * part for part in (_PARTS if len(thin.rows) > _FEW else _PARTS_OF_FEW)),
            *([own] if np.isfinite(own) else []),
            *([worthwhile] if worthwhile < end else []),
        }
    )
    gains: list[float] = []
    spent: list[float] = []
    stakes: list[Mapping[str, Floats]] = []
    for budget in at:
        try:
            found = free if budget >= worthwhile else thin.solve(ready, (*rest, Bound(MONEY, ("",), np.array([budget]), None)), share)
        except CallError:
            # What must be done takes more.
            gains.append(np.nan)
            spent.append(np.nan)
            stakes.append({})
            continue
        gains.append(found.total)
        counts = thin.counts[found.option]
        spent.append(float(weight @ (counts @ cost)))
        stakes.append(_by_bundle(ready, thin.rows, thin.places(found.option), weight))
    rising = np.fmax.accumulate(np.array(gains))
    return _Points(np.array(at), rising, np.array(spent), tuple(stakes), worthwhile)


def _through(points: _Points, shares: _Shares, budget: float, gain: float) -> dict[str, Floats]:
    """The curve through the chosen point, with its band."""
    found = points.gain.copy()
    here = int(np.argmin(np.abs(points.budget - budget))) if np.isfinite(budget) else len(found) - 1
    if np.isfinite(found[here]) and found[here] > 0:
        # What stands for all misses the whole by a little, everywhere alike.
        found = found * (gain / found[here])
    below, above = np.arange(len(found)) < here, np.arange(len(found)) > here
    found = np.where(below, np.minimum(found, gain), np.where(above, np.maximum(found, gain), found))
    band = [shares.of_stakes(stakes, one, spent) for stakes, one, spent in zip(points.at_stake, found, points.spent, strict=True)]
    return {
        "budget": points.budget.round(2),
        "gain": np.asarray(found).round(2),
        "lower": np.array([low for low, _ in band]).round(2),
        "upper": np.array([high for _, high in band]).round(2),
    }


# ---- how sure it is ------------------------------------------------------------------------------------------------------


def _by_bundle(ready: Ready, rows: Integers, place: Integers, weight: Floats) -> dict[str, Floats]:
    """What is at stake with the customers of each bundle and room, by kind (bundles, rooms). place: of each customer's bundle."""
    size = len(ready.menu.counts), len(_ROOMS) + 1
    found = {}
    for kind, money in ready.response.stake.items():
        code = place * size[1] + ready.rooms[kind][rows]
        found[kind] = np.asarray(np.bincount(code, weights=weight * money[rows], minlength=size[0] * size[1]), dtype=np.float64)
    return found


@final
class _Shares:
    """The share of what is at stake that each bundle changes, in draws of the effects; segments have the effect of all here.

    changed: by kind (1 + draws, bundles x rooms), first at the likely effects; a chance rises by no more than its room.
    """

    def __init__(self, ready: Ready) -> None:
        case, found = ready.case, ready.response
        rng = np.random.default_rng([case.seed, len(found.actions)])
        left: dict[str, Any] = {}
        given = np.zeros((_DRAWS + 1, len(ready.menu.counts)))
        self.is_known = False
        for place, action in enumerate(found.actions):
            effect = action.effect
            if effect.source == "none":
                effect = next(iter(action.groups.values()))
            self.is_known |= effect.low < effect.high
            fading = share_left(action.half_life_days, case.horizon_days) if STAKES[action.changes] == "earned" else 1.0
            drawn = three_points(effect.low, effect.likely, effect.high, rng.standard_normal(_DRAWS))
            sizes = np.concatenate(([effect.likely], drawn))[:, None] * fading
            done = ready.menu.counts[:, place][None, :].astype(np.float64)
            rate = float(np.mean(found.rates[place]))
            if action.changes == "money":
                given += sizes * amount(action.curve, rate, done)
                continue
            kind = STAKES[action.changes]
            left[kind] = left.get(kind, 1.0) * unchanged(action.curve, rate, sizes, done)
        every = {"given": given, **{kind: 1 - rest for kind, rest in left.items()}}
        self.changed = {}
        for kind, changed in every.items():
            room = self._mean_rooms(ready, kind)
            self.changed[kind] = np.minimum(changed[:, :, None], room[None, None, :]).reshape(len(changed), -1)

    @staticmethod
    def _mean_rooms(ready: Ready, kind: str) -> Floats:
        """The mean room of the customers in each class of it, by what is at stake with them."""
        rows, weight = ready.thin.rows, ready.thin.weight
        room, code = ready.response.room[kind][rows], ready.rooms[kind][rows]
        if not np.isfinite(room).all():
            return np.full(len(_ROOMS) + 1, np.inf)
        stake = weight * ready.response.stake[kind][rows] + 1e-12
        size = len(_ROOMS) + 1
        return np.asarray(np.bincount(code, stake * room, size) / np.maximum(np.bincount(code, stake, size), 1e-12), dtype=np.float64)

    def of_stakes(self, stakes: Mapping[str, Floats], gain: float, spent: float) -> tuple[float, float]:
        """The interval of a gain, by what is at stake with each bundle."""
        if not self.is_known or not stakes or not np.isfinite(gain):
            return float("nan"), float("nan")
        brought = sum((self.changed[kind] @ money for kind, money in stakes.items() if kind in self.changed), np.zeros(_DRAWS + 1))
        if not brought[0] > 0:
            return gain, gain
        # Draws move what the plan brings; what it costs is sure.
        low, high = np.quantile(brought[1:] / brought[0], (_LOWER, _UPPER)) * (gain + spent) - spent
        return float(min(low, gain)), float(max(high, gain))

    def interval(self, ready: Ready, who: Integers, counts: Integers, gain: float, cost: float) -> tuple[float, float]:
        """The interval of a whole plan."""
        radix = np.cumprod(np.concatenate(([1], ready.menu.counts.max(axis=0, initial=0)[:-1] + 1)))
        codes = ready.menu.counts @ radix
        order = np.argsort(codes)
        place = order[np.searchsorted(codes[order], counts @ radix)]
        return self.of_stakes(_by_bundle(ready, who, place, np.ones(len(who))), gain, cost)


# ---- beside it ---------------------------------------------------------------------------------------------------------


def _compared(ready: Ready, limits: Sequence[Bound]) -> tuple[Practice, ...]:
    """Other ways to spend the same: evenly, most to the biggest, as today."""
    found = ready.response
    ways: dict[str, Any] = {
        "even": evenly(found, limits, ready.least, ready.most),
        "biggest": served(found, limits, ready.most, ready.least),
    }
    if ready.today is not None:
        ways["today"] = served(found, limits, ready.today, ready.least)
    return tuple(practice(name, found, counts) for name, counts in ways.items())


def _compared_nearly(ready: Ready, limits: Sequence[Bound]) -> tuple[Practice, ...]:
    """The same by customers who stand for others."""
    thin, found = ready.thin, ready.thin.response
    least, most = ready.least[thin.rows], ready.most[thin.rows]
    ways: dict[str, Any] = {
        "even": _evenly(found, thin, limits, least, most),
        "biggest": _served(found, thin, limits, most, least),
    }
    if ready.today is not None:
        ways["today"] = _served(found, thin, limits, ready.today[thin.rows], least)
    return tuple(
        Practice(
            name,
            round(float(thin.weight @ found.net(counts)), 2),
            round(float(thin.weight @ (counts @ found.costs)), 2),
            round(float(thin.weight @ np.minimum(counts.max(axis=1, initial=0), 1))),
        )
        for name, counts in ways.items()
    )


def _evenly(found: Response, thin: _Thin, limits: Sequence[Bound], least: Integers, most: Integers) -> Floats:
    """As `_allocation_others.evenly`, for customers who stand for others."""
    parts = most.astype(np.float64)
    for limit in limits:
        one, code = found.taken(limit.resource), limit.of(len(thin.weight)) if limit.codes is None else limit.codes[thin.rows]
        size = len(limit.amounts)
        room = np.maximum(limit.amounts - np.bincount(code, weights=thin.weight * (least @ one), minlength=size), 0.0)
        sharing = max(1, int((one > 0).sum()))
        for place in np.flatnonzero(one > 0):
            can = np.bincount(code, weights=thin.weight * (most[:, place] > least[:, place]), minlength=size)
            each = np.where(can > 0, room / np.maximum(can, 1) / sharing / one[place], 0.0)
            parts[:, place] = np.minimum(parts[:, place], least[:, place] + each[code])
    return np.clip(parts, least, most)


def _served(found: Response, thin: _Thin, limits: Sequence[Bound], wanted: Integers, least: Integers) -> Integers:
    """As `_allocation_others.served`, for customers who stand for others; rows stand in the order in which customers are served."""
    given = least.copy()
    taken = [found.taken(limit.resource) for limit in limits]
    codes = [limit.of(len(thin.weight)) if limit.codes is None else limit.codes[thin.rows] for limit in limits]
    room = [
        limit.amounts - np.bincount(code, weights=thin.weight * (least @ one), minlength=len(limit.amounts))
        for limit, one, code in zip(limits, taken, codes, strict=True)
    ]
    for place in range(wanted.shape[1]):
        more = np.maximum(wanted[:, place] - least[:, place], 0)
        for one, left, code in zip(taken, room, codes, strict=True):
            if one[place] > 0:
                need = thin.weight * one[place]
                fits = np.floor((left[code] - sum_before(more * need, code)) / need + 1e-9)
                more = np.clip(fits, 0, more).astype(np.int64)
        given[:, place] += more
        for limit, one, left, code in zip(limits, taken, room, codes, strict=True):
            left -= np.bincount(code, weights=thin.weight * more * one[place], minlength=len(limit.amounts))
    return given


def _first_lines(ready: Ready, who: Integers, counts: Integers, gains: Floats) -> dict[str, NDArray[Any]]:
    """The lines of the customers who gain most."""
    few = np.argpartition(-gains, _FIRST_LINES)[:_FIRST_LINES] if len(who) > _FIRST_LINES else np.arange(len(who))
    part = rows_of(ready.case, who[few])
    return lines(part, response(part), counts[few])


def _detectable(ready: Ready, who: Integers, counts: Integers, held: int) -> float:
    """The smallest difference of all treated together that a comparison with those held out would show, in money."""
    if not held or not len(who):
        return float("nan")
    spread = float(np.std(ready.response.stake["earned"][who]))
    return experiments_power.detectable(len(who) + held, spread, held=held / (len(who) + held)) * len(who)


def _thinned(ready: Ready) -> _Thin:
    size = len(ready.case.ids)
    options = ready.menu
    if size <= SMALL:
        rows, weight = np.arange(size), np.ones(size)
    else:
        # Rows are looked at in pieces: the most of each, without a copy of all.
        top = np.concatenate([options.gain[begin : begin + _PIECE].max(axis=1) for begin in range(0, size, _PIECE)])
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
    return _Thin(rows, weight, gain, bundle, options.counts, response(rows_of(ready.case, rows)))


__all__ = ["EXACT", "SMALL", "Preview", "Ready", "Room", "preview", "ready", "rows_of"]
