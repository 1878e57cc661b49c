from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from kundenwert.stats import special

POINTS = np.concatenate((10.0 ** np.arange(-12, 13), [0.5, 1.0, 1.46, 2.0, 11.99, 12.0, 12.01]))


def exact(function, points):
    with mp.workdps(40):
        return np.array([float(function(mp.mpf(float(z)))) for z in points])


def stirling(z):
    return mp.loggamma(z) - ((z - mp.mpf(1) / 2) * mp.log(z) - z + mp.log(2 * mp.pi) / 2)


def test_log_gamma_agrees_with_mpmath():
    np.testing.assert_allclose(special.log_gamma(POINTS), exact(mp.loggamma, POINTS), rtol=1e-14, atol=1e-14)


def test_stirling_error_keeps_its_digits_for_huge_arguments():
    np.testing.assert_allclose(special.stirling_error(POINTS), exact(stirling, POINTS), rtol=3e-13, atol=2e-14)


def test_digamma_error_agrees_with_mpmath():
    np.testing.assert_allclose(special.digamma_error(POINTS), exact(lambda z: mp.digamma(z) - mp.log(z), POINTS), rtol=3e-14)


@pytest.mark.parametrize("start", [1e-8, 0.2426, 3.0, 640_000.0])
def test_rising_sums_agree_with_gamma_functions(start):
    n = np.array([0, 1, 2, 50, 10_000])
    with mp.workdps(40):
        log = [float(mp.loggamma(start + int(k)) - mp.loggamma(start)) for k in n]
        slope = [float(mp.digamma(start + int(k)) - mp.digamma(start)) for k in n]
    np.testing.assert_allclose(special.log_rising(start, 10_000)[n], log, rtol=1e-13)
    np.testing.assert_allclose(special.digamma_rising(start, 10_000)[n], slope, rtol=1e-13)


def test_rising_quotient_is_exact_where_a_difference_would_be_lost():
    start, more = 640_000.0, 0.0017
    with mp.workdps(40):
        want = [float(mp.log(mp.rf(mp.mpf(start), k) / mp.rf(mp.mpf(start) + mp.mpf(more), k))) for k in (1, 7)]
        slope = [float(sum(1 / (mp.mpf(start) + j) - 1 / (mp.mpf(start) + mp.mpf(more) + j) for j in range(k))) for k in (1, 7)]
    np.testing.assert_allclose(special.log_rising_quotient(start, more, 7)[[1, 7]], want, rtol=1e-14)
    np.testing.assert_allclose(special.digamma_rising_difference(start, more, 7)[[1, 7]], slope, rtol=1e-14)


def test_softplus_has_no_overflow_and_the_right_tails():
    value, slope = special.softplus_and_slope(np.array([-1e4, -50.0, 0.0, 50.0, 1e4]))
    np.testing.assert_allclose(value, [0, np.exp(-50), np.log(2), 50, 1e4], rtol=1e-15)
    np.testing.assert_allclose(slope, [0, np.exp(-50), 0.5, 1, 1], rtol=1e-14)


def test_both_slopes_of_softplus_keep_their_digits():
    value, slope, rest = special.softplus_and_slopes(np.array([-50.0, 0.0, 50.0]))
    np.testing.assert_allclose(value, [np.exp(-50), np.log(2), 50], rtol=1e-15)
    np.testing.assert_allclose(slope, [np.exp(-50), 0.5, 1], rtol=1e-14)
    np.testing.assert_allclose(rest, [1, 0.5, np.exp(-50)], rtol=1e-14)
