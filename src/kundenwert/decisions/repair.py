"""What to do with customers who cost more than they bring: first repair (price, orders, visits, channel), then exit (R37, R38)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._columns import numbers
from kundenwert.decisions._decision import Decision
from kundenwert.decisions._one_each_plan import DAY
from kundenwert.decisions._one_each_wrong import wrong_case
from kundenwert.errors import DataError, Problem
from kundenwert.records.notices import Notice
from kundenwert.records.plans import Case, Plan, Practice
from kundenwert.settings import Setting
from kundenwert.settings import _number as number

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from kundenwert.records.arrays import Floats, Integers

STAGES: Final = ("marketing", "sales", "service", "logistics")
_COLUMNS: Final = ("result", "year_db1", "year_gross", "year_revenue", *(f"year_{stage}" for stage in STAGES))
# Each possible cause of a loss with the stage its cost stands in; a discount is money at once, orders cost sales and logistics.
_CAUSES: Final = {"discount": "", "orders": "orders", "visits": "sales", "returns": "logistics", "complaints": "service"}
_LEVERS: Final = ("discount", "orders", "visits", "returns", "complaints", "channel", "stop_addressing", "payment")
# Refusing, price, payment term and termination need a person's written reason.
_WITH_REASON: Final = ("discount", "orders", "payment", "exit")
_OPTIONS: Final = (
    Setting("avoidable_marketing", 1.0, "Share of marketing cost that is gone where its cause is gone.", number(0.0, 1.0)),
    Setting("avoidable_sales", 0.5, "The same of sales: staff stays, and part of the time freed is used elsewhere.", number(0.0, 1.0)),
    Setting("avoidable_service", 0.5, "The same of service.", number(0.0, 1.0)),
    Setting("avoidable_logistics", 1.0, "The same of logistics.", number(0.0, 1.0)),
    Setting("call_cost", 0.0, "What a call costs that takes the place of a visit; 0: no change of channel is proposed.", number(0.0, 1e6)),
    Setting("late_days", 20.0, "From so many days beyond terms on, on average, the payment term is a lever.", number(0.0, 1000.0)),
    Setting("least", 10.0, "Levers that save less in a year are left out.", number(0.0, 1e9)),
    Setting("accepted", 0.0, "Share of levers that take hold, as somebody assumes; 0: unknown, no gain is promised.", number(0.0, 1.0)),
)
_REASONS: Final = {
    "discount": "Contribution IV {result:,.0f¤}: price concessions of {now:.1%} of the list price; customers of its size get {target:.1%}. "
    "Up to {saves:,.0f¤} a year.",
    "orders": "Contribution IV {result:,.0f¤}: {now:,.0f} orders; with a minimum order of {minimum_order:,.0f¤} it would be {target:,.0f}. "
    "Up to {saves:,.0f¤} a year.",
    "visits": "Contribution IV {result:,.0f¤}: {now:,.0f} visits; customers of its size get {target:,.1f}. Up to {saves:,.0f¤} a year.",
    "returns": "Contribution IV {result:,.0f¤}: {now:,.0f} returns, usual would be {target:,.1f}: find out why, or charge for them. "
    "Up to {saves:,.0f¤} a year.",
    "complaints": "Contribution IV {result:,.0f¤}: {now:,.0f} complaints, usual would be {target:,.1f}: find out why. "
    "Up to {saves:,.0f¤} a year.",
    "channel": "Contribution IV {result:,.0f¤}: {now:,.0f} visits, calls instead of all of them. Up to {saves:,.0f¤} a year.",
    "stop_addressing": "Addressing it costs more than it can bring: no visits and mailings any more; orders are taken as they come. "
    "Up to {saves:,.0f¤} a year.",
    "payment": "Pays {now:,.0f} days late on average: agree on a shorter term, or charge interest. Up to {saves:,.0f¤} a year.",
    "exit": "Even with all levers {left:,.0f¤} a year of avoidable loss are left, less what it brings by recommending: talk about ending.",
}
# What a line says is to be done.
_WORDS: Final = {
    "discount": "lower discount",
    "orders": "minimum order",
    "visits": "fewer visits",
    "returns": "fewer returns",
    "complaints": "fewer complaints",
    "channel": "calls instead of visits",
    "stop_addressing": "no more addressing",
    "payment": "payment term",
    "exit": "talk about ending",
}
_TELLS: Final = {
    "saves": "What the lever saves in a year if the customer accepts it and buys as before.",
    "step": "1: repair; 2: exit, only where repair fails or is not enough.",
    "result": "Contribution IV of the year.",
    "avoidable": "What of it would be gone without the customer: contribution I less the avoidable cost.",
    "unavoidable": "Cost to serve that stays when the customer goes.",
    "now": "What it is today: share of the list price, orders, visits, returns, complaints or days.",
    "target": "What customers of the same size have.",
    "minimum_order": "The minimum order that leads there.",
    "may_lose": "The share of the customer's contribution I that may be lost by the change before it no longer pays.",
    "left": "Avoidable loss that is left after all levers, a year, positive.",
    "lost_cross": "What more it could buy within reach, lost by an exit.",
    "lost_reference": "What it brings by recommendations and as a reference, lost by an exit.",
    "if_exit": "What an exit would change beyond the levers, net of what is lost; counted in no total.",
    "needs_reason": "1: price, payment term or ending; a person decides and writes down why.",
}


def change_by_exit(contribution: ArrayLike, costs: Mapping[str, ArrayLike], avoidable: Mapping[str, float]) -> Floats:
    """What total contribution changes by where a customer goes: - contribution I + avoidable share of each cost. Money, any shape.

    >>> costs = {"marketing": 100.0, "sales": 900.0, "service": 200.0, "logistics": 300.0}
    >>> float(change_by_exit(1000.0, costs, {"marketing": 1.0, "sales": 0.5, "service": 0.5, "logistics": 1.0}))
    -50.0
    """
    saved = sum(np.asarray(cost, dtype=np.float64) * avoidable[stage] for stage, cost in costs.items())
    return np.asarray(saved - np.asarray(contribution, dtype=np.float64), dtype=np.float64)


@final
@dataclass(frozen=True)
class Levers:
    """What could be changed at each of k customers. saved: lever -> (k,) money a year that is really gone, 0 where it is none.

    now, target: lever -> (k,) what it is today and what it should be.
    """

    saved: Mapping[str, Floats]
    now: Mapping[str, Floats]
    target: Mapping[str, Floats]


@final
@dataclass(frozen=True)
class _Customers:
    """Customers in question: places, contribution IV and I, cost by stage, and what an exit would lose beside."""

    rows: Integers
    result: Floats
    contribution: Floats
    costs: Mapping[str, Floats]
    cross: Floats
    reference: Floats


def _avoidable(case: Case) -> dict[str, float]:
    return {stage: float(case.options[f"avoidable_{stage}"]) for stage in STAGES}


def levers(case: Case, rows: Integers) -> Levers:
    """What each lever would save at the customers `rows`; levers of losses only where there is one."""
    shares: dict[str, Floats | float] = {**_avoidable(case), "": 1.0, "orders": _avoidable_of_orders(case, rows)}
    is_loss = numbers(case, "result")[rows] < 0
    saved, now, target = {}, {}, {}
    gross = numbers(case, "year_gross")[rows]
    for cause, stage in _CAUSES.items():
        cost, usual, units = (numbers(case, f"{cause}_{name}")[rows] for name in ("cost", "usual", "units"))
        excess = np.where(is_loss, np.nan_to_num(np.maximum(cost - usual, 0.0)), 0.0)
        saved[cause] = np.round(excess * shares[stage], 2)
        with np.errstate(divide="ignore", invalid="ignore"):
            now[cause] = cost / gross if cause == "discount" else units
            target[cause] = usual / gross if cause == "discount" else np.where(cost > 0, units * usual / cost, 0.0)
    # Orders are whole; at least one must be left to order by.
    target["orders"] = np.maximum(np.ceil(np.nan_to_num(target["orders"])), 1.0)
    visits = np.nan_to_num(now["visits"])
    left = numbers(case, "result")[rows] + sum(saved.values())
    further = _further(case, rows, saved["visits"], is_loss=is_loss, is_left=is_loss & (left < 0))
    days = np.nan_to_num(numbers(case, "days_late")[rows])
    now.update(channel=visits, stop_addressing=visits, payment=days)
    target.update(dict.fromkeys(("channel", "stop_addressing", "payment"), np.zeros(len(rows))))
    return Levers({**saved, **further}, now, target)


def _avoidable_of_orders(case: Case, rows: Integers) -> Floats:
    """Which share of what orders cost is gone with them, (k,): their deliveries are logistics, the rest is sales.

    Deliveries are what is left of the cost of orders where all sales cost but visits is theirs: rather too few than too many.
    """
    cost, sales, visits, logistics = (
        np.nan_to_num(numbers(case, name, 0.0)[rows]) for name in ("orders_cost", "year_sales", "visits_cost", "year_logistics")
    )
    delivered = np.clip(cost - np.maximum(sales - visits, 0.0), 0.0, np.maximum(logistics, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(cost > 0, np.minimum(delivered / cost, 1.0), 0.0)
    return np.asarray(part * case.options["avoidable_logistics"] + (1 - part) * case.options["avoidable_sales"])


def _further(
    case: Case, rows: Integers, fewer_visits: Floats, *, is_loss: NDArray[np.bool_], is_left: NDArray[np.bool_]
) -> dict[str, Floats]:
    """Calls for visits where the first levers are not enough, no addressing where it costs more than it brings, and late payment."""
    visits, cost, marketing, revenue, days = (
        np.nan_to_num(numbers(case, name, 0.0)[rows])
        for name in ("visits_units", "visits_cost", "year_marketing", "year_revenue", "days_late")
    )
    share, call = case.options["avoidable_sales"], case.options["call_cost"]
    by_phone = np.round(share * cost - visits * call, 2)
    is_stopped = is_loss & (np.nan_to_num(numbers(case, "migration_stop", 0.0)[rows]) > 0)
    is_channel = is_left & ~is_stopped & (by_phone > fewer_visits) & (call > 0)
    stopped = np.round(marketing * case.options["avoidable_marketing"] + share * cost, 2)
    interest = np.round(revenue * days / 365 * case.discount_rate, 2)
    return {
        "visits": np.where(is_channel | is_stopped, 0.0, fewer_visits),
        "channel": np.where(is_channel, by_phone, 0.0),
        "stop_addressing": np.where(is_stopped, stopped, 0.0),
        "payment": np.where((days > case.options["late_days"]) & (revenue > 0), interest, 0.0),
    }


def _customers(case: Case) -> _Customers:
    """Those with a negative contribution IV, and those who pay late."""
    result = numbers(case, "result")
    rows = np.flatnonzero((result < 0) | (numbers(case, "days_late") > case.options["late_days"]))
    costs = {stage: np.nan_to_num(numbers(case, f"year_{stage}")[rows]) for stage in STAGES}
    cross = np.fmax(numbers(case, "gap_within_reach", 0.0), numbers(case, "cross_selling", 0.0))[rows]
    reference = sum(np.maximum(np.nan_to_num(numbers(case, name, 0.0)[rows]), 0.0) for name in ("reference_value", "referral_value"))
    return _Customers(
        rows,
        result[rows],
        np.nan_to_num(numbers(case, "year_db1")[rows]),
        costs,
        np.maximum(np.nan_to_num(cross), 0.0),
        np.asarray(reference, dtype=np.float64),
    )


def _decide(case: Case) -> Plan:
    problems = _wrong(case)
    if problems:
        raise DataError(*problems)
    found = _customers(case)
    told = levers(case, found.rows)
    saved = {name: np.where(amount >= case.options["least"], amount, 0.0) for name, amount in told.saved.items()}
    gone = change_by_exit(found.contribution, found.costs, _avoidable(case))
    left = np.maximum(gone - sum(saved.values()), 0.0)
    if_exit = np.round(left - found.cross - found.reference, 2)
    exits = (found.result < 0) & (if_exit >= max(case.options["least"], 0.01))
    lines = _lines(case, found, Levers(saved, told.now, told.target), (gone, left, if_exit, exits))
    gain = round(float(lines["gain"].sum()), 2)
    return Plan(
        decision="repair",
        lines=lines,
        reasons=_REASONS,
        columns=_TELLS,
        gain=gain,
        cost=0.0,
        bound=gain,
        compared=(Practice("nothing", 0.0, 0.0, 0),) if gain else (),
        facts=_facts(case, found, saved, (if_exit, exits)),
        notices=_notices(case, lines, if_exit, exits),
        assumes=_assumes(case),
    )


def _lines(case: Case, found: _Customers, told: Levers, ends: tuple[Floats, Floats, Floats, NDArray[np.bool_]]) -> dict[str, NDArray[Any]]:
    gone, left, if_exit, exits = ends
    places = [np.flatnonzero(told.saved[name] > 0) for name in _LEVERS] + [np.flatnonzero(exits)]
    at = np.concatenate(places)
    action = np.repeat([*_LEVERS, "exit"], [len(place) for place in places])
    saves, now, target = (
        np.concatenate([*(values[name][place] for name, place in zip(_LEVERS, places, strict=False)), np.full(len(places[-1]), last)])
        for values, last in ((told.saved, 0.0), (told.now, np.nan), (told.target, np.nan))
    )
    revenue, base = numbers(case, "year_revenue")[found.rows][at], found.contribution[at]
    is_order, is_exit = action == "orders", action == "exit"
    names, code = np.unique(action, return_inverse=True)
    unavoidable = sum(cost * (1 - _avoidable(case)[stage]) for stage, cost in found.costs.items())
    with np.errstate(divide="ignore", invalid="ignore"):
        lines = {
            "customer_id": case.ids[found.rows][at],
            "action": np.array([_WORDS[str(name)] for name in names], dtype=np.str_)[code],
            "count": np.ones(len(at), dtype=np.int64),
            "gain": np.round(saves * case.options["accepted"], 2),
            "cost": np.zeros(len(at)),
            "reason": action,
            "saves": saves,
            "step": np.where(is_exit, 2, 1),
            "result": found.result[at],
            "avoidable": np.round(-gone[at], 2),
            "unavoidable": np.round(np.asarray(unavoidable)[at], 2),
            "now": now,
            "target": target,
            "minimum_order": np.where(is_order, np.round(revenue / target, 2), np.nan),
            "may_lose": np.where(base > 0, np.minimum(saves / base, 1.0), 1.0),
            "left": np.round(left[at], 2),
            "lost_cross": np.round(found.cross[at], 2),
            "lost_reference": np.round(found.reference[at], 2),
            "if_exit": np.where(is_exit, if_exit[at], np.nan),
            "needs_reason": np.isin(action, _WITH_REASON).astype(np.int64),
        }
    order = np.lexsort((lines["reason"], lines["customer_id"], -np.nan_to_num(lines["if_exit"]), -saves))
    return {name: values[order] for name, values in lines.items()}


def _facts(case: Case, found: _Customers, saved: Mapping[str, Floats], ends: tuple[Floats, NDArray[np.bool_]]) -> dict[str, Any]:
    if_exit, exits = ends
    is_loss = found.result < 0
    of_losses = {stage: found.costs[stage][is_loss].sum() for stage in STAGES}
    unavoidable = sum(float(cost) * (1 - _avoidable(case)[stage]) for stage, cost in of_losses.items())
    return {
        "loss_makers": int(is_loss.sum()),
        "loss": round(float(found.result[is_loss].sum()), 2),
        "unavoidable": round(unavoidable, 2),
        "levers": {name: {"customers": int((amount > 0).sum()), "saves": round(float(amount.sum()), 2)} for name, amount in saved.items()},
        "exits": {"customers": int(exits.sum()), "saves": round(float(if_exit[exits].sum()), 2)},
    }


def _notices(case: Case, lines: Mapping[str, NDArray[Any]], if_exit: Floats, exits: NDArray[np.bool_]) -> tuple[Notice, ...]:
    asks = int(lines["needs_reason"].sum())
    found = []
    if not case.options["accepted"]:
        unknown = "Nobody knows how many customers accept a lever: levers are ranked by what they would save, and no gain is promised."
        found.append(Notice("repair_unknown", unknown))
    if asks:
        text = "{count:,} proposals change price, payment term or end a relation: a person decides each and writes down why."
        found.append(Notice("repair_reason", text, {"count": asks}))
    if exits.any():
        text = "Ending {count:,} relations would bring {gain:,.2f¤} a year beyond the levers; it is counted in no total."
        found.append(Notice("repair_exits", text, {"count": int(exits.sum()), "gain": round(float(if_exit[exits].sum()), 2)}))
    return tuple(found)


def _assumes(case: Case) -> tuple[Notice, ...]:
    text = (
        "Of the cost to serve, {marketing:.0%} of marketing, {sales:.0%} of sales, {service:.0%} of service and {logistics:.0%} of "
        "logistics are gone where their cause is gone: an assumption."
    )
    accepted = (
        "What a lever saves is told as if the customer accepts it and buys as before; how much of its contribution may be lost before "
        "the lever no longer pays stands beside it."
    )
    share = "That {share:.0%} of the levers take hold is an assumption."
    found = (Notice("repair_avoidable", text, _avoidable(case)), Notice("repair_accepted", accepted))
    return (*found, Notice("repair_share", share, {"share": case.options["accepted"]})) if case.options["accepted"] else found


def _wrong(case: Case) -> list[Problem]:
    return wrong_case(case, columns=_COLUMNS)


def _example(rng: np.random.Generator, size: int) -> Case:
    gross = rng.gamma(1.5, 4000, size).round(2)
    causes = {f"{cause}_{name}": rng.gamma(1.2, 0.02, size) * gross for cause in _CAUSES for name in ("cost", "usual")}
    units = {f"{cause}_units": rng.integers(1, 40, size).astype(np.float64) for cause in _CAUSES if cause != "discount"}
    costs = {f"year_{stage}": rng.gamma(1.2, 0.06, size) * gross for stage in STAGES}
    db1 = gross * rng.uniform(-0.05, 0.35, size)
    return Case(
        ids=np.array([f"{n:06d}" for n in range(size)]),
        columns={
            **causes,
            **units,
            **costs,
            "db4": db1 - sum(costs.values()),
            "year_gross": gross,
            "year_revenue": gross * rng.uniform(0.6, 1.0, size),
            "year_db1": db1,
            "result": db1 - sum(costs.values()),
            "days_late": rng.gamma(1.0, 10, size),
            "reference_value": rng.gamma(0.3, 300, size),
        },
        as_of=DAY,
        options={option.name: option.default for option in _OPTIONS} | {"call_cost": 14.0, "accepted": 0.5},
        seed=int(rng.integers(1, 1000)),
    )


PLUGIN = Decision(
    title="Repair and exit",
    question="What do we do with customers who cost more than they bring?",
    formula="lever: (cost - cost of comparable customers) x avoidable share; exit: avoidable cost - contribution I - what else is lost",
    source="Reinartz & Kumar 2002 (HBR 80(7)); when to stop addressing: Pfeifer & Carraway 2000 (JIM 14(2))",
    decide=_decide,
    wrong=_wrong,
    example=_example,
    # The result of the year and its causes come from the table of customers.
    columns=("db4",),
    optional=("migration_stop", "gap_within_reach", "cross_selling", "reference_value", "referral_value"),
    tables=("customers",),
    options=_OPTIONS,
    needs_actions=False,
    counts_within="",
    purpose="Mending relations that cost more than they bring",
)
