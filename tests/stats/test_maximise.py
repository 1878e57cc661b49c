from __future__ import annotations

import numpy as np
import pytest

from kundenwert.stats.maximise import hessian_of, maximise

WIDE = {"lower": np.array([-50.0, -50.0]), "upper": np.array([50.0, 50.0])}


def bowl(x):
    pull = np.array([[4.0, 1.0], [1.0, 3.0]])
    away = x - np.array([1.0, -2.0])
    return float(-0.5 * away @ pull @ away), -pull @ away


def banana(x):
    a, b = 1 - x[0], x[1] - x[0] ** 2
    return float(-(a**2) - 100 * b**2), np.array([2 * a + 400 * x[0] * b, -200 * b])


def ridge(x):
    together = x[0] + x[1]
    return float(-np.cosh(together - 3)), -np.sinh(together - 3) * np.ones(2)


def test_a_bowl_is_solved_in_a_few_steps():
    found = maximise(bowl, np.zeros(2), **WIDE)
    assert found.converged
    assert found.steps < 8
    np.testing.assert_allclose(found.point, [1, -2], atol=1e-9)


@pytest.mark.parametrize("start", [(-1.2, 1.0), (10.0, -10.0), (-3.0, 40.0)])
def test_a_curved_valley_is_followed_to_its_end(start):
    found = maximise(banana, np.array(start), **WIDE)
    assert found.converged
    np.testing.assert_allclose(found.point, [1, 1], atol=1e-5)


def test_a_ridge_ends_the_search_without_complaint():
    found = maximise(ridge, np.zeros(2), **WIDE)
    assert found.converged
    assert found.point.sum() == pytest.approx(3, abs=1e-5)


def test_a_function_that_rises_for_ever_ends_at_the_box():
    found = maximise(lambda x: (float(x.sum()), np.ones(2)), np.zeros(2), **WIDE)
    assert found.converged
    np.testing.assert_array_equal(found.point, WIDE["upper"])


def test_a_box_that_cuts_off_the_optimum_gives_the_best_point_of_its_edge():
    found = maximise(bowl, np.zeros(2), lower=np.array([-1.0, -1.0]), upper=np.array([1.0, 1.0]))
    assert found.converged
    np.testing.assert_allclose(found.point, [0.75, -1], atol=1e-8)


def test_a_kept_hessian_that_is_nearly_right_still_leads_to_the_optimum():
    found = maximise(bowl, np.zeros(2), hessian=-np.array([[4.2, 1.0], [1.0, 2.9]]), **WIDE)
    assert found.converged
    np.testing.assert_allclose(found.point, [1, -2], atol=1e-5)


def test_running_out_of_steps_is_said():
    assert not maximise(banana, np.array([-1.2, 1.0]), max_steps=2, **WIDE).converged


def test_the_hessian_is_symmetric_and_right():
    np.testing.assert_allclose(hessian_of(bowl, np.zeros(2), **WIDE), -np.array([[4, 1], [1, 3]]), rtol=1e-9)
