"""What the data leave open is said in plain words, and nothing is said without cause."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from remedy_samples import START, YEAR, simulated, speed_of

from kundenwert import registry
from kundenwert.models.identification import identify
from kundenwert.models.remedies import stacked
from kundenwert.models.remedies._clock import balanced
from kundenwert.records import Calendar, Histories, SpendHistories

CHRISTMAS = balanced(np.array([0.8, 0.8, 0.9, 0.9, 1.0, 0.9, 0.7, 0.7, 0.9, 1.0, 1.8, 2.0]))


def fitted(name, histories):
    return registry.load("models.purchases", name)().fit(histories)


def remedied(name, log):
    return registry.load("models.remedies", name)().fit(registry.load("models.purchases", "mbg_nbd")(), log.histories, log.calendar)


def keys(*args, **kwargs):
    return [one.key for one in identify(*args, **kwargs)]


def only(key, *args, **kwargs):
    (found,) = [one for one in identify(*args, **kwargs) if one.key == key]
    return found


@pytest.fixture(scope="module")
def calm():
    """Three years in which all is as the models assume."""
    return simulated(3_000, 3 * YEAR, 3 * YEAR - 1, seed=5)


@pytest.fixture(scope="module")
def christmas():
    """A log that ends with a strong December."""
    return simulated(3_000, 3 * YEAR, 3 * YEAR - 1, speed=speed_of(CHRISTMAS, 3 * YEAR), seed=5)


def test_a_log_as_the_models_assume_is_left_in_peace(calm):
    assert keys(calm.histories, calm.calendar, fitted("mbg_nbd", calm.histories)) == []


def test_a_short_log_cannot_tell_a_season(calm):
    fit = fitted("mbg_nbd", calm.histories)
    found = only("short_of_two_seasons", calm.histories, calm.calendar, fit, log_days=500)
    assert "covers 500 days" in str(found)
    assert "would settle it" in str(found)
    assert "short_of_two_seasons" not in keys(calm.histories, calm.calendar, fit, log_days=730)


def test_a_log_that_ends_in_a_peak_is_told(christmas):
    found = only("ends_in_peak", christmas.histories, christmas.calendar, fitted("mbg_nbd", christmas.histories))
    assert found.values["days"] == 60
    assert found.values["share"] == pytest.approx(0.8, abs=0.2)
    assert "end" in str(found)


def test_a_season_that_is_taken_care_of_is_not_told(christmas):
    assert "ends_in_peak" not in keys(christmas.histories, christmas.calendar, remedied("season", christmas))


def test_a_log_that_ends_in_a_low_is_told():
    cut = 3 * YEAR - 137
    log = simulated(3_000, 3 * YEAR, cut, speed=speed_of(CHRISTMAS, 3 * YEAR), seed=5)
    found = only("ends_in_low", log.histories, log.calendar, fitted("mbg_nbd", log.histories))
    assert found.values["share"] == pytest.approx(0.3, abs=0.12)


def test_a_model_that_does_not_see_histories_does_without_expectation(christmas):
    class Recent:
        model = registry.load("models.purchases", "recent_rate")()
        outcome = fitted("mbg_nbd", christmas.histories).outcome
        standard_errors, parameters = {}, {}

    assert "ends_in_peak" in keys(christmas.histories, christmas.calendar, Recent())


def test_old_customers_taken_for_new_are_told_with_numbers():
    log = simulated(4_000, 3 * YEAR, 2 * YEAR, before=6 * YEAR)
    found = only("old_customers_taken_for_new", log.histories, log.calendar, fitted("mbg_nbd", log.histories))
    first_days = 2 * YEAR - log.histories.T
    assert found.values["early"] == log.histories.count[first_days < (2 * YEAR + 1) / 8].sum()
    assert found.values["expected"] < 0.5 * found.values["early"]
    assert "old_customers_taken_for_new" not in keys(log.histories, log.calendar, remedied("old_customers", log))


def base_of(frequency, count):
    x = np.array(frequency)
    T = np.full(len(x), 800.0)
    calendar = Calendar(START + 800, START, np.array([START, START + 801]), x[:1])
    return Histories(x, np.where(x > 0, 700.0, 0.0), T, np.array(count)), calendar


def test_a_few_buyers_that_dominate_are_told():
    h, calendar = base_of([0, 1, 400], [500, 400, 5])
    found = only("few_buyers", h, calendar, fitted("nbd", h))
    assert found.values == {"few": 10, "share": pytest.approx((2000 + 5) / 2400)}
    assert "The 10 customers" in str(found)


def test_one_in_a_hundred_that_make_a_third_are_told():
    h, calendar = base_of([0, 1, 70], [3500, 3500, 70])
    assert only("top_buyers", h, calendar, fitted("nbd", h)).values["share"] == pytest.approx(70 * 70 / (70 * 70 + 3500), rel=0.01)


def test_a_few_that_bring_the_money_are_told(calm):
    fit = fitted("mbg_nbd", calm.histories)
    spend = SpendHistories(np.array([2, 9]), np.array([50.0, 600.0]), np.array([400, 10]), np.zeros(2))
    found = only("few_spenders", calm.histories, calm.calendar, fit, spend=spend)
    assert found.values["share"] == pytest.approx(54_000 / 94_000)
    alike = SpendHistories(np.array([2]), np.array([50.0]), np.array([400]), np.zeros(1))
    assert keys(calm.histories, calm.calendar, fit, spend=alike) == []


def test_in_a_small_base_ten_customers_are_not_few():
    h, calendar = base_of([0, 1, 40], [30, 40, 5])
    assert "few_buyers" not in keys(h, calendar, fitted("nbd", h))


def test_a_giant_order_is_told(calm):
    fit = fitted("mbg_nbd", calm.histories)
    plain = SpendHistories(np.array([1, 3]), np.array([50.0, 40.0]), np.array([400, 300]), np.zeros(2))
    assert "giant_order" not in keys(calm.histories, calm.calendar, fit, spend=plain)
    one = SpendHistories(np.array([1, 3, 1]), np.array([50.0, 40.0, 56_000.0]), np.array([400, 300, 1]), np.zeros(3))
    assert only("giant_order", calm.histories, calm.calendar, fit, spend=one).values["share"] == pytest.approx(0.5)
    often = SpendHistories(np.array([1, 3, 20]), np.array([50.0, 40.0, 2_800.0]), np.array([400, 300, 1]), np.zeros(3))
    assert "giant_order" not in keys(calm.histories, calm.calendar, fit, spend=often)


def test_a_mean_that_is_not_finite_is_told(calm):
    rng = np.random.default_rng(4)
    mean = 10 * (1 / rng.uniform(size=800)) ** 2
    spend = SpendHistories(np.full(800, 8), mean, np.ones(800, dtype=int), np.zeros(800))
    spend_fit = registry.load("models.spend", "gamma_gamma")().fit(spend)
    assert spend_fit.outcome.name == "MEAN_NOT_FINITE"
    found = only("mean_not_finite", calm.histories, calm.calendar, fitted("mbg_nbd", calm.histories), spend_fit=spend_fit)
    assert found.values["q"] == spend_fit.parameters["q"]


def test_a_flat_direction_names_what_is_known(calm):
    fit = fitted("bg_nbd", calm.histories)
    flat = replace(fit, outcome=type(fit.outcome).FLAT_DIRECTION, standard_errors={**fit.standard_errors, "a": None, "b": None})
    found = only("flat_direction", calm.histories, calm.calendar, flat)
    known = fit.parameters["a"] / (fit.parameters["a"] + fit.parameters["b"])
    assert found.values == {"combination": "a/(a+b)", "value": pytest.approx(known), "first": "a", "second": "b"}


def test_parameters_without_a_trace_are_named(calm):
    fit = fitted("mbg_nbd", calm.histories)
    errors = {"r": 0.1, "alpha": 0.1, "a": None, "b": None}
    found = only("no_trace", calm.histories, calm.calendar, replace(fit, outcome=type(fit.outcome).AT_LIMIT, standard_errors=errors))
    assert found.values == {"names": "a, b", "model": "mbg_nbd"}


def test_single_buyers_are_always_active_for_one_model_only(calm):
    bg, mbg = fitted("bg_nbd", calm.histories), fitted("mbg_nbd", calm.histories)
    found = only("single_buyers_always_active", calm.histories, calm.calendar, bg)
    assert found.values["customers"] == calm.histories.count[calm.histories.frequency == 0].sum()
    assert "single_buyers_always_active" in keys(calm.histories, calm.calendar, stacked([bg, mbg], [1, 1]))
    assert "single_buyers_always_active" not in keys(calm.histories, calm.calendar, mbg)


def test_a_log_of_a_day_or_without_a_second_purchase_is_no_trouble():
    nobody = Histories(np.array([0]), np.array([0.0]), np.array([0.0]), np.array([3]))
    calendar = Calendar(START, START, np.array([START, START + 1]), np.array([0]))
    found = identify(nobody, calendar, fitted("bg_nbd", nobody))
    assert [one.key for one in found] == ["short_of_two_seasons", "single_buyers_always_active"]
    assert all(str(one) for one in found)
