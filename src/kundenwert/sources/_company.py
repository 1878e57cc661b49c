"""A file as one of the company's tables: which column has which role, how its cells are read, and the view of its records."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines._engine import Reading
from kundenwert.errors import Problem, UnreadableInput
from kundenwert.records import InputFile
from kundenwert.sources._inspect import looked_at, told, unreadable_records, with_names
from kundenwert.sources._lines import family, number_reading
from kundenwert.sources._records import Column, Fact, Guess, Inspected, Looked, Trouble, Wanted, short
from kundenwert.sources._roles import Assigned, Meanings, assign
from kundenwert.sources._shapes import DAY_MACROS, Shape, day_shapes, mark_shapes
from kundenwert.sources._tell import samples_of
from kundenwert.tables.company._checked import prepare
from kundenwert.tables.company._shape import NUMBERS, SQL_TYPES, CompanyTable

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_RAW = "inspected_raw"
_SAMPLES = 5
_TEXT_MACROS = {"money": "read_amount", "number": "read_amount", "rate": "read_rate", "whole": "read_whole"}
_TYPED_MACROS = {"money": "amount_typed", "number": "amount_typed", "rate": "rate_typed", "whole": "whole_typed"}
_WORDS = {"id": "read_id", "text": "read_text"}


@dataclass(frozen=True)
class TableReadings:
    """How a file becomes records of `table`. columns: role -> column; shapes: role -> date format or decimal mark of text cells."""

    table: CompanyTable
    columns: Mapping[str, Column]
    shapes: Mapping[str, Shape]


def meanings_of(table: CompanyTable) -> Meanings:
    """The roles of a table. Several columns that could be an optional role are told, not asked: the role stays empty."""
    asked = frozenset({*table.needed, *((table.money,) if table.money else ())})
    return Meanings(table.roles, prefix=f"{table.name}.", shares=False, asked=asked)


def inspect_table(engine: Engine, source: Any, table: CompanyTable, wanted: Wanted, *, scratch: Path, hashed: bool = True) -> Inspected:
    """What `source` holds and how it would be read as `table`."""
    name, looked = looked_at(engine, source, wanted, scratch, hashed=hashed)
    prepare(engine)
    layout, troubles = with_names(looked.table, wanted, looked.file.name)
    if troubles:
        return told(name, looked, layout, troubles)
    assigned = assign(layout.columns, wanted, looked.file.name, meanings_of(table))
    layout.open(engine, _RAW)
    return _inspected(engine, name, dataclasses.replace(looked, table=layout), table, assigned, wanted)


def _inspected(engine: Engine, name: str, looked: Looked, table: CompanyTable, assigned: Assigned, wanted: Wanted) -> Inspected:
    used, file = assigned.columns, looked.file
    shapes = _shapes(engine, table, used, wanted, file.name)
    samples = samples_of(engine, _RAW, used)
    (count,) = engine.rows("sources/count.sql")
    troubles = [*assigned.troubles, *_wrong_types(table, used, file.name), *_own_troubles(shapes)]
    return Inspected(
        file=dataclasses.replace(file, lines=count["lines"]),
        source=name,
        facts=(*looked.table.facts, *_open_ties(table, assigned), *_warnings(shapes, used)),
        guesses=tuple(_guess(role, column, assigned, shapes.get(role, Shape()), samples.get(role, ())) for role, column in used.items()),
        unmapped=tuple(column.name for column in looked.table.columns if column not in used.values()),
        has_amounts=table.money in used,
        troubles=tuple(troubles),
        table=looked.table,
        readings=TableReadings(table, used, shapes),
    )


def _shapes(engine: Engine, table: CompanyTable, used: Mapping[str, Column], wanted: Wanted, file: str) -> dict[str, Shape]:
    texts = {role: column for role, column in used.items() if family(column) == "text"}
    days = {role: column for role, column in texts.items() if table.role(role).type == "day"}
    numbers = {role: column for role, column in texts.items() if table.role(role).type in NUMBERS}
    marks = mark_shapes(engine, _RAW, list({column.key: column for column in numbers.values()}.values()), wanted, file)
    # A number in place of a day is a count of days, or the digits of a day.
    counted = {
        role: column for role, column in used.items() if table.role(role).type == "day" and family(column) in {"integer", "number", "wide"}
    }
    return {
        **{role: marks[column.key] for role, column in numbers.items()},
        **day_shapes(engine, _RAW, {**days, **counted}, wanted, file, f"{table.name}.", table.needed),
    }


def _own_troubles(shapes: Mapping[str, Shape]) -> list[Trouble]:
    """Each trouble once: a wrong choice of a person is shared by all columns."""
    return list(dict.fromkeys(trouble for shape in shapes.values() for trouble in shape.troubles))


def _wrong_types(table: CompanyTable, used: Mapping[str, Column], file: str) -> Iterator[Trouble]:
    for role, column in used.items():
        type_ = table.role(role).type
        wrong = {"other"} if type_ == "day" else {"other", "day", "moment"} if type_ in NUMBERS else set()
        if family(column) in wrong:
            problem = Problem(
                f"The column {short(column.name)!r}, taken as {role}, holds {column.type}.",
                "days or text." if type_ == "day" else "numbers or text.",
                f"choose another column with --map {table.name}.{role}=COLUMN.",
                file=file,
            )
            yield Trouble(UnreadableInput, problem)


def _open_ties(table: CompanyTable, assigned: Assigned) -> Iterator[Fact]:
    for role in sorted(set(assigned.ties) - set(assigned.columns) - (meanings_of(table).asked or frozenset())):
        names = ", ".join(short(column.name) for column in assigned.ties[role])
        yield Fact(role, "left empty", f"several columns could be it: {names} (--map {table.name}.{role}=COLUMN chooses)", warning=True)


def _warnings(shapes: Mapping[str, Shape], used: Mapping[str, Column]) -> Iterator[Fact]:
    for role, shape in shapes.items():
        if shape.warning:
            yield Fact(role, short(used[role].name), f"{shape.reason}; what cannot be read is rejected or left empty", warning=True)


def _guess(role: str, column: Column, assigned: Assigned, shape: Shape, samples: tuple[str, ...]) -> Guess:
    reason = "; ".join(part for part in (assigned.reasons[role], shape.reason) if part)
    how = "as it is" if not shape.value else "number" if shape.value in {",", "."} else "date"
    return Guess(role, column.name, how, (shape.value,) if shape.value else (), reason, samples[:_SAMPLES])


def open_table(engine: Engine, inspected: Inspected, view: str) -> InputFile:
    """Makes view `view`: record, each role of the table and <role>_text, raw; and table `view`_unreadable: line, reason, raw."""
    inspected.or_raise()
    unreadable_records(engine, inspected, view)
    readings: TableReadings = inspected.readings
    inspected.table.open(engine, f"{view}_raw")
    engine.project(f"{view}_texts", f"{view}_raw", _texts(inspected, readings))
    raw = tuple(f"raw_{place}" for place in range(len(inspected.table.columns)))
    cells = {"record": Reading(("record",)), "raw_cells": Reading(raw, "list_value")}
    names = readings.table.names
    texts = {f"{role}_text": Reading((f"{role}_text",)) for role in names}
    engine.project(f"{view}_cells", f"{view}_texts", {**cells, **texts, **{role: _value(role, readings) for role in names}})
    engine.project(
        view,
        f"{view}_cells",
        {
            "record": Reading(("record",)),
            **{role: _typed(role, readings) for role in names},
            **texts,
            "raw": Reading(("raw_cells",), "joined", (inspected.table.delimiter,)),
        },
    )
    return inspected.file


def _texts(inspected: Inspected, readings: TableReadings) -> dict[str, Reading]:
    """Each role's cell as text, and as it is where its type says more than its text."""
    columns = readings.columns
    raw = {f"raw_{place}": Reading((column.key,), type="VARCHAR") for place, column in enumerate(inspected.table.columns)}
    return {
        "record": Reading(("record",), type="BIGINT"),
        **{f"{role}_text": _as_text(columns.get(role)) for role in readings.table.names},
        **{f"{role}_cell": Reading((columns[role].key,)) for role in readings.table.names if role in columns},
        **raw,
    }


def _as_text(column: Column | None) -> Reading:
    if column is None:
        return Reading(type="VARCHAR")
    # 13085.0 stands for 13085.
    return Reading((column.key,), "id_typed", type="VARCHAR") if family(column) == "number" else Reading((column.key,), type="VARCHAR")


def _value(role: str, readings: TableReadings) -> Reading:
    type_, column = readings.table.role(role).type, readings.columns.get(role)
    if column is None:
        return Reading(type="INTEGER" if type_ == "day" else "VARCHAR")
    if type_ == "day":
        return _day(role, column, readings.shapes.get(role, Shape()).value)
    if type_ in NUMBERS:
        cell = dataclasses.replace(column, key=f"{role}_cell")
        marks = {cell.key: readings.shapes[role].value} if role in readings.shapes else {}
        return number_reading(cell, marks, text=_TEXT_MACROS[type_], typed=_TYPED_MACROS[type_])
    inverse = "_inverse" if readings.table.is_inverse(role, column.name) else ""
    return Reading((f"{role}_text",), _WORDS.get(type_, f"read_{type_}") + inverse)


def _day(role: str, column: Column, shape: str) -> Reading:
    kind = family(column)
    if kind in {"day", "moment"}:
        return Reading((f"{role}_cell",), "day_typed" if kind == "day" else "day_of_moment", type="INTEGER")
    if not shape:
        return Reading(type="INTEGER")
    return Reading((f"{role}_text",), DAY_MACROS[shape], type="INTEGER")


def _typed(role: str, readings: TableReadings) -> Reading:
    type_ = readings.table.role(role).type
    return Reading((role,), "date_of_day", type="DATE") if type_ == "day" else Reading((role,), type=SQL_TYPES[type_])
