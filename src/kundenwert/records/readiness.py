"""How ready the data are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kundenwert.records.notices import Notice


@dataclass(frozen=True)
class ReadinessReason:
    """Why the grade of the data is not better: with it, no grade above `grade` is given."""

    grade: str
    notice: Notice


@dataclass(frozen=True)
class TableReadiness:
    """One table of the company. state: "missing", "thin" (less than the least) or "good". filled: role -> share of the records with a cell.

    days: from the first to the last record, None where the table has no day. unknown: share of its customer numbers that nobody
    knows, None where it has none. adds: what the table adds, one sentence. short: what it lacks.
    """

    table: str
    state: str
    records: int
    least: int
    days: int | None
    least_days: int
    filled: Mapping[str, float]
    unknown: float | None
    adds: str
    short: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Readiness:
    """The grade of the data from A to E, why it is not better (the gravest first), the tables, and what pieces of the lines add.

    pieces: role of the sales lines -> (share of the lines that have it, what it adds).
    """

    grade: str
    reasons: tuple[ReadinessReason, ...]
    customers: int
    returning: int
    repeat_purchases: int
    days: int
    first: date | None
    last: date | None
    tables: tuple[TableReadiness, ...]
    pieces: Mapping[str, tuple[float, str]]


@dataclass(frozen=True)
class GradedRun:
    """The readiness of a run's data with the basis it is shown with."""

    run: str
    title: str
    as_of: date
    created: datetime
    version: str
    readiness: Readiness
