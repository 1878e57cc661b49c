"""The plans of a project: list, find, read, publish. A plan never changes; what is measured of it later is put beside."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kundenwert.errors import Problem, StorageError, UnknownName
from kundenwert.runs import storage

CONTENT, LINES, HELD_OUT, DRAWN = "plan.json", "lines.parquet", "held_out.parquet", "drawn.parquet"


@dataclass(frozen=True)
class StoredPlan:
    """A finished plan: its folder and what stands in plan.json."""

    folder: Path
    content: dict[str, Any]

    @property
    def name(self) -> str:
        """The folder's name, such as 2026-11-22T0915Z-4f2a."""
        return self.folder.name

    @property
    def run(self) -> str:
        """The run it was made from."""
        return str(self.content["run"])

    @property
    def as_of(self) -> date:
        """The day from which it spends."""
        return date.fromisoformat(self.content["as_of"])

    @property
    def lines(self) -> Path:
        """What is to be done, one row a customer and action."""
        return self.folder / LINES

    @property
    def held_out(self) -> Path:
        """Who is left out by chance, and what each would have got."""
        return self.folder / HELD_OUT

    @property
    def drawn(self) -> Path:
        """Who could have been left out by chance and was not, and what was meant for each before anybody was left out."""
        return self.folder / DRAWN


def plans_folder(project: Path) -> Path:
    """Where a project keeps its plans."""
    return project / "plans"


def names(project: Path) -> list[str]:
    """The names of all finished plans, oldest first."""
    folder = plans_folder(project)
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith(".") and (entry / CONTENT).is_file())


def read(project: Path, name: str | None = None) -> StoredPlan:
    """A plan by its name or the beginning of it, if only one begins so; by the name of its section the newest of that, without any of all.

    Raises UnknownName, StorageError.
    """
    known = names(project)
    if not known:
        came = f"{project} holds no plan."
        raise StorageError(Problem(came, "a project with a plan.", "make one with `kundenwert plan NAME`.", file=str(project)))
    alike = [one for one in known if name and one.startswith(name)]
    chosen = _newest(project, known) if name is None else name if name in known else alike[0] if len(alike) == 1 else None
    if chosen is None and not alike:
        chosen = _newest_called(project, known, str(name))
    if chosen is None:
        raise UnknownName(str(name), f"the plans of {project}", alike or known)
    folder = plans_folder(project) / chosen
    return StoredPlan(folder, storage.read_json(folder / CONTENT))


def _newest(project: Path, known: list[str]) -> str:
    """Of the plans of the last minute the one made last: their names say no more than the minute."""
    minute = known[-1].rpartition("-")[0]
    return max((name for name in known if name.startswith(minute)), key=lambda name: (created(project, name), name))


def _newest_called(project: Path, known: list[str], name: str) -> str | None:
    """The newest plan made by a section [plans.NAME], or by a decision of that name with its defaults."""
    found = [one for one in known if storage.read_json(plans_folder(project) / one / CONTENT).get("name") == name]
    return _newest(project, found) if found else None


def created(project: Path, name: str) -> str:
    """When a plan was made, ISO, UTC, to the second."""
    return str(storage.read_json(plans_folder(project) / name / CONTENT).get("created", ""))


@contextlib.contextmanager
def building(project: Path) -> Iterator[Path]:
    """A hidden folder to build a plan in; it vanishes unless it is published. First removes what killed processes left."""
    with storage.building(plans_folder(project), "plan") as folder:
        yield folder
