"""Which files of a project belong into a backup, and how they are read so that the copy fits together while others work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kundenwert.errors import Problem, StorageError
from kundenwert.register import files as register_files
from kundenwert.register.book import Register

# Made again from the run whenever it is missing.
_REBUILDABLE = {"index"}
_REGISTER = "register"
_CURRENT = "runs/current"


def copied(project: Path) -> Iterator[tuple[str, Path]]:
    """The files of a project, each with its name below the project, in the order in which they are to be read.

    The name of the current run comes first, so that a run published meanwhile is at most left out. The register comes last, under
    its lock. Runs and ledgers never change, an erasure excepted: then StorageError says that the copy must be made again.
    """
    # The name may go to another run at any time; the old one is as good.
    if (project / _CURRENT).is_file():
        yield _CURRENT, project / _CURRENT
    seen = {name: _stamp(file) for name, file in _below(project) if name != _CURRENT and not name.startswith(f"{_REGISTER}/")}
    for name in seen:
        yield name, project / name
    if any(_stamp(project / name) != stamp for name, stamp in seen.items()):
        raise StorageError(
            Problem(
                f"{project.name} was changed while it was copied, by an erasure or by hand.",
                "a project that nobody changes during the copy; new runs, plans and decisions do not disturb it.",
                "make the backup once more.",
                file=str(project),
            )
        )
    register = Register(project)
    if register.exists:
        with register_files.held(register.folder):
            for name, file in _below(register.folder):
                if name != "lock":
                    yield f"{_REGISTER}/{name}", file


def _below(folder: Path) -> list[tuple[str, Path]]:
    """All files, without links and without what is being built; names with slashes."""
    found = []
    for parent, folders, names in os.walk(folder):
        at = Path(parent)
        is_top = at == folder
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not (is_top and name in _REBUILDABLE))
        for name in sorted(names):
            file = at / name
            if not name.startswith(".building-") and not file.is_symlink():
                found.append((file.relative_to(folder).as_posix(), file))
    return found


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns
