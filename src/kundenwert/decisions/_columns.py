"""Columns of a case as numbers or texts; what is not there is unknown for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats
    from kundenwert.records.plans import Case

    Texts = NDArray[np.str_]


def numbers(case: Case, name: str, otherwise: float = float("nan")) -> Floats:
    """A column of numbers, (n,); not a number where unknown, `otherwise` for all where the column is not there."""
    found = case.columns.get(name)
    if found is None:
        return np.full(len(case.ids), otherwise)
    return _plain(found)


def texts(case: Case, name: str) -> Texts:
    """A column of texts, (n,); empty where unknown."""
    found = case.columns.get(name)
    if found is None:
        return np.full(len(case.ids), "", dtype=np.str_)
    known = np.ma.filled(found, "") if isinstance(found, np.ma.MaskedArray) else np.asarray(found)
    return known.astype(np.str_)


def one(case: Case, table: str, column: str) -> float:
    """The only figure of a column of a small table; not a number where there is none."""
    found = case.tables.get(table, {}).get(column)
    return float("nan") if found is None or not len(found) else float(_plain(found)[0])


def table_numbers(case: Case, table: str, column: str) -> Floats:
    """A column of numbers of a small table; empty where there is none."""
    found = case.tables.get(table, {}).get(column)
    return np.empty(0) if found is None else _plain(found)


def table_texts(case: Case, table: str, column: str) -> Texts:
    """A column of texts of a small table; empty where there is none."""
    found = case.tables.get(table, {}).get(column)
    return np.empty(0, dtype=np.str_) if found is None else np.ma.filled(found, "").astype(np.str_)


def _plain(found: NDArray[Any]) -> Floats:
    if isinstance(found, np.ma.MaskedArray):
        return np.ma.filled(found.astype(np.float64), np.nan)
    return np.asarray(found, dtype=np.float64)
