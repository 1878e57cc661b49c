"""Expected purchases of customers of one age, by repeat purchases and by days since the last one."""

from __future__ import annotations

from typing import Any

from kundenwert.errors import Bug
from kundenwert.models.diagnostics._matrix import matrix
from kundenwert.records import Matrix


def purchases_matrix(fit: Any, base: Any, *, days: float = 365.0, T: float | None = None, most: int | None = None) -> Matrix:
    """base: a customer base or histories. days: how far the forecast looks. T: days since the first purchase, the longest of the base
    without it. most: repeat purchases of the last row.
    """
    found = matrix(fit, base, "expected_purchases", lambda forecast: forecast.expected_purchases, T=T, most=most, days=float(days))
    if found is None:
        raise Bug(f"{fit.model.name} gave no expected purchases.")
    return found


PLUGIN = purchases_matrix
