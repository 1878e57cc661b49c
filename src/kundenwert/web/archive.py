"""An archive whose every file is named in its manifest with size and SHA-256: .zip or .tar.gz. Django is not needed here."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from kundenwert.errors import CallError, Problem, UnreadableInput

MANIFEST = "manifest.json"
FORMAT = 1
_BLOCK = 1 << 20
_ENDINGS = (".zip", ".tar.gz", ".tgz")
_BROKEN = (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, zlib.error, ValueError, RuntimeError, NotImplementedError)


@dataclass
class Writer:
    """Takes files into an archive and notes their hashes; the manifest comes last."""

    add: Callable[[str, IO[bytes], int], None]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def file(self, name: str, path: Path) -> None:
        """A file as long as it is now; what is appended meanwhile belongs to the next backup."""
        with path.open("rb") as stream:
            size = path.stat().st_size
            self._add(name, stream, size)

    def data(self, name: str, content: bytes) -> None:
        """A file from memory."""
        self._add(name, io.BytesIO(content), len(content))

    def _add(self, name: str, stream: IO[bytes], size: int) -> None:
        if name in self.files:
            raise ValueError(f"two files called {name}")
        hashing = _Hashing(stream, size)
        self.add(name, hashing, size)  # type: ignore[arg-type]
        self.files[name] = {"bytes": size, "sha256": hashing.digest.hexdigest()}


class _Hashing:
    """A stream that hashes what is read from it, and ends after `size` bytes."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream, self._left = stream, size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes. A file that became shorter is an error: half of it must not look whole."""
        wanted = self._left if size < 0 else min(size, self._left)
        block = self._stream.read(wanted)
        if wanted and not block:
            raise OSError("a file became shorter while it was copied")
        self._left -= len(block)
        self.digest.update(block)
        return block


@contextlib.contextmanager
def writing(path: Path, ending: str) -> Iterator[Writer]:
    """An archive at `path`, of the kind that `ending` names; readable by its owner alone."""
    with path.open("xb") as raw:
        path.chmod(0o600)
        if ending == ".zip":
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
                yield Writer(lambda name, stream, size: _into_zip(packed, name, stream))
        else:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as wound:
                yield Writer(lambda name, stream, size: _into_tar(wound, name, stream, size))


def _into_zip(packed: zipfile.ZipFile, name: str, stream: IO[bytes]) -> None:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_STORED if name.endswith((".parquet", ".gz", ".xlsx")) else zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    with packed.open(info, "w", force_zip64=True) as target:
        shutil.copyfileobj(stream, target, _BLOCK)


def _into_tar(wound: tarfile.TarFile, name: str, stream: IO[bytes], size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    wound.addfile(info, stream)


def ending_of(path: Path) -> str:
    """Which kind of archive a name asks for. Raises CallError."""
    found = next((ending for ending in _ENDINGS if path.name.lower().endswith(ending)), None)
    if found is None:
        raise CallError(f"{path.name} has no known ending. Possible: {', '.join(_ENDINGS)}.")
    return found


def unpack(path: Path, target: Path) -> dict[str, Any]:
    """Unpacks an archive into a new folder and gives its manifest. Raises UnreadableInput unless it is whole and every hash is right.

    Names that lead out of the folder, links, files that the manifest does not name or that are larger than it says are refused.
    """
    found: dict[str, dict[str, Any]] = {}
    content: bytes | None = None
    # Nothing larger than the disk is written; the manifest comes last, so its sizes cannot be asked for before.
    room = shutil.disk_usage(target).free
    try:
        for name, stream in _members(path):
            if name == MANIFEST:
                content = stream.read()
                continue
            if name in found:
                raise ValueError(f"two files called {name}")
            found[name] = _copy(stream, target / _safe(name), room)
            room -= found[name]["bytes"]
        manifest = json.loads(content or b"")
    except _BROKEN as err:
        raise unreadable(path, str(err) or type(err).__name__) from err
    _compare(path, manifest, found)
    return dict(manifest)


def _members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for info in packed.infolist():
                with packed.open(info) as stream:
                    yield info.filename, stream
        return
    with tarfile.open(path, "r:gz") as wound:
        for member in wound:
            found = wound.extractfile(member) if member.isreg() else None
            if found is None:
                raise ValueError(f"{member.name} is no plain file")
            yield member.name, found


def _safe(name: str) -> str:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or any(part in {"..", "."} or "\\" in part or ":" in part or "\0" in part for part in parts):
        raise ValueError(f"a name leads out of the folder: {name!r}")
    return "/".join(parts)


def _copy(stream: IO[bytes], target: Path, room: int) -> dict[str, Any]:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        target.chmod(0o600)
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > room:
                raise ValueError("it holds more than there is room on the disk")
            digest.update(block)
            file.write(block)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _compare(path: Path, manifest: Any, found: dict[str, dict[str, Any]]) -> None:
    if not isinstance(manifest, dict) or manifest.get("kind") != "kundenwert backup":
        raise unreadable(path, "it is no backup of kundenwert")
    if manifest.get("format") != FORMAT:
        raise unreadable(path, f"it has format {manifest.get('format')}, this version reads {FORMAT}")
    named = manifest.get("files", {})
    wrong = sorted(name for name in {*named, *found} if named.get(name) != found.get(name))
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise unreadable(path, f"these files are missing or not as they were written: {', '.join(wrong[:3])}{more}")


def unreadable(path: Path, why: str) -> UnreadableInput:
    """The error of an archive that cannot be restored."""
    return UnreadableInput(
        Problem(
            f"{path.name} cannot be restored: {why}.",
            "an archive made by `kundenwert backup`, unchanged.",
            "take another backup. Nothing was written.",
            file=str(path),
        )
    )
