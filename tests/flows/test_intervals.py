"""Intervals against whole simulated futures, and totals with their intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import exports
import numpy as np
import pyarrow.parquet as pq
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.flows import intervals
from kundenwert.flows.forecasts import Learned
from kundenwert.flows.load import load
from kundenwert.flows.progress import Progress
from kundenwert.flows.project import settings_with
from kundenwert.flows.reading import Input
from kundenwert.flows.valuation import value
from kundenwert.flows.value_table import write_customers
from kundenwert.models._fitted import Fitted
from kundenwert.models._statement import Outcome
from kundenwert.models.future import FutureCounts, future_counts
from kundenwert.models.spending import AmountLaw, spend_cdf
from kundenwert.records import Histories, Horizons, PurchaseForecast
from kundenwert.sources import Wanted
from kundenwert.stats.scores import pit_inside

P, Q, V = 5.0, 4.0, 60.0
HORIZONS = Horizons(365.0, 1_826.0, 0.1)
WORDS = {"r": 0.6, "alpha": 40.0, "a": 0.8, "b": 2.4, "s": 0.6, "beta": 200.0}
CUSTOMERS = 12_000


@dataclass(frozen=True)
class Shop:
    """Customers, what is known of them, and what came: purchases and money of a year, discounted money of five."""

    fit: Fitted
    histories: Histories
    amount: np.ndarray
    purchases: np.ndarray
    revenue: np.ndarray
    clv: np.ndarray


def simulate(name: str, seed: int) -> Shop:
    """Customers of up to two years who buy and leave as the model says, each amount drawn for itself."""
    rng = np.random.default_rng(seed)
    T = np.floor(rng.uniform(100, 730, CUSTOMERS))
    rate = rng.gamma(WORDS["r"], 1 / WORDS["alpha"], CUSTOMERS)
    leaves = rng.beta(WORDS["a"], WORDS["b"], CUSTOMERS)
    until = np.full(CUSTOMERS, np.inf)
    if name == "pareto_nbd":
        leaves[:] = 0.0
        until = rng.exponential(1 / rng.gamma(WORDS["s"], 1 / WORDS["beta"], CUSTOMERS))
    price = 1 / rng.gamma(Q, 1 / V, CUSTOMERS)
    x, recency, spend, purchases, revenue, clv = np.zeros((6, CUSTOMERS))
    who, time = np.arange(CUSTOMERS), np.zeros(CUSTOMERS)
    while len(who):
        if name == "bg_nbd" and time.any():
            stays = rng.random(len(who)) >= leaves[who]
            who, time = who[stays], time[stays]
        time = time + rng.exponential(1, len(who)) / np.maximum(rate[who], 1e-12)
        goes_on = (time < T[who] + HORIZONS.value_horizon_days) & (time < until[who])
        who, time = who[goes_on], time[goes_on]
        paid, ahead = rng.gamma(P, price[who]), time - T[who]
        known = ahead <= 0
        x[who] += known
        recency[who] = np.where(known, time, recency[who])
        spend[who] += paid * known
        purchases[who] += ~known & (ahead <= HORIZONS.horizon_days)
        revenue[who] += paid * (~known & (ahead <= HORIZONS.horizon_days))
        clv[who] += paid * ~known * 1.1 ** (-np.maximum(ahead, 0) / 365.25)
    model = registry.load("models.purchases", name)()
    p = {one.name: WORDS[one.name] for one in model.parameters}
    fit = Fitted(model, 1.0, p, dict.fromkeys(p), 0.0, Outcome.CONVERGED, "", CUSTOMERS, CUSTOMERS)
    histories = Histories(x.astype(np.int64), recency, T, np.ones(CUSTOMERS, dtype=np.int64))
    amount = P * (V + spend) / (P * x + Q - 1)
    return Shop(fit, histories, amount, purchases.astype(np.int64), revenue, clv)


@pytest.fixture(scope="module", params=["bg_nbd", "pareto_nbd"])
def shop(request: Any) -> Shop:
    return simulate(request.param, 31)


@pytest.fixture(scope="module")
def outlook(shop: Shop) -> intervals.Outlook:
    forecast = shop.fit.forecast_histories(shop.histories, HORIZONS)
    law = AmountLaw(P, Q, Q - 1)
    return intervals.look_ahead(shop.fit, shop.histories, shop.histories.frequency, forecast, HORIZONS, law, None)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
def test_purchases_lie_in_their_interval_as_often_as_meant(shop: Shop, outlook: intervals.Outlook, level: float) -> None:
    below, at_most = outlook.counts.cdf(shop.purchases - 1), outlook.counts.cdf(shop.purchases)
    assert pit_inside(below, at_most - below, level).mean() == pytest.approx(level, abs=0.012)
    lower, upper = outlook.counts.interval(level)
    assert ((shop.purchases >= lower) & (shop.purchases <= upper)).mean() >= level - 0.01


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
def test_revenue_lies_in_its_interval_as_often_as_meant(shop: Shop, outlook: intervals.Outlook, level: float) -> None:
    money = shop.revenue / shop.amount
    at_most = spend_cdf(outlook.counts, outlook.frequency, outlook.law, money)
    at = np.where(money == 0, at_most, 1e-12)
    assert pit_inside(at_most - at, at, level).mean() == pytest.approx(level, abs=0.012)
    bounds = outlook.bounds(level)
    some = bounds["spend_upper"] > 0
    held = (money >= bounds["spend_lower"]) & (money <= bounds["spend_upper"])
    # Where the lower bound is 0 more than the level lies inside: nothing is below it.
    strict = some & (bounds["spend_lower"] > 0)
    assert held[some].mean() >= level - 0.01
    assert held[strict].mean() == pytest.approx(level, abs=0.04)


def test_clv_lies_in_its_interval_as_often_as_meant(shop: Shop, outlook: intervals.Outlook) -> None:
    bounds, money = outlook.bounds(0.9), shop.clv / shop.amount
    above = (money > bounds["discounted_spend_upper"]).mean()
    below = (money < bounds["discounted_spend_lower"]).mean()
    expected_above = 0.05
    assert above == pytest.approx(expected_above, abs=0.01)
    some = bounds["discounted_spend_lower"] > 0
    assert below == pytest.approx(0.05 * some.mean(), abs=0.01)
    assert 1 - above - below >= 0.88


def test_bounds_are_in_order_and_wider_at_a_higher_level(outlook: intervals.Outlook) -> None:
    narrow, wide = outlook.bounds(0.5), outlook.bounds(0.9)
    for name in ("expected_purchases", "spend", "discounted_spend"):
        lower, upper = f"{name}_lower", f"{name}_upper"
        assert (wide[lower] <= narrow[lower]).all()
        assert (narrow[lower] <= narrow[upper]).all()
        assert (narrow[upper] <= wide[upper] * (1 + 1e-6)).all()


def test_the_upper_bound_is_zero_for_customers_who_have_left_and_only_for_these(shop: Shop, outlook: intervals.Outlook) -> None:
    nothing = outlook.counts.cdf(np.zeros(CUSTOMERS, dtype=np.int64))
    bounds = outlook.bounds(0.9)
    assert ((bounds["expected_purchases_upper"] == 0) == (nothing >= 0.95)).all()
    assert ((bounds["spend_upper"] == 0) == (nothing >= 0.95)).mean() > 0.999


def test_customers_who_share_a_table_of_money_have_nearly_their_own_bounds(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    forecast = shop.fit.forecast_histories(shop.histories, HORIZONS)
    known = (shop.fit, shop.histories, shop.histories.frequency, forecast, HORIZONS, AmountLaw(P, Q, Q - 1), None)
    own = intervals.look_ahead(*known).bounds(0.9)
    monkeypatch.setattr(intervals, "_MANY", 1_000)
    shared = intervals.look_ahead(*known).bounds(0.9)
    assert (own["expected_purchases_upper"] == shared["expected_purchases_upper"]).all()
    for name in ("spend_upper", "discounted_spend_upper"):
        some = own[name] > 0.5
        assert shared[name][some] == pytest.approx(own[name][some], rel=0.02)


def test_without_amounts_only_purchases_have_bounds(shop: Shop) -> None:
    forecast = shop.fit.forecast_histories(shop.histories, HORIZONS)
    bounds = intervals.look_ahead(shop.fit, shop.histories, shop.histories.frequency, forecast, HORIZONS, None, None).bounds(0.9)
    assert np.isnan(bounds["spend_upper"]).all()
    assert bounds["expected_purchases_upper"].any()


# ---- totals -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def settings() -> Any:
    return settings_with({"as_of": date(2024, 1, 1)})


def test_the_total_of_a_simulated_year_lies_within_chance_of_its_forecast(shop: Shop, settings: Any) -> None:
    found = intervals.purchases_total(shop.fit, shop.histories, 365.0, settings)
    error = np.log(shop.purchases.sum() / found.mean)
    assert abs(error) < 4 * np.sqrt(found.process)
    assert found.lower < shop.purchases.sum() < found.upper


def test_chance_makes_the_totals_of_groups_vary_as_much_as_their_process_says(shop: Shop, outlook: intervals.Outlook) -> None:
    group = np.random.default_rng(5).integers(0, 300, CUSTOMERS)
    sums, means, variances = (
        np.bincount(group, one, 300) for one in (shop.purchases.astype(float), outlook.counts.mean(), outlook.counts.variance())
    )
    assert np.mean((sums - means) ** 2 / variances) == pytest.approx(1.0, abs=0.25)
    amount = shop.amount
    spread = outlook.law.variance(outlook.counts, outlook.frequency) * amount**2
    money, expected, widths = (np.bincount(group, one, 300) for one in (shop.revenue, outlook.counts.mean() * amount, spread))
    assert np.mean((money - expected) ** 2 / widths) == pytest.approx(1.0, abs=0.35)


def test_a_group_is_less_certain_than_the_whole_and_bounds_are_not_added(shop: Shop, settings: Any) -> None:
    counts = future_counts(shop.fit, shop.histories, 365.0)
    first = np.arange(CUSTOMERS) % 100 == 0
    parts = [
        intervals.purchases_total(shop.fit, shop.histories, 365.0, settings, customers=one.astype(np.int64), counts=counts)
        for one in (first, ~first)
    ]
    whole = intervals.purchases_total(shop.fit, shop.histories, 365.0, settings, counts=counts)
    assert parts[0].mean + parts[1].mean == pytest.approx(whole.mean)
    assert parts[0].process > 20 * whole.process
    assert parts[0].lower + parts[1].lower < whole.lower
    assert parts[0].upper + parts[1].upper > whole.upper


def test_earlier_errors_replace_what_is_expected_beforehand(shop: Shop, settings: Any) -> None:
    small = intervals.purchases_total(shop.fit, shop.histories, 365.0, settings, log_errors=(0.01, -0.02, 0.03))
    none = intervals.purchases_total(shop.fit, shop.histories, 365.0, settings)
    assert (small.origins, none.origins) == (3, 0)
    assert small.level_error < none.level_error == pytest.approx(0.0625)
    assert none.lower < small.lower < small.mean < small.upper < none.upper


# ---- a valued base ----------------------------------------------------------------------------------------------------


@pytest.fixture
def valued(tmp_path: Path, settings: Any) -> Iterator[Any]:
    """Values the lines of the shop of exports; what fits their histories can be given."""
    source = exports.write(tmp_path / "sales.csv", exports.shop())
    with open_engine() as engine:
        usual = settings_with({"threads": "1", "as_of": date(2024, 9, 30)})
        loaded = load(engine, [Input(source, Wanted())], usual, scratch=tmp_path, progress=Progress(), thorough=False)

        def make(fitted: Any = None, **flags: Any) -> tuple[Any, Any, Any]:
            chosen = settings_with({"threads": "1", "as_of": date(2024, 9, 30), "model": "bg_nbd", **flags})
            learned = Learned(fitted) if fitted else None
            return engine, value(engine, loaded, chosen, clock=date(2025, 6, 1), progress=Progress(), learned=learned), chosen

        yield make


def sums(engine: Any, valued: Any, path: Path) -> dict[str, float]:
    write_customers(engine, valued, path)
    table = pq.read_table(path)
    names = {"purchases": "expected_purchases", "revenue": "expected_revenue", "clv": "clv"}
    return {measure: float(sum(one for one in table[name].to_pylist() if one is not None)) for measure, name in names.items()}


def test_totals_are_the_sums_of_the_rows_within_rounding(valued: Any, tmp_path: Path) -> None:
    engine, base, settings = valued()
    found = intervals.totals(engine, base, settings)
    rows = sums(engine, base, tmp_path / "customers.parquet")
    assert [one.measure for one in found] == ["purchases", "revenue", "clv"]
    for one in found:
        assert one.mean == pytest.approx(rows[one.measure], abs=0.005 * base.summary.customers + 1e-6 * rows[one.measure])
        assert one.lower < one.mean < one.upper
        assert one.process > 0
        assert one.parameters > 0


def test_the_clv_takes_the_errors_of_revenue_and_published_sums_stand_for_the_reckoned(valued: Any) -> None:
    engine, base, settings = valued()
    errors = {"purchases": (0.1,), "revenue": (0.4, -0.4)}
    purchases, revenue, clv = intervals.totals(engine, base, settings, log_errors=errors, means={"revenue": 1_000.0})
    assert (purchases.origins, revenue.origins, clv.origins) == (1, 2, 2)
    assert revenue.level_error == clv.level_error > purchases.level_error
    assert revenue.lower < revenue.mean == 1_000.0 < revenue.upper
    assert clv.mean > 1_000.0


def test_a_fit_made_elsewhere_is_used_as_it_is(valued: Any) -> None:
    made = []

    def choose(histories: Histories) -> Any:
        made.append(registry.load("models.purchases", "pareto_nbd")().fit(histories))
        return made[-1]

    engine, chosen, settings = valued(choose)
    assert chosen.fits[0] is made[0]
    purchases = intervals.totals(engine, chosen, settings)[0]
    expected = made[0].forecast_histories(chosen.outlook.histories, chosen.horizons).expected_purchases
    assert purchases.mean == pytest.approx(expected @ chosen.outlook.histories.count, rel=1e-6)


def test_totals_by_the_rate_of_the_last_year_are_the_sums_of_the_rows_too(valued: Any, tmp_path: Path) -> None:
    engine, base, settings = valued(model="recent_rate")
    found, rows = intervals.totals(engine, base, settings), sums(engine, base, tmp_path / "customers.parquet")
    for one in found:
        assert one.mean == pytest.approx(rows[one.measure], abs=0.005 * base.summary.customers + 1e-6 * rows[one.measure])
        assert one.lower < one.mean < one.upper


def test_a_stack_of_fits_has_intervals_of_its_weighted_sum(valued: Any) -> None:
    _, usual, _ = valued()
    one = usual.fits[0]
    other = registry.load("models.purchases", "nbd")().fit(usual.outlook.histories)

    class Stack:
        """The mean of two fits with the face of a fit."""

        model, outcome, memory = other.model, Outcome.CONVERGED, None

        def forecast_histories(self, histories: Histories, horizons: Horizons) -> PurchaseForecast:
            parts = [fit.forecast_histories(histories, horizons) for fit in (one, other)]
            return PurchaseForecast(*(0.5 * (getattr(parts[0], f.name) + getattr(parts[1], f.name)) for f in fields(PurchaseForecast)))

        def future_counts(self, histories: Histories, days: float) -> FutureCounts:
            return FutureCounts.mixture([0.5, 0.5], [future_counts(fit, histories, days) for fit in (one, other)])

    look = valued(lambda histories: Stack())[1].outlook
    both = [valued(lambda histories, fit=fit: fit)[1].outlook.bounds(0.9) for fit in (one, other)]
    bounds = look.bounds(0.9)
    for name in ("expected_purchases_upper", "spend_upper", "discounted_spend_upper"):
        assert (bounds[name] >= np.minimum(both[0][name], both[1][name]) * 0.99).all()
        assert (bounds[name] <= np.maximum(both[0][name], both[1][name]) * 1.01).all()
