"""Takes files from outside into a folder: names, kinds and sizes are looked at while the bytes come in; nothing half written stays.

A draft is a folder of one person; its files lie in DRAFT/files. Reading them is `flows.preview`, keeping them `flows.found`.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from kundenwert.errors import CallError, DataError, Problem
from kundenwert.runs import storage

FILES = "files"
PASTED = "pasted"
# What a browser may send: the last part of the name says what it should be.
SUFFIXES = {".csv": "text", ".tsv": "text", ".txt": "text", ".tab": "text", ".xlsx": "zip", ".parquet": "parquet", ".pq": "parquet"}
_KINDS_EXPECTED = "CSV, TSV or TXT, XLSX or Parquet, each also as .gz"
_LONGEST_NAME = 120
_BLOCK = 1 << 20
# Device names of Windows, with any ending.
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")}
)
_FORBIDDEN = frozenset('<>:"|?*/\\')
# Signs with a meaning in file patterns of a project file.
_HARMLESS = str.maketrans({"[": "(", "]": ")"})


@dataclass(frozen=True)
class Limits:
    """How much a draft may hold. bytes as they arrive, unpacked bytes as they are read, cells: rows times columns of a sheet."""

    files: int = 40
    bytes_of_file: int = 2 << 30
    bytes_of_all: int = 8 << 30
    unpacked_bytes: int = 16 << 30
    sheet_bytes: int = 2 << 30
    rows: int = 100_000_000
    cells: int = 60_000_000
    columns: int = 2000
    pasted_bytes: int = 10 << 20


@dataclass(frozen=True)
class Upload:
    """A file that arrives: the name its sender gave it and its bytes."""

    name: str
    content: BinaryIO


@dataclass(frozen=True)
class Taken:
    """A file of a draft. rows: lines of text, rows of a sheet or of Parquet, counted while it came in. sha256: of what is kept."""

    name: str
    size: int
    rows: int
    sha256: str


@dataclass(frozen=True)
class Received:
    """What came of some uploads: the files that are there now, and what is wrong with the others."""

    taken: tuple[Taken, ...]
    problems: tuple[Problem, ...]


def receive(draft: Path, uploads: Iterable[Upload], limits: Limits | None = None, *, there: Sequence[Taken] = ()) -> Received:
    """Takes files into DRAFT/files. there: what the draft holds already.

    Each file is whole in its place or not there at all; what is wrong with the others is told, all at once.
    """
    limits = limits or Limits()
    taken: list[Taken] = []
    problems: list[Problem] = []
    for upload in uploads:
        try:
            taken.append(_take(draft, upload, limits, (*there, *taken)))
        except DataError as err:
            problems += err.problems
    return Received(tuple(taken), tuple(problems))


def receive_text(draft: Path, text: str, limits: Limits | None = None, *, there: Sequence[Taken] = (), name: str = PASTED) -> Received:
    """Takes cells pasted from a spreadsheet, divided by tabs, as a file of text. Raises CallError if there is nothing in it."""
    limits = limits or Limits()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not lines.strip():
        raise CallError("Nothing was pasted. Copy the cells with their header from the sheet, and paste them here.")
    content = (lines + "\n").encode(errors="replace")
    if len(content) > limits.pasted_bytes:
        came = f"The pasted text is {told_size(len(content))} long."
        problem = Problem(came, f"at most {told_size(limits.pasted_bytes)}.", "save the sheet as a file and choose that.")
        return Received((), (problem,))
    return receive(draft, [Upload(f"{name}.tsv", io.BytesIO(content))], limits, there=there)


def remove(draft: Path, name: str) -> None:
    """Removes a file of a draft; one that is gone already is no mistake."""
    file = path_of(draft, name)
    with storage.told(file):
        file.unlink(missing_ok=True)


def path_of(draft: Path, name: str) -> Path:
    """Where a file of a draft lies. Raises DataError for a name that is no name of a file in it."""
    if problems := list(name_problems(name)):
        raise DataError(*problems)
    return draft / FILES / name


def _take(draft: Path, upload: Upload, limits: Limits, there: Sequence[Taken]) -> Taken:
    name = stored_name(upload.name)
    problems = list(name_problems(upload.name))
    if len(there) >= limits.files:
        came = f"There are {len(there):,} files already."
        problems.append(Problem(came, f"at most {limits.files:,} files.", "put files of one kind together, or remove some.", file=name))
    if problems:
        raise DataError(*problems)
    with storage.building(draft / FILES, "upload") as building, storage.told(draft):
        file = building / "content"
        digest = _written(upload, file, name, limits, sum(entry.size for entry in there))
        # The parts of the check that know formats are loaded with the first file.
        from kundenwert.flows.upload_content import checked

        file, name, rows = checked(file, name, limits)
        digest = digest if file.name == "content" else _digest(file)
        _refuse_same(name, digest, there)
        name = free_name(name, {entry.name.casefold() for entry in there} | _names_in(draft))
        size = file.stat().st_size
        storage.rename(file, draft / FILES / name)
    return Taken(name, size, rows, digest)


def _written(upload: Upload, file: Path, name: str, limits: Limits, held: int) -> str:
    """Copies what arrives, counting; more than the limit is never written."""
    digest, size = hashlib.sha256(), 0
    with file.open("wb") as target:
        while block := upload.content.read(_BLOCK):
            size += len(block)
            if size > limits.bytes_of_file:
                raise DataError(_too_large(name, limits.bytes_of_file))
            if held + size > limits.bytes_of_all:
                came = f"With this file there would be more than {told_size(limits.bytes_of_all)}."
                remedy = "remove other files, or load one part after the other."
                raise DataError(Problem(came, f"at most {told_size(limits.bytes_of_all)} in one import.", remedy, file=name))
            digest.update(block)
            target.write(block)
    return digest.hexdigest()


def _too_large(name: str, limit: int) -> Problem:
    remedy = "export a part (one year), or pack it with gzip."
    return Problem(f"The file is larger than {told_size(limit)}.", f"at most {told_size(limit)} in one file.", remedy, file=name)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _refuse_same(name: str, digest: str, there: Sequence[Taken]) -> None:
    same = next((entry for entry in there if entry.sha256 == digest), None)
    if same is not None:
        came = f"It holds the same as {same.name}, which is here already."
        raise DataError(Problem(came, "each file once, since its lines would count twice.", "nothing; it was left out.", file=name))


def _names_in(draft: Path) -> set[str]:
    folder = draft / FILES
    return {entry.name.casefold() for entry in folder.iterdir()} if folder.is_dir() else set()


def free_name(name: str, used: set[str]) -> str:
    """A name that nobody has yet: umsatz.csv, umsatz (2).csv ... used: names in small letters.

    >>> free_name("umsatz.csv.gz", {"umsatz.csv.gz"})
    'umsatz (2).csv.gz'
    """
    if name.casefold() not in used:
        return name
    endings = "".join(_endings(name))
    stem = name[: len(name) - len(endings)]
    return next(new for number in range(2, 10**6) if (new := f"{stem} ({number}){endings}").casefold() not in used)


def stored_name(name: str) -> str:
    """The name under which a file is kept: one way to write each letter, and no signs that patterns of files know."""
    return unicodedata.normalize("NFC", name).strip().translate(_HARMLESS)


def name_problems(name: str) -> Iterator[Problem]:
    """Everything that is wrong with the name of a file."""
    plain = stored_name(name)
    shown = _shown(plain)
    if not plain:
        yield Problem("The file has no name.", "a name such as rechnungen.csv.", "give it a name.")
        return
    if plain in {".", ".."} or set(plain) & _FORBIDDEN:
        yield _wrong_name("Its name holds a path or signs that no file name may have.", "letters, digits, blanks and . - _ ( ) +", shown)
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for sign in plain):
        yield _wrong_name("Its name holds signs that cannot be seen.", "a name of letters that can be seen.", shown)
    if plain.startswith(".") or plain.endswith("."):
        yield _wrong_name("Its name begins or ends with a point.", "a name such as rechnungen.csv.", shown)
    if len(plain) > _LONGEST_NAME or len(plain.encode(errors="replace")) > 2 * _LONGEST_NAME:
        yield _wrong_name(f"Its name has {len(plain):,} signs.", f"at most {_LONGEST_NAME}.", shown)
    if plain.split(".")[0].strip().casefold() in _RESERVED:
        yield _wrong_name("Its name is one that Windows keeps for devices.", "another name.", shown)
    if suffix_of(plain) not in SUFFIXES:
        ending = _shown(suffix_of(plain)) or "none"
        came = f"The ending {ending} is none we read."
        yield Problem(came, f"{_KINDS_EXPECTED}.", "export or save it as one of these.", file=shown)


def _wrong_name(came: str, expected: str, shown: str) -> Problem:
    return Problem(came, expected, "rename the file and choose it again.", file=shown)


def _shown(name: str) -> str:
    """A name for a message: what cannot be seen is a mark, and it is cut short."""
    seen = "".join(sign if sign.isprintable() else "\ufffd" for sign in name)
    return seen if len(seen) <= 60 else seen[:59] + "…"


def suffix_of(name: str) -> str:
    """The ending that says what a file is, without .gz and in small letters.

    >>> suffix_of("Umsatz 2024.CSV.gz")
    '.csv'
    """
    endings = [ending.lower() for ending in _endings(name) if ending.lower() != ".gz"]
    return endings[-1] if endings else ""


def _endings(name: str) -> list[str]:
    """The last ending, with .gz the last two: rechnungen.2024.csv.gz has .csv and .gz."""
    suffixes = PurePosixPath(name).suffixes
    return suffixes[-2:] if suffixes and suffixes[-1].lower() == ".gz" else suffixes[-1:]


def told_size(size: int) -> str:
    """Bytes in words.

    >>> told_size(2 << 30), told_size(61_400_000), told_size(900)
    ('2 GB', '58.6 MB', '900 bytes')
    """
    for unit, scale in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if size >= scale:
            return f"{size / scale:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size:,} bytes"
