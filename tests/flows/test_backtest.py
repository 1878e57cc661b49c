"""Earlier days of a log as evidence: what is known then, what came, which origins, and the verdict."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal
from math import log
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import exports
import numpy as np
import pytest
from backtests import CLOCK, FIRST, SHOP, SIMPLE, Test, bg_nbd_only, by_name, days_of, line, run_in

from kundenwert import registry
from kundenwert.errors import AmbiguousInput, CallError
from kundenwert.flows.backtest import backtest_project, refit
from kundenwert.flows.look import list_runs
from kundenwert.flows.progress import Progress
from kundenwert.models._fitted import Fitted
from kundenwert.models._statement import Outcome
from kundenwert.models.evidence import candidates
from kundenwert.models.purchases.bg_nbd import BgNbd
from kundenwert.records import Backtest, Calendar


@pytest.fixture
def tested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Test:
    """The backtest of lines (customer, day, ...) as a project."""
    bg_nbd_only(monkeypatch)

    def tested(lines: list[Any], *, name: str = "one", **wanted: Any) -> Backtest:
        return run_in(tmp_path / name, lines, **wanted)

    return tested


@pytest.fixture(scope="module")
def simple_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("simple") / "project"


@pytest.fixture(scope="module")
def simple(simple_folder: Path) -> Backtest:
    """A shop without returns, 20 weeks ahead."""
    with pytest.MonkeyPatch.context() as patch:
        bg_nbd_only(patch)
        return run_in(simple_folder, SIMPLE, horizon="20w", as_of="2024-11-30")


# ---- origins ----------------------------------------------------------------------------------------------------------


def test_origins_lie_half_a_horizon_apart_and_leave_one_and_a_half_for_calibration(simple: Backtest) -> None:
    found = simple
    last, first = date(2024, 11, 30), min(day for _, day, *_ in SIMPLE)
    days = [(last - one.origin).days for one in found.origins]
    assert days == [140 * (2 + k) // 2 for k in range(len(days))]
    assert all((one.until - one.origin).days == one.days == found.days == 140 for one in found.origins)
    earliest = found.origins[-1]
    assert (earliest.origin - first).days >= 210
    assert earliest.customers >= 100
    earlier = earliest.origin - timedelta(days=70)
    known = sum(min(days) <= earlier for days in days_of(SIMPLE).values())
    assert (earlier - first).days < 210 or known < 100
    assert not any(notice.key == "short_backtest" for notice in found.notices)


def test_a_log_too_short_for_the_horizon_is_looked_ahead_as_far_as_it_allows(tested: Test) -> None:
    lines = [line(customer, customer % 30 + 20 * k) for customer in range(150) for k in range(19)]
    found = tested(lines, horizon="12m", as_of=str(FIRST + timedelta(days=350)))
    assert found.days == 140
    assert [one.origin for one in found.origins] == [FIRST + timedelta(days=210)]
    keys = {notice.key: notice for notice in found.notices}
    assert str(keys["short_backtest"]) == "The log is too short for the horizon of 12m: the forecasts looked 140 days ahead."
    assert "one_origin" in keys


def test_the_hundredth_customer_limits_how_far_is_looked_ahead(tested: Test) -> None:
    lines = [line(customer, 3 * customer + 9 * k) for customer in range(120) for k in range(60) if 3 * customer + 9 * k <= 350]
    found = tested(lines, horizon="12m", as_of=str(FIRST + timedelta(days=350)))
    assert found.days == 350 - 3 * 99
    assert found.origins[0].customers == 100


@pytest.mark.parametrize(("customers", "words"), [(99, "fewer than 100 customers"), (100, "only from 2023-04-11 on")])
def test_where_no_origin_is_possible_the_verdict_says_why(tested: Test, customers: int, words: str) -> None:
    lines = [line(customer, day) for customer in range(customers) for day in (customer, 101)]
    found = tested(lines, horizon="4w")
    assert (found.origins, found.pooled, found.chosen) == ((), (), None)
    assert found.verdict.startswith("No backtest is possible: ")
    assert words in found.verdict


def test_customers_whose_purchases_were_all_taken_back_do_not_count(tested: Test) -> None:
    lines = [line(customer, day) for customer in range(100) for day in (0, 60, 90)]
    lines += [line(0, 1, quantity=-1, invoice="G1"), line(0, 61, quantity=-1, invoice="G2")]
    found = tested(lines, horizon="4w")
    assert "100 customers a purchase left" in found.verdict


def test_a_named_origin_takes_the_place_of_the_rule(tested: Test) -> None:
    found = tested(SHOP, origins=(date(2024, 3, 1), date(2024, 1, 10)), horizon="6w", as_of="2024-11-30")
    assert [(one.origin, one.until) for one in found.origins] == [
        (date(2024, 3, 1), date(2024, 4, 12)),
        (date(2024, 1, 10), date(2024, 2, 21)),
    ]


@pytest.mark.parametrize("origin", [date(2022, 12, 1), date(2024, 11, 1)])
def test_an_origin_whose_outcome_cannot_be_seen_is_refused(tested: Test, origin: date) -> None:
    with pytest.raises(CallError, match=rf"Origin {origin} .*Expected: a day after .* and not after 2024-10-19"):
        tested(SHOP, origins=(origin,), horizon="6w", as_of="2024-11-30")


def test_a_collective_customer_is_asked_for(tested: Test) -> None:
    lines = [*exports.shop(customers=220, returns=0.0), *(line(9999, day) for day in range(690))]
    with pytest.raises(AmbiguousInput, match="K9999"):
        tested(lines, horizon="30w", as_of="2024-11-20")
    found = tested(lines, horizon="30w", as_of="2024-11-20", collective="K9999")
    assert found.origins[0].customers <= 220


# ---- what was known, and what came ------------------------------------------------------------------------------------


def test_purchases_that_came_are_those_of_a_slow_count(simple: Backtest) -> None:
    assert len(simple.origins) > 2
    for one in simple.origins:
        days = {who: days for who, days in days_of(SIMPLE).items() if min(days) <= one.origin}
        assert one.customers == len(days)
        assert one.purchases == sum(one.origin < day <= one.until for own in days.values() for day in own)


def test_naive_totals_are_those_of_a_slow_count(simple: Backtest) -> None:
    found = simple.origins[0]
    known = [sorted(day for day in days if day <= found.origin) for days in days_of(SIMPLE).values()]
    known = [days for days in known if days]
    recent = Counter(day > found.origin - timedelta(days=140) for days in known for day in days)[True]
    rate = sum((len(days) - 1) / max((found.origin - days[0]).days, 1) * 140 for days in known)
    totals = {name: one.expected_purchases for name, one in by_name(found.forecasts).items()}
    assert totals["last_period"] == recent
    assert totals["own_rate"] == pytest.approx(rate)


def test_the_full_log_gives_what_the_log_cut_at_the_as_of_day_gives(tested: Test) -> None:
    cut = date(2024, 6, 30)
    full = tested(SHOP, horizon="24w", as_of=str(cut), name="full")
    short = tested([line for line in SHOP if line[1] <= cut], horizon="24w", as_of=str(cut), name="cut")
    assert full.origins
    assert asdict(full) == asdict(short)


def test_an_origin_does_not_see_what_came_after_it(tested: Test) -> None:
    origin = date(2024, 3, 1)
    changed = [one for one in SHOP if one[1] <= origin or hash_of(one) % 2]
    before, after = (
        by_name(tested(lines, origins=(origin,), horizon="10w", as_of="2024-11-30", name=name).origins[0].forecasts)
        for name, lines in (("all", SHOP), ("half", changed))
    )
    for name, one in before.items():
        assert one.expected_purchases == pytest.approx(after[name].expected_purchases, rel=1e-12)
        assert one.levels[0].expected == pytest.approx(after[name].levels[0].expected, rel=1e-12)
    assert before["bg_nbd"].rmse != after["bg_nbd"].rmse


def hash_of(line: tuple[Any, ...]) -> int:
    return int(line[0][1:]) // 2


def test_reversals_count_if_they_were_known_when_the_window_ended(tested: Test) -> None:
    lines = [line(customer, customer % 20 + 15 * k) for customer in range(120) for k in range(20) if customer % 20 + 15 * k < 200]
    plain = tested(lines, origins=(FIRST + timedelta(days=100),), horizon="4w", as_of=str(FIRST + timedelta(days=199)), name="plain")
    sale = next(day for customer, day in ((0, day) for day in range(101, 128)) if line(0, day) in lines)
    counted = []
    for back in (sale + 1, 140):
        reversed_ = [*lines, line(0, back, quantity=-1, invoice=f"R0-{sale}")]
        found = tested(
            reversed_, origins=(FIRST + timedelta(days=100),), horizon="4w", as_of=str(FIRST + timedelta(days=199)), name=f"back{back}"
        )
        counted.append(plain.origins[0].purchases - found.origins[0].purchases)
    assert counted == [1, 0]


def test_the_same_again_is_the_same_whatever_the_threads_and_nothing_is_written_into_runs(
    simple: Backtest, simple_folder: Path, tested: Test
) -> None:
    again = backtest_project(simple_folder, {"threads": "2", "horizon": "20w", "as_of": "2024-11-30"}, clock=CLOCK, progress=Progress())
    assert asdict(again) == asdict(simple)
    assert list_runs(simple_folder) == []


def test_of_a_large_base_a_sample_serves_the_same_one_every_time(simple: Backtest, tested: Test) -> None:
    first, again = (
        tested(SIMPLE, horizon="20w", as_of="2024-11-30", how={"sample": 150}, name=name, threads=n) for name, n in ("a1", "b2")
    )
    assert asdict(first) == asdict(again)
    assert (first.sampled, simple.sampled) == (150, None)
    assert [one.origin for one in first.origins] == [one.origin for one in simple.origins][: len(first.origins)]
    for one, whole in zip(first.origins, simple.origins, strict=False):
        assert 100 <= one.customers < whole.customers
        # A random part of the customers has about that part of the purchases.
        assert one.purchases / whole.purchases == pytest.approx(one.customers / whole.customers, rel=0.5)


def test_at_most_so_many_origins_are_the_latest_ones(simple: Backtest, tested: Test) -> None:
    found = tested(SIMPLE, horizon="20w", as_of="2024-11-30", how={"most_origins": 2})
    assert [one.origin for one in found.origins] == [one.origin for one in simple.origins][:2]
    assert found.origins[0].purchases == simple.origins[0].purchases


# ---- money ------------------------------------------------------------------------------------------------------------


def test_revenue_that_came_is_that_of_a_slow_sum_returns_taken_off(tested: Test) -> None:
    origin = date(2024, 3, 1)
    found = tested(SHOP, origins=(origin,), horizon="10w", as_of="2024-11-30").origins[0]
    known = {customer for customer, day, _, _, quantity, *_ in SHOP if quantity > 0 and day <= origin}
    came = sum(
        (Decimal(amount) for customer, day, _, _, _, amount, *_ in SHOP if customer in known and origin < day <= found.until), Decimal(0)
    )
    revenue = {round(one.money.revenue, 4) for one in found.forecasts if one.money}
    assert revenue == {round(float(came), 4)}


def test_returns_are_a_rate_of_their_own_known_at_the_origin(tested: Test, simple: Backtest) -> None:
    days = range(0, 400, 10)
    sales = [line(customer, day + customer % 7) for customer in range(120) for day in days]
    # Every fourth purchase is given back in money alone, twenty days later: no sold piece is found for it.
    back = [
        (f"K{customer:04}", FIRST + timedelta(days=day + 20), f"C{customer}-{day}", "B", -1, "-10.00", "")
        for customer in range(120)
        for day in days[::4]
    ]
    found = tested([*sales, *back], horizon="10w", as_of=str(FIRST + timedelta(days=400)))
    assert found.return_share == pytest.approx(0.25, abs=0.05)
    assert simple.return_share == 0
    latest = by_name(found.origins[0].forecasts)["last_period"].money
    assert latest is not None
    assert latest.bias == pytest.approx(0, abs=0.1)


def test_every_forecast_is_scored_in_money_and_intervals_of_the_best_model(simple: Backtest) -> None:
    for one in (*simple.origins[0].forecasts, *simple.pooled):
        assert one.money is not None
        assert one.money.bias == pytest.approx(one.money.expected_revenue / one.money.revenue - 1)
        assert bool(one.money.levels) == (one.name == simple.best_model)
    pooled = by_name(simple.pooled)["bg_nbd"].money
    assert pooled is not None
    assert pooled.revenue == pytest.approx(sum(one.forecasts[0].money.revenue for one in simple.origins if one.forecasts[0].money))
    for level in pooled.levels:
        assert level.pit == pytest.approx(level.level, abs=0.1)
        assert level.held >= level.pit - 1e-9


def test_amounts_come_with_the_evidence_for_them(simple: Backtest) -> None:
    found = simple.spend
    assert found is not None
    assert [one.name for one in found.scores] == ["gamma_gamma", "gamma_gamma+first", "plain"]
    assert found.chosen in found.sentence or "Amounts are expected from" in found.sentence
    assert found.customers > 100


def test_a_log_without_amounts_has_no_money(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bg_nbd_only(monkeypatch)
    (tmp_path / "kundenwert.toml").write_text('horizon = "20w"\n[[sources]]\nfiles = ["sales.csv"]\n', encoding="utf-8")
    rows = "\n".join(f"{customer},{day.isoformat()}" for customer, day, *_ in SIMPLE)
    (tmp_path / "sales.csv").write_text(f"customer_id,date\n{rows}\n", encoding="utf-8")
    found = backtest_project(tmp_path, {"threads": "1"}, clock=CLOCK, progress=Progress())
    assert found.spend is None
    assert all(one.money is None for one in found.pooled)
    assert set(found.log_errors) == {"purchases"}


# ---- totals -----------------------------------------------------------------------------------------------------------


def test_an_interval_of_a_total_is_learned_from_windows_that_had_ended(simple: Backtest) -> None:
    measures = {total.forecast.measure for total in simple.totals}
    assert measures == {"purchases", "revenue"}
    for total in simple.totals:
        one = next(one for one in simple.origins if one.origin == total.origin)
        ended = [other for other in simple.origins if other.until <= total.origin]
        assert total.forecast.origins == len(ended)
        scored = by_name(one.forecasts)[total.name]
        if total.forecast.measure == "purchases":
            assert total.forecast.mean == pytest.approx(scored.expected_purchases)
            assert total.actual == one.purchases
        assert total.is_held == (total.forecast.lower <= total.actual <= total.forecast.upper)
        if not ended:
            assert total.forecast.level_error == pytest.approx(0.25**2)
    errors = [log(one.purchases / by_name(one.forecasts)["bg_nbd"].expected_purchases) for one in simple.origins]
    assert simple.log_errors["purchases"] == pytest.approx(errors)


def test_one_origin_reports_no_coverage(tested: Test) -> None:
    found = tested(SIMPLE, origins=(date(2024, 3, 1),), horizon="10w", as_of="2024-11-30")
    assert found.totals == ()
    assert len(found.log_errors["purchases"]) == 1


# ---- beyond plain models ----------------------------------------------------------------------------------------------


def test_the_best_model_is_fitted_anew_on_other_histories(simple: Backtest) -> None:
    histories = BgNbd().simulate(BgNbd().example()[0], BgNbd().example()[1], rng=np.random.default_rng(1))
    calendar = Calendar(19_000, 18_000, np.array([18_000, 19_030]), np.array([10]))
    fit = refit(simple, histories, calendar)
    assert fit.parameters == BgNbd().fit(histories).parameters
    assert refit(replace(simple, best_model=None), histories, calendar) is None


# ---- the verdict ------------------------------------------------------------------------------------------------------


def test_customers_who_buy_like_clockwork_need_no_model(tested: Test) -> None:
    lines = [line(customer, day) for customer in range(150) for day in range(customer % 20, 500, 7 + customer % 30)]
    found = tested(lines, horizon="12w", as_of=str(FIRST + timedelta(days=499)))
    assert by_name(found.pooled)[str(found.chosen)].kind == "baseline"
    assert found.verdict.startswith("No model beats the ")
    assert "bg_nbd" in {one.name for one in found.comparisons}


def test_customers_who_leave_at_random_need_one(tested: Test) -> None:
    rng = random.Random(3)
    lines = []
    for customer in range(400):
        day, gap = rng.randrange(200), rng.gammavariate(2.0, 15.0)
        while day < 600:
            lines.append(line(customer, day))
            if rng.random() < 0.25:
                break
            day += 1 + int(rng.expovariate(1 / gap))
    found = tested(lines, horizon="20w", as_of=str(FIRST + timedelta(days=599)))
    assert by_name(found.pooled)[str(found.chosen)].kind == "model"
    assert found.verdict.startswith(f"{found.chosen} is chosen: ")
    won = [one for one in found.comparisons if one.is_better]
    assert all(one.lower > 0 and 3 * one.agreeing_origins >= 2 * one.origins for one in won)
    assert won[-1].name == found.chosen


def test_pooled_scores_are_the_means_over_all_customers_of_all_origins(simple: Backtest) -> None:
    found = simple
    customers = sum(one.customers for one in found.origins)
    for pooled in found.pooled:
        parts = [(one.customers, by_name(one.forecasts)[pooled.name]) for one in found.origins]
        assert pooled.log_score == pytest.approx(sum(n * one.log_score for n, one in parts) / customers)
        assert pooled.crps == pytest.approx(sum(n * one.crps for n, one in parts) / customers)
        assert pooled.expected_purchases == pytest.approx(sum(one.expected_purchases for _, one in parts))
        assert pooled.levels[2].pit == pytest.approx(sum(n * one.levels[2].pit for n, one in parts) / customers)
    means = {one.name: one.log_score for one in found.pooled}
    for one in found.comparisons:
        assert one.difference == pytest.approx(means[one.name] - means[one.against], abs=1e-8)


def test_tenths_of_the_customers_add_up_and_pit_shares_are_those_of_everybody(simple: Backtest) -> None:
    for one, forecasts in [(one, one.forecasts) for one in simple.origins]:
        for scored in forecasts:
            assert sum(tenth.customers for tenth in scored.deciles) == one.customers
            assert sum(tenth.customers * tenth.forecast for tenth in scored.deciles) == pytest.approx(scored.expected_purchases)
            assert sum(tenth.customers * tenth.actual for tenth in scored.deciles) == pytest.approx(one.purchases)
            assert sum(scored.pit) == pytest.approx(1)
            assert sum(scored.pit[5:15]) == pytest.approx(scored.levels[0].pit)
    for scored in simple.pooled:
        parts = [(one.customers, by_name(one.forecasts)[scored.name].pit[0]) for one in simple.origins]
        assert scored.pit[0] == pytest.approx(sum(n * share for n, share in parts) / sum(n for n, _ in parts))
        assert len(scored.deciles) == 10


def test_purchases_are_tracked_by_week_for_those_known_at_the_latest_origin(simple: Backtest) -> None:
    found, latest = simple.tracking, simple.origins[0]
    assert found is not None
    assert (found.model, found.origin) == ("bg_nbd", latest.origin)
    assert latest.origin in found.ends
    assert found.ends[-1] == latest.until
    first = min(day for _, day, *_ in SIMPLE)
    assert first <= found.ends[0] < first + timedelta(days=7)
    own = [sorted(days) for days in days_of(SIMPLE).values() if min(days) <= latest.origin]
    for k in (0, 10, len(found.ends) - 1):
        week = (found.ends[k] - timedelta(days=7), found.ends[k])
        assert found.actual[k] == sum(week[0] < day <= week[1] for days in own for day in days[1:])
    assert sum(found.actual) == sum(days <= latest.until for own_days in own for days in own_days[1:])
    # Until the origin a fit follows what it was fitted to.
    before = [k for k, end in enumerate(found.ends) if end <= latest.origin]
    assert sum(found.expected[k] for k in before) == pytest.approx(sum(found.actual[k] for k in before), rel=0.1)


def test_a_model_that_cannot_be_used_is_left_out_and_told(tested: Test, monkeypatch: pytest.MonkeyPatch) -> None:
    model = registry.load("models.purchases", "bg_nbd")()
    fit = Fitted(model, 7.0, {}, {}, 0.0, Outcome.OUT_OF_STEPS, "The search did not end.", 0, 0)
    given_up = SimpleNamespace(name="bg_nbd", fit=lambda histories: fit)
    monkeypatch.setattr(candidates, "models", lambda: [given_up])
    found = tested(SIMPLE, origins=(date(2024, 3, 1),), horizon="10w", as_of="2024-11-30")
    assert "bg_nbd" not in by_name(found.pooled)
    assert found.verdict == f"{found.chosen} is chosen: no model could be fitted at every origin."
    (notice,) = [notice for notice in found.notices if notice.key == "model_left_out"]
    assert "2024-03-01: The search did not end." in str(notice)
