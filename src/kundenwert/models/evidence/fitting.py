"""Fits at an origin: many are made and none is kept, so large bases are fitted from a good start with few looks at everybody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models._fitted import Fitted
from kundenwert.models.evidence.known import Known
from kundenwert.records import Histories, Horizons
from kundenwert.stats.maximise import hessian_of, maximise
from kundenwert.stats.ranking import weighed

Floats = NDArray[np.float64]

# Above so many distinct histories the search is made on so many customers, and a few steps with its Hessian on all.
_DIRECT: Final = 20_000
_SAMPLE: Final = 10_000
# The search on all ends when a step promises less than this in log-likelihood: parameters are then right to a tenth of their error.
_GAIN: Final = 0.01
# How far, in logs, it may go from the sample's optimum.
_BOX: Final = 2.0
# Parameters that the data leave open are known to so much, in logs.
_OPEN: Final = 4.0
_FEW: Final = 2_000
_STEP: Final = 1e-3


@dataclass(frozen=True)
class _Line:
    """The log-likelihood of a model along the optimiser's line, where parameters have no limits."""

    model: Any
    data: Any

    def __call__(self, line: Floats) -> tuple[float, Floats]:
        p = self.values(line)
        value, slope = self.model.score(p, self.data)
        return value, slope * np.array([k.limit.slope(p[k.name]) for k in self.model.parameters])

    def values(self, line: Floats) -> dict[str, float]:
        return {k.name: k.limit.to_value(v) for k, v in zip(self.model.parameters, line.tolist(), strict=True)}


def fit_at(model: Any, histories: Histories) -> Any:
    """The fit of a purchase model; that of a large base has the outcome and the standard errors of a fit to some of its customers."""
    if len(histories) <= _DIRECT:
        return model.fit(histories)
    few: Histories = model.sample(histories, _SAMPLE)
    start = model.fit(few)
    if not start.outcome.is_usable:
        return model.fit(histories)
    on_few, on_all = (_Line(model, model.prepare(h, start.unit_days)) for h in (few, histories))
    point = _line_of(start)
    second = hessian_of(on_few, point, lower=point - _BOX, upper=point + _BOX) * (histories.customers / few.customers)
    found = maximise(on_all, point, lower=point - _BOX, upper=point + _BOX, gain=_GAIN, hessian=second)
    # Of the sample nothing is kept that would be taken for knowledge of all.
    return replace(
        start,
        parameters=on_all.values(found.point),
        log_likelihood=found.value,
        customers=histories.customers,
        histories=len(histories),
    )


def log_variance_by_parameters(fit: Any, known: Known) -> float:
    """The variance of the logarithm of the expected total that comes from not knowing the parameters: delta method around the fit.

    Directions that the data leave open are held by a normal prior of standard deviation 4 in logs. 0 for a fit that is no plain one.
    """
    if not isinstance(fit, Fitted):
        return 0.0
    h, model = known.histories, fit.model
    seen: Histories = model.sample(h, _SAMPLE) if h.customers > _SAMPLE else h
    few: Histories = model.sample(h, _FEW) if h.customers > _FEW else h
    line, point = _Line(model, model.prepare(seen, fit.unit_days)), _line_of(fit)
    second = hessian_of(line, point, lower=point - _BOX, upper=point + _BOX) * (h.customers / seen.customers)
    ahead = Horizons(known.days, known.days, 0.0)

    def total(at: Floats) -> float:
        moved = replace(fit, parameters=line.values(at))
        return weighed(moved.forecast_histories(few, ahead).expected_purchases, few.count)

    steps = _STEP * np.eye(len(point))
    slope = np.array([np.log(total(point + step) / total(point - step)) for step in steps]) / (2 * _STEP)
    known_by = np.eye(len(point)) / _OPEN**2 - second
    # Where rounding makes the likelihood bend the wrong way, only the prior holds.
    bends, axes = np.linalg.eigh(known_by)
    return float(((axes.T @ slope) ** 2 / np.maximum(bends, 1 / _OPEN**2)).sum())


def _line_of(fit: Any) -> Floats:
    return np.array([k.limit.to_line(fit.parameters[k.name]) for k in fit.model.parameters])
