"""How sure a plan's gain is: draws of the effects, and of what is at stake, laid over the plan and over today's practice alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kundenwert.decisions._columns import texts
from kundenwert.decisions._response import STAKES, Response, amount, effects_of, unchanged
from kundenwert.stats.experiments import share_left

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats, Integers
    from kundenwert.records.plans import Case

_DRAWS: Final = 1000
# More customers than these are put together with those who get and are the same, their money added up.
_ROWS: Final = 5_000
_BINS: Final = 64
_LARGEST: Final = 2**60
_TO_95: Final = 1.6448536269514722


def three_points(low: float, likely: float, high: float, z: Floats) -> Floats:
    """Values whose 5 % quantile is low, mean is likely and 95 % quantile is high, from standard normal ones: two halves of bell curves.

    Where no such curve has that mean, the nearest one between low and high.

    >>> z = np.array([-1.6448536269514722, 0.0, 1.6448536269514722])
    >>> three_points(0.0, 0.04, 0.1, z).round(3).tolist()
    [0.0, 0.03, 0.1]
    """
    # The mean of two halves with spreads s1 below and s2 above the middle m is m + (s2 - s1) / sqrt(2 pi).
    part = 1 / (_TO_95 * np.sqrt(2 * np.pi))
    middle = min(max((likely - (low + high) * part) / (1 - 2 * part), low), high)
    return np.asarray(middle + np.where(z < 0, middle - low, high - middle) / _TO_95 * z)


def gains(case: Case, response: Response, plan: Integers, other: Integers) -> tuple[Floats, Floats] | None:
    """Draws of what the plan and another choice (n, actions) gain net of their cost; None where nothing is uncertain. (draws,) each."""
    uncertain = any(effect.low < effect.high for action in response.actions for effect in (action.effect, *action.groups.values()))
    if not uncertain and case.draws is None:
        return None
    draws = _DRAWS if case.draws is None else len(case.draws)
    rows = np.flatnonzero(plan.any(axis=1) | other.any(axis=1))
    if not len(rows):
        return None
    drawn = _effects(case, response, draws)
    stake, members = _grouped(case, response, rows, plan, other)
    totals = []
    for counts in (plan, other):
        brought = _brought(case, response, counts[rows][members.first], drawn, stake, members)
        totals.append(brought - float((counts @ response.costs).sum()))
    return totals[0], totals[1]


class _Members:
    """Customers that are reckoned with as one: the first of each group, its members by code, and the rows they stand for."""

    def __init__(self, rows: Integers, code: Integers) -> None:
        self.rows, self.code = rows, code
        self.count = int(code.max(initial=-1)) + 1
        self.first = np.zeros(self.count, dtype=np.int64)
        self.first[code[::-1]] = np.arange(len(code))[::-1]

    def mean(self, values: Floats, weights: Floats) -> Floats:
        """The mean of each group by weight."""
        own = values[self.rows] if len(values) > 1 else np.broadcast_to(values, len(self.rows))
        whole = np.bincount(self.code, weights=weights, minlength=self.count)
        plain = np.bincount(self.code, weights=own, minlength=self.count) / np.maximum(np.bincount(self.code, minlength=self.count), 1)
        summed = np.bincount(self.code, weights=np.where(weights != 0, own, 0.0) * weights, minlength=self.count)
        return np.where(whole != 0, summed / np.where(whole != 0, whole, 1.0), plain)


def _grouped(case: Case, response: Response, rows: Integers, plan: Integers, other: Integers) -> tuple[dict[str, Floats], _Members]:
    """Sums of what is at stake by group, (draws or 1, groups), and the groups."""
    if len(rows) <= _ROWS:
        members = _Members(rows, np.arange(len(rows)))
    else:
        keys: list[NDArray[Any]] = [*plan[rows].T, *other[rows].T]
        if any(action.groups for action in response.actions):
            keys.append(np.unique(texts(case, "segment")[rows], return_inverse=True)[1])
        for rate in response.rates:
            if len(rate) > 1:
                order = np.argsort(np.argsort(rate[rows], kind="stable"), kind="stable")
                keys.append(order * _BINS // len(rows))
        members = _Members(rows, _codes(keys))
    stake: dict[str, Floats] = {
        kind: np.bincount(members.code, weights=money[rows], minlength=members.count)[None, :].astype(np.float64)
        for kind, money in response.stake.items()
    }
    if case.draws is not None:
        # The draws are of the contribution within the horizon; what else is at stake moves with it.
        with np.errstate(divide="ignore", invalid="ignore"):
            own = np.stack([np.bincount(members.code, weights=draw[rows], minlength=members.count) for draw in case.draws])
            times = np.where(stake["earned"] > 0, own / stake["earned"], 1.0)
        stake = {kind: money if kind == "given" else money * times for kind, money in stake.items()}
    return stake, members


def _codes(keys: list[NDArray[Any]]) -> Integers:
    """One code from 0 on for each combination of whole numbers from 0 on, (n,)."""
    code, size = np.zeros(len(keys[0]), dtype=np.int64), 1
    for key in keys:
        width = int(key.max(initial=0)) + 1
        if size * width > _LARGEST:
            code = np.unique(code, return_inverse=True)[1].astype(np.int64)
            size = int(code.max(initial=0)) + 1
        code, size = code * width + key, size * width
    return np.unique(code, return_inverse=True)[1].astype(np.int64)


def _effects(case: Case, response: Response, draws: int) -> list[tuple[Floats, Integers]]:
    """Of each action draws of its effects by segment, (draws, segments), and the segment of each customer, (n,) or (1,)."""
    segment = texts(case, "segment") if any(action.groups for action in response.actions) else None
    rng = np.random.default_rng([case.seed, len(response.actions)])
    found = []
    for action in response.actions:
        kinds, code = effects_of(action, segment)
        fading = share_left(action.half_life_days, case.horizon_days) if STAKES[action.changes] == "earned" else 1.0
        columns = []
        for effect in kinds:
            z = rng.standard_normal(draws)
            columns.append(np.zeros(draws) if effect.source == "none" else three_points(effect.low, effect.likely, effect.high, z) * fading)
        found.append((np.stack(columns, axis=1), code))
    return found


def _brought(
    case: Case, response: Response, counts: Integers, drawn: list[tuple[Floats, Integers]], stake: dict[str, Floats], members: _Members
) -> Floats:
    """What these counts (groups, actions) bring in each draw, (draws,)."""
    draws = len(drawn[0][0])
    left: dict[str, Any] = {}
    total = np.zeros(draws)
    step = max(1, 4_000_000 // max(members.count, 1))
    for begin in range(0, draws, step):
        part = slice(begin, min(begin + step, draws))
        left.clear()
        for place, action in enumerate(response.actions):
            done = counts[:, place].astype(np.float64)
            if not done.any():
                continue
            values, code = drawn[place]
            own = code[members.rows][members.first] if len(code) > 1 else np.zeros(members.count, dtype=np.int64)
            effect = values[part][:, own]
            kind = STAKES[action.changes]
            rate = members.mean(response.rates[place], response.stake[kind][members.rows])
            if kind == "given":
                total[part] += (effect * amount(action.curve, rate, done) * stake["given"]).sum(axis=1)
                continue
            left[kind] = left.get(kind, 1.0) * unchanged(action.curve, rate, effect, done)
        for kind, rest in left.items():
            room = members.mean(response.room[kind], response.stake[kind][members.rows])
            money = stake[kind] if len(stake[kind]) == 1 else stake[kind][part]
            total[part] += (money * np.minimum(1 - rest, room)).sum(axis=1)
    return total
