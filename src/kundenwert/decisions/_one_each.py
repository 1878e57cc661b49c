"""Each customer gets at most one thing: what it would change, what it costs, and who gets it within the limits.

Amounts are rounded to cents before anybody is chosen, so that what is reported is what was weighed up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, final

import numpy as np

from kundenwert.decisions._limits import bounds
from kundenwert.decisions._response import share
from kundenwert.records.plans import MONEY, Practice, Used
from kundenwert.stats.choice import Chosen, choose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats, Integers
    from kundenwert.records.plans import Action, Case, Changes, Curve, Effect

    Texts = NDArray[np.str_]
    Flags = NDArray[np.bool_]


@final
@dataclass(frozen=True)
class Stakes:
    """The customers in question, and what may be won with each.

    rows: (k,) their places in the case. worth: (k, j) money that each of j chances is worth where it comes true, not a number where there
    is no such chance. room: (k, j) by how much the chance can rise at most. changes: which actions can raise it. on_success: money paid
    only where it comes true, beside what an action costs. kind: (k,) the group whose own effect counts. effects: effects by kind that
    somebody assumed, for actions without one of their own for it.
    """

    rows: Integers
    worth: Floats
    room: Floats
    changes: Changes
    on_success: float = 0.0
    kind: Texts | None = None
    effects: Mapping[str, Effect] = field(default_factory=dict)


@final
@dataclass(frozen=True)
class Menu:
    """What can be done to each of k customers, m options; option 0 is the least that must be done, mostly nothing.

    names, counts: (m,) action and how often. gain, low, high: (k, m) in cents-exact money net of cost, minus infinity where not possible.
    cost: (k, m) money. rise: (k, m) of the chance. uses: resource -> (k, m) or (1, m). which: (k, m) the chance it is for.
    least: (k,) the option that 0 stands for. unknown: actions of which no effect is known.
    """

    names: tuple[str, ...]
    counts: Integers
    gain: Floats
    low: Floats
    high: Floats
    cost: Floats
    rise: Floats
    uses: Mapping[str, Floats]
    which: Integers
    least: Integers
    unknown: tuple[Action, ...]

    def most_of(self, name: str) -> int:
        """How often an action can be done at most, by the menu."""
        return max((int(count) for each, count in zip(self.names, self.counts, strict=True) if each == name), default=0)


@final
@dataclass(frozen=True)
class Picked:
    """Who gets what: places among the k customers and options, most gain first; with what the limits are worth and how else it could be."""

    who: Integers
    option: Integers
    gain: float
    bound: float
    lower: float
    upper: float
    used: tuple[Used, ...]
    compared: tuple[Practice, ...]
    curve: Mapping[str, Floats]


def strength(curve: Curve, effect: float, count: int) -> float:
    """The effect of `count` actions of a kind on one customer, of which `effect` is the full effect.

    >>> from kundenwert.records.plans import Curve
    >>> round(strength(Curve(), 0.1, 2), 4), strength(Curve("table", shares=(0.5, 0.75)), 0.5, 3)
    (0.19, 0.375)
    """
    if curve.kind == "each":
        # One action has exactly its effect, without what rounding would make of it.
        return effect if count == 1 or effect >= 1 else 1 - (1 - effect) ** count
    return effect * float(share(curve, curve.rate, float(count)))


def break_even(stakes: Stakes, action: Action) -> Floats:
    """By how much a chance must rise for one action to pay, (k,); not a number where it cannot pay.

    cost of the action / (worth - what success costs), for the chance that is worth most.
    """
    net = np.fmax.reduce(stakes.worth, axis=1, initial=np.nan) - stakes.on_success
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(net > 0, action.costs.get(MONEY, 0.0) / net, np.nan)


def menu(case: Case, stakes: Stakes) -> Menu:
    """All that can be done with the actions of the case that change what the stakes need."""
    size = len(stakes.rows)
    suited = [action for action in case.actions if action.changes in (stakes.changes, "money")]
    known = [action for action in suited if _is_known(stakes, action)]
    options = [(action, count) for action in known for count in range(1, action.most + 1)]
    width = len(options) + 1
    gain, low, high = (np.full((size, width), -np.inf) for _ in range(3))
    cost, raised, which = np.zeros((size, width)), np.zeros((size, width)), np.zeros((size, width), dtype=np.int64)
    gain[:, 0] = low[:, 0] = high[:, 0] = 0.0
    resources = sorted({name for action in known for name in action.costs if name != MONEY})
    uses = {name: np.zeros((1, width)) for name in resources}
    for place, (action, count) in enumerate(options, start=1):
        _weigh(case, stakes, action, count, place, (low, gain, high), (cost, raised), which)
        for name in resources:
            uses[name][0, place] = action.costs.get(name, 0.0) * count
    names = ("", *(action.name for action, _ in options))
    counts = np.array([0, *(count for _, count in options)], dtype=np.int64)
    unknown = tuple(action for action in suited if not _is_known(stakes, action))
    found = Menu(names, counts, gain, low, high, cost, raised, uses, which, np.zeros(size, dtype=np.int64), unknown)
    return _with_minimum(case, stakes.rows, found)


def _is_known(stakes: Stakes, action: Action) -> bool:
    return any(effect.source != "none" for effect in (action.effect, *action.groups.values(), *stakes.effects.values()))


def _weigh(
    case: Case,
    stakes: Stakes,
    action: Action,
    count: int,
    place: int,
    gains: tuple[Floats, Floats, Floats],
    spent: tuple[Floats, Floats],
    which: Integers,
) -> None:
    size = len(stakes.rows)
    money = np.full(size, round(action.costs.get(MONEY, 0.0) * count, 2))
    forbidden = ~may_get(case, stakes.rows, action.name, count)
    low, likely, high, is_known = _effects(stakes, action)
    rows = np.arange(size)
    for target, effect in ((gains[1], likely), (gains[0], low), (gains[2], high)):
        if action.changes == "money":
            brought, own = _strengths(action, effect, count), np.zeros(size)
        else:
            rise = np.minimum(_strengths(action, effect, count)[:, None], stakes.room)
            value = np.where(np.isfinite(stakes.worth), rise * (stakes.worth - stakes.on_success), -np.inf)
            if target is gains[1]:
                which[:, place] = value.argmax(axis=1)
            brought = value[rows, which[:, place]]
            own = rise[rows, which[:, place]]
        target[:, place] = np.where(forbidden | ~is_known | ~np.isfinite(brought), -np.inf, np.round(brought - money, 2))
        if target is gains[1]:
            spent[0][:, place] = np.where(forbidden, 0.0, np.round(money + own * stakes.on_success, 2))
            spent[1][:, place] = np.where(forbidden, 0.0, own)


def _strengths(action: Action, effect: Floats, count: int) -> Floats:
    if action.changes == "money":
        # Money adds up by the share of the curve; "each" has its full effect each time.
        return effect * (float(count) if action.curve.kind == "each" else strength(action.curve, 1.0, count))
    distinct, codes = np.unique(effect, return_inverse=True)
    return np.array([strength(action.curve, float(one), count) for one in distinct])[codes]


def _effects(stakes: Stakes, action: Action) -> tuple[Floats, Floats, Floats, Flags]:
    """Low, likely and high effect on each customer, and whether it is known: measured for its kind, assumed for it, or the action's."""
    size = len(stakes.rows)
    kinds = np.full(size, "") if stakes.kind is None else stakes.kind
    of_kind: dict[str, Effect] = {**stakes.effects, **action.groups}
    distinct, codes = np.unique(kinds, return_inverse=True)
    found = [of_kind.get(str(kind), action.effect) for kind in distinct]
    table = np.array([(one.low, one.likely, one.high, one.source != "none") for one in found], dtype=np.float64).reshape(-1, 4)
    low, likely, high, known = table[codes].T
    return low, likely, high, known > 0


def may_get(case: Case, rows: Integers, name: str, count: int) -> Flags:
    """Whether law, consent and the case's own limits allow so many actions, (k,)."""
    allowed = case.allowed[name][rows] if name in case.allowed else np.full(len(rows), fill_value=True)
    if name in case.at_most:
        allowed = allowed & (case.at_most[name][rows] >= count)
    return np.asarray(allowed, dtype=np.bool_)


def _with_minimum(case: Case, rows: Integers, found: Menu) -> Menu:
    """What is fixed or must be done at least becomes option 0; less of it is no option any more."""
    if not case.fixed and not any((least > 0).any() for least in case.at_least.values()):
        return found
    place_of = {(name, int(count)): place for place, (name, count) in enumerate(zip(found.names, found.counts, strict=True))}
    held = replace(found, uses={name: np.broadcast_to(each, found.gain.shape).copy() for name, each in found.uses.items()})
    ids = case.ids[rows]
    for place in np.flatnonzero(np.isin(ids, list(case.fixed))) if case.fixed else ():
        _hold(held, int(place), [place_of[one] for one in case.fixed[str(ids[place])].items() if one in place_of])
    for name, least in case.at_least.items():
        for place in np.flatnonzero(least[rows] > 0):
            enough = [place_of[name, count] for count in range(int(least[rows[place]]), found.most_of(name) + 1)]
            _hold(held, int(place), enough)
    return held


def _hold(found: Menu, place: int, options: Sequence[int]) -> None:
    """Leaves a customer only these options; the first of them is the least, and stands at 0 too."""
    closed = np.setdiff1d(np.arange(1, len(found.names)), options)
    found.gain[place, closed] = -np.inf
    if not options:
        return
    # What is closed must not look cheaper than the least.
    for use in (found.cost, *found.uses.values()):
        use[place, closed] = use[place, options[0]]
    found.least[place] = options[0]
    for each in (found.gain, found.low, found.high, found.cost, found.rise, found.which, *found.uses.values()):
        each[place, 0] = each[place, options[0]]


# Who gets what


def pick(case: Case, offered: Menu, rows: Integers, size: Floats) -> Picked:
    """The options that gain most within the limits. rows: (k,) places in the case. size: (k,) what the biggest are measured by."""
    best = offered.gain.max(axis=1, initial=-np.inf)
    # Among equals the choice depends on the order alone: by worth, then by name, however the case was ordered.
    order = np.lexsort((case.ids[rows], -size, -best))
    limits = _limits(case, offered, rows, order)
    gain = offered.gain[order]
    other = _others(case, offered, rows, size, order, limits)
    found = _choose(gain, limits, [chosen for _, chosen in other])
    option = found.option
    who = order
    alike = _evenly(offered, order, limits)
    compared = (Practice("nothing", 0.0, 0.0, 0), *alike, *(_practice(name, offered, order, chosen) for name, chosen in other))
    picked = np.where(option == 0, offered.least[who], option)
    kept = np.flatnonzero(picked > 0)
    at = (who[kept], option[kept])
    total = _cents(offered.gain[at])
    front = np.lexsort((case.ids[rows[who[kept]]], -offered.gain[at]))
    return Picked(
        who[kept][front],
        picked[kept][front],
        total,
        max(total, round(found.bound, 2)),
        _cents(offered.low[at]),
        _cents(offered.high[at]),
        _used(limits, found),
        compared,
        _curve(case, gain, limits, found.total),
    )


@dataclass(frozen=True)
class _Limits:
    """The limits in the form in which options are chosen: one entry a resource, for all or by person."""

    labels: tuple[tuple[str, tuple[str, ...]], ...]
    uses: tuple[Floats, ...]
    capacity: tuple[Floats, ...]
    groups: tuple[Integers | None, ...]


def _limits(case: Case, offered: Menu, rows: Integers, order: Integers) -> _Limits:
    known = [bound for bound in bounds(case) if bound.resource == MONEY or bound.resource in offered.uses]
    taken = [offered.cost if bound.resource == MONEY else offered.uses[bound.resource] for bound in known]
    return _Limits(
        tuple((bound.resource, bound.persons) for bound in known),
        tuple(use if use.shape[0] == 1 and len(rows) != 1 else use[order] for use in taken),
        tuple(bound.amounts for bound in known),
        tuple(None if bound.codes is None else bound.codes[rows][order] for bound in known),
    )


def _choose(gain: Floats, limits: _Limits, start: Sequence[Integers] = (), *, thorough: bool = True) -> Chosen:
    return choose(gain, limits.uses, limits.capacity, limits.groups, start=start, thorough=thorough)


def _usual(offered: Menu) -> int:
    """The action, once, that most customers may get; 0 without any."""
    once = np.flatnonzero(offered.counts == 1)
    return int(once[np.isfinite(offered.gain[:, once]).sum(axis=0).argmax()]) if len(once) else 0


def _others(case: Case, offered: Menu, rows: Integers, size: Floats, order: Integers, limits: _Limits) -> list[tuple[str, Integers]]:
    """Other ways to spend the same, cut to the limits: the biggest first, and as today."""
    usual = _usual(offered)
    if not usual:
        return []
    gain = offered.gain[order]
    biggest = np.lexsort((case.ids[rows[order]], -size[order]))
    found = [("biggest", _cut(limits, np.where(np.isfinite(gain[:, usual]), usual, 0), biggest))]
    today = _today(case, offered, rows)[order]
    if today.any():
        found.append(("today", _cut(limits, np.where(np.isfinite(gain[np.arange(len(order)), today]), today, 0), biggest)))
    return found


def _evenly(offered: Menu, order: Integers, limits: _Limits) -> tuple[Practice, ...]:
    """The same for everybody: of one action each customer who may get it gets the same part, as if it could be divided."""
    usual = _usual(offered)
    if not usual:
        return ()
    can = np.isfinite(offered.gain[order, usual])
    part = can.astype(np.float64)
    for use, capacity, groups in zip(limits.uses, limits.capacity, limits.groups, strict=True):
        codes = np.zeros(len(order), dtype=np.int64) if groups is None else groups
        needed = np.bincount(codes, weights=np.where(can, use[:, usual], 0.0), minlength=len(capacity))
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(needed > 0, np.minimum(capacity / needed, 1.0), 1.0)
        part = np.minimum(part, share[codes])
    at = order[can], usual
    gain, cost = (float((part[can] * amounts[at]).sum()) for amounts in (offered.gain, offered.cost))
    return (Practice("even", round(gain, 2), round(cost, 2), int((part > 0).sum())),)


def _today(case: Case, offered: Menu, rows: Integers) -> Integers:
    """What is done today as an option of the menu, (k,): of several actions the one done most often."""
    option, most = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    for name, times in case.today.items():
        own = [place for place, each in enumerate(offered.names) if each == name]
        if not own:
            continue
        done = np.minimum(times[rows], len(own))
        option = np.where(done > most, own[0] + done - 1, option)
        most = np.maximum(done, most)
    return option


def _cut(limits: _Limits, option: Integers, turn: Integers) -> Integers:
    """What is left of a choice where it is handed out in turn until a limit is reached."""
    rows = np.arange(len(option))
    kept = np.ones(len(option), dtype=np.bool_)
    for use, capacity, groups in zip(limits.uses, limits.capacity, limits.groups, strict=True):
        taken = np.where(kept, (use[0, option] if use.shape[0] == 1 else use[rows, option]), 0.0)[turn]
        codes = np.zeros(len(option), dtype=np.int64) if groups is None else groups[turn]
        for code in np.unique(codes):
            own = codes == code
            kept[turn[own]] &= np.cumsum(taken[own]) <= capacity[code] + 1e-9
    return np.where(kept, option, 0)


def _practice(name: str, offered: Menu, order: Integers, option: Integers) -> Practice:
    at = (order[option > 0], option[option > 0])
    return Practice(name, _cents(offered.gain[at]), _cents(offered.cost[at]), len(at[0]))


def _used(limits: _Limits, found: Chosen) -> tuple[Used, ...]:
    if not limits.labels:
        return ()
    return tuple(
        Used(resource, person, float(amount), round(float(used), 6), float(price))
        for (resource, persons), amounts, takes, prices in zip(limits.labels, limits.capacity, found.used, found.prices, strict=True)
        for person, amount, used, price in zip(persons, amounts, takes, prices, strict=True)
        if person or len(persons) == 1
    )


def _curve(case: Case, gain: Floats, limits: _Limits, total: float) -> dict[str, Floats]:
    """The gain at budgets from nothing to twice what there is; empty without a limit of money."""
    place = next((place for place, label in enumerate(limits.labels) if label == (MONEY, ("",))), None)
    if place is None or not len(gain) or (case.fixed or case.at_least):
        return {}
    budget = limits.capacity[place][0] * np.arange(0, 2.01, 0.2)
    found = []
    for amount in budget:
        capacity = tuple(np.array([amount]) if at == place else each for at, each in enumerate(limits.capacity))
        found.append(_choose(gain, replace(limits, capacity=capacity), thorough=False).total)
    found[5] = total
    # More money never brings less: what was found for less can still be done.
    return {"budget": budget, "gain": np.maximum.accumulate(np.round(found, 2))}


def _cents(amounts: Floats) -> float:
    return round(float(amounts.sum()), 2)
