"""P(alive) of one customer over time: it falls while nothing comes and jumps at each purchase."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError
from kundenwert.models.diagnostics._checks import usable
from kundenwert.records import AlivePath, Histories, Horizons

Floats = NDArray[np.float64]

# Points of the line, apart from those at the purchases.
_POINTS: Final = 300
# A moment before a purchase, in days.
_BEFORE: Final = 1e-6


def p_alive_path(fit: Any, purchases: Sequence[date | float], *, until: date | float | None = None) -> AlivePath:
    """purchases: the customer's days with a purchase, as dates or as days since the first one. until: the last day shown, in the same
    form; without it a quarter more than the time from first to last purchase, at least 90 days. Raises CallError for a model that knows
    no leaving.
    """
    usable(fit)
    days, start = _days(purchases)
    end = _end(until, start, days)
    line = np.linspace(0.0, end, _POINTS)
    points = np.unique(np.concatenate((line, days, np.maximum(days - _BEFORE, 0.0))))
    # Of each moment only what was known then counts.
    known = np.searchsorted(days, points, side="right")
    count = np.ones(len(points), dtype=np.int64)
    seen = Histories((known - 1).astype(np.int64), days[known - 1], points, count)
    chance = fit.forecast_histories(seen, Horizons(1.0, 1.0, 0.0)).p_alive
    if chance is None:
        raise CallError(f"{fit.model.name} says nothing of customers who leave. Expected: a fit of a model such as bg_nbd.")
    return AlivePath(fit.model.name, tuple(points.tolist()), tuple(chance.tolist()), tuple(days.tolist()), start)


def _days(purchases: Sequence[date | float]) -> tuple[Floats, date | None]:
    """Days since the first purchase, in order, each once; and the date of the first if dates were given."""
    given: list[Any] = list(set(purchases))
    if not given or len({isinstance(day, date) for day in given}) > 1:
        raise CallError(f"Purchases are {list(purchases)!r}. Expected: at least one day, all of them dates or all numbers of days.")
    given.sort()
    first = given[0]
    if isinstance(first, date):
        return np.array([(day - first).days for day in given], dtype=np.float64), first
    days = np.array(given, dtype=np.float64)
    return days - days[0], None


def _end(until: date | float | None, start: date | None, days: Floats) -> float:
    if until is None:
        return float(days[-1] + max(90.0, days[-1] / 4))
    if isinstance(until, date) != (start is not None):
        raise CallError(f"until is {until!r}. Expected: the same form as the purchases, dates or days since the first.")
    end = float((until - start).days) if isinstance(until, date) and start is not None else float(until)  # type: ignore[arg-type]
    if end < days[-1]:
        raise CallError(f"until is {until!r}, before the last purchase. Expected: that day or a later one.")
    return end


PLUGIN = p_alive_path
