"""A flat sheet for pivot tables: one row a customer and month, as workbook, CSV or Parquet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import CallError
from kundenwert.flows import contribution
from kundenwert.flows.company_tables import open_nothing
from kundenwert.flows.customer_lines import open_records
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.objection import load_objectors, objectors
from kundenwert.runs import storage, store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

FORMATS = ("xlsx", "csv", "parquet")
# The rows of a sheet of Excel, less the headings.
MOST_ROWS = 1_048_575
_OF_CUSTOMERS = ("class", "tier", "stage", "portfolio")
_OF_LINES = ("customer_id", "date", "document_id", "line_class", "quantity", "is_non_product")


@dataclass(frozen=True)
class FlatSheet:
    """A written sheet: where, of which run, and how many rows."""

    path: Path
    run: str
    rows: int


def write_flat_sheet(
    project: Path, out: Path, *, run: str | None = None, language: str = "de", numbers: str | None = None, most: int = MOST_ROWS
) -> FlatSheet:
    """Writes one row a customer and month of a run to `out` (.xlsx, .csv or .parquet), whole or not at all.

    numbers: of a CSV, "de" (1234,56 between semicolons) or "en"; without it that of the language. Raises CallError for another ending, and
    for more rows than a sheet of Excel holds.
    """
    kind = out.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise CallError(f"{out.name!r} has no known ending. Available: {', '.join('.' + name for name in FORMATS)}.")
    source = store.read(project, run)
    with storage.told(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with storage.building(out.parent, "report") as building, open_engine() as engine:
        _open(engine, project, source)
        rows = engine.table("flat_rows", "value/flat/rows.sql", as_of=source.as_of)
        if kind == "xlsx" and rows > most:
            raise CallError(f"{rows:,} rows do not fit a sheet of Excel ({most:,} rows). Write them to .csv or .parquet.")
        made = building / out.name
        with storage.told(made):
            _write(engine, made, kind, language=language, numbers=numbers or language, source=source)
        with storage.told(out):
            storage.rename(made, out)
    return FlatSheet(out, source.name, rows)


def _open(engine: Engine, project: Path, source: store.Run) -> None:
    """Makes view `flat_lines` of the booked lines, with the cost of goods where known, and `flat_customers`."""
    ledger = folder_of(project) / source.manifest["ledger"]
    open_records(engine, ledger)
    if (names := ledger / "customers.parquet").is_file():
        engine.open_parquet("ledger_customers", [names], numbered=False)
    else:
        open_nothing(engine, "customers")
    same = {name: Reading((name,)) for name in _OF_LINES}
    if section := source.manifest.get("contribution"):
        margin = source.manifest["settings"]["margin"]
        contribution.open_steps(engine, margin, contribution.preset_of(section), source.as_of, has_tables=True)
        engine.project("flat_lines", "sale_lines", {**same, "revenue": Reading(("revenue",)), "goods": Reading(("goods",))})
        engine.view("flat_discounts", "value/flat/discounts.sql")
    else:
        lines = {**same, "revenue": Reading(("amount",)), "goods": Reading(type="decimal(18, 6)")}
        engine.project("flat_lines", "ledger_lines", lines)
        engine.view("flat_discounts", "value/flat/no_discounts.sql")
    engine.open_parquet("valued_customers", [source.customers], numbered=False)
    engine.remember("collective", list(source.manifest["settings"]["collective"]))
    engine.view("judged", "value/components/judged.sql")
    there = engine.columns("judged")
    shown = {name: Reading((name,) if name in there else (), type="varchar") for name in _OF_CUSTOMERS}
    engine.project("flat_columns", "judged", {"customer_id": Reading(("customer_id",)), **shown})
    load_objectors(engine, objectors(project))
    engine.table("flat_customers", "value/flat/customers.sql")


def _write(engine: Engine, path: Path, kind: str, *, language: str, numbers: str, source: store.Run) -> None:
    if kind == "parquet":
        about = {name: str(source.manifest[name]) for name in ("run", "as_of", "currency")}
        engine.write(path, "value/flat/all.sql", about=about)
    elif kind == "csv":
        german = numbers == "de"
        values = {"mark": "," if german else ".", "date_format": "%d.%m.%Y" if german else "%Y-%m-%d"}
        engine.write_csv(path, "value/flat/text.sql", delimiter=";" if german else ",", **values)
    else:
        registry.load("reports", "flat_sheet")(engine.arrays("value/flat/all.sql"), path, lang=language, manifest=source.manifest)
