"""Weighted draws against densities whose moments are known."""

from __future__ import annotations

import numpy as np
import pytest

from kundenwert.stats import ensemble, importance, surrogate


def normal(points):
    return -0.5 * (points**2).sum(axis=1)


def bent(points):
    """A banana: the second coordinate follows 0.3 of the square of the first. Means 0 and 0.3, standard deviations 1 and 0.818."""
    x, y = points.T
    return -0.5 * x**2 - 0.5 * ((y - 0.3 * x**2) / 0.7) ** 2


@pytest.mark.parametrize("k", [-0.3, 0.2, 0.5, 1.0])
def test_the_shape_of_a_pareto_tail_is_found(k):
    # Exact quantiles instead of draws; the estimate leans a little to 0.5 by intent.
    n = 2_000
    rest = -np.log1p(-(np.arange(n) + 0.5) / n)
    found, scale = importance.pareto_tail(2.0 * np.expm1(k * rest) / k)
    assert found == pytest.approx(k, abs=0.02)
    assert scale == pytest.approx(2.0, rel=0.03)


def test_a_proposal_wider_than_its_target_has_a_small_k_hat():
    proposal = importance.Proposal.at(np.zeros(3), 1.5 * np.eye(3))
    points = proposal.draw(4_000, np.random.default_rng(0))
    found = importance.weigh(points, normal(points), proposal.log_density(points))
    assert found.k_hat < 0.3
    assert found.effective > 2_000
    mean, cover = importance.moments(found.points, found.weights)
    np.testing.assert_allclose(mean, 0.0, atol=0.08)
    np.testing.assert_allclose(cover, np.eye(3), atol=0.12)


def test_a_proposal_too_narrow_for_a_heavy_tail_has_a_large_k_hat():
    rng = np.random.default_rng(1)
    points = 0.5 * rng.standard_normal((4_000, 2))
    cauchy = -np.log1p(points**2).sum(axis=1)
    found = importance.weigh(points, cauchy, -0.5 * (points**2).sum(axis=1) / 0.25)
    assert found.k_hat > importance.K_LIMIT


def test_equal_ratios_give_equal_weights_and_too_few_draws_no_trust():
    weights, k_hat = importance.smoothed(np.full(100, 7.0))
    np.testing.assert_allclose(np.exp(weights), 0.01)
    assert k_hat == 0.0
    assert importance.smoothed(np.zeros(10))[1] == np.inf


def test_draws_where_the_density_is_not_a_number_get_no_weight():
    ratio = np.random.default_rng(0).standard_normal(500)
    ratio[[3, 77]] = -np.inf, np.nan
    weights = np.exp(importance.smoothed(ratio)[0])
    assert weights[[3, 77]].sum() == 0.0
    assert weights.sum() == pytest.approx(1.0)


def test_the_density_of_a_mixture_adds_to_one():
    proposal = importance.Proposal(np.array([0.3, 0.7]), np.array([[-1.0], [2.0]]), np.array([[[0.5]], [[1.2]]]))
    grid = np.linspace(-400, 400, 800_001)[:, None]
    assert np.exp(proposal.log_density(grid)).sum() * 0.001 == pytest.approx(1.0, abs=1e-6)


def test_systematic_resampling_takes_each_draw_as_often_as_its_weight_to_within_one():
    weights = np.array([0.5, 0.25, 0.15, 0.1])
    times = np.bincount(importance.systematic(weights, 1_000, np.random.default_rng(5)), minlength=4)
    assert np.abs(times - 1_000 * weights).max() <= 1


def test_adaption_finds_a_bent_density_that_one_t_distribution_misses():
    rng = np.random.default_rng(2)
    one = importance.Proposal.at(np.zeros(2), np.diag([1.0, 0.49]))
    adapted = importance.adapted(bent, importance.spread(np.zeros(2), np.diag([1.0, 0.49])), rng)
    found = []
    for proposal in (one, adapted):
        points = proposal.draw(4_000, rng)
        found.append(importance.weigh(points, bent(points), proposal.log_density(points)))
    assert found[1].effective > 1.2 * found[0].effective
    mean, cover = importance.moments(found[1].points, found[1].weights)
    np.testing.assert_allclose(mean, [0.0, 0.3], atol=0.06)
    np.testing.assert_allclose(np.sqrt(np.diag(cover)), [1.0, 0.818], atol=0.08)


def test_walkers_find_the_moments_and_know_what_they_are_worth():
    rng = np.random.default_rng(3)
    walked = ensemble.walk(bent, rng.standard_normal((40, 2)), 1_500, rng)
    points = walked.points[300:].reshape(-1, 2)
    np.testing.assert_allclose(points.mean(axis=0), [0.0, 0.3], atol=0.1)
    np.testing.assert_allclose(points.std(axis=0), [1.0, 0.818], atol=0.1)
    # Neighbouring steps are alike: far fewer independent draws than points, but not few.
    assert 300 < walked.effective < 20_000


def test_a_polynomial_is_told_exactly_by_its_values_and_gradients():
    rng = np.random.default_rng(4)
    points = rng.standard_normal((20, 3))
    x, y, z = points.T
    values = 1 + x - 2 * y * z + x**3
    slopes = np.stack((1 + 3 * x**2, -2 * z, -2 * y), axis=1)
    told = surrogate.fit(points, values, slopes, np.ones(20), 3)
    far = 2 * rng.standard_normal((50, 3))
    np.testing.assert_allclose(told(far), 1 + far[:, 0] - 2 * far[:, 1] * far[:, 2] + far[:, 0] ** 3, rtol=1e-6, atol=1e-6)
    assert surrogate.terms_of(3, 3) == 20
