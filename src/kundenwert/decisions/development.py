"""What to offer to whom: per customer the offer that brings most, out of suggested product groups, gaps and open offers (R61, R13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._columns import numbers, one, table_numbers, table_texts, texts
from kundenwert.decisions._decision import Decision
from kundenwert.decisions._one_each import Stakes
from kundenwert.decisions._one_each_plan import DAY, Coded, Telling, plan_of
from kundenwert.decisions._one_each_wrong import wrong_one_each
from kundenwert.errors import DataError, Problem
from kundenwert.records.notices import Notice
from kundenwert.records.plans import MONEY, Action, Case, Effect, Limit, Plan
from kundenwert.settings import Setting
from kundenwert.settings import _number as number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats, Integers

LOST: Final = 0.2
SUGGESTED: Final = 3
_LEAST_OFFERS: Final = 20
_COLUMNS: Final = ("p_alive", "level")
_OPTIONS: Final = (
    Setting("least", 1.0, "Offers that would bring less contribution if accepted are left out.", number(0.0, 1e9)),
    Setting("prior_offers", 10.0, "As how many decided offers the mean of one half counts in the chance of open offers.", number(0.0, 1e6)),
)
_REASONS: Final = {
    "suggestion": "Buys {because}, not yet {what}: others with {because} took it up {times:.1f} times as often. Worth {worth:,.0f¤}.",
    "suggestion_alike": "Does not buy {what} yet; of customers like it {chance:.0%} take it up anyway. Worth {worth:,.0f¤}.",
    "gap": "Comparable customers buy for {gap_revenue:,.0f¤} more a year; {worth:,.0f¤} of contribution are within reach.",
    "demand": "Buys {share:.0%} of its demand here; {worth:,.0f¤} of contribution are within reach.",
    "open_offer": "An offer of {offered:,.0f¤} has been open for {offer_days:,.0f} days; {chance:.0%} are won. Worth {worth:,.0f¤}.",
}
_NAMES: Final = tuple(_REASONS)
_TELLS: Final = {
    "what": "The product group to offer; empty where a gap or an open offer is the reason.",
    "because": "The group it buys already whose buyers took it up most often.",
    "times": "How many times as often they did.",
    "chance": "Chance that it buys anyway, without anything being done.",
    "worth": "Contribution it brings if it buys.",
    "expected": "chance x worth: what is expected without anything being done.",
    "gap_revenue": "What it could buy more in a year.",
    "share": "Share of its estimated demand that it buys here.",
    "offered": "Sum of the open offers.",
    "offer_days": "Days since the oldest open offer.",
    "brings": "Rise of the chance x worth, before the cost of the action.",
    "rise": "By how much the action raises the chance.",
    "break_even": "The rise of the chance from which on the action pays: cost / worth.",
}


@final
@dataclass(frozen=True)
class Offers:
    """What could be offered to each of k customers: j offers each, (k, j), worth not a number where there is none.

    rows: (k,) places in the case. groups: (g,) product groups, "" first. what, because: (k, j) places among them. reason: (k, j) place
    among the reasons. times: how many times as often. chance: to buy anyway.
    """

    rows: Integers
    groups: NDArray[np.str_]
    worth: Floats
    chance: Floats
    reason: Integers
    what: Integers
    because: Integers
    times: Floats


def cross_selling_value(chance: Any, contribution: Any, contact_cost: Any = 0.0) -> Any:
    """What suggesting a product is worth: P(buy) x contribution - contact. Arrays broadcast; money.

    >>> round(float(cross_selling_value(0.225, 60.0, 2.0)), 2)
    11.5
    """
    return np.asarray(chance, dtype=np.float64) * contribution - contact_cost


def offers_of(case: Case) -> Offers:
    """All that could be offered to customers who are not lost."""
    is_lost = (numbers(case, "p_alive") < LOST) | (texts(case, "stage") == "win_back")
    kept = np.isin(texts(case, "level"), ("customer", "segment")) & ~is_lost
    suggested = _suggested(case)
    parts = [suggested, _gaps(case), _open(case)]
    worth = np.concatenate([part.worth for part in parts], axis=1)
    worth = np.where(worth >= case.options["least"], worth, np.nan)
    rows = np.flatnonzero(kept & np.isfinite(worth).any(axis=1))
    together = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=1)[rows]
        for name in ("chance", "reason", "what", "because", "times")
    }
    return Offers(rows, suggested.groups, worth[rows], **together)


def _suggested(case: Case) -> Offers:
    """Suggested product groups, the likeliest first; `expected_db` is chance x contribution."""
    size = len(case.ids)
    customer, chance = table_texts(case, "offers", "customer_id"), table_numbers(case, "offers", "chance")
    expected, times = table_numbers(case, "offers", "expected_db"), table_numbers(case, "offers", "times")
    order = np.argsort(case.ids)
    place = np.searchsorted(case.ids, customer, sorter=order)
    known = (place < size) & (chance > 0) & np.isfinite(expected)
    known[known] = case.ids[order[place[known]]] == customer[known]
    at = order[place[known]]
    turn = _turn(at)
    first = turn < SUGGESTED
    taken = np.flatnonzero(known)[first]
    cell = (at[first], turn[first])
    what, because = table_texts(case, "offers", "product_group")[taken], table_texts(case, "offers", "because")[taken]
    groups, codes = np.unique(np.concatenate([np.array([""]), what, because]), return_inverse=True)
    found = _nothing(size, SUGGESTED, groups)
    found.worth[cell], found.chance[cell], found.times[cell] = expected[taken] / chance[taken], chance[taken], times[taken]
    found.what[cell], found.because[cell] = codes[1 : 1 + len(what)], codes[1 + len(what) :]
    found.reason[cell] = np.where(because == "", _NAMES.index("suggestion_alike"), _NAMES.index("suggestion"))
    return found


def _turn(at: Integers) -> Integers:
    """How many earlier entries are the same, (n,)."""
    order = np.argsort(at, kind="stable")
    same = at[order]
    start = np.flatnonzero(np.concatenate(([True], same[1:] != same[:-1]))) if len(same) else np.zeros(0, dtype=np.int64)
    turn = np.empty(len(at), dtype=np.int64)
    turn[order] = np.arange(len(at)) - np.repeat(start, np.diff(np.append(start, len(at))))
    return turn


def _gaps(case: Case) -> Offers:
    found = _nothing(len(case.ids), 1)
    found.worth[:, 0] = numbers(case, "gap_within_reach")
    found.chance[:, 0] = 0.0
    found.reason[:, 0] = np.where(np.isfinite(numbers(case, "share_of_wallet")), _NAMES.index("demand"), _NAMES.index("gap"))
    return found


def _open(case: Case) -> Offers:
    """Open offers, with the counted chance that offers are won; nothing where too few are decided."""
    found = _nothing(len(case.ids), 1)
    decided, won, prior = one(case, "decided", "decided"), one(case, "decided", "won"), case.options["prior_offers"]
    if not decided >= _LEAST_OFFERS:
        return found
    offered = numbers(case, "open_offers")
    found.worth[:, 0] = np.where(offered > 0, offered * (1.0 if case.margin is None else case.margin), np.nan)
    found.chance[:, 0] = (won + prior / 2) / (decided + prior)
    found.reason[:, 0] = _NAMES.index("open_offer")
    return found


def _nothing(size: int, width: int, groups: NDArray[np.str_] | None = None) -> Offers:
    none = np.zeros((size, width), dtype=np.int64)
    unknown = np.full((size, width), np.nan)
    named = np.array([""]) if groups is None else groups
    return Offers(np.arange(size), named, unknown.copy(), unknown.copy(), none.copy(), none.copy(), none.copy(), unknown)


def _decide(case: Case) -> Plan:
    problems = _wrong(case)
    if problems:
        raise DataError(*problems)
    found = offers_of(case)
    room = 1 - np.nan_to_num(found.chance)
    stakes = Stakes(found.rows, found.worth, room, "chance", kind=texts(case, "segment")[found.rows])
    told = Telling(
        decision="development",
        reason=Coded(np.array(_NAMES), found.reason),
        reasons=_REASONS,
        extra=_extra(case, found),
        tells=_TELLS,
        earned="brings",
        rise="rise",
        size=np.nan_to_num(numbers(case, "revenue", 0.0)[found.rows]),
        base=0.2,
        facts=_facts(found),
        notices=_notices(case),
        assumes=_assumes(found),
    )
    return plan_of(case, stakes, told)


def _extra(case: Case, found: Offers) -> dict[str, NDArray[Any] | Coded]:
    rows = found.rows
    return {
        "what": Coded(found.groups, found.what),
        "because": Coded(found.groups, found.because),
        "times": found.times,
        "chance": found.chance,
        "worth": found.worth.round(2),
        "expected": cross_selling_value(np.nan_to_num(found.chance), found.worth).round(2),
        "gap_revenue": numbers(case, "gap_revenue")[rows],
        "share": numbers(case, "share_of_wallet")[rows],
        "offered": numbers(case, "open_offers")[rows],
        "offer_days": numbers(case, "open_offer_days")[rows],
    }


def _facts(found: Offers) -> dict[str, Any]:
    there = np.isfinite(found.worth)
    kinds = {name: there & (found.reason == code) for code, name in enumerate(_NAMES)}
    expected = cross_selling_value(np.nan_to_num(found.chance), np.nan_to_num(found.worth))
    return {
        "offers": {
            name: {
                "customers": int(kind.any(axis=1).sum()),
                "worth": round(float(found.worth[kind].sum()), 2),
                "expected": round(float(expected[kind].sum()), 2),
            }
            for name, kind in kinds.items()
        }
    }


def _notices(case: Case) -> tuple[Notice, ...]:
    if "offers" in case.tables:
        return ()
    text = "No product groups are suggested: in this run suggestions have not proven better than the most popular group."
    return (Notice("development_no_suggestions", text),)


def _assumes(found: Offers) -> tuple[Notice, ...]:
    text = (
        "The chance to buy anyway is counted and causes nothing: only what an action adds to it is a gain. Gaps count with the part "
        "that is within reach by the setting of the run."
    )
    return (Notice("development_chance", text),) if len(found.rows) else ()


def _wrong(case: Case) -> list[Problem]:
    return wrong_one_each(case, columns=_COLUMNS)


def _example(rng: np.random.Generator, size: int) -> Case:
    ids = np.array([f"{n:06d}" for n in range(size)])
    suggested = rng.random(size) < 0.6
    groups = np.array(["paint", "tools", "timber"])
    count = int(suggested.sum())
    chance = rng.uniform(0.02, 0.5, count)
    return Case(
        ids=ids,
        columns={
            "p_alive": rng.uniform(0.1, 1.0, size),
            "level": np.where(rng.random(size) < 0.9, "customer", "segment"),
            "revenue": rng.gamma(1.5, 4000, size).round(2),
            "gap_within_reach": rng.gamma(0.8, 300, size).round(2),
            "gap_revenue": rng.gamma(0.8, 4000, size).round(2),
            "open_offers": np.where(rng.random(size) < 0.1, 2500.0, 0.0),
            "open_offer_days": np.full(size, 20.0),
        },
        as_of=DAY,
        margin=0.3,
        actions=(
            Action("mail", "chance", Effect(0.0, 0.01, 0.02, "assumption"), {MONEY: 1.5}, channel="email"),
            Action("call", "chance", Effect(0.02, 0.06, 0.1, "assumption"), {MONEY: 14.0, "hours": 0.3}, most=2, channel="phone"),
        ),
        limits=(Limit(MONEY, float(rng.uniform(0, 15) * size)), Limit("hours", float(rng.uniform(0, 0.3) * size))),
        options={option.name: option.default for option in _OPTIONS},
        allowed={"mail": rng.random(size) < 0.5},
        today={"call": rng.integers(0, 3, size)},
        tables={
            "offers": {
                "customer_id": ids[suggested],
                "product_group": groups[rng.integers(0, 3, count)],
                "chance": chance,
                "expected_db": chance * rng.gamma(2.0, 150, count),
                "because": np.where(rng.random(count) < 0.5, "screws", ""),
                "times": rng.uniform(1, 3, count),
            },
            "decided": {"decided": np.array([120.0]), "won": np.array([45.0])},
        },
        seed=int(rng.integers(1, 1000)),
    )


PLUGIN = Decision(
    title="Development",
    question="What do we offer to whom?",
    formula="rise of the chance x contribution if bought - cost, for the best offer of each customer",
    source="Cross-selling: own counts of earlier buyers (see the component); gaps: comparable customers or estimated demand",
    decide=_decide,
    wrong=_wrong,
    example=_example,
    columns=_COLUMNS,
    optional=("stage", "revenue", "gap_within_reach", "gap_revenue", "share_of_wallet"),
    tables=("customers", "offers", "decided"),
    options=_OPTIONS,
    needs_actions=False,
    purpose="Offers that suit the customer",
)
