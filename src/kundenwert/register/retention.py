"""The retention calendar: how long records are kept, as data, and from which day on they are due."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from typing import Any


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
    return tuple(Rule(**{**entry, "register": tuple(entry.get("register", ()))}) for entry in _content()["rules"])


def without_end() -> dict[str, str]:
    """Tables that are kept as long as the project stands, and why."""
    return dict(_content()["without_end"])


def _content() -> dict[str, Any]:
    return tomllib.loads(resources.files("kundenwert").joinpath("register", "retention.toml").read_text(encoding="utf-8"))


def over(rows: Sequence[tuple[int, Mapping[str, Any]]], table: str) -> list[int]:
    """The years of the decisions that are in force no more. rows: year and content of each decision, in their order.

    The last objection of a customer, the last consent on each channel, and the last release of each kind are in force as long as they say
    so; of definitions the last.
    """
    if table == "approvals":
        released = over([row for row in rows if "release" in row[1]], "releases")
        return [*released, *(year for year, content in rows if "release" not in content)]
    keys: dict[str, tuple[str, ...]] = {
        "consents": ("customer_id", "channel"), "objections": ("customer_id",), "definitions": (), "releases": ("release",),
    }  # fmt: skip
    if table not in keys:
        return [year for year, _ in rows]
    last = {tuple(content.get(name) for name in keys[table]): place for place, (_, content) in enumerate(rows)}
    ended = {"no", "withdrawn"}
    return [
        year
        for place, (year, content) in enumerate(rows)
        if last[tuple(content.get(name) for name in keys[table])] != place or content.get("status") in ended
    ]
