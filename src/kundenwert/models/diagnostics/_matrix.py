"""What both matrices share: customers of one age by repeat purchases and by days since the last one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.diagnostics._checks import histories_of, usable
from kundenwert.records import Histories, Horizons, Matrix, PurchaseForecast

Floats = NDArray[np.float64]

_COLUMNS: Final = 13
# Rows: so many at most, up to the number of purchases that all but a few customers stay below.
_ROWS, _SHARE = 10, 0.99


def matrix(
    fit: Any, base: Any, measure: str, of: Callable[[PurchaseForecast], Floats | None], *, T: float | None, most: int | None, days: float
) -> Matrix | None:
    """A matrix for customers first seen T days ago (the oldest of the base); None if the fit does not know the measure."""
    h = histories_of(base)
    usable(fit)
    age = float(h.T.max()) if T is None else float(T)
    purchases = _rows(h, most)
    silence = np.linspace(0.0, age, _COLUMNS)
    x, quiet = (each.ravel() for each in np.meshgrid(purchases, silence, indexing="ij"))
    recency = age - quiet
    # Who never came back has been silent for the whole time; who did, for less.
    possible = (x == 0) == (recency <= 0)
    asked = Histories(x[possible], recency[possible], np.full(possible.sum(), age), np.ones(possible.sum(), dtype=np.int64))
    found = of(fit.forecast_histories(asked, Horizons(days, days, 0.0)))
    if found is None:
        return None
    values: list[float | None] = [None] * len(x)
    for place, value in zip(np.flatnonzero(possible).tolist(), found.tolist(), strict=True):
        values[place] = value
    rows = tuple(tuple(values[start : start + _COLUMNS]) for start in range(0, len(values), _COLUMNS))
    return Matrix(fit.model.name, measure, age, days, tuple(purchases.tolist()), tuple(silence.tolist()), rows)


def _rows(h: Histories, most: int | None) -> NDArray[np.int64]:
    order = np.argsort(h.frequency, kind="stable")
    reached = np.cumsum(h.count[order]) / h.count.sum()
    seen = int(h.frequency[order][min(int(np.searchsorted(reached, _SHARE)), len(order) - 1)])
    top = int(most) if most is not None else max(seen, 3)
    step = -(-top // _ROWS)
    return np.arange(0, top + step, step, dtype=np.int64)
