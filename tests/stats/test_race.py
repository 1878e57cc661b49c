from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from kundenwert.stats.race import race


def exact(m, s, log_k):
    """s / (m + s) 2F1(1, m; m + s + 1; 1 - k), or its Pfaff transform, as a plain sum of positive terms in 30 digits."""
    m, s, k = mp.mpf(m), mp.mpf(s), mp.exp(mp.mpf(log_k))
    b, z, front = (m, 1 - k, s / (m + s)) if k <= 1 else (s + 1, 1 - 1 / k, s / (m + s) / k)
    term = total = mp.mpf(1)
    n = 0
    while term > total * mp.mpf(10) ** -25:
        term *= (b + n) / (m + s + 1 + n) * z
        total += term
        n += 1
    return front * total


@pytest.mark.parametrize("s", [1e-9, 0.6, 1.0, 40.0, 1e6])
@pytest.mark.parametrize("m", [1e-9, 0.02, 1.0, 400.0, 1e4, 1e9])
def test_the_chance_to_be_first_is_that_of_the_hypergeometric_function(m, s):
    log_k = np.array([-3.0, -0.31, -1e-9, 0.0, 0.095, 1.7, 3.0])
    found = race(np.array([m]), s, np.zeros(len(log_k), dtype=np.intp), log_k)
    with mp.workdps(30):
        want = [float(exact(m, s, v)) for v in log_k]
    np.testing.assert_allclose(found.first, want, rtol=2e-13)


@pytest.mark.parametrize(("m", "s"), [(0.02, 0.3), (0.55, 0.6), (31.0, 1.0), (900.0, 12.0)])
def test_derivatives_are_those_of_the_chance(m, s):
    log_k = np.array([-1.5, -1e-9, 0.095, 1.0])
    found = race(np.array([m]), s, np.zeros(len(log_k), dtype=np.intp), log_k)
    with mp.workdps(30):
        h = mp.mpf(10) ** -8

        def slope(f, at):
            return float((f(mp.mpf(at) + h) - f(mp.mpf(at) - h)) / (2 * h))

        in_shape = [slope(lambda a, v=v: exact(a, s, v), m) for v in log_k]
        in_s = [slope(lambda a, v=v: exact(m, a, v), s) for v in log_k]
        in_log_ratio = [slope(lambda a: exact(m, s, a), v) for v in log_k]
    np.testing.assert_allclose(found.in_shape, in_shape, rtol=1e-10)
    np.testing.assert_allclose(found.in_s, in_s, rtol=1e-10)
    np.testing.assert_allclose(found.in_log_ratio, in_log_ratio, rtol=1e-10)


def test_swapping_the_two_gives_the_other_chance():
    log_k = np.linspace(-12, 12, 50)
    zero = np.zeros(50, dtype=np.intp)
    one, other = race(np.array([2.5]), 0.4, zero, log_k), race(np.array([0.4]), 2.5, zero, -log_k)
    np.testing.assert_allclose(one.first + other.first, 1.0, rtol=1e-12)


def test_extreme_clocks_stay_finite():
    shape = np.array([1e-9, 1e-3, 1.0, 1e4, 1e9])
    row, log_k = np.repeat(np.arange(5), 9), np.tile(np.linspace(-40, 40, 9), 5)
    for s in (1e-9, 1.0, 1e9):
        found = race(shape, s, row, log_k)
        assert ((found.first > 0) & (found.first <= 1 + 1e-12)).all()
        assert all(np.isfinite(v).all() for v in (found.in_shape, found.in_s, found.in_log_ratio))


def test_no_race_no_chances():
    assert len(race(np.ones(1), 1.0, np.zeros(0, dtype=np.intp), np.zeros(0)).first) == 0
