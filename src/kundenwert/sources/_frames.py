"""Arrow tables as sources: keys instead of names, empty rows, how an engine opens them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kundenwert.sources._records import Column

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def keyed(table: Any) -> Any:
    """The table with columns c0, c1 ...: names may be double, and one may be called `record`."""
    return table.rename_columns([f"c{place}" for place in range(table.num_columns)])


def plain_columns(names: Sequence[str], table: Any) -> tuple[Column, ...]:
    """The columns of an Arrow table with the types that an engine will give them, as far as they matter here."""
    return tuple(Column(str(name), field.name, _engine_type(field.type)) for name, field in zip(names, table.schema, strict=True))


def _engine_type(kind: Any) -> str:
    import pyarrow.types as types

    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind) or types.is_null(kind):
        return "VARCHAR"
    if types.is_integer(kind):
        return "UBIGINT" if types.is_uint64(kind) else "BIGINT"
    if types.is_floating(kind) or types.is_decimal(kind):
        return "DOUBLE" if types.is_floating(kind) else f"DECIMAL({kind.precision},{kind.scale})"
    if types.is_date(kind):
        return "DATE"
    if types.is_timestamp(kind):
        return "TIMESTAMP" if kind.tz is None else "TIMESTAMP WITH TIME ZONE"
    return str(kind).upper()


def without_empty_rows(table: Any) -> Any:
    """The table without rows that have no cell at all, as a CSV reader leaves out empty lines."""
    import functools

    import pyarrow.compute as compute

    filled = [compute.is_valid(column) for column in table.columns]
    return table.filter(functools.reduce(compute.or_, filled)) if filled else table


def open_frame(engine: Engine, view: str, *, frame: Any) -> None:
    """Opens an Arrow table as a view."""
    engine.open_frame(view, frame)
