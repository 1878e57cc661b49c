"""The company's tables beside the sales lines: read, and each of their records judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import sources
from kundenwert.engines._engine import Reading
from kundenwert.errors import DataError, Problem
from kundenwert.flows.contact_data import ContactData
from kundenwert.flows.duplicates import Duplicates
from kundenwert.flows.reading import Input, Keep, ReadFile, given_twice, open_input
from kundenwert.records import Notice
from kundenwert.tables.company._checked import Checked, check
from kundenwert.tables.company._shape import SQL_TYPES

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.progress import Progress
    from kundenwert.settings import Settings

_EXAMPLES = 5


@dataclass(frozen=True)
class Reject:
    """A record that does not count because of a rule: where it stands, what it breaks, its text."""

    file: str
    record: int
    rules: tuple[str, ...]
    raw: str


@dataclass(frozen=True)
class ReadTable:
    """One table: its files, what judging its records found, and examples of what does not count."""

    name: str
    files: tuple[ReadFile, ...]
    checked: Checked
    rejects: tuple[Reject, ...] = ()
    changed: tuple[Reject, ...] = ()

    @property
    def roles(self) -> frozenset[str]:
        """Roles that a column plays in at least one of the files."""
        return frozenset().union(*(entry.roles for entry in self.files))


@dataclass(frozen=True)
class Link:
    """Customer numbers of one role of one table: how many, and how many of them neither lines nor customers know.

    records: records with an unknown number. but_for_zeros: unknown numbers that would be known without zeros in front.
    """

    table: str
    role: str
    ids: int
    unknown: int
    records: int
    but_for_zeros: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Hierarchy:
    """Groups of customers. members: customers below a head. unknown_heads: heads that are no customers themselves."""

    groups: int
    members: int
    unknown_heads: int
    examples: tuple[str, ...]
    paid_by_others: int


@dataclass(frozen=True)
class Coverage:
    """Customers of the lines, how many of them have a customer record, and records without any line."""

    customers: int
    with_record: int
    without_lines: int


@dataclass(frozen=True)
class CompanyTables:
    """All tables of the company that were given. The engine holds each as `ledger_<name>`, the others empty.

    duplicates: proposals, contact_data: what is wrong with addresses and the like; both only where they were looked for.
    """

    tables: tuple[ReadTable, ...]
    links: tuple[Link, ...] = ()
    coverage: Coverage | None = None
    hierarchy: Hierarchy | None = None
    notices: tuple[Notice, ...] = ()
    duplicates: Duplicates | None = None
    contact_data: ContactData | None = None

    def of(self, name: str) -> ReadTable | None:
        """The table of that name, if it was given."""
        return next((table for table in self.tables if table.name == name), None)


def load_tables(
    engine: Engine, inputs: Sequence[Input], settings: Settings, *, scratch: Path, progress: Progress, keep: Keep | None = None
) -> CompanyTables:
    """Reads and judges every table; afterwards the engine has `ledger_<name>` for each table there is, and `table_rejects`.

    All problems of all files are reported together. Links need the sales lines: see `linked`.
    """
    problems = given_twice(inputs)
    by_table = {name: [item for item in inputs if item.table == name] for name in sources.tables()}
    read: list[ReadTable] = []
    for name, items in by_table.items():
        if not items:
            open_nothing(engine, name)
            continue
        try:
            read.append(_load(engine, name, items, settings, scratch=scratch, progress=progress, keep=keep))
        except DataError as err:
            problems += err.problems
    if problems:
        raise DataError(*problems)
    _collect_rejects(engine, read)
    return CompanyTables(tuple(read), notices=tuple(notice for table in read for notice in _notices(table)))


def _load(
    engine: Engine, name: str, items: Sequence[Input], settings: Settings, *, scratch: Path, progress: Progress, keep: Keep | None
) -> ReadTable:
    table, files, views = sources.tables()[name], [], []
    for number, item in enumerate(items):
        with progress.phase(f"Reading {item.name} ({name})") as phase:
            views.append(f"{name}_{number}")
            files.append(open_input(engine, item, views[-1], scratch=scratch, keep=keep))
            phase.rows = files[-1].file.lines
    with progress.phase(f"Checking {name}") as phase:
        checked = check(engine, table, views)
        phase.rows = checked.records
        engine.table(f"ledger_{name}", "tables/company/now.sql")
        engine.table(f"rejects_{name}", "tables/company/rejects_now.sql")
    read = ReadTable(name, tuple(files), checked, *_examples(engine, files))
    _refuse_misread(read, settings)
    return read


def _examples(engine: Engine, files: Sequence[ReadFile]) -> tuple[tuple[Reject, ...], tuple[Reject, ...]]:
    def told(row: Mapping[str, Any], rules: Sequence[str]) -> Reject:
        return Reject(files[row["file_id"]].file.name, row["record"], tuple(rules), _short(row["raw"]))

    rejects = tuple(told(row, row["rules"]) for row in engine.rows("tables/company/reject_examples.sql", count=_EXAMPLES))
    changed = tuple(told(row, ()) for row in engine.rows("tables/company/changed.sql", count=_EXAMPLES))
    return rejects, changed


def _short(text: str | None) -> str:
    text = " ".join((text or "").split())
    return text if len(text) <= 120 else text[:117] + "..."


def _refuse_misread(table: ReadTable, settings: Settings) -> None:
    checked = table.checked
    bad = checked.of("rejected").records + checked.of("unreadable").records
    if checked.records and bad <= settings.reject_limit * checked.records and bad < checked.records:
        return
    what = ", ".join(f"{entry.rule}: {entry.records:,}" for entry in checked.broken if entry.rejects)
    first = Problem(
        f"{bad:,} of {checked.records:,} records of {table.name} cannot be used. Broken rules: {what}.",
        f"records with {', '.join(sources.tables()[table.name].needed)}.",
        f"look at the mapping with `kundenwert check`, and correct it with --map {table.name}.ROLE=COLUMN or --date-format.",
        file=", ".join(entry.file.name for entry in table.files),
    )
    raise DataError(first, *(_reject_problem(reject, table.name) for reject in table.rejects))


def _reject_problem(reject: Reject, table: str) -> Problem:
    return Problem(
        f"Record {reject.record:,} of {table}: {reject.raw}",
        "; ".join(reject.rules) + ".",
        "correct the record or the mapping.",
        reject.file,
    )


def open_nothing(engine: Engine, name: str) -> None:
    """Makes `ledger_<name>` of a table that was not given: no records, the right columns."""
    engine.view("no_records", "tables/company/nothing.sql")
    columns = {role.name: Reading(type=SQL_TYPES[role.type]) for role in sources.tables()[name].roles}
    place = {"file_id": Reading(("file_id",), type="INTEGER"), "record": Reading(type="BIGINT")}
    engine.project(f"ledger_{name}", "no_records", {**columns, **place})


def _collect_rejects(engine: Engine, read: Sequence[ReadTable]) -> None:
    for table in read:
        same = {column: Reading((column,)) for column in ("file_id", "record", "rules", "raw")}
        columns = {"table_name": Reading(arguments=(table.name,), type="VARCHAR"), **same}
        engine.project(f"named_rejects_{table.name}", f"rejects_{table.name}", columns)
    if read:
        engine.union("table_rejects", [f"named_rejects_{table.name}" for table in read])
    places = [(table.name, number, entry.file.name) for table in read for number, entry in enumerate(table.files)]
    names = ("table_name", "file_id", "name")
    engine.load("table_files", {name: [row[place] for row in places] for place, name in enumerate(names)})


def _notices(table: ReadTable) -> Iterator[Notice]:
    for entry in table.checked.broken:
        if not entry.rejects:
            yield Notice(
                "table_cells",
                "{table}: in {count} records a cell breaks the rule {rule}; it is left empty, the record counts (first: record {record}).",
                {"table": table.name, "count": entry.records, "rule": entry.rule, "record": entry.first_record},
            )
    superseded = table.checked.of("superseded").records
    if superseded:
        yield Notice(
            "table_changed",
            "{table}: {count} records are replaced by a newer one of the same key.",
            {"table": table.name, "count": superseded},
        )
