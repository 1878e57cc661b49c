"""One file in, one table out; no project is needed and nothing is kept beside the table."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.errors import CallError
from kundenwert.flows.load import Loaded, load
from kundenwert.flows.project import settings_with
from kundenwert.flows.valuation import Valued, value, write_customers
from kundenwert.runs import storage

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.reading import Input

SUFFIXES = (".parquet", ".csv", ".xlsx")


@dataclass(frozen=True)
class ValuedFile:
    """The written table: where, how many rows, and what was found on the way."""

    path: Path
    rows: int
    loaded: Loaded
    valued: Valued


def value_file(inputs: Sequence[Input], flags: Mapping[str, Any], out: Path, *, clock: date, progress: Progress) -> ValuedFile:
    """Values the customers in `inputs` and writes the value table to `out` (.parquet, .csv or .xlsx), whole or not at all."""
    if out.suffix.lower() not in SUFFIXES:
        raise CallError(f"{out.name!r} has no known ending. Available: {', '.join(SUFFIXES)}.")
    settings = settings_with(flags)
    with storage.told(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with storage.building(out.parent, "table") as building, tempfile.TemporaryDirectory(prefix="kundenwert-") as scratch:
        spill = Path(settings.spill) if settings.spill else Path(scratch) / "spill"
        with open_engine(spill=spill, memory=settings.memory or None, threads=settings.threads or None) as engine:
            loaded = load(engine, inputs, settings, scratch=Path(scratch), progress=progress, thorough=False)
            valued = value(engine, loaded, settings, clock=clock, progress=progress)
            with progress.phase(f"Writing {out.name}") as phase:
                phase.rows = _write(engine, valued, building / out.name, settings.language)
        with storage.told(out):
            storage.rename(building / out.name, out)
    return ValuedFile(out, phase.rows, loaded, valued)


def _write(engine: Engine, valued: Valued, path: Path, language: str) -> int:
    from kundenwert.flows.export import write_csv, write_xlsx

    if path.suffix.lower() == ".parquet":
        return write_customers(engine, valued, engine.write, path)
    table = path.with_name("customers.parquet")
    write_customers(engine, valued, engine.write, table)
    write = write_csv if path.suffix.lower() == ".csv" else write_xlsx
    return write(engine, table, path, language="en", numbers="en")
