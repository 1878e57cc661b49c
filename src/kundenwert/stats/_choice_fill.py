"""From prices to a choice within limits: what is too much is given back where it costs least, what is left goes where it brings most."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.stats._choice_prices import Floats, Integers, Problem, in_threads

Flags = NDArray[np.bool_]

# Rounds of filling; each accepts at least one customer, nearly always very many.
_ROUNDS: Final = 200
# So many customers with the best use for what is left are looked at again and again; all others once in a while.
_POOL: Final = 20_000
_LOOKS: Final = 4
_LEAST: Final = 1e-12


def slack(limits: Floats) -> Floats:
    """How far a sum of floating point numbers may pass a limit and still be within it."""
    return np.where(np.isfinite(limits), 1e-9 * np.maximum(1.0, np.abs(limits)), 0.0)


def best(problem: Problem, prices: Floats) -> tuple[Integers, Floats]:
    """The best option of each customer at these prices, the first among equals, and by how much it is better than the next; (n,) each."""

    def work(part: slice) -> tuple[Integers, Floats]:
        worth = problem.priced(part, prices)
        option = worth.argmax(axis=1)
        row = np.arange(len(option))
        top = worth[row, option]
        worth[row, option] = -np.inf
        return option, top - worth.max(axis=1)

    found = in_threads(work, problem.parts())
    return np.concatenate([one for one, _ in found]).astype(np.int64), np.concatenate([lead for _, lead in found])


def within(problem: Problem, option: Integers, prices: Floats) -> Integers:
    """The choice brought within the limits, one kind after the other: options that use no more of anything, where least is lost."""
    option = option.copy()
    for kind in range(len(problem.uses)):
        # A step back may not be enough where the next one is needed too.
        while _give_back(problem, option, prices, kind):
            pass
    return option


def _give_back(problem: Problem, option: Integers, prices: Floats, kind: int) -> bool:
    """One step back, in place, of as many customers as it takes; whether there were any."""
    place = slice(problem.first[kind], problem.first[kind + 1])
    over = (problem.taken(option) - problem.limits)[place]
    tolerance = slack(problem.limits[place])
    if not (over > tolerance).any():
        return False
    group = problem.groups[kind]
    who = np.flatnonzero((over > tolerance)[group] & (option > 0))
    less, relief, loss = _cheapest_step_back(problem, who, option[who], prices, kind)
    order = np.lexsort((np.arange(len(who)), loss, group[who]))
    order = order[relief[order] > 0]
    before = _sum_before(relief[order], group[who][order])
    taken = order[before < (over - tolerance)[group[who][order]]]
    option[who[taken]] = less[taken]
    return bool(len(taken))


def _cheapest_step_back(problem: Problem, who: Integers, now: Integers, prices: Floats, kind: int) -> tuple[Integers, Floats, Floats]:
    """Of each customer the option that uses no more of anything and loses least for each unit it frees; how much it frees; loss a unit."""
    part = problem.rows(who)
    row = np.arange(len(who))
    worth = part.priced(slice(0, len(who)), prices)
    allowed = np.isfinite(worth)
    freed = np.zeros_like(worth)
    for k, use in enumerate(part.uses):
        difference = part.use_of(k, now)[:, None] - use
        allowed &= difference >= 0
        if k == kind:
            freed = difference
    allowed &= freed > 0
    rate = np.where(allowed, (worth[row, now][:, None] - worth) / np.where(allowed, freed, 1.0), np.inf)
    option = rate.argmin(axis=1)
    relief = np.where(allowed[row, option], freed[row, option], 0.0)
    return option, relief, rate[row, option]


def filled(problem: Problem, option: Integers, prices: Floats) -> Integers:
    """The choice with what is left used up: better options, most gain for what they take first."""
    option = option.copy()
    room = problem.limits - problem.taken(option)
    for _ in range(_LOOKS):
        found = in_threads(partial(_step_of, problem, option, room, prices), problem.parts())
        rate = np.concatenate([one[1] for one in found])
        who = np.flatnonzero(rate > 0)
        if not len(who):
            break
        if len(who) > _POOL:
            who = np.sort(who[np.argsort(-rate[who], kind="stable")[:_POOL]])
        is_all = len(who) == int((rate > 0).sum())
        own = problem.rows(who)
        chosen = option[who]
        room = _fill_few(own, chosen, room, prices)
        option[who] = chosen
        if is_all:
            break
    return option


def _step_of(problem: Problem, option: Integers, room: Floats, prices: Floats, part: slice) -> tuple[Integers, Floats]:
    return _best_step(problem, part, option[part], room, prices)


def _fill_few(problem: Problem, option: Integers, room: Floats, prices: Floats) -> Floats:
    """Fills among these customers in place; what is left then."""
    whole = slice(0, problem.count)
    tolerance = slack(problem.limits)
    used = problem.taken(option)
    for _ in range(_ROUNDS):
        better, rate = _best_step(problem, whole, option, room, prices)
        who = np.flatnonzero(rate > 0)
        if not len(who):
            break
        order = who[np.argsort(-rate[who], kind="stable")]
        fits = np.ones(len(order), dtype=np.bool_)
        for kind, codes in enumerate(problem.groups):
            more = np.maximum(problem.use_of(kind, better) - problem.use_of(kind, option), 0.0)[order]
            group = codes[order]
            sorting = np.argsort(group, kind="stable")
            before = np.empty(len(order))
            before[sorting] = _sum_before(more[sorting], group[sorting])
            at = problem.first[kind] + group
            fits &= (before + more <= (room + tolerance)[at]) | (more == 0)
        taken = order[fits]
        option[taken] = better[taken]
        room = room + used
        used = problem.taken(option)
        room = room - used
    return room


def _sum_before(values: Floats, group: Integers) -> Floats:
    """The sum of the values that stand before in the same group; groups stand together."""
    whole = np.cumsum(values)
    start = np.flatnonzero(np.diff(group, prepend=-1))
    length = np.diff(np.append(start, len(group)))
    return whole - values - np.repeat(whole[start] - values[start], length)


def _best_step(problem: Problem, part: slice, option: Integers, room: Floats, prices: Floats) -> tuple[Integers, Floats]:
    """Of some customers the option that gains most for what it takes and fits into what is left, and that rate; 0 where there is none."""
    gain = problem.gain[part].astype(np.float64)
    row = np.arange(len(gain))
    more = gain - gain[row, option][:, None]
    fits = more > 0
    cost = np.zeros_like(gain)
    tolerance = slack(problem.limits)
    for kind, use in enumerate(problem.uses):
        own = use if use.shape[0] == 1 else use[part]
        now = own[0 if own.shape[0] == 1 else row, option]
        taken = own - now[:, None]
        at = problem.first[kind] + problem.groups[kind][part]
        fits &= (taken <= (room + tolerance)[at][:, None]) | (taken <= 0)
        cost += prices[at][:, None] * taken
    # What takes nothing that has a price comes first, and most gain first among those.
    is_free = cost <= _LEAST * np.abs(gain).max(initial=1.0, where=np.isfinite(gain))
    rate = np.where(fits, np.where(is_free, more / _LEAST, more / np.where(is_free, 1.0, cost)), 0.0)
    better = rate.argmax(axis=1)
    return better, rate[row, better]
