"""Files of the register: lines that are appended and never changed, one writer at a time, and small files that are whole or not there."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from kundenwert.errors import Problem, StorageError

# Another writer is done in milliseconds; whoever waits longer than this meets something that hangs.
_WAIT_SECONDS = 30.0
_PAUSE_SECONDS = 0.02
# Virus scanners and indexers on Windows hold fresh files for a moment.
_RENAME_TRIES = 20
_BLOCK_BYTES = 1 << 16


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns what the operating system says into a problem with a remedy."""
    try:
        yield
    except StorageError:
        raise
    except OSError as err:
        raise StorageError(
            Problem(
                f"{path.name} of the register could not be read or written: {err.strerror or err}.",
                "a folder with rights to read and write, and free space.",
                "free space or mend the rights, then repeat the call. What was decided before is untouched.",
                file=str(path),
            )
        ) from err


@contextlib.contextmanager
def held(folder: Path, *, wait_seconds: float = _WAIT_SECONDS) -> Iterator[None]:
    """Lets one writer at a time into a folder; the lock of a process that died is free. Raises StorageError after waiting in vain."""
    path = folder / "lock"
    with told(path):
        folder.mkdir(parents=True, exist_ok=True)
        lock = path.open("a+", encoding="utf-8")
    try:
        _wait(lock, path, wait_seconds)
        yield
    finally:
        # Closing releases the lock. The file stays: removing it would let two writers hold two different files.
        lock.close()


def _wait(lock: IO[str], path: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not _hold(lock):
        if time.monotonic() >= until:
            raise StorageError(
                Problem(
                    f"Another program has been writing to the register for {seconds:g} seconds.",
                    "one writer at a time.",
                    "wait for it or end it, then repeat the call.",
                    file=str(path),
                )
            )
        time.sleep(_PAUSE_SECONDS)


def _hold(lock: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def append(path: Path, lines: list[str]) -> None:
    """Adds lines at the end of a file and waits until they are on the disk. A torn last line, left by a crash, is cut off first."""
    with told(path), path.open("ab") as file:
        whole = _whole_length(path)
        if whole != file.tell():
            file.truncate(whole)
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())


def _whole_length(path: Path) -> int:
    """How many bytes end with the end of a line; read from the end on, for logs grow long."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end:
            start = max(end - _BLOCK_BYTES, 0)
            file.seek(start)
            found = file.read(end - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            end = start
    return 0


def last_lines(path: Path, size: int = _BLOCK_BYTES) -> list[str]:
    """The whole lines within the last `size` bytes of a file, at least the last one; none if there is no file."""
    with told(path):
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return []
        with file:
            end = file.seek(0, os.SEEK_END)
            while True:
                start = max(end - size, 0)
                file.seek(start)
                content = file.read(end - start)
                found = content[: content.rfind(b"\n") + 1].decode("utf-8", errors="replace").split("\n")[:-1]
                # What the block begins with is the end of a line.
                whole = found if start == 0 else found[1:]
                if whole or start == 0:
                    return whole
                size *= 4


def lines(path: Path) -> list[str]:
    """The whole lines of a file; none if there is no file. A torn last line is nothing yet."""
    with told(path):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return []
    return content[: content.rfind(b"\n") + 1].decode("utf-8", errors="replace").split("\n")[:-1]


def is_torn(path: Path) -> bool:
    """Whether a file ends within a line."""
    return path.is_file() and _whole_length(path) != path.stat().st_size


def write(path: Path, text: str, *, private: bool = False) -> None:
    """Writes a small file as a whole: readers see the old one or the new one. private: only its owner may read it."""
    temporary = path.with_name(f".{path.name}.new")
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = 0o600 if private else 0o666
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _rename(temporary, path)
        _settle(path.parent)


def _rename(source: Path, target: Path) -> None:
    for _ in range(_RENAME_TRIES if os.name == "nt" else 0):
        with contextlib.suppress(PermissionError):
            source.replace(target)
            return
        time.sleep(_PAUSE_SECONDS)
    source.replace(target)


def _settle(folder: Path) -> None:
    """Makes sure that a renamed file is found under its name after a power cut; Windows does so by itself."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
