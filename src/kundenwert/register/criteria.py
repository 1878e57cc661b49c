"""The criteria customers are rated on: names in German and English, and limits of points. They ship as data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from kundenwert.records import Criterion

__all__ = ["HIGHEST", "LOWEST", "Criterion", "criteria", "further"]

# Points of every criterion; 10 is always favourable.
LOWEST, HIGHEST = Decimal(0), Decimal(10)


def criteria(own: Iterable[str] = ()) -> tuple[Criterion, ...]:
    """The 12 criteria that ship, then those a project has added itself."""
    shipped = _shipped("criteria")
    added = [Criterion(name) for name in own if not any(one.is_called(name) for one in (*shipped, *further()))]
    return (*shipped, *added)


def further() -> tuple[Criterion, ...]:
    """Criteria that can be rated too and count for nothing until a project gives them a weight."""
    return _shipped("further")


@cache
def _shipped(kind: str) -> tuple[Criterion, ...]:
    text = resources.files("kundenwert").joinpath("register", "criteria.toml").read_text(encoding="utf-8")
    return tuple(_criterion(entry) for entry in tomllib.loads(text, parse_float=Decimal)[kind])


def _criterion(entry: Mapping[str, Any]) -> Criterion:
    return Criterion(**entry)
