"""The seasonal profile: found where there is one, absent where there is none, and arithmetic on the clock."""

from __future__ import annotations

import numpy as np
import pytest
from remedy_samples import START, YEAR, simulated, speed_of

from kundenwert import registry
from kundenwert.errors import CallError
from kundenwert.models.course import expected_course
from kundenwert.models.future import future_counts, future_mass_of
from kundenwert.models.remedies import AbstractRemedy, read_fit
from kundenwert.models.remedies._clock import Clock, balanced, month_of
from kundenwert.models.remedies._profile import Profile, profile_of
from kundenwert.models.remedies.season import SeasonFit, _fit_of
from kundenwert.records import Calendar, Histories, Horizons
from kundenwert.stats import discount

SEASON = balanced(np.array([0.7, 0.6, 0.8, 0.9, 1.0, 0.9, 0.6, 0.6, 0.9, 1.1, 1.9, 2.2]))
HORIZONS = Horizons(184.0, 5 * 365.25, 0.10)
CUT = 3 * YEAR + 184


def remedy():
    return registry.load("models.remedies", "season")()


def model(name="bg_nbd"):
    return registry.load("models.purchases", name)()


@pytest.fixture(scope="module")
def log():
    """Three and a half years, known until the first of July; the half that holds Christmas comes."""
    return simulated(6_000, 4 * YEAR, CUT, speed=speed_of(SEASON, 4 * YEAR))


@pytest.fixture(scope="module")
def fit(log):
    return remedy().fit(model(), log.histories, log.calendar)


def flat(log, name="bg_nbd", factors=None):
    factors = np.ones(12) if factors is None else factors
    base = model(name).fit(log.histories)
    return base, _fit_of(base, Profile(factors, np.zeros((12, 12))), log.calendar.as_of, START, base.log_likelihood)


def test_the_remedy_is_a_plug_in_that_names_what_it_needs():
    assert isinstance(remedy(), AbstractRemedy)
    assert remedy().name == "season"
    assert [remedy().fits(model(name)) for name in ("bg_nbd", "mbg_nbd", "nbd", "pareto_nbd", "recent_rate")] == [True] * 4 + [False]


def test_a_log_below_two_years_has_no_season(log):
    short = Calendar(START + 728, START, log.calendar.months[:24], log.calendar.repeat_purchases[:23])
    assert "two whole years" in remedy().applies(log.histories, short)
    assert remedy().applies(log.histories, log.calendar) == ""
    nothing = Calendar(log.calendar.as_of, START, log.calendar.months, 0 * log.calendar.repeat_purchases)
    assert "repeat purchases" in remedy().applies(log.histories, nothing)


def test_a_model_of_other_histories_is_refused(log):
    with pytest.raises(CallError, match="recent_rate cannot follow a season"):
        remedy().fit(model("recent_rate"), log.histories, log.calendar)


def test_the_profile_is_found_within_a_few_percent(fit):
    assert fit.profile.factors == pytest.approx(SEASON, rel=0.12)
    assert np.abs(fit.profile.factors / SEASON - 1).mean() < 0.04
    error = (fit.profile.factors - SEASON) / [fit.standard_errors[f"season_{k:02}"] for k in range(1, 13)]
    assert np.sqrt(np.mean(error**2)) < 1.8


def test_a_forecast_in_mid_season_is_nearer_than_the_plain_one(log, fit):
    actual = (log.later <= 184).sum()
    plain = model().fit(log.histories)
    expected = [one.forecast_histories(log.histories, HORIZONS).expected_purchases @ log.histories.count for one in (plain, fit)]
    assert abs(expected[1] / actual - 1) < 0.05
    assert abs(expected[0] / actual - 1) > 0.15


def test_the_likelihood_counts_the_season_as_evidence(log, fit):
    assert fit.log_likelihood > model().fit(log.histories).log_likelihood + 500


def test_without_a_season_the_profile_is_nearly_flat():
    log = simulated(4_000, 3 * YEAR, 3 * YEAR - 1, seed=3)
    found = remedy().fit(model("mbg_nbd"), log.histories, log.calendar)
    assert found.profile.factors == pytest.approx(np.ones(12), abs=0.06)
    assert found.model.name == "mbg_nbd+season"


def test_mean_of_the_factors_is_one_over_the_days_of_a_year(fit):
    clock = Clock.of(fit.profile.factors, START, START)
    assert clock.at(np.array([START + 4 * 365.25])) == pytest.approx([4 * 365.25], rel=1e-4)


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd", "nbd"])
def test_a_flat_season_is_the_plain_model(log, name):
    plain, same = flat(log, name)
    h = log.histories
    expected, found = (one.forecast_histories(h, HORIZONS) for one in (plain, same))
    assert found.p_alive == pytest.approx(expected.p_alive, rel=1e-9)
    assert found.expected_purchases == pytest.approx(expected.expected_purchases, rel=1e-9)
    assert found.discounted_purchases == pytest.approx(expected.discounted_purchases, rel=1e-4)
    assert found.discounted_beyond == pytest.approx(expected.discounted_beyond, rel=1e-9)
    assert found.usual_gap == pytest.approx(expected.usual_gap, rel=1e-9)
    assert future_mass_of(same, h, 90.0, 5) == pytest.approx(future_mass_of(plain, h, 90.0, 5), abs=1e-12)
    ends = np.array([-400.0, -1.0, 0.0, 200.0])
    assert expected_course(same, h, ends) == pytest.approx(expected_course(plain, h, ends), rel=1e-9)


def test_discounting_stays_in_calendar_time(log):
    """Day by day: what comes on a day counts by the discount of that day."""
    _, fit = flat(log, factors=SEASON)
    h = Histories(np.array([0, 3, 12]), np.array([0.0, 200.0, 390.0]), np.array([30.0, 300.0, 400.0]), np.ones(3, dtype=int))
    days = np.arange(0, 501.0)
    ahead = np.maximum(fit.clock.at(fit.as_of + days), 0.0)
    p, plain = fit.base.parameters_in_days, fit.base.model
    inside = fit.clock.histories(h, fit.as_of)
    until = np.stack([plain.expected_purchases(p, inside, time) for time in ahead.tolist()])
    expected = np.exp(-discount.force_per_day(0.1) * (days[1:] - 0.5)) @ np.diff(until, axis=0)
    found = fit.forecast_histories(h, Horizons(184.0, 500.0, 0.10))
    assert found.discounted_purchases == pytest.approx(expected, rel=1e-4)
    assert found.expected_purchases == pytest.approx(until[184], rel=1e-12)


def test_what_lies_beyond_is_discounted_from_its_day_too(log):
    _, fit = flat(log, factors=SEASON)
    h = log.histories
    near, far = (fit.forecast_histories(h, Horizons(184.0, end, 0.10)) for end in (1000.0, 3000.0))
    whole = [(one.discounted_purchases + one.discounted_beyond) @ h.count for one in (near, far)]
    assert whole[0] == pytest.approx(whole[1], rel=2e-4)
    assert fit.forecast_histories(h, Horizons(184.0, 1000.0, 0.0)).discounted_beyond is None


def test_counts_agree_with_the_expectation(log, fit):
    expected = fit.forecast_histories(log.histories, HORIZONS).expected_purchases
    assert future_counts(fit, log.histories, 184.0).mean() == pytest.approx(expected, rel=1e-6)
    mass = future_mass_of(fit, log.histories, 20.0, 60)
    assert mass.sum(axis=1) == pytest.approx(np.ones(len(log.histories)), abs=1e-6)


def test_the_course_follows_what_came(log, fit):
    found = np.diff(expected_course(fit, log.histories, log.calendar.months - 1.0 - log.calendar.as_of))
    assert found[6:-1] == pytest.approx(log.calendar.repeat_purchases[6:-1], rel=0.2)


def test_the_clock_is_undone(fit):
    days = np.array([START - 5000.0, START, START + 17.5, START + 9_999.0, START + 90_000.0])
    assert fit.clock.day(fit.clock.at(days)) == pytest.approx(days, rel=1e-12)


def test_a_saved_fit_is_read_again(log, fit):
    again = read_fit(fit.to_json())
    assert isinstance(again, SeasonFit)
    assert again.card() == fit.card()
    assert fit.card().parameters["season_12"] == pytest.approx(fit.profile.factors[11])
    expected, found = (one.forecast_histories(log.histories, HORIZONS).discounted_purchases for one in (fit, again))
    assert found == pytest.approx(expected, rel=1e-12)


def test_draws_spread_as_the_standard_errors_say(fit):
    drawn = fit.profile.drawn(400, np.random.default_rng(1))
    spread = np.std([one.factors for one in drawn], axis=0)
    assert spread == pytest.approx([fit.standard_errors[f"season_{k:02}"] for k in range(1, 13)], rel=0.2)
    fits = fit.drawn(5, seed=3)
    assert len(fits) == 5
    assert fits[0].profile.factors == pytest.approx(fit.drawn(5, seed=3)[0].profile.factors)
    assert fits[0].base.parameters != fits[1].base.parameters


def test_noise_alone_gives_no_profile():
    months = np.datetime64("2019-01") + np.arange(37)
    days = months.astype("M8[D]").astype(np.int64)
    counts = np.random.default_rng(2).poisson(20.0, 36)
    found = profile_of(Calendar(int(days[-1]) - 1, int(days[0]), days, counts), np.full(36, 20.0))
    assert found.factors == pytest.approx(np.ones(12), abs=0.1)


def test_a_trend_is_no_season():
    months = np.datetime64("2019-01") + np.arange(31)
    days = months.astype("M8[D]").astype(np.int64)
    counts = np.rint(1000 * np.exp(0.03 * np.arange(30))).astype(np.int64)
    found = profile_of(Calendar(int(days[-1]) - 1, int(days[0]), days, counts), np.full(30, 1500.0))
    assert found.factors == pytest.approx(np.ones(12), abs=0.01)


def test_a_month_of_log_or_a_single_customer_ends_in_finite_numbers():
    h = Histories(np.array([0, 1]), np.array([0.0, 3.0]), np.array([20.0, 20.0]), np.array([1, 1]))
    for counts in ([1], [0]):
        calendar = Calendar(START + 20, START, np.array([START, START + 21]), np.array(counts))
        found = remedy().fit(model(), h, calendar)
        forecast = found.forecast_histories(h, HORIZONS)
        assert found.profile.factors.tolist() == [1.0] * 12
        assert np.isfinite(forecast.expected_purchases).all()


def test_months_are_known_from_days():
    assert month_of(np.array([START, START + 31, START + 364])).tolist() == [0, 1, 11]
