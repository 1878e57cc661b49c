"""The company's tables in the ledger: written beside the sales lines, opened again, and told to programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import sources
from kundenwert.engines._engine import Reading
from kundenwert.errors import Problem, StorageError
from kundenwert.flows.company_tables import CompanyTables, Coverage, Hierarchy, Link, ReadTable, Reject, open_nothing
from kundenwert.flows.reading import ReadFile
from kundenwert.records import Notice
from kundenwert.runs import storage
from kundenwert.tables.company._checked import Broken, Checked, StandingTotal

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

FILE = "company_tables.json"
REJECTS = "table_rejects.parquet"
# Raised when the shape of the tables in the ledger changes.
SHAPE = 3


def write_tables(engine: Engine, company: CompanyTables, folder: Path) -> None:
    """Writes each table, the rejects and what is known of them beside the lines of a ledger."""
    for table in company.tables:
        columns = {column: Reading((column,)) for column in engine.columns(f"ledger_{table.name}")}
        engine.project("ledger_part", f"ledger_{table.name}", columns)
        engine.write(folder / f"{table.name}.parquet", "tables/company/ledger_part.sql", compact=True)
    if company.tables:
        engine.write(folder / REJECTS, "tables/company/rejects_of_all.sql", compact=True)
    storage.write_json(folder / FILE, as_json(company))


def open_tables(engine: Engine, folder: Path) -> CompanyTables | None:
    """Opens the tables of a ledger as `ledger_<name>`, with `known_customers` and `customer_groups`; None if it was written without any."""
    company = read_tables(folder)
    if company is None:
        return None
    for name in sources.tables():
        if company.of(name):
            engine.open_parquet(f"ledger_{name}", [folder / f"{name}.parquet"], numbered=False)
        else:
            open_nothing(engine, name)
    engine.table("known_customers", "tables/company/known_customers.sql")
    engine.table("customer_groups", "tables/company/groups.sql")
    return company


def read_tables(folder: Path) -> CompanyTables | None:
    """What a ledger says of its tables; None if it was written without any."""
    return from_json(storage.read_json(folder / FILE)) if (folder / FILE).is_file() else None


def as_json(company: CompanyTables) -> dict[str, Any]:
    """The tables for programs and for the ledger; money as exact text."""
    content: dict[str, Any] = json.loads(json.dumps(asdict(company), default=_as_text))
    return content


def facts(company: CompanyTables) -> dict[str, Any]:
    """What the manifest of a run keeps of the tables: files, counts, links. Neither texts of records nor numbers of customers."""
    content = as_json(company)
    for table in content["tables"]:
        table["files"] = [file["file"] for file in table["files"]]
        table["checked"]["broken"] = [{key: one[key] for key in ("rule", "rejects", "records")} for one in table["checked"]["broken"]]
        table.update(table.pop("checked"))
        del table["rejects"], table["changed"], table["table"]
    for entry in (*content["links"], *([content["hierarchy"]] if content["hierarchy"] else [])):
        del entry["examples"]
    return {name: content[name] for name in ("tables", "links", "coverage", "hierarchy")}


def _as_text(value: Any) -> str:
    """A day, or money with at least two decimals."""
    if not isinstance(value, Decimal):
        return str(value)
    whole, _, part = f"{value:f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def from_json(content: Mapping[str, Any]) -> CompanyTables:
    """The tables as `as_json` wrote them."""
    try:
        return CompanyTables(
            tables=tuple(_table_from_json(entry) for entry in content["tables"]),
            links=tuple(Link(**{**entry, "examples": tuple(entry["examples"])}) for entry in content["links"]),
            coverage=Coverage(**content["coverage"]) if content["coverage"] else None,
            hierarchy=_hierarchy_from_json(content["hierarchy"]),
            notices=tuple(Notice(**entry) for entry in content["notices"]),
        )
    except (KeyError, TypeError) as err:
        raise StorageError(
            Problem(f"{FILE} cannot be understood: {err}.", "a file written by kundenwert.", "remove the ledger; the next run writes it.")
        ) from err


def _table_from_json(entry: Mapping[str, Any]) -> ReadTable:
    checked = entry["checked"]
    rejects, changed = (tuple(Reject(**{**one, "rules": tuple(one["rules"])}) for one in entry[name]) for name in ("rejects", "changed"))
    return ReadTable(
        name=entry["name"],
        files=tuple(ReadFile.from_json(file) for file in entry["files"]),
        checked=Checked(
            table=checked["table"],
            totals=tuple(StandingTotal(one["standing"], one["records"], Decimal(one["amount"])) for one in checked["totals"]),
            amount=Decimal(checked["amount"]),
            broken=tuple(Broken(**one) for one in checked["broken"]),
            filled=dict(checked["filled"]),
            first=date.fromisoformat(checked["first"]) if checked["first"] else None,
            last=date.fromisoformat(checked["last"]) if checked["last"] else None,
        ),
        rejects=rejects,
        changed=changed,
    )


def _hierarchy_from_json(entry: Mapping[str, Any] | None) -> Hierarchy | None:
    return Hierarchy(**{**entry, "examples": tuple(entry["examples"])}) if entry else None
