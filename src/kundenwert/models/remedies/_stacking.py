"""Stacking: a fit that mixes the forecasts of at most three others, with weights that earlier forecasts have earned.

Yao, Vehtari, Simpson & Gelman 2018, Using Stacking to Average Bayesian Predictive Distributions, Bayesian Analysis 13(3), 917-1007: the
weights maximise the mean log score of the mixture. Here the scores are those of counts held against what came, not of left-out data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError
from kundenwert.models._statement import Outcome
from kundenwert.models.course import expected_course
from kundenwert.models.remedies._mixed import mixed_forecast
from kundenwert.models.remedies._remedied import AbstractRemediedFit, Face, PurchaseFit, read_fit
from kundenwert.records import Histories, Horizons, PurchaseForecast
from kundenwert.stats.maximise import maximise

Floats = NDArray[np.float64]

MOST: Final = 3
_LEAST_WEIGHT: Final = 0.02
_STEPS: Final = 100
# The search ends where the mean log score would rise by less; and weights differ by a factor of e^6 at most before some are left out.
_GAIN: Final = 1e-9
_BOX: Final = 6.0


def weights_of(log_scores: Floats, count: NDArray[Any], *, most: int = MOST) -> Floats:
    """The weights of the mixture of highest mean log score, 0 for members left out; shape (members,), they add up to 1.

    log_scores: ln P(outcome) by each member, shape (members, entries). count: customers of each entry. Searched from equal weights.
    Members below 0.02 are left out, and all but the `most` heaviest; the rest are weighed again.

    >>> weights_of(np.log([[0.5, 0.5], [0.1, 0.2]]), np.array([1, 1])).tolist()
    [1.0, 0.0]
    """
    weights = np.zeros(len(log_scores))
    kept = np.arange(len(log_scores))
    while True:
        found = _best_weights(log_scores[kept], count.astype(np.float64))
        heavy = np.sort(np.argsort(-found, kind="stable")[:most])
        heavy = heavy[found[heavy] >= min(_LEAST_WEIGHT, found.max())]
        if len(heavy) == len(kept):
            weights[kept] = found
            return weights
        kept = kept[heavy]


def _best_weights(log_scores: Floats, count: Floats) -> Floats:
    """The weights of highest mean log score: a concave problem, searched in the logarithms of their ratios."""
    best = log_scores.max(axis=0)
    # Where no member gave the outcome a chance, all are as bad.
    chance = np.exp(log_scores - np.where(np.isfinite(best), best, 0.0))
    chance[:, ~np.isfinite(best)] = 1.0
    share = count / count.sum()

    def score(line: Floats) -> tuple[float, Floats]:
        weights = _shares(line)
        mixture = weights @ chance
        return float(share @ np.log(mixture)), weights * (chance @ (share / mixture) - 1)

    start = np.zeros(len(chance))
    return _shares(maximise(score, start, lower=start - _BOX, upper=start + _BOX, max_steps=_STEPS, gain=_GAIN).point)


def _shares(line: Floats) -> Floats:
    raised = np.exp(line - line.max())
    result: Floats = raised / raised.sum()
    return result


def stacked(fits: Sequence[PurchaseFit], weights: Sequence[float] | Floats) -> StackedFit:
    """The mixture of fits, plain or remedied, of the same histories; weights are scaled to 1, fits of weight 0 are left out.

    Raises CallError unless one to three fits have a weight above 0, none is below, and all see whole histories.
    """
    given = np.asarray(weights, dtype=np.float64)
    if len(given) != len(fits) or not np.isfinite(given).all() or (given < 0).any():
        raise CallError(f"The weights of {len(fits)} fits are {given.tolist()}. Expected: one for each, at least 0.")
    kept = [(fit, weight) for fit, weight in zip(fits, given.tolist(), strict=True) if weight > 0]
    if not 1 <= len(kept) <= MOST:
        raise CallError(f"{len(kept)} fits have a weight above 0. Expected: 1 to {MOST}.")
    strange = [fit.model.name for fit, _ in kept if fit.model.needs != "histories"]
    if strange:
        raise CallError(f"{', '.join(strange)} cannot be stacked: it does not see whole histories. Expected: models that do.")
    return _stack(tuple(fit for fit, _ in kept), np.array([weight for _, weight in kept]) / sum(weight for _, weight in kept))


@final
@dataclass(frozen=True)
class StackedFit(AbstractRemediedFit):
    """A mixture: every output is the weighted sum of the members'. log_likelihood is the weighted mean of theirs, a lower bound of its own.

    weights: above 0, adding up to 1.
    """

    members: tuple[Any, ...]
    weights: tuple[float, ...]

    def forecast_histories(self, histories: Histories, horizons: Horizons) -> PurchaseForecast:
        """The members' forecasts, weighted; see `mixed_forecast`."""
        return mixed_forecast(self.weights, [one.forecast_histories(histories, horizons) for one in self.members])

    def future_counts(self, histories: Histories, days: float) -> Any:
        """The mixture of the members' distributions."""
        from kundenwert.models import future

        return future.FutureCounts.mixture(self.weights, [future.future_counts(one, histories, days) for one in self.members])

    def future_mass(self, histories: Histories, days: float, n_max: int) -> Floats:
        """The mixture of the members' distributions."""
        from kundenwert.models import future

        total = np.zeros((len(histories), n_max + 1))
        for weight, one in zip(self.weights, self.members, strict=True):
            total += weight * future.future_mass_of(one, histories, days, n_max)
        return total

    def expected_course(self, histories: Histories, ends: Floats) -> Floats:
        """The members' courses, weighted."""
        total = np.zeros(len(ends))
        for weight, one in zip(self.weights, self.members, strict=True):
            total += weight * expected_course(one, histories, ends)
        return total

    def drawn(self, n: int, *, seed: int = 0) -> Sequence[StackedFit]:
        """Mixtures of the members' draws; the weights stay."""
        drawn = [one.drawn(n, seed=seed + k) for k, one in enumerate(self.members)]
        return [_stack(members, np.array(self.weights)) for members in zip(*drawn, strict=True)]

    def inside(self) -> dict[str, Any]:
        """The members and their weights."""
        return {"weights": list(self.weights), "members": [json.loads(one.to_json()) for one in self.members]}


def _stack(members: tuple[Any, ...], weights: Floats) -> StackedFit:
    first = members[0]
    parameters: dict[str, float] = {}
    errors: dict[str, float | None] = {}
    for weight, one in zip(weights.tolist(), members, strict=True):
        parameters[f"weight of {one.model.name}"], errors[f"weight of {one.model.name}"] = weight, None
    for one in members:
        parameters |= {f"{one.model.name}: {name}": value for name, value in one.parameters.items()}
        errors |= {f"{one.model.name}: {name}": value for name, value in one.standard_errors.items()}
    # The least good end of a member is that of the mixture.
    worst = max(members, key=lambda one: (not one.outcome.is_usable, one.outcome is not Outcome.CONVERGED))
    return StackedFit(
        model=Face("stacking"),
        unit_days=first.unit_days,
        parameters=parameters,
        standard_errors=errors,
        log_likelihood=float(sum(w * one.log_likelihood for w, one in zip(weights.tolist(), members, strict=True))),
        outcome=worst.outcome,
        sentence=worst.sentence,
        customers=first.customers,
        histories=first.histories,
        members=members,
        weights=tuple(weights.tolist()),
    )


def read(common: Mapping[str, Any], inside: Mapping[str, Any]) -> StackedFit:
    """The fit that was saved."""
    return _stack(tuple(read_fit(json.dumps(one)) for one in inside["members"]), np.array(inside["weights"]))
