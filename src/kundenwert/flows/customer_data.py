"""Which data a customer's value rests on, which it does not, and what was decided about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines._engine import Reading
from kundenwert.flows import privacy
from kundenwert.flows.blocking import FOR_REACHING
from kundenwert.flows.company_files import LINES
from kundenwert.flows.company_ledger import read_tables
from kundenwert.flows.ledger import folder_of
from kundenwert.records import DataOf, SourceUsed
from kundenwert.register.blocked import attributes
from kundenwert.register.book import Register
from kundenwert.register.retention import Rule, rules

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.company_tables import CompanyTables, ReadTable
    from kundenwert.runs import store

# Roles whose cells are numbers of customers, in the order in which a record is theirs.
_IDS = ("customer_id", "recommender_id")
# Tables of which no record is about a person.
_NOBODY = frozenset({"budgets", "activity_rates", "rates", "growth"})
_ADDRESS = ("name", "street", "postcode", "city")


def data_of(engine: Engine, project: Path, source: store.Run, customer: str) -> DataOf:
    """What a run read of one customer. View `booked` stands in the engine."""
    ledger = folder_of(project) / source.manifest["ledger"]
    company = read_tables(ledger)
    kept = rules()
    sources = [_lines(engine, source, customer, kept)]
    for table in company.tables if company else ():
        sources.append(_table(engine, ledger, table, customer, kept))
    objected, consents = decided(project, customer)
    return DataOf(
        sources=tuple(sources),
        unused=tuple(one.name for one in attributes()),
        objected=objected,
        consents=consents,
        address=_address(engine, ledger, company, customer),
        privacy=privacy.of_folder(project),
    )


def _lines(engine: Engine, source: store.Run, customer: str, kept: Sequence[Rule]) -> SourceUsed:
    guesses = [guess for file in source.manifest["mapping"] for guess in file]
    engine.project("records_of_table", "booked", {"customer_id": Reading(("customer_id",))})
    used, reaching = _columns(guesses)
    return SourceUsed(LINES, _counted(engine, customer), used, reaching, *_retention(LINES, kept))


def _table(engine: Engine, ledger: Path, table: ReadTable, customer: str, kept: Sequence[Rule]) -> SourceUsed:
    path = ledger / f"{table.name}.parquet"
    used, reaching = _columns(guess for file in table.files for guess in file.guesses)
    if table.name in _NOBODY:
        used, reaching = (*reaching, *used), ()
    records = None
    if path.is_file():
        view = f"records_{table.name}"
        engine.open_parquet(view, [path], numbered=False)
        ids = [name for name in _IDS if name in engine.columns(view)]
        for name in ids:
            engine.project("records_of_table", view, {"customer_id": Reading((name,))})
            records = (records or 0) + _counted(engine, customer)
    return SourceUsed(table.name, records, used, reaching, *_retention(table.name, kept))


def _counted(engine: Engine, customer: str) -> int:
    found: int = engine.rows("base/records_of.sql", customer=customer)[0]["records"]
    return found


def _columns(guesses: Iterable[dict[str, Any]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that enter figures, and those that only serve to reach people, once each, as the files call them."""
    found = {str(guess["column"]): str(guess["role"]) for guess in guesses if guess["column"]}
    used = tuple(column for column, role in found.items() if role not in FOR_REACHING)
    return used, tuple(column for column, role in found.items() if role in FOR_REACHING)


def _retention(table: str, kept: Sequence[Rule]) -> tuple[int | None, str]:
    rule = next((one for one in kept if table in one.tables), None)
    return (rule.years, rule.basis) if rule else (None, "")


def decided(project: Path, customer: str) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """The day of an objection that stands, and the last answer on each channel."""
    register = Register(project)
    if not register.exists:
        return "", ()
    objections = [row for row in register.rows("objections") if row.content["customer_id"] == customer]
    stands = objections and objections[-1].content["status"] == "objected"
    last = {row.content["channel"]: row for row in register.rows("consents") if row.content["customer_id"] == customer}
    consents = tuple((channel, row.content["status"], row.at[:10]) for channel, row in sorted(last.items()))
    return objections[-1].at[:10] if stands else "", consents


def _address(engine: Engine, ledger: Path, company: CompanyTables | None, customer: str) -> dict[str, str]:
    if company is None or company.of("customers") is None or not (ledger / "customers.parquet").is_file():
        return {}
    there = engine.columns("records_customers")
    readings = {name: Reading((name,), type="VARCHAR") if name in there else Reading(type="VARCHAR") for name in ("customer_id", *_ADDRESS)}
    engine.project("address_records", "records_customers", readings)
    found = engine.rows("base/address_of.sql", customer=customer)
    return {name: value.strip() for name, value in found[0].items() if name in _ADDRESS and value and value.strip()} if found else {}
