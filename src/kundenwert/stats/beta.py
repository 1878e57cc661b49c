"""Beta, gamma and t distributions as far as intervals need them, with numpy only: importing scipy.special would cost a small valuation
half of its time.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.stats.quadrature import gauss_legendre

Floats = NDArray[np.float64]

_STEPS: Final = 400
_ENOUGH: Final = 1e-14
# Below this a denominator of Lentz's algorithm is as good as 0.
_TINY: Final = 1e-300
_NODES: Final = 80
_HALVINGS: Final = 60


def tail_fraction(a: Floats | float, b: Floats, x: Floats) -> Floats:
    """I_x(a, b) a B(a, b) / (x^a (1 - x)^b): the incomplete beta function over its first term; quick for x below a / (a + b).

    Continued fraction DLMF 8.17.22 by Lentz's algorithm (Press et al. 2007, Numerical Recipes, 6.4). Shapes broadcast.
    """
    a, b, x = np.broadcast_arrays(np.asarray(a, dtype=np.float64), b, x)
    c, d = np.ones_like(x), 1 / _away(1 - (a + b) * x / (a + 1))
    result = d.copy()
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            change = c * d
            result *= change
        if np.abs(change - 1).max(initial=0.0) < _ENOUGH:
            break
    return result


def _away(values: Floats) -> Floats:
    return np.where(np.abs(values) < _TINY, _TINY, values)


def log_ratio_cdf(a: Floats, b: float, line: Floats) -> Floats:
    """P(ln(G_a / G_b) <= line) for gamma variables of shapes a, shape (rows,), and b; shape (rows, points). line: even steps, shape
    (points,), that reach from where hardly anything lies below to where hardly anything lies above.

    The density e^(a l) / (1 + e^l)^(a + b) is summed along the line and made to end at 1, by the trapezoidal rule with the first correction
    of Euler and Maclaurin; beyond the ends it goes on as steeply as there. Where the variables spread less than the points, they are taken
    to spread as far as half a step, which moves a quantile by less than a step.
    """
    step = line[1] - line[0]
    # The variance of the logarithm is 1/a + 1/b where that is small.
    spread = np.minimum((1 / a + 1 / b) / (0.36 * step**2), 1.0)
    a, b_of = (a * spread)[:, None], (b * spread)[:, None]
    height = a * line - (a + b_of) * np.logaddexp(0.0, line)
    density = np.exp(height - height.max(axis=1, keepdims=True))
    slope = a - (a + b_of) / (1 + np.exp(-line))
    before = density[:, :1] / np.maximum(slope[:, :1], 1e-9) / step
    after = density[:, -1:] / np.maximum(-slope[:, -1:], 1e-9) / step
    inside = np.cumsum(density, axis=1) - 0.5 * (density + density[:, :1])
    inside -= (step / 12) * (density * slope - density[:, :1] * slope[:, :1])
    found = before + inside
    found /= found[:, -1:] + after
    return np.maximum.accumulate(np.clip(found, 0.0, 1.0), axis=1)


def log_gamma_ends(shape: Floats | float, chance: float) -> tuple[Floats, Floats]:
    """Logarithms between which a gamma variable of this shape lies but for about `chance` at each end, rather too far than too near.

    Wilson & Hilferty 1931, PNAS 17(12); below small shapes its power law, above them the exponential law.
    """
    shape = np.asarray(shape, dtype=np.float64)
    far, width = math.sqrt(-2 * math.log(chance)), 1 / (3 * np.sqrt(shape))
    least, most = (np.maximum(1 - width**2 + sign * far * width, 0.0) for sign in (-1, 1))
    with np.errstate(divide="ignore"):
        low = np.maximum(np.log(shape) + 3 * np.log(least), math.log(chance) / shape)
    high = np.maximum(np.log(shape) + 3 * np.log(np.maximum(most, 1e-9)), np.where(shape < 1, math.log(-math.log(chance) + 1), -np.inf))
    return low, high


def t_quantile(chance: float, freedom: float) -> float:
    """The value that Student's t with these degrees of freedom stays below with this chance, 0.5 or more; to about 1e-10.

    >>> round(t_quantile(0.95, 5.0), 6)
    2.015048
    """
    share, weight = gauss_legendre(_NODES)
    norm = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)

    def below(angle: float) -> float:
        # With t = sqrt(freedom) tan(angle) the density is a power of the cosine.
        return 0.5 + norm * math.sqrt(freedom) * angle * float(np.sum(weight * np.cos(angle * share) ** (freedom - 1)))

    low, high = 0.0, math.pi / 2
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if below(middle) < chance else (low, middle)
    return math.sqrt(freedom) * math.tan(0.5 * (low + high))
