"""The plan of a decision that gives each customer at most one thing: lines with reasons, or a ranking where nobody knows an effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions import _one_each as each
from kundenwert.errors import CallError, DataError, Problem
from kundenwert.records.notices import Notice
from kundenwert.records.plans import MONEY, Case, Plan
from kundenwert.stats.power import sample_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.decisions._one_each import Menu, Picked, Stakes
    from kundenwert.records.arrays import Floats, Integers
    from kundenwert.records.plans import Action

DAY: Final = date(2025, 12, 31)
"""The day of examples."""


@final
@dataclass(frozen=True)
class Coded:
    """Few texts many times: names, and the place of each among them, (k,) or (k, j)."""

    names: NDArray[np.str_]
    codes: Integers


@final
@dataclass(frozen=True)
class Telling:
    """How a decision tells its plan.

    reason: (k,) key of each customer's reason, or (k, j) of each chance. reasons: key -> English sentence. extra: columns (k,) or (k, j)
    of a line. tells: name -> what a column says. earned: name of the column with what the action brings before its cost. rise: name of the
    column with the rise of the chance. size: (k,) what the biggest customers are measured by, and the order where nothing is known.
    base: the chance as it is, for the size of an experiment. facts, notices, assumes: of the plan.
    """

    decision: str
    reason: NDArray[np.str_] | Coded
    reasons: Mapping[str, str]
    extra: Mapping[str, NDArray[Any] | Coded]
    tells: Mapping[str, str]
    earned: str
    rise: str
    size: Floats
    base: float = 0.5
    facts: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    assumes: tuple[Notice, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


def plan_of(case: Case, stakes: Stakes, told: Telling) -> Plan:
    """Who gets what within the limits. Raises DataError where what is fixed or must be done breaks a limit, naming the limits."""
    offered = each.menu(case, stakes)
    if len(offered.names) == 1:
        return _ranking(case, stakes, offered, told)
    try:
        found = each.pick(case, offered, stakes.rows, told.size)
    except CallError as err:
        problems = _clashing(case, offered)
        if not problems:
            raise
        raise DataError(*problems) from err
    lines = _lines(case, stakes, offered, found, told)
    return Plan(
        decision=told.decision,
        lines=lines,
        reasons=told.reasons,
        columns=_told_columns(told),
        gain=found.gain,
        cost=round(float(lines["cost"].sum()), 2),
        lower=found.lower,
        upper=found.upper,
        bound=found.bound,
        used=found.used,
        compared=found.compared,
        curve=found.curve,
        facts={**told.facts, "considered": len(stakes.rows)},
        left_out=dict(told.left_out),
        notices=(*_of_unsuited(case, stakes), *_of_unknown(offered), *_of_fixed(case, stakes), *told.notices),
        assumes=told.assumes,
    )


def _told_columns(told: Telling) -> dict[str, str]:
    return {name: told.tells[name] for name in (*told.extra, told.earned, told.rise, "break_even")}


def _lines(case: Case, stakes: Stakes, offered: Menu, found: Picked, told: Telling) -> dict[str, NDArray[Any]]:
    who, option = found.who, found.option
    which = offered.which[who, option]
    gain, cost = offered.gain[who, option], offered.cost[who, option]
    worth = stakes.worth[who, which]
    names = np.array(offered.names, dtype=np.str_)
    money = _money_of_one(case, offered)[option]
    with np.errstate(divide="ignore", invalid="ignore"):
        even = np.where(worth > stakes.on_success, money / (worth - stakes.on_success), np.nan)
    return {
        "customer_id": case.ids[stakes.rows[who]],
        "action": names[option],
        "count": offered.counts[option],
        "gain": gain,
        "cost": cost,
        "reason": _at(told.reason, who, which),
        **{name: _at(values, who, which) for name, values in told.extra.items()},
        told.earned: np.round(gain + cost, 2),
        told.rise: offered.rise[who, option],
        "break_even": even,
    }


def _at(values: NDArray[Any] | Coded, who: Integers, which: Integers) -> NDArray[Any]:
    if isinstance(values, Coded):
        return np.asarray(values.names[_at(values.codes, who, which)])
    return values[who] if values.ndim == 1 else values[who, which]


def _money_of_one(case: Case, offered: Menu) -> Floats:
    costs = {action.name: action.costs.get(MONEY, 0.0) for action in case.actions}
    return np.array([costs.get(name, 0.0) for name in offered.names])


# Where nobody knows an effect


def _ranking(case: Case, stakes: Stakes, offered: Menu, told: Telling) -> Plan:
    """Who comes first if anything is done: by the rise of the chance from which on it pays. No money is given out."""
    action = min(offered.unknown, key=lambda one: (one.costs.get(MONEY, 0.0), one.name), default=None)
    rows = np.arange(len(stakes.rows))
    if action is not None:
        rows = rows[each.may_get(case, stakes.rows, action.name, 1)]
    known = np.where(np.isfinite(stakes.worth), stakes.worth * stakes.room, -np.inf)
    which = known.argmax(axis=1) if known.shape[1] else np.zeros(len(known), dtype=np.int64)
    most = known[np.arange(len(known)), which]
    even = each.break_even(stakes, action) if action is not None else np.full(len(stakes.rows), np.nan)
    rows = rows[np.isfinite(most[rows]) & (most[rows] > 0)]
    first = even if action is not None and action.costs.get(MONEY, 0.0) > 0 else -most
    rows = rows[np.lexsort((case.ids[stakes.rows[rows]], -most[rows], first[rows]))]
    nothing = np.zeros(len(rows))
    lines = {
        "customer_id": case.ids[stakes.rows[rows]],
        "action": np.full(len(rows), "" if action is None else action.name),
        "count": nothing.astype(np.int64),
        "gain": nothing,
        "cost": nothing,
        "reason": _at(told.reason, rows, which[rows]),
        **{name: _at(values, rows, which[rows]) for name, values in told.extra.items()},
        told.earned: np.round(most[rows], 2),
        told.rise: np.full(len(rows), np.nan),
        "break_even": even[rows],
    }
    columns = {**_told_columns(told), told.earned: "What would be won at most if the chance rose to certainty; no effect is known."}
    return Plan(
        decision=told.decision,
        lines=lines,
        reasons=told.reasons,
        columns=columns,
        gain=0.0,
        cost=0.0,
        bound=0.0,
        facts={**told.facts, "considered": len(stakes.rows), **_experiment(action, even[rows], told.base)},
        left_out=dict(told.left_out),
        notices=(*_of_unsuited(case, stakes), _no_effect(action), *told.notices),
        assumes=told.assumes,
    )


def _experiment(action: Action | None, even: Floats, base: float) -> dict[str, Any]:
    """How many customers, half of them held out, would show a rise of the chance that pays on average of those listed."""
    usable = even[np.isfinite(even) & (even > 0) & (even < 1)]
    if action is None or not len(usable):
        return {}
    rise = float(np.median(usable))
    spread = float(np.sqrt(min(max(base, 0.01), 0.99) * (1 - min(max(base, 0.01), 0.99))))
    return {"experiment": {"action": action.name, "rise": rise, "customers": sample_size(rise, spread)}}


# What a reader must know


def _no_effect(action: Action | None) -> Notice:
    if action is None:
        text = "No action is given that could change it: customers are ranked by what is at stake, and no money is given out."
        return Notice("no_action", text)
    text = "Nobody knows the effect of {action}: customers are ranked by the effect from which on it pays, and no money is given out."
    return Notice("no_effect", text, {"action": action.name})


def _of_unknown(offered: Menu) -> tuple[Notice, ...]:
    text = "Nobody knows the effect of {actions}: it is not planned. An experiment would tell."
    names = ", ".join(action.name for action in offered.unknown)
    return (Notice("effect_unknown", text, {"actions": names}),) if names else ()


def _of_unsuited(case: Case, stakes: Stakes) -> tuple[Notice, ...]:
    names = ", ".join(action.name for action in case.actions if action.changes not in (stakes.changes, "money"))
    text = "Left aside, because they change something else than what is planned here: {actions}."
    return (Notice("actions_unsuited", text, {"actions": names}),) if names else ()


def _of_fixed(case: Case, stakes: Stakes) -> tuple[Notice, ...]:
    text = "Fixed, and not in question here, so not in the plan: {count:,} customers."
    missing = set(case.fixed) - set(case.ids[stakes.rows].tolist()) if case.fixed else set()
    return (Notice("fixed_elsewhere", text, {"count": len(missing)}),) if missing else ()


def _clashing(case: Case, offered: Menu) -> list[Problem]:
    """The limits that are smaller than what is fixed or must be done."""
    need = {MONEY: float(offered.cost[:, 0].sum()), **{name: float(use[:, 0].sum()) for name, use in offered.uses.items()}}
    found = []
    for limit in case.limits:
        who = f" of {limit.person}" if limit.person else ""
        if limit.person or need.get(limit.resource, 0.0) > limit.amount:
            taken = "more than there is" if limit.person else f"{need.get(limit.resource, 0.0):,.2f}"
            text = f"What is fixed and must be done at least takes {taken} of {limit.resource}{who}; the limit is {limit.amount:,.2f}."
            found.append(Problem(text, "less than the limit.", "raise the limit or lower the minimum."))
    return found
