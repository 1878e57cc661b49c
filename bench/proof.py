"""Do plans keep what they promise? `python -m bench.proof campaigns|worlds|loop [--seeds ...]`; figures stand in docs/plans/proof.md.

campaigns: the planted campaign of example companies of many seeds, measured against those held out: how often the interval holds the truth.
worlds: 200 worlds drawn from the prior: whether the expected gain of a plan is unbiased, and how often its interval holds what came.
loop: example companies through four quarters of run, plan, treat, measure, against an even split and most to the biggest.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

CLOCK = datetime(2027, 6, 1, tzinfo=UTC)
# Of a bell curve, so many standard deviations hold nine in ten.
_NINE_IN_TEN = 1.6448536269514722
_WORLDS, _CUSTOMERS, _DRAWS = 200, 400, 400
_VISITS, _CALLS, _MOST = 60, 300, 3
_ACTIONS = """
[actions.visit]
changes = "orders"
channel = "visit"
advertising = false
costs = {money = 175, visits = 1}
effect = {low = 0.02, likely = 0.10, high = 0.25, source = "assumption", by = "Sales", on = 2026-01-01}
curve = {kind = "exponential", rate = 0.5}
half_life_days = 90
most = 3

[actions.call]
changes = "orders"
channel = "phone"
advertising = false
costs = {money = 14, calls = 1}
effect = {low = 0.0, likely = 0.04, high = 0.10, source = "assumption", by = "Sales", on = 2026-01-01}
curve = {kind = "exponential", rate = 0.5}
half_life_days = 45
most = 3

[plans.quarter]
decision = "allocation"
actions = ["visit", "call"]
limits = {visits = 60, calls = 300}
span = "3m"
hold_out = 0.15
"""


# ---- campaigns ---------------------------------------------------------------------------------------------------------


def campaigns(seeds: list[int]) -> None:
    """How often the interval of the uplift of orders holds what is planted."""
    from kundenwert.stats.experiments import relative, with_forecast

    rows = []
    for seed in seeds:
        orders, before, treated, truth = _campaign(seed)
        found = with_forecast(orders[treated], orders[~treated], before[treated], before[~treated])
        share, error = relative(found)
        rows.append((share, error, truth, abs(share - truth) < _NINE_IN_TEN * error))
    told = np.array(rows)
    print(f"{len(rows)} companies: interval holds the truth in {int(told[:, 3].sum())} (asked 90 %)")
    print(f"mean measured {told[:, 0].mean():.3f}, mean truth {told[:, 2].mean():.3f}, mean error {told[:, 1].mean():.3f}")


def _campaign(seed: int) -> tuple[Any, Any, Any, float]:
    """Orders in the campaign's three months and in the year before, of each customer in it, and the planted uplift."""
    from kundenwert.example.company import first_two_years

    company = first_two_years(seed)
    tables = company.tables()
    lines, measures = tables["transactions"], tables["measures"]
    ids = np.array(measures["customer_id"].to_pylist())
    treated = np.array(measures["treated"].to_pylist(), dtype=bool)
    place = {customer: row for row, customer in enumerate(ids.tolist())}
    orders, before = np.zeros(len(ids)), np.zeros(len(ids))
    seen = set()
    columns = (lines[name].to_pylist() for name in ("customer_id", "date", "amount", "document_id"))
    for customer, day, amount, document in zip(*columns, strict=True):
        if customer not in place or amount <= 0 or document in seen:
            continue
        seen.add(document)
        if date(2025, 2, 28) < day <= date(2025, 5, 31):
            orders[place[customer]] += 1
        elif date(2024, 2, 28) < day <= date(2025, 2, 28):
            before[place[customer]] += 1
    return orders, before, treated, company.truth().uplift["all"]


# ---- worlds ------------------------------------------------------------------------------------------------------------


def worlds(count: int) -> None:
    """Effects and amounts at stake drawn from what is believed of them; the plan knows the belief alone."""
    import kundenwert as kw
    from kundenwert.decisions._one_each import strength
    from kundenwert.records.plans import MONEY, Action, Curve, Effect

    curve = Curve("exponential", rate=0.6)
    rows = []
    for number in range(count):
        rng = np.random.default_rng(number)
        mean = rng.lognormal(6.5, 0.9, _CUSTOMERS)
        shape = rng.uniform(2, 20, _CUSTOMERS)
        draws = rng.gamma(shape, mean / shape, (_DRAWS, _CUSTOMERS))
        likely = float(rng.uniform(0.04, 0.12))
        spread = 0.35 * likely
        effect = Effect(likely - _NINE_IN_TEN * spread, likely, likely + _NINE_IN_TEN * spread, "assumption", "Sales", date(2026, 1, 1))
        visit = Action("visit", "orders", effect, {MONEY: 40.0, "visits": 1.0}, most=3, curve=curve)
        found = kw.allocate({"at_stake": mean}, [visit], {"visits": _CUSTOMERS / 4}, draws=draws, seed=number)
        true_effect, true_stake = rng.normal(likely, spread), rng.gamma(shape, mean / shape)
        counts = np.array(found.counts(range(_CUSTOMERS), "visit"))
        each = np.array([0.0, *(strength(curve, true_effect, one) for one in range(1, 4))])
        came = float((each[counts] * true_stake).sum() - 40.0 * counts.sum())
        rows.append((found.gain, came, found.plan.lower <= came <= found.plan.upper))
    told = np.array(rows)
    error = told[:, 1] - told[:, 0]
    print(f"{count} worlds: expected gain {told[:, 0].mean():,.0f}, came {told[:, 1].mean():,.0f}")
    print(f"difference {error.mean():,.0f} with a standard error of {error.std(ddof=1) / np.sqrt(count):,.0f}")
    print(f"interval held what came in {int(told[:, 2].sum())} of {count}")


# ---- four quarters -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Practice:
    """A way to spend a quarter's visits and calls. decide: company, known customers by worth, quarter -> action -> customer -> count."""

    name: str
    decide: Callable[[Any, Path], Mapping[str, Mapping[str, int]]]


def loop(seeds: list[int]) -> None:
    """What a year of each practice earned more than doing nothing, by the simulator's own truth."""
    from kundenwert.example.company import first_two_years

    print("| seed | " + " | ".join(one.name for one in PRACTICES) + " |")
    sums = dict.fromkeys((one.name for one in PRACTICES), 0.0)
    for seed in seeds:
        start = first_two_years(seed)
        nothing = _worth(_through(start, lambda *_: {}, Path()))
        gains = {}
        for practice in PRACTICES:
            with tempfile.TemporaryDirectory(prefix="kundenwert-loop-") as scratch:
                spent: list[float] = []
                end = _through(start, practice.decide, Path(scratch), spent)
                gains[practice.name] = _worth(end) - nothing - sum(spent)
            sums[practice.name] += gains[practice.name]
        print(f"| {seed} | " + " | ".join(f"{gains[one.name]:,.0f}" for one in PRACTICES) + " |", flush=True)
    print("| mean | " + " | ".join(f"{sums[one.name] / len(seeds):,.0f}" for one in PRACTICES) + " |")


def _through(
    company: Any, decide: Callable[[Any, Path], Mapping[str, Mapping[str, int]]], folder: Path, spent: list[float] | None = None
) -> Any:
    """Four quarters, each decided on what is known at its beginning; a fifth in which effects fade out."""
    from kundenwert.example.company import Action

    cost = {"visit": 175.0, "call": 14.0}
    for _ in range(4):
        chosen = decide(company, folder)
        actions = []
        for kind, counts in chosen.items():
            for number in sorted(set(counts.values())):
                if number:
                    actions.append(Action(kind, tuple(one for one, count in counts.items() if count == number), number))
            if spent is not None:
                spent.append(cost[kind] * sum(counts.values()))
        company = company.advance("quarter", actions)
    return company.advance("quarter")


def _worth(company: Any) -> float:
    """Contribution I of all lines sold after the first two years."""
    lines = company.tables()["transactions"]
    rates = {"EUR": 1.0, "CHF": 1.05, "USD": 0.92}
    total = 0.0
    for day, amount, cost, currency in zip(*(lines[name].to_pylist() for name in ("date", "amount", "cost", "currency")), strict=True):
        if day > date(2025, 12, 31):
            total += (float(amount) - float(cost or 0)) * rates.get(currency or "EUR", 1.0)
    return total


def _planned(company: Any, folder: Path) -> Mapping[str, Mapping[str, int]]:
    """Run, measure what is past, plan: as a company would, from its exports."""
    import shutil
    from importlib import resources

    import pyarrow.parquet as pq

    from kundenwert.errors import KundenwertError
    from kundenwert.flows.measure import measure
    from kundenwert.flows.plans import plan
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.run import run
    from kundenwert.runs import plans_store

    shutil.rmtree(folder / "exports", ignore_errors=True)
    company.export(folder / "exports", dirty=False)
    text = resources.files("kundenwert.example").joinpath("company", "kundenwert.toml").read_text(encoding="utf-8")
    (folder / "kundenwert.toml").write_text('language = "en"\nmodel = "mbg_nbd"\n' + text + _ACTIONS, encoding="utf-8")
    run(folder, {}, clock=CLOCK, progress=Progress())
    for name in plans_store.names(folder):
        try:
            measure(folder, name, clock=CLOCK, progress=Progress())
        except KundenwertError as err:
            print(f"  not measured: {err}")
    made = plan(folder, "quarter", {}, clock=CLOCK, progress=Progress())
    lines = pq.read_table(made.folder / "lines.parquet").to_pylist()
    found: dict[str, dict[str, int]] = {"visit": {}, "call": {}}
    for line in lines:
        found[line["action"]][line["customer_id"]] = int(line["count"])
    return found


def _known(company: Any) -> list[str]:
    """Customers by revenue of the last year, the biggest first."""
    lines = company.tables()["transactions"]
    since = date(company.last_day.year - 1, company.last_day.month, 28)
    money: dict[str, float] = {}
    for customer, day, amount in zip(*(lines[name].to_pylist() for name in ("customer_id", "date", "amount")), strict=True):
        if day > since and customer:
            money[customer] = money.get(customer, 0.0) + float(amount)
    return sorted(money, key=lambda one: (-money[one], one))


def _even(company: Any, _: Path) -> Mapping[str, Mapping[str, int]]:
    known = sorted(_known(company))
    return {
        kind: {known[round(place * len(known) / most)]: 1 for place in range(min(most, len(known)))} for kind, most in _CAPACITY.items()
    }


def _biggest(company: Any, _: Path) -> Mapping[str, Mapping[str, int]]:
    known = _known(company)
    return {kind: dict.fromkeys(known[: most // _MOST], _MOST) for kind, most in _CAPACITY.items()}


_CAPACITY = {"visit": _VISITS, "call": _CALLS}
PRACTICES = (Practice("plan", _planned), Practice("even split", _even), Practice("most to the biggest", _biggest))


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.proof", description="Do plans keep what they promise?")
    parser.add_argument("what", choices=("campaigns", "worlds", "loop"))
    parser.add_argument("--seeds", default="2024,1,2", help="seeds of companies; of campaigns and worlds the number of them")
    given = parser.parse_args()
    if given.what == "loop":
        loop([int(word) for word in given.seeds.split(",")])
    elif given.what == "worlds":
        worlds(int(given.seeds) if given.seeds.isdigit() else _WORLDS)
    else:
        campaigns(list(range(int(given.seeds) if given.seeds.isdigit() else 40)))


if __name__ == "__main__":
    main()
