"""Whom to win back: lost customers by the value of a second life, where the need is still there (R42 to R44)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._columns import numbers, one, texts
from kundenwert.decisions._decision import Decision
from kundenwert.decisions._one_each import Stakes
from kundenwert.decisions._one_each_plan import DAY, Telling, plan_of
from kundenwert.decisions._one_each_wrong import wrong_one_each
from kundenwert.decisions._win_back_reasons import Reason, catalogue, read_reasons
from kundenwert.errors import DataError, Problem
from kundenwert.records.notices import Notice
from kundenwert.records.plans import MONEY, Action, Case, Effect, Limit, Plan
from kundenwert.settings import Setting
from kundenwert.settings import _number as number
from kundenwert.stats.discount import DAYS_PER_YEAR

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from kundenwert.records.arrays import Floats, Integers

LOST: Final = 0.2
# Why lost customers are not in the plan.
NO_NEED: Final = "Lost customers who have no need any more"
NO_VALUE: Final = "Lost customers who brought too little"
# Letters cannot reach who has moved.
_BY_POST: Final = ("letter", "mailing", "post", "brief")
_COLUMNS: Final = ("p_alive", "level", "last_year", "last_year_days")
_OPTIONS: Final = (
    Setting("offer_cost", 0.0, "What an offer costs once a customer comes back for it: a discount, a credit.", number(0.0, 1e9)),
    Setting("retention", 0.0, "Share of regained customers who stay from year to year; 0: that of the base.", number(0.0, 0.999)),
    Setting("least_past", 0.0, "Only customers who have brought at least so much contribution.", number(0.0, 1e12)),
    Setting("shrink_days", 2.0, "As how many days with a purchase the mean of all lost customers counts.", number(0.0, 1000.0)),
    Setting("reasons", {}, "What the project changes in the catalogue of reasons: needed, words, label, chance.", read_reasons),
)
_REASONS: Final = {
    "price": "Left over the price, as noted {noted_days:,.0f} days ago; brought {yearly:,.0f¤} a year.",
    "competitor": "Went to a competitor, as noted {noted_days:,.0f} days ago; brought {yearly:,.0f¤} a year.",
    "quality": "Complained of quality {noted_days:,.0f} days ago and left; brought {yearly:,.0f¤} a year: make good, then offer.",
    "delivery": "Left over a delivery, as noted {noted_days:,.0f} days ago; brought {yearly:,.0f¤} a year: make good, then offer.",
    "service": "Left after a complaint that went wrong {noted_days:,.0f} days ago; brought {yearly:,.0f¤} a year: make good, then offer.",
    "contract": "The contract ended {noted_days:,.0f} days ago; brought {yearly:,.0f¤} a year.",
    "noted": "Left, noted as: {noted}; brought {yearly:,.0f¤} a year.",
    "unknown": "Silent for {silent_days:,.0f} days, nobody noted why; brought {yearly:,.0f¤} a year: ask first.",
}
_TELLS: Final = {
    "noted": "Why it left, as noted; empty where nobody noted it.",
    "noted_days": "Days since that was noted.",
    "silent_days": "Days since the last purchase.",
    "yearly": "Contribution a year after the return: that of the last year before it left, drawn to the mean of all lost customers.",
    "second_value": "Second lifetime value: what the customer brings after a return, within the value horizon, discounted.",
    "expected": "Chance x second value, before the cost of offer and contact.",
    "chance": "Chance that the customer comes back because of it.",
    "break_even": "The chance from which on an attempt pays: contact / (second value - offer).",
    "address_is_old": "1 where letters came back: find the new address first.",
}


def second_lifetime_value(yearly: ArrayLike, retention: float, rate: float, *, years: float = np.inf) -> Floats:
    """What a customer brings after a return, the first yearly margin today: m (1 - q^n) / (1 - q) with q = r / (1 + i).

    yearly: contribution a year, (n,). retention: r from year to year. rate: i a year. years: n, without end where infinite.
    Source: Stauss & Friege 1999 (J. of Service Research 1(4)).

    >>> round(float(second_lifetime_value(180.0, 0.7, 0.1)), 2)
    495.0
    """
    share = retention / (1 + rate)
    if share == 1:
        return np.asarray(yearly, dtype=np.float64) * years
    return np.asarray(np.asarray(yearly, dtype=np.float64) * (1 - share**years) / (1 - share))


def expected_profit(chance: ArrayLike, second_value: ArrayLike, *, offer_cost: ArrayLike, contact_cost: ArrayLike) -> Floats:
    """What an attempt to regain a customer brings: p (SLTV - offer) - contact. Arrays broadcast; money.

    >>> round(float(expected_profit(0.25, 495.0, offer_cost=60.0, contact_cost=12.0)), 2)
    96.75
    """
    return np.asarray(np.multiply(chance, np.subtract(second_value, offer_cost)) - contact_cost, dtype=np.float64)


def chance_to_pay(second_value: ArrayLike, *, offer_cost: ArrayLike, contact_cost: ArrayLike) -> Floats:
    """The chance from which on an attempt pays: contact / (SLTV - offer); not a number where it never does.

    >>> round(float(chance_to_pay(495.0, offer_cost=60.0, contact_cost=12.0)), 6)
    0.027586
    """
    net = np.subtract(second_value, offer_cost)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(net > 0, np.divide(contact_cost, net), np.nan)


@final
@dataclass(frozen=True)
class Lost:
    """Lost customers worth regaining: their places, yearly contribution after a return, and how many are left out, by why."""

    rows: Integers
    yearly: Floats
    left_out: Mapping[str, int]


def lost_customers(case: Case, reasons: Mapping[str, Reason]) -> Lost:
    """Who is lost, was worth something and may need us again.

    Lost: stage win-back where the run tells stages; else P(alive) below 20 %, or a contract that ended after the last purchase.
    """
    p_alive = numbers(case, "p_alive")
    stage = texts(case, "stage")
    ended = numbers(case, "contract_ended_days")
    without_stage = (p_alive < LOST) | (ended <= numbers(case, "silent_days"))
    is_lost = np.where(stage != "", stage == "win_back", without_stage) & (texts(case, "level") != "none")
    yearly = _yearly(case, is_lost)
    is_needless = _is_needless(case, reasons)
    is_valuable = (yearly > 0) & (np.nan_to_num(numbers(case, "past", 0.0)) >= case.options["least_past"])
    rows = np.flatnonzero(is_lost & ~is_needless & is_valuable)
    left_out = {NO_NEED: int((is_lost & is_needless).sum()), NO_VALUE: int((is_lost & ~is_needless & ~is_valuable).sum())}
    return Lost(rows, yearly[rows], left_out)


def _is_needless(case: Case, reasons: Mapping[str, Reason]) -> NDArray[np.bool_]:
    """Whoever said since the last purchase that there is no need, whatever else was noted."""
    without = [name for name, reason in reasons.items() if not reason.needed]
    return np.asarray(np.isin(texts(case, "noted_reason"), without) | (texts(case, "needless_reason") != ""))


def _yearly(case: Case, is_lost: NDArray[np.bool_]) -> Floats:
    """Contribution of the last year before the customer left, drawn to the mean of all lost ones by days with a purchase."""
    own, days = np.nan_to_num(numbers(case, "last_year")), np.nan_to_num(numbers(case, "last_year_days"))
    mean = float(own[is_lost].mean()) if is_lost.any() else 0.0
    weight = case.options["shrink_days"]
    with np.errstate(invalid="ignore"):
        return np.where(days + weight > 0, (days * own + weight * mean) / (days + weight), own)


def _retention(case: Case) -> float:
    """The share who stay from year to year: as set, else that of the base."""
    if case.options["retention"] > 0:
        return float(case.options["retention"])
    known = numbers(case, "retention_year")
    return float(known[np.isfinite(known)].mean()) if np.isfinite(known).any() else float("nan")


def _decide(case: Case) -> Plan:
    problems = _wrong(case)
    if problems:
        raise DataError(*problems)
    reasons = catalogue(case.options["reasons"])
    found = lost_customers(case, reasons)
    noted = texts(case, "noted_reason")[found.rows]
    value = second_lifetime_value(found.yearly, _retention(case), case.discount_rate, years=case.value_horizon_days / DAYS_PER_YEAR)
    stakes = Stakes(
        found.rows,
        value[:, None],
        np.ones((len(value), 1)),
        "chance",
        on_success=case.options["offer_cost"],
        kind=noted,
        effects={name: _assumed(one) for name, one in reasons.items() if one.chance is not None},
    )
    case = _without_letters(case)
    plan = plan_of(case, stakes, _told(case, found, reasons, noted, value))
    beside = _compared(case, plan)
    return replace(plan, facts={**plan.facts, "against_acquisition": beside}, notices=(*plan.notices, *_told_compared(beside)))


def _assumed(reason: Reason) -> Effect:
    low, likely, high = reason.chance or (0.0, 0.0, 0.0)
    return Effect(low, likely, high, "assumption", by="catalogue of reasons")


def _without_letters(case: Case) -> Case:
    """No letter to whom letters came back from."""
    is_old = numbers(case, "address_is_old", 0.0) > 0
    allowed = dict(case.allowed)
    for action in case.actions:
        if action.channel.lower() in _BY_POST:
            allowed[action.name] = allowed.get(action.name, np.full(len(case.ids), fill_value=True)) & ~is_old
    return replace(case, allowed=allowed)


def _told(case: Case, found: Lost, reasons: Mapping[str, Reason], noted: NDArray[np.str_], value: Floats) -> Telling:
    rows = found.rows
    labels = np.array([*(one.label for one in reasons.values()), ""])
    place = {name: at for at, name in enumerate(reasons)}
    codes = np.array([place.get(str(name), len(place)) for name in np.unique(noted)], dtype=np.int64)
    kinds = np.array([str(name) if name in _REASONS else "noted" for name in np.unique(noted)], dtype=np.str_)
    back = np.unique(noted, return_inverse=True)[1]
    reason = np.where(noted == "", "unknown", kinds[back] if len(kinds) else noted)
    return Telling(
        decision="win_back",
        reason=reason,
        reasons=_REASONS,
        extra={
            "noted": labels[codes[back]] if len(codes) else noted,
            "noted_days": numbers(case, "noted_days")[rows],
            "silent_days": numbers(case, "silent_days")[rows],
            "yearly": found.yearly.round(2),
            "second_value": value.round(2),
            "address_is_old": numbers(case, "address_is_old", 0.0)[rows],
        },
        tells=_TELLS,
        earned="expected",
        rise="chance",
        size=value,
        base=0.1,
        facts={
            "lost": len(rows) + sum(found.left_out.values()),
            "reasons": {str(name): int((reason == name).sum()) for name in np.unique(reason)},
            "retention": _retention(case),
            "second_value": round(float(value.sum()), 2),
        },
        assumes=(
            Notice(
                "second_life",
                "A regained customer brings what it brought in its last year, drawn to the mean of all lost ones, and stays from "
                "year to year with a chance of {retention:.0%}, as customers of the base do.",
                {"retention": _retention(case)},
            ),
            *_of_chances(reasons),
        ),
        left_out=found.left_out,
    )


def _of_chances(reasons: Mapping[str, Reason]) -> tuple[Notice, ...]:
    labels = ", ".join(one.label for one in reasons.values() if one.chance is not None)
    text = "The project assumes chances of its own to regain who left for: {reasons}."
    return (Notice("win_back_chances", text, {"reasons": labels}),) if labels else ()


def _told_compared(found: Mapping[str, Any]) -> tuple[Notice, ...]:
    """The same in a sentence, where all of it is known."""
    names = ("cost_per_regained", "value_per_regained", "cost_per_acquired", "value_per_acquired")
    if any(found[name] is None for name in names):
        return ()
    text = (
        "A customer regained costs {regained:,.0f¤} and is worth {value:,.0f¤}, a new one costs {acquired:,.0f¤} and is worth "
        "{other:,.0f¤}; both over the same years."
    )
    values = dict(zip(("regained", "value", "acquired", "other"), (found[name] for name in names), strict=True))
    return (Notice("win_back_compared", text, values),)


def _compared(case: Case, plan: Plan) -> dict[str, Any]:
    """What a regained customer costs and is worth beside a new one: same horizon, same discount rate (R44)."""
    cost, worth = one(case, "acquisition", "mean_cost"), one(case, "acquisition", "mean_value")
    chance = plan.lines["chance"]
    regained = float(np.nansum(chance)) if plan.gain or plan.cost else 0.0
    spent = plan.cost
    found = {
        "years": round(case.value_horizon_days / DAYS_PER_YEAR, 2) if np.isfinite(case.value_horizon_days) else None,
        "cost_per_acquired": _known(cost),
        "value_per_acquired": _known(worth),
        "acquired": _known(one(case, "acquisition", "customers")),
        "regained": round(regained, 2),
        "cost_per_regained": _known(spent / regained if regained else np.nan),
        "value_per_regained": _known(float((plan.lines["second_value"] * chance).sum()) / regained if regained else np.nan),
    }
    return found


def _known(amount: float) -> float | None:
    return round(float(amount), 2) if np.isfinite(amount) else None


def _wrong(case: Case) -> list[Problem]:
    problems = wrong_one_each(case, columns=_COLUMNS)
    if not problems and not np.isfinite(_retention(case)):
        problems.append(
            Problem(
                "Nobody knows how many customers stay from year to year: the run does not tell it.",
                "the setting retention of the plan, such as 0.7.",
                "set it under [plans.NAME.options].",
            )
        )
    return problems


def _example(rng: np.random.Generator, size: int) -> Case:
    noted = np.array(["", "price", "no_need", "service", "competitor"])
    chosen = noted[rng.integers(0, len(noted), size)]
    return Case(
        ids=np.array([f"{n:06d}" for n in range(size)]),
        columns={
            "p_alive": rng.uniform(0.0, 0.4, size),
            "level": np.full(size, "customer"),
            "past": rng.gamma(1.5, 900, size).round(2),
            "last_year": rng.gamma(1.2, 400, size).round(2),
            "last_year_days": rng.integers(1, 20, size).astype(np.float64),
            "silent_days": rng.integers(90, 700, size).astype(np.float64),
            "noted_reason": chosen,
            "noted_days": np.where(chosen == "", np.nan, 60.0),
        },
        as_of=DAY,
        actions=(
            Action("letter", "chance", Effect(0.01, 0.03, 0.06, "assumption"), {MONEY: 4.5}, channel="letter"),
            Action("visit", "chance", Effect(0.05, 0.15, 0.25, "assumption"), {MONEY: 175, "visits": 1}, most=2, channel="visit"),
        ),
        limits=(Limit(MONEY, float(rng.uniform(0, 50) * size)), Limit("visits", float(rng.integers(0, size + 1)))),
        options={option.name: option.default for option in _OPTIONS} | {"retention": 0.7, "offer_cost": 60.0},
        allowed={"letter": rng.random(size) < 0.7},
        today={"letter": rng.integers(0, 2, size)},
        seed=int(rng.integers(1, 1000)),
    )


PLUGIN = Decision(
    title="Win-back",
    question="Which lost customers are worth regaining, and what may an attempt cost?",
    formula="E = p (second lifetime value - offer) - contact; break-even p = contact / (SLTV - offer); only where the need is there",
    source="Stauss & Friege 1999 (J. of Service Research 1(4))",
    decide=_decide,
    wrong=_wrong,
    example=_example,
    # What the last year brought comes from the table of customers.
    columns=("p_alive", "level"),
    optional=("past", "stage", "retention_year"),
    tables=("customers", "acquisition"),
    options=_OPTIONS,
    needs_actions=False,
    counts_within="value_horizon",
    purpose="Winning back lost customers",
)
