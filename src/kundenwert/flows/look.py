"""Looks at finished runs; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from kundenwert.runs import store


@dataclass(frozen=True)
class RunLine:
    """A run in a list."""

    name: str
    as_of: str
    created: str
    customers: int
    yardstick: str
    clv: Decimal | None
    currency: str
    is_current: bool


def list_runs(project: Path) -> list[RunLine]:
    """All runs of a project, oldest first."""
    current = store.current(project)
    lines = [_line(store.read(project, name), is_current=name == current) for name in store.names(project)]
    # The names say the minute only.
    return sorted(lines, key=lambda line: (line.created, line.name))


def _line(run: store.Run, *, is_current: bool) -> RunLine:
    manifest, totals = run.manifest, run.manifest["totals"]
    return RunLine(
        name=run.name,
        as_of=manifest["as_of"],
        created=manifest["created"],
        customers=totals["customers"],
        yardstick=manifest["yardstick"],
        clv=None if totals["clv"] is None else Decimal(totals["clv"]),
        currency=manifest["currency"],
        is_current=is_current,
    )


def manifest(project: Path, name: str | None = None) -> dict[str, Any]:
    """The manifest of a run; without a name that of the current run."""
    return store.read(project, name).manifest
