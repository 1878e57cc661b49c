"""Everything that is wrong with a case of the allocation, and random cases that its tests try."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from kundenwert.decisions._one_each_wrong import wrong_case
from kundenwert.errors import Problem
from kundenwert.records.plans import MONEY, Action, Case, Curve, Effect, Limit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def wrong(case: Case) -> list[Problem]:
    """Every problem of a case at once; empty where there is none."""
    needed = () if "at_stake" in case.columns else ("expected_revenue",)
    return [*wrong_case(case, columns=needed), *_of_plan(case)]


def _of_plan(case: Case) -> Iterator[Problem]:
    if not case.actions:
        yield Problem("There is no action to plan with.", "at least one.", "describe what can be done and what it costs.")
    names = [action.name for action in case.actions]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem(f"Two actions are called {name}.", "a name for each.", "rename one.")
    taken = {resource for action in case.actions for resource in action.costs}
    for resource in sorted({limit.resource for limit in case.limits} - taken):
        known = ", ".join(sorted(taken)) or "nothing"
        yield Problem(
            f"No action takes any {resource}, so its limit limits nothing.", f"one of {known}.", "correct the limit or the costs."
        )
    if case.person is None and any(limit.person for limit in case.limits):
        yield Problem("Limits are set for single persons, and nobody says who looks after whom.", "a person a customer.", "add the column.")
    for kind, arrays in (("allowed", case.allowed), ("today", case.today), ("at_least", case.at_least), ("at_most", case.at_most)):
        for name, values in arrays.items():
            if len(values) != len(case.ids):
                yield Problem(f"{kind} of {name} has {len(values)} values.", f"{len(case.ids)}, one a customer.", "correct it.")
            elif kind != "allowed" and len(values) and int(np.min(values)) < 0:
                yield Problem(f"{kind} of {name} is negative for some customers.", "counts of 0 or more.", "correct it.")


def example(rng: np.random.Generator, size: int) -> Case:
    """A random case: several actions and curves, money and hours of persons, some minimums, consents and today's practice."""
    ids = np.array([f"{number:05d}" for number in range(size)])
    rng.shuffle(ids)
    p_alive = rng.uniform(0.1, 1.0, size)
    columns: dict[str, NDArray[Any]] = {
        "expected_revenue": rng.lognormal(7, 1.2, size).round(2),
        "clv": rng.lognormal(7, 1.2, size).round(2),
        "p_alive": p_alive,
        "expected_purchases": rng.gamma(2, 2, size) * p_alive,
        "last_purchase": np.datetime64("2025-12-31") - rng.integers(0, 300, size).astype("timedelta64[D]"),
        "usual_gap": rng.uniform(10, 200, size),
        "segment": rng.choice(np.array(["builders", "fitters"]), size),
    }
    actions = _actions(rng)
    person = rng.choice(np.array(["North", "South"]), size)
    allowed = {action.name: rng.random(size) < 0.85 for action in actions}
    least = np.where(rng.random(size) < 0.05, 1, 0) * allowed["visit"]
    share = float(rng.uniform(0.2, 1.5))
    needed = float(least.sum())
    return Case(
        ids=ids,
        columns=columns,
        as_of=date(2025, 12, 31),
        currency="EUR",
        margin=0.3,
        actions=actions,
        limits=(
            Limit(MONEY, round(size * 40 * share + needed * 60, 2)),
            Limit("hours", float(round(size * share + needed * 2)), "North"),
            Limit("hours", float(round(size * 0.7 * share + needed * 2)), "South"),
        ),
        allowed=allowed,
        today={"visit": rng.integers(0, 3, size)},
        at_least={"visit": least.astype(np.int64)},
        at_most={"mail": rng.integers(0, 3, size)},
        person=person,
        seed=int(rng.integers(1, 1000)),
    )


def _actions(rng: np.random.Generator) -> tuple[Action, ...]:
    size = float(rng.uniform(0.05, 0.3))
    return (
        Action(
            "visit",
            "orders",
            Effect(size / 3, size, size * 2, "assumption", "Sales", date(2025, 6, 1)),
            {MONEY: 60.0, "hours": 2.0},
            most=3,
            curve=Curve("exponential", rate=float(rng.uniform(0.3, 1.5))),
            channel="visit",
            groups={"builders": Effect(size / 2, size * 1.3, size * 3, "experiment")},
        ),
        Action(
            "mail", "spend", Effect(0.0, 0.01, 0.03, "assumption", "Marketing", date(2025, 6, 1)), {MONEY: 1.5}, most=2, channel="letter"
        ),
        Action(
            "call", "retention", Effect(0.0, 0.02, 0.05, "experiment"), {MONEY: 10.0, "hours": 0.5}, channel="phone", half_life_days=180
        ),
        Action("gift", "money", Effect(0.0, 0.0, 0.0, "none"), {MONEY: 20.0}, channel="letter"),
    )
