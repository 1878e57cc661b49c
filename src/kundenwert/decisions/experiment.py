"""The smallest experiment that would decide: who is treated by chance, with all others as those held out, and what it would show.

An action pays from the difference on that it costs. Two groups tell a difference d with the chance `power` where 1/treated + 1/held is at
most d^2 / ((z + z_power)^2 s^2 (1 - rho^2)). Treating costs, being held out does not: so as few are treated as that needs, and all others
who might have been are the comparison.
"""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kundenwert.decisions._decision import Decision
from kundenwert.decisions._limits import Bound, bounds, clashes, counts_allowed
from kundenwert.decisions._one_each_wrong import wrong_case
from kundenwert.decisions._response import STAKES, at_stake
from kundenwert.errors import DataError, Problem
from kundenwert.records.notices import Notice
from kundenwert.records.plans import MONEY, Action, Case, Effect, Limit, Plan, Practice, Used
from kundenwert.settings import Setting
from kundenwert.settings import _number as number
from kundenwert.stats.experiments import held_out
from kundenwert.stats.power import LEVEL, POWER, chance_to_find, detectable, sample_size

if TYPE_CHECKING:
    from kundenwert.records.arrays import Floats, Integers

_STRATA: Final = 5
# With fewer in a group an interval of means is no interval.
_LEAST: Final = 10
_COLUMNS: Final = ("expected_revenue",)
REASONS: Final = {
    "drawn": "Drawn by chance: {at_stake:,.2f¤} are at stake; the action pays here if it changes {break_even:.2%} of it.",
    "drawn_money": "Drawn by chance from all whom the action may reach.",
    "fixed": "Set already; the comparison leaves this customer out.",
}


def treated_needed(customers: int, total: int) -> int | None:
    """How few of `customers` must be treated, if all others are held out, to tell what two equal groups of together `total` would tell.

    None where even half and half is not enough. 4 x treated x held / customers = total.

    >>> treated_needed(1000, 200), treated_needed(200, 200), treated_needed(100, 200)
    (53, 100, None)
    """
    if customers < total:
        return None
    return min(customers // 2, math.ceil((customers - math.sqrt(customers * (customers - total))) / 2 - 1e-9))


def _decide(case: Case) -> Plan:
    if problems := _wrong(case):
        raise DataError(*problems)
    action = case.actions[0]
    least, most = counts_allowed(case, (action,))
    limits = bounds(case)
    if clash := clashes(case, limits, (action,), least):
        raise DataError(*clash)
    stake = _stake(case, action)
    rows = _eligible(case, action, stake, least[:, 0], most[:, 0])
    order = rows[np.lexsort((case.ids[rows], -stake[rows]))]
    fixed = np.flatnonzero(least[:, 0])
    needed, figures = _size(case, action, stake[order])
    drawn = _drawn(case, order, needed)
    treated = np.sort(_within(case, action, limits, drawn, fixed, least[:, 0]))
    if min(len(treated), len(order) - len(treated)) < _LEAST:
        treated = treated[:0]
    held = np.setdiff1d(order, treated) if len(treated) else order[:0]
    return _plan(case, action, stake, (treated, held, fixed), least[:, 0], (limits, figures))


def _stake(case: Case, action: Action) -> Floats:
    stake, _ = at_stake(case)
    found = stake[STAKES[action.changes]]
    return np.where(np.isfinite(found), found, 0.0)


def _eligible(case: Case, action: Action, stake: Floats, least: Integers, most: Integers) -> Integers:
    """Who may be drawn: whom law and consent allow to reach, with something at stake, and where somebody says what the action does, those
    where it is not expected to lose money.
    """
    may = (most >= 1) & (least == 0)
    if action.changes != "money":
        may &= stake > 0
    if action.effect.source != "none":
        may &= _gain(action, stake) >= 0
    return np.flatnonzero(may)


def _gain(action: Action, stake: Floats) -> Floats:
    """What one action is expected to bring at each customer, net of its cost, in cents; 0 where nobody knows."""
    if action.effect.source == "none":
        return np.zeros(len(stake))
    brought = np.full(len(stake), action.effect.likely) if action.changes == "money" else action.effect.likely * stake
    return np.round(brought - action.costs.get(MONEY, 0.0), 2)


def _size(case: Case, action: Action, stake: Floats) -> tuple[int, dict[str, Any]]:
    """How many to treat, and what is known of it."""
    cost, options = action.costs.get(MONEY, 0.0), case.options
    spread = float(options["spread"]) or (float(stake.std(ddof=1)) if len(stake) > 1 else 0.0)
    asked = {"level": options["level"], "power": options["power"], "correlation": options["correlation"]}
    difference = float(options["difference"]) or cost
    total = sample_size(difference, spread, **asked) if difference > 0 and spread > 0 else 2 * _LEAST
    enough = treated_needed(len(stake), max(total, 4 * _LEAST))
    treated = len(stake) // 2 if enough is None else max(enough, _LEAST)
    told = {"difference": round(difference, 2), "spread": round(spread, 2), "of_equal_groups": total, "eligible": len(stake)}
    return treated, {**told, "is_enough": enough is not None, **asked}


def _drawn(case: Case, order: Integers, treated: int) -> Integers:
    """Who is drawn, in the order of the draw. By the place among all by worth, not by the number: other numbers give the same draw."""
    if not len(order):
        return order
    places = np.arange(len(order))
    held = held_out(places.astype(np.str_), 1 - treated / len(order), seed=case.seed, strata=places * _STRATA // len(order))
    return order[~held]


def _within(case: Case, action: Action, limits: tuple[Bound, ...], drawn: Integers, fixed: Integers, least: Integers) -> Integers:
    """As many of the drawn as the limits allow, by the draw."""
    kept = np.ones(len(drawn), dtype=np.bool_)
    for limit in limits:
        one = action.costs.get(limit.resource, 0.0)
        if not one:
            continue
        codes = limit.of(len(case.ids))
        taken = np.bincount(codes[fixed], weights=least[fixed] * one, minlength=len(limit.amounts))
        room = np.floor((limit.amounts - taken) / one + 1e-9)
        rank = np.zeros(len(drawn))
        mixed = np.random.default_rng(case.seed).permutation(len(drawn))
        for code in np.unique(codes[drawn]).tolist():
            mine = mixed[codes[drawn][mixed] == code]
            mine = mine[kept[mine]]
            rank[mine] = np.arange(len(mine))
        kept &= rank < room[codes[drawn]]
    return drawn[kept]


def _plan(
    case: Case,
    action: Action,
    stake: Floats,
    groups: tuple[Integers, Integers, Integers],
    least: Integers,
    known: tuple[tuple[Bound, ...], dict[str, Any]],
) -> Plan:
    treated, held, fixed = groups
    limits, figures = known
    rows = np.concatenate([treated, fixed])
    counts = np.concatenate([np.ones(len(treated), dtype=np.int64), least[fixed]])
    lines = _lines(case, action, stake, rows, counts, len(treated))
    order = np.lexsort((lines["customer_id"], -lines["gain"]))
    lines = {name: values[order] for name, values in lines.items()}
    gain, cost = round(float(lines["gain"].sum()), 2), round(float(lines["cost"].sum()), 2)
    used = tuple(
        Used(limit.resource, person, float(amount), round(_taken(case, action, limit, place, rows, counts), 6), 0.0)
        for limit in limits
        for place, (person, amount) in enumerate(zip(limit.persons, limit.amounts, strict=True))
        if len(limit.persons) == 1 or person
    )
    told = _found(figures, len(treated), len(held), _cost(action))
    return Plan(
        decision="experiment",
        lines=lines,
        reasons=REASONS,
        columns={"at_stake": "Money at stake within the horizon.", "break_even": "Share of it from which on the action pays."},
        gain=gain,
        cost=cost,
        bound=gain,
        used=used,
        compared=(Practice("nothing", 0.0, 0.0, 0),) if not len(fixed) else (),
        facts={"action": action.name, **told},
        notices=tuple(_notices(action, told, case)),
        assumes=(_SPREAD,),
        held=_held(case, action, stake, held),
    )


_SPREAD = Notice(
    "experiment_spread",
    "How much customers differ by chance is taken from how much is at stake with them, unless spread says otherwise; a forecast from "
    "before narrows it by correlation.",
)


def _cost(action: Action) -> float:
    return action.costs.get(MONEY, 0.0)


def _taken(case: Case, action: Action, limit: Bound, place: int, rows: Integers, counts: Integers) -> float:
    mine = limit.of(len(case.ids))[rows] == place
    return float(counts[mine].sum() * action.costs.get(limit.resource, 0.0))


def _lines(case: Case, action: Action, stake: Floats, rows: Integers, counts: Integers, drawn: int) -> dict[str, Any]:
    money = action.changes == "money"
    with np.errstate(divide="ignore", invalid="ignore"):
        even = np.where(stake[rows] > 0, _cost(action) / stake[rows], np.nan)
    reason = np.full(len(rows), "drawn_money" if money else "drawn")
    reason[drawn:] = "fixed"
    return {
        "customer_id": case.ids[rows],
        "action": np.full(len(rows), action.name),
        "count": counts,
        "gain": np.where(reason == "fixed", 0.0, _gain(action, stake)[rows]),
        "cost": np.round(counts * _cost(action), 2),
        "reason": reason,
        "at_stake": stake[rows].round(2),
        "break_even": even,
    }


def _held(case: Case, action: Action, stake: Floats, rows: Integers) -> dict[str, Any]:
    """Who is held out, and what each would have got."""
    return {
        "customer_id": case.ids[rows],
        "action": np.full(len(rows), action.name),
        "count": np.ones(len(rows), dtype=np.int64),
        "gain": _gain(action, stake)[rows],
        "cost": np.full(len(rows), round(_cost(action), 2)),
    }


def _found(figures: dict[str, Any], treated: int, held: int, cost: float) -> dict[str, Any]:
    """What the experiment can show with the groups it has."""
    found = {**figures, "treated": treated, "held": held, "cost": round(treated * cost, 2)}
    asked = {name: figures[name] for name in ("level", "correlation")}
    if not treated or not figures["spread"]:
        return {**found, "detectable": None, "chance": None}
    share = held / (treated + held)
    smallest = detectable(treated + held, figures["spread"], held=share, power=figures["power"], **asked)
    chance = chance_to_find(figures["difference"], treated + held, figures["spread"], held=share, **asked)
    return {**found, "detectable": round(smallest, 2), "chance": round(chance, 4)}


def _notices(action: Action, told: dict[str, Any], case: Case) -> list[Notice]:
    if not told["treated"]:
        text = "Too few customers can be drawn from ({eligible}) for an experiment with {action}: at least {least} on each side are needed."
        return [Notice("experiment_none", text, {"eligible": told["eligible"], "action": action.name, "least": _LEAST})]
    values = {
        "treated": told["treated"], "held": told["held"], "difference": told["difference"], "cost": told["cost"],
        "currency": case.currency, "chance": told["chance"] or 0.0, "detectable": told["detectable"] or 0.0,
    }  # fmt: skip
    if told["is_enough"] and (told["chance"] or 0) >= told["power"] - 0.005:
        text = "{treated} treated and {held} held out show a difference of {difference:,.2f¤} a customer with a chance of {chance:.0%}."
        return [Notice("experiment_decides", text, values)]
    text = (
        "{treated} treated and {held} held out are too few to be sure: they show a difference of {difference:,.2f¤} with a chance "
        "of {chance:.0%}, and only differences from {detectable:,.2f¤} on reliably."
    )
    return [Notice("experiment_small", text, values)]


def _wrong(case: Case) -> list[Problem]:
    needed = () if "at_stake" in case.columns else _COLUMNS
    problems = wrong_case(case, columns=needed)
    if len([action for action in case.actions if action.name]) != 1:
        names = ", ".join(action.name for action in case.actions) or "none"
        problems.append(Problem(f"An experiment tries one action; given: {names}.", "one.", 'name it: actions = ["visit"].'))
    return problems


_OPTIONS = (
    Setting("difference", 0.0, "Difference a customer that must be seen, money; 0: what the action costs.", number(0, 1e9)),
    Setting("spread", 0.0, "Standard deviation of the outcome between customers; 0: that of what is at stake.", number(0, 1e12)),
    Setting("correlation", 0.0, "Correlation of the outcome with a forecast from before, which narrows the interval.", number(0, 0.999)),
    Setting("level", LEVEL, "Level of the interval that must leave out 0.", number(0.5, 0.999)),
    Setting("power", POWER, "Chance to see the difference if it is there.", number(0.5, 0.999)),
)


def _example(rng: np.random.Generator, size: int) -> Case:
    ids = np.array([f"{number:05d}" for number in range(size)])
    rng.shuffle(ids)
    known = rng.random() < 0.5
    effect = Effect(0.02, 0.15, 0.3, "assumption", "Sales", date(2025, 6, 1)) if known else Effect(0.0, 0.0, 0.0, "none")
    return Case(
        ids=ids,
        columns={"expected_revenue": rng.lognormal(7, 0.6, size).round(2)},
        as_of=date(2025, 12, 31),
        currency="EUR",
        margin=0.3,
        actions=(Action("letter", "orders", effect, {MONEY: 12.0, "letters": 1.0}, channel="post"),),
        limits=(Limit("letters", float(rng.integers(size // 3, size))),),
        options={option.name: option.default for option in _OPTIONS},
        allowed={"letter": rng.random(size) < 0.9},
        seed=int(rng.integers(1, 1000)),
    )


PLUGIN = Decision(
    title="Experiment",
    question="Does the action pay, and what is the smallest experiment that would tell?",
    formula="1/treated + 1/held = d^2 / ((z + z_power)^2 s^2 (1 - rho^2)), d the cost of the action; as few treated as that needs",
    source="Two-group comparison of means (Cohen 1988, ch. 2); CUPED: Deng et al. 2013, WSDM",
    decide=_decide,
    wrong=_wrong,
    example=_example,
    columns=_COLUMNS,
    optional=("p_alive", "expected_purchases", "clv"),
    options=_OPTIONS,
    needs_actions=True,
    purpose="Finding out whether an action pays",
)
