from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from model_samples import any_histories, histories, parameters

from kundenwert.models._statement import Outcome
from kundenwert.models.purchases.nbd import Nbd
from kundenwert.records import Horizons

MODEL = Nbd()


def test_cdnow_estimates_and_likelihood_are_those_known(cdnow):
    fit = MODEL.fit(cdnow)
    assert fit.outcome is Outcome.CONVERGED
    assert fit.log_likelihood == pytest.approx(-9763.6576, abs=5e-5)
    assert list(fit.parameters.values()) == pytest.approx([0.38477, 12.07202], rel=2e-5)


@pytest.mark.parametrize(("x", "T"), [(0, 0.0), (0, 40.0), (7, 52.0), (10_000, 10_000.0)])
def test_likelihood_and_expectation_agree_with_mpmath(x, T):
    p = {"r": 0.38477, "alpha": 12.07202}
    h = histories([x], [T if x else 0.0], [T])
    with mp.workdps(40):
        r, alpha = mp.mpf(p["r"]), mp.mpf(p["alpha"])
        want = mp.loggamma(r + x) - mp.loggamma(r) + r * mp.log(alpha) - (r + x) * mp.log(alpha + T)
        count = (r + x) / (alpha + T) * 52
    assert MODEL.log_likelihood(p, h, 1.0)[0] == pytest.approx(float(want), rel=1e-12)
    assert MODEL.expected_purchases(p, h, 52.0)[0] == pytest.approx(float(count), rel=1e-14)


def test_all_are_alive_now_and_later():
    p, h = {"r": 0.4, "alpha": 80.0}, histories([0, 5], [0, 10], [900, 900])
    assert (MODEL.p_alive_later(p, h, 1_000.0) == 1).all()
    assert (MODEL.forecast(p, h, Horizons(365.0, 1826.0, 0.1)).p_alive == 1).all()


def test_equal_rates_leave_only_their_mean_known():
    x = np.random.default_rng(0).poisson(30.0, 500)
    fit = MODEL.fit(histories(x, np.full(500, 99.0), np.full(500, 100.0)), unit_days=1.0)
    assert fit.outcome in (Outcome.CONVERGED, Outcome.FLAT_DIRECTION)
    assert fit.parameters["r"] / fit.parameters["alpha"] == pytest.approx(x.mean() / 100, rel=1e-6)
    same = MODEL.fit(histories([4], [70.0], [80.0], [500]), unit_days=1.0)
    assert same.outcome is Outcome.FLAT_DIRECTION
    assert "r/alpha = 0.05" in same.sentence


@settings(max_examples=40, derandomize=True, deadline=None)
@given(parameters("r", "alpha"), any_histories())
def test_never_nan(p, h):
    assert np.isfinite(MODEL.log_likelihood(p, h)).all()
    value, gradient = MODEL.score(p, MODEL.prepare(h, 7.0))
    assert np.isfinite([value, *gradient]).all()
    forecast = MODEL.forecast(p, h, Horizons(1_000.0, 1_000.0, 0.1))
    assert np.isfinite([forecast.expected_purchases, forecast.discounted_purchases, forecast.discounted_beyond, forecast.usual_gap]).all()


@settings(max_examples=10, derandomize=True, deadline=None)
@given(any_histories())
def test_a_fit_is_never_nan_and_never_raises(h):
    fit = MODEL.fit(h)
    assert np.isfinite([fit.log_likelihood, *fit.parameters.values()]).all()
    assert all(error is None or 0 < error < np.inf for error in fit.standard_errors.values())
