"""The first records of an input for people to look at: each cell as it stands, and what it is read as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenwert.engines._engine import Reading
from kundenwert.sources._company import TableReadings, open_table
from kundenwert.sources._inspect import open_lines
from kundenwert.sources._records import Inspected, Table

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_RAW = "first_raw"
_VIEW = "first_lines"
_AS_DAY = "day"


@dataclass(frozen=True)
class FirstRows:
    """cells: for each of the first records its cells as text, in the order of the columns. read: role -> value, as it is read."""

    cells: tuple[tuple[str, ...], ...]
    read: tuple[Mapping[str, Any], ...]


def first_rows(engine: Engine, inspected: Inspected, *, count: int) -> FirstRows:
    """The first `count` records. What cannot be read yet has only its cells. Days of sales lines are numbers since 1970."""
    cells = _cells(engine, inspected.table, count) if inspected.table.columns else ()
    if inspected.troubles or inspected.readings is None:
        return FirstRows(cells, ())
    is_table = isinstance(inspected.readings, TableReadings)
    (open_table if is_table else open_lines)(engine, inspected, _VIEW)
    roles = _roles(inspected, engine.columns(_VIEW))
    columns = {"record": Reading(("record",)), **{role: Reading((column,)) for role, column in roles.items()}}
    engine.project("first_rows", _VIEW, columns)
    rows = engine.rows("sources/first_rows.sql", count=count)
    return FirstRows(cells, tuple({role: row[role] for role in roles} for row in rows))


def _cells(engine: Engine, table: Table, count: int) -> tuple[tuple[str, ...], ...]:
    table.open(engine, _RAW)
    texts = {f"raw_{place}": Reading((column.key,), type="VARCHAR") for place, column in enumerate(table.columns)}
    engine.project("first_rows", _RAW, {"record": Reading(("record",)), **texts})
    rows = engine.rows("sources/first_rows.sql", count=count)
    return tuple(tuple("" if row[name] is None else str(row[name]) for name in texts) for row in rows)


def _roles(inspected: Inspected, there: Mapping[str, str]) -> dict[str, str]:
    """Role -> column of the view that holds what it is read as."""
    named = {guess.role: _AS_DAY if guess.role == "date" and _AS_DAY in there else guess.role for guess in inspected.guesses}
    return {role: column for role, column in named.items() if column in there}
