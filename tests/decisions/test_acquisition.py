"""Acquisition: what winning a customer may cost, when it is back, and which leads to follow up, where the truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from kundenwert.decisions._acquired import MONTH_DAYS, Acquired, groups, months_until_paid, worth
from kundenwert.decisions._acquisition_told import ceiling_of, open_amounts
from kundenwert.decisions._offer_case import offer_case, scenarios
from kundenwert.decisions._prospects import alike, counted, follow_up
from kundenwert.decisions.acquisition import PLUGIN, lead_value
from kundenwert.errors import DataError
from kundenwert.records.notices import filled
from kundenwert.records.plans import Case, Limit, Plan

OPTIONS = {option.name: option.default for option in PLUGIN.options}
NOT_WORTH_IT = "Open leads that would cost more than they bring"


def company(
    worths: dict[str, float],
    *,
    customers: int = 400,
    spread: float = 0.6,
    seed: int = 1,
    leads: int = 0,
    limits: tuple[Limit, ...] = (),
    **more: Any,
) -> Case:
    """Customers won evenly over two years, who bring the same every month without end; worths: money a month by channel."""
    rng = np.random.default_rng(seed)
    names = np.array(sorted(worths))
    channel = rng.integers(0, len(names), customers)
    age = rng.integers(1, 24, customers) * MONTH_DAYS
    each = np.array([worths[str(name)] for name in names])[channel] * rng.lognormal(-(spread**2) / 2, spread, customers)
    months = np.round(age / MONTH_DAYS)
    force = np.log1p(0.1) / 365.25
    at = np.arange(24)[None, :] < months[:, None]
    factors = np.exp(-force * (np.arange(24) + 0.5) * MONTH_DAYS)
    realised = each * (at * factors).sum(axis=1)
    a_day = each / MONTH_DAYS
    within = a_day * -np.expm1(-force * 1826) / force
    columns = {
        "clv": within,
        "clv_beyond": a_day * np.exp(-force * 1826) / force,
        "past": each * months,
        "won_age": age,
        "won_cost": np.full(customers, 300.0),
        "won_realised": realised,
        "won_within": realised,
        "won_channel": channel.astype(float),
    } | {f"won_{key}": np.zeros(customers) for key in ("industry", "region", "quarter", "product")}
    rows = [(key, 0, "one") for key in ("industry", "region", "quarter", "product")] + [
        ("channel", n, str(name)) for n, name in enumerate(names)
    ]
    cells = [(code, month) for code in range(len(names)) for month in range(24)]
    booked = np.array([each[(channel == code) & (months > month)].sum() for code, month in cells])
    sources = rng.integers(0, len(names), leads)
    return Case(
        ids=np.array([f"{n:05d}" for n in range(customers)]),
        columns=columns,
        as_of=date(2026, 1, 1),
        limits=limits,
        margin=0.25,
        options=OPTIONS | more,
        tables={
            "names": {name: np.array(column) for name, column in zip(("key", "code", "name"), zip(*rows, strict=True), strict=True)},
            "course": {
                "key": np.full(len(cells), "channel"),
                "code": np.array([code for code, _ in cells]),
                "month": np.array([month for _, month in cells]),
                "nominal": booked,
                "discounted": booked * factors[[month for _, month in cells]],
            },
            "leads": {
                "lead_id": np.array([f"L{n:04d}" for n in range(leads)]),
                "stage": np.full(leads, "qualified"),
                "reached": np.full(leads, "lead"),
                "age": np.arange(leads, dtype=float),
                "source": names[sources],
                "channel": sources,
                "industry": np.zeros(leads, dtype=int),
                "region": np.zeros(leads, dtype=int),
            },
            "funnel": {
                "source": np.repeat(names, 2),
                "reached": np.full(2 * len(names), "lead"),
                "state": np.tile(["won", "lost"], len(names)),
                "stage": np.tile(["won", "lost"], len(names)),
                "leads": np.tile([50, 150], len(names)),
            },
        },
    )


def rows(plan: Plan, kind: str) -> list[dict[str, Any]]:
    return [{name: column[at] for name, column in plan.lines.items()} for at in np.flatnonzero(plan.lines["kind"] == kind)]


def row(plan: Plan, table: str, name: str) -> dict[str, Any]:
    return next(one for one in plan.facts[table] if one["name"] == name)


def test_the_mobile_operator_comes_out_to_the_cent() -> None:
    found = offer_case(margin=9.5, churn=0.018, term=24, cost=180 + 60 + 45, discount_rate=0.08, horizon_months=60)
    assert found.months == (12, 24, 36, 48, 60)
    assert [round(amount, 4) for amount in found.nominal[1:]] == [228.0, 329.5039, 411.1285, 476.7670]
    assert [round(amount, 4) for amount in found.discounted[1:]] == [210.6427, 294.2490, 356.5011, 402.8530]
    assert (found.payback, found.payback_discounted) == (31, 35)
    assert (round(found.ceiling, 2), round(found.within_term, 4), round(found.after_term, 4)) == (537.98, 210.6427, 327.3350)
    assert round(found.ceiling_within, 4) == 402.8530
    assert found.is_after_term


def test_half_a_point_more_churn_lowers_the_ceiling_as_summed_by_hand() -> None:
    options = {
        "monthly_margin": 9.5,
        "monthly_churn": 0.018,
        "minimum_term": 24,
        "costs": {"handset": 180, "commission": 60, "advertising": 45},
    }
    plain, more = scenarios({**options, "churn_step": 0.005}, 0.08, 60)
    assert plain.cost == more.cost == 285
    assert more.churn == pytest.approx(0.023)
    by_hand = sum(9.5 * 1.08 ** (-month / 12) * (1 - 0.023) ** max(month - 24, 0) for month in range(1, 3_000))
    assert more.ceiling == pytest.approx(by_hand)
    assert round(more.ceiling, 2) == 480.99
    assert (more.payback, more.payback_discounted) == (31, 35)


def test_the_plan_tells_an_offer_with_its_horizon_its_rate_and_that_it_rests_on_churn_after_the_term() -> None:
    case = replace(
        company({"Web": 40.0}, monthly_margin=9.5, monthly_churn=0.018, minimum_term=24, costs={"all": 285.0}), discount_rate=0.08
    )
    plan = PLUGIN.decide(case)
    first, second = rows(plan, "offer")
    assert (first["ceiling_endless"], first["payback"], first["payback_discounted"]) == (537.98, 31, 35)
    assert second["ceiling_endless"] < first["ceiling_endless"]
    assert plan.facts["offers"][0]["discount_rate"] == 0.08
    assert plan.facts["offers"][0]["horizon_months"] == 60
    told = {notice.key: str(notice) for notice in plan.notices}
    assert {"acquisition_after_term", "acquisition_more_churn"} <= set(told)
    assert told["acquisition_offer"] == "The offer may cost up to 537.98 at 8.0% a year without end (210.64 within the term, 327.34 after)."
    assert told["acquisition_offer_back"] == "The 285.00 it costs are back in month 31, with interest in month 35."
    assert "8.0% a year" in " ".join(str(notice) for notice in plan.assumes)


def test_an_even_flow_is_worth_its_annuity_whenever_a_customer_was_won() -> None:
    case = company({"Web": 40.0}, spread=0.0)
    acquired = Acquired.of(case)
    found = worth(acquired, case.value_horizon_days, case.discount_rate)
    force = np.log1p(0.1) / 365.25
    assert np.allclose(found.within, 40 / MONTH_DAYS * -np.expm1(-force * 1826) / force, rtol=2e-4)
    assert np.allclose(found.endless, 40 / MONTH_DAYS / force, rtol=2e-4)
    assert np.allclose(found.rate, force)


def test_a_planted_channel_is_found_with_its_value_its_ceiling_and_its_payback() -> None:
    plan = PLUGIN.decide(company({"Fair": 10.0, "Referral": 80.0, "Web": 30.0}))
    for name, month in (("Fair", 10.0), ("Referral", 80.0), ("Web", 30.0)):
        found = row(plan, "channels", name)
        truth = month / MONTH_DAYS * -np.expm1(-np.log1p(0.1) / 365.25 * 1826) / (np.log1p(0.1) / 365.25)
        assert found["value"] == pytest.approx(truth, rel=0.15)
        assert found["lower"] < truth < found["upper"]
        assert found["own_share"] > 0.9
        assert found["ceiling"] <= found["value"] < found["ceiling_endless"]
        assert found["payback"] == pytest.approx(300 / month, rel=0.25, abs=1)
        assert (found["payback_discounted"] or 99) >= found["payback"]
    assert rows(plan, "channel")[0]["customer_id"] == "Referral"


def test_a_course_ends_at_the_value_and_its_months_are_what_came_and_what_will_come() -> None:
    case = company({"Fair": 10.0, "Referral": 80.0})
    acquired = Acquired.of(case)
    valued = worth(acquired, case.value_horizon_days, case.discount_rate)
    told = groups(acquired, valued, case.tables["course"], ["channel"], horizon_days=1826, discount_rate=0.1, least=10)
    for found in told.values():
        assert np.allclose(found.discounted[:, -1], found.value, rtol=1e-9)
        assert np.all(np.diff(found.nominal, axis=1) >= -1e-9)
    each = acquired.past / (acquired.age_days / MONTH_DAYS)
    assert told[""].nominal[0, 11] == pytest.approx(12 * each.mean(), rel=0.02)


def test_channels_that_do_not_differ_have_one_value_and_the_plan_says_so() -> None:
    plan = PLUGIN.decide(company({"Fair": 40.0, "Referral": 40.0, "Web": 40.0}, customers=90, spread=1.2, seed=6))
    values = {found["value"] for found in plan.facts["channels"]}
    assert len(values) == 1
    assert "acquisition_alike_channels" in {notice.key for notice in plan.notices}


def test_few_customers_of_a_channel_count_with_the_mean_of_all_and_the_line_says_so() -> None:
    case = company({"Fair": 10.0, "Referral": 80.0, "Web": 30.0}, customers=300)
    channel = case.columns["won_channel"].copy()
    fair = np.flatnonzero(channel == 0)
    channel[fair[5:]] = 2
    plan = PLUGIN.decide(replace(case, columns={**case.columns, "won_channel": channel}))
    line = next(one for one in rows(plan, "channel") if one["customer_id"] == "Fair")
    assert line["reason"] == "channel_few"
    assert line["own_share"] == 0
    assert row(plan, "channels", "Fair")["value"] == pytest.approx(plan.facts["pooling"]["channel"]["centre"], abs=0.01)
    assert "acquisition_few" in {notice.key for notice in plan.notices}


def test_leads_are_ranked_by_chance_times_value_less_cost_and_no_ceiling_is_above_the_value() -> None:
    plan = PLUGIN.decide(company({"Fair": 10.0, "Referral": 80.0, "Web": 30.0}, leads=60))
    found = rows(plan, "lead")
    assert len(found) + plan.left_out.get(NOT_WORTH_IT, 0) == 60
    gains = [one["gain"] for one in found]
    assert gains == sorted(gains, reverse=True)
    for one in found:
        assert one["ceiling"] <= one["value"]
        assert one["ceiling"] == pytest.approx(0.25 * one["value"], abs=0.01)
        assert one["gain"] == pytest.approx(float(lead_value(one["chance"], one["value"], one["cost_each"])), abs=0.02)
    assert found[0]["source"] == "Referral"
    assert plan.gain == pytest.approx(sum(gains))


def test_leads_that_cost_more_than_they_bring_are_left_out_and_counted() -> None:
    case = company({"Fair": 1.0, "Referral": 80.0}, leads=40)
    plan = PLUGIN.decide(case)
    sources = case.tables["leads"]["source"]
    assert {one["source"] for one in rows(plan, "lead")} == {"Referral"}
    assert plan.left_out == {NOT_WORTH_IT: int((sources == "Fair").sum())}


@pytest.mark.parametrize("budget", [0.0, 74.99, 400.0, 2_000.0])
def test_a_plan_never_costs_more_than_the_budget_and_gains_what_others_do_not(budget: float) -> None:
    plan = PLUGIN.decide(company({"Fair": 10.0, "Referral": 80.0, "Web": 30.0}, leads=60, limits=(Limit("money", budget),)))
    assert plan.cost <= budget
    assert plan.lines["cost"].sum() == pytest.approx(plan.cost)
    assert all(plan.gain >= other.gain and other.cost <= budget for other in plan.compared)
    assert plan.gain <= plan.bound + 1e-9
    assert np.all(np.diff(plan.curve["gain"]) >= 0)


def test_small_budgets_are_filled_as_well_as_trying_all_sets_would() -> None:
    rng = np.random.default_rng(2)
    sets = np.array(np.meshgrid(*[[0, 1]] * 9)).reshape(9, -1).T
    for _ in range(60):
        gain, cost = rng.integers(1, 60, 9).astype(float), rng.integers(1, 40, 9).astype(float)
        budget = float(rng.integers(5, 120))
        found = follow_up(gain, cost, budget, np.arange(9))
        best = (sets @ gain)[sets @ cost <= budget].max()
        assert cost[found.places].sum() <= budget
        assert found.bound >= best - 1e-9
        assert found.gain == pytest.approx(best)


def test_the_chance_to_win_is_counted_and_below_twenty_wins_only_the_pooled_figure_counts() -> None:
    funnel = {
        "source": ["Fair", "Fair", "Web", "Web", "Web"],
        "reached": ["lead", "lead", "lead", "offer", "lead"],
        "state": ["won", "lost", "won", "won", "lost"],
        "leads": [30, 30, 10, 9, 141],
    }
    found = counted({name: np.array(column) for name, column in funnel.items()})
    assert found.pooled == pytest.approx(49 / 220)
    assert found.chance("FAIR", "lead") == (0.5, "source", 60)
    assert found.chance("Web", "lead") == (49 / 220, "stage", 220)
    assert found.chance("Web", "offer") == (49 / 220, "all", 220)


def test_without_decided_leads_nothing_is_followed_up_and_the_plan_says_why() -> None:
    case = company({"Web": 30.0}, leads=5)
    plan = PLUGIN.decide(replace(case, tables={**case.tables, "funnel": {}}))
    assert not rows(plan, "lead")
    assert plan.left_out == {"Open leads of which the chance to win them is not known": 5}
    assert "acquisition_no_wins" in {notice.key for notice in plan.notices}


def test_prospects_like_few_customers_are_pulled_towards_those_who_share_the_wider_key() -> None:
    rng = np.random.default_rng(6)
    channel, industry = rng.integers(0, 2, 2_000), rng.integers(0, 3, 2_000)
    rare = (channel == 1) & (industry == 2)
    keep = ~rare | (np.cumsum(rare) <= 4)
    true = np.array([[100.0, 200.0, 300.0], [400.0, 500.0, 9_000.0]])
    channel, industry = channel[keep], industry[keep]
    found = alike(rng.normal(true[channel, industry], 40), [channel, industry], [np.array([0, 1, 1]), np.array([2, 1, 2])], least=10)
    assert found.value[0] == pytest.approx(300, abs=15)
    assert found.value[1] == pytest.approx(500, abs=15)
    of_channel = float(np.mean(rng.normal(true[1, industry[(channel == 1)]], 0)))
    assert found.value[2] == pytest.approx(of_channel, rel=0.2)
    assert found.own_share[2] == 0
    assert found.customers.tolist()[2] == 4


def test_capitals_in_the_name_of_a_source_make_no_difference_to_the_chance() -> None:
    funnel = {
        name: np.array(column)
        for name, column in {"source": ["fair", "FAIR"], "reached": ["lead"] * 2, "state": ["won", "lost"], "leads": [25, 75]}.items()
    }
    assert counted(funnel).chance("Fair", "lead") == (0.25, "source", 100)


def test_each_customer_has_a_running_account_until_the_cost_is_back() -> None:
    case = company({"Web": 30.0}, customers=200)
    plan = PLUGIN.decide(case)
    acquired = Acquired.of(case)
    left = open_amounts(acquired)
    found = rows(plan, "account")
    assert {str(one["customer_id"]) for one in found} == set(case.ids[left > 0].tolist())
    assert all(one["open"] == pytest.approx(round(300 - one["brought"], 2)) for one in found)
    assert plan.facts["accounts"] == {
        "customers": 200,
        "cost_unknown": 0,
        "paid_back": int((left == 0).sum()),
        "open": len(found),
        "open_amount": pytest.approx(left.sum()),
    }
    months = months_until_paid(left, acquired, worth(acquired, 1826, 0.1), 1826, 0.1)
    each = acquired.past / (acquired.age_days / MONTH_DAYS)
    assert np.allclose(months, np.where(left > 0, left / each, 0), rtol=1e-6, atol=1e-6)


def test_an_account_of_somebody_who_brings_nothing_any_more_is_not_expected_back() -> None:
    case = company({"Web": 30.0}, customers=50)
    nothing = np.zeros(50)
    plan = PLUGIN.decide(replace(case, columns={**case.columns, "clv": nothing, "clv_beyond": nothing, "past": nothing}))
    assert {str(one["reason"]) for one in rows(plan, "account")} == {"account_lost"}


def test_the_pipeline_adds_up_by_stage_and_the_funnel_to_all_leads() -> None:
    funnel = PLUGIN.decide(company({"Fair": 10.0, "Referral": 80.0}, leads=37)).facts["funnel"]
    assert funnel["pipeline"]["leads"] == 37 == sum(stage["leads"] for stage in funnel["pipeline"]["by_stage"])
    assert funnel["pipeline"]["value"] == pytest.approx(sum(stage["value"] for stage in funnel["pipeline"]["by_stage"]))
    assert funnel["won"] + funnel["lost"] + funnel["open"] == funnel["leads"]
    assert funnel["chance"] == 0.25


def test_cost_and_value_of_a_customer_won_stand_on_one_basis() -> None:
    found = PLUGIN.decide(company({"Web": 30.0})).facts["acquired"]
    assert found["cost_each"] == 300
    assert found["value_per_cost"] == pytest.approx(found["value_each"] / 300, abs=0.01)
    assert (found["value_horizon_days"], found["discount_rate"]) == (1826, 0.1)


def test_money_in_cents_gives_the_plan_in_cents() -> None:
    case = company({"Fair": 10.0, "Referral": 80.0}, leads=30)
    money = ("clv", "clv_beyond", "past", "won_cost", "won_realised", "won_within")
    course = {
        **case.tables["course"],
        "nominal": 100 * case.tables["course"]["nominal"],
        "discounted": 100 * case.tables["course"]["discounted"],
    }
    scaled = replace(
        case,
        columns={name: 100 * column if name in money else column for name, column in case.columns.items()},
        tables={**case.tables, "course": course},
    )
    one, other = PLUGIN.decide(case), PLUGIN.decide(scaled)
    assert other.gain == pytest.approx(100 * one.gain, rel=1e-4)
    assert [row["payback"] for row in one.facts["channels"]] == [row["payback"] for row in other.facts["channels"]]


def test_without_customers_won_in_sight_the_plan_says_so_and_has_no_line() -> None:
    case = company({"Web": 30.0}, customers=20)
    plan = PLUGIN.decide(replace(case, columns={**case.columns, "won_age": np.full(20, np.nan)}))
    assert len(plan.lines["gain"]) == 0
    assert [notice.key for notice in plan.notices] == ["acquisition_nobody"]


def test_without_cost_of_winning_there_is_a_ceiling_and_no_payback() -> None:
    case = company({"Web": 30.0}, leads=3)
    plan = PLUGIN.decide(replace(case, columns={**case.columns, "won_cost": np.full(400, np.nan)}))
    line = rows(plan, "channel")[0]
    assert line["reason"] == "channel_unpriced"
    assert line["ceiling"] > 0
    assert np.isnan(line["payback"])
    assert "acquisition_no_cost" in {notice.key for notice in plan.notices}
    assert plan.cost == 0


def test_everything_wrong_is_told_at_once() -> None:
    case = company({"Web": 30.0}, limits=(Limit("money", -5.0), Limit("visits", 3.0)), monthly_margin=9.5)
    with pytest.raises(DataError, match=r"(?s)money is -5.*limit for visits.*only one of monthly_margin"):
        PLUGIN.decide(case)


def test_a_ceiling_is_in_whole_cents_and_never_above_the_value_nor_below_nothing() -> None:
    assert ceiling_of(np.array([10.019, 10.02, -3.0])).tolist() == [10.01, 10.02, 0.0]


def test_every_line_has_a_reason_that_can_be_read() -> None:
    plan = PLUGIN.decide(company({"Fair": 10.0, "Referral": 80.0, "Web": 2.0}, leads=20))
    for at in range(len(plan.lines["gain"])):
        line = {name: column[at] for name, column in plan.lines.items()}
        assert "nan" not in filled(plan.reasons[str(line["reason"])], line)
