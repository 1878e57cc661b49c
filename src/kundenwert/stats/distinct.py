"""Distinct values of long arrays and where they stand, in linear time where the values allow it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]


def codes(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], Indices]:
    """The distinct values in rising order and, for each entry, which of them it is.

    values: shape (n,), finite and at least 0. Whole numbers (days, counts) are counted, anything else is sorted.
    """
    if len(values) and values.max() < 4 * len(values) + 100_000:
        whole = values.astype(np.intp)
        if np.array_equal(whole, values):
            found, inverse = _codes_of_integers(whole)
            return found.astype(np.float64), inverse
    distinct, inverse = np.unique(values, return_inverse=True)
    return distinct, inverse


def pairs(first: Indices, second: Indices) -> tuple[Indices, Indices, Indices]:
    """The distinct pairs of two code arrays: codes of the first, codes of the second, and which pair each entry is."""
    width = int(second.max(initial=0)) + 1
    found, inverse = _codes_of_integers(first * width + second)
    return found // width, found % width, inverse


def sums(weights: NDArray[np.float64], code: Indices, size: int) -> NDArray[np.float64]:
    """The sum of the weights of each code; shape (size,)."""
    return np.bincount(code, weights, size).astype(np.float64)


def _codes_of_integers(keys: Indices) -> tuple[Indices, Indices]:
    top = int(keys.max(initial=0)) + 1
    if top > 8 * len(keys) + 100_000:
        distinct, inverse = np.unique(keys, return_inverse=True)
        return distinct, inverse
    seen = np.zeros(top, dtype=bool)
    seen[keys] = True
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[keys]
