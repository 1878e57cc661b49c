"""Opens files and frames, one after the other, as one view of lines; keeps what was read so that a known file is not read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines._engine import Reading
from kundenwert.errors import AmbiguousInput, DataError, Problem
from kundenwert.records import InputFile
from kundenwert.runs import storage

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.progress import Progress
    from kundenwert.register.erased import Erased
    from kundenwert.register.pseudonyms import Pseudonyms
    from kundenwert.sources import Inspected, Wanted

# Raised when the shape of the kept lines changes: older ones are then read anew.
_SHAPE = 3
_TABLE_SHAPE = 3


@dataclass(frozen=True)
class Input:
    """One file or frame and what is known of its format. content: its sha256, "" if it is not wanted.

    table: the company's table that it holds, "" for sales lines. pseudonyms: what takes the place of customer numbers, None: nothing.
    """

    source: Path | Any
    wanted: Wanted
    content: str = ""
    table: str = ""
    pseudonyms: Pseudonyms | None = None

    @property
    def name(self) -> str:
        """The file's name without folder; frames have none."""
        return self.source.name if isinstance(self.source, Path) else "data frame"


def with_content(item: Input) -> Input:
    """The input with the sha256 of its file. One that cannot be opened has none: reading says why, together with all other problems."""
    try:
        with Path(item.source).open("rb") as file:
            return replace(item, content=hashlib.file_digest(file, "sha256").hexdigest())
    except OSError:
        return item


@dataclass(frozen=True)
class Keep:
    """Where lines are kept as read, so that a known file is not read again. erased: files that name one of them are not kept."""

    folder: Path
    erased: Erased | None = None

    def may_hold(self, engine: Engine, view: str) -> bool:
        """Whether the lines of a view name nobody who was erased. This reads the file once more, where anybody was."""
        if self.erased is None:
            return True
        from kundenwert.flows.scrubbing import found_in, names_in, prepare

        prepare(engine, self.erased)
        return not found_in(engine, view) and not names_in(engine, f"{view}_unreadable", "raw")


@dataclass(frozen=True)
class ReadFile:
    """What is known of one file after reading: identity, format in words, and which column plays which role and why."""

    file: InputFile
    facts: tuple[dict[str, str], ...]
    guesses: tuple[dict[str, Any], ...]
    unmapped: tuple[str, ...]
    has_amounts: bool

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> ReadFile:
        """The description as it was kept beside the lines."""
        parts = {name: tuple(content[name]) for name in ("facts", "guesses", "unmapped")}
        return cls(file=InputFile(**content["file"]), has_amounts=content["has_amounts"], **parts)

    @property
    def roles(self) -> frozenset[str]:
        """The roles that a column plays."""
        return frozenset(guess["role"] for guess in self.guesses)


def open_inputs(
    engine: Engine, inputs: Sequence[Input], *, scratch: Path, progress: Progress, keep: Keep | None = None
) -> tuple[ReadFile, ...]:
    """Opens all inputs as view `read_lines` (columns of sources.open_lines and file_id, amount_expected, id_is_sound).

    keep: where lines are kept as read; text files and workbooks found there are not read again.
    All problems of all inputs are reported together.
    """
    engine.script("tables/rules.sql")
    read: list[ReadFile] = []
    problems = given_twice(inputs)
    kinds: set[type[DataError]] = {DataError} if problems else set()
    for number, item in enumerate(inputs):
        with progress.phase(f"Reading {item.name}") as phase:
            try:
                read.append(open_input(engine, item, f"file_{number}", scratch=scratch, keep=keep))
                phase.rows = read[-1].file.lines
            except DataError as err:
                problems.extend(err.problems)
                kinds.add(type(err))
    if problems:
        raise (kinds.pop() if len(kinds) == 1 else DataError)(*problems)
    _refuse_mixture(read)
    _unite(engine, read)
    return tuple(read)


def given_twice(inputs: Sequence[Input]) -> list[Problem]:
    """The same content would be counted twice, whatever its names: two patterns may meet the same file."""
    first: dict[str, Input] = {}
    problems = []
    for item in inputs:
        if not isinstance(item.source, Path):
            continue
        earlier = first.setdefault(item.content or str(item.source.resolve()), item)
        if earlier is not item:
            came = (
                "The file is given twice." if earlier.source.resolve() == item.source.resolve() else f"It holds the same as {earlier.name}."
            )
            problems.append(Problem(came, "each file once, since its lines would count twice.", "leave one of them out.", file=item.name))
    return problems


def open_input(engine: Engine, item: Input, view: str, *, scratch: Path, keep: Keep | None) -> ReadFile:
    """Opens one input as view `view` and table `view`_unreadable, from what was kept of it if there is any."""
    from kundenwert import sources

    kept = _kept_as(keep.folder, item) if keep else None
    if kept and kept.with_suffix(".json").is_file():
        return _reopen(engine, kept, view)
    if item.table:
        table = sources.checked_table(item.table)
        inspected = sources.inspect_table(engine, item.source, table, item.wanted, scratch=scratch, hashed=False)
        file = replace(sources.open_table(engine, inspected, view), sha256=item.content)
    else:
        inspected = sources.inspect(engine, item.source, item.wanted, scratch=scratch, hashed=False)
        file = replace(sources.open_lines(engine, inspected, view), sha256=item.content)
    read = _described(inspected, file)
    if item.pseudonyms:
        from kundenwert.flows.pseudonyms import hide

        read = hide(engine, item, view, read)
    if keep and kept and keep.may_hold(engine, view):
        _keep(engine, kept, view, read)
        if item.pseudonyms:
            # Each number is hashed once, not with every step that looks at the lines.
            return _reopen(engine, kept, view)
    return read


def _described(inspected: Inspected, file: InputFile) -> ReadFile:
    return ReadFile(
        file=file,
        facts=tuple({str(name): str(value) for name, value in asdict(fact).items()} for fact in inspected.facts),
        guesses=tuple(json.loads(json.dumps(asdict(guess), default=str)) for guess in inspected.guesses),
        unmapped=tuple(inspected.unmapped),
        has_amounts=inspected.has_amounts,
    )


def table_shape(table: str) -> list[Any]:
    """What the kept records of a table depend on beside its files: a table with another role is read anew."""
    from kundenwert.sources import tables

    return [_TABLE_SHAPE, table, [[role.name, role.type] for role in tables()[table].roles]]


def _kept_as(keep: Path, item: Input) -> Path | None:
    """Where the lines of a text file or workbook are kept: its content and its format make the name. Parquet is fast enough as it is."""
    if not item.content or item.source.suffix.lower() in {".parquet", ".pq"}:
        return None
    shape = [_SHAPE, item.name, asdict(item.wanted), *(table_shape(item.table) if item.table else [])]
    how = json.dumps(shape, sort_keys=True, default=list)
    return keep / hashlib.sha256(f"{item.content}{how}".encode()).hexdigest()[:32]


def _keep(engine: Engine, kept: Path, view: str, read: ReadFile) -> None:
    """Another run may keep the same file now: each writes apart. The description comes last: where it stands, the lines are whole."""
    engine.rename(view, "reading_now")
    engine.rename(f"{view}_unreadable", "reading_now_unreadable")
    with storage.building(kept.parent, "read") as building, storage.told(kept):
        lines, unreadable = kept.with_suffix(".parquet"), kept.with_suffix(".unreadable.parquet")
        engine.write(building / lines.name, "tables/parts.sql", compact=True)
        engine.write(building / unreadable.name, "tables/unreadable_parts.sql")
        for path in (unreadable, lines):
            storage.rename(building / path.name, path)
    engine.rename("reading_now", view)
    engine.rename("reading_now_unreadable", f"{view}_unreadable")
    storage.write_json(kept.with_suffix(".json"), asdict(read))


def _reopen(engine: Engine, kept: Path, view: str) -> ReadFile:
    engine.open_parquet(view, [kept.with_suffix(".parquet")], numbered=False)
    engine.open_parquet(f"{view}_unreadable", [kept.with_suffix(".unreadable.parquet")], numbered=False)
    content = storage.read_json(kept.with_suffix(".json"))
    return ReadFile.from_json(content)


def _refuse_mixture(read: Sequence[ReadFile]) -> None:
    with_money = [entry.file.name for entry in read if entry.has_amounts]
    without = [entry.file.name for entry in read if not entry.has_amounts]
    if with_money and without:
        raise AmbiguousInput(
            Problem(
                f"{', '.join(without)} has no amounts, {', '.join(with_money)} has.",
                "amounts in all files or in none.",
                "name the amount column (--map amount=COLUMN), or leave these files out.",
            )
        )


def _unite(engine: Engine, read: Sequence[ReadFile]) -> None:
    for number, entry in enumerate(read):
        engine.project(f"lines_{number}", f"file_{number}", _columns(engine, number, entry, alone=len(read) == 1))
    engine.union("read_lines", [f"lines_{number}" for number in range(len(read))])
    for number in range(len(read)):
        columns = {
            "file_id": Reading(arguments=(number,), type="integer"),
            "line": Reading(("line",)),
            "reason": Reading(("reason",)),
            "raw": Reading(("raw",)),
        }
        engine.project(f"unreadable_{number}", f"file_{number}_unreadable", columns)
    engine.union("unreadable_lines", [f"unreadable_{number}" for number in range(len(read))])


def _columns(engine: Engine, number: int, entry: ReadFile, *, alone: bool) -> dict[str, Reading]:
    kinds = engine.columns(f"file_{number}")
    # Whole numbers as ids are faster to group; several files may mix both kinds, so there all are text.
    is_text = kinds["customer_id"] == "VARCHAR"
    columns = {"file_id": Reading(arguments=(number,), type="integer"), **{column: Reading((column,)) for column in kinds}}
    if not alone:
        columns["customer_id"] = Reading(("customer_id",), type="varchar")
    columns["amount_expected"] = Reading(arguments=(entry.has_amounts,), type="boolean")
    columns["id_is_sound"] = Reading(("customer_id",), "id_is_sound") if is_text else Reading(arguments=(True,), type="boolean")
    return columns
