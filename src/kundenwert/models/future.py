"""The distribution of purchases to come, for every model in which a customer either is gone or goes on as a new one would.

Given the history and being alive at T the rate is Gamma(r + x, alpha + T), and leaving is as it was, with its own parameters moved on:

- a customer who leaves after a purchase (BG/NBD, MBG/NBD) does so with a chance ~ Beta(a, b + k), k purchases survived: what comes is
  Fader, Hardie & Lee 2005, Marketing Science 24(2), eq. (8), at these parameters;
- one who leaves at any time (Pareto/NBD) stays for a Lomax (Pareto II) time of shape s and scale beta + T (Schmittlein, Morrison & Colombo
  1987, Management Science 33(1)): the counts until then are averaged over that time by a quadrature with positive weights;
- one who never leaves (NBD) has a negative binomial count.

All terms are positive and nothing is subtracted, so small probabilities keep their digits.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._base import Values
from kundenwert.records import Histories
from kundenwert.stats import distinct, quadrature

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

_BY_PURCHASE: Final = {"r", "alpha", "a", "b"}
_BY_TIME: Final = {"r", "alpha", "s", "beta"}
_NEVER: Final = {"r", "alpha"}
# Nodes of the mean over the time a customer stays, for counts of a few and per root of the largest count.
_NODES: Final = 40
_NODES_PER_ROOT: Final = 4.0
# Numbers held at once.
_BLOCK: Final = 2_000_000


def is_known(model: Any) -> bool:
    """Whether a model can tell its distribution of future purchases: by a method `future_mass` of its own, or by its parameters."""
    names = {one.name for one in model.parameters}
    return model.needs == "histories" and (hasattr(model, "future_mass") or names in (_BY_PURCHASE, _BY_TIME, _NEVER))


def future_mass(model: Any, p: Values, histories: Histories, alive: Floats, days: float, n_max: int) -> Floats:
    """P(n purchases in the next `days`), n = 0 .. n_max, of each history; shape (histories, n_max + 1).

    p: parameters with the day as unit of time. alive: the P(alive) of each history. What the living do depends on (frequency, T)
    only and is computed for distinct pairs.
    """
    if hasattr(model, "future_mass"):
        own: Floats = model.future_mass(p, histories, days, n_max)
        return own
    x, of_x = distinct.codes(histories.frequency.astype(np.float64))
    ages, of_age = distinct.codes(histories.T)
    kind, age, of_pair = distinct.pairs(of_x, of_age)
    result: Floats = alive[:, None] * _while_alive(model, p, x, kind, ages[age], days, n_max)[of_pair]
    result[:, 0] += 1 - alive
    return result


def _while_alive(model: Any, p: Values, x: Floats, kind: Indices, T: Floats, days: float, n_max: int) -> Floats:
    if days == 0:
        return np.tile(np.arange(n_max + 1) == 0, (len(kind), 1)).astype(np.float64)
    if set(p) == _BY_PURCHASE:
        return _by_purchase(p, x, getattr(model, "chances_at_first", 0), kind, T, days, n_max)
    if set(p) == _BY_TIME:
        return _by_time(p, x, kind, T, days, n_max)
    return _counts(_ways(p["r"] + x, n_max)[kind], p["r"] + x[kind], (days / (p["alpha"] + T))[:, None])[:, 0]


def _by_purchase(p: Values, x: Floats, more: int, kind: Indices, T: Floats, days: float, n_max: int) -> Floats:
    """Stays n times and n come, or leaves at the n-th and at least n would have come."""
    from scipy.special import betainc

    n = np.arange(n_max + 1)
    shape, b = p["r"] + x, p["b"] + x[:, None] + more
    stays = np.exp(_running(-np.log1p(p["a"] / (b + n[:-1]))))
    ahead = days / (p["alpha"] + T)
    counts = _counts(_ways(shape, n_max)[kind], shape[kind], ahead[:, None])[:, 0]
    # Summed from the far end, where it is an incomplete beta function.
    beyond = betainc(n_max + 1.0, shape[kind], ahead / (1 + ahead))
    at_least = beyond[:, None] + np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
    leaves = np.where(n > 0, p["a"] / (b + np.maximum(n, 1) - 1), 0.0)
    result: Floats = stays[kind] * (counts + leaves[kind] * at_least)
    return result


def _by_time(p: Values, x: Floats, kind: Indices, T: Floats, days: float, n_max: int) -> Floats:
    """Stays over all the days and n come, or leaves at a time within them and n have come until then."""
    share, weight = quadrature.gauss_legendre(_NODES + int(_NODES_PER_ROOT * np.sqrt(n_max)))
    shape, ways = p["r"] + x, _ways(p["r"] + x, n_max)
    result = np.empty((len(kind), n_max + 1))
    size = max(1, _BLOCK // (len(share) * (n_max + 1)))
    for start in range(0, len(kind), size):
        cut = slice(start, start + size)
        own, stay = p["alpha"] + T[cut, None], p["beta"] + T[cut, None]
        # In w = ln(1 + time / scale), with the smaller of both scales, both laws are smooth however long the days are.
        scale = np.minimum(own, stay)
        reach = np.log1p(days / scale)
        time = np.hstack((scale * np.expm1(reach * share), np.full((len(own), 1), days)))
        leaves = weight * reach * (scale + time[:, :-1]) * p["s"] / stay * np.exp(-(p["s"] + 1) * np.log1p(time[:, :-1] / stay))
        weights = np.hstack((leaves, np.exp(-p["s"] * np.log1p(days / stay))))
        counts = _counts(ways[kind[cut]], shape[kind[cut]], time / own)
        result[cut] = np.einsum("ij,ijn->in", weights, counts)
    return result


def _counts(ways: Floats, shape: Floats, ahead: Floats) -> Floats:
    """P(n) of a negative binomial of this shape over times of `ahead` scales; ways: (pairs, n), shape: (pairs,), ahead: (pairs, times).

    Shape (pairs, times, n).
    """
    none, again = -shape[:, None] * np.log1p(ahead), -np.log1p(1 / ahead)
    return np.exp(ways[:, None, :] + none[:, :, None] + again[:, :, None] * np.arange(ways.shape[1]))


def _ways(shape: Floats, n_max: int) -> Floats:
    """ln [Gamma(shape + n) / (Gamma(shape) n!)], n = 0 .. n_max, as running sums; shape (shapes, n_max + 1)."""
    k = np.arange(n_max)
    return _running(np.log((shape[:, None] + k) / (k + 1)))


def _running(terms: Floats) -> Floats:
    return np.hstack((np.zeros((len(terms), 1)), np.cumsum(terms, axis=1)))
