"""The smallest experiment that would decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kundenwert.decisions.experiment import PLUGIN, treated_needed
from kundenwert.errors import DataError
from kundenwert.records.plans import MONEY, Action, Case, Effect, Limit
from kundenwert.stats.power import chance_to_find

UNKNOWN = Effect(0.0, 0.0, 0.0, "none")


def case(size: int = 4000, *, cost: float = 25.0, limits: tuple[Limit, ...] = (), effect: Effect = UNKNOWN) -> Case:
    rng = np.random.default_rng(3)
    return Case(
        ids=np.array([f"{number:05d}" for number in range(size)]),
        columns={"at_stake": rng.lognormal(5.5, 0.7, size)},
        as_of=date(2025, 12, 31),
        actions=(Action("visit", "orders", effect, {MONEY: cost, "visits": 1.0}),),
        limits=limits,
        options={option.name: option.default for option in PLUGIN.options},
        seed=4,
    )


def test_as_few_are_treated_as_two_equal_groups_would_tell() -> None:
    treated = treated_needed(1000, 200)
    assert treated == 53
    assert 4 * treated * (1000 - treated) / 1000 >= 200
    assert 4 * (treated - 1) * (1000 - treated + 1) / 1000 < 200


def test_the_experiment_finds_its_difference_with_the_chance_promised() -> None:
    plan = PLUGIN.decide(case())
    facts = plan.facts
    assert facts["is_enough"]
    assert facts["treated"] + facts["held"] == 4000
    assert facts["treated"] < facts["held"]
    share = facts["held"] / 4000
    assert chance_to_find(25.0, 4000, facts["spread"], held=share) == pytest.approx(facts["chance"], abs=0.002)
    assert 0.8 <= facts["chance"] < 0.82


def test_treated_and_held_out_are_alike_but_for_chance() -> None:
    found = case()
    plan = PLUGIN.decide(found)
    stake = dict(zip(found.ids.tolist(), found.columns["at_stake"].tolist(), strict=True))
    treated = np.array([stake[one] for one in plan.lines["customer_id"].tolist()])
    held = np.array([stake[one] for one in plan.held["customer_id"].tolist()])
    assert set(plan.lines["customer_id"].tolist()).isdisjoint(plan.held["customer_id"].tolist())
    assert abs(treated.mean() - held.mean()) < 3 * held.std() / np.sqrt(len(treated))


def test_a_limit_makes_it_smaller_and_says_what_it_still_shows() -> None:
    plan = PLUGIN.decide(case(limits=(Limit("visits", 40.0),)))
    assert plan.facts["treated"] == 40
    assert plan.facts["chance"] < 0.8
    assert plan.facts["detectable"] > 25.0
    assert plan.notices[0].key == "experiment_small"


def test_a_better_forecast_needs_fewer() -> None:
    found = case()
    better = replace(found, options={**found.options, "correlation": 0.8})
    assert PLUGIN.decide(better).facts["treated"] < 0.5 * PLUGIN.decide(found).facts["treated"]


def test_too_few_customers_make_no_experiment() -> None:
    plan = PLUGIN.decide(case(15))
    assert not plan.lines["count"].any()
    assert plan.notices[0].key == "experiment_none"


def test_who_is_expected_to_lose_money_is_not_tried_where_somebody_knows() -> None:
    known = Effect(0.05, 0.1, 0.2, "assumption", "Sales", date(2025, 6, 1))
    plan = PLUGIN.decide(case(effect=known))
    assert (plan.lines["at_stake"] * 0.1 >= 25.0 - 0.01).all()
    assert plan.gain > 0


def test_two_actions_at_once_cannot_be_told_apart() -> None:
    found = case()
    two = replace(found, actions=(*found.actions, replace(found.actions[0], name="call")))
    with pytest.raises(DataError, match="tries one action"):
        PLUGIN.decide(two)
