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
from kundenwert.flows.valuation import Valued, value
from kundenwert.flows.value_table import write_customers
from kundenwert.runs import storage

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.reading import Input
    from kundenwert.settings import Settings

SUFFIXES = (".parquet", ".csv", ".xlsx")


@dataclass(frozen=True)
class ValuedFile:
    """The written table: where, how many rows, and what was found on the way."""

    path: Path
    rows: int
    loaded: Loaded
    valued: Valued


def value_file(
    inputs: Sequence[Input], flags: Mapping[str, Any], out: Path, *, clock: date, progress: Progress, numbers: str = "en"
) -> ValuedFile:
    """Values the customers in `inputs` and writes the value table to `out` (.parquet, .csv or .xlsx), whole or not at all.

    numbers: "de" (1234,56 between semicolons) or "en", in CSV.
    """
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
                phase.rows = _write(
                    engine, valued, building / out.name, _facts(loaded, valued, settings), language=settings.language, numbers=numbers
                )
        with storage.told(out):
            storage.rename(building / out.name, out)
    return ValuedFile(out, phase.rows, loaded, valued)


def _facts(loaded: Loaded, valued: Valued, settings: Settings) -> dict[str, Any]:
    """What a workbook says of its basis. There is no run, so there is no more."""
    return {
        "title": settings.title,
        "as_of": valued.as_of.isoformat(),
        "horizon": settings.horizon,
        "value_horizon": settings.value_horizon,
        "settings": {"discount_rate": settings.discount_rate},
        "yardstick": valued.amounts.yardstick,
        "currency": loaded.currency,
    }


def _write(engine: Engine, valued: Valued, path: Path, facts: Mapping[str, Any], *, language: str, numbers: str) -> int:
    from kundenwert.flows.export import write_csv, write_xlsx

    if path.suffix.lower() == ".parquet":
        return write_customers(engine, valued, path)
    table = path.with_name("customers.parquet")
    write_customers(engine, valued, table)
    if path.suffix.lower() == ".csv":
        return write_csv(engine, table, path, language=language, numbers=numbers)
    return write_xlsx(engine, table, path, language=language, numbers=numbers, manifest=facts)
