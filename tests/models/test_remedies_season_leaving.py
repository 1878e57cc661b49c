"""Pareto/NBD with a season: purchases on the clock of the season, leaving by the calendar."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from remedy_samples import START, YEAR, simulated, speed_of
from scipy.integrate import quad

from kundenwert import registry
from kundenwert.models.course import expected_course
from kundenwert.models.future import future_counts, future_mass_of
from kundenwert.models.remedies import _leaving, read_fit
from kundenwert.models.remedies._clock import Clock, balanced
from kundenwert.models.remedies._profile import Profile
from kundenwert.models.remedies._season_leaving import SeasonLeavingFit, fit_leaving
from kundenwert.records import Histories, Horizons

SEASON = balanced(np.array([0.7, 0.6, 0.8, 0.9, 1.0, 0.9, 0.6, 0.6, 0.9, 1.1, 1.9, 2.2]))
FLAT = Profile(np.ones(12), np.zeros((12, 12)))
HORIZONS = Horizons(184.0, 5 * 365.25, 0.10)
CUT = 3 * YEAR + 184
P = {"r": 0.8, "alpha": 48.0, "s": 0.6, "beta": 150.0}
FIELDS = ("p_alive", "expected_purchases", "discounted_purchases", "discounted_beyond", "usual_gap")


def model():
    return registry.load("models.purchases", "pareto_nbd")()


@pytest.fixture(scope="module")
def log():
    """Three and a half years; the half that holds Christmas comes."""
    return simulated(2_500, 4 * YEAR, CUT, speed=speed_of(SEASON, 4 * YEAR), p=P, seed=1)


@pytest.fixture(scope="module")
def fit(log):
    return registry.load("models.remedies", "season")().fit(model(), log.histories, log.calendar)


@pytest.fixture(scope="module")
def flat(log):
    return fit_leaving(model(), log.histories, log.calendar, FLAT, START, 7.0)


@pytest.fixture(scope="module")
def plain(log):
    return model().fit(log.histories)


def test_without_a_season_the_fit_is_the_plain_one(flat, plain):
    assert flat.log_likelihood == pytest.approx(plain.log_likelihood, abs=2e-3)
    assert flat.base.parameters == pytest.approx(plain.parameters, rel=1e-3)
    assert flat.base.standard_errors == pytest.approx(plain.standard_errors, rel=1e-2)


@pytest.mark.parametrize("field", FIELDS)
def test_without_a_season_the_forecast_is_the_plain_one(log, flat, plain, field):
    same = replace(flat, base=plain)
    expected, found = (getattr(one.forecast_histories(log.histories, HORIZONS), field) for one in (plain, same))
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-9)


def test_without_a_season_counts_and_course_are_the_plain_ones(log, flat, plain):
    same, h = replace(flat, base=plain), log.histories
    assert future_mass_of(same, h, 90.0, 8) == pytest.approx(future_mass_of(plain, h, 90.0, 8), abs=1e-6)
    assert (future_counts(same, h, 184.0).quantile(0.95) == future_counts(plain, h, 184.0).quantile(0.95)).mean() > 0.999
    ends = np.array([-500.0, -3.0, 0.0, 300.0])
    assert expected_course(same, h, ends) == pytest.approx(expected_course(plain, h, ends), rel=1e-9)


def test_the_likelihood_is_the_integral_over_the_time_of_leaving(log):
    clock, as_of = Clock.of(SEASON, START, log.calendar.as_of), log.calendar.as_of
    h = Histories(
        np.array([0, 1, 7, 60]), np.array([0.0, 5.0, 300.0, 900.0]), np.array([700.0, 20.0, 900.0, 1200.0]), np.ones(4, dtype=int)
    )
    found = _leaving.parts(P, h.frequency.astype(float), _leaving.Nodes.of(h, clock, as_of))
    for k in range(4):
        first, x, t, T = as_of - h.T[k], h.frequency[k], h.recency[k], h.T[k]

        def inside(v, first=first, x=x, t=t):
            time = clock.at(np.array([first, first + t, first + v]))
            fallen = (P["alpha"] + time[2] - time[0]) / (P["alpha"] + time[1] - time[0])
            return P["s"] / P["beta"] * (1 + v / P["beta"]) ** -(P["s"] + 1) * fallen ** -(P["r"] + x)

        borders = (clock.ends - first)[(clock.ends > first + t) & (clock.ends < as_of)]
        cuts = np.concatenate(([t], borders, [T]))
        whole = sum(quad(inside, a, b)[0] for a, b in pairwise(cuts))
        top = -(P["r"] + x) * np.log1p(float(np.diff(clock.at(np.array([first, first + t])))[0]) / P["alpha"])
        assert np.exp(found.left[k] - top) == pytest.approx(whole, rel=1e-5)


def test_the_gradient_is_exact(log):
    clock = Clock.of(SEASON, START, log.calendar.as_of)
    nodes = _leaving.Nodes.of(log.histories, clock, log.calendar.as_of)
    _, gradient = _leaving.score(P, log.histories, nodes)
    for k, name in enumerate(P):
        step = 1e-6 * P[name]
        ends = [_leaving.score({**P, name: P[name] + sign * step}, log.histories, nodes)[0] for sign in (1, -1)]
        assert gradient[k] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-4, abs=1e-4)


def test_a_forecast_in_mid_season_is_nearer_than_the_plain_one(log, fit, plain):
    actual = (log.later <= 184).sum()
    expected = [one.forecast_histories(log.histories, HORIZONS).expected_purchases @ log.histories.count for one in (plain, fit)]
    assert abs(expected[1] / actual - 1) < 0.06
    assert abs(expected[0] / actual - 1) > 0.12
    assert fit.log_likelihood > plain.log_likelihood + 300


def test_profile_and_rate_are_found(fit):
    assert fit.model.name == "pareto_nbd+season"
    assert np.abs(fit.profile.factors / SEASON - 1).mean() < 0.06
    assert fit.parameters["r"] / fit.parameters["alpha"] == pytest.approx(7 * 0.8 / 48, rel=0.1)


def test_counts_agree_with_the_expectation(log, fit):
    expected = fit.forecast_histories(log.histories, HORIZONS).expected_purchases
    assert future_counts(fit, log.histories, 184.0).mean() == pytest.approx(expected, rel=1e-4)
    mass = future_mass_of(fit, log.histories, 10.0, 60)
    assert mass.sum(axis=1) == pytest.approx(np.ones(len(mass)), abs=1e-6)
    assert (future_mass_of(fit, log.histories, 0.0, 2) == [1, 0, 0]).all()


def test_the_value_does_not_hang_on_where_the_horizon_ends(log, fit):
    found = [fit.forecast_histories(log.histories, Horizons(30.0, end, 0.1)) for end in (1000.0, 3000.0)]
    whole = [(one.discounted_purchases + one.discounted_beyond) @ log.histories.count for one in found]
    assert whole[0] == pytest.approx(whole[1], rel=5e-4)
    assert fit.forecast_histories(log.histories, Horizons(30.0, 100.0, 0.0)).discounted_beyond is None


def test_the_course_follows_what_came(log, fit):
    found = np.diff(expected_course(fit, log.histories, log.calendar.months - 1.0 - log.calendar.as_of))
    assert found.sum() == pytest.approx(log.calendar.repeat_purchases.sum(), rel=0.05)
    assert found[6:-1] == pytest.approx(log.calendar.repeat_purchases[6:-1], rel=0.25)


def test_a_saved_fit_is_read_again_and_draws_scatter(log, fit):
    again = read_fit(fit.to_json())
    assert isinstance(again, SeasonLeavingFit)
    assert again.card() == fit.card()
    expected, found = (one.forecast_histories(log.histories, HORIZONS).expected_purchases for one in (fit, again))
    assert found == pytest.approx(expected, rel=1e-12)
    rates = np.log([one.base.parameters["r"] for one in fit.drawn(300, seed=2)])
    assert rates.std() == pytest.approx(fit.standard_errors["r"] / fit.parameters["r"], rel=0.2)
    assert fit.drawn(2, seed=2)[1].base.parameters == again.drawn(2, seed=2)[1].base.parameters


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_extreme_parameters_end_in_finite_numbers(log, scale):
    h = Histories(np.array([0, 3, 9_000]), np.array([0.0, 1.0, 1200.0]), np.array([0.0, 1200.0, 1200.0]), np.ones(3, dtype=int))
    clock = Clock.of(SEASON, START, log.calendar.as_of)
    p = {"r": 0.5, "alpha": scale, "s": 0.7, "beta": 1 / scale}
    value, gradient = _leaving.score(p, h, _leaving.Nodes.of(h, clock, log.calendar.as_of))
    alive = _leaving.p_alive(p, h, clock, log.calendar.as_of)
    assert np.isfinite([value, *gradient]).all()
    assert ((alive >= 0) & (alive <= 1)).all()


def test_customers_none_of_whom_came_back_end_in_the_plain_outcome(log):
    nobody = Histories(np.array([0]), np.array([0.0]), np.array([300.0]), np.array([40]))
    found = fit_leaving(model(), nobody, log.calendar, FLAT, START, 7.0)
    assert found.outcome.name == "TOO_LITTLE_DATA"
    assert np.isfinite(found.forecast_histories(nobody, HORIZONS).expected_purchases).all()
