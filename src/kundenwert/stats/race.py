"""The race of two waiting times: which of two events whose times are Lomax (Pareto II) distributed comes first, and how that chance moves.

With P(V > v) = (1 + v / c)^-s and P(W > v) = (1 + v / d)^-m, ratio k = c / d and z = v / c, the first wins with the chance

    g = P(V < W) = int s (1 + z)^(-s-1) (1 + k z)^-m dz = s / (m + s) 2F1(1, m; m + s + 1; 1 - k).

The hypergeometric function is never summed. Where k <= 1 its Euler integral (Abramowitz & Stegun 15.3.1), where k > 1 that of its
Pfaff transform k^-1 2F1(1, s + 1; m + s + 1; 1 - 1 / k) (15.3.5), is integrated by parts once. Then all terms are positive, nothing
overflows, k = 1 and s = 1 are points like any other, and m and s near 0 are as good as any.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.stats import distinct, quadrature

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

# Step of the trapezoidal rule: the integrand is analytic for |Im u| < pi / 2, which makes the error e^(-pi^2 / _STEP).
_STEP: Final = 0.26
# e^-_REACH of the integrand's top is left out.
_REACH: Final = 36.0
# ln k is cut into panels no longer than this: g changes by e^2 at most in one.
_PANEL: Final = 2.0
# Numbers held at once.
_BLOCK: Final = 250_000


@dataclass(frozen=True)
class Race:
    """The chance g that the first event wins, and its derivatives in m, s and ln k; each of shape (n,)."""

    first: Floats
    in_shape: Floats
    in_s: Floats
    in_log_ratio: Floats


def race(shape: Floats, s: float, row: Indices, log_ratio: Floats) -> Race:
    """The chance that the first of two events wins.

    shape: m of the second event, shape (rows,), above 0. s: that of the first. row: which of `shape` each entry has.
    log_ratio: ln k. Both of shape (n,). Computed at Chebyshev points of ln k, where g is analytic for |Im ln k| < pi / 2, and
    interpolated: the cost of one entry is a dot product.

    >>> half = race(np.array([1.0]), 1.0, np.zeros(1, dtype=np.intp), np.zeros(1))
    >>> round(float(half.first[0]), 12)
    0.5
    """
    if not len(row):
        return Race(*(np.zeros(0) for _ in range(4)))
    low = float(log_ratio.min())
    reach = float(log_ratio.max()) - low
    panels = max(1, math.ceil(reach / _PANEL))
    width = max(reach / panels, 1e-3)
    points = quadrature.chebyshev(quadrature.nodes_for(0.5 * width))
    panel = np.minimum((log_ratio - low) / width, panels - 1).astype(np.intp)
    rows, of_panel, of_entry = distinct.pairs(row, panel)
    table = np.empty((len(rows), 4, len(points)))
    for k in np.unique(of_panel).tolist():
        chosen = of_panel == k
        table[chosen] = _means(shape[rows[chosen]], s, low + width * (k + points))
    mean, in_shape, in_s, in_log_ratio = _interpolate(table, of_entry, (log_ratio - low) / width - panel)
    m = shape[row]
    share = s / (m + s)
    return Race(
        first=share * mean,
        in_shape=share * (in_shape - mean / (m + s)),
        in_s=share * in_s + m / (m + s) ** 2 * mean,
        in_log_ratio=share * in_log_ratio,
    )


def _interpolate(table: Floats, row: Indices, at: Floats) -> Floats:
    """The four quantities of `table` (rows, 4, nodes) at a place in [0, 1] of a row each; shape (4, n)."""
    size = max(1, _BLOCK // table.shape[2])
    found = np.empty((4, len(row)))
    for start in range(0, len(row), size):
        cut = slice(start, start + size)
        weights = quadrature.interpolation_weights(table.shape[2], at[cut])
        for k in range(4):
            found[k, cut] = np.einsum("nk,nk->n", weights, table[row[cut], k])
    return found


def _means(shape: Floats, s: float, log_ratio: Floats) -> Floats:
    """g (m + s) / s = 2F1(1, m; m + s + 1; 1 - k) and its derivatives in m, s, ln k; shape (rows, 4, points)."""
    found = np.empty((len(shape), 4, len(log_ratio)))
    below, four = log_ratio <= 0, np.arange(4)
    # Rows whose integrands have their weight in the same place share the nodes.
    group = np.floor(0.5 * np.log2(1 + shape))
    for one in np.unique(group):
        rows = np.flatnonzero(group == one)
        if below.any():
            found[np.ix_(rows, four, below)] = _slow_first(shape[rows], s, log_ratio[below])
        if not below.all():
            found[np.ix_(rows, four, ~below)] = _slow_second(shape[rows], s, -log_ratio[~below])
    return found


def _slow_first(m: Floats, s: float, log_k: Floats) -> Floats:
    """k <= 1: the mean is 1 + m (1 - k) I; I as in `_integral` with powers s and m."""
    i, in_s, in_m, in_log = _integral(np.full(len(m), s), m, log_k)
    k, rest, m = np.exp(log_k), -np.expm1(log_k), m[:, None]
    return np.stack((1 + m * rest * i, rest * (i + m * in_m), m * rest * in_s, m * (rest * in_log - k * i)), axis=1)


def _slow_second(m: Floats, s: float, log_k: Floats) -> Floats:
    """k > 1, given as its inverse: the mean is k + (s + 1) k (1 - k) I; I as in `_integral` with powers m - 1 and s + 1."""
    i, in_m, in_s, in_log = _integral(m - 1, np.full(len(m), s + 1), log_k)
    k, rest = np.exp(log_k), -np.expm1(log_k)
    mean = k + (s + 1) * k * rest * i
    in_inverse = mean + (s + 1) * k * (rest * in_log - k * i)
    return np.stack((mean, (s + 1) * k * rest * in_m, k * rest * (i + (s + 1) * in_s), -in_inverse), axis=1)


def _integral(power: Floats, b: Floats, log_k: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """int q^(power + b) (k + (1 - k) q)^(-b-1) dq over [0, 1], and its derivatives in power, b, ln k; each (rows, points).

    power, b: shape (rows,), power + b > -1. log_k: at most 0. In u = ln(1 / q - 1) the integrand is
    (1 + e^u)^-power (1 + e^-u)^-1 (1 + k e^u)^(-b-1): log-concave, so its support lies between those of its extreme rows and points.
    """
    u = _support(power, b, log_k)
    plus, minus, ahead = np.logaddexp(0, u), np.logaddexp(0, -u), np.logaddexp(0, u + log_k[:, None])
    slope = np.exp(u + log_k[:, None] - ahead)
    on_power = np.outer(power, plus) + minus
    columns = np.stack((np.ones_like(ahead), np.broadcast_to(plus, ahead.shape), ahead, slope), axis=2)
    sums = np.empty((len(log_k), len(power), 4))
    size = max(1, _BLOCK // ahead.size)
    for start in range(0, len(power), size):
        cut = slice(start, start + size)
        integrand = np.exp(-on_power[cut] - (b[cut, None] + 1) * ahead[:, None, :])
        np.matmul(integrand, columns, out=sums[:, cut])
    value, in_power, in_b, in_log = (_STEP * sums[:, :, k].T for k in range(4))
    return value, -in_power, -in_b, -(b[:, None] + 1) * in_log


def _support(power: Floats, b: Floats, log_k: Floats) -> Floats:
    """Equidistant nodes that hold all but e^-_REACH of each integrand."""
    edges_k = np.array([log_k.min(), log_k.max()])
    low = -_REACH - math.log(2 + abs(power).max() + (b.max() + 1) * math.exp(edges_k[1]))
    # Every fourth node tells where the weight is.
    u = np.arange(math.floor(low / _STEP), math.ceil((_REACH - edges_k[0]) / _STEP) + 4, 4) * _STEP
    ends = np.array([np.argmin(power + b), np.argmax(power + b)])
    height = (
        -power[ends, None, None] * np.logaddexp(0, u)
        - np.logaddexp(0, -u)
        - (b[ends, None, None] + 1) * np.logaddexp(0, u + edges_k[:, None])
    )
    inside = np.flatnonzero((height > height.max(axis=2, keepdims=True) - _REACH).any(axis=(0, 1)))
    first, last = u[inside[0]] - 3 * _STEP, u[inside[-1]] + 3 * _STEP
    nodes: Floats = first + _STEP * np.arange(round((last - first) / _STEP) + 1)
    return nodes
