"""Columns of tables as arrays that decisions can reckon with: numbers, days and texts, and no object a customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine

# How a column is read by its type: what a decision reckons with is a number.
_NUMBERS = (
    "DECIMAL",
    "DOUBLE",
    "FLOAT",
    "INTEGER",
    "BIGINT",
    "SMALLINT",
    "TINYINT",
    "HUGEINT",
    "UINTEGER",
    "UBIGINT",
    "UTINYINT",
    "BOOLEAN",
)


def type_for(kind: str) -> str:
    """The type in which a column of type `kind` is read: DOUBLE for numbers and truth values, DATE for days, else VARCHAR."""
    if kind.startswith(_NUMBERS):
        return "DOUBLE"
    return "DATE" if kind.startswith(("DATE", "TIMESTAMP")) else "VARCHAR"


def arrays_of(engine: Engine, step: str, **values: Any) -> dict[str, NDArray[Any]]:
    """The rows of a step: numbers (not a number where unknown), days (not a day), texts of fixed width ("" where unknown)."""
    table = engine.arrow(step, **values)
    return {name: array_of(table.column(name)) for name in table.column_names}


def tidy(columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Arrays as the engine gives them, masked and with objects, as numbers, days and texts."""
    return {name: _tidied(values) for name, values in columns.items()}


def beside(ids: NDArray[np.str_], table: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The columns of `table` but customer_id, in the order of `ids` (sorted, unique); not a number, not a day or "" where it has no row."""
    import numpy as np

    theirs = np.asarray(table["customer_id"], dtype=np.str_)
    place = np.searchsorted(ids, theirs)
    place[place == len(ids)] = 0
    there = (ids[place] == theirs) if len(ids) else np.zeros(len(theirs), dtype=np.bool_)
    found = {}
    for name, values in table.items():
        if name == "customer_id":
            continue
        column = _unknown(values, len(ids))
        column[place[there]] = values[there]
        found[name] = column
    return found


def _unknown(like: NDArray[Any], count: int) -> NDArray[Any]:
    import numpy as np

    if like.dtype.kind == "U":
        return np.zeros(count, dtype=like.dtype)
    if like.dtype.kind == "M":
        return np.full(count, np.datetime64("NaT"), dtype=like.dtype)
    return np.full(count, np.nan)


def _tidied(values: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    kind = values.dtype.kind
    if kind == "M":
        plain = np.ma.filled(values, np.datetime64("NaT"))
        return np.asarray(plain).astype("datetime64[D]")
    if kind in "OU":
        return np.asarray(np.ma.filled(values, ""), dtype=np.str_)
    if kind == "b" and not np.ma.is_masked(values):
        return np.ma.getdata(values)
    return np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)


def array_of(column: Any) -> NDArray[Any]:
    """One column of an Arrow table as numbers, days or texts."""

    kind = str(column.type)
    if kind in ("string", "large_string", "string_view"):
        return _texts(column)
    values: NDArray[Any] = column.to_numpy()
    return values.astype("datetime64[D]") if values.dtype.kind == "M" else values


def _texts(column: Any) -> NDArray[np.str_]:
    """Texts of fixed width without an object a cell: the bytes are laid into rows. Where a sign is beyond ASCII, word by word."""
    import numpy as np

    parts = []
    for chunk in column.chunks:
        chunk = chunk.fill_null("").cast("large_string")
        _, ends, letters = chunk.buffers()
        offsets = np.frombuffer(ends, dtype=np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        content = np.frombuffer(letters, dtype=np.uint8)[offsets[0] : offsets[-1]] if letters is not None else np.zeros(0, np.uint8)
        if content.size and content.max() >= 0x80:
            # Words that many customers share (towns, staff) are told apart once.
            words = chunk.dictionary_encode()
            known = np.asarray(words.dictionary.to_pylist(), dtype=np.str_)
            parts.append(known[words.indices.to_numpy()])
            continue
        lengths = np.diff(offsets)
        width = int(lengths.max()) if len(lengths) else 0
        rows = np.zeros((len(lengths), max(width, 1)), dtype=np.uint32)
        rows[np.arange(max(width, 1)) < lengths[:, None]] = content
        parts.append(rows.view(f"<U{max(width, 1)}").reshape(-1))
    return np.concatenate(parts) if parts else np.zeros(0, dtype="<U1")
