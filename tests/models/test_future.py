"""The distribution of purchases to come: of every model that tells one, and against simulation and published numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom

from kundenwert import registry
from kundenwert.errors import CallError
from kundenwert.models._fitted import Fitted
from kundenwert.models._statement import Outcome
from kundenwert.models.future import FutureCounts, future_counts, future_mass, future_mass_of, is_known
from kundenwert.models.purchases.recent_rate import RecentHistories
from kundenwert.records import Histories, Horizons

MODELS = [name for name in registry.names("models.purchases") if is_known(registry.load("models.purchases", name)())]
EACH = pytest.mark.parametrize("name", MODELS)
# By parameters: as Fader, Hardie & Lee 2005 and Schmittlein, Morrison & Colombo 1987 name them, in days.
WORDS = {"r": 0.6, "alpha": 40.0, "a": 0.8, "b": 2.4, "s": 0.6, "beta": 80.0}


def load(name):
    model = registry.load("models.purchases", name)()
    return model, {one.name: WORDS[one.name] for one in model.parameters}


def histories(x, t, T):
    return Histories(np.array(x), np.array(t, dtype=float), np.array(T, dtype=float), np.ones(len(x), dtype=np.int64))


def forecast(model, p, h, days):
    return model.forecast(p, h, Horizons(days, days, 0.0))


def mass_of(name, h, days, top, **changed):
    model, p = load(name)
    p |= changed
    found = forecast(model, p, h, days)
    alive = np.ones(len(h)) if found.p_alive is None else found.p_alive
    return future_mass(model, p, h, alive, days, top), found


SOME = histories([0, 0, 1, 2, 12, 40, 40], [0, 0, 30.0, 200.0, 250.0, 300.0, 20.0], [0.0, 280.0, 272.0, 272.0, 260.0, 301.0, 301.0])


def test_bg_nbd_tells_its_distribution_and_a_recent_rate_does_not():
    assert "bg_nbd" in MODELS
    assert "recent_rate" not in MODELS


@EACH
def test_masses_sum_to_one_and_their_mean_is_the_expectation(name):
    mass, found = mass_of(name, SOME, 180.0, 8_000)
    assert (mass >= 0).all()
    assert mass.sum(axis=1) == pytest.approx(1, abs=1e-9)
    assert mass @ np.arange(8_001) == pytest.approx(found.expected_purchases, rel=1e-7)


@EACH
def test_a_short_table_is_the_beginning_of_a_long_one(name):
    short, long = (mass_of(name, SOME, 180.0, top)[0] for top in (5, 300))
    assert short == pytest.approx(long[:, :6], rel=1e-9)


@EACH
def test_no_time_ahead_brings_nothing(name):
    assert mass_of(name, SOME, 0.0, 3)[0].tolist() == [[1.0, 0.0, 0.0, 0.0]] * len(SOME)


@EACH
def test_ten_thousand_purchases_are_no_trouble(name):
    mass, found = mass_of(name, histories([10_000], [4_000.0], [4_000.5]), 30.0, 600)
    assert np.isfinite(mass).all()
    assert mass.sum() == pytest.approx(1, abs=1e-8)
    assert mass[0] @ np.arange(601) == pytest.approx(found.expected_purchases[0], rel=1e-6)


@EACH
def test_what_comes_is_what_a_simulation_of_such_customers_gives(name):
    model, p = load(name)
    x, T, days, draws = 3, 200.0, 150.0, 100_000
    h = histories([x], [150.0], [T])
    found = forecast(model, p, h, days)
    alive = 1.0 if found.p_alive is None else float(found.p_alive[0])
    rng = np.random.default_rng(12)
    rate = rng.gamma(p["r"] + x, 1 / (p["alpha"] + T), draws)
    stays = np.full(draws, days)
    if "s" in p:
        stays = np.minimum(days, rng.exponential(1 / rng.gamma(p["s"], 1 / (p["beta"] + T), draws)))
    come = rng.poisson(rate * stays)
    if "a" in p:
        come = np.minimum(come, rng.geometric(rng.beta(p["a"], p["b"] + x + getattr(model, "chances_at_first", 0), draws)))
    come = np.where(rng.random(draws) < alive, come, 0)
    simulated = np.bincount(come, minlength=12)[:12] / draws
    assert future_mass(model, p, h, np.array([alive]), days, 11)[0] == pytest.approx(simulated, abs=0.005)


def test_a_new_customer_of_bg_nbd_has_the_published_probabilities():
    words = {"r": 0.243, "alpha": 4.414 * 7, "a": 0.793, "b": 2.426}
    new = histories([0], [0.0], [0.0])
    assert mass_of("bg_nbd", new, 14.0, 10, **words)[0][0, 10] == pytest.approx(1.07869e-07, rel=1e-5)
    assert mass_of("bg_nbd", new, 39 * 7.0, 0, **words)[0][0, 0] == pytest.approx(0.5737864, abs=1e-7)
    published = [0.0019995214, 0.0015170236, 0.0011633150, 0.0009003148, 0.0007023638]
    assert mass_of("bg_nbd", new, 30 * 7.0, 20, **words)[0][0, 11:16] == pytest.approx(published, abs=1e-10)


def test_a_model_s_own_distribution_goes_first():
    class Own:
        needs = "histories"
        parameters = ()

        def future_mass(self, p, histories, days, n_max):
            return np.full((len(histories), n_max + 1), 0.5)

    assert is_known(Own())
    assert future_mass(Own(), {}, SOME, np.ones(len(SOME)), 9.0, 1).sum() == len(SOME)


def test_nodes_serve_a_history_of_any_scale():
    if "pareto_nbd" not in MODELS:
        pytest.skip("pareto_nbd is not in this installation")
    for alpha, beta in ((0.01, 1e5), (1e4, 0.01), (5.0, 5.0)):
        mass, found = mass_of("pareto_nbd", histories([0, 1], [0.0, 0.3], [0.0, 0.5]), 365.0, 4_000, alpha=alpha, beta=beta)
        assert np.isfinite(mass).all()
        whole = mass.sum(axis=1) > 1 - 1e-9
        assert (mass @ np.arange(4_001))[whole] == pytest.approx(found.expected_purchases[whole], rel=1e-6)


def fitted(name, **changed):
    model, p = load(name)
    p |= changed
    nothing = dict.fromkeys(p)
    return Fitted(model, 1.0, p, nothing, 0.0, Outcome.CONVERGED, "", 2, 2)


@EACH
def test_counts_are_those_of_the_full_table(name):
    fit, days = fitted(name), 365.0
    counts, mass = future_counts(fit, SOME, days), future_mass_of(fit, SOME, days, 2_000)
    cumulated = np.cumsum(mass, axis=1)
    for n in (-1, 0, 1, 5, 60, 3_000):
        exact = cumulated[:, min(n, 2_000)] if n >= 0 else 0.0
        assert counts.cdf(np.full(len(SOME), n)) == pytest.approx(exact, abs=1e-8)
    for level in (0.05, 0.25, 0.5, 0.9, 0.95, 0.995):
        assert counts.quantile(level).tolist() == (cumulated < level).sum(axis=1).tolist()


@EACH
@pytest.mark.parametrize("days", [1.0, 180.0, 1_826.0])
def test_the_mean_of_the_counts_is_the_expectation_and_the_variance_that_of_the_table(name, days):
    fit = fitted(name)
    counts, mass, n = future_counts(fit, SOME, days), future_mass_of(fit, SOME, days, 6_000), np.arange(6_001)
    expected = fit.forecast_histories(SOME, Horizons(days, days, 0.0)).expected_purchases
    assert counts.mean() == pytest.approx(expected, rel=1e-6)
    assert counts.variance() == pytest.approx(mass @ n**2 - (mass @ n) ** 2, rel=1e-5)


@EACH
def test_histories_in_any_number_and_order_get_what_each_gets_alone(name):
    fit, some = fitted(name), np.array([5, 0, 5, 3, 6, 1, 2, 4, 3])
    many = histories(SOME.frequency[some], SOME.recency[some], SOME.T[some])
    assert future_counts(fit, many, 90.0).quantile(0.95).tolist() == future_counts(fit, SOME, 90.0).quantile(0.95)[some].tolist()


@EACH
def test_very_many_purchases_have_a_distribution_too(name):
    h = histories([10_000, 0], [4_000.0, 0.0], [4_000.5, 3.0])
    counts = future_counts(fitted(name), h, 365.0)
    expected = fitted(name).forecast_histories(h, Horizons(365.0, 365.0, 0.0)).expected_purchases
    assert counts.mean() == pytest.approx(expected, rel=1e-6)
    assert counts.quantile(0.95)[0] > counts.mean()[0]
    assert counts.variance()[0] > 0


def test_a_small_base_has_negative_binomial_counts():
    recent = RecentHistories(np.array([0, 4, 30]), np.array([365.25, 200.0, 365.25]), np.array([5, 2, 1]))
    fit = fitted("recent_rate")
    counts = future_counts(fit, recent, 365.0)
    expected = fit.forecast_histories(recent, Horizons(365.0, 365.0, 0.0)).expected_purchases
    assert counts.mean() == pytest.approx(expected, rel=1e-6)
    # Gamma-Poisson: mean + mean^2 / shape.
    assert counts.variance() == pytest.approx(expected + expected**2 / (0.6 + recent.purchases), rel=1e-6)
    p = fit.parameters_in_days
    ahead = 365.0 / (p["alpha"] + recent.exposure_days)
    for level in (0.05, 0.5, 0.95):
        assert counts.quantile(level).tolist() == nbinom.ppf(level, p["r"] + recent.purchases, 1 / (1 + ahead)).tolist()
    mass = future_mass_of(fit, recent, 365.0, 3)
    assert mass == pytest.approx(nbinom.pmf(np.arange(4), (p["r"] + recent.purchases)[:, None], 1 / (1 + ahead)[:, None]))


def test_a_mixture_is_the_weighted_sum_of_its_members():
    first, second = (future_counts(fitted(name), SOME, 365.0) for name in ("bg_nbd", "nbd"))
    weight = np.array([0.0, 1.0, 0.5, 0.25, 0.5, 0.9, 0.1])
    mixed = FutureCounts.mixture([weight, 1 - weight], [first, second])
    n = np.arange(400)
    cumulated = np.stack([mixed.cdf(np.full(len(SOME), k)) for k in n], axis=1)
    expected = np.stack([weight * first.cdf(np.full(7, k)) + (1 - weight) * second.cdf(np.full(7, k)) for k in n], axis=1)
    assert cumulated == pytest.approx(expected)
    for level in (0.05, 0.5, 0.95):
        assert mixed.quantile(level).tolist() == (cumulated < level).sum(axis=1).tolist()
    mass = np.diff(cumulated, axis=1, prepend=0.0)
    assert mixed.mean() == pytest.approx(mass @ n, rel=1e-3)
    assert mixed.variance() == pytest.approx(mass @ n**2 - (mass @ n) ** 2, rel=1e-2)


def test_a_mixture_takes_numbers_as_weights_too():
    members = [future_counts(fitted(name), SOME, 365.0) for name in ("mbg_nbd", "pareto_nbd")]
    mixed = FutureCounts.mixture([0.25, 0.75], members)
    assert mixed.mean() == pytest.approx(0.25 * members[0].mean() + 0.75 * members[1].mean())


def test_a_fit_with_a_way_of_its_own_is_asked_for_it():
    class Own:
        def future_counts(self, histories, days):
            return ("counts", days)

        def future_mass(self, histories, days, n_max):
            return ("mass", days, n_max)

    assert future_counts(Own(), SOME, 7.0) == ("counts", 7.0)
    assert future_mass_of(Own(), SOME, 7.0, 3) == ("mass", 7.0, 3)


def test_a_model_with_a_distribution_of_its_own_is_asked_for_it():
    class Steady:
        name, parameters = "steady", ()

        def future_mass(self, p, histories, days, n_max):
            return nbinom.pmf(np.arange(n_max + 1), 1.0 + histories.frequency[:, None], 0.5)

    class Fit:
        model, parameters_in_days = Steady(), {}

    counts = future_counts(Fit(), SOME, 30.0)
    assert counts.quantile(0.9).tolist() == nbinom.ppf(0.9, 1.0 + SOME.frequency, 0.5).tolist()
    assert future_mass_of(Fit(), SOME, 30.0, 2).shape == (len(SOME), 3)


def test_a_model_that_does_not_tell_its_distribution_is_refused():
    class Silent:
        name, parameters = "silent", ()

    class Fit:
        model, parameters_in_days = Silent(), {}

    with pytest.raises(CallError, match="silent does not tell"):
        future_counts(Fit(), SOME, 30.0)
    with pytest.raises(CallError, match="silent does not tell"):
        future_mass_of(Fit(), SOME, 30.0, 3)
