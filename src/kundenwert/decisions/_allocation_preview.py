"""What an allocation would bring at other limits, answered at once: for somebody who moves a slider and wants to see the curve follow.

What does not depend on the limits is made once: who is at stake, the bundles each may get and their gains. With few customers the
answer is the plan itself. Of very many, prices come from those with most to gain and a weighted even sample of the others; at these prices
every customer gets a bundle, and only the least decided ones are fitted into the limits one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._allocation_told import REASONS, lines
from kundenwert.decisions._limits import Bound, bounds, clashes
from kundenwert.decisions._menu import MOST, solvable
from kundenwert.decisions._preview_beside import compared, compared_nearly
from kundenwert.decisions._preview_ready import EXACT, SMALL, Ready, Room, ready
from kundenwert.decisions._preview_sure import Shares, by_bundle
from kundenwert.decisions._response import response
from kundenwert.errors import CallError, DataError
from kundenwert.records.plans import MONEY, Case, Practice
from kundenwert.stats import choice
from kundenwert.stats import power as experiments_power
from kundenwert.stats._choice_fill import best, filled, within
from kundenwert.stats._choice_prices import Problem
from kundenwert.stats.experiments import held_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats, Integers

    Flags = NDArray[np.bool_]

# Between which multiples of the prices of the sample the right ones are looked for.
_AROUND: Final = ((0.9, 1.1), (0.6, 1.6), (0.25, 4.0))
# Points of the curve, as parts of its length.
_PARTS: Final = (0.0, 0.04, 0.1, 0.18, 0.28, 0.4, 0.55, 0.7, 0.85, 1.0)
# Of few customers more of them, where the curve is steep.
_PARTS_OF_FEW: Final = (0.0, 0.01, 0.02, 0.04, 0.07, 0.1, 0.14, 0.18, 0.23, 0.28, 0.34, 0.4, 0.47, 0.55, 0.7, 0.85, 1.0)
_FEW: Final = 1_500
_FIRST_LINES: Final = 60
# Answers, and curves of other limits, that are kept of one case.
_KEPT: Final = 24
_CLASS: Final = "class"


@final
@dataclass(frozen=True)
class Preview:
    """What a plan at these limits would be. Money is net of its cost.

    gain, lower, upper: expected, and its 90 % interval (not a number where nothing is uncertain). cost, customers. uses: name of an
    action -> how many; reached: to how many customers. taken: resource -> how much of all. curve: "budget", "gain", "lower", "upper".
    worthwhile: the budget beyond which nothing more pays. next_euro: what one unit of money more would bring. compared: other ways to
    spend the same. lines: the first ones, with `reasons`. held: who is held out; drawn_from: how many could have been; detectable: the
    smallest difference of the whole plan that would be seen, not a number without a control group. considered: customers. is_exact:
    whether the plan will be the same.
    """

    gain: float
    lower: float
    upper: float
    cost: float
    customers: int
    uses: Mapping[str, int]
    reached: Mapping[str, int]
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


def preview(ready: Ready, case_limits: tuple[Any, ...], *, hold_out: float = 0.0, length: float = 0.0) -> Preview:
    """What the plan would be with these limits (records.plans.Limit). length: to which budget the curve goes.

    Raises DataError with the limits that what is fixed or must be done does not fit into.
    """
    case = replace(ready.case, limits=case_limits)
    limits = bounds(case)
    problems = clashes(case, limits, ready.response.actions, ready.least) if ready.has_least else []
    if problems:
        raise DataError(*problems)
    found: Preview = _kept(ready, ("answer", hold_out, length, *_keys(limits)), lambda: _found(ready, case, limits, hold_out, length))
    return found


def _found(ready: Ready, case: Case, limits: Sequence[Bound], hold_out: float, length: float) -> Preview:
    is_small = len(case.ids) <= SMALL
    own = ready.thin.solve(ready, limits, 1.0 - hold_out)
    with ThreadPoolExecutor(1) as beside:
        # The curve is found on the second processor meanwhile.
        drawing = beside.submit(_curve, ready, limits, length, 1.0 - hold_out, own)
        chosen = _exactly(ready, limits, hold_out) if is_small else _nearly(ready, limits, hold_out, own)
        others = compared(ready, limits) if is_small else compared_nearly(ready, limits)
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
        reached=dict(zip(names, (counts > 0).sum(axis=0).tolist(), strict=True)),
        taken={name: float((counts @ ready.response.taken(name)).sum()) for name in resources},
        curve=_through(points, shares, _budget(limits), total),
        # Where money is left, what the plan spends is all that pays.
        worthwhile=points.worthwhile if chosen.price > 0 else cost,
        next_euro=chosen.price,
        compared=others,
        lines=_first_lines(ready, who, counts, gains),
        reasons=REASONS,
        held=chosen.held,
        drawn_from=chosen.drawn_from,
        detectable=_detectable(ready, who, counts, chosen.held),
        considered=len(case.ids),
        is_exact=len(case.ids) <= EXACT and len(ready.menu.counts) <= MOST + 1,
    )


def _kept(ready: Ready, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """What was found before for the same; what was not asked for longest goes when there is too much."""
    found = ready.kept.pop(key, None)
    if found is None:
        found = make()
    ready.kept[key] = found
    for old in [*ready.kept][:-_KEPT]:
        ready.kept.pop(old, None)
    return found


def _keys(limits: Sequence[Bound]) -> tuple[Any, ...]:
    return tuple((one.resource, one.persons, one.amounts.tobytes()) for one in limits)


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


def _nearly(ready: Ready, limits: Sequence[Bound], hold_out: float, own: choice.Chosen) -> _Chosen:
    """At prices of the sample; the least decided customers are fitted in one by one. own: of the sample without those held out."""
    first = ready.thin.solve(ready, limits, 1.0) if hold_out else own
    whole = ready.live.problem(ready, limits)
    going = np.concatenate([np.zeros(0), *first.prices])
    option = best(whole, going)[0]
    listed = option > 0
    from_, held, price = int(listed.sum()), np.zeros(len(option), dtype=np.bool_), _price(limits, first)
    if hold_out:
        held = listed & (ready.by_chance[ready.live.rows] < hold_out)
        going, price = np.concatenate([np.zeros(0), *own.prices]), _price(limits, own)
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
class _Point:
    """Gain, what is spent, and what is at stake with the bundles behind it."""

    gain: float
    spent: float
    at_stake: Mapping[str, Floats]


@final
@dataclass(frozen=True)
class _Points:
    """Gain at some budgets, with the counts of actions behind it. worthwhile: what is spent if money is not limited; free: at that."""

    budget: Floats
    gain: Floats
    spent: Floats
    at_stake: tuple[Mapping[str, Floats], ...]
    worthwhile: float
    free: _Point


def _curve(ready: Ready, limits: Sequence[Bound], length: float, share: float, chosen: choice.Chosen) -> _Points:
    """The gain against the budget for all, the other limits as they are; (points,) each. chosen: at the limits themselves."""
    rest = tuple(one for one in limits if not (one.resource == MONEY and one.codes is None))
    own = _budget(limits)
    is_money = len(rest) < len(limits) and np.isfinite(own)
    line = _line(ready, rest, length, own * 1.5 if is_money else 0.0, share)
    if not is_money or own in line.budget:
        return line
    # One point more, where the plan stands.
    place = int(np.searchsorted(line.budget, own))
    point = line.free if own >= line.worthwhile else _point(ready, chosen, share)
    gain = np.fmax.accumulate(np.insert(line.gain, place, point.gain))
    stakes = (*line.at_stake[:place], point.at_stake, *line.at_stake[place:])
    return replace(
        line, budget=np.insert(line.budget, place, own), gain=gain, spent=np.insert(line.spent, place, point.spent), at_stake=stakes
    )


def _line(ready: Ready, rest: tuple[Bound, ...], length: float, least: float, share: float) -> _Points:
    """The curve at budgets that do not depend on the chosen one: kept, so that the slider of money finds it. least: its least length."""
    key = ("line", length or least, bool(length), share, *_keys(rest))
    found: _Points = _kept(ready, key, lambda: _drawn(ready, rest, length, least, share))
    return found


def _drawn(ready: Ready, rest: tuple[Bound, ...], length: float, least: float, share: float) -> _Points:
    thin = ready.thin
    free = _point(ready, thin.solve(ready, rest, share), share)
    worthwhile = free.spent
    end = length or max(worthwhile * 1.25, least)
    parts = _PARTS if len(thin.rows) > _FEW else _PARTS_OF_FEW
    at = sorted({*(end * part for part in parts), *([worthwhile] if worthwhile < end else [])})
    points: list[_Point] = []
    for budget in at:
        if budget >= worthwhile:
            points.append(free)
            continue
        try:
            found = thin.solve(ready, (*rest, Bound(MONEY, ("",), np.array([budget]), None)), share)
        except CallError:
            # What must be done takes more.
            points.append(_Point(np.nan, np.nan, {}))
            continue
        points.append(_point(ready, found, share))
    rising = np.fmax.accumulate(np.array([one.gain for one in points]))
    spent = np.array([one.spent for one in points])
    return _Points(np.array(at), rising, spent, tuple(one.at_stake for one in points), worthwhile, free)


def _point(ready: Ready, found: choice.Chosen, share: float) -> _Point:
    thin, weight = ready.thin, ready.thin.weight * share
    spent = float(weight @ (thin.counts[found.option] @ ready.response.costs))
    return _Point(found.total, spent, by_bundle(ready, thin.rows, thin.places(found.option), weight))


def _through(points: _Points, shares: Shares, budget: float, gain: float) -> dict[str, Floats]:
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


def _first_lines(ready: Ready, who: Integers, counts: Integers, gains: Floats) -> dict[str, NDArray[Any]]:
    """The lines of the customers who gain most."""
    few = np.argpartition(-gains, _FIRST_LINES)[:_FIRST_LINES] if len(who) > _FIRST_LINES else np.arange(len(who))
    part = ready.case.at(who[few])
    return lines(part, response(part), counts[few])


def _detectable(ready: Ready, who: Integers, counts: Integers, held: int) -> float:
    """The smallest difference of all treated together that a comparison with those held out would show, in money."""
    if not held or not len(who):
        return float("nan")
    spread = float(np.std(ready.response.stake["earned"][who]))
    return experiments_power.detectable(len(who) + held, spread, held=held / (len(who) + held)) * len(who)


__all__ = ["EXACT", "SMALL", "Preview", "Ready", "Room", "preview", "ready"]
