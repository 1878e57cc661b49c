"""Where nobody knows an effect: customers by the effect from which on an action pays, no money, and the smallest experiment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kundenwert.decisions._allocation_told import REASONS, break_even, told
from kundenwert.decisions._limits import counts_allowed
from kundenwert.decisions._response import STAKES, response
from kundenwert.records.notices import Notice
from kundenwert.records.plans import MONEY, Effect, Plan, Practice
from kundenwert.stats.power import sample_size

if TYPE_CHECKING:
    from kundenwert.decisions._response import Response
    from kundenwert.records.arrays import Floats, Integers
    from kundenwert.records.plans import Case

_TRIED = Effect(0.0, 0.0, 0.0, "assumption")


def ranking(case: Case) -> Plan:
    """The customers in the order in which an action pays first; each stands once, with the action of the smallest break-even effect."""
    # An effect of nothing, so that stakes and costs can be read; no gain is told.
    tried = response(replace(case, actions=tuple(replace(action, effect=_TRIED, groups={}) for action in case.actions)))
    _, most = counts_allowed(case, tried.actions)
    even = np.where(most > 0, break_even(tried), np.nan)
    stake = np.stack([tried.stake[STAKES[action.changes]] for action in tried.actions], axis=1)
    known = np.isfinite(even)
    place = np.where(known, even, np.inf).argmin(axis=1)
    row = np.arange(len(case.ids))
    rows = np.flatnonzero(known[row, place])
    rows = rows[np.lexsort((case.ids[rows], -stake[rows, place[rows]], even[rows, place[rows]]))]
    place = place[rows]
    names = np.array([action.name for action in tried.actions], dtype=np.str_)
    lines = {
        "customer_id": case.ids[rows],
        "action": names[place],
        "count": np.zeros(len(rows), dtype=np.int64),
        "gain": np.zeros(len(rows)),
        "cost": np.zeros(len(rows)),
        "reason": np.full(len(rows), "unknown"),
        **({"person": case.person[rows]} if case.person is not None else {}),
        "at_stake": stake[rows, place].round(2),
        "break_even": even[rows, place],
    }
    experiment = _experiment(tried, stake, rows, place)
    text = "Nobody knows the effect of {actions}: customers are ranked by the effect from which on it pays, and no money is given out."
    return Plan(
        decision="allocation",
        lines=lines,
        reasons=REASONS,
        columns=told(tried, lines),
        gain=0.0,
        cost=0.0,
        bound=0.0,
        compared=(Practice("nothing", 0.0, 0.0, 0),),
        facts={"considered": len(case.ids), **experiment},
        notices=(Notice("no_effect", text, {"actions": ", ".join(names.tolist())}), *_to_try(experiment)),
    )


def _to_try(found: dict[str, Any]) -> tuple[Notice, ...]:
    """The smallest experiment in words."""
    if not found:
        return ()
    text = (
        "Whether {action} earns its {difference:,.2f¤} would show with {customers:,d} customers, half of them held out; there are "
        "{there_are:,d}."
    )
    return (Notice("smallest_experiment", text, found["experiment"]),)


def _experiment(tried: Response, stake: Floats, rows: Integers, place: Integers) -> dict[str, Any]:
    """How many customers, half of them held out, it takes to see whether the cheapest action earns its cost on average."""
    found: dict[str, Any] = {}
    for number, action in enumerate(tried.actions):
        mine = rows[place == number]
        cost = action.costs.get(MONEY, 0.0)
        spread = float(stake[mine, number].std()) if len(mine) > 1 else 0.0
        if cost > 0 and spread > 0:
            needed = sample_size(cost, spread)
            if not found or needed < found["customers"]:
                found = {"action": action.name, "difference": round(cost, 2), "customers": needed, "there_are": len(mine)}
    return {"experiment": found} if found else {}
