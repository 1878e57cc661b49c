"""Draws from the posterior: right, the same for the same seed, and refused where nothing would hold them. Priors and penalty too."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from kundenwert import registry
from kundenwert.errors import CallError
from kundenwert.models import _posterior, _prior
from kundenwert.models._fitted import Fitted
from kundenwert.models._prior import Belief, Prior
from kundenwert.models._statement import Outcome
from kundenwert.records import Histories, SpendHistories
from kundenwert.stats import ensemble

FOUR = ("bg_nbd", "mbg_nbd", "nbd", "pareto_nbd")


def load(name, family="purchases"):
    return registry.load(f"models.{family}", name)()


def simulated(name, customers, seed=0, **changed):
    """Whole days, as in a log of a year."""
    model, rng = load(name), np.random.default_rng(seed)
    found = model.simulate(model.example()[0] | changed, rng.integers(20, 365, customers).astype(np.float64), rng=rng)
    return Histories(found.frequency, np.floor(found.recency), found.T, found.count)


def log_posterior(model, histories, prior):
    """Written anew from the public log-likelihood: what draws must follow, in logs of the parameters."""
    time, money = model.typical(histories, 7.0)
    names = [one.name for one in model.parameters]

    def density(line):
        p = dict(zip(names, np.exp(line).tolist(), strict=True))
        belief = prior.density({k: np.array([v]) for k, v in p.items()}, time, money)[0][0]
        return float(model.log_likelihood(p, histories, 7.0) @ histories.count) + belief

    return density


def wandered(density, start, steps, seed):
    """A plain random walk (Metropolis), in whose making no code of the draws has a part."""
    rng = np.random.default_rng(seed)
    here, height, met, root = start, density(start), [], 0.1 * np.eye(len(start))
    for step in range(steps):
        if step in (steps // 8, steps // 4):
            root = 2.4 / math.sqrt(len(start)) * np.linalg.cholesky(np.cov(np.array(met[step // 2 :]).T))
        tried = here + root @ rng.standard_normal(len(start))
        found = density(tried)
        if math.log(rng.random()) < found - height:
            here, height = tried, found
        met.append(here)
    return np.array(met[steps // 3 :])


@pytest.mark.parametrize(
    ("name", "changed"), [("bg_nbd", {}), ("mbg_nbd", {"a": 1e-6}), pytest.param("pareto_nbd", {}, marks=pytest.mark.slow)]
)
def test_draws_have_the_moments_of_an_independent_random_walk(name, changed):
    histories = simulated(name, 50, **changed)
    model, steps = load(name), 8_000
    found = model.fit(histories).draws(3_000)
    density = log_posterior(model, histories, _prior.weak(model.parameters))
    walk = wandered(density, np.log([one.mode for one in found.pull]), steps, seed=1)
    logs = np.log(found.values)
    mean = found.weights @ logs
    spread = np.sqrt(found.weights @ (logs - mean) ** 2)
    # The walk is worth a few hundred draws at least.
    np.testing.assert_allclose((walk.mean(axis=0) - mean) / spread, 0.0, atol=0.25)
    np.testing.assert_allclose(walk.std(axis=0) / spread, 1.0, atol=0.2)


def test_draws_of_two_parameters_have_the_moments_of_a_grid(cdnow):
    model = load("nbd")
    found = model.fit(cdnow).draws(4_000)
    density = log_posterior(model, cdnow, _prior.weak(model.parameters))
    top = np.log([one.mode for one in found.pull])
    sides = [np.linspace(t - 0.35, t + 0.35, 61) for t in top]
    points = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, 2)
    heights = np.array([density(one) for one in points])
    weights = np.exp(heights - heights.max())
    weights /= weights.sum()
    mean, own = weights @ points, found.weights @ np.log(found.values)
    spread = np.sqrt(weights @ (points - mean) ** 2)
    np.testing.assert_allclose((own - mean) / spread, 0.0, atol=0.06)
    np.testing.assert_allclose(np.sqrt(found.weights @ (np.log(found.values) - own) ** 2) / spread, 1.0, atol=0.06)


@pytest.mark.parametrize("name", FOUR)
def test_on_cdnow_weights_can_be_trusted_and_the_prior_hardly_pulls(cdnow, name):
    found = load(name).fit(cdnow).draws(4_000)
    assert "polynomial" in found.method
    assert found.k_hat < 0.7
    assert found.effective > 2_500
    assert all(abs(one.shift) < 0.1 for one in found.pull)
    assert found.weights.sum() == pytest.approx(1.0)


def test_the_polynomial_and_exact_values_give_the_same_draws(cdnow, monkeypatch):
    fit = load("mbg_nbd").fit(cdnow)
    fast = fit.draws(4_000)
    monkeypatch.setattr(_posterior, "_by_polynomial", lambda *_: None)
    exact = fit.draws(2_000)
    assert exact.method == "adaptive importance sampling"
    for name, parameter in zip(fast.names, fast.values.T, strict=True):
        spread = np.sqrt(fast.weights @ (parameter - fast.weights @ parameter) ** 2)
        np.testing.assert_allclose(np.array(fast.interval(name)) / spread, np.array(exact.interval(name)) / spread, atol=0.3)


def test_walkers_take_over_where_no_weights_can_be_trusted(monkeypatch):
    histories = simulated("nbd", 80)
    fit = load("nbd").fit(histories)
    weighted = fit.draws(2_000)
    monkeypatch.setattr(_posterior, "_is_good", lambda _: False)
    walked = fit.draws(2_000)
    assert walked.method == "Markov chains"
    assert 100 < walked.effective <= 2_000
    for one, other in zip(weighted.pull, walked.pull, strict=True):
        assert other.median == pytest.approx(one.median, rel=0.1)


def test_a_part_of_the_customers_serves_where_histories_are_many(monkeypatch):
    histories = simulated("bg_nbd", 30_000)
    whole = load("bg_nbd").fit(histories)
    monkeypatch.setattr("kundenwert.models._base._WHOLE", 1_000)
    part = load("bg_nbd").fit(histories)
    assert part.memory.times == pytest.approx(7.5)
    for one, other in zip(whole.draws(3_000).pull, part.draws(3_000).pull, strict=True):
        error = whole.standard_errors[one.name]
        assert (other.mean - one.mean) / error == pytest.approx(0.0, abs=0.1)
    loaded = Fitted.from_json(part.to_json()).draws(1_000, base=histories)
    assert loaded.pull[0].mean == pytest.approx(whole.parameters["r"], rel=0.02)


def test_draws_are_the_same_for_the_same_seed_and_others_for_another(cdnow):
    fit = load("nbd").fit(cdnow)
    first, again, other = fit.draws(500, seed=1), fit.draws(500, seed=1), fit.draws(500, seed=2)
    np.testing.assert_array_equal(first.values, again.values)
    np.testing.assert_array_equal(first.equally_weighted(50, seed=4), again.equally_weighted(50, seed=4))
    assert not np.array_equal(first.values, other.values)


def test_drawn_fits_forecast_and_carry_no_data(cdnow):
    fit = load("bg_nbd").fit(cdnow)
    fits = fit.drawn(20, seed=3)
    assert len({one.parameters["r"] for one in fits}) == 20
    assert all(one.memory is None and one.log_likelihood <= fit.log_likelihood + 0.2 for one in fits)
    exact = fits[0].model.log_likelihood(fits[0].parameters, cdnow, 7.0) @ cdnow.count
    assert fits[0].log_likelihood == pytest.approx(exact, abs=0.2)
    totals = [one.model.expected_purchases(one.parameters_in_days, cdnow, 273.0) @ cdnow.count for one in fits]
    assert 0.01 < np.std(totals) / np.mean(totals) < 0.1


def test_a_loaded_fit_needs_the_base_and_then_draws_alike(cdnow):
    fit = load("bg_nbd").fit(cdnow)
    loaded = Fitted.from_json(fit.to_json())
    with pytest.raises(CallError, match=r"draws\(base"):
        loaded.draws(200)
    found, own = loaded.draws(2_000, base=cdnow), fit.draws(2_000)
    assert found.pull[3].median == pytest.approx(own.pull[3].median, rel=0.05)


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd"])
def test_where_nobody_leaves_errors_are_not_defined_and_draws_finite(name):
    fit = load(name).fit(simulated("nbd", 100))
    assert None in fit.standard_errors.values()
    found = fit.draws(2_000)
    assert found.method.startswith("adaptive importance sampling")
    assert found.k_hat < 0.7
    assert np.isfinite(found.values).all()
    assert any(one.shift is None for one in found.pull)
    # The chance to leave a/(a+b) is small, which is all that such data say.
    leaves = found.values[:, 2] / (found.values[:, 2] + found.values[:, 3])
    assert found.weights @ leaves < 0.15
    with pytest.raises(CallError, match="nothing holds the draws"):
        fit.draws(100, prior=None)


def test_where_only_the_mean_chance_to_leave_is_known_draws_keep_it():
    # Everybody has the same chance to leave, 1/3: a + b is open.
    rng = np.random.default_rng(3)
    model = load("bg_nbd")
    found = model.simulate({"r": 0.8, "alpha": 2.0, "a": 1e4, "b": 2e4}, rng.integers(20, 365, 3_000).astype(np.float64), rng=rng)
    fit = model.fit(found)
    assert fit.outcome is Outcome.FLAT_DIRECTION
    assert "a/(a+b)" in fit.sentence
    drawn = fit.draws(2_000)
    a, b = drawn.values[:, 2], drawn.values[:, 3]
    mean = drawn.weights @ (a / (a + b))
    assert mean == pytest.approx(1 / 3, abs=0.05)
    assert drawn.interval("a")[1] > 2 * drawn.interval("a")[0]


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd", "nbd"])
def test_too_little_data_still_give_draws_that_the_prior_holds(name):
    none_came_back = Histories(np.zeros(3, np.int64), np.zeros(3), np.array([10.0, 50.0, 200.0]), np.array([5, 5, 5]))
    fit = load(name).fit(none_came_back)
    assert fit.outcome is Outcome.TOO_LITTLE_DATA
    found = fit.draws(400)
    assert np.isfinite(found.values).all()
    rate = found.weights @ (found.values[:, 0] / found.values[:, 1])
    assert 0 < rate < 0.2


def test_amounts_are_drawn_too(cdnow_spend):
    found = load("gamma_gamma", "spend").fit(cdnow_spend).draws(2_000)
    assert found.k_hat < 0.7
    assert found.interval("q")[0] < 3.74 < found.interval("q")[1]
    assert "gamma" not in found.summary()
    assert all(name in found.summary() for name in ("p", "q", "v"))


def test_amounts_of_few_customers_are_held_by_the_prior():
    histories = SpendHistories(np.array([1, 2, 5]), np.array([10.0, 12.0, 500.0]), np.ones(3, np.int64), np.zeros(3))
    fit = load("gamma_gamma", "spend").fit(histories)
    assert np.isfinite(fit.draws(300).values).all()


@pytest.mark.parametrize(("n", "match"), [(0, "at least 1"), (-3, "at least 1")])
def test_no_draws_are_refused(cdnow, n, match):
    with pytest.raises(CallError, match=match):
        load("nbd").fit(cdnow).draws(n)


def test_an_interval_of_something_unknown_is_refused(cdnow):
    found = load("nbd").fit(cdnow).draws(100)
    with pytest.raises(CallError, match="Expected: one of r, alpha"):
        found.interval("beta")
    with pytest.raises(CallError, match="level between 0 and 1"):
        found.interval("r", 1.0)


def test_without_a_prior_draws_follow_the_likelihood_alone(cdnow):
    found = load("bg_nbd").fit(cdnow).draws(1_000, prior=None)
    assert all(abs(one.shift) < 1e-3 for one in found.pull)


# Priors


@pytest.mark.parametrize(("family", "name"), [("purchases", one) for one in (*FOUR, "recent_rate")] + [("spend", "gamma_gamma")])
def test_the_weak_prior_is_proper_and_its_gradient_exact(family, name):
    model = load(name, family)
    prior, names = _prior.weak(model.parameters), [one.name for one in model.parameters]
    assert _prior.chosen(prior, model.parameters) is prior
    line = np.random.default_rng(0).standard_normal(len(names))

    def density(at):
        return prior.density({k: np.exp(at[i : i + 1]) for i, k in enumerate(names)}, 30.0, 12.0)

    for i in range(len(names)):
        step = 1e-5 * (np.arange(len(names)) == i)
        slope = (density(line + step)[0][0] - density(line - step)[0][0]) / 2e-5
        assert density(line)[1][0, i] == pytest.approx(slope, rel=1e-6, abs=1e-8)
    # Far out in any direction it falls as a square.
    for way in np.eye(len(names)):
        assert density(line + 60 * way)[0][0] < -50
        assert density(line - 60 * way)[0][0] < -50


@pytest.mark.parametrize(
    ("beliefs", "whole"),
    [
        # A sum is never below its part: only the part of the beliefs that is possible, Phi(1 / sqrt(1 + 0.49)), counts.
        ((Belief("a", (("a",),), (), 0.0, 1.0), Belief("a + b", (("a", "b"),), (), 1.0, 0.7)), 0.79367),
        ((Belief("a/b", (("a",),), (("b",),), -1.0, 1.5), Belief("a + b", (("a", "b"),), (), 1.0, 1.5)), 1.0),
    ],
)
def test_the_density_of_a_prior_adds_to_one(beliefs, whole):
    side = np.linspace(-25, 12, 400)
    a, b = (one.ravel() for one in np.meshgrid(side, side))
    density = np.exp(Prior(beliefs).density({"a": np.exp(a), "b": np.exp(b)}, 1.0, 1.0)[0])
    assert density.sum() * (side[1] - side[0]) ** 2 == pytest.approx(whole, abs=2e-3)


def test_a_prior_moves_the_fit_and_the_unit_does_not(cdnow):
    model = load("bg_nbd")
    plain, weak = model.fit(cdnow), model.fit(cdnow, prior="weak")
    assert weak.log_likelihood < plain.log_likelihood
    assert weak.parameters["a"] != plain.parameters["a"]
    days = model.fit(cdnow, 1.0, prior="weak")
    assert days.parameters["alpha"] == pytest.approx(7 * weak.parameters["alpha"], rel=1e-5)
    firm = Prior(tuple(dataclasses.replace(one, sd=0.01) for one in _prior.weak(model.parameters).beliefs))
    held = model.fit(cdnow, prior=firm).parameters
    assert held["a"] / held["b"] == pytest.approx(0.25, rel=0.02)


def test_with_a_prior_few_data_are_no_obstacle_and_what_is_flat_is_still_said():
    none_came_back = Histories(np.zeros(2, np.int64), np.zeros(2), np.array([50.0, 200.0]), np.array([5, 5]))
    fit = load("mbg_nbd").fit(none_came_back, prior="weak")
    assert fit.outcome is not Outcome.TOO_LITTLE_DATA
    assert None in fit.standard_errors.values()
    assert all(0 < one < 1e4 for one in fit.parameters.values())


def test_a_penalty_pulls_to_the_start_and_leaves_the_likelihood_that_of_the_data(cdnow):
    model = load("bg_nbd")
    fits = [model.fit(cdnow, penalty=one) for one in (0.0, 0.01, 1e4)]
    time = model.typical(cdnow, 7.0)[0]
    start = np.array([k.start * time**k.time for k in model.parameters])
    away = [np.sum(np.log(np.array(list(one.parameters.values())) / start) ** 2) for one in fits]
    assert away[0] > away[1] > away[2]
    assert away[2] < 1e-6
    for one in fits:
        own = model.log_likelihood(one.parameters, cdnow, 7.0) @ cdnow.count
        assert one.log_likelihood == pytest.approx(own, rel=1e-10)
    days = model.fit(cdnow, 1.0, penalty=0.01)
    assert days.parameters["r"] == pytest.approx(fits[1].parameters["r"], rel=1e-5)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"penalty": -1.0}, "penalty is -1"),
        ({"penalty": math.inf}, "penalty is inf"),
        ({"prior": "strong"}, "prior is 'strong'"),
        ({"prior": Prior(())}, "Expected: 2 independent ones"),
        ({"prior": Prior((Belief("r", (("r",),), (), 0.0, 1.0), Belief("r again", (("r",),), (), 0.0, 1.0)))}, "2 beliefs, of r"),
        ({"prior": Prior((Belief("r", (("r",),), (), 0.0, 0.0), Belief("alpha", (("alpha",),), (), 0.0, 1.0)))}, "independent"),
        (
            {"prior": Prior((Belief("1", (("r", "alpha"),), (), 0.0, 1.0), Belief("2", (("r", "alpha"),), (), 1.0, 1.0)))},
            "together determine r, alpha",
        ),
    ],
)
def test_an_impossible_option_is_refused(cdnow, options, match):
    with pytest.raises(CallError, match=match):
        load("nbd").fit(cdnow, **options)


def test_a_short_walk_of_walkers_is_worth_less_than_its_points():
    rng = np.random.default_rng(0)
    walked = ensemble.walk(lambda points: -0.5 * (points**2).sum(axis=1), rng.standard_normal((10, 2)), 100, rng)
    assert walked.effective < 1_000
