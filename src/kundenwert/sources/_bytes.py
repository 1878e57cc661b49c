"""What kind of file it is, by its first bytes, and one pass over its bytes: hash, encoding, line ends, what cannot be text."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kundenwert.errors import Problem, UnreadableInput

BLOCK = 1 << 20
_HEAD = 1 << 16
_LONGEST_HEAD = 1 << 25
_TAIL = 1 << 12

_MAGIC = (
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"ARROW1", "an Arrow file"),
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

# "Ã" followed by a continuation sign: UTF-8 that was taken for cp1252 and encoded once more.
_MOJIBAKE = (b"\xc3\x83\xc2", b"\xc3\x83\xc5", b"\xc3\x83\xe2", b"\xc3\xa2\xe2\x82\xac")


@dataclass(frozen=True)
class Survey:
    """What one pass over a text file showed. head and tail are decoded; `whole` says that head is the whole file."""

    encoding: str
    reason: str
    packed: bool
    mixed_ends: bool
    mojibake: bool
    head: str
    tail: str
    whole: bool
    sha256: str


def kind_of(path: Path) -> str:
    """ "text", "gzip", "parquet", "zip", "ole" or, for what we never read, a few words for a message."""
    with path.open("rb") as file:
        start = file.read(512)
    return kind_of_bytes(start)


def kind_of_bytes(start: bytes) -> str:
    """The same of the first bytes of a file."""
    return next((kind for magic, kind in _MAGIC if start.startswith(magic)), "text")


def hash_of(path: Path) -> str:
    """The sha256 of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def blocks(path: Path, *, packed: bool) -> Iterator[bytes]:
    """The bytes of a file, unpacked; a damaged archive is an error that names the file."""
    try:
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    except (EOFError, gzip.BadGzipFile, zlib.error) as err:
        raise UnreadableInput(
            Problem(
                f"The gzip archive is damaged or cut off ({err}).",
                "a whole archive; nothing of a part is read, since its totals would be wrong.",
                "copy or export the file again.",
                file=path.name,
            )
        ) from err


class _Scan:
    """Collects what the blocks of a file show; the only mutable thing here, and it never leaves this module."""

    def __init__(self) -> None:
        self.head = b""
        self.tail = b""
        self.size = 0
        self.nul_line: int | None = None
        self.utf8 = True
        self.mojibake = False
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._lines = 0
        self._ends = {"crlf": 0, "lf": 0, "cr": 0}
        self._carried = b""

    def take(self, block: bytes) -> None:
        if self._wants_head():
            self.head += block
        self.tail = (self.tail + block)[-_TAIL:] if len(block) < _TAIL else block[-_TAIL:]
        self.size += len(block)
        self._look_for_nul(block)
        self._decode(block)
        self._count_ends(block)

    def finish(self) -> None:
        self._decode(b"", final=True)
        self._count_ends(b"\x00" if self._carried else b"")

    @property
    def mixed_ends(self) -> bool:
        return sum(count > 0 for count in self._ends.values()) > 1

    def _wants_head(self) -> bool:
        # A header of thousands of long names may fill megabytes: the head ends after some lines, not after some bytes.
        return len(self.head) < _HEAD or (len(self.head) < _LONGEST_HEAD and self.head.count(b"\n") + self.head.count(b"\r") < 8)

    def _look_for_nul(self, block: bytes) -> None:
        if self.nul_line is None and (place := block.find(b"\x00")) >= 0:
            self.nul_line = self._ends["lf"] + self._ends["crlf"] + block.count(b"\n", 0, place) + 1

    def _decode(self, block: bytes, *, final: bool = False) -> None:
        if not self.utf8 or (not final and block.isascii() and not self._decoder.getstate()[0]):
            return
        try:
            self._decoder.decode(block, final)
        except UnicodeDecodeError:
            self.utf8 = False
        self.mojibake = self.mojibake or any(sign in block for sign in _MOJIBAKE)

    def _count_ends(self, block: bytes) -> None:
        # A line end may fall between two blocks: the carriage return waits for the next block.
        text = self._carried + block
        self._carried = b"\r" if text.endswith(b"\r") else b""
        text = text[: len(text) - len(self._carried)]
        pairs = text.count(b"\r\n") if b"\r" in text else 0
        self._ends["crlf"] += pairs
        self._ends["lf"] += text.count(b"\n") - pairs
        self._ends["cr"] += (text.count(b"\r") - pairs) if pairs or b"\r" in text else 0


def survey(path: Path, *, wanted: str | None, packed: bool, hashed: bool) -> Survey:
    """One pass over a text file. wanted: an encoding that a person chose; None finds it out."""
    scan = _Scan()
    for block in blocks(path, packed=packed):
        scan.take(block)
    scan.finish()
    _refuse_what_is_no_table(path, scan)
    encoding, reason = _encoding(path, scan, wanted, packed=packed)
    # errors="replace": the head may end within a character; the whole file is checked elsewhere.
    return Survey(
        encoding=encoding,
        reason=reason,
        packed=packed,
        mixed_ends=scan.mixed_ends or encoding.startswith("utf-16"),
        mojibake=scan.mojibake and scan.utf8,
        head=scan.head.decode(encoding, errors="replace").lstrip("\ufeff"),
        tail=scan.tail[len(scan.tail) % 2 :].decode(encoding, errors="replace"),
        whole=len(scan.head) >= scan.size,
        sha256=hash_of(path) if hashed else "",
    )


def _refuse_what_is_no_table(path: Path, scan: _Scan) -> None:
    if not scan.head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise UnreadableInput(Problem("The file is empty.", "a header and at least one line of data.", "export it again.", file=path.name))
    kind = kind_of_bytes(scan.head)
    if kind != "text":
        raise UnreadableInput(_no_table(path, kind if " " in kind else f"a packed {kind} file"))
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1a\x1b" for byte in scan.head[:4096])
    if controls > 0.05 * min(len(scan.head), 4096) and not _utf16_by_zeros(scan.head):
        raise UnreadableInput(_no_table(path, "a binary file"))


def _no_table(path: Path, what: str) -> Problem:
    return Problem(
        f"This is {what}, no table.",
        "CSV or other delimited text (also .gz), XLSX or Parquet.",
        "export the sales lines as CSV, XLSX or Parquet.",
        file=path.name,
    )


def _utf16_by_zeros(head: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of European text is zero."""
    part = head[:4096]
    if len(part) < 4:
        return None
    even, odd = part[0::2].count(0) / len(part[0::2]), part[1::2].count(0) / len(part[1::2])
    if odd > 0.7 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 and odd < 0.1 else None


def _encoding(path: Path, scan: _Scan, wanted: str | None, *, packed: bool) -> tuple[str, str]:
    marked = next((encoding for bom, encoding in _BOMS if scan.head.startswith(bom)), None)
    if wanted:
        return _chosen(path, wanted, marked, packed=packed)
    found = (marked, "its first bytes say so") if marked else (_utf16_by_zeros(scan.head), "every second byte is zero")
    if found[0] and found[0] != "utf-8-sig":
        _check_decodes(path, found[0], packed=packed)
        return found[0], found[1]
    if scan.nul_line is not None:
        raise UnreadableInput(_nul(path, scan.nul_line))
    if scan.utf8:
        return (marked or "utf-8"), "its first bytes say so" if marked else "every byte is valid UTF-8"
    return _not_utf8(path, packed=packed)


def _nul(path: Path, line: int) -> Problem:
    return Problem(
        "The text holds a NUL byte, which no text has.",
        "plain text.",
        "the file was damaged on its way or is not text: export or copy it again.",
        file=path.name,
        line=line,
    )


def _chosen(path: Path, wanted: str, marked: str | None, *, packed: bool) -> tuple[str, str]:
    try:
        name = codecs.lookup(wanted).name
    except LookupError as err:
        raise UnreadableInput(
            Problem(
                f"There is no encoding {wanted!r}.",
                "utf-8, utf-16, cp1252, latin-1 or another name that Python knows.",
                "correct --encoding or `encoding` under [[sources]].",
                file=path.name,
            )
        ) from err
    if name.startswith("utf-16"):
        name = marked if marked and marked.startswith("utf-16") else ("utf-16-be" if name.endswith("be") else "utf-16-le")
    elif name == "utf-8":
        name = marked if marked == "utf-8-sig" else "utf-8"
    _check_decodes(path, name, packed=packed)
    return name, "it was named"


def _check_decodes(path: Path, encoding: str, *, packed: bool) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    for block in blocks(path, packed=packed):
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as err:
            line = lines + block[: err.start].count(b"\n")
            raise UnreadableInput(_undecodable(path, encoding, line)) from err
        if "\x00" in text:
            raise UnreadableInput(_nul(path, lines + text[: text.index("\x00")].count("\n")))
        lines += text.count("\n")
    if decoder.getstate()[0]:
        raise UnreadableInput(_undecodable(path, encoding, lines))


def _undecodable(path: Path, encoding: str, line: int) -> Problem:
    return Problem(
        f"The bytes are not {encoding}.",
        "one encoding throughout the file.",
        "name the right one with --encoding, or export the file as UTF-8.",
        file=path.name,
        line=line,
    )


def _not_utf8(path: Path, *, packed: bool) -> tuple[str, str]:
    """Bytes that are not UTF-8: cp1252, unless other lines are clearly UTF-8 or bytes occur that cp1252 does not have."""
    good: list[int] = []
    bad: list[int] = []
    last = 1
    for number, line in _foreign_lines(path, packed=packed):
        (good if _decodes(line, "utf-8") else bad).append(number)
        last = number
        if not _decodes(line, "cp1252"):
            raise UnreadableInput(_undecodable(path, "utf-8 and not cp1252", number))
    if good and bad:
        raise UnreadableInput(_mixed(path, good, bad))
    return "cp1252", f"it is not UTF-8 ({len(bad):,} lines up to line {last:,}) and every byte is valid cp1252 (Windows)"


def _foreign_lines(path: Path, *, packed: bool) -> Iterator[tuple[int, bytes]]:
    rest, number = b"", 0
    for block in blocks(path, packed=packed):
        *lines, rest = (rest + block).split(b"\n")
        if not block.isascii() or not rest.isascii():
            yield from ((number + place, line) for place, line in enumerate(lines, 1) if not line.isascii())
        number += len(lines)
    if not rest.isascii():
        yield number + 1, rest


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _mixed(path: Path, good: list[int], bad: list[int]) -> Problem:
    def first(lines: list[int]) -> str:
        return ", ".join(f"{line:,}" for line in lines[:3]) + (" …" if len(lines) > 3 else "")

    return Problem(
        f"Two encodings are mixed: UTF-8 in line {first(good)}, other bytes in line {first(bad)}.",
        "one encoding throughout the file.",
        "export the parts in one encoding, or choose one with --encoding cp1252 (the other lines then show wrong letters).",
        file=path.name,
        line=min(good[0], bad[0]),
    )
