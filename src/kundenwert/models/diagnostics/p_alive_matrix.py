"""P(alive) of customers of one age, by repeat purchases and by days since the last one."""

from __future__ import annotations

from typing import Any

from kundenwert.errors import CallError
from kundenwert.models.diagnostics._matrix import matrix
from kundenwert.records import Matrix


def p_alive_matrix(fit: Any, base: Any, *, T: float | None = None, most: int | None = None) -> Matrix:
    """base: a customer base or histories. T: days since the first purchase, the longest of the base without it. most: repeat purchases of
    the last row. Raises CallError for a model that knows no leaving.
    """
    found = matrix(fit, base, "p_alive", lambda forecast: forecast.p_alive, T=T, most=most, days=1.0)
    if found is None:
        raise CallError(f"{fit.model.name} says nothing of customers who leave. Expected: a fit of a model such as bg_nbd.")
    return found


PLUGIN = p_alive_matrix
