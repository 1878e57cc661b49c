"""Special functions on the log scale, written so that large arguments cancel on paper and not in the computer.

Only numpy: importing scipy.special alone would cost half of the second a small valuation may take.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_SHIFT: Final = 12
# B_2k / (2k (2k - 1)), k = 1 .. 7: Abramowitz & Stegun 6.1.41. Beyond 12 the first term left out is below 1e-16.
_GAMMA: Final = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
# B_2k / 2k, k = 1 .. 7: Abramowitz & Stegun 6.3.18.
_DIGAMMA: Final = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)


def _in_inverse_squares(coefficients: tuple[float, ...], z: Floats) -> Floats:
    square = 1 / (z * z)
    total = np.full_like(z, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total = total * square + coefficient
    return total


def stirling_error(z: Floats) -> Floats:
    """ln Gamma(z) less Stirling's formula (z - 1/2) ln z - z + ln(2 pi) / 2; shape as z, z > 0.

    Falls like 1 / (12 z), so sums and differences of ln Gamma keep their digits when z is huge. Source: Abramowitz & Stegun 6.1.41.
    """
    z = np.asarray(z, dtype=np.float64)
    large = np.where(z < _SHIFT, z + _SHIFT, z)
    error = _in_inverse_squares(_GAMMA, large) / large
    small = z < _SHIFT
    if small.any():
        error[small] += _stirling_shift(z[small])
    return error


def _stirling_shift(z: Floats) -> Floats:
    """stirling_error(z) - stirling_error(z + 12): Gamma(z + 12) is z (z + 1) ... (z + 11) Gamma(z)."""
    steps = np.log(z + np.arange(_SHIFT)[:, None]).sum(axis=0)
    up = z + _SHIFT
    result: Floats = (up - 0.5) * np.log(up) - (z - 0.5) * np.log(z) - _SHIFT - steps
    return result


def log_gamma(z: Floats) -> Floats:
    """ln Gamma(z) for z > 0; shape as z.

    >>> bool(abs(log_gamma(np.array([5.0]))[0] - np.log(24)) < 1e-14)
    True
    """
    z = np.asarray(z, dtype=np.float64)
    result: Floats = (z - 0.5) * np.log(z) - z + 0.5 * math.log(2 * math.pi) + stirling_error(z)
    return result


def digamma_error(z: Floats) -> Floats:
    """digamma(z) - ln z, for z > 0; shape as z. Tends to -1 / (2 z). Source: Abramowitz & Stegun 6.3.18."""
    z = np.asarray(z, dtype=np.float64)
    large = np.where(z < _SHIFT, z + _SHIFT, z)
    error = -0.5 / large - _in_inverse_squares(_DIGAMMA, large) / (large * large)
    small = z < _SHIFT
    if small.any():
        low = z[small]
        # digamma(z + 1) = digamma(z) + 1 / z.
        error[small] += np.log1p(_SHIFT / low) - (1 / (low + np.arange(_SHIFT)[:, None])).sum(axis=0)
    result: Floats = error
    return result


def log_rising(start: float, count: int) -> Floats:
    """ln [Gamma(start + n) / Gamma(start)] for n = 0 .. count as a running sum of logs; shape (count + 1,), start > 0."""
    return _running(np.log(start + np.arange(count)))


def digamma_rising(start: float, count: int) -> Floats:
    """digamma(start + n) - digamma(start) for n = 0 .. count: the derivative of log_rising; shape (count + 1,)."""
    return _running(1 / (start + np.arange(count)))


def log_rising_quotient(start: float, more: float, count: int) -> Floats:
    """log_rising(start) - log_rising(start + more) for n = 0 .. count, exact when `more` is tiny against `start`; shape (count + 1,)."""
    return _running(-np.log1p(more / (start + np.arange(count))))


def digamma_rising_difference(start: float, more: float, count: int) -> Floats:
    """digamma_rising(start) - digamma_rising(start + more) for n = 0 .. count without cancellation; shape (count + 1,)."""
    k = start + np.arange(count)
    return _running(more / (k * (k + more)))


def _running(terms: Floats) -> Floats:
    return np.concatenate(([0.0], np.cumsum(terms)))


def softplus_and_slope(u: Floats) -> tuple[Floats, Floats]:
    """ln(1 + e^u) and its slope 1 / (1 + e^-u), both without overflow; shapes as u."""
    return softplus_and_slopes(u)[:2]


def softplus_and_slopes(u: Floats) -> tuple[Floats, Floats, Floats]:
    """ln(1 + e^u), its slope 1 / (1 + e^-u) and one less the slope, each to full relative accuracy; shapes as u."""
    e = np.exp(-np.abs(u))
    small, large = e / (1 + e), 1 / (1 + e)
    rising = u >= 0
    return np.maximum(u, 0) + np.log1p(e), np.where(rising, large, small), np.where(rising, small, large)
