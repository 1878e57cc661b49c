"""What the data leave open of each parameter: draws from the posterior, the estimate of maximum likelihood, and the prior."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._prior import Chosen, Prior, chosen
from kundenwert.models.diagnostics._checks import histories_of, usable
from kundenwert.records import Marginal, Posterior

Floats = NDArray[np.float64]

_BARS: Final = 30
# The axis holds all but these draws at each end.
_OUTSIDE: Final = 0.005
_PRIOR_DRAWS: Final = 20_000
# Newton steps from the beliefs back to parameters; four digits are enough for a histogram.
_STEPS: Final = 30


def posterior(fit: Any, base: Any = None, *, n: int = 4000, seed: int = 0, prior: Chosen = "weak") -> Posterior:
    """base: the base of the fit; needed only for a fit that was loaded. n, seed, prior: as for `Fitted.draws`."""
    usable(fit, method="draws")
    histories = None if base is None else histories_of(base)
    draws = fit.draws(n, seed=seed, base=histories, prior=prior)
    believed = chosen(prior, fit.model.parameters)
    typical = fit.memory.typical if histories is None else fit.model.typical(histories, fit.unit_days)
    before = None if believed is None else _prior_draws(believed, draws.names, typical, np.random.default_rng(seed))
    parts = tuple(
        _marginal(name, draws, place, fit.parameters[name], None if before is None else before[:, place])
        for place, name in enumerate(draws.names)
    )
    return Posterior(fit.model.name, fit.unit, parts, float(draws.effective))


def _marginal(name: str, draws: Any, place: int, estimate: float, before: Floats | None) -> Marginal:
    values, weights = draws.values[:, place], draws.weights
    low, high = _between(values, weights, _OUTSIDE)
    edges = np.linspace(low, high if high > low else low + abs(low) * 1e-6 + 1e-12, _BARS + 1)
    shares = np.histogram(values, edges, weights=weights)[0]
    lower, upper = draws.interval(name)
    told: tuple[float, ...] = ()
    outside = 0.0
    if before is not None:
        counts = np.histogram(before, edges)[0] / len(before)
        told, outside = tuple(counts.tolist()), float(1 - counts.sum())
    return Marginal(name, tuple(edges.tolist()), tuple(shares.tolist()), float(estimate), float(lower), float(upper), told, outside)


def _between(values: Floats, weights: Floats, outside: float) -> tuple[float, float]:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    ends = np.searchsorted(reached, (outside * reached[-1], (1 - outside) * reached[-1]))
    low, high = values[order][np.minimum(ends, len(values) - 1)].tolist()
    return low, high


def _prior_draws(prior: Prior, names: tuple[str, ...], typical: tuple[float, float], rng: np.random.Generator) -> Floats:
    """Draws from the prior in parameters, shape (n, parameters): the beliefs are normal, and Newton's method finds what they stand for."""
    time, money = typical
    centre = np.array([one.centre + one.time * np.log(time) + one.money * np.log(money) for one in prior.beliefs])
    sd = np.array([one.sd for one in prior.beliefs])
    wanted = centre + sd * rng.standard_normal((_PRIOR_DRAWS, len(names)))
    line = np.zeros((_PRIOR_DRAWS, len(names)))
    for _ in range(_STEPS):
        at, change, _bend = prior.coordinates({name: np.exp(line[:, place]) for place, name in enumerate(names)})
        step = np.linalg.solve(change, (wanted - at)[:, :, None])[:, :, 0]
        line += np.clip(step, -3.0, 3.0)
    return np.exp(np.clip(line, -700.0, 700.0))


PLUGIN = posterior
