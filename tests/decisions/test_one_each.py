"""Plans that give each customer at most one thing: how strong several actions are, and that no other choice would gain more."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from kundenwert.decisions import _one_each as each
from kundenwert.decisions import decisions
from kundenwert.decisions.retention import PLUGIN as RETENTION
from kundenwert.decisions.retention import at_risk
from kundenwert.records.plans import MONEY, Case, Curve, Effect, Limit


@pytest.mark.parametrize(
    ("curve", "count", "expected"),
    [
        (Curve(), 3, 1 - 0.9**3),
        (Curve("exponential", rate=0.5), 2, 0.1 * (1 - np.exp(-1))),
        (Curve("hill", half=2.0, slope=2.0), 2, 0.05),
        (Curve("table", shares=(0.6, 1.0)), 1, 0.06),
        (Curve("table", shares=(0.6, 1.0)), 5, 0.1),
    ],
)
def test_several_actions_have_the_share_of_the_effect_that_the_curve_says(curve: Curve, count: int, expected: float) -> None:
    assert each.strength(curve, 0.1, count) == pytest.approx(expected)


def best_of_all(case: Case) -> float:
    """The best gain within the limits, by looking at every choice."""
    found = at_risk(case)
    stakes = each.Stakes(found.rows, found.if_stays[:, None], (1 - found.chance)[:, None], "retention")
    offered = each.menu(case, stakes)
    choices = np.array(list(itertools.product(range(len(offered.names)), repeat=len(found.rows))), dtype=np.int64).reshape(
        -1, len(found.rows)
    )
    rows = np.arange(len(found.rows))
    fits = np.ones(len(choices), dtype=bool)
    for limit in case.limits:
        use = offered.cost if limit.resource == MONEY else np.broadcast_to(offered.uses[limit.resource], offered.gain.shape)
        fits &= use[rows, choices].sum(axis=1) <= limit.amount + 1e-9
    return float(offered.gain[rows, choices].sum(axis=1)[fits].max())


def test_no_other_choice_would_gain_more() -> None:
    rng = np.random.default_rng(11)
    for _ in range(12):
        case = replace(RETENTION.example(rng, 9), today={})
        case = replace(case, limits=tuple(replace(one, amount=one.amount * 0.3) for one in case.limits))
        assert RETENTION.decide(case).gain == pytest.approx(best_of_all(case), abs=0.01)


@pytest.mark.parametrize("name", ["retention", "win_back", "development"])
def test_more_of_anything_never_brings_less(name: str) -> None:
    case = decisions()[name].example(np.random.default_rng(3), 40)
    gains = []
    for factor in (0.0, 0.5, 1.0, 2.0):
        wider = replace(case, limits=tuple(replace(one, amount=one.amount * factor) for one in case.limits))
        gains.append(decisions()[name].decide(wider).gain)
    assert gains[0] == 0.0
    assert gains == sorted(gains)


@pytest.mark.parametrize("name", ["retention", "win_back", "development"])
def test_the_curve_rises_with_the_budget_and_passes_through_the_plan(name: str) -> None:
    plan = decisions()[name].decide(decisions()[name].example(np.random.default_rng(4), 40))
    assert plan.curve["gain"][0] == 0.0
    assert (np.diff(plan.curve["gain"]) >= 0).all()
    assert plan.curve["gain"][5] == pytest.approx(plan.gain, abs=0.01)


def test_a_person_gets_no_more_than_its_limit() -> None:
    case = RETENTION.example(np.random.default_rng(5), 40)
    person = np.where(np.arange(40) % 2 == 0, "North", "South")
    limits = (Limit("hours", 4.0, "North"), Limit("hours", 2.0, "South"))
    found = RETENTION.decide(replace(case, person=person, limits=limits))
    hours = {"call": 0.3, "visit": 2.0}
    owner = dict(zip(case.ids.tolist(), person.tolist(), strict=True))
    for name, amount in (("North", 4.0), ("South", 2.0)):
        rows = [n for n, one in enumerate(found.lines["customer_id"].tolist()) if owner[one] == name]
        taken = sum(hours[found.lines["action"][n]] * found.lines["count"][n] for n in rows)
        assert 0 < taken <= amount + 1e-9
    assert {(one.person, one.amount) for one in found.used} == {("North", 4.0), ("South", 2.0)}


def test_an_action_that_brings_money_directly_counts_with_it() -> None:
    case = RETENTION.example(np.random.default_rng(6), 40)
    gift = replace(case.actions[0], name="fee", changes="money", effect=Effect(20.0, 30.0, 40.0, "experiment"), costs={MONEY: 10.0}, most=2)
    found = RETENTION.decide(replace(case, actions=(gift,), limits=(), today={}))
    assert set(found.lines["count"].tolist()) == {2}
    assert set(found.lines["gain"].tolist()) == {40.0}


def test_the_same_for_all_is_the_part_of_an_action_that_there_is_for_each() -> None:
    case = RETENTION.example(np.random.default_rng(8), 40)
    visit = replace(case.actions[1], most=1, costs={MONEY: 100.0})
    everybody = RETENTION.decide(replace(case, actions=(visit,), limits=(), today={}))
    found = at_risk(case)
    half = RETENTION.decide(replace(case, actions=(visit,), limits=(Limit(MONEY, 50.0 * len(found.rows)),), today={}))
    even = {one.name: one for one in half.compared}["even"]
    assert even.gain == pytest.approx({one.name: one.gain for one in everybody.compared}["even"] / 2, abs=0.01)
    assert (even.cost, even.customers) == (50.0 * len(found.rows), len(found.rows))
