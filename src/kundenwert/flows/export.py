"""The value table of a run for other programs: CSV, Excel, Parquet; German or English number format."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import CallError
from kundenwert.flows.objection import load_objectors, objectors
from kundenwert.flows.value_table import header_of
from kundenwert.runs import storage, store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

FORMATS = ("csv", "xlsx", "parquet")
# The rows that fit a sheet of Excel, less the header.
_SHEET_ROWS = 1_048_575


@dataclass(frozen=True)
class Exported:
    """The written file and how many customers it holds."""

    path: Path
    rows: int


def export(project: Path, out: Path, *, run: str | None = None, language: str = "de", numbers: str | None = None) -> Exported:
    """Writes the customers of a run to `out` (.csv, .xlsx or .parquet), whole or not at all.

    numbers: "de" (1.234,56; columns parted by semicolons) or "en"; without it that of the language. Raises CallError for another ending.
    """
    kind = out.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise CallError(f"{out.name!r} has no known ending. Available: {', '.join('.' + name for name in FORMATS)}.")
    source = store.read(project, run)
    with storage.told(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with storage.building(out.parent, "export") as building, open_engine() as engine:
        made = building / out.name
        table = _heeded(engine, project, source, building)
        rows = _write(engine, source, table, made, kind, language=language, numbers=numbers or language)
        with storage.told(out):
            storage.rename(made, out)
    return Exported(out, rows)


def _heeded(engine: Engine, project: Path, source: store.Run, scratch: Path) -> Path:
    """The value table of a run; of those who objected since it was made nothing is expected in it."""
    found = objectors(project)
    if not found:
        return source.customers
    load_objectors(engine, found)
    engine.open_parquet("exported_run", [source.customers], numbered=False)
    engine.view("exported", "register/without_objectors.sql")
    engine.write(scratch / "heeded.parquet", "value/exported.sql", about=header_of(source.manifest))
    engine.drop("exported")
    return scratch / "heeded.parquet"


def _write(engine: Engine, source: store.Run, table: Path, path: Path, kind: str, *, language: str, numbers: str) -> int:
    if kind == "parquet":
        with storage.told(path):
            shutil.copyfile(table, path)
        return int(source.manifest["totals"]["customers"])
    if kind == "csv":
        return write_csv(engine, table, path, language=language, numbers=numbers)
    return write_xlsx(engine, table, path, language=language, numbers=numbers, manifest=source.manifest)


def write_csv(engine: Engine, table: Path, path: Path, *, language: str, numbers: str) -> int:
    """The table as CSV; a comma as decimal mark goes with semicolons between the columns. Column names are not translated."""
    german = numbers == "de"
    engine.open_parquet("exported", [table], numbered=False)
    engine.script("value/export_macros.sql")
    engine.project(
        "exported_text", "exported", {name: _cell(name, kind, german=german) for name, kind in engine.columns("exported").items()}
    )
    return engine.write_csv(path, "value/export_text.sql", delimiter=";" if german else ",")


def _cell(name: str, kind: str, *, german: bool) -> Reading:
    """How a column stands in a CSV file: money as it is, other numbers with six decimals; days and decimal mark as the reader has them."""
    if kind == "DATE":
        return Reading((name,), "csv_day", ("%d.%m.%Y" if german else "%Y-%m-%d",))
    mark = "," if german else "."
    if kind.startswith("DECIMAL"):
        return Reading((name,), "csv_exact", (mark,))
    if kind in ("DOUBLE", "FLOAT"):
        return Reading((name,), "csv_number", (mark,))
    return Reading((name,), "csv_text") if kind == "VARCHAR" else Reading((name,))


def write_xlsx(engine: Engine, table: Path, path: Path, *, language: str, numbers: str, manifest: Mapping[str, Any] | None = None) -> int:
    """The table as a workbook with native numbers, dates and one chart. Raises CallError beyond the rows a sheet can hold."""
    from kundenwert import registry

    engine.open_parquet("exported", [table], numbered=False)
    columns = engine.arrays("value/exported.sql")
    rows = len(next(iter(columns.values())))
    if rows > _SHEET_ROWS:
        raise CallError(f"{rows:,} customers do not fit a sheet of Excel ({_SHEET_ROWS:,} rows). Export to .csv or .parquet.")
    with storage.told(path):
        registry.load("reports", "customer_table")(columns, path, lang=language, manifest=manifest or {})
    return rows
