from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from kundenwert.stats import quadrature


@pytest.mark.parametrize("a", [1e-6, 0.0017, 0.8, 1.0, 30.0, 4e5])
@pytest.mark.parametrize("b", [1e-3, 0.7, 5.0, 640_000.0])
@pytest.mark.parametrize("y", [1e-3, 1.0, 1e4])
def test_the_mean_of_a_falling_function_over_a_beta_distribution_is_right(a, b, y):
    """E[1 / (1 + p y)] = 2F1(1, a; a + b; -y) = 2F1(1, b; a + b; y / (1 + y)) / (1 + y)."""
    nodes = quadrature.beta_nodes(a, np.array([b]), lambda p: -np.log1p(p * y))
    k = 1 / (1 + nodes.p * y)
    mean = 1 / (1 + y) + np.sum(nodes.on_value * (k - 1 / (1 + y)) + nodes.on_slope * k * k * nodes.p * y)
    with mp.workdps(40):
        a, b, y = mp.mpf(a), mp.mpf(b), mp.mpf(y)
        want = mp.hyp2f1(1, b, a + b, y / (1 + y), maxterms=10**7) / (1 + y)
    assert mean == pytest.approx(float(want), rel=1e-11)


def test_gauss_and_legendre_integrate_a_polynomial_exactly():
    x, w = quadrature.gauss_legendre(5)
    assert w @ x**9 == pytest.approx(0.1, rel=1e-14)


def test_interpolation_is_exact_on_nodes_and_close_between_them():
    at = np.array([0.0, 0.123, 0.5, 0.987, 1.0])
    values = np.exp(np.tile(quadrature.chebyshev(20), (5, 1)))
    np.testing.assert_allclose(quadrature.interpolate(values, at), np.exp(at), rtol=1e-14)


def test_wider_ranges_need_more_nodes():
    assert quadrature.nodes_for(0.1) < quadrature.nodes_for(1.0) < quadrature.nodes_for(5.0)


def test_interpolation_weights_sum_to_one_and_pick_out_a_node():
    weights = quadrature.interpolation_weights(7, np.array([0.0, 0.4, float(quadrature.chebyshev(7)[3]), 1.0]))
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, rtol=1e-14)
    np.testing.assert_array_equal(weights[2], np.eye(7)[3])
