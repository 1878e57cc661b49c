"""Means over a beta distribution, integrals over time, and interpolation along one variable, each to near machine precision."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# e^-_REACH is what we neglect, relative to the result.
_REACH: Final = 32.0
# Half length of a panel: longer intervals are cut, for nodes of a long one are dear to find.
_PANEL: Final = 3.0


@dataclass(frozen=True)
class BetaNodes:
    """Nodes for means over p ~ Beta(a, b_i), one row for each b; made by `beta_nodes`. Arrays have shape (rows, nodes).

    p, q: the nodes and 1 - p. on_value, on_slope: weights for k(p) - k(1) and for -p k'(p).
    """

    p: Floats
    on_value: Floats
    on_slope: Floats


def beta_nodes(a: float, b: Floats, tilt: Callable[[Floats], Floats]) -> BetaNodes:
    """Nodes and weights such that, for any smooth k that falls in p and stays above 0,

        E[k(p)] = k(1) + sum(on_value * (k - k(1)) + on_slope * (-p k')),   p ~ Beta(a, b).

    a: scalar above 0. b: shape (rows,), above 0. tilt: ln k(p) (up to a constant) of the steepest k to come, for p of shape
    (rows, 1). The identity is integration by parts of d[p^a (1-p)^b k]; it trades the weight p^(a-1) (1-p)^(b-1) for
    p^(a+1) (1-p)^(b+1) with positive terms only, so that a and b near 0 are as good as any. In v = log-odds of p the
    trapezoidal rule then converges geometrically (Trefethen & Weideman 2014, SIAM Review 56(3), theorem 5.1).
    """
    top = ((a + 1) / (a + b + 2))[:, None]
    low, high = _support(a, b[:, None], top, tilt)
    nodes = int(np.ceil((high - low).max() / _step(a))) + 1
    u = low + (high - low) * np.linspace(0, 1, nodes)
    return _weights(a, b[:, None], top, u)


def _step(a: float) -> float:
    """The widest step with an error of e^-_REACH: at Im v = angle the integrand is larger by cos(angle)^-(a + 1) at most."""
    angle = 0.5 * math.pi * np.geomspace(1e-5, 0.999, 400)
    return float((2 * math.pi * angle / (_REACH - (a + 1) * np.log(np.cos(angle)))).max())


def _weights(a: float, b: Floats, top: Floats, u: Floats) -> BetaNodes:
    # Everything relative to the node at the top of the weight: no power of a large number is ever taken.
    log_p, log_q = -np.log1p((1 - top) * np.expm1(-u)), -np.log1p(top * np.expm1(u))
    weight = np.exp(a * log_p + b * log_q)
    p, q = top * np.exp(log_p), (1 - top) * np.exp(log_q)
    # B(a + 1, b + 1) = a B(a, b) b / ((a + b)(a + b + 1)) gives the norm from the same nodes: no gamma function.
    scale = b / ((a + b) * (a + b + 1) * np.sum(weight * p * q, axis=1, keepdims=True))
    return BetaNodes(p=p, on_value=weight * p * (a + b) * scale, on_slope=weight * q * scale)


def _support(a: float, b: Floats, top: Floats, tilt: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    """Where the weight, tilted by k on the left and plain on the right, is above e^-_REACH of its top.

    Measured in u = log-odds of p less those of the top.
    """

    def plain(u: Floats) -> Floats:
        result: Floats = -(a + 1) * np.log1p((1 - top) * np.expm1(-u)) - (b + 1) * np.log1p(top * np.expm1(u))
        return result

    def leaning(u: Floats) -> Floats:
        p = top / (1 + (1 - top) * np.expm1(-u))
        return plain(u) + tilt(p) - tilt(top)

    return _edge(lambda distance: leaning(-distance), top.shape), -_edge(plain, top.shape)


def _edge(height: Callable[[Floats], Floats], shape: tuple[int, ...]) -> Floats:
    """Minus a distance at which `height` is below -_REACH, by bisection: at most 0.02 beyond the nearest, which costs no node."""
    near, far = np.zeros(shape), np.full(shape, 600.0)
    for _ in range(15):
        middle = 0.5 * (near + far)
        inside = height(middle) > -_REACH
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return -far


@cache
def gauss_legendre(nodes: int) -> tuple[Floats, Floats]:
    """Nodes and weights of Gauss and Legendre on [0, 1]; shape (nodes,) each."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    return 0.5 * (x + 1), 0.5 * w


def panels(half_range: float, *, extra: float = 0.0) -> tuple[Floats, Floats]:
    """Nodes and weights on [0, 1] for an interval of this half length, in panels of Gauss and Legendre; functions as for `nodes_for`."""
    count = max(1, math.ceil(half_range / _PANEL))
    x, w = gauss_legendre(nodes_for(half_range / count, extra=extra) // 2 + 1)
    return ((np.arange(count)[:, None] + x) / count).ravel(), np.tile(w / count, count)


def nodes_for(half_range: float, *, extra: float = 0.0) -> int:
    """How many nodes a function of w needs that is bounded for |Im w| < pi / 2, on an interval of this half length.

    extra: log of how much larger than its integral the function may be. Source: Trefethen 2013, Approximation Theory and
    Approximation Practice, theorem 8.2 (interpolation, geometric rate rho); Gauss quadrature needs half as many (theorem 19.3).
    """
    ratio = 0.5 * math.pi / max(half_range, 1e-3)
    return math.ceil((_REACH - 2 + extra) / math.log(ratio + math.hypot(1, ratio))) + 2


def chebyshev(nodes: int) -> Floats:
    """The Chebyshev points of the second kind on [0, 1], rising; shape (nodes,)."""
    points: Floats = 0.5 - 0.5 * np.cos(np.pi * np.arange(nodes) / (nodes - 1))
    return points


def interpolate(values: Floats, at: Floats) -> Floats:
    """Polynomials through values at the Chebyshev points, one row for each entry of `at` (in [0, 1]).

    values: shape (n, nodes). at: shape (n,). Gives shape (n,).
    """
    found: Floats = np.einsum("nk,nk->n", interpolation_weights(values.shape[1], at), values)
    return found


def interpolation_weights(nodes: int, at: Floats) -> Floats:
    """What each of the values at the Chebyshev points counts at a place in [0, 1]; at: shape (n,), gives shape (n, nodes).

    Source: Berrut & Trefethen 2004, SIAM Review 46(3), eq. 5.4.
    """
    points = chebyshev(nodes)
    sign = np.where(np.arange(nodes) % 2 == 0, 1.0, -1.0)
    sign[[0, -1]] *= 0.5
    gap = at[:, None] - points
    hit = gap == 0
    on_node = hit.any(axis=1)
    gap[hit] = 1.0
    pull = sign / gap
    pull[on_node] = hit[on_node]
    pull /= pull.sum(axis=1, keepdims=True)
    return pull
