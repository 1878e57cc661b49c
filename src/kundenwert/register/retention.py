"""The retention calendar: how long records are kept, as data, and from which day on they are due."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import resources


@dataclass(frozen=True)
class Rule:
    """How long a class of records is kept. tables: table of the ledger -> its column with the day; register: tables of the register.

    years: from the end of the calendar year on. duty: whether they must be kept so long, or may be kept no longer without a purpose.
    """

    name: str
    german: str
    years: int
    duty: bool
    basis: str
    tables: Mapping[str, str] = field(default_factory=dict)
    register: tuple[str, ...] = ()

    def until(self, year: int) -> date:
        """The last day on which records of a year are kept."""
        return date(year + self.years, 12, 31)

    def is_due(self, year: int, today: date) -> bool:
        """Whether records of a year have been kept long enough."""
        return today > self.until(year)


def rules() -> tuple[Rule, ...]:
    """The calendar that ships."""
    text = resources.files("kundenwert").joinpath("register", "retention.toml").read_text(encoding="utf-8")
    return tuple(Rule(**{**entry, "register": tuple(entry.get("register", ()))}) for entry in tomllib.loads(text)["rules"])
