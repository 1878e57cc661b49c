"""The whole check of a draft: every line read, rejected lines with reason and text, reconciliation to the cent. Kept in DRAFT/check."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.errors import CallError, DataError, Problem
from kundenwert.flows import preview
from kundenwert.flows import project as projects
from kundenwert.flows.check import as_json, check_inputs
from kundenwert.flows.draft import LINES, NEW, REPLACE, Draft
from kundenwert.flows.reading import Input
from kundenwert.runs import storage

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.preview import FileLook
    from kundenwert.flows.progress import Progress
    from kundenwert.records import Notice
    from kundenwert.settings import Settings

FOLDER = "check"
PAGE = 50
_RESULT = "result.json"
_LISTED = "rejects.parquet"
_SHEET = "rejects.csv"


@dataclass(frozen=True)
class Broken:
    """Records that break a rule: of which table, how many, with how much money where it could be read, and the first of them."""

    table: str
    rule: str
    records: int
    amount: Decimal | None
    file: str
    record: int
    raw: str


@dataclass(frozen=True)
class Rejected:
    """One record that cannot be booked: table, file, place in it, the rules it breaks, its text."""

    table: str
    file: str
    record: int
    rules: tuple[str, ...]
    raw: str


@dataclass(frozen=True)
class Checked:
    """What the check found. content: as `kundenwert check --json` tells it. tables: file -> the table it was taken for.

    notices, and reasons for the grade of the data: (key, text, values). limit: share of rejected records of a table above which nothing
    is valued. is_current: nothing was changed since.
    """

    content: Mapping[str, Any]
    broken: tuple[Broken, ...]
    tables: Mapping[str, str]
    notices: tuple[tuple[str, str, Mapping[str, Any]], ...]
    reasons: tuple[tuple[str, str, Mapping[str, Any]], ...]
    limit: float
    is_current: bool

    @property
    def lines(self) -> int:
        """Sales lines of all files."""
        return int(self.content["lines"])

    @property
    def booked(self) -> tuple[int, Decimal]:
        """Lines that count, and their money."""
        good = [entry for entry in self.content["classes"] if entry["line_class"] not in {"rejected", "unreadable"}]
        return sum(entry["lines"] for entry in good), sum((Decimal(entry["amount"]) for entry in good), Decimal(0))

    @property
    def rejected(self) -> int:
        """Sales lines that cannot be booked."""
        return sum(entry["lines"] for entry in self.content["classes"] if entry["line_class"] in {"rejected", "unreadable"})

    @property
    def worst_share(self) -> float:
        """The largest share of rejected records of any table, the sales lines among them."""
        return max([self.rejected / self.lines if self.lines else 0.0, *(_share(table) for table in self.company_tables)])

    @property
    def is_within_limit(self) -> bool:
        """Whether few enough records are rejected for a valuation."""
        return self.worst_share <= self.limit

    @property
    def company_tables(self) -> tuple[Mapping[str, Any], ...]:
        """The other tables, as the check tells them."""
        return tuple(self.content.get("company", {}).get("tables", ()))


def _share(table: Mapping[str, Any]) -> float:
    counts = {entry["standing"]: entry["records"] for entry in table["checked"]["totals"]}
    bad, whole = counts["rejected"] + counts["unreadable"], sum(counts.values())
    return bad / whole if whole else 0.0


def check(draft: Draft, *, progress: Progress) -> Checked:
    """Reads and checks every file of the draft, with those of the project it is for, and keeps what was found.

    Raises DataError with every problem that keeps the files from being read; an earlier check is then kept, but no longer current.
    """
    tables = tables_of(draft)
    settings = _settings(draft)
    limit = float(settings.reject_limit)
    with storage.building(draft.folder, "check") as building:
        listed = building / _LISTED

        def look(engine: Engine, loaded: Loaded) -> None:
            _list(engine, loaded, listed)

        # All that is rejected is shown; whether that is too much is judged afterwards.
        loaded = check_inputs(
            inputs_of(draft, tables),
            settings.with_values(reject_limit=1.0),
            progress=progress,
            rejects=building / _SHEET,
            look=look,
        )
        content = {
            "fingerprint": draft.fingerprint,
            "limit": limit,
            "tables": tables,
            "content": as_json(loaded),
            "broken": [asdict(entry) for entry in _counted(listed)],
            "notices": [_told(notice) for notice in loaded.all_notices],
            "reasons": [_told(reason.notice) for reason in loaded.readiness.reasons] if loaded.readiness else [],
        }
        storage.write_json(building / _RESULT, _plain(content))
        with storage.told(draft.folder):
            shutil.rmtree(draft.folder / FOLDER, ignore_errors=True)
            storage.rename(building, draft.folder / FOLDER)
    found = checked(draft)
    if found is None:
        raise CallError("The import was removed while it was checked.")
    return found


def _told(notice: Notice) -> dict[str, Any]:
    return {"key": notice.key, "text": notice.text, "values": dict(notice.values)}


def _plain(content: Any) -> Any:
    import json

    return json.loads(json.dumps(content, default=str))


def tables_of(draft: Draft) -> dict[str, str]:
    """Name of each file -> its table. Raises DataError where a file cannot be read yet, or no file holds sales lines."""
    if not draft.files:
        raise CallError("There is no file yet. Choose at least one with sales lines.")
    looks = preview.look_at_all(draft)
    problems = [problem for look in looks for problem in _problems(look)]
    tables = {look.name: look.table for look in looks}
    if not problems and draft.way == NEW and LINES not in tables.values():
        came = "No file holds sales lines."
        remedy = "add invoices or orders, or say which of these files holds them."
        problems.append(Problem(came, "at least one file with a customer, a date and an amount in each line.", remedy))
    if problems:
        raise DataError(*problems)
    return tables


def _problems(look: FileLook) -> tuple[Problem, ...]:
    if look.is_asked:
        came = "What this file holds is not clear from the names of its columns."
        return (Problem(came, "one kind of table for each file.", "choose it on the page of the file.", file=look.name), *look.problems)
    return look.problems


def inputs_of(draft: Draft, tables: Mapping[str, str]) -> tuple[Input, ...]:
    """The files of the draft as inputs, after those of the project that stay."""
    own = []
    for entry in draft.files:
        table = tables[entry.name]
        own.append(Input(draft.path(entry.name), preview.wanted_of(draft, entry, table), "", "" if table == LINES else table))
    if draft.way == NEW:
        return tuple(own)
    project = projects.read(Path(draft.project))
    replaced = {item.table for item in own} if draft.way == REPLACE else set()
    stay = [item for item in project.inputs if item.table not in replaced]
    return (*stay, *own)


def _settings(draft: Draft) -> Settings:
    if draft.way != NEW:
        return projects.read(Path(draft.project)).settings
    given = {name: draft.settings[name] for name in ("currency", "reject_limit") if name in draft.settings}
    return projects.settings_with(given)


def _list(engine: Engine, loaded: Loaded, file: Path) -> None:
    engine.write(file, "tables/company/rejects_listed.sql" if loaded.company else "tables/rejects_listed.sql")


def _counted(listed: Path) -> tuple[Broken, ...]:
    with open_engine(threads=1) as engine:
        engine.open_parquet("rejects_listed", [listed], numbered=False)
        rows = engine.rows("tables/rejects_counted.sql")
    return tuple(
        Broken(row["table_name"], row["rule"], row["records"], row["amount"], row["file"] or "", row["record"] or 0, _short(row["raw"]))
        for row in rows
    )


def _short(text: str | None) -> str:
    return (text or "")[:500]


def checked(draft: Draft) -> Checked | None:
    """What the last check found, None before the first."""
    file = draft.folder / FOLDER / _RESULT
    if not file.is_file():
        return None
    kept = storage.read_json(file)
    broken = tuple(Broken(**{**entry, "amount": None if entry["amount"] is None else Decimal(entry["amount"])}) for entry in kept["broken"])
    return Checked(
        content=kept["content"],
        broken=broken,
        tables=kept["tables"],
        notices=tuple((entry["key"], entry["text"], entry["values"]) for entry in kept["notices"]),
        reasons=tuple((entry["key"], entry["text"], entry["values"]) for entry in kept["reasons"]),
        limit=float(draft.settings.get("reject_limit", kept["limit"])),
        is_current=kept["fingerprint"] == draft.fingerprint and _is_in(kept["content"]["currency"], draft),
    )


def _is_in(currency: str, draft: Draft) -> bool:
    """Whether the check was made in the currency that is wanted; files without any are in whichever a person names."""
    return not currency or draft.settings.get("currency", currency) == currency


def rejects(draft: Draft, *, rule: str = "", page: int = 1) -> tuple[Rejected, ...]:
    """A page of the rejected records of the last check, of one rule or of all. Pages begin with 1."""
    listed = draft.folder / FOLDER / _LISTED
    if not listed.is_file():
        return ()
    with open_engine(threads=1) as engine:
        engine.open_parquet("rejects_listed", [listed], numbered=False)
        rows = engine.rows("tables/rejects_page.sql", rule=rule or None, count=PAGE, start=(max(1, page) - 1) * PAGE)
    return tuple(
        Rejected(row["table_name"], row["file"] or "", row["record"] or 0, tuple(row["rules"]), _short(row["raw"])) for row in rows
    )


def rejects_sheet(draft: Draft) -> Path | None:
    """All rejected records as a CSV file for a spreadsheet, None before a check. What it would run as a formula has an apostrophe."""
    file = draft.folder / FOLDER / _SHEET
    return file if file.is_file() else None
