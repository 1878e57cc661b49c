"""A budget split over winning, developing, keeping and winning back, so that the last unit brings the same everywhere (R41, R65)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kundenwert.decisions._acquired import Acquired, worth
from kundenwert.decisions._columns import numbers, table_numbers, texts
from kundenwert.decisions._decision import Decision
from kundenwert.decisions._one_each_wrong import wrong_case
from kundenwert.decisions._responses import Responses, read_responses, wrong_limits
from kundenwert.decisions._spent import AIMS, PHASES, by_aim, expenses, facts_of
from kundenwert.errors import Bug, DataError, Problem
from kundenwert.records.notices import Notice
from kundenwert.records.plans import MONEY, Case, Limit, Plan, Practice, Used
from kundenwert.settings import Setting
from kundenwert.settings import _number as number
from kundenwert.settings import _whole as whole
from kundenwert.stats.power import sample_size
from kundenwert.stats.spending import Split, brought, reached, split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats

_POINTS: Final = 40
_DAY: Final = date(2026, 1, 1)
# Two marginal returns that should be equal may differ by rounding to cents alone.
_SAME: Final = 1e-6

COLUMNS: Final = {
    "today": "What was spent on it in the last span of the same length.",
    "shift": "How much more, or less, the plan spends.",
    "people": "Whom it is about: leads of a span, or customers at that stage.",
    "value": "What one of them is worth where it works.",
    "each": "What the plan spends on each of them.",
    "reached": "The share of them in whom it works.",
    "ceiling": "The share that no spending exceeds.",
    "last": "What the last unit of money brings; everywhere the same where nothing is at a limit.",
    "break_even": "The share in whom it must work so that today's spending pays.",
    "source": "Where it is known from how spending works.",
}
REASONS: Final = {
    "spend": "{each:,.2f¤} on each of {people:,.0f} works in {reached:.1%} of them, each worth {value:,.0f¤}; the last one spent brings "
    "{last:,.2f¤}.",
    "nothing_pays": "Already the first one spent brings only {last:,.2f¤}: nothing is spent here.",
    "unknown": "Nobody has said how spending works here, so it gets nothing from this plan. Today's {today:,.0f¤} pay if they work in at "
    "least {break_even:.2%} of {people:,.0f}, each worth {value:,.0f¤}.",
    "unknown_plain": "Nobody has said how spending works here, so it gets nothing from this plan.",
}


def _read_phases(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not set(value.values()) <= {*PHASES, ""}:
        raise ValueError(f"names of expenses or budgets with one of {', '.join(PHASES)}, such as {{Werbung = 'before_purchase'}}")
    return {str(name).casefold(): str(phase) for name, phase in value.items()}


_OPTIONS: Final = (
    Setting("responses", {}, "How spending works, by purpose: ceiling, one point (at, share), and who says so.", read_responses),
    Setting("phases", {}, "The phase of expenses and budgets by name, where the rule would be wrong.", _read_phases),
    Setting("lost_below", 0.2, "Customers whose chance to be alive is below this are there to be won back.", number(0.0, 1.0)),
    Setting(
        "settled_days",
        365,
        "Who is first seen so long after the ledger begins is new, where no day is noted; at most half the ledger.",
        whole(0, 36_525),
    ),
)


def counted(case: Case) -> dict[str, tuple[float, float]]:
    """Whom each purpose is about and what one of them is worth, as far as the data say: purpose -> N, V.

    Acquisition: leads of the last span, the mean worth of customers from their first purchase on. Development: customers with a gap
    within reach, its mean. Retention: customers who are likely alive, and winning back: those who are not; what they are worth if they
    are, clv / P(alive), on average.
    """
    found: dict[str, tuple[float, float]] = {}
    acquired = Acquired.of(case)
    came = table_numbers(case, "leads", "came")
    if len(acquired.rows):
        within = worth(acquired, case.value_horizon_days, case.discount_rate).within
        found["acquisition"] = (float(came[0]) if len(came) and came[0] else math.nan, float(within.mean()))
    gap = numbers(case, "gap_within_reach")
    if (gap > 0).any():
        found["development"] = (float((gap > 0).sum()), float(gap[gap > 0].mean()))
    alive, clv = numbers(case, "p_alive"), numbers(case, "clv")
    with np.errstate(divide="ignore", invalid="ignore"):
        if_alive = np.where(alive > 0, clv / alive, np.nan)
    lost = (alive < case.options["lost_below"]) | (texts(case, "stage") == "win_back")
    for name, who in (("retention", ~lost), ("win_back", lost)):
        known = who & np.isfinite(if_alive)
        if known.any():
            found[name] = (float(known.sum()), float(if_alive[known].mean()))
    return found


def _decide(case: Case) -> Plan:
    problems = _wrong(case)
    if problems:
        raise DataError(*problems)
    spent = expenses(case)
    today = by_aim(spent) if spent else {}
    found = Responses.of(case.options["responses"], counted(case), today)
    chosen = _in_cents(found, _split(found, _budget(case)), _budget(case))
    practices = _practices(found, float(chosen.sum()), _budget(case))
    best = max([chosen, *practices.values()], key=lambda one: _gain(found, one))
    # Cents can make the split miss another by less than a cent; then the other is taken.
    chosen = best if _gain(found, best) > _gain(found, chosen) else chosen
    _assert_equal_returns(found, chosen, _budget(case))
    gains = _gains(found, chosen)
    low, high, better = _uncertain(found, chosen, practices.get("today"), case.seed)
    return Plan(
        decision="budget",
        lines=_lines(found, chosen, gains, case),
        reasons=REASONS,
        columns=COLUMNS,
        gain=round(float(gains.sum()), 2),
        cost=round(float(chosen.sum()), 2),
        lower=low,
        upper=high,
        bound=_bound(found, _budget(case)),
        used=_used(found, chosen, _budget(case)),
        compared=_compared(found, practices),
        curve=_curve(found, float(chosen.sum())),
        chance_better=better,
        facts=_facts(case, found, chosen, spent),
        notices=tuple(_notices(found, case, spent)),
        assumes=tuple(_assumes(case, found)),
    )


def _budget(case: Case) -> float:
    return min((limit.amount for limit in case.limits if limit.resource == MONEY), default=math.inf)


def _split(found: Responses, budget: float) -> Split:
    return split(*found.usable(), budget, least=found.least, most=found.most)


def _in_cents(found: Responses, exact: Split, budget: float) -> Floats:
    """Whole cents, never above the budget; single cents that rounding down leaves go where they bring most."""
    cents = np.floor(np.round(100 * exact.spent, 4))
    left = min(
        round(100 * exact.total - float(cents.sum())), math.floor(100 * budget - cents.sum() + 1e-6) if math.isfinite(budget) else 10
    )
    order = np.argsort(-_last(found, cents / 100), kind="stable")
    for place in [one for one in order if found.known[one] and 100 * found.most[one] >= cents[one] + 1][: max(left, 0)]:
        cents[place] += 1
    return np.asarray(cents / 100, dtype=np.float64)


def _gains(found: Responses, spent: Floats) -> Floats:
    """What each purpose brings net of what is spent on it, in cents."""
    return np.asarray(np.round(brought(*found.usable(), spent) - spent, 2), dtype=np.float64)


def _gain(found: Responses, spent: Floats) -> float:
    return float(_gains(found, spent).sum())


def _last(found: Responses, spent: Floats) -> Floats:
    """What the next unit brings at this spending, by purpose: V c k exp(-k B / N)."""
    people, value, ceiling, rate = found.usable()
    each = np.divide(spent, people, out=np.zeros_like(spent), where=people > 0)
    return np.asarray(np.where(people > 0, value * ceiling * rate * np.exp(-rate * each), 0.0), dtype=np.float64)


def _assert_equal_returns(found: Responses, spent: Floats, budget: float) -> None:
    """The condition of the optimum (Pfeifer 2005): the last unit brings the same wherever money may be moved; where all that pays is
    spent, it brings one: one more customer won costs as much as one more kept, each its value.
    """
    last = _last(found, spent)
    free = found.known & (spent > found.least + 0.02) & (spent < found.most - 0.02)
    people = np.maximum(np.nan_to_num(found.people), 1e-12)
    # A cent more or less on N people moves the return by this.
    loose = _SAME + 0.05 * np.max((found.rate * last / people)[free], initial=0.0)
    rich = math.isinf(budget) or float(spent.sum()) < budget - 0.05
    if free.any() and (np.ptp(last[free]) > loose or (rich and np.abs(last[free] - 1).max() > loose)):
        raise Bug("A budget was split so that money does not bring the same everywhere. Please report this.")


def _bound(found: Responses, budget: float) -> float:
    exact = _split(found, budget)
    # Rounding each of four to cents can lift the sum by two cents.
    return float((brought(*found.usable(), exact.spent) - exact.spent).sum()) + 0.02


def _practices(found: Responses, total: float, budget: float) -> dict[str, Floats]:
    """The same money spent otherwise: evenly, all where most is at stake, and as in the last span cut to the limits."""
    known = found.known
    if not known.any():
        return {}
    even = np.where(known, total / known.sum(), 0.0)
    stake = np.where(known, np.nan_to_num(found.people * found.worth), -1.0)
    biggest = np.where(np.arange(len(stake)) == int(stake.argmax()), total, 0.0)
    ways = {"even": (even, total), "biggest": (biggest, total)}
    if np.isfinite(found.today[known]).any():
        ways["today"] = (np.where(known, np.nan_to_num(found.today), 0.0), budget)
    return {name: _within(found, wanted, limit) for name, (wanted, limit) in ways.items()}


def _within(found: Responses, wanted: Floats, total: float) -> Floats:
    """Cut to the limits of each purpose and of all, in cents."""
    cut = np.clip(wanted, found.least, found.most)
    over = float(cut.sum()) - total
    if over > 0:
        free = cut - found.least
        cut = found.least + free * max(0.0, 1 - over / float(free.sum())) if free.sum() else cut
    return np.asarray(np.floor(np.round(100 * cut, 4)) / 100, dtype=np.float64)


def _compared(found: Responses, practices: Mapping[str, Floats]) -> tuple[Practice, ...]:
    return (
        Practice("nothing", 0.0, 0.0, 0),
        *(
            Practice(name, round(_gain(found, spent), 2), round(float(spent.sum()), 2), int((spent > 0).sum()))
            for name, spent in practices.items()
        ),
    )


def _uncertain(found: Responses, spent: Floats, today: Floats | None, seed: int) -> tuple[float, float, float | None]:
    """90 % of the gain at this split over how well spending works, and the chance that it beats today's."""
    drawn = found.drawn(seed)
    if drawn is None:
        return math.nan, math.nan, None
    people, value, ceiling, _ = found.usable()

    def gains(at: Floats) -> Floats:
        each = np.divide(at, people, out=np.zeros_like(at), where=people > 0)
        return np.asarray((people * value * reached(ceiling, drawn, each) - at).sum(axis=1), dtype=np.float64)

    mine = gains(spent)
    low, high = np.quantile(mine, [0.05, 0.95])
    better = None if today is None else float(np.mean(mine > gains(today)))
    return round(float(low), 2), round(float(high), 2), better


def _used(found: Responses, spent: Floats, budget: float) -> tuple[Used, ...]:
    if math.isinf(budget):
        return ()
    total = round(float(spent.sum()), 2)
    here, less, more = (_value(found, max(amount, 0.0)) for amount in (budget, budget - 1, budget + 1))
    price = _split(found, budget).price - 1
    return (Used(MONEY, "", budget, total, round(max(price, 0.0), 6), round(here - less, 2), round(more - here, 2)),)


def _value(found: Responses, budget: float) -> float:
    if budget < found.least.sum():
        return math.nan
    exact = _split(found, budget)
    return float((brought(*found.usable(), exact.spent) - exact.spent).sum())


def _curve(found: Responses, total: float) -> dict[str, Floats]:
    """What each budget would gain, and how it would be split."""
    start, end = float(found.least.sum()), max(1.5 * total, float(np.nansum(np.where(found.known, found.today, 0.0))))
    if end <= start:
        return {}
    budgets = np.linspace(start, end, _POINTS + 1).round(2)
    splits = [_split(found, max(float(budget), start)).spent for budget in budgets]
    gains = np.array([float((brought(*found.usable(), one) - one).sum()) for one in splits])
    return {
        "budget": budgets,
        "gain": gains.round(2),
        **{str(name): np.array([one[place] for one in splits]).round(2) for place, name in enumerate(found.names)},
    }


def _lines(found: Responses, spent: Floats, gains: Floats, case: Case) -> dict[str, NDArray[Any]]:
    order = np.argsort(-gains, kind="stable")
    people = np.nan_to_num(found.people)
    each = np.divide(spent, people, out=np.zeros_like(spent), where=people > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        break_even = found.today / (found.people * found.worth)
    tells = np.isfinite(break_even) & (break_even > 0)
    reason = np.select([found.known & (spent > 0), found.known, tells], ["spend", "nothing_pays", "unknown"], "unknown_plain")
    sources = [str(case.options["responses"].get(str(name), {}).get("source", "none")) for name in found.names]
    columns = {
        "customer_id": found.names,
        "action": np.full(len(AIMS), "spend"),
        "count": (spent > 0).astype(np.int64),
        "gain": gains,
        "cost": spent,
        "reason": reason,
        "today": found.today,
        "shift": np.round(spent - found.today, 2),
        "people": found.people,
        "value": np.round(found.worth, 2),
        "each": each,
        "reached": np.where(found.known, reached(found.ceiling, found.rate, each), np.nan),
        "ceiling": np.where(found.known, found.ceiling, np.nan),
        "last": np.where(found.known, _last(found, spent), np.nan),
        "break_even": break_even,
        "source": np.array(sources, dtype=np.str_),
    }
    return {name: values[order] for name, values in columns.items()}


def _facts(case: Case, found: Responses, spent: Floats, what: list[dict[str, Any]]) -> dict[str, Any]:
    leads = {name: table_numbers(case, "leads", name) for name in ("came", "won", "lost")}
    return {
        "value_horizon_days": case.value_horizon_days,
        "discount_rate": case.discount_rate,
        **facts_of(what, case),
        "leads": {name: float(values[0]) if len(values) else None for name, values in leads.items()},
        "last": {str(name): round(float(one), 6) for name, one in zip(found.names, _last(found, spent), strict=True)},
        "shift": _shifted(found, float(spent.sum())),
        "experiments": _experiments(found),
    }


def _shifted(found: Responses, total: float) -> list[dict[str, float]]:
    """The same total with another share for winning customers, the rest split best: what that gains."""
    people, value, ceiling, rate = found.usable()
    if not total or not found.known[0] or found.known.sum() < 2:
        return []
    others = np.where(np.arange(len(people)) == 0, 0.0, people)
    told = []
    for share in np.linspace(0.0, 1.0, 21):
        won = share * total
        rest = split(others, value, ceiling, rate, total - won, spend_all=True).spent
        at = np.where(np.arange(len(people)) == 0, won, rest)
        told.append(
            {"acquisition_share": round(float(share), 2), "gain": round(float((brought(people, value, ceiling, rate, at) - at).sum()), 2)}
        )
    return told


def _experiments(found: Responses) -> list[dict[str, Any]]:
    """For purposes of which nobody knows how spending works: the share that pays for today's spending, and how many it takes to see it."""
    told = []
    for place, name in enumerate(found.names):
        share = found.today[place] / (found.people[place] * found.worth[place]) if not found.known[place] else math.nan
        if math.isfinite(share) and 0 < share < 1:
            # Of yes or no the spread is at most a half.
            told.append({"purpose": str(name), "share": float(share), "customers": sample_size(float(share), 0.5)})
    return told


def _notices(found: Responses, case: Case, what: list[dict[str, Any]]) -> Iterator[Notice]:
    if not found.known.any():
        text = (
            "Nobody has said how spending works, so no money is given out. Say it under options.responses, or try it: the smallest "
            "experiments that would decide stand with the plan."
        )
        yield Notice("budget_no_response", text)
    halfway = [name for name in case.options["responses"] if not found.known[AIMS.index(name)]]
    for name in halfway:
        text = "{purpose}: how many people it is about, or what one is worth, is not in the data. Give customers and value."
        yield Notice("budget_unknown_worth", text, {"purpose": name})
    phases = {one["phase"]: one["share"] for one in facts_of(what, case)["phases"]}
    if any(phases.values()):
        text = "Of what was spent on customers in the last span, {share:.1%} came before the first purchase."
        yield Notice("budget_before_purchase", text, {"share": phases["before_purchase"]})
    elif not what:
        text = "What was spent on customers is not known: neither activities with rates nor measures, contacts or acquisition cost say it."
        yield Notice("budget_nothing_spent", text)


def _assumes(case: Case, found: Responses) -> Iterator[Notice]:
    for name, entry in case.options["responses"].items():
        values = {"purpose": name, **{key: entry.get(key, "") for key in ("at", "share", "ceiling", "by", "on")}}
        text = (
            "{purpose}: {at:,.2f¤} on each works in {share:.1%} of them, no amount in more than {ceiling:.0%}: measured by an experiment."
        )
        if entry["source"] == "assumption":
            text = (
                "{purpose}: {at:,.2f¤} on each works in {share:.1%} of them, no amount in more than {ceiling:.0%}: assumed by {by} on {on}."
            )
        yield Notice("budget_response", text, values)
    if found.known.any():
        text = "What somebody is worth counts {days:,.0f} days ahead, discounted at {rate:.1%} a year, unless it was given."
        yield Notice("budget_horizon", text, {"days": case.value_horizon_days, "rate": case.discount_rate})
        yield Notice("budget_apart", "Spending on one purpose does not change how another one works.")


def _wrong(case: Case) -> list[Problem]:
    problems = wrong_case(case, columns=("clv",))
    if not len(case.ids):
        problems.append(Problem("There are no customers.", "customers of a run.", "make a run first."))
    for limit in case.limits:
        if limit.resource != MONEY or limit.person:
            of = f" of {limit.person}" if limit.person else ""
            problems.append(
                Problem(f"There is a limit for {limit.resource}{of}.", "a limit for money alone.", "leave it out of this plan.")
            )
    return problems + wrong_limits(case.options["responses"], _budget(case))


def _example(rng: np.random.Generator, size: int) -> Case:
    alive = rng.uniform(0.02, 1.0, size)
    responses = {}
    for name in AIMS:
        if rng.random() < 0.8:
            responses[name] = _example_response(rng)
    kinds = ("acquisition", "activity", "activity", "measure", "complaint")
    return Case(
        ids=np.array([f"{n:06d}" for n in range(size)]),
        columns={"clv": rng.gamma(1.5, 600, size) * alive, "p_alive": alive, "past": rng.gamma(1.5, 600, size)},
        as_of=_DAY,
        limits=(Limit(MONEY, float(np.round(rng.uniform(0, 20_000), 2))),) if rng.random() < 0.8 else (),
        options={option.name: option.default for option in _OPTIONS} | {"responses": responses},
        tables={
            "spent": {
                "kind": np.array(kinds),
                "name": np.array(["", "Visit", "Delivery", "Mailing", "Late"]),
                "stage": np.array(["", "sales", "logistics", "", ""]),
                "is_before": np.array([True, False, False, False, False]),
                "aim": np.array(["development", "retention", "retention", "win_back", "retention"]),
                "amount": rng.uniform(10, 5_000, len(kinds)),
            },
        },
        seed=int(rng.integers(1, 1000)),
    )


def _example_response(rng: np.random.Generator) -> dict[str, Any]:
    ceiling = float(rng.uniform(0.05, 0.6))
    share = ceiling * float(rng.uniform(0.1, 0.8))
    return {
        "ceiling": ceiling,
        "at": float(rng.uniform(1, 40)),
        "share": share,
        "low": 0.6 * share,
        "high": max(share, min(1.2 * share, 0.99 * ceiling)),
        "source": "assumption",
        "by": "example",
        "on": "2026-01-01",
        "customers": float(rng.integers(5, 900)),
        "value": float(rng.uniform(20, 900)),
    }


PLUGIN = Decision(
    title="Budget by purpose",
    question="How much for winning, developing, keeping and winning back customers?",
    formula="brought = N V c (1 - exp(-k B / N)); split so that V c k exp(-k B / N), what the last unit brings, is the same for all",
    source="Blattberg & Deighton 1996 (HBR 74(4)); condition: Pfeifer 2005 (Journal of Interactive Marketing 19(4))",
    decide=_decide,
    wrong=_wrong,
    example=_example,
    columns=("clv",),
    optional=("clv_beyond", "past", "p_alive", "stage", "gap_within_reach"),
    tables=("customers", "names", "spent", "budgets", "leads"),
    options=_OPTIONS,
    counts_within="value_horizon",
    about="purposes",
    purpose="Planning of budgets",
)
