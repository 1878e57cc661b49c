from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from model_samples import any_histories, histories, parameters

from kundenwert.models._statement import Outcome
from kundenwert.models.purchases.bg_nbd import BgNbd
from kundenwert.models.purchases.mbg_nbd import MbgNbd
from kundenwert.records import Histories, Horizons

MODEL = MbgNbd()
CDNOW = {"r": 0.52484, "alpha": 6.18308, "a": 0.89136, "b": 1.614}


def test_cdnow_estimates_and_likelihood_are_those_published(cdnow):
    fit = MODEL.fit(cdnow)
    assert fit.outcome is Outcome.CONVERGED
    assert fit.log_likelihood == pytest.approx(-9582.1357, abs=5e-5)
    assert list(fit.parameters.values()) == pytest.approx(list(CDNOW.values()), rel=2e-5)
    assert all(error > 0 for error in fit.standard_errors.values())


def test_published_log_likelihood_of_one_customer():
    p = {"r": 0.25, "alpha": 4.0, "a": 0.80, "b": 2.50}
    found = MODEL.log_likelihood(p, histories([0, 200], [0, 38], [40, 40]), unit_days=1.0)
    assert found[0] == pytest.approx(-0.41792826, abs=5e-9)
    assert found[1] == pytest.approx(100.7869, abs=5e-5)


def exact(p, x, t, T):
    """The two terms of the likelihood, with gamma functions: alive at T, left after the last purchase."""
    r, alpha, a, b, t, T = (mp.mpf(float(v)) for v in (p["r"], p["alpha"], p["a"], p["b"], t, T))
    front = mp.gamma(r + x) / mp.gamma(r) * alpha**r / mp.beta(a, b)
    return front * mp.beta(a, b + x + 1) * (alpha + T) ** -(r + x), front * mp.beta(a + 1, b + x) * (alpha + t) ** -(r + x)


@pytest.mark.parametrize("p", [CDNOW, {"r": 0.05, "alpha": 0.3, "a": 0.1, "b": 0.2}, {"r": 3.0, "alpha": 5_000.0, "a": 1.0, "b": 40.0}])
@pytest.mark.parametrize(("x", "t", "T"), [(0, 0.0, 0.0), (0, 0.0, 40.0), (1, 3.0, 300.0), (300, 99.0, 100.0), (10_000, 9_000.0, 10_000.0)])
def test_likelihood_chance_and_expectation_agree_with_mpmath(p, x, t, T):
    h = histories([x], [t], [T])
    with mp.workdps(60):
        alive, left = exact(p, x, t, T)
        chance = alive / (alive + left)
        scale, a, b, days = mp.mpf(p["alpha"]) + T, mp.mpf(p["a"]), mp.mpf(p["b"]) + 1, mp.mpf(52)
        a += mp.mpf(10) ** -25 if a == 1 else 0
        top = mp.hyp2f1(p["r"] + x, b + x, a + b + x - 1, days / (scale + days), maxterms=10**5)
        count = (a + b + x - 1) / (a - 1) * (1 - (scale / (scale + days)) ** (mp.mpf(p["r"]) + x) * top)
        want = [float(v) for v in (mp.log(alive + left), chance, chance * count)]
    found = MODEL.log_likelihood(p, h, 1.0)[0], MODEL.p_alive(p, h.frequency, h.recency, h.T)[0], MODEL.expected_purchases(p, h, 52.0)[0]
    assert found == pytest.approx(want, rel=1e-10)


def test_one_time_buyers_may_be_gone_and_more_so_the_longer_ago():
    alive = MODEL.p_alive(CDNOW, np.zeros(3, dtype=np.int64), np.zeros(3), np.array([0.0, 10.0, 40.0]))
    assert alive[0] == pytest.approx(CDNOW["b"] / (CDNOW["a"] + CDNOW["b"]))
    assert (np.diff(alive) < 0).all()


def test_a_new_customer_is_one_with_an_empty_history():
    h = histories([0], [0], [0])
    for days in (1.0, 39.0):
        want = MODEL.expected_purchases(CDNOW, h, days)[0]
        assert MODEL.unconditional_purchases(CDNOW, np.array([days]))[0] == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize("model", [MODEL, BgNbd()])
def test_forecasts_and_later_chances_equal_what_simulated_customers_do(model):
    """Customers with the same history after 200 days: what they do in the next 300, told by simulating both."""
    p, rng, n = {"r": 0.8, "alpha": 40.0, "a": 0.9, "b": 2.5}, np.random.default_rng(11), 400_000
    rate = rng.gamma(p["r"], 1 / p["alpha"], n)
    leave = rng.geometric(rng.beta(p["a"], p["b"], n)) - model.chances_at_first
    early, late = rng.poisson(rate * 200), rng.poisson(rate * 300)
    x, y = np.minimum(early, leave), np.minimum(late, np.maximum(leave - early, 0))
    recency = np.where(x > 0, 200 * rng.beta(np.maximum(x, 1), early - x + 1), 0.0)
    h = histories(x, recency, np.full(n, 200.0))
    expected, later = model.expected_purchases(p, h, 300.0), model.p_alive_later(p, h, 300.0)
    still = early + late < leave
    for group in (x == 0, x == 1, (x == 3) & (recency < 80), (x == 3) & (recency > 150), x > 6):
        assert abs(y[group].mean() - expected[group].mean()) < 4 * y[group].std() / np.sqrt(group.sum())
        assert abs(still[group].mean() - later[group].mean()) < 4 * np.sqrt(0.25 / group.sum())


@pytest.mark.parametrize(("r", "alpha"), [(0.5, 40.0), (1e4, 1e5), (1e7, 1e9)])
@pytest.mark.parametrize(("a", "b"), [(0.4, 2.0), (0.01, 10.0), (400.0, 1_600.0)])
def test_a_discount_of_nothing_changes_nothing_however_alike_customers_are(r, alpha, a, b):
    p, h = {"r": r, "alpha": alpha, "a": a, "b": b}, histories([0, 5, 400], [0, 30, 900], [0, 40, 1_000])
    for days in (1.0, 365.0, 1e4):
        plain, discounted = MODEL.expected_purchases(p, h, days), MODEL.discounted_purchases(p, h, days, 1e-14)
        np.testing.assert_allclose(discounted, plain, rtol=1e-9)


def test_at_no_distance_later_is_now():
    h = histories([0, 2, 9], [0, 10, 50], [70, 70, 70])
    for model in (MODEL, BgNbd()):
        np.testing.assert_allclose(model.p_alive_later(CDNOW, h, 0.0), model.p_alive(CDNOW, h.frequency, h.recency, h.T), rtol=1e-13)


def test_equal_chances_to_leave_leave_only_their_mean_known():
    p, rng = {"r": 2.0, "alpha": 30.0, "a": 400.0, "b": 1_600.0}, np.random.default_rng(2)
    fit = MODEL.fit(MODEL.simulate(p, np.tile(np.arange(300.0, 700.0), 5), rng=rng, unit_days=1.0))
    assert fit.outcome is Outcome.FLAT_DIRECTION
    assert "a/(a+b) = 0.199" in fit.sentence
    assert fit.standard_errors["a"] is None


def test_equal_rates_leave_only_their_mean_known():
    rng = np.random.default_rng(4)
    fit = MODEL.fit(MODEL.simulate({"r": 4e4, "alpha": 8e5, "a": 0.8, "b": 3.0}, np.full(6_000, 300.0), rng=rng, unit_days=1.0))
    assert fit.outcome is Outcome.FLAT_DIRECTION
    assert "r/alpha = 0.3" in fit.sentence
    assert fit.standard_errors["r"] is None


def test_nobody_leaving_is_a_limit_not_a_failure():
    rng = np.random.default_rng(1)
    T = np.tile(np.arange(200.0, 700.0), 4)
    x = rng.poisson(rng.gamma(2, 0.02, len(T)) * T)
    fit = MODEL.fit(histories(x, np.where(x > 0, T * rng.beta(np.maximum(x, 1), 1), 0), T), unit_days=1.0)
    assert fit.outcome is Outcome.AT_LIMIT
    assert fit.standard_errors["a"] is None
    assert fit.parameters["r"] == pytest.approx(2, rel=0.2)


def test_one_time_buyers_only_is_too_little():
    fit = MODEL.fit(histories([0, 0], [0, 0], [100, 300], [40, 60]))
    assert fit.outcome is Outcome.TOO_LITTLE_DATA
    assert np.isfinite(fit.forecast_histories(histories([0], [0], [100]), Horizons(365.0, 1826.0, 0.1)).expected_purchases).all()


@settings(max_examples=40, derandomize=True, deadline=None)
@given(parameters("r", "alpha", "a", "b"), any_histories())
def test_likelihood_gradient_and_chances_are_always_finite(p, h):
    assert np.isfinite(MODEL.log_likelihood(p, h)).all()
    value, gradient = MODEL.score(p, MODEL.prepare(h, 7.0))
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    alive = MODEL.p_alive(p, h.frequency, h.recency, h.T)
    assert ((alive >= 0) & (alive <= 1)).all()


@settings(max_examples=10, derandomize=True, deadline=None)
@given(any_histories())
def test_a_fit_is_never_nan_and_never_raises(h: Histories):
    fit = MODEL.fit(h)
    assert np.isfinite([fit.log_likelihood, *fit.parameters.values()]).all()
    assert all(error is None or 0 < error < np.inf for error in fit.standard_errors.values())
