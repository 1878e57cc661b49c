"""Draws of a fit's parameters from the posterior, for any model that states its log-likelihood and gradient.

The way, in docs/method/posterior.md: a t distribution at the mode of likelihood times prior; the log-likelihood at all draws from a
polynomial through exact values and gradients, held against exact values; smoothed importance weights. Where that does not hold (few
data, a flat direction, a limit) everything is exact: a mixture adapted in rounds, and walkers if even that fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError
from kundenwert.models._prior import Chosen, Prior, chosen, weak
from kundenwert.stats import ensemble, importance, surrogate
from kundenwert.stats.limits import POSITIVE, Limit
from kundenwert.stats.maximise import hessian_of, maximise

if TYPE_CHECKING:
    from kundenwert.models._fitted import Fitted, Memory

Floats = NDArray[np.float64]

# The search for the mode stays in this distance, in logs, of the fit; the weak prior stays far inside it.
_BOX: Final = 16.0
# Rounds of more exact evaluations before the polynomial is given up.
_ROUNDS: Final = 6
# Points count in the fit of the polynomial by this power of their density, and by e^-6 at least.
_POWER, _FAINT = 0.25, -6.0
# Degree of the polynomial; how far it serves in standard deviations for each root of a dimension (beyond, all is exact); exact evaluations
# in a round for each of its terms (each tells a value and a gradient): of so many customers that the posterior is all but normal, of
# fewer, and where a direction is open or the first rounds did not do.
_MANY, _FEW, _OPEN = (3, 3.2, 0.6), (5, 2.4, 0.65), (5, 1.8, 1.0)
_CUSTOMERS: Final = 20_000
# Draws on which the polynomial is held against exact values, and the error of ln L that may remain: a weight is off by as much.
_HELD: Final = 24
_ERROR: Final = 0.04
# Points of the polynomial are draws of the proposal with tails as wide as these degrees of freedom.
_WIDE: Final = 4.0
# Draws that tell mean and covariance of the next round.
_PILOT: Final = 2_000
# Draws at most where each of them is evaluated, and attempts to adapt a proposal to them.
_EXACT, _ATTEMPTS = 2_000, 2
# Walkers, and rounds of their steps.
_WALKERS, _STEPS, _LONGEST = 32, 200, 5
# Below this share of effective draws weights are not good enough even with a small k-hat.
_EFFECTIVE: Final = 0.05


@dataclass(frozen=True)
class Pull:
    """What the prior does to a parameter.

    likelihood: its value in the fit. mode: that of likelihood times prior. mean, median: of the draws. shift: mode less likelihood in
    standard errors of the fit; None where they are not defined. All in the fit's unit.
    """

    name: str
    likelihood: float
    mode: float
    mean: float
    median: float
    shift: float | None


@dataclass(frozen=True)
class Draws:
    """Draws from the posterior. values: (n, parameters), in the fit's unit. weights: (n,), they add to 1.

    log_likelihoods: (n,), of the data. k_hat: below 0.7 weighted means can be trusted (0 from walkers, who need no weights).
    effective: how many independent draws these are worth. method: how they were made, in words.
    """

    names: tuple[str, ...]
    values: Floats
    weights: Floats
    log_likelihoods: Floats
    k_hat: float
    effective: float
    method: str
    pull: tuple[Pull, ...]

    def equally_weighted(self, n: int, seed: int = 0) -> Floats:
        """n draws of equal weight, in random order; shape (n, parameters)."""
        return self.values[self._chosen(n, seed)]

    def interval(self, name: str, level: float = 0.9) -> tuple[float, float]:
        """Between these two values a parameter lies with this probability, and below and above with the same."""
        if name not in self.names or not 0 < level < 1:
            expected = f"one of {', '.join(self.names)} and a level between 0 and 1"
            raise CallError(f"There is no interval for {name!r} at level {level}. Expected: {expected}.")
        lower, upper = _quantiles(self.values[:, self.names.index(name)], self.weights, (0.5 - level / 2, 0.5 + level / 2))
        return lower, upper

    def summary(self) -> str:
        """The draws as a table that prints well."""
        head = f"{self.method}: {len(self.weights):,} draws worth {self.effective:,.0f}, k-hat {self.k_hat:.2f}"
        titles = ("parameter", "likelihood", "mode", "mean", "5 %", "median", "95 %", "shift")
        lines = [head, f"{titles[0]:<10}" + "".join(f"{one:>14}" for one in titles[1:])]
        for one in self.pull:
            lower, upper = self.interval(one.name)
            numbers = (one.likelihood, one.mode, one.mean, lower, one.median, upper)
            shift = "not defined" if one.shift is None else f"{one.shift:+.2f}"
            lines.append(f"{one.name:<10}" + "".join(f"{v:>14.6g}" for v in numbers) + f"{shift:>14}")
        return "\n".join(lines)

    def _chosen(self, n: int, seed: int) -> NDArray[np.intp]:
        return importance.systematic(self.weights, n, np.random.default_rng(seed))


def draws(fit: Fitted, n: int, *, seed: int, base: Any, prior: Chosen) -> Draws:
    """See `Fitted.draws`."""
    if n < 1:
        raise CallError(f"n is {n}. Expected: the number of draws, at least 1.")
    target = _Target(fit, _memory(fit, base), _believed(fit, prior))
    mode, scale = target.laplace()
    rng = np.random.default_rng(seed)
    found, method = _weighted(target, mode, scale, max(n, 100), rng)
    if len(found.weights) != n:
        kept = importance.systematic(found.weights, n, rng)
        even = np.full(n, 1 / n)
        found = importance.Weighted(found.points[kept], even, found.log_density[kept], found.k_hat, min(found.effective, n))
    return _told(fit, target, mode, found, method)


def drawn(fit: Fitted, n: int, *, seed: int) -> tuple[Fitted, ...]:
    """See `Fitted.drawn`."""
    asked = (max(2 * n, 1_000), seed)
    if asked not in fit.known_draws:
        fit.known_draws[asked] = draws(fit, asked[0], seed=seed, base=None, prior="weak")
    found: Draws = fit.known_draws[asked]
    none: dict[str, float | None] = dict.fromkeys(found.names)
    kept = found._chosen(n, seed)
    rows = zip(found.values[kept].tolist(), found.log_likelihoods[kept].tolist(), strict=True)
    return tuple(
        replace(fit, parameters=dict(zip(found.names, values, strict=True)), standard_errors=none, log_likelihood=own, memory=None)
        for values, own in rows
    )


def _memory(fit: Fitted, base: Any) -> Memory:
    if base is not None:
        found: Memory = fit.model.memory(base, fit.parameters, fit.unit_days)
        return found
    if fit.memory is None:
        raise CallError(
            f"This fit of {fit.model.name} has no histories to draw from. Expected: `draws(base=...)`, with the base it was made of."
        )
    return fit.memory


def _believed(fit: Fitted, prior: Chosen) -> Prior | None:
    belief = chosen(prior, fit.model.parameters)
    if belief is None and None in fit.standard_errors.values():
        loose = ", ".join(name for name, error in fit.standard_errors.items() if error is None)
        came = f"Without a prior nothing holds the draws: the data leave {loose} open."
        raise CallError(f'{came} Expected: prior="weak" or a Prior.')
    return belief


class _Target:
    """The log posterior density in the optimiser's coordinates, up to a constant."""

    def __init__(self, fit: Fitted, memory: Memory, prior: Prior | None) -> None:
        self.model, self.memory, self.prior = fit.model, memory, prior
        self.start, self.frame = memory.point, weak(fit.model.parameters)
        self.is_settled = memory.hessian is not None and None not in fit.standard_errors.values()
        self.is_large = self.is_settled and fit.customers >= _CUSTOMERS
        self._level = fit.log_likelihood
        self._part: tuple[float, Floats, Floats] | None = None
        if memory.gradient is not None and memory.hessian is not None:
            self._whole = memory.gradient, memory.hessian
        if memory.times != 1.0:
            value, slope = self._of_data(self.start)
            second = hessian_of(self._of_data, self.start, lower=self.start - _BOX, upper=self.start + _BOX)
            self._part = value, slope, second

    def likelihood(self, line: Floats) -> tuple[float, Floats]:
        """Log-likelihood and gradient.

        With a part of the customers: the Taylor expansion of all, and from the part only what its own expansion leaves over, as often as
        customers stand behind it (a control variate: Quiroz, Kohn, Villani & Tran 2019, JASA 114(526), section 3).
        """
        value, slope = self._of_data(line)
        if self._part is None:
            return value, slope
        own, own_slope, own_second = self._part
        gradient, second = self._whole
        away, times = line - self.start, self.memory.times
        rest = value - own - own_slope @ away - 0.5 * away @ own_second @ away
        rest_slope = slope - own_slope - own_second @ away
        whole = self._level + gradient @ away + 0.5 * away @ second @ away
        return float(whole + times * rest), gradient + second @ away + times * rest_slope

    def plan(self, turn: int) -> tuple[int, float, float]:
        """What polynomial to try in a round: degree, reach and evaluations."""
        if turn > 2 or not self.is_settled:
            return _OPEN
        return _MANY if self.is_large and turn < 2 else _FEW

    def posterior(self, line: Floats) -> tuple[float, Floats]:
        """Log posterior and gradient."""
        likelihood, slope = self.likelihood(line)
        belief, push = self._belief(line)
        return likelihood + belief, slope + push

    def _belief(self, line: Floats) -> tuple[float, Floats]:
        value, slope = self.beliefs(line[None])
        return float(value[0]), slope[0]

    def beliefs(self, lines: Floats) -> tuple[Floats, Floats]:
        """The log prior of many points and its gradient; (n,) and (n, k)."""
        if self.prior is None:
            return np.zeros(len(lines)), np.zeros(lines.shape)
        p = self.values(lines)
        value, push = self.prior.density(p, *self.memory.typical)
        return value, push * self._log_slopes(p)

    def _log_slopes(self, p: dict[str, Floats]) -> Floats:
        """d ln parameter / d line; (n, k)."""
        return np.stack([_log_slope(k.limit, p[k.name]) for k in self.model.parameters], axis=1)

    def values(self, lines: Floats) -> dict[str, Floats]:
        """Parameters at many points; each of shape (n,)."""
        return {k.name: _to_value(k.limit, column) for k, column in zip(self.model.parameters, lines.T, strict=True)}

    def straight(self, lines: Floats, mode: Floats) -> tuple[Floats, Floats]:
        """Coordinates in which a likelihood is nearest to a polynomial, (n, k), and their derivatives in the optimiser's, (n, k, k).

        Those of the weak prior, but of a shape c the root of its inverse, -2 exp(-(c - c at the mode) / 2): the likelihood has a limit
        as customers become alike, and so has this.
        """
        p = self.values(lines)
        at, change, _ = self.frame.coordinates(p)
        top = self.frame.coordinates(self.values(mode[None]))[0]
        change = change * self._log_slopes(p)[:, None, :]
        shape = np.array([one.is_shape for one in self.frame.beliefs])
        slope = np.where(shape, np.exp(-0.5 * np.clip(at - top, -100.0, None)), 1.0)
        return np.where(shape, -2 * slope, at - top), change * slope[:, :, None]

    def density(self, lines: Floats) -> Floats:
        """The exact log posterior of many points; minus infinity where it is not finite or outside the box. Shape (n,)."""
        found = np.full(len(lines), -np.inf)
        inside = np.flatnonzero((np.abs(lines - self.start) < 2 * _BOX).all(axis=1))
        found[inside] = np.array([self.likelihood(line)[0] for line in lines[inside]]) + self.beliefs(lines[inside])[0]
        return np.where(np.isfinite(found), found, -np.inf)

    def laplace(self) -> tuple[Floats, Floats]:
        """The mode and the covariance of the normal distribution there."""
        lower, upper = self.start - _BOX, self.start + _BOX
        second = None
        if self.is_settled and self.memory.hessian is not None:
            # That of the fit, and the prior's: near enough to find the mode, and the first round of draws corrects the rest.
            second = self.memory.hessian + hessian_of(self._belief, self.start, lower=lower, upper=upper)
        best = maximise(self.posterior, self.start, lower=lower, upper=upper, gain=1e-6, hessian=second)
        bends, axes = np.linalg.eigh(-best.hessian)
        # Without the prior an open direction is refused before; this is for the mode of a bent density.
        return best.point, (axes / np.maximum(bends, 1 / 16)) @ axes.T

    def _of_data(self, line: Floats) -> tuple[float, Floats]:
        p = self.model._values(line)
        value, slope = self.model.score(p, self.memory.data)
        return value, slope * self.model._slopes(p)


def _weighted(target: _Target, mode: Floats, scale: Floats, n: int, rng: np.random.Generator) -> tuple[importance.Weighted, str]:
    """Weighted draws by the cheapest way that holds."""
    told = _by_polynomial(target, mode, scale, n, rng)
    if told is not None:
        return told, "adaptive importance sampling, log-likelihood by a polynomial"
    proposal = importance.spread(mode, scale)
    for _ in range(_ATTEMPTS):
        proposal = importance.adapted(target.density, proposal, rng)
        points = proposal.draw(min(n, _EXACT), rng)
        found = importance.weigh(points, target.density(points), proposal.log_density(points))
        if _is_good(found):
            return found, "adaptive importance sampling"
    return _walked(target, found, n, rng), "Markov chains"


def _is_good(found: importance.Weighted) -> bool:
    return found.k_hat <= importance.K_LIMIT and found.effective >= _EFFECTIVE * len(found.weights)


def _by_polynomial(target: _Target, mode: Floats, scale: Floats, n: int, rng: np.random.Generator) -> importance.Weighted | None:
    """Draws where the log-likelihood, within the mass of the posterior, is as good as a polynomial; None where it is not."""
    told, proposal = _Told(target, mode), importance.Proposal.at(mode, scale)
    points, weights = proposal.draw(_PILOT, rng), np.full(_PILOT, 1 / _PILOT)
    for turn in range(_ROUNDS):
        density = told.after(proposal, points, weights, target.plan(turn), rng)
        # In the first round everything lies around the mode, which need not be where the mass is.
        if turn:
            # Rounds cost little here.
            proposal = importance.adapted(density, proposal, rng, until=0.2)
            final = proposal.draw(n, rng)
            height, far = density(final, exact_far=True), proposal.log_density(final)
            # Those with the greatest weights decide of k-hat: they are made exact.
            great = np.argsort(height - far)[-_HELD:]
            height[great] = target.density(final[great])
            found = importance.weigh(final, height, far)
            if _is_good(found) and _holds(target, density, found, rng):
                return found
        points = proposal.draw(_PILOT, rng)
        pilot = importance.weigh(points, density(points), proposal.log_density(points))
        weights = importance.tempered(np.log(np.maximum(pilot.weights, 1e-300)))
        if not turn:
            proposal = importance.spread(*importance.moments(points, weights))
    return None


def _holds(target: _Target, density: _Cheap, found: importance.Weighted, rng: np.random.Generator) -> bool:
    """Is the polynomial right on draws as likely as their weights?"""
    likely = found.points[importance.systematic(found.weights, _HELD, rng)]
    away = density(likely, exact_far=True) - target.density(likely)
    # A constant has no effect on weights.
    return bool(np.std(away) < _ERROR and np.abs(away - np.median(away)).max() < 5 * _ERROR)


class _Told:
    """Exact values and gradients gathered where the mass is, and polynomials through all of them."""

    def __init__(self, target: _Target, mode: Floats) -> None:
        k = len(mode)
        self.target, self.mode, self.top = target, mode, target.posterior(mode)[0]
        self.at, self.values, self.slopes, self.beliefs = np.empty((0, k)), np.empty(0), np.empty((0, k)), np.empty(0)

    def after(
        self, proposal: importance.Proposal, points: Floats, weights: Floats, plan: tuple[int, float, float], rng: np.random.Generator
    ) -> _Cheap:
        """A polynomial for where these weighted points lie, after more exact evaluations at draws of the proposal."""
        k, (degree, serves, evaluations) = len(self.mode), plan
        lines = replace(proposal, degrees=_WIDE).draw(4 + int(evaluations * surrogate.terms_of(k, degree)), rng)
        found = [self.target.likelihood(line) for line in lines]
        at, change = self.target.straight(lines, self.mode)
        slopes = np.linalg.solve(change.transpose(0, 2, 1), np.array([slope for _, slope in found])[:, :, None])[:, :, 0]
        self.at, self.slopes = np.concatenate((self.at, at)), np.concatenate((self.slopes, slopes))
        self.values = np.concatenate((self.values, [value for value, _ in found]))
        self.beliefs = np.concatenate((self.beliefs, self.target.beliefs(lines)[0]))
        middle, scale = importance.moments(self.target.straight(points, self.mode)[0], weights)
        root, reach = np.asarray(np.linalg.cholesky(scale), dtype=np.float64), float(serves * np.sqrt(k))
        z = importance.standard(self.at - middle, root)
        # Where the density is low a rough value does.
        rank = np.exp(np.clip(_POWER * (self.values + self.beliefs - self.top), _FAINT, 0.0)) * ((z**2).sum(axis=1) < 2 * reach**2)
        polynomial = surrogate.fit(z, self.values - self.top, self.slopes @ root, rank, degree)
        return _Cheap(self.target, self.mode, middle, root, reach, polynomial, self.top)


@dataclass(frozen=True)
class _Cheap:
    """The log posterior by a polynomial within reach of the middle; beyond it exact, or minus infinity where that may do."""

    target: _Target
    mode: Floats
    middle: Floats
    root: Floats
    reach: float
    polynomial: surrogate.Polynomial
    level: float

    def __call__(self, lines: Floats, *, exact_far: bool = False) -> Floats:
        z = importance.standard(self.target.straight(lines, self.mode)[0] - self.middle, self.root)
        near = (z**2).sum(axis=1) < self.reach**2
        found = np.full(len(lines), -np.inf)
        found[near] = self.polynomial(z[near]) + self.level + self.target.beliefs(lines[near])[0]
        if exact_far:
            found[~near] = self.target.density(lines[~near])
        return found


def _walked(target: _Target, found: importance.Weighted, n: int, rng: np.random.Generator) -> importance.Weighted:
    """n draws of equal weight by walkers who start at weighted draws and walk until they are worth n, or long enough."""
    start = found.points[importance.systematic(found.weights, _WALKERS, rng)]
    # Draws taken twice would keep walkers on one line for ever.
    start = start + 1e-3 * np.std(found.points, axis=0) * rng.standard_normal(start.shape)
    points, density, effective = [], [], 0.0
    for turn in range(_LONGEST):
        walked = ensemble.walk(target.density, start, _STEPS, rng)
        start = walked.points[-1]
        if turn:  # the first round finds the place
            points.append(walked.points.reshape(-1, start.shape[1]))
            density.append(walked.log_density.ravel())
            effective += walked.effective
        if effective >= n:
            break
    rows, height = np.concatenate(points), np.concatenate(density)
    kept = importance.systematic(np.full(len(rows), 1 / len(rows)), n, rng)
    return importance.Weighted(rows[kept], np.full(n, 1 / n), height[kept], 0.0, min(effective, float(n)))


def _told(fit: Fitted, target: _Target, mode: Floats, found: importance.Weighted, method: str) -> Draws:
    names = tuple(fit.parameters)
    values = np.stack(list(target.values(found.points).values()), axis=1)
    top = target.model._values(mode)
    pull = []
    for i, name in enumerate(names):
        error, own = fit.standard_errors[name], fit.parameters[name]
        (median,) = _quantiles(values[:, i], found.weights, (0.5,))
        shift = None if error is None else (top[name] - own) / error
        pull.append(Pull(name, own, top[name], float(found.weights @ values[:, i]), median, shift))
    likelihoods = found.log_density - target.beliefs(found.points)[0]
    return Draws(names, values, found.weights, likelihoods, found.k_hat, found.effective, method, tuple(pull))


def _quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> list[float]:
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    last = len(values) - 1
    return [float(values[order[min(int(np.searchsorted(below, level)), last)]]) for level in levels]


def _to_value(limit: Limit, line: Floats) -> Floats:
    return np.exp(line) if limit is POSITIVE else np.array([limit.to_value(one) for one in line.tolist()])


def _log_slope(limit: Limit, values: Floats) -> Floats:
    """d ln value / d line."""
    return np.ones(len(values)) if limit is POSITIVE else np.array([limit.slope(one) / one for one in values.tolist()])
