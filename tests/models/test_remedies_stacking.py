"""Stacking: weights that earlier forecasts earn, and outputs that are weighted sums."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from kundenwert import registry
from kundenwert.errors import CallError, FitError, UnreadableInput
from kundenwert.models._statement import Outcome
from kundenwert.models.course import expected_course
from kundenwert.models.future import future_counts, future_mass_of
from kundenwert.models.remedies import StackedFit, read_fit, stacked, weights_of
from kundenwert.models.remedies._mixed import mixed_forecast
from kundenwert.records import Horizons, PurchaseForecast

HORIZONS = Horizons(273.0, 5 * 365.25, 0.10)
NAMES = ("bg_nbd", "mbg_nbd", "nbd")
FIELDS = ("p_alive", "expected_purchases", "discounted_purchases", "discounted_beyond", "usual_gap")


@pytest.fixture(scope="module")
def fits(cdnow):
    return [registry.load("models.purchases", name)().fit(cdnow) for name in NAMES]


@pytest.mark.parametrize("field", FIELDS)
def test_all_outputs_are_weighted_sums(cdnow, fits, field):
    members = [getattr(one.forecast_histories(cdnow, HORIZONS), field) for one in fits]
    found = getattr(stacked(fits, [2, 1, 1]).forecast_histories(cdnow, HORIZONS), field)
    assert found == pytest.approx(0.5 * members[0] + 0.25 * members[1] + 0.25 * members[2], rel=1e-12)


def test_a_weight_of_one_is_the_member(cdnow, fits):
    alone = stacked(fits, [0, 1, 0])
    for field in FIELDS:
        found, expected = (getattr(one.forecast_histories(cdnow, HORIZONS), field) for one in (alone, fits[1]))
        assert found == pytest.approx(expected, rel=1e-15)
    assert future_mass_of(alone, cdnow, 50.0, 4) == pytest.approx(future_mass_of(fits[1], cdnow, 50.0, 4), rel=1e-15)
    assert (future_counts(alone, cdnow, 50.0).quantile(0.95) == future_counts(fits[1], cdnow, 50.0).quantile(0.95)).all()
    assert alone.log_likelihood == fits[1].log_likelihood


def test_the_distribution_is_the_mixture_and_ties_with_the_expectation(cdnow, fits):
    mixture = stacked(fits, [0.3, 0.3, 0.4])
    mass = future_mass_of(mixture, cdnow, 30.0, 80)
    assert mass == pytest.approx(sum(w * future_mass_of(one, cdnow, 30.0, 80) for w, one in zip((0.3, 0.3, 0.4), fits, strict=True)))
    counts = future_counts(mixture, cdnow, 273.0)
    assert counts.mean() == pytest.approx(mixture.forecast_histories(cdnow, HORIZONS).expected_purchases, rel=1e-6)
    low, high = (counts.quantile(level) for level in (0.05, 0.95))
    assert (counts.cdf(high) >= 0.95 - 1e-9).all()
    assert (low <= high).all()


def test_the_course_is_the_weighted_course(cdnow, fits):
    ends = np.array([-200.0, 0.0, 100.0])
    expected = 0.5 * expected_course(fits[0], cdnow, ends) + 0.5 * expected_course(fits[2], cdnow, ends)
    assert expected_course(stacked(fits, [1, 0, 1]), cdnow, ends) == pytest.approx(expected)


def test_draws_mix_the_members_draws(fits):
    drawn = stacked(fits, [1, 1, 0]).drawn(3, seed=7)
    assert [len(one.members) for one in drawn] == [2, 2, 2]
    assert drawn[0].members[0].parameters == fits[0].drawn(3, seed=7)[0].parameters
    assert drawn[0].members[1].parameters != drawn[1].members[1].parameters


def test_a_saved_mixture_is_read_again(cdnow, fits):
    mixture = stacked(fits, [1, 2, 3])
    again = read_fit(mixture.to_json())
    assert isinstance(again, StackedFit)
    assert again.card() == mixture.card()
    expected, found = (one.forecast_histories(cdnow, HORIZONS).expected_purchases for one in (mixture, again))
    assert found == pytest.approx(expected, rel=1e-14)


def test_a_plain_fit_is_read_by_the_same_door(fits):
    assert read_fit(fits[0].to_json()) == fits[0]


@pytest.mark.parametrize("text", ["", "{}", '{"format": "kundenwert.remedied", "version": 9}'])
def test_what_is_no_fit_is_refused(text):
    with pytest.raises(UnreadableInput, match="not a saved fit"):
        read_fit(text)


def test_an_unknown_remedy_is_refused(fits):
    text = stacked(fits, [1, 1, 1]).to_json().replace('"remedy": "stacking"', '"remedy": "miracle"')
    with pytest.raises(UnreadableInput, match=r"No .miracle. in models\.remedies"):
        read_fit(text)


@pytest.mark.parametrize("weights", [[1, 1], [1, 1, -1], [1, 1, np.nan]])
def test_weights_that_make_no_sense_are_refused(fits, weights):
    with pytest.raises(CallError, match="one for each, at least 0"):
        stacked(fits, weights)


def test_more_than_three_or_none_are_refused(fits):
    with pytest.raises(CallError, match="4 fits have a weight above 0"):
        stacked([*fits, fits[0]], [1, 1, 1, 1])
    with pytest.raises(CallError, match="0 fits"):
        stacked(fits, [0, 0, 0])


def test_a_model_that_sees_other_histories_is_refused(fits):
    class Other:
        model = registry.load("models.purchases", "recent_rate")()

    with pytest.raises(CallError, match="recent_rate cannot be stacked"):
        stacked([fits[0], Other()], [1, 1])


def test_who_does_not_know_p_alive_is_left_out_of_it():
    one, two = np.array([1.0, 0.5]), np.array([2.0, 4.0])
    known = PurchaseForecast(one, one, one, one, one)
    unknown = PurchaseForecast(None, two, two, None, two)
    found = mixed_forecast((0.25, 0.75), (known, unknown))
    assert found.p_alive == pytest.approx(one)
    assert found.expected_purchases == pytest.approx([1.75, 3.125])
    assert found.discounted_beyond is None
    assert mixed_forecast((0.5, 0.5), (unknown, unknown)).p_alive is None


def scores(y, *means):
    return np.stack([stats.poisson.logpmf(y, mean) for mean in means])


def test_the_weights_are_those_of_the_mixture_that_made_the_counts():
    rng = np.random.default_rng(0)
    y = rng.poisson(rng.choice([1.0, 6.0], 20_000, p=[0.3, 0.7]))
    found = weights_of(scores(y, 1.0, 6.0, 20.0), np.ones(len(y), dtype=int))
    assert found == pytest.approx([0.3, 0.7, 0.0], abs=0.02)
    assert found.sum() == pytest.approx(1.0)


def test_no_other_weights_score_better():
    y = np.random.default_rng(1).poisson(3.0, 500)
    log_scores, count = scores(y, 2.0, 3.5, 5.0), np.arange(1, 501)
    found = weights_of(log_scores, count)

    def mean(weights):
        return count @ np.log(weights @ np.exp(log_scores)) / count.sum()

    others = np.random.default_rng(2).dirichlet(np.ones(3), 200)
    assert max(mean(one) for one in others) <= mean(found) + 1e-4


def test_counts_are_repeated_entries():
    y = np.array([0, 1, 5, 9])
    once = weights_of(scores(y, 1.0, 7.0), np.array([1, 2, 3, 4]))
    assert once == pytest.approx(weights_of(scores(np.repeat(y, [1, 2, 3, 4]), 1.0, 7.0), np.ones(10)), abs=1e-6)


def test_at_most_three_are_kept_and_none_below_two_hundredths():
    rng = np.random.default_rng(3)
    y = rng.poisson(rng.choice([0.3, 3.0, 10.0, 25.0, 60.0], 4_000, p=[0.4, 0.3, 0.2, 0.09, 0.01]))
    found = weights_of(scores(y, 0.3, 3.0, 10.0, 25.0, 60.0), np.ones(len(y)))
    assert (found > 0).sum() == 3
    assert found[found > 0].min() >= 0.02


def test_alike_members_share_and_an_outcome_nobody_thought_of_decides_nothing():
    alike = weights_of(np.log([[0.2, 0.4], [0.2, 0.4]]), np.array([1, 1]))
    assert alike == pytest.approx([0.5, 0.5])
    never = weights_of(np.array([[-1.0, -np.inf], [-2.0, -np.inf]]), np.array([1, 1]))
    assert never == pytest.approx([1.0, 0.0])


def test_the_face_of_a_fit_is_complete(cdnow, fits):
    mixture = stacked(fits, [1, 1, 1])

    class Base:
        def forecast(self, fit, **asked):
            return fit, asked

    given, asked = mixture.forecast(Base(), horizon="39w", levels=(0.5,))
    assert given is mixture
    assert asked == {"horizon": "39w", "value_horizon": "5y", "discount_rate": 0.1, "levels": (0.5,)}
    assert mixture.or_raise() is mixture
    assert mixture.unit == "week"
    assert replace(mixture, unit_days=10.0).unit == "10 days"
    assert mixture.aic == 2 * len(mixture.parameters) - 2 * mixture.log_likelihood
    assert mixture.bic == pytest.approx(len(mixture.parameters) * np.log(2357) - 2 * mixture.log_likelihood)
    assert "stacking: 2,357 customers" in str(mixture.summary())
    with pytest.raises(FitError, match=r"stacking: There are too few"):
        replace(mixture, outcome=Outcome.TOO_LITTLE_DATA, sentence="There are too few.").or_raise()
