"""What screens read of a run instead of reckoning it anew, under `PROJECT/index/<run>/`: kept pages and the files of the customer list.

Nothing in there is part of a run: all of it can be made again, and is, as soon as it does not fit the run, the objections and the
erasures any more. An erasure removes the whole folder, for names stand in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import __version__
from kundenwert.errors import Bug, StorageError
from kundenwert.register.book import Register
from kundenwert.runs import storage, store

if TYPE_CHECKING:
    from kundenwert.flows.progress import Progress

_FOLDER, _PAGES = "index", "pages"
# Raised when the shape of what is kept changes.
_SHAPE = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\Z")
# What decides on what may be shown of whom.
_HEEDED = ("objections", "erased")
# Pages that are being made: whoever asks for one meanwhile waits for it instead of making it too.
_MAKING: dict[Path, threading.Lock] = {}
_MAKING_GUARD = threading.Lock()


def folder_of(project: Path, run: str) -> Path:
    """Where a project keeps what screens read of one run."""
    return project / _FOLDER / run


def stamp(project: Path, run: str | None = None) -> str:
    """Of what anything kept of a run was made: its manifest with the hashes of its tables, the runs beside it, objections, erasures,
    the version of the program. Another stamp means that what was kept does not count any more.
    """
    register = Register(project)
    # A step that a crash interrupted is finished first: it may be an objection.
    register.finish()
    made = hashlib.sha256(f"{_SHAPE}/{__version__}/{'/'.join(store.names(project))}".encode())
    source = store.runs_folder(project) / (run or store.read(project).name) / "manifest.json"
    for path in (source, *(register.table_file(table) for table in _HEEDED)):
        content = path.read_bytes() if path.is_file() else b""
        made.update(hashlib.sha256(content).digest())
    return made.hexdigest()[:32]


def kept(
    project: Path, run: str | None, name: str, make: Callable[[], dict[str, Any]], *, managers: frozenset[str] | None = None
) -> dict[str, Any]:
    """The content of a page of a run: the kept one where it still counts, else what `make` gives, which is kept from then on.

    name: letters, digits, "_", "-" and "."; all that the content depends on beside the run belongs in it. managers: for people who see
    the customers of some account managers only, these; pages of different people are kept apart. The content is plain JSON: money as
    text. Where nothing can be kept (no rights, full disk), the page is made each time.
    """
    if not _NAME.match(name):
        raise Bug(f"{name!r} is no name for a kept page. Please report this.")
    run = run or store.read(project).name
    path = folder_of(project, run) / _PAGES / f"{name}{_mark(managers)}.json"
    with _alone(path):
        now = stamp(project, run)
        found = _read(path, now)
        if found is None:
            found = json.loads(json.dumps(make(), allow_nan=False))
            # What was made while somebody objected or was erased may hold that person: shown once, but not kept.
            if stamp(project, run) == now:
                _write(path, now, found)
        return found


def ready(project: Path, run: str | None = None) -> bool:
    """Whether the customer list of a run can be opened at once."""
    from kundenwert.flows import customer_list

    return customer_list.ready(project, run)


def build(project: Path, run: str | None = None, *, progress: Progress | None = None) -> None:
    """Makes what takes long of a run: the files of its customer list. The job after a valuation calls it; it may be called again."""
    from kundenwert.flows import customer_list

    customer_list.build(project, run, progress=progress)


def forget(project: Path) -> None:
    """Removes everything kept of all runs of a project."""
    storage.remove(project / _FOLDER)


def _mark(managers: frozenset[str] | None) -> str:
    if managers is None:
        return ""
    return "~" + hashlib.sha256(json.dumps(sorted(managers)).encode()).hexdigest()[:24]


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    with _MAKING_GUARD:
        lock = _MAKING.setdefault(path, threading.Lock())
    with lock:
        yield


def _read(path: Path, now: str) -> dict[str, Any] | None:
    """A kept page; None where there is none, it is damaged, or it was made of something else."""
    try:
        page = json.loads(path.read_text(encoding="utf-8"))
        content = page["content"] if page["stamp"] == now else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return content if isinstance(content, dict) else None


def _write(path: Path, now: str, content: dict[str, Any]) -> None:
    with contextlib.suppress(StorageError):
        storage.write_text(path, json.dumps({"stamp": now, "content": content}, ensure_ascii=False, allow_nan=False) + "\n")
