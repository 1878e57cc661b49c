"""Files that are whole or not there: atomic writes, renames with patience, folders that belong to a living process."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from kundenwert.errors import Problem, StorageError

# Virus scanners and indexers on Windows hold fresh files for a moment.
_RENAME_TRIES = 20
_RENAME_WAIT_SECONDS = 0.1


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns what the operating system says into a problem with a remedy."""
    try:
        yield
    except StorageError:
        raise
    except OSError as err:
        in_the_way = isinstance(err, FileExistsError | NotADirectoryError)
        why = "a file stands where a folder is needed" if in_the_way else err.strerror or err
        raise StorageError(
            Problem(
                f"{path.name} could not be written: {why}.",
                "a folder with rights to write and free space.",
                "free space, mend the rights, or name another folder. Earlier results are untouched.",
                file=str(path),
            )
        ) from err


def rename(source: Path, target: Path) -> None:
    """Renames within one file system, replacing a file; waits for programs that hold it for a moment."""
    for _ in range(_RENAME_TRIES if os.name == "nt" else 0):
        with contextlib.suppress(PermissionError):
            source.replace(target)
            return
        time.sleep(_RENAME_WAIT_SECONDS)
    source.replace(target)


def move_into(source: Path, target: Path) -> None:
    """Renames a folder; where the target exists, its entries are moved into it one by one."""
    if not target.exists():
        rename(source, target)
        return
    for entry in source.iterdir():
        if not (target / entry.name).exists():
            rename(entry, target / entry.name)


def free_name(parent: Path, created: datetime, fingerprint: str) -> str:
    """A name that no folder of `parent` has: the minute, and four signs that follow from the fingerprint of the content."""
    for attempt in range(65536):
        suffix = hashlib.sha256(f"{fingerprint}/{attempt}".encode()).hexdigest()[:4]
        name = f"{created:%Y-%m-%dT%H%MZ}-{suffix}"
        if not (parent / name).exists():
            return name
    raise StorageError(Problem("No free name in this minute.", "fewer results.", "wait a minute.", file=str(parent)))


def publish(folder: Path, parent: Path, name: str) -> Path:
    """Gives a complete building folder its name below `parent`; where another has taken it in the meantime, a number is added."""
    for attempt in range(1000):
        target = parent / (f"{name}-{attempt + 1}" if attempt else name)
        try:
            if not target.exists():
                with told(target):
                    rename(folder, target)
                return target
        except StorageError:
            # Another process may have taken the name in this instant; anything else is told.
            if not target.exists():
                raise
    raise StorageError(Problem(f"No free name like {name}.", "fewer results.", "wait a minute.", file=str(parent)))


def write_text(path: Path, text: str) -> None:
    """Writes a text file as a whole: readers see the old one or the new one."""
    # Built like any result: what a killed process leaves of it is known as a leftover and removed by the next run.
    with building(path.parent, "text") as folder, told(path):
        temporary = folder / path.name
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        rename(temporary, path)


def write_json(path: Path, content: Any) -> None:
    """Writes JSON as a whole, readable by people."""
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Reads JSON back; a damaged file is a problem with its name."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        raise StorageError(
            Problem(f"{path.name} cannot be read: {err}.", "a file written by kundenwert.", "restore it or make a new run.", file=str(path))
        ) from err


@contextlib.contextmanager
def building(parent: Path, name: str) -> Iterator[Path]:
    """A hidden folder under `parent` to build a result in; it is removed at the end unless it was renamed away.

    First removes such folders whose process is dead. A folder is alive while its process holds the lock file beside it.
    """
    with told(parent):
        parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(parent)
        lock, path = _new_lock(parent, name)
    folder = path.with_suffix("")
    try:
        with told(folder):
            folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _release(lock, path)


def remove(folder: Path) -> None:
    """Removes a folder of intermediate files, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers(parent: Path) -> None:
    """Removes building folders under `parent` whose process is dead."""
    locks: list[Path] = []
    # The folder itself may have been another run's and be gone by now.
    with contextlib.suppress(OSError):
        locks = sorted(parent.glob(".building-*.lock"))
    for path in locks:
        with contextlib.suppress(OSError):
            lock = path.open("r+", encoding="utf-8")
            if _hold(lock):
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
                _release(lock, path)
            else:
                lock.close()


def folders_of(parent: Path, *, depth: int) -> Iterator[Path]:
    """The folders below `parent` down to a depth, without hidden ones. Folders that vanish while we look are passed over."""
    with contextlib.suppress(OSError):
        for entry in sorted(os.scandir(parent), key=lambda entry: entry.name):
            if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
                yield Path(entry.path)
                if depth > 1:
                    yield from folders_of(Path(entry.path), depth=depth - 1)


def _new_lock(parent: Path, name: str) -> tuple[IO[str], Path]:
    while True:
        path = parent / f".building-{name}-{os.getpid()}-{threading.get_ident():x}-{time.time_ns():x}.lock"
        lock = path.open("x", encoding="utf-8")
        # Another process that tidies up may have taken the file for a leftover between the two lines: then make another.
        if _hold(lock) and path.exists():
            return lock, path
        lock.close()


def _release(lock: IO[str], path: Path) -> None:
    if sys.platform == "win32":
        lock.close()
    with contextlib.suppress(OSError):
        path.unlink()
    lock.close()


def _hold(lock: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
