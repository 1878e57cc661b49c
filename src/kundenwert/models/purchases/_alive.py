"""Purchases of a customer who is alive today, when each purchase may be the last: shared by the BG/NBD relatives.

Rate ~ Gamma(shape, scale days), chance p to leave after each purchase ~ Beta(a, b). Until time s the expected purchases are
E[(1 - (1 + p s / scale)^-shape) / p], their rate E[shape / scale (1 + p s / scale)^(-shape - 1)]: means over p of eq. (5) of
Fader, Hardie & Lee 2005 with the gamma mean taken first. This form has no singular point at a = 1, loses no digits for large a, b or
shape, and needs no hypergeometric function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.stats import quadrature

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

# Numbers held at once in one block: two megabytes stay in the processor's cache.
_BLOCK: Final = 250_000


@dataclass(frozen=True)
class Kinds:
    """Kinds of customers that differ in what their purchases so far tell: shape of the rate, and b of Beta(a, b); shape (k,)."""

    a: float
    b: Floats
    shape: Floats


def expected(kinds: Kinds, kind: Indices, scale: Floats, days: Floats) -> Floats:
    """Expected purchases until `days` from now of customers alive now.

    kind: which of `kinds` each is. scale: alpha + T, in days. days: at least 0. All of shape (n,), as is the result.
    """
    y = days / scale
    if not len(y):
        return y
    longest = _largest(kinds, kind, y)

    def tilt(p: Floats) -> Floats:
        return np.log(_count(p, longest[:, None], kinds.shape[:, None]))

    nodes = quadrature.beta_nodes(kinds.a, kinds.b, tilt)
    return _in_blocks(len(y), nodes.p.shape[1], lambda cut: _mean_count(nodes, kinds, kind[cut], y[cut]))


def discounted(kinds: Kinds, kind: Indices, scale: Floats, span: tuple[float, float], force: float) -> Floats:
    """Expected purchases between two times from now, each discounted by exp(-force s), of customers alive now.

    kind, scale: as for `expected`. span: days (from, to). force: a rate a day. Gives shape (n,).
    """
    first, last = span[0] / scale, span[1] / scale
    # How steeply the integrand may fall at once: time is stretched by it, so that the nodes lie where the purchases are.
    steep = np.maximum(1.0, np.maximum((kinds.shape * (kinds.a + 1) / (kinds.a + kinds.b + 1))[kind], force * scale))
    reach = np.log1p(steep * last) - np.log1p(steep * first)
    if not len(scale) or reach.max() == 0:
        return np.zeros(len(scale))
    # The integrand may be this much larger than its integral; it enters the number of nodes as a logarithm.
    extra = float(np.log1p(kinds.shape[kind] * last).max())
    share, weight = quadrature.panels(0.5 * float(reach.max()), extra=extra)
    longest = _largest(kinds, kind, last)

    def tilt(p: Floats) -> Floats:
        return -(kinds.shape[:, None] + 1) * np.log1p(p * longest[:, None])

    nodes = quadrature.beta_nodes(kinds.a, kinds.b, tilt)

    def block(cut: slice) -> Floats:
        # In w = ln(1 + steep s / scale) the integrand is smooth however long the span is.
        w = np.log1p((steep * first)[cut, None]) + reach[cut, None] * share
        y = np.expm1(w) / steep[cut, None]
        rate = _mean_rate(nodes, kinds, np.repeat(kind[cut], len(share)), y.ravel()).reshape(y.shape)
        result: Floats = reach[cut] / steep[cut] * np.sum(weight * rate * np.exp(w - force * scale[cut, None] * y), axis=1)
        return result

    return _in_blocks(len(scale), nodes.p.shape[1] * len(share), block)


def stays(kinds: Kinds, kind: Indices, scale: Floats, days: Floats) -> Floats:
    """The probability that customers alive now have not left in `days`: E[(1 + p s / scale)^-shape]. Arguments as for `expected`."""
    y = days / scale
    if not len(y):
        return y
    longest = _largest(kinds, kind, y)

    def tilt(p: Floats) -> Floats:
        return -kinds.shape[:, None] * np.log1p(p * longest[:, None])

    nodes = quadrature.beta_nodes(kinds.a, kinds.b, tilt)
    return _in_blocks(len(y), nodes.p.shape[1], lambda cut: _mean_power(nodes, kind[cut], y[cut], kinds.shape[kind[cut]]))


def _count(p: Floats, y: Floats, shape: Floats) -> Floats:
    result: Floats = -np.expm1(-shape * np.log1p(p * y)) / p
    # Smallest positive number instead of 0: its logarithm is asked for at y = 0.
    return np.maximum(result, np.finfo(float).tiny)


def _mean_count(nodes: quadrature.BetaNodes, kinds: Kinds, kind: Indices, y: Floats) -> Floats:
    p, shape = nodes.p[kind], kinds.shape[kind]
    py = p * y[:, None]
    log_left = -shape[:, None] * np.log1p(py)
    fallen = -np.expm1(log_left)
    count = fallen / p
    at_one = -np.expm1(-shape * np.log1p(y))
    slope = count - (shape * y)[:, None] * (1 - fallen) / (1 + py)
    terms = nodes.on_value[kind] * (count - at_one[:, None]) + nodes.on_slope[kind] * slope
    result: Floats = at_one + terms.sum(axis=1)
    return result


def _mean_rate(nodes: quadrature.BetaNodes, kinds: Kinds, kind: Indices, y: Floats) -> Floats:
    shape = kinds.shape[kind]
    result: Floats = shape * _mean_power(nodes, kind, y, shape + 1)
    return result


def _mean_power(nodes: quadrature.BetaNodes, kind: Indices, y: Floats, power: Floats) -> Floats:
    """E[(1 + p y)^-power] over p."""
    py = nodes.p[kind] * y[:, None]
    value = np.exp(-power[:, None] * np.log1p(py))
    at_one = np.exp(-power * np.log1p(y))
    slope = power[:, None] * py / (1 + py) * value
    terms = nodes.on_value[kind] * (value - at_one[:, None]) + nodes.on_slope[kind] * slope
    result: Floats = at_one + terms.sum(axis=1)
    return result


def _largest(kinds: Kinds, kind: Indices, y: Floats) -> Floats:
    largest = np.zeros(len(kinds.b))
    np.maximum.at(largest, kind, y)
    return largest


def _in_blocks(rows: int, width: int, work: Callable[[slice], Floats]) -> Floats:
    size = max(1, _BLOCK // width)
    parts = [work(slice(start, start + size)) for start in range(0, rows, size)]
    return np.concatenate(parts) if parts else np.zeros(0)


def along_ages(kind: Indices, kinds: int, scale: Floats, work: Callable[[Indices, Floats], list[Floats]]) -> list[Floats]:
    """`work` for each (kind, scale), computed only where needed: for kinds with many scales it is interpolated in ln scale.

    work: takes kind and scale of shape (m,), gives arrays of shape (m,) that are analytic in ln scale where its imaginary part is
    below pi / 2 (there |1 + p s / scale| >= 1, so all means above stay bounded). Gives arrays of shape (n,).
    """
    line = np.log(scale)
    low, high = np.full(kinds, np.inf), np.full(kinds, -np.inf)
    np.minimum.at(low, kind, line)
    np.maximum.at(high, kind, line)
    width = np.where(high > low, high - low, 1.0)
    nodes = quadrature.nodes_for(0.5 * float(np.max(high - low, initial=0.0)))
    many = np.bincount(kind, minlength=kinds) > nodes
    chosen, smooth = np.flatnonzero(many), many[kind]
    grid = np.exp(low[chosen, None] + width[chosen, None] * quadrature.chebyshev(nodes))
    found = work(np.concatenate((np.repeat(chosen, nodes), kind[~smooth])), np.concatenate((grid.ravel(), scale[~smooth])))
    place = np.cumsum(many) - 1
    at = ((line - low[kind]) / width[kind])[smooth]
    return [_put_together(values, grid.shape, place[kind[smooth]], at, smooth) for values in found]


def _put_together(values: Floats, shape: tuple[int, ...], row: Indices, at: Floats, smooth: NDArray[np.bool_]) -> Floats:
    on_grid = shape[0] * shape[1]
    result = np.empty(len(smooth))
    result[~smooth] = values[on_grid:]
    result[smooth] = quadrature.interpolate(values[:on_grid].reshape(shape)[row], at)
    return result
