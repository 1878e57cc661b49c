"""Looks at one input and says what it is: layout, roles, how its cells are read, and what must be settled before it can be."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from kundenwert import registry
from kundenwert.errors import AmbiguousInput, Problem, SettingsError, UnreadableInput
from kundenwert.records import InputFile
from kundenwert.sources._bytes import kind_of
from kundenwert.sources._check import extent, wrong_types
from kundenwert.sources._lines import Readings, family, open_shape
from kundenwert.sources._money import Money, money
from kundenwert.sources._records import Column, Fact, Inspected, Looked, Table, Trouble, Wanted, short
from kundenwert.sources._roles import Assigned, assign
from kundenwert.sources._shapes import Shape, date_shape, mark_shapes
from kundenwert.sources._tell import guesses, notes, samples_of
from kundenwert.tables import transactions

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_RAW = "inspected_raw"
# Engines that know the reading macros: to define them takes longer than to read a small file.
_PREPARED: WeakSet[Engine] = WeakSet()
_SUFFIXES = {
    "parquet": {".parquet", ".pq"},
    "zip": {".xlsx", ".xlsm"},
    "ole": {".xls"},
    "text": {".csv", ".tsv", ".txt", ".tab", ".asc", ".dat", ".gz"},
}
_MEANT = {
    ".xlsx": "XLSX",
    ".xlsm": "XLSX",
    ".xls": "old Excel",
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".csv": "CSV",
    ".tsv": "TSV",
    ".txt": "text",
}


def inspect(engine: Engine, source: Any, wanted: Wanted, *, scratch: Path, hashed: bool = True) -> Inspected:
    """What `source` (a path, or a pandas, polars or arrow object) holds and how it would be read."""
    name, looked = looked_at(engine, source, wanted, scratch, hashed=hashed)
    table, troubles = with_names(looked.table, wanted, looked.file.name)
    if troubles:
        return told(name, looked, table, troubles)
    assigned = assign(table.columns, wanted, looked.file.name)
    table.open(engine, _RAW)
    return _read(engine, name, dataclasses.replace(looked, table=table), assigned, wanted)


def open_lines(engine: Engine, inspected: Inspected, view: str) -> InputFile:
    """Makes view `view` with the columns that every source promises, and table `view`_unreadable: line, reason, raw."""
    inspected.or_raise()
    _prepare(engine)
    unreadable_records(engine, inspected, view)
    open_shape(engine, view, inspected.table, inspected.readings)
    return inspected.file


def unreadable_records(engine: Engine, inspected: Inspected, view: str) -> None:
    """Makes table `view`_unreadable; raises UnreadableInput if a quote that is never closed would swallow lines."""
    if inspected.table.unreadable:
        lost = inspected.table.unreadable(engine, "inspected_unreadable")
        _check_lost(engine, inspected, lost)
        engine.table(f"{view}_unreadable", "sources/unreadable.sql")
    else:
        engine.table(f"{view}_unreadable", "sources/no_unreadable.sql")


def _prepare(engine: Engine) -> None:
    if engine not in _PREPARED:
        engine.script("tables/readings.sql")
        _PREPARED.add(engine)


def looked_at(engine: Engine, source: Any, wanted: Wanted, scratch: Path, *, hashed: bool) -> tuple[str, Looked]:
    """The name of the plug-in that reads `source`, and what it says of it. The engine knows the reading macros from here on."""
    _prepare(engine)
    if not isinstance(source, str | Path):
        return "frame", registry.load("sources", "frame")().look(engine, source, wanted, scratch, kind="frame", hashed=hashed)
    path = Path(source)
    kind = checked_kind(path)
    names = registry.names("sources")
    name = next((name for name in names if kind in registry.load("sources", name).kinds), "delimited")
    looked: Looked = registry.load("sources", name)().look(engine, path, wanted, scratch, kind=kind, hashed=hashed)
    return name, _with_note(looked, path, kind)


def checked_kind(path: Path) -> str:
    """What kind of file it is; raises UnreadableInput if it is none or cannot be opened."""
    try:
        if path.is_dir():
            raise UnreadableInput(Problem("This is a folder.", "a file.", "name the files in it.", file=str(path)))
        kind = kind_of(path)
    except FileNotFoundError as err:
        near = _near_files(path)
        raise UnreadableInput(Problem(f"There is no such file.{near}", "a file that exists.", "correct the path.", file=str(path))) from err
    except OSError as err:
        raise UnreadableInput(
            Problem(f"The file cannot be opened: {err.strerror}.", "a file that may be read.", "check its rights.", file=str(path))
        ) from err
    return kind


def _near_files(path: Path) -> str:
    import difflib

    if not path.parent.is_dir():
        return f" There is no folder {path.parent} either."
    near = difflib.get_close_matches(path.name, sorted(other.name for other in path.parent.iterdir()), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _with_note(looked: Looked, path: Path, kind: str) -> Looked:
    """A file that is called other than it is gets read by what it is, with a note."""
    suffix = path.suffix.lower()
    if suffix not in _MEANT or suffix in _SUFFIXES["text" if kind == "gzip" else kind]:
        return looked
    note = Fact("name", suffix, f"it is called {_MEANT[suffix]}, but is {_WHAT[kind]}, and is read as that", warning=True)
    return dataclasses.replace(looked, table=dataclasses.replace(looked.table, facts=(*looked.table.facts, note)))


_WHAT = {"text": "delimited text", "gzip": "a gzip archive", "zip": "an XLSX workbook", "parquet": "a Parquet file"}


def with_names(table: Table, wanted: Wanted, file: str) -> tuple[Table, tuple[Trouble, ...]]:
    """The names a person gave for the columns, if so; a table without any names is a question."""
    if wanted.columns and len(wanted.columns) != len(table.columns):
        return table, (_count_trouble(len(wanted.columns), table, file),)
    if wanted.columns:
        named = (dataclasses.replace(column, name=name) for column, name in zip(table.columns, wanted.columns, strict=True))
        return dataclasses.replace(table, columns=tuple(named)), ()
    if not any(column.name.strip() for column in table.columns):
        return table, (_nameless(table, file),)
    return table, ()


def _count_trouble(named: int, table: Table, file: str) -> Trouble:
    problem = Problem(
        f"--columns names {named:,} columns, the file has {len(table.columns):,}.",
        "one name for each column, in order.",
        "give as many names; a column that is not needed may have any name.",
        file=file,
    )
    return Trouble(SettingsError, problem)


def _nameless(table: Table, file: str) -> Trouble:
    header = next((fact.reason for fact in table.facts if fact.name == "header"), "")
    example = ",".join(("customer_id", "date", "amount", "quantity", *(f"other{place}" for place in range(5, 100)))[: len(table.columns)])
    problem = Problem(
        f"The file has no header: {header}.",
        "a line with the names of the columns, or their names given by you.",
        f"name the {len(table.columns):,} columns in order, such as --columns {short(example)}",
        file=file,
    )
    return Trouble(AmbiguousInput, problem)


def told(name: str, looked: Looked, table: Table, troubles: tuple[Trouble, ...]) -> Inspected:
    """An input whose columns are not known: what stands in its way is all there is to tell."""
    unmapped = tuple(column.name for column in table.columns)
    return Inspected(looked.file, name, table.facts, (), unmapped, has_amounts=False, troubles=troubles, table=table, readings=None)


def _read(engine: Engine, name: str, looked: Looked, assigned: Assigned, wanted: Wanted) -> Inspected:
    file, table = looked.file, looked.table
    amount = money(assigned, wanted, file.name)
    used = _used(assigned, amount)
    shapes = _shapes(engine, used, wanted, file.name)
    readings = Readings(used, {key: shape.value for key, shape in shapes.items() if key}, shapes[""].value, amount)
    troubles = [
        *assigned.troubles,
        *amount.troubles,
        *wrong_types(used, file.name),
        *(t for shape in _unique(shapes) for t in shape.troubles),
    ]
    lines = 0
    if not troubles:
        lines, more = extent(engine, _RAW, readings, file.name)
        troubles += more
    samples = samples_of(engine, _RAW, used)
    return Inspected(
        file=dataclasses.replace(file, lines=lines),
        source=name,
        facts=(*table.facts, *notes(table, readings, shapes, samples)),
        guesses=guesses(readings, assigned, shapes, samples),
        unmapped=tuple(column.name for column in table.columns if column not in used.values()),
        has_amounts=bool(amount.base),
        troubles=tuple(troubles),
        table=table,
        readings=readings,
    )


def _unique(shapes: Mapping[str, Shape]) -> Iterator[Shape]:
    """Each shape once: a choice of a person that is wrong is shared by all columns and told once."""
    seen: list[Shape] = []
    for shape in shapes.values():
        if shape not in seen:
            seen.append(shape)
            yield shape


def _used(assigned: Assigned, amount: Money) -> dict[str, Column]:
    """The columns that are read: of the ways to an amount only the one taken."""
    other = {"amount", "gross_amount", "tax"} - set(amount.base) - ({"tax"} if amount.conversion == "tax" else set())
    return {role: column for role, column in assigned.columns.items() if role not in other}


def _shapes(engine: Engine, used: Mapping[str, Column], wanted: Wanted, file: str) -> dict[str, Shape]:
    """The shape of each text column with numbers by its key, and that of the date under ""."""
    numbers = [used[role] for role in transactions.NUMBERS if role in used and family(used[role]) == "text"]
    distinct = list({column.key: column for column in numbers}.values())
    return {"": _date_shape(engine, used.get("date"), wanted, file), **mark_shapes(engine, _RAW, distinct, wanted, file)}


def _date_shape(engine: Engine, column: Column | None, wanted: Wanted, file: str) -> Shape:
    if column is None:
        return Shape()
    if family(column) in {"day", "moment"}:
        return Shape("", f"the column holds days already ({column.type})")
    return date_shape(engine, _RAW, column, wanted, file)


def _check_lost(engine: Engine, inspected: Inspected, lost: int) -> None:
    name = inspected.file.name
    if not inspected.file.lines:
        came = f"None of {lost:,} records could be split into cells." if lost else "There is a header, but no line of data."
        raise UnreadableInput(Problem(came, "lines of data.", "check the delimiter and export again.", file=name))
    swallowed = engine.rows("sources/swallowed.sql") if lost else []
    if swallowed:
        problem = Problem(
            f"A quote is opened and never closed: {swallowed[0]['lines']:,} lines would be lost in one cell.",
            "each quote closed in its own record.",
            "close or remove the quote, or export the file again.",
            file=name,
            line=swallowed[0]["line"],
        )
        raise UnreadableInput(problem)


__all__ = ["inspect", "open_lines"]
