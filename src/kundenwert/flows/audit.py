"""What can be shown of the register: that nobody changed it, who decided what and when, and which records are due."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import DataError, Problem
from kundenwert.flows.ledger import folder_of
from kundenwert.register.book import TABLES, Register
from kundenwert.register.retention import Rule, over, rules
from kundenwert.register.verify import Finding, verify
from kundenwert.runs import plans_store, store

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


@dataclass(frozen=True)
class Entry:
    """An entry of the log with names where the register still knows them, else "" (an erased person, or a key that is gone)."""

    number: int
    at: str
    by: str
    action: str
    customer: str
    table: str
    row: int


@dataclass(frozen=True)
class Kept:
    """Records of one year: of which table, how many, how long they are kept and under which rule."""

    rule: Rule
    table: str
    year: int
    records: int
    until: date
    is_due: bool


def check(folder: Path) -> int:
    """How many entries the log has, if nothing was changed. Raises DataError with every trace of a change."""
    states = {f"run {name}": store.read(folder, name).manifest.get("register") for name in store.names(folder)}
    states |= {f"plan {name}": plans_store.read(folder, name).content.get("register") for name in plans_store.names(folder)}
    # A log that cannot be trusted says nothing of certificates.
    found = verify(folder, {name: state for name, state in states.items() if state}) or list(_certificates(folder))
    if found:
        raise DataError(*(_problem(one) for one in found))
    return len(Register(folder).log()) if Register(folder).exists else 0


def _certificates(folder: Path) -> Iterator[Finding]:
    """Certificates of erasures that are not those the log tells of, and those it does not tell of at all."""
    register = Register(folder)
    certificates = register.folder / "certificates"
    told: dict[str, str] = {}
    for entry in register.log() if register.exists else ():
        if entry["action"] == "certify erasure":
            name = f"erasure-{entry['details']['erasure']}"
            told[f"{name}.json"] = entry["details"]["certificate"]
            # Those of earlier versions are vouched for by what programs read alone.
            if "text" in entry["details"]:
                told[f"{name}.txt"] = entry["details"]["text"]
    for name, digest in told.items():
        if digest_of_file(certificates / name) != digest:
            yield Finding(name, 0, "was changed or is gone")
    for path in sorted(certificates.glob("*.json")) if certificates.is_dir() else ():
        if path.name not in told:
            yield Finding(path.name, 0, "certifies what the log does not tell of: it was added, or the log is an earlier one")


def digest_of_file(path: Path) -> str:
    """The SHA-256 of a file, "" if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _problem(finding: Finding) -> Problem:
    return Problem(
        f"This {'line' if finding.line else 'file'} {finding.what}.",
        "the register as kundenwert wrote it.",
        "find out who could write there, and restore the register from your backup.",
        file=finding.file,
        line=finding.line or None,
    )


def entries(folder: Path) -> list[Entry]:
    """The log, oldest first."""
    register = Register(folder)
    if not register.exists:
        return []
    rows = [row for table in TABLES for row in register.rows(table)]
    key = register.key()
    names = {key.of(row.by): row.by for row in rows}
    customers = {key.of(who): who for row in rows if (who := row.content.get("customer_id"))}
    return [_entry(one, names, customers) for one in register.log()]


def _entry(one: dict[str, Any], names: dict[str, str], customers: dict[str, str]) -> Entry:
    customer = customers.get(one["subject"], "")
    return Entry(one["entry"], one["at"], names.get(one["by"], ""), one["action"], customer, one["table"], one["row"])


def retention(folder: Path, *, today: date) -> list[Kept]:
    """Every class of records by year, with the day until which it is kept; of the current run's ledger and of the register."""
    counts = {**_of_ledger(folder), **_of_register(folder)}
    found = [
        Kept(rule, table, year, records, rule.until(year), rule.is_due(year, today))
        for rule in rules()
        for table in (*rule.tables, *(f"register/{name}" for name in rule.register))
        for year, records in counts.get(table, {}).items()
    ]
    return sorted(found, key=lambda one: (one.until, one.table, one.year))


def _of_ledger(folder: Path) -> dict[str, dict[int, int]]:
    if not store.names(folder):
        return {}
    run = store.read(folder)
    ledger = folder_of(folder) / run.manifest["ledger"]
    found: dict[str, dict[int, int]] = {}
    with open_engine(threads=1) as engine:
        for table, column in ((table, column) for rule in rules() for table, column in rule.tables.items() if column):
            path = ledger / f"{table}.parquet"
            if path.is_file():
                engine.open_parquet("kept_records", [path], numbered=False)
                _date(engine, run, table, column)
                found[table] = {row["year"]: row["records"] for row in engine.rows("register/count_by_year.sql")}
    return found


def _date(engine: Engine, run: store.Run, table: str, column: str) -> None:
    """Makes view `dated`: the day by which each record is kept; of customer records that of the last purchase."""
    if table == "customers":
        engine.open_parquet("valued_customers", [run.customers], numbered=False)
        engine.table("dated", "register/customers_dated.sql")
    else:
        engine.project("dated", "kept_records", {"day": Reading((column,), type="DATE")})


def _of_register(folder: Path) -> dict[str, dict[int, int]]:
    register = Register(folder)
    tables = {name for rule in rules() for name in rule.register}
    found = {table: [(int(row.at[:4]), row.content) for row in register.rows(table)] for table in tables if register.exists}
    return {f"register/{table}": dict(Counter(over(rows, table))) for table, rows in found.items()}
