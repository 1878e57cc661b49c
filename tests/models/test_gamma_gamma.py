from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kundenwert.models._statement import Outcome
from kundenwert.models.spend.gamma_gamma import GammaGamma
from kundenwert.records import SpendHistories

MODEL = GammaGamma()
NOTE = {"p": 6.25, "q": 3.74, "v": 15.44}


def spend(days, mean, count=None, spread=None):
    x = np.array(days, dtype=np.int64)
    n = np.ones_like(x) if count is None else np.array(count, dtype=np.int64)
    return SpendHistories(x, np.array(mean, dtype=np.float64), n, np.zeros(len(x)) if spread is None else spread)


def test_cdnow_estimates_and_likelihood_are_those_published(cdnow_spend):
    fit = MODEL.fit(cdnow_spend)
    assert fit.customers == 946
    assert np.average(cdnow_spend.mean, weights=cdnow_spend.count) == pytest.approx(35.08, abs=0.005)
    assert fit.log_likelihood == pytest.approx(-4055.9177, abs=5e-5)
    assert list(fit.parameters.values()) == pytest.approx([6.24957, 3.74423, 15.44353], abs=2e-5)
    assert fit.unit == ""


def test_published_expected_spend():
    found = MODEL.expected_spend(NOTE, np.array([2, 0]), np.array([22.35, np.nan]))
    np.testing.assert_allclose(found, [24.6637139, 35.2189781], atol=5e-8)
    assert MODEL.coefficients(NOTE)["population_mean"] == pytest.approx(35.2189781, abs=5e-8)


def test_the_coefficients_give_the_same_by_plain_arithmetic():
    c = MODEL.fit(spend([1, 2, 3, 4, 5, 6], [10, 25, 14, 33, 19, 40], [9, 8, 7, 6, 5, 4])).coefficients()
    by_hand = (c["weight"] * c["population_mean"] + c["p"] * 3 * 20.0) / (c["p"] * 3 + c["weight"])
    assert MODEL.expected_spend(c, np.array([3]), np.array([20.0]))[0] == pytest.approx(by_hand, rel=1e-14)
    assert c["weight"] * c["population_mean"] == pytest.approx(c["p"] * c["v"], rel=1e-14)


@pytest.mark.parametrize("p", [NOTE, {"p": 1e7, "q": 3e7, "v": 40.0}, {"p": 1e-3, "q": 0.2, "v": 1e-6}, {"p": 0.04, "q": 1.4e5, "v": 2e26}])
def test_the_density_agrees_with_the_formula_of_the_note_in_many_digits(p):
    h = spend([1, 3, 400], [12.5, 13.3, 0.01])
    found = MODEL.log_likelihood(p, h)
    with mp.workdps(60):
        P, q, v = (mp.mpf(p[k]) for k in ("p", "q", "v"))
        for x, mean, value in zip((1, 3, 400), (mp.mpf(12.5), mp.mpf(13.3), mp.mpf(0.01)), found, strict=True):
            gammas = mp.loggamma(P * x + q) - mp.loggamma(P * x) - mp.loggamma(q)
            powers = q * mp.log(v) + (P * x - 1) * mp.log(mean) + P * x * mp.log(x) - (P * x + q) * mp.log(v + mean * x)
            assert value == pytest.approx(float(gammas + powers), rel=1e-10)


def test_the_mean_of_many_customers_with_one_history_is_the_expected_spend():
    rng, n = np.random.default_rng(4), 400_000
    rate = rng.gamma(NOTE["q"], 1 / NOTE["v"], n)
    mean = rng.gamma(2 * NOTE["p"], 1 / (2 * rate))
    near = np.abs(mean - 30.0) < 1.0
    expected = MODEL.expected_spend(NOTE, np.full(near.sum(), 2), mean[near]).mean()
    assert (NOTE["p"] / rate[near]).mean() == pytest.approx(expected, rel=0.01)


def test_narrow_bins_give_the_fit_of_the_exact_rows():
    p, x = MODEL.example()
    exact = MODEL.simulate(p, x, rng=np.random.default_rng(9))
    log = np.log(exact.spend_days * exact.mean)
    key = exact.spend_days * 10_000 + np.floor(log * 20).astype(np.int64)
    _, first, code, count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    middle = np.bincount(code, log) / count
    spread = np.maximum(np.bincount(code, log**2) / count - middle**2, 0)
    days = exact.spend_days[first]
    binned = MODEL.fit(spend(days, np.exp(middle) / days, count, spread))
    plain, whole = MODEL.fit(spend(days, np.exp(middle) / days, count)), MODEL.fit(exact)
    for k in p:
        missed = abs(binned.parameters[k] / whole.parameters[k] - 1)
        assert missed < 2e-5
        assert missed < 0.1 * abs(plain.parameters[k] / whole.parameters[k] - 1)


def test_the_gradient_holds_with_spread():
    h = spend([1, 2, 9], [10.0, 20.0, 30.0], [4, 5, 6], np.array([0.01, 0.2, 0.05]))
    data = MODEL.prepare(h, 7.0)
    gradient = MODEL.score(NOTE, data)[1]
    for k, slope in zip(NOTE, gradient, strict=True):
        ahead, behind = (MODEL.score(NOTE | {k: NOTE[k] * (1 + s)}, data)[0] for s in (1e-6, -1e-6))
        assert slope == pytest.approx((ahead - behind) / (2e-6 * NOTE[k]), rel=1e-7)


def test_a_mean_that_is_not_finite_is_said_and_the_median_stands_in():
    p = {"p": 3.0, "q": 0.7, "v": 20.0}
    h = MODEL.simulate(p, np.tile(np.arange(1.0, 6.0), 2_000), rng=np.random.default_rng(8))
    fit = MODEL.fit(h)
    assert fit.outcome is Outcome.MEAN_NOT_FINITE
    assert "the median takes its place" in fit.sentence
    means = p["p"] / np.random.default_rng(1).gamma(p["q"], 1 / p["v"], 200_000)
    assert MODEL.coefficients(p)["population_mean"] == pytest.approx(np.median(means), rel=0.02)
    assert (MODEL.expected_spend(fit.parameters, np.array([0, 1, 50]), np.array([0.0, 100.0, 100.0])) > 0).all()


def test_equal_amounts_of_all_give_that_amount():
    fit = MODEL.fit(spend([1, 2, 3, 4], [7.0] * 4, [50, 40, 30, 20]))
    assert fit.outcome is Outcome.AT_LIMIT
    np.testing.assert_allclose(MODEL.expected_spend(fit.parameters, np.array([0, 1, 4]), np.full(3, 7.0)), 7.0, rtol=1e-3)


def test_one_customer_is_too_little_and_gets_his_own_mean():
    fit = MODEL.fit(spend([3], [10.0]))
    assert fit.outcome is Outcome.TOO_LITTLE_DATA
    assert MODEL.expected_spend(fit.parameters, np.array([3]), np.array([10.0]))[0] == pytest.approx(10.0)


@settings(max_examples=40, derandomize=True)
@given(st.integers(1, 10).flatmap(lambda n: st.tuples(
    arrays.arrays(np.int64, n, elements=st.integers(1, 10_000)),
    arrays.arrays(np.float64, n, elements=st.floats(1e-9, 1e12)),
    arrays.arrays(np.int64, n, elements=st.integers(1, 10**6)),
)))  # fmt: skip
def test_a_fit_is_never_nan_and_never_raises(columns):
    days, mean, count = columns
    fit = MODEL.fit(SpendHistories(days, mean, count, np.zeros(len(days))))
    assert np.isfinite(fit.log_likelihood)
    assert all(0 < value < np.inf for value in fit.coefficients().values())
    assert (MODEL.expected_spend(fit.parameters, days, mean) > 0).all()
