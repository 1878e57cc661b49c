"""What an inspection tells people: facts beyond the layout, and each guess with its reason and samples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kundenwert.engines._engine import Reading
from kundenwert.sources._lines import Readings
from kundenwert.sources._records import Column, Fact, Guess, Table, short
from kundenwert.sources._roles import Assigned
from kundenwert.sources._shapes import Shape

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_SAMPLES = 5
_SCIENTIFIC = re.compile(r"\d[.,]?\d*[eE]\+\d+")


def notes(table: Table, readings: Readings, shapes: Mapping[str, Shape], samples: Mapping[str, tuple[str, ...]]) -> Iterator[Fact]:
    """Facts about columns and cells."""
    double = [name for name, count in Counter(column.name for column in table.columns).items() if name and count > 1]
    if double:
        yield Fact("columns", short(", ".join(double)), "columns of the same name; in a mapping #2 is the second column")
    if any(map(_SCIENTIFIC.fullmatch, samples.get("customer_id", ()))):
        yield Fact("customer_id", "damaged", "ids such as 4,01E+12 have lost their last digits in a spreadsheet", warning=True)
    for role, column in readings.columns.items():
        shape = shapes.get("" if role == "date" else column.key)
        if shape is not None and shape.warning:
            yield Fact(role, short(column.name), f"{shape.reason}; what cannot be read is rejected", warning=True)


def guesses(
    readings: Readings, assigned: Assigned, shapes: Mapping[str, Shape], samples: Mapping[str, tuple[str, ...]]
) -> tuple[Guess, ...]:
    """One guess for each role that has a column."""
    return tuple(_guess(role, column, readings, assigned, shapes, samples.get(role, ())) for role, column in readings.columns.items())


def samples_of(engine: Engine, raw: str, columns: Mapping[str, Column]) -> dict[str, tuple[str, ...]]:
    """Different cells of each column that has a role, from the first records."""
    if not columns:
        return {}
    engine.project("inspected_sample", raw, {role: Reading((column.key,), type="VARCHAR") for role, column in columns.items()})
    rows = engine.rows("sources/sample.sql")
    return {role: tuple(dict.fromkeys(short(row[role]) for row in rows if row[role])) for role in columns}


def _guess(
    role: str, column: Column, readings: Readings, assigned: Assigned, shapes: Mapping[str, Shape], samples: tuple[str, ...]
) -> Guess:
    how, reason = "as it is", assigned.reasons[role]
    arguments: tuple[str, ...] = ()
    shape = shapes.get("" if role == "date" else column.key, Shape())
    if shape.reason:
        reason += f"; {shape.reason}"
    if shape.value:
        how, arguments = ("date" if role == "date" else "number", (shape.value,))
    if readings.money.base and role == readings.money.base[0] and readings.money.reason:
        reason += f"; amount: {readings.money.reason}"
    return Guess(role, column.name, how, arguments, reason, samples[:_SAMPLES])
