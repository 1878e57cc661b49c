"""Visits, calls and mailings over customers: the published example, what limits and effects mean, and what a plan tells."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from kundenwert.decisions import allocation
from kundenwert.decisions._response import response
from kundenwert.errors import DataError
from kundenwert.records.plans import Action, Case, Curve, Effect, Limit

DAY = date(2026, 1, 1)


def assumed(low: float, likely: float, high: float) -> Effect:
    return Effect(low, likely, high, "assumption", "Sales", DAY)


# Contribution M (1 - exp(-k x)): all of M is at stake, and k is the customer's own.
VISIT = Action("visit", "spend", assumed(1.0, 1.0, 1.0), {"money": 60.0, "visits": 1.0}, most=12, curve=Curve("exponential"))


def published(visits: float, **changed) -> Case:
    """The example of value-based allocation: three customers, 60 a visit."""
    columns = {"at_stake": np.array([1000.0, 600.0, 400.0]), "response_rate": np.array([0.25, 0.5, 0.3])}
    case = Case(ids=np.array(["a", "b", "c"]), columns=columns, as_of=DAY, actions=(VISIT,), limits=(Limit("visits", visits),))
    return replace(case, **changed)


def visits_of(plan) -> dict[str, int]:
    return {str(one): int(count) for one, count in zip(plan.lines["customer_id"], plan.lines["count"], strict=True)}


def practices(plan) -> dict[str, float]:
    return {one.name: one.gain for one in plan.compared}


def simple(actions: tuple[Action, ...], limits: tuple[Limit, ...] = (), size: int = 3, **changed) -> Case:
    """Customers with 1,000 expected each."""
    columns = {"at_stake": np.full(size, 1000.0) + np.arange(size)}
    case = Case(ids=np.array([f"c{row}" for row in range(size)]), columns=columns, as_of=DAY, actions=actions, limits=limits)
    return replace(case, **changed)


@pytest.mark.parametrize(
    ("visits", "best", "gain"),
    [
        (8, {"a": 4, "b": 3, "c": 1}, 721.92),
        (9, {"a": 5, "b": 3, "c": 1}, 743.29),
        (10, {"a": 5, "b": 3, "c": 2}, 760.09),
        (11, {"a": 6, "b": 3, "c": 2}, 763.47),
        (12, {"a": 6, "b": 3, "c": 2}, 763.47),
    ],
)
def test_the_published_example_comes_out_to_the_cent(visits: int, best: dict[str, int], gain: float) -> None:
    plan = allocation.decide(published(visits))
    assert visits_of(plan) == best
    assert plan.gain == gain
    assert plan.gap == 0


def test_ten_visits_spread_evenly_or_given_to_the_biggest_bring_less() -> None:
    found = practices(allocation.decide(published(10)))
    assert found["nothing"] == 0
    assert found["even"] == 704.92
    assert found["biggest"] == 317.92


def test_four_visits_and_three_each_bring_what_is_published() -> None:
    found = response(published(10))
    assert float(found.net(np.array([[4], [3], [3]])).sum()) == pytest.approx(735.6145988, abs=1e-7)


def test_the_tenth_visit_was_worth_16_80_and_an_eleventh_3_37() -> None:
    (used,) = allocation.decide(published(10)).used
    assert (used.resource, used.amount, used.used) == ("visits", 10, 10)
    assert round(used.last, 2) == 16.80
    assert round(used.next, 2) == 3.37
    assert used.next <= used.price <= used.last


def test_a_visit_that_does_not_pay_stays_free() -> None:
    (used,) = allocation.decide(published(12)).used
    assert used.used == 11
    assert (used.last, used.next, used.price) == (0, 0, 0)


def test_the_curve_tells_what_more_visits_and_more_budget_would_bring() -> None:
    plan = allocation.decide(published(10))
    curve = dict(zip(plan.curve["visits"], plan.curve["gain_visits"], strict=True))
    assert curve[10.0] == plan.gain
    assert curve[15.0] == 763.47
    assert (np.diff(plan.curve["gain_visits"]) >= 0).all()
    assert (np.diff(plan.curve["gain"]) >= 0).all()
    assert allocation.decide(published(20)).facts["worthwhile_budget"] == 660


@pytest.mark.parametrize("seed", range(3))
def test_no_way_to_share_out_is_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(8):
        size = int(rng.integers(2, 5))
        actions = (
            Action("visit", "orders", assumed(0.1, 0.3, 0.5), {"money": 20.0, "hours": 2.0}, most=2, curve=Curve("exponential", rate=0.7)),
            Action("call", "spend", assumed(0.0, 0.05, 0.1), {"money": 4.0, "hours": 0.5}, most=2),
        )
        limits = (Limit("money", float(rng.integers(0, 80))), Limit("hours", float(rng.integers(0, 5)), "x"), Limit("hours", 3.0, "y"))
        person = rng.choice(np.array(["x", "y"]), size)
        allowed = {"call": rng.random(size) < 0.7}
        case = simple(actions, limits, size, person=person, allowed=allowed, columns={"at_stake": rng.uniform(20, 300, size)})
        bundles = np.array(list(itertools.product(range(3), repeat=2)))
        gain = np.stack([response(case).net(bundle) for bundle in bundles], axis=1)
        gain[np.ix_(~allowed["call"], bundles[:, 1] > 0)] = -np.inf
        chosen = np.array(list(itertools.product(range(len(bundles)), repeat=size)))
        money, hours = bundles @ np.array([20.0, 4.0]), bundles @ np.array([2.0, 0.5])
        fits = money[chosen].sum(axis=1) <= limits[0].amount
        fits &= (hours[chosen] * (person == "x")).sum(axis=1) <= limits[1].amount
        fits &= (hours[chosen] * (person == "y")).sum(axis=1) <= 3
        best = gain[np.arange(size), chosen].sum(axis=1)[fits].max()
        assert allocation.decide(case).gain == pytest.approx(best, abs=0.0051)


# ---- what effects mean -------------------------------------------------------------------------------------------------


def test_effects_on_one_customer_do_not_add_up() -> None:
    actions = tuple(Action(name, "orders", assumed(0, 0.1, 0.2), {"money": 1.0}) for name in ("visit", "call"))
    assert float(response(simple(actions, size=1)).gross([1, 1])[0]) == pytest.approx(1000 * (1 - 0.9 * 0.9))
    assert float(response(simple(actions[:1], size=1)).gross([1])[0]) == pytest.approx(100)


def test_gains_of_actions_that_meet_are_shared_out_by_what_each_brings_alone() -> None:
    actions = (
        Action("visit", "orders", assumed(0, 0.3, 0.4), {"money": 10.0}),
        Action("call", "orders", assumed(0, 0.1, 0.2), {"money": 1.0}),
    )
    plan = allocation.decide(simple(actions, size=1))
    # 1,000 x (1 - 0.7 x 0.9) = 370, three quarters of it from the visit.
    assert dict(zip(plan.lines["action"].tolist(), plan.lines["gain"].tolist(), strict=True)) == {"visit": 267.5, "call": 91.5}
    assert plan.gain == 359


def test_a_chance_to_buy_is_worth_what_is_bought_then_and_cannot_pass_certainty() -> None:
    action = Action("mail", "chance", assumed(0, 0.2, 0.4), {"money": 1.0})
    case = simple((action,), size=2, columns={"at_stake": np.array([500.0, 900.0]), "buys_again": np.array([0.5, 0.9])})
    # 1,000 if anything is bought: 20 points more for the first, for the second only the 10 that are left.
    assert response(case).gross([1]).tolist() == pytest.approx([200, 100])


def test_a_customer_who_stays_is_worth_clv_over_its_chance_not_value_times_risk() -> None:
    action = Action("call", "retention", assumed(0, 0.05, 0.1), {"money": 1.0})
    columns = {"at_stake": np.array([0.0]), "clv": np.array([600.0]), "p_alive": np.array([0.6])}
    assert float(response(simple((action,), size=1, columns=columns)).gross([1])[0]) == pytest.approx(1000 * 0.05)


def test_a_segment_has_the_effect_measured_there() -> None:
    action = Action("mail", "spend", assumed(0, 0.1, 0.2), {"money": 1.0}, groups={"builders": Effect(0.2, 0.3, 0.4, "experiment")})
    columns = {"at_stake": np.full(2, 1000.0), "segment": np.array(["builders", "fitters"])}
    assert response(simple((action,), size=2, columns=columns)).gross([1]).tolist() == pytest.approx([300, 100])


@pytest.mark.parametrize(
    ("curve", "shares"),
    [
        (Curve(), [0.1, 0.19, 0.271]),
        (Curve("exponential", rate=0.5), [0.1 * (1 - np.exp(-0.5 * count)) for count in (1, 2, 3)]),
        (Curve("hill", half=2.0), [0.1 * count / (2 + count) for count in (1, 2, 3)]),
        (Curve("table", shares=(0.5, 0.8)), [0.05, 0.08, 0.08]),
    ],
)
def test_more_of_the_same_follows_its_curve(curve: Curve, shares: list[float]) -> None:
    action = Action("mail", "spend", assumed(0, 0.1, 0.2), {"money": 1.0}, most=3, curve=curve)
    found = response(simple((action,), size=1))
    assert [float(found.gross([count])[0]) for count in (1, 2, 3)] == pytest.approx([1000 * share for share in shares])


def test_what_fades_counts_as_far_as_it_lasts() -> None:
    action = Action("mail", "spend", assumed(0, 0.1, 0.2), {"money": 1.0}, half_life_days=365)
    assert float(response(simple((action,), size=1)).gross([1])[0]) == pytest.approx(100 * 0.5 / np.log(2))


def test_without_a_column_of_what_is_at_stake_it_is_revenue_times_margin() -> None:
    action = Action("mail", "spend", assumed(0, 0.1, 0.2), {"money": 1.0})
    case = simple((action,), size=1, columns={"expected_revenue": np.array([1000.0])}, margin=0.3)
    plan = allocation.decide(case)
    assert plan.gain == 29
    assert "margin_of_more" in {notice.key for notice in plan.assumes}


# ---- limits of customers and persons -----------------------------------------------------------------------------------


def test_each_person_has_their_own_visits() -> None:
    case = published(
        10, person=np.array(["North", "South", "South"]), limits=(Limit("visits", 2.0, "North"), Limit("visits", 3.0, "South"))
    )
    plan = allocation.decide(case)
    assert visits_of(plan) == {"a": 2, "b": 2, "c": 1}
    assert {(used.person, used.used) for used in plan.used} == {("North", 2), ("South", 3)}
    assert plan.lines["person"].tolist() == ["North", "South", "South"]


def test_whom_nobody_with_visits_looks_after_gets_none() -> None:
    case = published(10, person=np.array(["North", "South", ""]), limits=(Limit("visits", 9.0, "North"),))
    plan = allocation.decide(case)
    assert set(visits_of(plan)) == {"a"}
    assert [notice.values for notice in plan.notices if notice.key == "without_person"] == [{"count": 2}]
    both = replace(case, limits=(*case.limits, Limit("visits", 12.0)))
    assert set(visits_of(allocation.decide(both))) == {"a", "b", "c"}


def test_minimum_maximum_and_fixed_customers_are_kept() -> None:
    least, most = {"visit": np.array([0, 0, 4])}, {"visit": np.array([3, 9, 9])}
    assert visits_of(allocation.decide(published(10, at_least=least, at_most=most))) == {"a": 3, "b": 3, "c": 4}
    assert visits_of(allocation.decide(published(10, fixed={"b": {"visit": 0}})))["a"] == 6
    plan = allocation.decide(published(3, fixed={"c": {"visit": 3}}))
    assert visits_of(plan) == {"c": 3}
    assert plan.lines["reason"].tolist() == ["fixed"]


def test_a_minimum_that_does_not_pay_says_so() -> None:
    plan = allocation.decide(published(10, at_least={"visit": np.array([0, 0, 7])}))
    assert dict(zip(plan.lines["customer_id"].tolist(), plan.lines["reason"].tolist(), strict=True))["c"] == "least"


def test_limits_that_clash_are_named_all_at_once() -> None:
    case = published(
        2,
        person=np.array(["North", "South", "South"]),
        limits=(Limit("visits", 2.0), Limit("visits", 1.0, "South"), Limit("money", 100.0)),
        at_least={"visit": np.array([0, 2, 2])},
        currency="EUR",
    )
    with pytest.raises(DataError) as failed:
        allocation.decide(case)
    told = str(failed.value)
    assert len(failed.value.problems) == 3
    assert "take 4.00 visits; the limit is 2.00" in told
    assert "the limit of South is 1.00" in told
    assert "take 240.00 EUR; the limit is 100.00" in told


def test_everything_wrong_with_a_case_is_told_at_once() -> None:
    unpriced = replace(VISIT, name="call", costs={})
    case = published(
        10,
        actions=(VISIT, unpriced, VISIT),
        limits=(Limit("visits", -1.0), Limit("horses", 3.0), Limit("money", 5.0, "North")),
        fixed={"nobody": {"visit": 1}, "a": {"visit": 2}},
        allowed={"visit": np.array([False, True, True])},
        at_least={"visit": np.array([0, 13, 0])},
        today={"visit": np.array([1])},
    )
    told = "\n".join(map(str, allocation.wrong(case)))
    for word in (
        "is -1",
        "costs nothing",
        "Two actions are called visit",
        "horses",
        "nobody",
        "objected",
        "minimum is above",
        "1 values",
        "single persons",
    ):
        assert word in told
    with pytest.raises(DataError, match="horses"):
        allocation.decide(case)
    assert "no action" in str(allocation.wrong(published(10, actions=(), limits=()))[0])


# ---- what is not known -------------------------------------------------------------------------------------------------


def test_without_known_effects_customers_are_ranked_and_no_money_is_given_out() -> None:
    action = replace(VISIT, effect=Effect(0, 0, 0, "none"), costs={"money": 60.0})
    case = published(10, actions=(action,), limits=(Limit("money", 600.0),), allowed={"visit": np.array([True, False, True])})
    plan = allocation.decide(case)
    assert plan.lines["customer_id"].tolist() == ["a", "c"]
    # A visit of 60 pays where its first one changes so much of what is at stake.
    assert plan.lines["break_even"].tolist() == pytest.approx([0.06, 0.15])
    assert (plan.gain, plan.cost, plan.lines["count"].sum()) == (0, 0, 0)
    assert plan.facts["experiment"]["action"] == "visit"
    assert plan.facts["experiment"]["customers"] > 100
    assert [notice.key for notice in plan.notices] == ["no_effect", "smallest_experiment"]
    assert f"with {plan.facts['experiment']['customers']:,} customers, half of them held out; there are 2." in str(plan.notices[1])


def test_an_action_nobody_knows_is_not_planned_beside_known_ones() -> None:
    plan = allocation.decide(published(10, actions=(VISIT, Action("gift", "money", Effect(0, 0, 0, "none"), {"money": 1.0}))))
    assert plan.gain == 760.09
    assert "effect_unknown" in {notice.key for notice in plan.notices}


def test_the_interval_is_that_of_the_effects_and_its_mean_the_gain() -> None:
    action = Action("mail", "spend", assumed(0.02, 0.1, 0.2), {"money": 1.0})
    plan = allocation.decide(simple((action,), size=50))
    worth = plan.gain + plan.cost
    assert (plan.lower + plan.cost) / worth == pytest.approx(0.2, abs=0.05)
    assert (plan.upper + plan.cost) / worth == pytest.approx(2.0, abs=0.1)


def test_where_nothing_is_uncertain_no_interval_is_claimed() -> None:
    assert np.isnan(allocation.decide(published(10)).lower)


def test_draws_of_what_is_at_stake_widen_the_interval() -> None:
    action = Action("mail", "spend", assumed(0.1, 0.1, 0.1), {"money": 1.0})
    case = simple((action,), size=20)
    draws = case.columns["at_stake"] * np.random.default_rng(2).uniform(0.5, 1.5, (400, 1))
    plan = allocation.decide(replace(case, draws=draws))
    worth = plan.gain + plan.cost
    assert (plan.lower + plan.cost) / worth == pytest.approx(0.55, abs=0.04)
    assert (plan.upper + plan.cost) / worth == pytest.approx(1.45, abs=0.04)


def test_the_chance_to_beat_todays_practice_is_one_half_where_both_are_the_same() -> None:
    action = Action("mail", "spend", assumed(0.02, 0.1, 0.2), {"money": 1.0})
    case = simple((action,), size=5, today={"mail": np.ones(5, dtype=np.int64)})
    assert allocation.decide(case).chance_better == 0.5
    # The limit leaves two mailings, and they go to those who gain most as it is.
    same = replace(case, limits=(Limit("money", 2.0),), today={"mail": np.array([0, 0, 0, 1, 1])})
    assert allocation.decide(same).chance_better == 0.5
    assert allocation.decide(replace(case, today={"mail": np.array([1, 0, 0, 0, 0])})).chance_better > 0.97


def test_todays_practice_is_cut_to_the_limits() -> None:
    plan = allocation.decide(published(10, today={"visit": np.array([2, 6, 6])}))
    found = practices(plan)
    # The first two as today, two of six visits are left for the third.
    assert found["today"] == pytest.approx(float(response(published(10)).net(np.array([[2], [6], [2]])).sum()), abs=0.005)
    assert found["today"] < plan.gain


def test_of_many_combinations_ten_are_looked_at_and_hardly_anything_is_lost() -> None:
    rng = np.random.default_rng(8)
    actions = tuple(
        Action(name, "spend", assumed(0.01, size, 0.3), {"money": cost, "hours": hours}, most=3)
        for name, size, cost, hours in (("visit", 0.12, 60.0, 2.0), ("call", 0.04, 8.0, 0.3), ("mail", 0.01, 1.0, 0.0))
    )
    case = simple(actions, (Limit("money", 2_000.0), Limit("hours", 60.0)), 60, columns={"at_stake": rng.lognormal(6, 1, 60)})
    plan = allocation.decide(case)
    assert plan.facts["bundles"] == 10
    whole = np.array(list(itertools.product(range(4), repeat=3)))
    from kundenwert.stats.choice import choose

    found = response(case)
    gain = np.stack([found.net(row) for row in whole], axis=1)
    best = choose(gain, [(whole @ found.costs)[None], (whole @ found.taken("hours"))[None]], [2_000.0, 60.0])
    assert plan.gain >= best.total * 0.999


def test_lines_tell_what_they_take_and_the_biggest_gain_comes_first() -> None:
    plan = allocation.decide(published(10))
    assert plan.lines["gain"].tolist() == sorted(plan.lines["gain"].tolist(), reverse=True)
    assert plan.lines["takes_visits"].sum() == 10
    assert plan.lines["cost"].sum() == 600
    assert plan.lines["gain"].sum() == pytest.approx(760.09)


def test_the_page_says_what_the_plan_says() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "plans" / "allocation.md").read_text(encoding="utf-8")
    example = next(block for block in re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    told: dict[str, object] = {}
    exec(example.replace("print(", "told = ("), told)
    for text in ("760.09", "[5, 3, 2]"):
        assert text in page
    assert told["found"].gain == 760.09
    assert "an eleventh would be worth\n3.37" in page
    assert "one more would bring 3.37" in told["told"]


def test_among_equal_customers_the_smaller_number_comes_first_in_any_order() -> None:
    action = Action("visit", "spend", assumed(0.05, 0.1, 0.2), {"money": 10.0, "visits": 1.0})
    ids = np.array([f"c{row}" for row in range(9)])
    equal = simple((action,), (Limit("visits", 4.0),), 9, ids=ids, columns={"at_stake": np.full(9, 500.0)})
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(9)
        assert sorted(visits_of(allocation.decide(replace(equal, ids=ids[order])))) == ["c0", "c1", "c2", "c3"]
