"""What winning a customer may cost, when it is back, and which open leads to follow up (R40, R41, R44, R67, R71)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._acquired import MONTH_DAYS, Acquired, Group, Worth, groups, worth
from kundenwert.decisions._acquisition_told import COLUMNS, REASONS, Told, facts, lines, notices
from kundenwert.decisions._columns import table_numbers, table_texts
from kundenwert.decisions._decision import Decision
from kundenwert.decisions._offer_case import scenarios
from kundenwert.decisions._one_each_wrong import wrong_case
from kundenwert.decisions._prospects import Alike, Chances, Followed, alike, by_worth, counted, follow_up, taken_in_order
from kundenwert.errors import DataError, Problem
from kundenwert.records.notices import Notice
from kundenwert.records.plans import MONEY, Case, Limit, Plan, Practice, Used
from kundenwert.settings import Setting
from kundenwert.settings import _number as number
from kundenwert.settings import _whole as whole

if TYPE_CHECKING:
    from kundenwert.records.arrays import Floats, Integers
    from kundenwert.records.plans import Texts

_KEYS: Final = ("channel", "industry", "region")
_SURE: Final = 1.645
_POINTS: Final = 50
_DAY: Final = date(2026, 1, 1)


def _some_keys(value: Any) -> tuple[str, ...]:
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not set(names) <= set(_KEYS) or len(set(names)) < len(names):
        raise ValueError(f"a list of different names out of {', '.join(_KEYS)}")
    return tuple(names)


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _costs(value: Any) -> dict[str, float]:
    if not isinstance(value, Mapping) or not all(_is_amount(each) for each in value.values()):
        raise ValueError("amounts by name such as {advertising = 45, commission = 60}")
    return {str(name): float(each) for name, each in value.items()}


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


_OPTIONS: Final = (
    Setting("keys", ("channel", "industry"), "What makes a lead like a customer, from the wide to the narrow.", _some_keys),
    Setting("least", 10, "Groups of fewer customers count with the mean of all.", whole(1, 1_000_000)),
    Setting(
        "least_wins", 20, "With fewer wins the chance of a stage or source is not counted; that of all leads is used.", whole(1, 1_000_000)
    ),
    Setting(
        "settled_days",
        365,
        "Who is first seen so long after the ledger begins is new, where no day is noted; at most half the ledger.",
        whole(0, 36_525),
    ),
    Setting("cost_of_winning", None, "What winning a customer costs where no cost is noted.", number(0, 1e12)),
    Setting("cost_per_lead", 0.0, "What following up a lead costs whether it is won or not.", number(0, 1e12)),
    Setting(
        "accounts", default=True, sentence="List customers won who have not yet brought back what winning them has cost.", read=_yes_or_no
    ),
    Setting("monthly_margin", None, "To reckon an offer: contribution of a customer a month.", number(0, 1e12)),
    Setting("monthly_churn", None, "To reckon an offer: the share who leave a month after the minimum term.", number(0, 1)),
    Setting("minimum_term", 0, "To reckon an offer: months in which nobody can leave.", whole(0, 1_200)),
    Setting("costs", {}, "To reckon an offer: what winning a customer costs, by name.", _costs),
    Setting("churn_step", 0.005, "The second scenario of an offer: so many more leave a month.", number(0, 1)),
)


@final
@dataclass(frozen=True)
class _Leads:
    """Open leads, arrays (p,). chance to be won, where it was counted and of how many; like: customers like them; cost: of winning one."""

    ids: Texts
    source: Texts
    stage: Texts
    age_days: Floats
    chance: Floats
    basis: Texts
    decided: Floats
    like: Alike
    cost: Floats


def lead_value(chance: Any, value: Any, cost: Any, cost_per_lead: Any = 0.0) -> Any:
    """P(win) x (value of a customer - cost of winning one) - cost of following up; money for each lead, arrays broadcast.

    >>> float(lead_value(0.25, 1200.0, 200.0))
    250.0
    """
    return np.asarray(chance, dtype=np.float64) * (np.asarray(value, dtype=np.float64) - cost) - cost_per_lead


def _decide(case: Case) -> Plan:
    problems = _wrong(case)
    if problems:
        raise DataError(*problems)
    acquired = Acquired.of(case)
    valued = worth(acquired, case.value_horizon_days, case.discount_rate)
    found = groups(
        acquired,
        valued,
        case.tables.get("course", {}),
        ("channel", "quarter", "product"),
        horizon_days=case.value_horizon_days,
        discount_rate=case.discount_rate,
        least=case.options["least"],
    )
    chances = counted(case.tables.get("funnel", {}), case.options["least_wins"])
    leads = _leads(case, acquired, valued, found["channel"], chances)
    gain, cost = _weighed(case, leads)
    chosen = follow_up(gain, cost, _budget(case), _order(leads))
    told = Told(
        case=case,
        acquired=acquired,
        valued=valued,
        groups=found,
        chances=chances,
        offers=scenarios(case.options, case.discount_rate, max(round(case.value_horizon_days / MONTH_DAYS), 1)),
        lead_id=leads.ids,
        lead={
            "source": leads.source,
            "stage": leads.stage,
            "chance": leads.chance,
            "chance_from": leads.basis,
            "value": leads.like.value,
            "alike": leads.like.customers.astype(np.float64),
            "own_share": leads.like.own_share,
            "cost_each": leads.cost,
            "gain": gain,
            "cost": cost,
        },
        followed=chosen.places,
    )
    low, high = _interval(leads, chosen)
    return Plan(
        decision="acquisition",
        lines=lines(told),
        reasons=REASONS,
        columns=COLUMNS,
        gain=round(chosen.gain, 2),
        cost=round(float(cost[chosen.places].sum()), 2),
        lower=low,
        upper=high,
        bound=chosen.bound,
        used=_used(case, cost, chosen),
        compared=_compared(case, gain, cost, leads),
        curve=_curve(gain, cost, leads),
        facts=facts(told),
        left_out={name: count for name, count in _left_out(leads, gain, chosen, is_known=len(acquired.rows) > 0).items() if count},
        notices=tuple(notices(told)),
        assumes=tuple(_assumes(told)),
    )


def _leads(case: Case, acquired: Acquired, valued: Worth, channels: Group, chances: Chances) -> _Leads:
    keys = case.options["keys"]
    asked = [table_numbers(case, "leads", key).astype(np.int64) for key in keys]
    source, reached = table_texts(case, "leads", "source"), table_texts(case, "leads", "reached")
    if not keys:
        asked, keys = [np.zeros(len(source), dtype=np.int64)], ("",)
    known = [acquired.keys[key] if key else np.zeros(len(acquired.rows), dtype=np.int64) for key in keys]
    found = [chances.chance(str(one), str(stage)) for one, stage in zip(*_distinct(source, reached)[:2], strict=True)]
    back = _distinct(source, reached)[2]
    table = np.array([(chance, decided) for chance, _, decided in found], dtype=np.float64).reshape(-1, 2)
    return _Leads(
        ids=table_texts(case, "leads", "lead_id"),
        source=source,
        stage=table_texts(case, "leads", "stage"),
        age_days=table_numbers(case, "leads", "age"),
        chance=table[back, 0],
        basis=np.array([basis for _, basis, _ in found], dtype=np.str_)[back] if found else np.empty(0, dtype=np.str_),
        decided=table[back, 1],
        like=alike(valued.within, known, asked, case.options["least"]),
        cost=_cost_of_winning(case, channels, table_numbers(case, "leads", "channel").astype(np.int64)),
    )


def _distinct(source: Texts, reached: Texts) -> tuple[Texts, Texts, Integers]:
    """The different pairs, and which one each lead has: chances are looked up once a pair."""
    pairs, back = np.unique(np.stack([source, reached]), axis=1, return_inverse=True)
    return pairs[0], pairs[1], np.ravel(back)


def _cost_of_winning(case: Case, channels: Group, code: Integers) -> Floats:
    """What a customer won by this channel has cost; by too few, what those of all channels have; else what the options say."""
    costed = channels.costed
    total = float(np.nansum(channels.cost * costed))
    every = total / costed.sum() if costed.sum() else np.nan
    own = np.where(costed >= case.options["least"], channels.cost, every)
    otherwise = case.options["cost_of_winning"]
    inside = np.append(own, every)[np.where(code < len(own), code, len(own))] if len(code) else np.empty(0)
    return np.where(np.isnan(inside), np.nan if otherwise is None else otherwise, inside)


def _weighed(case: Case, leads: _Leads) -> tuple[Floats, Floats]:
    """Gain and cost of following up each lead, in cents; a lead of which no chance is known gains nothing."""
    paid = np.nan_to_num(leads.cost)
    cost = np.nan_to_num(leads.chance * paid) + case.options["cost_per_lead"]
    gain = np.nan_to_num(lead_value(leads.chance, leads.like.value, paid, case.options["cost_per_lead"]))
    return np.round(gain, 2), np.round(cost, 2)


def _order(leads: _Leads) -> Integers:
    """The place of each lead in the order of numbers, which breaks ties."""
    return np.argsort(np.argsort(leads.ids, kind="stable"), kind="stable").astype(np.int64)


def _budget(case: Case) -> float:
    return min((limit.amount for limit in case.limits if limit.resource == MONEY), default=math.inf)


def _interval(leads: _Leads, chosen: Followed) -> tuple[float, float]:
    """90 % of the sum: who is won and what each is worth, and how well chance and mean are known, which errs for all leads alike."""
    if not len(chosen.places):
        return float("nan"), float("nan")
    p, paid = leads.chance[chosen.places], np.nan_to_num(leads.cost[chosen.places])
    value, sd = leads.like.value[chosen.places] - paid, leads.like.sd[chosen.places]
    drawn = float((p * (leads.like.spread**2 + value**2) - (p * value) ** 2).sum())
    of_chance = float((np.abs(value) * np.sqrt(p * (1 - p) / leads.decided[chosen.places])).sum())
    off = _SURE * math.sqrt(drawn + float((p * sd).sum()) ** 2 + of_chance**2)
    return round(chosen.gain - off, 2), round(chosen.gain + off, 2)


def _used(case: Case, cost: Floats, chosen: Followed) -> tuple[Used, ...]:
    budget = _budget(case)
    if math.isinf(budget):
        return ()
    return (Used(MONEY, "", budget, round(float(cost[chosen.places].sum()), 2), chosen.price),)


def _compared(case: Case, gain: Floats, cost: Floats, leads: _Leads) -> tuple[Practice, ...]:
    """Nothing; leads as they came; those first of whom a customer would be worth most."""
    orders = {"leads as they came": np.lexsort((_order(leads), -leads.age_days)), "biggest": np.lexsort((_order(leads), -leads.like.value))}
    taken = {name: taken_in_order(order, cost, _budget(case)) for name, order in orders.items()}
    return (
        Practice("nothing", 0.0, 0.0, 0),
        *(Practice(name, round(float(gain[who].sum()), 2), round(float(cost[who].sum()), 2), len(who)) for name, who in taken.items()),
    )


def _curve(gain: Floats, cost: Floats, leads: _Leads) -> dict[str, Floats]:
    """What each budget up to all that pays would gain."""
    everything = float(cost[gain > 0].sum())
    if not everything:
        return {}
    budgets = np.linspace(0.0, everything, _POINTS + 1).round(2)
    gains = [float(gain[by_worth(gain, cost, float(budget), _order(leads))].sum()) for budget in budgets]
    return {"budget": budgets, "gain": np.maximum.accumulate(np.round(gains, 2))}


def _left_out(leads: _Leads, gain: Floats, chosen: Followed, *, is_known: bool) -> dict[str, int]:
    if not is_known:
        return {"Open leads of which it is not known what a customer would be worth": len(leads.ids)}
    unknown = np.isnan(leads.chance)
    return {
        "Open leads that would cost more than they bring": int(((gain <= 0) & ~unknown).sum()),
        "Open leads of which the chance to win them is not known": int(unknown.sum()),
        "Open leads for which the budget does not last": int((gain > 0).sum()) - len(chosen.places),
    }


def _assumes(told: Told) -> Iterator[Notice]:
    yield Notice(
        "acquisition_flow",
        "What a customer has brought is booked; what is still to come is expected to fall evenly, so that it comes to the forecast within "
        "the horizon and beyond it.",
    )
    text = "The value of a customer counts {days:,.0f} days from the first purchase on, discounted at {rate:.1%} a year."
    yield Notice("acquisition_horizon", text, {"days": told.case.value_horizon_days, "rate": told.case.discount_rate})
    yield Notice(
        "acquisition_stay",
        "New customers are expected to stay as the run expects it of all with their history: where new ones leave sooner, they are worth "
        "less than told here.",
    )
    if told.case.margin is not None:
        yield Notice("acquisition_db1", "Contribution is what is left after the goods: visits, orders and deliveries are not taken off.")
    if len(told.lead_id):
        yield Notice(
            "acquisition_alike",
            "Open leads are won as often as those decided so far, and whoever is won will be worth as much as the customers won so far "
            "who are most like the lead.",
        )
        yield Notice("acquisition_consent", "Whether a lead may be called or written to is not known here: check it before you do.")


def _wrong(case: Case) -> list[Problem]:
    return [*wrong_case(case, columns=("clv", "past")), *_wrong_limits(case), *_wrong_offer(case)]


def _wrong_limits(case: Case) -> Iterator[Problem]:
    for limit in case.limits:
        if limit.resource != MONEY or limit.person:
            of = f" of {limit.person}" if limit.person else ""
            yield Problem(f"There is a limit for {limit.resource}{of}.", "a limit for money alone.", "leave it out of this plan.")


def _wrong_offer(case: Case) -> Iterator[Problem]:
    margin, churn = case.options["monthly_margin"], case.options["monthly_churn"]
    if (margin is None) != (churn is None):
        yield Problem("Of an offer only one of monthly_margin and monthly_churn is given.", "both.", "give the other one too.")
    if margin is not None and churn is not None and churn == 0 and case.discount_rate <= 0:
        yield Problem("Nobody leaves and money costs nothing: the offer is worth more than any sum.", "a churn or a rate.", "give one.")


def _example(rng: np.random.Generator, size: int) -> Case:
    won = rng.random(size) < 0.6
    age = np.where(won, rng.integers(1, 700, size), np.nan)
    channel, industry, quarter = (rng.integers(0, count, size).astype(np.float64) for count in (4, 3, 8))
    past, clv = rng.gamma(1.2, 400, size).round(2), rng.gamma(1.2, 900, size).round(2)
    names = {"channel": ("Fair", "Web", "Visit", "Referral"), "industry": ("Roof", "Paint", "Build"), "region": ("North",)}
    names |= {"quarter": tuple(f"{2024 + n // 4}-Q{n % 4 + 1}" for n in range(8)), "product": ("Tools",)}
    rows = [(key, code, name) for key, of_key in names.items() for code, name in enumerate(of_key)]
    leads = max(size // 5, 1)
    sources = rng.integers(0, 4, leads)
    decided = rng.integers(5, 200, (4, 2))
    return Case(
        ids=np.array([f"{n:06d}" for n in range(size)]),
        columns={
            "clv": clv,
            "clv_beyond": (clv * rng.uniform(0.05, 0.6, size)).round(2),
            "past": past,
            "won_age": age,
            "won_cost": np.where(won & (rng.random(size) < 0.9), rng.gamma(4, 80, size).round(2), np.nan),
            "won_realised": np.where(won, past * 0.95, np.nan),
            "won_within": np.where(won, past * 0.95, np.nan),
            "won_channel": np.where(won, channel, np.nan),
            "won_industry": np.where(won, industry, np.nan),
            "won_region": np.where(won, 0.0, np.nan),
            "won_quarter": np.where(won, quarter, np.nan),
            "won_product": np.where(won, 0.0, np.nan),
        },
        as_of=_DAY,
        limits=(Limit(MONEY, float(rng.uniform(0, 60) * leads)),) if rng.random() < 0.8 else (),
        options={option.name: option.default for option in _OPTIONS},
        tables={
            "names": {name: np.array(each) for name, each in zip(("key", "code", "name"), zip(*rows, strict=True), strict=True)},
            "course": _example_course(channel[won].astype(np.int64), age[won], past[won]),
            "leads": {
                "lead_id": np.array([f"L{n}" for n in range(leads)]),
                "stage": np.full(leads, "qualified"),
                "reached": np.where(rng.random(leads) < 0.3, "offer", "lead"),
                "age": rng.integers(0, 200, leads).astype(np.float64),
                "source": np.array(names["channel"])[sources],
                "channel": sources,
                "industry": rng.integers(0, 3, leads),
                "region": np.zeros(leads, dtype=np.int64),
            },
            "funnel": {
                "source": np.repeat(names["channel"], 2),
                "stage": np.tile(["won", "lost"], 4),
                "reached": np.full(8, "lead"),
                "state": np.tile(["won", "lost"], 4),
                "leads": decided.ravel(),
            },
        },
        seed=int(rng.integers(1, 1000)),
    )


def _example_course(channel: Integers, age: Floats, past: Floats) -> dict[str, Any]:
    months = (age // MONTH_DAYS).astype(np.int64)
    cells, back = np.unique(np.stack([channel, months]), axis=1, return_inverse=True)
    money = np.bincount(np.ravel(back), weights=past, minlength=cells.shape[1])
    return {
        "key": np.full(cells.shape[1], "channel"),
        "code": cells[0],
        "month": cells[1],
        "nominal": money,
        "discounted": money * 0.95,
    }


PLUGIN = Decision(
    title="Acquisition",
    question="What may winning a customer cost, when is it back, and which leads are worth following up?",
    formula=(
        "ceiling = mean contribution from the first purchase on, discounted to it, partially pooled; payback = first month whose cumulated "
        "contribution covers the cost; lead: P(win) x (ceiling - cost of winning one)"
    ),
    source="Blattberg & Deighton 1996 (HBR 74(4)); pooling: Bühlmann & Straub 1970; value of a prospect: definitions of the project",
    decide=_decide,
    wrong=_wrong,
    example=_example,
    columns=("clv", "past"),
    optional=("clv_beyond",),
    tables=("customers", "names", "course", "leads", "funnel"),
    options=_OPTIONS,
    counts_within="value_horizon",
    about="leads",
    purpose="Winning customers",
)
