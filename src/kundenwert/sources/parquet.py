"""Parquet files: typed columns, read as they are."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from kundenwert.records import InputFile
from kundenwert.sources._bytes import hash_of
from kundenwert.sources._records import Column, Fact, Looked, Table, Wanted

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


@final
class Parquet:
    """One Parquet file."""

    kinds = ("parquet",)

    def look(self, engine: Engine, source: Any, wanted: Wanted, scratch: Path, *, kind: str, hashed: bool) -> Looked:
        path = Path(source)
        engine.open_parquet("inspected_types", [path])
        types = engine.columns("inspected_types")
        # `record` is the engine's own column.
        columns = tuple(Column(name, name, type_) for name, type_ in types.items() if name != "record")
        table = Table(columns, partial(_open, path=path), _facts(columns))
        return Looked(table, InputFile(path.name, path.stat().st_size, hash_of(path) if hashed else "", 0))


def _open(engine: Engine, view: str, *, path: Path) -> None:
    engine.open_parquet(view, [path])


def _facts(columns: tuple[Column, ...]) -> tuple[Fact, ...]:
    zoned = [column.name for column in columns if column.type == "TIMESTAMP WITH TIME ZONE"]
    facts = [Fact("format", "Parquet", "its first bytes say so")]
    if zoned:
        facts.append(Fact("zone", "UTC", f"Parquet keeps the moments of {', '.join(zoned[:3])} without their zone: days are those of UTC"))
    return tuple(facts)


PLUGIN = Parquet
