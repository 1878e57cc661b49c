"""What a table of the company is: its roles, its key, its named rules, and which of its records count.

A record is in exactly one of five standings, tested in this order: *unreadable* (it could not be split into cells), *rejected* (a
rule is broken), *superseded* (a newer file holds another record of its key), *repeated* (it equals a record that counts), *good*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import final

from kundenwert.tables.transactions import Role, normalised
from kundenwert.tables.transactions import role as role_of_lines

STANDINGS = ("unreadable", "rejected", "superseded", "repeated", "good")

# What a role's cells are, and the column type they become. Words (business, stage ...) have their own macro read_<type>.
SQL_TYPES = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "day": "DATE",
    "money": "DECIMAL(18,6)",
    "number": "DECIMAL(18,6)",
    "rate": "DECIMAL(18,12)",
    "whole": "INTEGER",
    "flag": "BOOLEAN",
    "objection": "BOOLEAN",
    "treated": "BOOLEAN",
    "business": "VARCHAR",
    "stage": "VARCHAR",
    "period": "VARCHAR",
    "outcome": "VARCHAR",
}
# A line of sums at the end of an export stands in the first column that is needed.
NO_SUM = "record is no line of sums"
NUMBERS = frozenset({"money", "number", "rate", "whole"})


@dataclass(frozen=True)
class Limits:
    """The smallest and the largest number a role may have; None: no limit on that side."""

    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.low is not None and self.high is not None:
            return f"from {self.low:g} to {self.high:g}"
        return f"not below {self.low:g}" if self.low is not None else f"not above {self.high:g}"


@final
@dataclass(frozen=True)
class CompanyTable:
    """One table.

    key: roles that identify a record; a record in which one of them is empty, or all where there is no key, stands for itself.
    one_a_key: one record counts for a key, the last of the newest file; otherwise all that the newest file has of the key.
    keeps_repeats: identical records in one file are all counted (two visits on one day). newest: the day by which the age of
    a file is told; without it the file named later is newer. money: the role whose sum is reconciled. limits: numbers outside
    are not read. not_before: role -> the day it may not lie before. inverse: role -> known names of columns that say the
    opposite. words: words in file names that hint at the table. adds: what the table adds to customer value, one sentence.
    least: how many records are needed before it says anything, and least_days: how many days of history.
    """

    name: str
    about: str
    adds: str
    roles: tuple[Role, ...]
    key: tuple[str, ...] = ()
    one_a_key: bool = True
    keeps_repeats: bool = False
    newest: str = ""
    money: str = ""
    limits: Mapping[str, Limits] = field(default_factory=dict)
    not_before: Mapping[str, str] = field(default_factory=dict)
    inverse: Mapping[str, frozenset[str]] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    least: int = 1
    least_days: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the roles, in the order of the table's columns."""
        return tuple(role.name for role in self.roles)

    @property
    def needed(self) -> tuple[str, ...]:
        """The roles without which a record says nothing."""
        return tuple(role.name for role in self.roles if role.needed)

    def role(self, name: str) -> Role:
        """The role of that name."""
        return next(role for role in self.roles if role.name == name)

    def is_strict(self, name: str) -> bool:
        """Whether a cell of this role that cannot be read rejects its record; otherwise the cell is left empty and told."""
        return self.role(name).needed or name == self.money

    def is_inverse(self, name: str, column: str) -> bool:
        """Whether a column says the opposite of the role."""
        return normalised(column) in self.inverse.get(name, frozenset())

    def readable(self, name: str) -> str:
        """The rule that a cell of this role follows where there is one."""
        also = [str(self.limits[name])] if name in self.limits else []
        also += [f"not before {self.not_before[name]}"] if name in self.not_before else []
        return f"{name} is {' and '.join(['readable', *also])}"

    def rules(self) -> Iterator[str]:
        """Every rule whose breach rejects a record."""
        yield NO_SUM
        for role in self.roles:
            if role.needed:
                yield f"{role.name} is given"
            if self.is_strict(role.name):
                yield self.readable(role.name)
            if role.type == "id":
                yield f"{role.name} is sound"


def role(name: str, type_: str, about: str, *ranks: str, needed: bool = False) -> Role:
    """A role of a table; each rank holds known names in their normalised form, parted by blanks, best first."""
    return Role(name, type_, about, tuple(tuple(rank.split()) for rank in ranks), needed)


def customer(about: str = "The customer.", *more: str, needed: bool = True) -> Role:
    """The role customer_id with the names that sales lines have for it. more: further ranks of names."""
    ranks = role_of_lines("customer_id").ranks[:3] + tuple(tuple(rank.split()) for rank in more)
    return Role("customer_id", "id", about, ranks, needed)
