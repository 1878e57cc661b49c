"""The records of this room: what a caller wants, what a source finds, what an inspection tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kundenwert.errors import AmbiguousInput, DataError, MissingColumn, Problem, SettingsError, UnreadableInput
from kundenwert.records import InputFile

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

_SHORT = 40


def short(value: object) -> str:
    """A value for a message: one line, at most some forty characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


@dataclass(frozen=True)
class Wanted:
    """Explicit choices for reading; None, or a role that is not named, means: find out.

    mapping: role -> column name, or "#3" for the third column, or "" for a role that no column has. columns: names, in order,
    of the columns of a file without header. net: whether the amount is net of tax. tax_rate: 0.19 is 19 %.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    decimal_mark: str | None = None
    thousands_mark: str | None = None
    date_format: str | None = None
    sheet: str | None = None
    tax_rate: float | None = None
    net: bool | None = None


@dataclass(frozen=True)
class Fact:
    """One thing found out about an input: what, its value, and why. A warning is something a person should look at."""

    name: str
    value: str
    reason: str
    warning: bool = False


@dataclass(frozen=True)
class Guess:
    """Which column was taken for a role, how its cells are read, and why. `samples` are some of its cells, cut short."""

    role: str
    column: str
    how: str
    arguments: tuple[str, ...]
    reason: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column of an opened source: its name for people, its name in the engine, its engine type."""

    name: str
    key: str
    type: str


@dataclass(frozen=True)
class Table:
    """What a source plug-in found: its columns and how to open its records as a view of an engine.

    open: makes view `name` with the columns' keys and `record`. unreadable: makes the table of records that could not be
    split, or None where the format cannot have such records. delimiter: joins the cells of a record shown as text.
    """

    columns: tuple[Column, ...]
    open: Callable[[Engine, str], None]
    facts: tuple[Fact, ...] = ()
    problems: tuple[Problem, ...] = ()
    unreadable: Callable[[Engine, str], int] | None = None
    delimiter: str = ";"


@dataclass(frozen=True)
class Looked:
    """What the source plug-in says of a file: the table in it, and the file's own data."""

    table: Table
    file: InputFile


@dataclass(frozen=True)
class Trouble:
    """A problem and the exception it belongs to."""

    failure: type[DataError]
    problem: Problem


_KINDS = (UnreadableInput, SettingsError, MissingColumn, AmbiguousInput)


def raised(troubles: tuple[Trouble, ...]) -> DataError:
    """One exception with all problems: of the common class, or a plain DataError if they differ."""
    kinds = {trouble.failure for trouble in troubles}
    failure = kinds.pop() if len(kinds) == 1 else DataError
    return failure(*(trouble.problem for trouble in troubles))


@dataclass(frozen=True)
class Inspected:
    """What one look at an input found. Nothing of it is hidden: each fact and each guess carries its reason.

    file: name, size, sha256, records. source: the plug-in that reads it. unmapped: columns without a role. has_amounts: money
    can be read or computed. gross: how a gross amount becomes net, "" if it need not. readings: what `open_lines` works with.
    """

    file: InputFile
    source: str
    facts: tuple[Fact, ...]
    guesses: tuple[Guess, ...]
    unmapped: tuple[str, ...]
    has_amounts: bool
    troubles: tuple[Trouble, ...]
    table: Table
    readings: Any

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps the input from being read; empty if it can be."""
        return tuple(trouble.problem for trouble in self.troubles)

    @property
    def warnings(self) -> tuple[Fact, ...]:
        """Facts a person should look at."""
        return tuple(fact for fact in self.facts if fact.warning)

    def or_raise(self) -> Inspected:
        """Itself if the input can be read, else one exception with every problem."""
        if self.troubles:
            raise raised(self.troubles)
        return self
