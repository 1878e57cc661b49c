"""A quick look at each file of a draft: what was found out, which column plays which role and why, first rows as they are read.

Of large texts only the first megabyte is looked at; `flows.draft_check` reads everything.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import __version__, sources
from kundenwert.engines import open_engine
from kundenwert.errors import DataError, Problem
from kundenwert.flows.draft import ADD, LINES, REPLACE, Draft, DraftFile
from kundenwert.flows.readiness import PIECES
from kundenwert.runs import storage

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.sources import Column, Inspected, Named, Wanted

ROWS = 5
# More columns are no help on a screen; they keep the roles their names give them.
SHOWN_COLUMNS = 400
_KEPT = "looks"
# How sure a role is: chosen by a person, by a name that means nothing else, by one that may; open: a person must say; or none.
CHOSEN, SURE, LIKELY, OPEN, UNUSED = "chosen", "sure", "likely", "open", "unused"


@dataclass(frozen=True)
class ColumnLook:
    """One column. place: from 1. reference: how a mapping names it. role: "" if it has none. certainty: see above.

    rivals: other columns that could play the role. values: its first cells as they stand; read: the same as they are read, "" where a
    cell cannot be read, nothing at all where no cell could be read yet. warning: what a person should look at, in English.
    """

    place: int
    name: str
    reference: str
    role: str
    certainty: str
    rivals: tuple[str, ...]
    candidates: tuple[str, ...]
    values: tuple[str, ...]
    read: tuple[str, ...]
    warning: str = ""


@dataclass(frozen=True)
class Missing:
    """A role without a column. needed: nothing works without it. adds: what it would add, in English."""

    role: str
    needed: bool
    adds: str


@dataclass(frozen=True)
class FileLook:
    """What a look at one file found. is_part: only its first lines were looked at. rows: records in that.

    reason: why it was taken for its table, in English; is_asked: a person must say which table it is. facts: name, value, reason, warning.
    decimal: "," or ".", "" where no number has decimals; days: how days are written. problems keep the file from being read.
    """

    name: str
    table: str
    reason: str
    is_asked: bool
    is_part: bool
    rows: int
    facts: tuple[tuple[str, str, str, bool], ...] = ()
    columns: tuple[ColumnLook, ...] = ()
    missing: tuple[Missing, ...] = ()
    problems: tuple[Problem, ...] = ()
    decimal: str = ""
    days: str = ""

    def fact(self, name: str) -> str:
        """The value of a fact, "" if there is none."""
        return next((value for fact, value, _, _ in self.facts if fact == name), "")

    @property
    def is_ready(self) -> bool:
        """Whether it can be read as it stands."""
        return not self.problems and not self.is_asked

    @property
    def open_columns(self) -> tuple[ColumnLook, ...]:
        """Columns of which a person must say what they are."""
        return tuple(column for column in self.columns if column.certainty == OPEN)


def look(draft: Draft, name: str) -> FileLook:
    """What a file of the draft holds and how it would be read. A look that was taken before is not taken again."""
    (found,) = _looks(draft, [draft.file(name)])
    return found


def look_at_all(draft: Draft) -> tuple[FileLook, ...]:
    """A look at each file of the draft."""
    return tuple(_looks(draft, draft.files))


def _looks(draft: Draft, entries: Sequence[DraftFile]) -> list[FileLook]:
    kept = {entry.name: draft.folder / _KEPT / f"{_key(draft, entry)}.json" for entry in entries}
    missing = [entry for entry in entries if not kept[entry.name].is_file()]
    if missing:
        # One engine for all: to open it takes as long as a look.
        with tempfile.TemporaryDirectory(prefix="kundenwert-") as scratch, open_engine(threads=1) as engine:
            for entry in missing:
                storage.write_json(kept[entry.name], asdict(_look(engine, draft, entry, Path(scratch))))
    return [_from_json(storage.read_json(kept[entry.name])) for entry in entries]


def _key(draft: Draft, entry: DraftFile) -> str:
    alone = len(draft.files) == 1
    parts = [
        __version__,
        alone,
        entry.name,
        entry.sha256,
        entry.table,
        dict(entry.mapping),
        dict(entry.options),
        _project_wanted(draft, entry.table),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _project_wanted(draft: Draft, table: str) -> Any:
    return draft.fingerprint if draft.way in {ADD, REPLACE} else ""


def _look(engine: Engine, draft: Draft, entry: DraftFile, scratch: Path) -> FileLook:
    path = draft.path(entry.name)
    try:
        head = sources.head(path, scratch)
    except DataError as err:
        return FileLook(entry.name, entry.table or LINES, "", is_asked=False, is_part=False, rows=0, problems=err.problems)
    table, reason, is_asked = _table(engine, draft, entry, path, scratch)
    wanted = wanted_of(draft, entry, table)
    found = FileLook(entry.name, table, reason, is_asked, is_part=head is not path and _is_cut(head, path), rows=0)
    try:
        inspected = _inspected(engine, head, table, wanted, scratch)
        return _told(engine, found, inspected, entry, table)
    except DataError as err:
        return replace(found, problems=err.problems)


def _is_cut(head: Path, path: Path) -> bool:
    """Whether a sample leaves something out: a small packed text is looked at as a whole."""
    return path.stat().st_size > head.stat().st_size or head.stat().st_size > (1 << 20) - (1 << 16)


def _table(engine: Engine, draft: Draft, entry: DraftFile, path: Path, scratch: Path) -> tuple[str, str, bool]:
    """The table a file is taken for, why, and whether a person must say it."""
    if entry.table:
        return entry.table, "", False
    detected = sources.detect(engine, path, replace(entry.wanted(LINES), mapping={}), scratch=scratch)
    if detected.troubles and len(draft.files) == 1:
        # Without sales lines nothing can be valued.
        return LINES, "it is the only file", False
    return detected.table, detected.reason, bool(detected.troubles)


def wanted_of(draft: Draft, entry: DraftFile, table: str) -> Wanted:
    """How a file is read: as the project it is for reads that table, unless a person says otherwise."""
    own = entry.wanted(table)
    if draft.way not in {ADD, REPLACE}:
        return own
    from kundenwert.flows.found import wanted_in_project

    of_project = wanted_in_project(Path(draft.project), table)
    if of_project is None:
        return own
    given = {name: value for name, value in entry.options.items() if name != "header"}
    columns = own.columns or of_project.columns
    return replace(of_project, mapping={**of_project.mapping, **own.mapping}, columns=columns, **given)


def _inspected(engine: Engine, head: Path, table: str, wanted: Wanted, scratch: Path) -> Inspected:
    if table == LINES:
        return sources.inspect(engine, head, wanted, scratch=scratch, hashed=False)
    return sources.inspect_table(engine, head, sources.checked_table(table), wanted, scratch=scratch, hashed=False)


def _told(engine: Engine, found: FileLook, inspected: Inspected, entry: DraftFile, table: str) -> FileLook:
    first = sources.first_rows(engine, inspected, count=ROWS)
    columns = inspected.table.columns
    said = sources.said_by_names(columns, table)
    roles = {guess.column: guess.role for guess in reversed(inspected.guesses)}
    place_of = _places(columns, inspected, said, entry)
    looks = tuple(
        _column(place, column, columns, place_of, said, entry, inspected, first) for place, column in enumerate(columns[:SHOWN_COLUMNS])
    )
    played = set(place_of) | set(roles.values())
    return replace(
        found,
        rows=inspected.file.lines,
        facts=tuple((fact.name, fact.value, fact.reason, fact.warning) for fact in inspected.facts),
        columns=looks,
        missing=tuple(_missing(table, played)),
        problems=inspected.problems,
        decimal=_decimal(inspected),
        days=next((guess.arguments[0] for guess in inspected.guesses if guess.how == "date" and guess.arguments), ""),
    )


def _decimal(inspected: Inspected) -> str:
    """The decimal mark; whole numbers have none."""
    marks = [guess.arguments[0] for guess in inspected.guesses if guess.how == "number" and "decimal" in guess.reason]
    return max(marks, key=marks.count, default="")


def _places(columns: Sequence[Column], inspected: Inspected, said: Named, entry: DraftFile) -> dict[str, int]:
    """Role -> place of the column that plays it: what a person chose, then what the names say. One that money needs not plays none."""
    readings = inspected.readings
    if readings is not None:
        keys = {column.key: place for place, column in enumerate(columns)}
        return {role: keys[column.key] for role, column in readings.columns.items()}
    return {role: place for role, place in said.places.items() if role not in entry.mapping}


def _column(
    place: int,
    column: Column,
    columns: Sequence[Column],
    place_of: Mapping[str, int],
    said: Named,
    entry: DraftFile,
    inspected: Inspected,
    first: Any,
) -> ColumnLook:
    role = next((role for role, own in place_of.items() if own == place), "")
    candidates = tuple(name for name, places in said.ties.items() if place in places and name not in entry.mapping and name not in place_of)
    certainty, rivals = _certainty(role, place, candidates, said, entry, columns)
    return ColumnLook(
        place=place + 1,
        name=column.name,
        reference=reference(columns, place),
        role=role,
        certainty=certainty,
        rivals=rivals,
        candidates=candidates,
        values=tuple(row[place] for row in first.cells),
        read=tuple(_as_text(row.get(role), is_day=role == "date") for row in first.read) if role else (),
        warning=next((fact.reason for fact in inspected.facts if fact.warning and fact.name == role), "") if role else "",
    )


def _certainty(
    role: str, place: int, candidates: Sequence[str], said: Named, entry: DraftFile, columns: Sequence[Column]
) -> tuple[str, tuple[str, ...]]:
    if not role and candidates:
        others = said.ties[candidates[0]]
        return OPEN, tuple(columns[other].name for other in others if other != place)
    if not role:
        return UNUSED, ()
    if said.places.get(role) != place:
        return CHOSEN, ()
    rivals = tuple(columns[other].name for other in said.rivals[role])
    if role in entry.mapping and rivals:
        return CHOSEN, ()
    return (LIKELY if role in said.vague or rivals else SURE), rivals


def reference(columns: Sequence[Column], place: int) -> str:
    """How a mapping names a column: by its name, or by its place where the name is empty or not the only one."""
    name = columns[place].name
    is_unique = sum(column.name == name for column in columns) == 1
    return name if name.strip() and is_unique else f"#{place + 1}"


def _missing(table: str, played: set[str]) -> list[Missing]:
    if table == LINES:
        has_money = bool(played & {"amount", "gross_amount", "price"})
        wanted = [role for role in sources.roles_of(LINES) if role.needed or role.name in PIECES]
        silent = {"amount"} if has_money else set()
        silent |= {"list_amount"} if "discount" in played else set()
        return [
            Missing(role.name, role.needed, PIECES.get(role.name, "Without it nothing can be valued."))
            for role in wanted
            if role.name not in played and role.name not in silent
        ]
    return [
        Missing(role.name, role.needed, "Without it a record says nothing.")
        for role in sources.roles_of(table)
        if role.name not in played and role.needed
    ]


def _as_text(value: Any, *, is_day: bool) -> str:
    """What a cell was read as, in one way to write it: 1284.50, 2026-08-11."""
    if value is None:
        return ""
    if is_day and isinstance(value, int):
        value = day_of(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, date) else str(value)


def day_of(number: int) -> date:
    """The day of a number of days since 1970."""
    return date(1970, 1, 1) + timedelta(days=number)


def _from_json(content: Mapping[str, Any]) -> FileLook:
    columns = tuple(
        ColumnLook(**{**entry, **{name: tuple(entry[name]) for name in ("rivals", "candidates", "values", "read")}})
        for entry in content["columns"]
    )
    return FileLook(
        **{
            **content,
            "facts": tuple(tuple(fact) for fact in content["facts"]),
            "columns": columns,
            "missing": tuple(Missing(**entry) for entry in content["missing"]),
            "problems": tuple(Problem(**entry) for entry in content["problems"]),
        }
    )


def choices_of(look: FileLook, chosen: Mapping[int, str], wanted: Mapping[str, str] | None = None) -> dict[str, str]:
    """The mapping that a person's choices say. chosen: place of a column -> its role, "" for none.

    A role that the names give to a column, or to several, and that the person gave to none stays empty. Raises DataError where one role
    was given to two columns.
    """
    by_place = {column.place: column for column in look.columns}
    given: dict[str, list[ColumnLook]] = {}
    for place, role in chosen.items():
        if role and place in by_place:
            given.setdefault(role, []).append(by_place[place])
    twice = [(role, columns) for role, columns in given.items() if len(columns) > 1]
    if twice:
        raise DataError(*(_twice(role, columns, look.name) for role, columns in twice))
    offered = {column.role for column in look.columns if column.role} | {role for column in look.columns for role in column.candidates}
    offered |= set(wanted or {})
    return {
        **{role: "" for role in sorted(offered) if role not in given},
        **{role: columns[0].reference for role, columns in given.items()},
    }


def _twice(role: str, columns: Sequence[ColumnLook], file: str) -> Problem:
    names = ", ".join(column.name or f"#{column.place}" for column in columns)
    return Problem(
        f"{role} was chosen for several columns: {names}.", "one column for each field.", "set the others to “not used”.", file=file
    )
