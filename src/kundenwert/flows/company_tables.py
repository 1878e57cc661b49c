"""The company's tables beside the sales lines: read, judged, linked to the customers of the lines, kept in the ledger."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import sources
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import AmbiguousInput, CallError, DataError, Problem, StorageError
from kundenwert.flows.contact_data import ContactData
from kundenwert.flows.duplicates import Duplicates
from kundenwert.flows.reading import Input, Keep, ReadFile, given_twice, open_input
from kundenwert.records import Notice
from kundenwert.runs import storage
from kundenwert.sources import Wanted
from kundenwert.tables.company._checked import Broken, Checked, StandingTotal, check
from kundenwert.tables.company._shape import SQL_TYPES

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.progress import Progress
    from kundenwert.settings import Settings

FILE = "company_tables.json"
REJECTS = "table_rejects.parquet"
LINES = "transactions"
# Raised when the shape of the tables in the ledger changes.
SHAPE = 3
_EXAMPLES = 5
# Who "the customer" is: who ordered, who pays, or the group.
LEVELS = ("customer", "payer", "group")
# Over Easter four days are without a rate; a week also covers the holidays of others.
OLDEST_RATE_DAYS = 7
_MISSING_RATES = 50
# Roles whose cells are numbers of customers. A recommender or a payer that nobody knows is as much a loose end as a customer.
_LINKED = ("customer_id", "recommender_id", "parent_id", "payer_id")


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


def split(inputs: Sequence[Input]) -> tuple[list[Input], list[Input]]:
    """The inputs with sales lines, and those with tables of the company."""
    return [item for item in inputs if not item.table], [item for item in inputs if item.table]


@dataclass(frozen=True)
class Sorted:
    """A file, the table it was taken for, and why."""

    item: Input
    reason: str


def sort_files(engine: Engine, files: Sequence[Path], wanted: Wanted, named: Mapping[Path, str], *, scratch: Path) -> tuple[Sorted, ...]:
    """Which table each file holds: as a person said (`named`: file -> table), else by the names of its columns.

    The mapping holds roles of sales lines (amount) and of tables (customers.name). Raises AmbiguousInput with the flag that
    settles each doubt.
    """
    files = list(dict.fromkeys((*files, *named)))
    found: list[Sorted] = []
    problems: list[Problem] = []
    for file in files:
        table, reason = named.get(file, ""), "it was named"
        if not table:
            plain = replace(wanted, mapping={})
            detected = sources.detect(engine, file, plain, scratch=scratch)
            table, reason = detected.table, detected.reason
            problems += [trouble.problem for trouble in detected.troubles]
        found.append(Sorted(input_of(file, wanted, table), reason))
    if problems:
        raise AmbiguousInput(*problems)
    return tuple(found)


def sorted_inputs(files: Sequence[Path], wanted: Wanted, named: Mapping[Path, str]) -> tuple[Sorted, ...]:
    """`sort_files` with an engine of its own. A single file is taken for sales lines: without them nothing can be valued."""
    if len(files) == 1 and not named:
        found: tuple[Sorted, ...] = (Sorted(input_of(files[0], wanted, LINES), "it is the only file"),)
    else:
        with tempfile.TemporaryDirectory(prefix="kundenwert-") as scratch, open_engine(threads=1) as engine:
            found = sort_files(engine, files, wanted, named, scratch=Path(scratch))
    _refuse_loose_mapping(wanted, {entry.item.table for entry in found})
    return found


def _refuse_loose_mapping(wanted: Wanted, given: Container[str]) -> None:
    """A mapping for a table that no file holds would be passed over in silence."""
    for role in wanted.mapping:
        table, dot, _ = role.partition(".")
        if dot and table not in given:
            sources.checked_table(table)
            raise CallError(f"--map {role}=... is for the table {table}, which no file holds. Name its file with --table {table}=FILE.")


def input_of(file: Path, wanted: Wanted, table: str) -> Input:
    """A file as input of a table, with the part of the mapping that is the table's."""
    if table == LINES:
        own = {role: column for role, column in wanted.mapping.items() if "." not in role}
        return Input(file, replace(wanted, mapping=own))
    sources.checked_table(table)
    own = {role.removeprefix(f"{table}."): column for role, column in wanted.mapping.items() if role.startswith(f"{table}.")}
    # What says how money of sales lines becomes net is nothing to a table.
    return Input(file, replace(wanted, mapping=own, net=None, tax_rate=None), table=table)


def named_files(pairs: Sequence[str]) -> dict[Path, str]:
    """What `--table customers=FILE` says: file -> table. Raises CallError for anything else."""
    named: dict[Path, str] = {}
    for pair in pairs:
        table, sign, file = pair.partition("=")
        if not sign or not file.strip():
            raise CallError(f"{pair!r} is not TABLE=FILE, such as customers=kunden.csv.")
        if table.strip() != LINES:
            sources.checked_table(table.strip())
        named[Path(file.strip())] = table.strip()
    return named


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


def linked(engine: Engine, company: CompanyTables) -> CompanyTables:
    """The tables with what ties them to the sales lines (view `booked`) and to each other; makes `customer_groups`.

    Raises DataError if a customer is its own ancestor.
    """
    engine.table("known_customers", "tables/company/known_customers.sql")
    links = tuple(_link(engine, table.name, role) for table in company.tables for role in _LINKED if role in table.roles)
    (row,) = engine.rows("tables/company/coverage.sql")
    coverage = Coverage(**row) if company.of("customers") else None
    hierarchy = _hierarchy(engine, company)
    notices = (*company.notices, *_link_notices(links), *_hierarchy_notices(hierarchy))
    return replace(company, links=links, coverage=coverage, hierarchy=hierarchy, notices=notices)


def _link(engine: Engine, table: str, role: str) -> Link:
    engine.project("linked_ids", f"ledger_{table}", {"customer_id": Reading((role,))})
    (row,) = engine.rows("tables/company/link.sql")
    return Link(table, role, **{**row, "examples": tuple(row["examples"])})


def _hierarchy(engine: Engine, company: CompanyTables) -> Hierarchy | None:
    engine.table("customer_groups", "tables/company/groups.sql")
    customers = company.of("customers")
    if customers is None or not customers.roles & {"parent_id", "payer_id"}:
        return None
    circles = engine.rows("tables/company/circles.sql")
    if circles:
        raise DataError(*(_circle_problem(row, customers) for row in circles[:20]))
    (row,) = engine.rows("tables/company/hierarchy.sql")
    return Hierarchy(**{**row, "examples": tuple(row["examples"])})


def roll_up(engine: Engine, name: str, measured: str, level: str) -> None:
    """Makes table `name`: account_id, customers, amount: view `measured` (customer_id, amount) by "customer", "payer" or "group"."""
    if level not in LEVELS:
        raise CallError(f"There is no level {level!r}. Available: {', '.join(LEVELS)}.")
    engine.remember("customer_level", level)
    engine.project("measured", measured, {column: Reading((column,)) for column in ("customer_id", "amount")})
    engine.table(name, "tables/company/roll_up.sql")


def _circle_problem(row: Mapping[str, Any], customers: ReadTable) -> Problem:
    return Problem(
        f"{row['customers']:,} customers are above themselves: {', '.join(row['members'])}.",
        "a group with one head: somebody without parent_id.",
        "correct parent_id of one of them in the customer records, or leave the column out with --map customers.parent_id= .",
        file=", ".join(entry.file.name for entry in customers.files),
    )


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


def _link_notices(links: Sequence[Link]) -> Iterator[Notice]:
    for link in links:
        if link.role in {"parent_id", "payer_id"} or not link.unknown:
            continue
        values = {"table": link.table, "unknown": link.unknown, "ids": link.ids, "names": ", ".join(link.examples)}
        yield Notice(
            "table_unknown_customers",
            "{table}: {unknown} of {ids} customers have neither a sales line nor a customer record; they are kept and counted: {names}.",
            values,
        )
        if link.but_for_zeros:
            yield Notice(
                "table_zeros",
                "{table}: {count} customer numbers differ from known ones only by zeros in front. They are not joined; export them alike.",
                {"table": link.table, "count": link.but_for_zeros},
            )


def _hierarchy_notices(hierarchy: Hierarchy | None) -> Iterator[Notice]:
    if hierarchy and hierarchy.unknown_heads:
        yield Notice(
            "unknown_group_heads",
            "{count} groups are headed by a number that is no customer: {names}. Their members are one group all the same.",
            {"count": hierarchy.unknown_heads, "names": ", ".join(hierarchy.examples)},
        )


def convert_lines(engine: Engine, company: CompanyTables, settings: Settings) -> tuple[Notice, ...]:
    """Replaces view `read_lines` by one with all money in the reporting currency, if there are rates and lines in other currencies.

    A line takes its day's rate, or the last one at most seven days before. Raises AmbiguousInput that names every day and
    currency without one.
    """
    if company.of("rates") is None:
        return ()
    engine.drop("lines_as_read")
    engine.rename("read_lines", "lines_as_read")
    found = engine.rows("tables/company/line_currencies.sql")
    reporting = _reporting_currency(found, settings)
    foreign = [row for row in found if row["currency"] not in {"", reporting}]
    if not reporting or not foreign:
        engine.rename("lines_as_read", "read_lines")
        return ()
    engine.remember("reporting_currency", reporting)
    engine.table("line_rates", "tables/company/line_rates.sql")
    missing = engine.rows("tables/company/missing_rates.sql", oldest=OLDEST_RATE_DAYS)
    if missing:
        raise AmbiguousInput(*_rate_problems(missing, company, reporting))
    engine.view("read_lines", "tables/company/converted_lines.sql")
    return tuple(
        Notice(
            "converted",
            "{lines} lines in {currency} ({amount:.2f}) are converted into {reporting} at the rate of their day.",
            {"lines": row["lines"], "currency": row["currency"], "amount": float(row["amount"]), "reporting": reporting},
        )
        for row in foreign
    )


def _reporting_currency(found: Sequence[Mapping[str, Any]], settings: Settings) -> str:
    """The setting, or the only currency of the lines for which there is no rate."""
    if settings.currency:
        return str(settings.currency).upper()
    without = [row["currency"] for row in found if row["currency"] and not row["has_rates"]]
    if len(without) == 1:
        return str(without[0])
    if len([row for row in found if row["currency"]]) <= 1:
        return ""
    listed = ", ".join(f"{row['currency']} ({row['lines']:,} lines)" for row in found if row["currency"])
    came = f"The lines are in {listed}; " + ("for none of them a rate is missing." if not without else "several have no rate.")
    raise AmbiguousInput(
        Problem(came, "one reporting currency, and rates for all others.", "name it with --currency CODE, also in kundenwert.toml.")
    )


def _rate_problems(missing: Sequence[Mapping[str, Any]], company: CompanyTables, reporting: str) -> Iterator[Problem]:
    rates = company.of("rates")
    file = ", ".join(entry.file.name for entry in rates.files) if rates else ""
    for row in missing[:_MISSING_RATES]:
        last = f"the last one before is of {row['last_rate']}" if row["last_rate"] else "there is none before"
        yield Problem(
            f"No rate of {row['currency']} for {row['day']} ({row['lines']:,} lines): {last}.",
            f"a rate of that day, or of at most {OLDEST_RATE_DAYS} days before, in {reporting} for one {row['currency']}.",
            "add it to the rates.",
            file=file,
        )
    if len(missing) > _MISSING_RATES:
        yield Problem(
            f"{len(missing) - _MISSING_RATES:,} more days and currencies have no rate.",
            "a rate for each.",
            "add them to the rates.",
            file=file,
        )


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
    if not (folder / FILE).is_file():
        return None
    company = from_json(storage.read_json(folder / FILE))
    for name in sources.tables():
        if company.of(name):
            engine.open_parquet(f"ledger_{name}", [folder / f"{name}.parquet"], numbered=False)
        else:
            open_nothing(engine, name)
    engine.table("known_customers", "tables/company/known_customers.sql")
    engine.table("customer_groups", "tables/company/groups.sql")
    return company


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
