"""Loss makers: levers first, then exit; what is avoidable, and what would be lost with the customer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kundenwert.decisions._one_each_plan import DAY
from kundenwert.decisions.repair import PLUGIN, STAGES, change_by_exit
from kundenwert.records.plans import Case, Plan

OPTIONS = {option.name: option.default for option in PLUGIN.options}
CAUSES = ("discount", "orders", "visits", "returns", "complaints")


def case(count: int = 1, *, options: dict[str, float] | None = None, **columns: Any) -> Case:
    """Customers without cost or loss but for the columns given."""
    base = {"result": 0.0, "year_db1": 0.0, "year_gross": 0.0, "year_revenue": 0.0, "db4": 0.0}
    base |= {f"year_{stage}": 0.0 for stage in STAGES}
    base |= {f"{cause}_{name}": 0.0 for cause in CAUSES for name in ("cost", "usual", "units")}
    table = {name: np.full(count, amount) for name, amount in base.items()}
    table |= {name: np.broadcast_to(np.asarray(amount, dtype=float), (count,)) for name, amount in columns.items()}
    ids = np.array([f"{n:04d}" for n in range(count)])
    return Case(ids=ids, columns=table, as_of=DAY, options={**OPTIONS, **(options or {})})


def k2(**options: float) -> Case:
    """The customer K2 of the scheme beside K1, who buys the same at list price (value-models 3.2)."""
    return case(
        options=options or None,
        result=-10_670,
        year_db1=23_000,
        year_gross=120_000,
        year_revenue=86_000,
        year_marketing=1_500,
        year_sales=8_400 + 9_100,
        year_service=3_750,
        year_logistics=10_920,
        discount_cost=36_000,
        discount_usual=17_000,
        orders_cost=9_100,
        orders_usual=3_360,
        orders_units=260,
        visits_cost=8_400,
        visits_usual=5_040,
        visits_units=30,
        complaints_cost=3_750,
        complaints_usual=2_100,
        complaints_units=25,
    )


def by_lever(found: Plan) -> dict[str, dict[str, Any]]:
    rows = [{name: values[n] for name, values in found.lines.items()} for n in range(len(found.lines["action"]))]
    return {str(row["reason"]): row for row in rows}


def test_discount_and_small_orders_are_the_levers_of_k2_with_their_change_of_contribution() -> None:
    told = by_lever(PLUGIN.decide(k2(avoidable_sales=1.0, avoidable_service=1.0)))
    assert list(told)[:2] == ["discount", "orders"]
    assert told["discount"]["saves"] == 19_000.0
    assert (told["discount"]["now"], told["discount"]["target"]) == (pytest.approx(0.3), pytest.approx(17 / 120))
    assert told["orders"]["saves"] == 5_740.0
    assert (told["orders"]["now"], told["orders"]["target"]) == (260, 96)
    assert told["orders"]["minimum_order"] == pytest.approx(86_000 / 96, abs=0.01)


def test_only_the_avoidable_part_of_a_cost_counts() -> None:
    told = by_lever(PLUGIN.decide(k2()))
    assert (told["discount"]["saves"], told["orders"]["saves"], told["visits"]["saves"]) == (19_000.0, 2_870.0, 1_680.0)
    # Contribution I of 23,000 less 1,500, 8,750, 1,875 and 10,920: with K2 gone 45 would be missing, and 10,625 of cost stay.
    assert (told["orders"]["avoidable"], told["orders"]["unavoidable"]) == (-45.0, 10_625.0)


def test_deliveries_that_fall_away_with_orders_are_logistics() -> None:
    # Of 3,000 for orders 1,200 can be sales; the other 1,800 are deliveries.
    ordered = {"orders_cost": 3_000.0, "orders_usual": 600.0, "orders_units": 70, "year_sales": 1_200.0, "year_logistics": 2_000.0}
    told = by_lever(PLUGIN.decide(case(result=-2_000.0, year_db1=1_200.0, **ordered)))
    assert told["orders"]["saves"] == 2_400 * (0.6 * 1.0 + 0.4 * 0.5)


def test_without_a_customer_the_total_changes_by_its_avoidable_part_only() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        found = PLUGIN.example(rng, 30)
        contribution = found.columns["year_db1"]
        costs = {stage: found.columns[f"year_{stage}"] for stage in STAGES}
        shares = {stage: float(rng.random()) for stage in STAGES}
        before = (contribution - sum(costs.values())).sum()
        gone = rng.random(30) < 0.3
        stays = sum((cost * (1 - shares[stage]))[gone].sum() for stage, cost in costs.items())
        after = (contribution - sum(costs.values()))[~gone].sum() - stays
        assert after - before == pytest.approx(change_by_exit(contribution, costs, shares)[gone].sum())


def test_without_a_word_on_how_many_accept_no_gain_is_promised() -> None:
    ranked = PLUGIN.decide(k2())
    assert (ranked.gain, ranked.lines["action"][0]) == (0.0, "lower discount")
    assert "repair_unknown" in {notice.key for notice in ranked.notices}
    half = PLUGIN.decide(k2(accepted=0.5))
    assert half.gain == pytest.approx(half.lines["saves"].sum() / 2)
    assert half.lines["gain"][0] == 9_500.0


def test_exit_is_proposed_only_where_the_levers_are_not_enough_and_is_in_no_total() -> None:
    lost = case(result=-1000.0, year_db1=-400.0, year_logistics=600.0, year_revenue=500.0, year_gross=500.0)
    found = PLUGIN.decide(lost)
    told = by_lever(found)
    assert (told["exit"]["if_exit"], told["exit"]["left"], told["exit"]["gain"], found.gain) == (1000.0, 1000.0, 0.0, 0.0)
    assert (told["exit"]["step"], told["exit"]["needs_reason"]) == (2, 1)
    mended = case(result=-1000.0, year_db1=-400.0, year_logistics=600.0, returns_cost=1100.0, returns_usual=50.0, returns_units=22)
    assert list(by_lever(PLUGIN.decide(mended))) == ["returns"]


def test_what_it_brings_by_recommending_and_could_still_buy_is_lost_by_an_exit() -> None:
    lost = case(result=-1000.0, year_db1=-1000.0, gap_within_reach=300.0, referral_value=250.0, reference_value=100.0)
    told = by_lever(PLUGIN.decide(lost))["exit"]
    assert (told["lost_cross"], told["lost_reference"], told["if_exit"]) == (300.0, 350.0, 350.0)
    assert "exit" not in by_lever(PLUGIN.decide(replace(lost, columns={**lost.columns, "referral_value": np.array([900.0])})))


def test_price_payment_and_ending_need_a_written_reason_and_visits_do_not() -> None:
    told = by_lever(PLUGIN.decide(k2()))
    assert {name: int(row["needs_reason"]) for name, row in told.items()} == {"discount": 1, "orders": 1, "visits": 0, "complaints": 0}


def test_who_pays_late_is_asked_for_a_shorter_term_whether_a_loss_maker_or_not() -> None:
    found = PLUGIN.decide(case(3, result=500.0, year_revenue=36_500.0, days_late=[19.0, 21.0, 40.0]))
    assert found.lines["customer_id"].tolist() == ["0002", "0001"]
    assert found.lines["saves"].tolist() == [400.0, 210.0]


def test_calls_take_the_place_of_visits_only_where_fewer_visits_are_not_enough() -> None:
    visited = {"year_db1": 500.0, "year_sales": 4_000.0, "visits_cost": 4_000.0, "visits_usual": 2_000.0, "visits_units": 20}
    told = by_lever(PLUGIN.decide(case(options={"call_cost": 14.0, "avoidable_sales": 1.0}, result=-3_500.0, **visited)))
    assert list(told)[:1] == ["channel"]
    assert told["channel"]["saves"] == 4_000 - 20 * 14
    enough = case(options={"call_cost": 14.0, "avoidable_sales": 1.0}, result=-1_500.0, **{**visited, "year_db1": 2_500.0})
    assert list(by_lever(PLUGIN.decide(enough))) == ["visits"]


def test_who_costs_more_to_address_than_it_can_bring_is_addressed_no_more() -> None:
    visited = {"year_db1": 50.0, "year_marketing": 30.0, "year_sales": 400.0, "visits_cost": 400.0, "visits_units": 2}
    told = by_lever(PLUGIN.decide(case(result=-380.0, migration_stop=1.0, **visited)))
    assert told["stop_addressing"]["saves"] == 30 + 0.5 * 400
    assert "visits" not in told


def test_customers_who_bring_something_are_left_alone() -> None:
    found = PLUGIN.decide(case(result=10.0, year_gross=100.0, discount_cost=50.0, discount_usual=5.0))
    assert len(found.lines["gain"]) == 0
    assert found.facts["loss_makers"] == 0
