"""Arrow columns: money, decimals, days and texts of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from kundenwert.example.company._chance import Flags, Ints

CURRENCIES = ("EUR", "CHF", "USD")
"""By the number of a currency."""


def money(cents: Any, missing: Flags | None = None) -> Any:
    """Cents as decimals with six places."""
    return decimals(np.asarray(cents, dtype=np.int64) * 10_000, missing)


def decimals(millionths: Ints, missing: Flags | None = None) -> Any:
    """Millionths as decimals with six places, laid out as Arrow keeps them: two 64-bit words, the lower first."""
    pairs = np.empty((len(millionths), 2), dtype=np.int64)
    pairs[:, 0] = millionths
    pairs[:, 1] = millionths >> 63
    valid = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little").tobytes())
    return pa.Array.from_buffers(pa.decimal128(18, 6), len(millionths), [valid, pa.py_buffer(pairs)])


def days(numbers: Any, missing: Flags | None = None) -> Any:
    """Day numbers as dates."""
    return pa.array(np.asarray(numbers).astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())


def text(numbers: Any, missing: Flags | None = None) -> Any:
    """Numbers as text."""
    return pa.array(numbers, mask=missing).cast(pa.string())
