"""The runs of a project: list, find, read, publish (design.md, A run on disk)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kundenwert.errors import Problem, StorageError, UnknownName
from kundenwert.runs import storage


@dataclass(frozen=True)
class Run:
    """A finished run: its folder and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        """The folder's name, such as 2026-11-22T0915Z-4f2a."""
        return self.folder.name

    @property
    def as_of(self) -> date:
        """The day everything in the run is valued at."""
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def customers(self) -> Path:
        """The table with one row a customer."""
        return self.folder / "customers.parquet"


def runs_folder(project: Path) -> Path:
    """Where a project keeps its runs."""
    return project / "runs"


def names(project: Path) -> list[str]:
    """The names of all finished runs, oldest first."""
    folder = runs_folder(project)
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith(".") and (entry / "manifest.json").is_file())


def current(project: Path) -> str | None:
    """The name of the run that counts, or None before the first one."""
    with contextlib.suppress(OSError):
        name = (runs_folder(project) / "current").read_text(encoding="utf-8").strip()
        if name in names(project):
            return name
    return None


def read(project: Path, name: str | None = None) -> Run:
    """A run by name; without one the current run. Raises UnknownName with the runs there are."""
    known = names(project)
    chosen = name or current(project)
    if chosen is None:
        raise StorageError(
            Problem(
                f"{project} holds no finished run.", "a project that was valued.", "value it with `kundenwert run DIR`.", file=str(project)
            )
        )
    if chosen not in known:
        raise UnknownName(chosen, f"the runs of {project}", known)
    folder = runs_folder(project) / chosen
    return Run(folder, storage.read_json(folder / "manifest.json"))


@contextlib.contextmanager
def building(project: Path) -> Iterator[Path]:
    """A hidden folder to build a run in; it vanishes unless it is published. First removes what killed runs left in the project."""
    for parent in storage.folders_of(project, depth=2):
        storage.remove_leftovers(parent)
    with storage.building(runs_folder(project), "run") as folder:
        yield folder


def free_name(project: Path, created: datetime, fingerprint: str) -> str:
    """A name that no run has: the minute, and four signs that follow from what was valued and how."""
    return storage.free_name(runs_folder(project), created, fingerprint)


def publish(project: Path, folder: Path, *, name: str, as_of: date, force: bool) -> tuple[str, bool]:
    """Gives a complete building folder its name and moves `current` to it, unless the current run's as-of is later.

    Returns the name and whether `current` moved. `force` moves it in any case. Where another run has taken the name in the
    meantime, a number is added.
    """
    target = storage.publish(folder, runs_folder(project), name)
    previous = current(project)
    moves = force or previous is None or read(project, previous).as_of <= as_of
    if moves:
        storage.write_text(runs_folder(project) / "current", target.name + "\n")
    return target.name, moves
