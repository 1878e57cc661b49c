"""Beta, gamma and t distributions without scipy, against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betainc, betaln, gammaincinv, stdtrit

from kundenwert.stats import beta


@pytest.mark.parametrize("a", [1.0, 17.0, 4_097.0])
def test_the_tail_is_the_incomplete_beta_function(a):
    b = np.array([0.05, 0.6, 3.0, 40.0, 900.0])
    x = 0.8 * a / (a + b) * np.array([1.0, 0.5, 0.1, 0.9, 1.0])
    exact = betainc(a, b, x)
    found = beta.tail_fraction(a, b, x) * np.exp(a * np.log(x) + b * np.log1p(-x) - betaln(a, b)) / a
    assert found[exact > 0] == pytest.approx(exact[exact > 0], rel=1e-9)


@pytest.mark.parametrize("b", [0.6, 3.25, 68.0, 500.0])
def test_a_ratio_of_gamma_variables_has_the_chances_of_a_beta_prime_one(b):
    a = np.array([0.7, 3.0, 30.0, 200.0])
    low, high = (beta.log_gamma_ends(one, 1e-5) for one in (a[[0, -1]], b))
    line = np.linspace(low[0][0] - high[1], low[1][1] - high[0], 400)
    found = beta.log_ratio_cdf(a, b, line)
    assert found == pytest.approx(betainc(a[:, None], b, 1 / (1 + np.exp(-line))), abs=2e-3)
    assert (np.diff(found, axis=1) >= 0).all()


def test_a_ratio_that_hardly_varies_steps_where_it_is():
    line = np.linspace(-3.0, 3.0, 128)
    found = beta.log_ratio_cdf(np.array([1e9]), 1e9, line)[0]
    assert np.isfinite(found).all()
    assert found[line < -0.1].max() < 0.01
    assert found[line > 0.1].min() > 0.99


@pytest.mark.parametrize("shape", [0.01, 0.3, 1.0, 2.5, 30.0, 1e5])
def test_a_gamma_variable_lies_between_its_ends(shape):
    low, high = beta.log_gamma_ends(shape, 5e-4)
    quantiles = gammaincinv(shape, [5e-4, 1 - 5e-4])
    assert low <= np.log(max(quantiles[0], 1e-300)) + 0.1 * abs(low)
    assert high >= np.log(quantiles[1])
    assert np.isfinite([low, high]).all()


@pytest.mark.parametrize("freedom", [1.0, 5.0, 7.5, 40.0, 1_005.0])
def test_t_quantiles_are_those_of_student(freedom):
    for chance in (0.5, 0.75, 0.95, 0.995):
        assert beta.t_quantile(chance, freedom) == pytest.approx(stdtrit(freedom, chance), abs=1e-8)
