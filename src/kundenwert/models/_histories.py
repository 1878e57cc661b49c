"""What records of histories share: columns checked together, and an even part of the customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import DataError, Problem

Integers = NDArray[np.int64]


def check_columns(record: str, columns: Mapping[str, NDArray[Any]], rules: Mapping[str, tuple[NDArray[np.bool_], str]]) -> None:
    """Raise one DataError that lists each column that breaks its rule; rules: column -> (ok by entry, what is expected)."""
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        came = f"The columns of {record} differ in length: {lengths}."
        raise DataError(Problem(came, "one entry a history in each column.", "build all columns from the same rows."))
    problems = [
        Problem(f"{record}: column {name} breaks its rule in {int((~ok).sum()):,} rows.", expected, "correct these rows.")
        for name, (ok, expected) in rules.items()
        if not ok.all()
    ]
    if problems:
        raise DataError(*problems)


def even_sample(count: Integers, customers: int) -> tuple[NDArray[np.intp], Integers]:
    """Which entries an even walk through the customers meets, and how often; the new counts add up to `customers`."""
    ends = np.cumsum(count)
    # The middle of each of `customers` equal stretches: the same sample every time, spread over the whole order.
    stops = (np.arange(customers) + 0.5) * (float(ends[-1]) / customers)
    drawn = np.bincount(np.searchsorted(ends, stops, side="right"), minlength=len(count))
    kept = np.flatnonzero(drawn)
    return kept, drawn[kept].astype(np.int64)
