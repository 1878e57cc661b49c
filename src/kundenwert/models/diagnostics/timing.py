"""Mean days between purchases of each repeat buyer, beside those of customers that the fit simulates: regular buyers show as a hump."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError
from kundenwert.models._histories import even_sample
from kundenwert.models.diagnostics._checks import histories_of, usable
from kundenwert.records import Gaps

Floats = NDArray[np.float64]

_BARS: Final = 16
# The axis ends where so many buyers are told.
_TOLD: Final = 0.95
# Simulated customers: enough for shares within half a percent.
_SIMULATED: Final = 40_000
# Widths of a bar in days.
_WIDTHS = (1, 2, 3, 5, 7, 10, 14, 20, 30, 45, 60, 90, 120, 180, 365)


def timing(fit: Any, base: Any, *, seed: int = 0) -> Gaps:
    """base: a customer base or histories. seed: of the simulation. Raises CallError without a repeat buyer."""
    h = histories_of(base)
    usable(fit, method="simulate")
    gaps, count = _gaps(h.frequency, h.recency), h.count[h.frequency > 0]
    if not len(gaps):
        raise CallError("Nobody bought twice. Expected: histories with repeat purchases.")
    edges = _edges(gaps, count)
    kept, drawn = even_sample(h.count, _SIMULATED)
    spans = np.repeat(h.T[kept], drawn).astype(np.float64)
    made = fit.model.simulate(fit.parameters, spans, rng=np.random.default_rng(seed), unit_days=fit.unit_days)
    expected = _gaps(made.frequency, made.recency)
    return Gaps(
        fit.model.name,
        int(count.sum()),
        tuple(edges.tolist()),
        _shares(gaps, count, edges),
        _shares(expected, np.ones(len(expected)), edges),
    )


def _gaps(frequency: NDArray[np.int64], recency: Floats) -> Floats:
    bought = frequency > 0
    found: Floats = recency[bought] / frequency[bought]
    return found


def _edges(gaps: Floats, count: NDArray[np.int64]) -> Floats:
    order = np.argsort(gaps, kind="stable")
    reached = np.cumsum(count[order]) / count.sum()
    top = float(gaps[order][min(int(np.searchsorted(reached, _TOLD)), len(gaps) - 1)])
    width = next((each for each in _WIDTHS if each * _BARS >= top), _WIDTHS[-1])
    return np.arange(0.0, (_BARS + 1) * width, width)


def _shares(gaps: Floats, count: NDArray[Any], edges: Floats) -> tuple[float, ...]:
    """Shares of buyers between the edges; who is beyond the last is in the last."""
    place = np.minimum((gaps / edges[1]).astype(np.intp), _BARS - 1)
    found = np.bincount(place, count, _BARS) / max(float(np.sum(count)), 1.0)
    return tuple(found.tolist())


PLUGIN = timing
