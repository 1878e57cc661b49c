"""A budget by purpose: equal marginal returns, what was spent in which phase, and no money without a response somebody stands for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from kundenwert.decisions._responses import Responses, read_responses
from kundenwert.decisions._spent import by_aim, by_phase, expenses, phase_of, shares
from kundenwert.decisions.budget import PLUGIN, _assert_equal_returns, counted
from kundenwert.errors import Bug, DataError
from kundenwert.records.notices import filled
from kundenwert.records.plans import Case, Limit, Plan
from kundenwert.settings import read_options
from kundenwert.stats.power import sample_size
from kundenwert.stats.spending import brought

SAID = {"source": "assumption", "by": "sales", "on": date(2026, 1, 31)}
# Blattberg and Deighton, on a thousand prospects and a thousand customers.
ACQUISITION = {"ceiling": 0.4, "at": 5.0, "share": 0.2, "customers": 1_000.0, "value": 50.0, **SAID}
RETENTION = {"ceiling": 0.3, "at": 10.0, "share": 0.1, "low": 0.05, "high": 0.15, "customers": 1_000.0, "value": 200.0, **SAID}
SPENT = (
    ("acquisition", "acquisition_cost", "", True, "development", 6_000.0),
    ("activity", "Besuch", "sales", True, "", 400.0),
    ("activity", "Besuch", "sales", False, "retention", 9_000.0),
    ("activity", "Anruf", "sales", False, "win_back", 100.0),
    ("activity", "Auftrag", "sales", False, "retention", 3_000.0),
    ("activity", "Lieferung", "logistics", False, "retention", 4_000.0),
    ("activity", "Servicestunde", "service", False, "retention", 2_000.0),
    ("activity", "Unsinn", "", False, "retention", 50.0),
    ("measure", "Mailing", "", False, "development", 500.0),
    ("complaint", "Qualität", "", False, "retention", 800.0),
)


def case(responses: dict[str, Any] | None = None, *, budget: float | None = None, spent: tuple[Any, ...] = SPENT, **options: Any) -> Case:
    names = ("kind", "name", "stage", "is_before", "aim", "amount")
    given = read_options({"responses": responses or {}, **options}, PLUGIN.options, "plans.budget.options")
    return Case(
        ids=np.array(["a", "b", "c", "d"]),
        columns={"clv": np.array([90.0, 10.0, 50.0, np.nan]), "p_alive": np.array([0.9, 0.1, 0.5, np.nan]), "past": np.zeros(4)},
        as_of=date(2026, 1, 1),
        limits=() if budget is None else (Limit("money", budget),),
        options=given,
        tables={"spent": {name: np.array([one[place] for one in spent]) for place, name in enumerate(names)}} if spent else {},
    )


def line(plan: Plan, name: str) -> dict[str, Any]:
    at = plan.lines["customer_id"].tolist().index(name)
    return {column: values[at] for column, values in plan.lines.items()}


def test_without_a_limit_winning_gets_what_blattberg_and_deighton_reckon() -> None:
    plan = PLUGIN.decide(case({"acquisition": ACQUISITION}))
    found = line(plan, "acquisition")
    assert found["cost"] == pytest.approx(7_356.17, abs=0.01)
    assert found["each"] == pytest.approx(7.3561681, abs=1e-5)
    assert found["reached"] == pytest.approx(0.2557305, abs=1e-6)
    assert found["gain"] == pytest.approx(5_430.36, abs=0.01)
    assert found["last"] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("budget", [500.0, 5_000.0, 20_000.0, 1e6])
def test_the_last_unit_brings_the_same_everywhere(budget: float) -> None:
    plan = PLUGIN.decide(case({"acquisition": ACQUISITION, "retention": RETENTION}, budget=budget))
    last = [line(plan, name)["last"] for name in ("acquisition", "retention") if line(plan, name)["cost"] > 0]
    assert np.ptp(last) < 1e-4
    assert plan.cost <= budget
    assert min(last) >= 1 - 1e-4
    (money,) = plan.used
    assert money.price == pytest.approx(max(last) - 1, abs=1e-3)


def test_a_split_that_is_not_even_in_its_returns_is_refused_as_a_mistake_of_ours() -> None:
    found = Responses.of(read_responses({"acquisition": ACQUISITION, "retention": RETENTION}), {}, {})
    with pytest.raises(Bug, match="same everywhere"):
        _assert_equal_returns(found, np.array([3_000.0, 0.0, 2_000.0, 0.0]), 5_000.0)


def test_no_other_split_in_whole_euros_gains_more() -> None:
    plan = PLUGIN.decide(case({"acquisition": ACQUISITION, "retention": RETENTION}, budget=900.0))
    won = np.arange(0.0, 901.0)
    found = Responses.of(read_responses({"acquisition": ACQUISITION, "retention": RETENTION}), {}, {})
    people, value, ceiling, rate = found.usable()
    tried = np.stack([won, 0 * won, 900 - won, 0 * won], axis=1)
    gains = (brought(people, value, ceiling, rate, tried) - tried).sum(axis=1)
    assert plan.gain >= gains.max() - 0.02
    assert plan.gain <= plan.bound
    assert all(plan.gain >= other.gain for other in plan.compared)


def test_a_purpose_without_a_response_gets_nothing_and_is_told_what_would_pay() -> None:
    plan = PLUGIN.decide(case({"acquisition": ACQUISITION}, budget=3_000.0))
    found = line(plan, "retention")
    assert (found["cost"], found["gain"], found["reason"], found["source"]) == (0, 0, "unknown", "none")
    # 9,000 spent on two customers who are worth 100 each if they stay.
    assert found["break_even"] == pytest.approx(9_000 / 200)
    assert line(plan, "development")["reason"] == "unknown_plain"


def test_where_nobody_says_how_spending_works_no_money_is_given_out_and_an_experiment_is_named() -> None:
    small = tuple((*one[:5], one[5] / 1_000) for one in SPENT)
    plan = PLUGIN.decide(case(spent=small, budget=3_000.0))
    assert (plan.gain, plan.cost) == (0, 0)
    assert "budget_no_response" in {notice.key for notice in plan.notices}
    tried = {one["purpose"]: one for one in plan.facts["experiments"]}
    assert tried["retention"]["share"] == pytest.approx(9 / 200)
    assert tried["retention"]["customers"] == sample_size(9 / 200, 0.5)


def test_shares_of_phases_add_up_to_one_and_what_came_before_the_purchase_is_told() -> None:
    plan = PLUGIN.decide(case({"acquisition": ACQUISITION}))
    phases = {one["phase"]: one for one in plan.facts["phases"]}
    amounts = {"before_purchase": 6_400, "purchase": 7_000, "after_sales": 2_800, "loyalty": 9_600}
    assert {phase: one["amount"] for phase, one in phases.items()} == amounts
    assert sum(round(10_000 * one["share"]) for one in phases.values()) == 10_000
    assert plan.facts["without_phase"] == 50
    (told,) = [notice for notice in plan.notices if notice.key == "budget_before_purchase"]
    assert told.values["share"] == pytest.approx(6_400 / 25_800, abs=1e-4)


def test_shares_add_up_whatever_the_amounts() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        found = shares({str(n): float(amount) for n, amount in enumerate(rng.gamma(0.3, 100, rng.integers(1, 9)))})
        assert sum(round(10_000 * share) for share in found.values()) == 10_000
    assert shares({"a": 0.0}) == {"a": 0.0}


def test_what_can_be_chosen_goes_to_the_purpose_of_the_customers_stage_and_serving_is_no_choice() -> None:
    assert by_aim(expenses(case())) == {"acquisition": 6_400, "development": 500, "retention": 9_000, "win_back": 100}
    assert sum(by_phase(expenses(case())).values()) == 25_800


def test_the_phase_of_a_name_can_be_said() -> None:
    said = case(phases={"mailing": "before_purchase", "Besuch": "before_purchase"})
    assert by_phase(expenses(said))["before_purchase"] == 15_900
    assert phase_of("complaint", "late", "", is_before=False, phases={}) == "after_sales"


def test_budgets_have_the_phase_somebody_says_and_their_shares_add_up() -> None:
    given = case(phases={"Werbung": "before_purchase", "Kulanz": "after_sales"})
    budgets = {"name": np.array(["Kulanz", "Team", "Werbung"]), "amount": np.array([24.0, 50.0, 76.0])}
    found = PLUGIN.decide(replace(given, tables={**given.tables, "budgets": budgets})).facts
    assert {one["name"]: one["phase"] for one in found["budgets"]} == {"Kulanz": "after_sales", "Team": "", "Werbung": "before_purchase"}
    assert {one["phase"]: one["share"] for one in found["budget_phases"] if one["share"]} == {"before_purchase": 0.76, "after_sales": 0.24}


def test_today_is_cut_to_the_limit_and_never_gains_more() -> None:
    won = (("acquisition", "acquisition_cost", "", True, "", 9_000.0), ("activity", "Besuch", "sales", False, "retention", 200.0))
    plan = PLUGIN.decide(case({"acquisition": ACQUISITION, "retention": RETENTION}, budget=4_000.0, spent=won))
    (today,) = [other for other in plan.compared if other.name == "today"]
    assert today.cost == pytest.approx(4_000, abs=0.02)
    assert plan.gain > today.gain
    assert plan.chance_better is not None
    assert 0.5 < plan.chance_better <= 1


def test_the_interval_comes_from_low_and_high_and_is_unknown_without_them() -> None:
    plan = PLUGIN.decide(case({"acquisition": ACQUISITION, "retention": RETENTION}, budget=4_000.0))
    assert plan.lower < plan.gain < plan.upper
    assert np.isnan(PLUGIN.decide(case({"acquisition": ACQUISITION}, budget=4_000.0)).lower)


def test_shifting_money_to_winning_loses_on_both_sides_of_the_best_share() -> None:
    plan = PLUGIN.decide(case({"acquisition": ACQUISITION, "retention": RETENTION}, budget=4_000.0))
    gains = np.array([one["gain"] for one in plan.facts["shift"]])
    best = int(gains.argmax())
    assert [one["acquisition_share"] for one in plan.facts["shift"]] == pytest.approx(np.linspace(0, 1, 21), abs=0.005)
    assert np.all(np.diff(gains[: best + 1]) >= 0)
    assert np.all(np.diff(gains[best:]) <= 0)
    assert gains.max() <= plan.gain + 0.02
    assert plan.facts["shift"][best]["acquisition_share"] == pytest.approx(line(plan, "acquisition")["cost"] / plan.cost, abs=0.051)


def test_the_curve_rises_ever_more_slowly_and_its_parts_are_the_budget() -> None:
    plan = PLUGIN.decide(case({"acquisition": ACQUISITION, "retention": RETENTION}, budget=4_000.0))
    assert np.all(np.diff(plan.curve["gain"]) >= -0.011)
    assert np.all(np.diff(plan.curve["gain"], 2) <= 0.03)
    parts = sum(plan.curve[name] for name in ("acquisition", "development", "retention", "win_back"))
    assert np.all(parts <= plan.curve["budget"] + 0.03)


def test_least_and_most_of_a_purpose_are_kept() -> None:
    plan = PLUGIN.decide(case({"acquisition": {**ACQUISITION, "least": 3_000}, "retention": {**RETENTION, "most": 500}}, budget=3_600.0))
    assert line(plan, "acquisition")["cost"] >= 3_000
    assert line(plan, "retention")["cost"] <= 500
    assert plan.cost <= 3_600


def test_minimums_beyond_the_limit_are_named() -> None:
    with pytest.raises(DataError, match=r"acquisition 3,000.00.*retention 900.00.*3,900.00.*limit of money is 2,000.00"):
        PLUGIN.decide(case({"acquisition": {**ACQUISITION, "least": 3_000}, "retention": {**RETENTION, "least": 900}}, budget=2_000.0))


def test_everything_wrong_with_responses_is_told_at_once() -> None:
    wrong = {
        "winning": ACQUISITION,
        "acquisition": {**ACQUISITION, "share": 0.5, "at": 0},
        "retention": {**RETENTION, "by": "", "low": 0.2, "size": 3},
        "win_back": {**ACQUISITION, "source": "rumour"},
    }
    with pytest.raises(ValueError, match=r"winning is no purpose.*share = 0\.5.*at, the money.*size is not known.*source = 'rumour'"):
        read_responses(wrong)
    with pytest.raises(ValueError, match=r"low, share and high.*who made it"):
        read_responses({"retention": {**RETENTION, "by": "", "low": 0.2}})


def test_a_negative_budget_and_a_limit_that_is_no_money_are_told_at_once() -> None:
    wrong = replace(case(), limits=(Limit("money", -1.0), Limit("visits", 5.0)))
    with pytest.raises(DataError, match=r"(?s)money is -1.*limit for visits"):
        PLUGIN.decide(wrong)


def test_whom_it_is_about_and_what_they_are_worth_comes_from_the_data_unless_it_is_said() -> None:
    found = counted(case())
    assert found["retention"] == (2, pytest.approx(100))
    assert found["win_back"] == (1, pytest.approx(100))
    assert "acquisition" not in found
    asked = {name: value for name, value in RETENTION.items() if name not in ("customers", "value")}
    plan = PLUGIN.decide(case({"retention": asked, "acquisition": {**ACQUISITION, "customers": 10}}))
    assert line(plan, "retention")["people"] == 2
    acquisition = {name: value for name, value in ACQUISITION.items() if name not in ("customers", "value")}
    unknown = PLUGIN.decide(case({"acquisition": acquisition}))
    assert "budget_unknown_worth" in {notice.key for notice in unknown.notices}
    assert unknown.cost == 0


def test_random_cases_keep_the_limit_and_beat_every_other_way() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        given = PLUGIN.example(rng, 30)
        plan = PLUGIN.decide(given)
        assert plan.cost <= min((limit.amount for limit in given.limits), default=np.inf)
        assert all(plan.gain >= other.gain for other in plan.compared)
        assert plan.gain <= plan.bound + 1e-9
        assert round(float(plan.lines["gain"].sum()), 2) == plan.gain
        for at in range(len(plan.lines["gain"])):
            row = {name: values[at] for name, values in plan.lines.items()}
            assert "nan" not in filled(plan.reasons[str(row["reason"])], row)
