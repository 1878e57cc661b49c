from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kundenwert.models._statement import Outcome
from kundenwert.models.purchases.recent_rate import RecentHistories, RecentRate
from kundenwert.models.small_base import is_small
from kundenwert.records import Histories, Horizons

MODEL = RecentRate()
YEAR = Horizons(365.25, 1826.25, 0.10)


def recent(purchases, exposure, count=None):
    k = np.array(purchases, dtype=np.int64)
    n = np.ones_like(k) if count is None else np.array(count, dtype=np.int64)
    return RecentHistories(k, np.array(exposure, dtype=np.float64), n)


def test_the_likelihood_is_negative_binomial():
    p, h = {"r": 1.5, "alpha": 20.0}, recent([0, 4, 9], [0.0, 100.0, 365.25])
    share = p["alpha"] / (p["alpha"] + h.exposure_days / 7)
    np.testing.assert_allclose(MODEL.log_likelihood(p, h), stats.nbinom.logpmf(h.purchases, p["r"], share), rtol=1e-12)


def test_customers_are_shrunk_towards_all_and_keep_their_order():
    h = recent([0, 1, 30, 2, 5, 9], [365.25] * 6)
    forecast = MODEL.fit(h).forecast_histories(h, YEAR)
    assert forecast.p_alive is None
    middle = h.purchases.mean()
    assert np.all(np.abs(forecast.expected_purchases - middle) < np.abs(h.purchases - middle))
    np.testing.assert_array_equal(np.argsort(forecast.expected_purchases), np.argsort(h.purchases))
    assert forecast.expected_purchases.sum() == pytest.approx(h.purchases.sum(), rel=1e-6)


def test_customers_who_do_not_differ_get_one_rate():
    fit = MODEL.fit(recent([4, 4, 4, 4, 5], [365.25] * 5))
    assert fit.outcome is Outcome.FLAT_DIRECTION
    assert "r/alpha" in fit.sentence
    np.testing.assert_allclose(fit.forecast_histories(recent([0, 9], [365.25] * 2), YEAR).expected_purchases, 4.2, rtol=1e-3)


def test_no_purchase_of_anyone_is_half_a_purchase_in_all_the_time():
    h = recent([0, 0], [365.25, 365.25])
    fit = MODEL.fit(h)
    assert fit.outcome is Outcome.TOO_LITTLE_DATA
    assert fit.parameters_in_days["r"] / fit.parameters_in_days["alpha"] == pytest.approx(0.5 / 730.5)


def test_a_steady_rate_is_discounted_like_an_annuity():
    h = recent([0, 1, 30, 2, 5, 9], [365.25] * 6)
    fit = MODEL.fit(h)
    forecast = fit.forecast_histories(h, YEAR)
    rate = MODEL.rate(fit.parameters_in_days, h)
    force = np.log(1.1) / 365.25
    np.testing.assert_allclose(forecast.discounted_purchases + forecast.discounted_beyond, rate / force, rtol=1e-12)
    np.testing.assert_allclose(forecast.discounted_purchases, rate * (1 - 1.1**-5) / force, rtol=1e-12)


def test_purchases_without_time_are_refused():
    with pytest.raises(ValueError, match="exposure_days"):
        MODEL.fit(recent([1], [0.0]))


@pytest.mark.parametrize(("customers", "purchases", "small"), [(99, 5, True), (100, 1, True), (100, 2, False), (30, 9, True)])
def test_a_base_is_small_below_100_customers_or_200_repeat_purchases(customers, purchases, small):
    h = Histories(np.array([purchases]), np.array([50.0]), np.array([90.0]), np.array([customers]))
    assert is_small(h) is small
