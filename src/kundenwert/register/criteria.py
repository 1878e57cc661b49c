"""The criteria customers are rated on: names in German and English, and limits of points. They ship as data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources

# Points of every criterion; 10 is always favourable.
LOWEST, HIGHEST = Decimal(0), Decimal(10)


@dataclass(frozen=True)
class Criterion:
    """One criterion. name: as it is stored; english: the other name people may call it by; ten: what 10 points mean."""

    name: str
    english: str = ""
    ten: str = ""
    companies_only: bool = False

    def is_called(self, word: str) -> bool:
        """Whether people call it so, in German or English, in capitals or not."""
        return word.strip().casefold() in {self.name.casefold(), self.english.casefold()} - {""}


def criteria(own: Iterable[str] = ()) -> tuple[Criterion, ...]:
    """The 12 criteria that ship, then those a project has added itself."""
    text = resources.files("kundenwert").joinpath("register", "criteria.toml").read_text(encoding="utf-8")
    shipped = [Criterion(**entry) for entry in tomllib.loads(text)["criteria"]]
    added = [Criterion(name) for name in own if not any(one.is_called(name) for one in shipped)]
    return (*shipped, *added)
