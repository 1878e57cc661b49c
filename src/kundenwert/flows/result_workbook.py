"""The customer result as an Excel workbook: every customer of a period, and the records behind the figures of some of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.flows import contribution
from kundenwert.flows.company_tables import open_nothing
from kundenwert.flows.customer_lines import open_records
from kundenwert.flows.ledger import folder_of
from kundenwert.flows.objection import ERASED, load_objectors, objectors
from kundenwert.flows.readiness import from_json
from kundenwert.records import CustomerResult, ResultWorkbook, TogetherRow
from kundenwert.runs import storage, store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# What a sheet can hold, less room for headings and sums; beyond it the customers in the middle are one row.
MOST_CUSTOMERS = 1_000_000
# More losses than anybody reads; the sheet of all customers has the others with their cause.
MOST_LOSSES = 20_000
# Records are shown for so many of the largest losses and so many of the best customers, and so many of each figure.
DRILLED, MOST_RECORDS = 20, 500


def write_result_workbook(
    project: Path, out: Path, *, run: str | None = None, year: int | None = None, language: str = "de"
) -> CustomerResult:
    """Writes the customer result of a run over one calendar year, or all of them (None), as a workbook, whole or not at all;
    returns that result.

    Raises StorageError if the run has no customer result, CallError for a year without any.
    """
    found = gather(project, run=run, year=year)
    with storage.told(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with storage.building(out.parent, "report") as building:
        made = building / out.name
        with storage.told(made):
            registry.load("reports", "customer_result_workbook")(found, made, lang=language)
        with storage.told(out):
            storage.rename(made, out)
    return found.result


def gather(
    project: Path,
    *,
    run: str | None = None,
    year: int | None = None,
    customers: int = MOST_CUSTOMERS,
    drilled: int = DRILLED,
    most: int = MOST_RECORDS,
) -> ResultWorkbook:
    """The data of the workbook. customers: how many get a row of their own; drilled: of how many losses and of how many best
    customers the records are listed; most: how many records of one figure."""
    source = store.read(project, run)
    result = contribution.result(project, run=source.name, year=year, count=MOST_LOSSES)
    section = contribution.section_of(source)
    with open_engine() as engine:
        engine.open_parquet("contribution", [source.folder / contribution.FILE], numbered=False)
        engine.open_parquet("valued_customers", [source.customers], numbered=False)
        load_objectors(engine, objectors(project))
        files = _open_ledger(engine, folder_of(project) / source.manifest["ledger"])
        preset = contribution.preset_of(section)
        contribution.open_steps(engine, source.manifest["settings"]["margin"], preset, source.as_of, has_tables=True)
        _customers(engine, year, before=year - 1 if year and result.before else None, half=customers // 2, served=section["is_served"])
        engine.table("drilled", "value/contribution/workbook_drilled.sql", count=drilled)
        asked = {"year": year, "most": most, "is_served": section["is_served"]}
        (ledger,) = engine.rows("value/contribution/workbook_ledger.sql")
        return ResultWorkbook(
            result=result,
            columns=engine.arrays("value/contribution/workbook_rows.sql"),
            together=tuple(
                TogetherRow(row.pop("reason"), row.pop("customers"), row) for row in engine.rows("value/contribution/workbook_together.sql")
            ),
            drilled=tuple(row["customer_id"] for row in engine.rows("value/contribution/workbook_order.sql")),
            records=engine.arrays("value/contribution/workbook_records.sql", **asked),
            files=files,
            most=most,
            drivers=_drivers(engine, year) if section["is_served"] else (),
            reckoned=ledger["reckoned"],
            booked=ledger["booked"],
            readiness=from_json(source.manifest["readiness"]) if source.manifest.get("readiness") else None,
        )


def _open_ledger(engine: Engine, ledger: Path) -> dict[str, list[str]]:
    """Opens the records behind the figures and the names of the customers; returns the names of the files by table."""
    files = open_records(engine, ledger)
    if (names := ledger / "customers.parquet").is_file():
        engine.open_parquet("ledger_customers", [names], numbered=False)
    else:
        open_nothing(engine, "customers")
    return files


def _customers(engine: Engine, year: int | None, *, before: int | None, half: int, served: bool) -> None:
    """Makes `workbook_customers`: each customer of the period, and why some have no row of their own."""
    engine.table("left_out", "value/contribution/objectors.sql")
    engine.table("period", "value/contribution/period.sql", year=year)
    engine.table("ranks", "value/contribution/ranks.sql")
    engine.table("loss_causes", "value/contribution/loss_causes.sql" if served else "value/contribution/workbook_no_causes.sql")
    engine.table("workbook_customers", "value/contribution/workbook_customers.sql", year=year, before=before, half=half, erased=ERASED)


def _drivers(engine: Engine, year: int | None) -> tuple[dict[str, Any], ...]:
    return tuple(engine.rows("value/contribution/workbook_drivers.sql", year=year))
