"""Retention: who is at risk, what keeping saves, and that nothing is spent beyond it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kundenwert.decisions._one_each_plan import DAY
from kundenwert.decisions.retention import PLUGIN, at_risk, chance_after_complaint, saving
from kundenwert.errors import DataError
from kundenwert.records.plans import Action, Case, Effect, Limit

OPTIONS = {option.name: option.default for option in PLUGIN.options}
VISIT = Action("visit", "retention", Effect(0.05, 0.10, 0.20, "assumption", by="sales"), {"money": 100.0, "visits": 1}, most=2)


def case(*, clv: list[float], p_alive: list[float], silent: list[float], gap: float = 30.0, **more: Any) -> Case:
    """Customers a, b, c ... who all count among the most valuable."""
    columns = {
        "clv": np.array(clv),
        "p_alive": np.array(p_alive),
        "level": np.full(len(clv), "customer"),
        "silent_days": np.array(silent),
        "usual_gap": np.full(len(clv), gap),
        **more.pop("columns", {}),
    }
    ids = np.array([chr(97 + n) for n in range(len(clv))])
    return Case(ids=ids, columns=columns, as_of=DAY, options={**OPTIONS, "top": 1.0, **more.pop("options", {})}, **more)


def test_the_saving_is_what_staying_is_worth_times_the_rise_of_the_chance() -> None:
    found = PLUGIN.decide(case(clv=[500.0], p_alive=[0.5], silent=[90.0], actions=(replace(VISIT, most=1),)))
    # 1000 if it stays, ten points more: 100 saved, 100 spent leaves nothing; twice as valuable leaves 100.
    assert len(found.lines["gain"]) == 0
    found = PLUGIN.decide(case(clv=[1000.0], p_alive=[0.5], silent=[90.0], actions=(replace(VISIT, most=1),)))
    assert (found.lines["if_stays"][0], found.lines["saving"][0], found.lines["gain"][0]) == (2000.0, 200.0, 100.0)
    assert found.lines["break_even"][0] == pytest.approx(0.05)
    assert (found.lower, found.upper) == (0.0, 300.0)


def test_nobody_is_saved_beyond_the_risk_there_is() -> None:
    found = PLUGIN.decide(case(clv=[98_000.0], p_alive=[0.98], silent=[90.0], actions=(VISIT,)))
    assert found.lines["saving"][0] == pytest.approx((1 - 0.98) * 100_000)
    assert float(saving(100.0, 20.0, 0.5)) == 40.0


def test_never_more_is_spent_on_a_customer_than_is_saved() -> None:
    rng = np.random.default_rng(5)
    for _ in range(6):
        lines = PLUGIN.decide(PLUGIN.example(rng, 60)).lines
        assert (lines["cost"] <= lines["saving"] + 0.005).all()
        assert (lines["saving"] <= lines["if_stays"] * (1 - lines["chance_stays"]) + 0.01).all()


def test_at_risk_is_who_is_silent_beyond_the_own_rhythm_or_has_another_sign() -> None:
    found = at_risk(
        case(
            clv=[900.0, 900.0, 900.0, 900.0, 100.0],
            p_alive=[0.9, 0.9, 0.9, 0.9, 0.1],
            silent=[10.0, 40.0, 10.0, 10.0, 400.0],
            columns={
                "complaint_open_days": np.array([np.nan, np.nan, 12.0, np.nan, np.nan]),
                "contract_ends_in": np.array([np.nan, np.nan, np.nan, 60.0, np.nan]),
            },
        )
    )
    assert found.rows.tolist() == [1, 2, 3]
    assert found.reason.tolist() == ["overdue", "complaint_open", "contract_ends"]
    # Who is lost already belongs to win-back.
    assert found.lost == 1


def test_no_more_is_saved_than_is_at_stake_now_whatever_the_chance_to_stay_in_a_year() -> None:
    found = PLUGIN.decide(case(clv=[90_000.0], p_alive=[0.9], silent=[90.0], columns={"stays": np.array([0.6])}, actions=(VISIT,)))
    assert found.facts["loss"] == found.lines["saving"][0] == pytest.approx(10_000.0)


def test_only_the_most_valuable_are_looked_at() -> None:
    many = case(clv=[100.0 * n for n in range(1, 11)], p_alive=[1.0] * 10, silent=[99.0] * 10, options={"top": 0.2})
    assert at_risk(many).rows.tolist() == [8, 9]


def test_a_complaint_that_went_wrong_lowers_the_chance_as_far_as_was_counted() -> None:
    told = {name: np.array([count]) for name, count in {
        "badly_handled": 100.0, "badly_handled_bought": 60.0, "well_handled": 100.0, "well_handled_bought": 96.0,
    }.items()}  # fmt: skip
    upset = case(clv=[9000.0], p_alive=[0.9], silent=[10.0], columns={"complaint_bad_days": np.array([20.0])}, tables={"complaints": told})
    found = PLUGIN.decide(replace(upset, actions=(VISIT,)))
    assert found.lines["chance_stays"][0] == pytest.approx(0.625)
    assert found.lines["reason"].tolist() == ["complaint"]
    assert chance_after_complaint(19.0, 1.0, 100.0, 90.0) == 1.0


def test_without_a_known_effect_customers_are_ranked_and_no_money_is_given_out() -> None:
    unknown = replace(VISIT, effect=Effect(0, 0, 0, "none"))
    found = PLUGIN.decide(case(clv=[500.0, 900.0], p_alive=[0.5, 0.6], silent=[90.0, 90.0], actions=(unknown,)))
    assert found.lines["customer_id"].tolist() == ["b", "a"]
    assert found.lines["break_even"] == pytest.approx([100 / 1500, 100 / 1000])
    assert (found.gain, found.cost, found.lines["count"].sum()) == (0.0, 0.0, 0)
    assert found.facts["experiment"]["customers"] > 100
    assert {notice.key for notice in found.notices} == {"no_effect"}


def test_the_dearest_risks_come_first_where_visits_are_short() -> None:
    found = PLUGIN.decide(
        case(
            clv=[5000.0, 3000.0, 4000.0],
            p_alive=[0.5] * 3,
            silent=[90.0] * 3,
            actions=(replace(VISIT, most=1),),
            limits=(Limit("visits", 2), Limit("money", 1000)),
        )
    )
    assert found.lines["customer_id"].tolist() == ["a", "c"]
    assert found.gain == found.bound == 1600.0
    assert {one.name: one.gain for one in found.compared}["biggest"] == 1600.0


def test_what_is_fixed_is_in_the_plan_and_a_clash_names_the_limit() -> None:
    base = case(clv=[5000.0, 300.0], p_alive=[0.5] * 2, silent=[90.0] * 2, actions=(VISIT,), limits=(Limit("visits", 1),))
    found = PLUGIN.decide(replace(base, fixed={"b": {"visit": 1}}))
    assert found.lines["customer_id"].tolist() == ["b"]
    twice = PLUGIN.decide(replace(base, fixed={"b": {"visit": 2}}, limits=(Limit("visits", 3),)))
    assert dict(zip(twice.lines["customer_id"].tolist(), twice.lines["count"].tolist(), strict=True)) == {"a": 1, "b": 2}
    with pytest.raises(DataError, match=r"takes 2\.00 of visits"):
        PLUGIN.decide(replace(base, fixed={"b": {"visit": 2}}))
    with pytest.raises(DataError, match="several actions"):
        PLUGIN.decide(replace(base, actions=(VISIT, replace(VISIT, name="call")), fixed={"b": {"visit": 1, "call": 1}}))
    with pytest.raises(DataError, match=r"takes 2\.00 of visits"):
        PLUGIN.decide(replace(base, at_least={"visit": np.array([1, 1])}))


def test_everything_wrong_is_told_at_once() -> None:
    wrong = case(
        clv=[1.0],
        p_alive=[0.5],
        silent=[90.0],
        actions=(replace(VISIT, costs={}), replace(VISIT, name="call", effect=Effect(0.5, 0.1, 0.2, "assumption"))),
        limits=(Limit("money", -5.0),),
        fixed={"zz": {"visit": 1}},
        at_least={"visit": np.array([9])},
    )
    with pytest.raises(DataError) as raised:
        PLUGIN.decide(wrong)
    told = str(raised.value)
    for part in ("money is -5", "visit costs nothing", "rising order", "unknown", "minimum is above the maximum"):
        assert part in told
