"""Weighted draws from a density known up to a factor: importance sampling with smoothed weights, adapted where it must be.

Sources: Vehtari, Simpson, Gelman, Yao & Gabry 2024, Pareto Smoothed Importance Sampling, JMLR 25(72) (here: PSIS); Zhang & Stephens 2009,
A New and Efficient Estimation Method for the Generalized Pareto Distribution, Technometrics 51(3) (here: ZS); Cappe, Douc, Guillin,
Marin & Robert 2008, Adaptive importance sampling in general mixture classes, Statistics and Computing 18 (here: CDGMR).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LogDensity = Callable[[Floats], Floats]

# PSIS section 3.2.4: above it the error of the means is no longer known.
K_LIMIT: Final = 0.7
# The fewest weights of a tail to which a distribution is fitted.
_LEAST_TAIL: Final = 5
# ZS section 3: quartile and divisor of their prior; PSIS appendix: the shape is drawn to 0.5 as by 10 more values.
_DIVISOR, _MORE_VALUES = 3.0, 10
# Tails of a proposal fall off like a t distribution with so many degrees of freedom: heavier than those of most posteriors.
_DEGREES: Final = 8.0
# Share of the wide part of a mixture, and how much wider than the whole it is.
_DEFENCE, _WIDER = 0.04, 1.7
# Rounds of adaption, draws in each, and the share of them that must count in an update.
_ROUNDS, _ROUND, _COUNTING = 8, 600, 0.1


@dataclass(frozen=True)
class Weighted:
    """Draws with weights that add to 1. points: (n, k); weights, log_density: (n,); effective: how many equal draws they are worth."""

    points: Floats
    weights: Floats
    log_density: Floats
    k_hat: float
    effective: float


@dataclass(frozen=True)
class Proposal:
    """A mixture of multivariate t distributions. share: (c,), mean: (c, k), root: (c, k, k), lower triangular: root root' is the scale."""

    share: Floats
    mean: Floats
    root: Floats
    degrees: float = _DEGREES

    @staticmethod
    def at(mean: Floats, scale: Floats) -> Proposal:
        """One t distribution; scale: (k, k), positive definite."""
        root = np.asarray(np.linalg.cholesky(scale), dtype=np.float64)
        return Proposal(np.ones(1), mean[None], root[None])

    def draw(self, n: int, rng: np.random.Generator) -> Floats:
        """n draws; shape (n, k)."""
        # Each part has its expected number of draws, rounded at random: less chance than in independent choices.
        part = np.searchsorted(np.cumsum(self.share)[:-1], (np.arange(n) + rng.random()) / n, side="right")
        normal = rng.standard_normal((n, self.mean.shape[1]))
        stretch = np.sqrt(self.degrees / rng.chisquare(self.degrees, n))
        result: Floats = self.mean[part] + np.einsum("nij,nj->ni", self.root[part], normal) * stretch[:, None]
        return result

    def log_parts(self, points: Floats) -> tuple[Floats, Floats]:
        """ln of share times density of each part, and the squared distance from its mean in its scale; (n, c) each."""
        k, df = points.shape[1], self.degrees
        shares, squares = np.empty((len(points), len(self.share))), np.empty((len(points), len(self.share)))
        norm = math.lgamma((df + k) / 2) - math.lgamma(df / 2) - 0.5 * k * math.log(df * math.pi)
        for c, root in enumerate(self.root):
            squares[:, c] = (standard(points - self.mean[c], root) ** 2).sum(axis=1)
            shares[:, c] = (
                math.log(max(self.share[c], 1e-300)) + norm - np.log(np.diag(root)).sum() - 0.5 * (df + k) * np.log1p(squares[:, c] / df)
            )
        return shares, squares

    def log_density(self, points: Floats) -> Floats:
        """ln of the density of the mixture; shape (n,)."""
        return _log_sum(self.log_parts(points)[0])


def standard(away: Floats, root: Floats) -> Floats:
    """Distances (n, k) in units of the scale root root'; shape (n, k)."""
    # einsum, not a solver: for so few columns threads of the linear algebra cost more than the work.
    result: Floats = np.einsum("ij,nj->ni", np.linalg.inv(root), away)
    return result


def pareto_tail(excess: Floats) -> tuple[float, float]:
    """Shape k and scale of a generalised Pareto distribution fitted to values above 0, sorted: ZS section 3, k drawn a little to 0.5.

    The distribution has P(X > x) = (1 + k x / scale)^(-1/k).
    """
    n = len(excess)
    grid = 30 + int(math.sqrt(n))
    quartile = excess[max(int(n / 4 + 0.5) - 1, 0)]
    theta = 1 / excess[-1] + (1 - np.sqrt(grid / (np.arange(grid) + 0.5))) / (_DIVISOR * quartile)
    shape = np.log1p(-theta[:, None] * excess).mean(axis=1)
    profile = n * (np.log(-theta / shape) - shape - 1)
    weight = np.exp(profile - profile.max())
    best = float(theta @ weight / weight.sum())
    k = float(np.log1p(-best * excess).mean())
    return (n * k + 0.5 * _MORE_VALUES) / (n + _MORE_VALUES), -k / best


def smoothed(log_ratio: Floats) -> tuple[Floats, float]:
    """ln of smoothed weights that add to 1, and k-hat, from ln of raw ratios: PSIS algorithm 1. Shape (n,).

    The largest ratios are replaced by the expected order statistics of a Pareto distribution fitted to them. k-hat is infinite where
    the tail is too short to tell, and 0 where all its ratios are equal.
    """
    raw = np.where(np.isfinite(log_ratio), log_ratio, -np.inf)
    raw = raw - raw.max()
    n = len(raw)
    tail = min(n // 5, math.ceil(3 * math.sqrt(n)))
    result = raw.copy()
    if tail < _LEAST_TAIL:
        return result - _log_sum(result[None])[0], math.inf
    order = np.argsort(raw, kind="stable")
    cut = math.exp(max(raw[order[-tail - 1]], -700.0))
    excess = np.exp(raw[order[-tail:]]) - cut
    if excess[-1] < 1e-9:
        return result - _log_sum(result[None])[0], 0.0
    k, scale = pareto_tail(np.maximum(excess, 1e-12 * excess[-1]))
    # Quantiles at the middle of each of `tail` equal steps.
    rest = -np.log1p(-(np.arange(tail) + 0.5) / tail)
    quantile = scale * (np.expm1(k * rest) / k if abs(k) > 1e-12 else rest)
    result[order[-tail:]] = np.minimum(np.log(cut + quantile), 0.0)
    return result - _log_sum(result[None])[0], k


def weigh(points: Floats, log_density: Floats, log_proposal: Floats) -> Weighted:
    """Draws of a proposal with smoothed weights for the density."""
    log_weights, k_hat = smoothed(log_density - log_proposal)
    weights = np.exp(log_weights)
    weights /= weights.sum()
    return Weighted(points, weights, log_density, k_hat, effective_number(weights))


def effective_number(weights: Floats) -> float:
    """1 / sum of squared weights (which add to 1)."""
    return float(1 / np.sum(weights**2))


def moments(points: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Weighted mean (k,) and covariance (k, k)."""
    mean = weights @ points
    away = points - mean
    return mean, np.einsum("n,ni,nj->ij", weights, away, away)


def systematic(weights: Floats, n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Which draws to take for n of equal weight, each as often as n times its weight, rounded; shape (n,), in random order.

    Source: Kitagawa 1996, Journal of Computational and Graphical Statistics 5(1), appendix (stratified with one random number).
    """
    chosen = np.searchsorted(np.cumsum(weights), (np.arange(n) + rng.random()) / n, side="right")
    return rng.permutation(np.minimum(chosen, len(weights) - 1))


def spread(mode: Floats, scale: Floats) -> Proposal:
    """A start for `adapted` from a first guess of the covariance (k, k).

    t distributions at the mode and on both sides of it along the two longest axes, and last a wide one over all: a defence where the
    others do not reach (Hesterberg 1995, Technometrics 37(2)).
    """
    lengths, axes = np.linalg.eigh(scale)
    steps = (1.5 * np.sqrt(lengths) * axes).T[-2:]
    mean = np.concatenate((mode[None], mode - steps, mode + steps, mode[None]))
    root = np.asarray(np.linalg.cholesky(scale), dtype=np.float64)
    share = np.full(len(mean) - 1, (1 - _DEFENCE) / (len(mean) - 1))
    return Proposal(np.append(share, _DEFENCE), mean, np.stack([root] * (len(mean) - 1) + [_WIDER * root]))


def adapted(log_density: LogDensity, proposal: Proposal, rng: np.random.Generator, *, until: float = 0.5) -> Proposal:
    """A mixture from `spread`, adapted to the density in rounds of draws: CDGMR section 4.2.

    Rounds in which a few draws would carry all the weight count the weights by a power that leaves enough of them. Ends early when
    k-hat of the smoothed weights is below `until` and most draws count.
    """
    for _ in range(_ROUNDS):
        points = proposal.draw(_ROUND, rng)
        parts, squares = proposal.log_parts(points)
        ratio = log_density(points) - _log_sum(parts)
        log_weights, k_hat = smoothed(ratio)
        if k_hat < until and effective_number(np.exp(log_weights)) > 0.7 * _ROUND:
            break
        proposal = _updated(proposal, points, tempered(log_weights), parts, squares)
    return proposal


def _updated(proposal: Proposal, points: Floats, weights: Floats, parts: Floats, squares: Floats) -> Proposal:
    """One step of weighted expectation and maximisation for a mixture of t distributions."""
    k, df = points.shape[1], proposal.degrees
    belongs = np.exp(parts - _log_sum(parts)[:, None]) * weights[:, None]
    share = belongs.sum(axis=0)
    pull = belongs * (df + k) / (df + squares)
    middle, whole = moments(points, weights)
    mean, root = np.empty_like(proposal.mean), np.empty_like(proposal.root)
    for c in range(len(share) - 1):
        alive = share[c] > 0.01
        mean[c] = pull[:, c] @ points / pull[:, c].sum() if alive else middle
        away = points - mean[c]
        scale = np.einsum("n,ni,nj->ij", pull[:, c], away, away) / share[c] if alive else whole
        # A touch of the whole keeps a part from falling into a line.
        root[c] = np.linalg.cholesky(scale + 0.02 * whole + 1e-12 * np.eye(k))
    mean[-1], root[-1] = middle, _WIDER * np.linalg.cholesky(whole + 1e-12 * np.eye(k))
    own = np.maximum(share[:-1], 0.01)
    return Proposal(np.append((1 - _DEFENCE) * own / own.sum(), _DEFENCE), mean, root, df)


def tempered(log_weights: Floats) -> Floats:
    """Weights to the largest power, at most 1, that leaves a tenth of them effective."""
    low, high = 0.0, 2.0
    for _ in range(20):
        power = 0.5 * (low + high)
        weights: Floats = np.exp(power * (log_weights - log_weights.max()))
        weights /= weights.sum()
        enough = effective_number(weights) >= _COUNTING * len(weights)
        if enough and power == 1.0:
            break
        low, high = (power, high) if enough else (low, power)
    return weights


def _log_sum(terms: Floats) -> Floats:
    """ln of the sum of e^terms along the last axis."""
    top = terms.max(axis=-1, keepdims=True)
    result: Floats = (top + np.log(np.exp(terms - top).sum(axis=-1, keepdims=True)))[..., 0]
    return result
