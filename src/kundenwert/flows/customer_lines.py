"""From the figures of one customer's result down to the records behind them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kundenwert.engines import open_engine
from kundenwert.errors import CallError, UnknownName
from kundenwert.flows import contribution
from kundenwert.flows.company_files import LINES
from kundenwert.flows.company_ledger import read_tables
from kundenwert.flows.company_tables import CompanyTables, open_nothing
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.pseudonyms import known_as
from kundenwert.records import ResultLine, ResultLines
from kundenwert.runs import storage, store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# Tables whose records are behind figures of the customer result.
_WITH_COST = ("activities", "activity_rates", "contacts", "complaints", "customers", "measures", "payments")
_BASIS = ("run", "as_of", "currency", "title")


def lines_of(project: Path, customer_id: str, *, year: int | None = None, run: str | None = None) -> ResultLines:
    """Every record behind each figure of a customer's result: sales lines, payments, activities, complaints, contacts, measures.

    Raises UnknownName with similar ids if the run has no result of that customer, StorageError if it has none at all.
    """
    source, customer_id = store.read(project, run), known_as(project, customer_id)
    section = contribution.section_of(source)
    with open_engine() as engine:
        engine.open_parquet("contribution", [source.folder / contribution.FILE], numbered=False)
        asked = {"customer": customer_id, "year": year}
        figures = engine.rows("value/contribution/figures_of.sql", **asked)
        if not figures and year is not None and engine.rows("value/contribution/figures_of.sql", customer=customer_id, year=None):
            raise CallError(f"Customer {customer_id} has nothing in {year}. Leave --year out to see all years.")
        if not figures:
            near = [row["customer_id"] for row in engine.rows("value/contribution/known_near.sql", customer=customer_id)]
            raise UnknownName(customer_id, f"the customer result of run {source.name}; similar ids are shown", near)
        files = open_records(engine, folder_of(project) / source.manifest["ledger"])
        margin = source.manifest["settings"]["margin"]
        contribution.open_steps(engine, margin, contribution.preset_of(section), source.as_of, has_tables=True)
        rows = engine.rows("value/contribution/lines_of.sql", **asked)
    lines = tuple(ResultLine(file=files[row["source"]][row.pop("file_id")], **row) for row in rows)
    return ResultLines(customer_id, year, figures[0], lines, {name: source.manifest[name] for name in _BASIS})


def open_records(engine: Engine, ledger: Path) -> dict[str, list[str]]:
    """Opens the sales lines of a ledger and the tables that hold cost; returns the names of the files of each."""
    engine.open_parquet("ledger_lines", [ledger / "transactions.parquet"], numbered=False)
    files = {LINES: [entry["file"]["name"] for entry in storage.read_json(ledger / "reconciliation.json")["files"]]}
    company = read_tables(ledger) or CompanyTables(())
    for name in _WITH_COST:
        if table := company.of(name):
            engine.open_parquet(f"ledger_{name}", [ledger / f"{name}.parquet"], numbered=False)
            files[name] = [entry.file.name for entry in table.files]
        else:
            open_nothing(engine, name)
    return files
