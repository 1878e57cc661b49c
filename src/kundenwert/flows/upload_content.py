"""Is a file what its name says, and how much is in it? Archives are unpacked while they are counted: what they say of themselves
is not believed.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kundenwert.errors import DataError, Problem
from kundenwert.flows.upload import SUFFIXES, suffix_of, told_size

if TYPE_CHECKING:
    from kundenwert.flows.upload import Limits

_BLOCK = 1 << 20
_WORDS = {
    "text": "text",
    "zip": "an XLSX workbook",
    "parquet": "a Parquet file",
    "gzip": "a gzip archive",
    "ole": "an old Excel file (.xls)",
}
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_MEMBERS = 5000
# A sheet is XML; these say how far it reaches.
_ROW = re.compile(rb"<(?:\w{1,8}:)?row\b")
_ROW_NUMBER = re.compile(rb"<(?:\w{1,8}:)?row\b[^>]{0,200}?\br=[\"'](\d{1,9})[\"']")
_WIDE_CELL = re.compile(rb"\br=[\"']([A-Z]{2,3})[0-9]")
_SPAN = 64


def checked(file: Path, name: str, limits: Limits) -> tuple[Path, str, int]:
    """The file to keep, its name and its rows. A packed workbook or Parquet file is unpacked; packed text stays packed.

    Raises DataError that says what is wrong.
    """
    kind = _kind_of(file, name)
    is_packed = name.lower().endswith(".gz")
    if is_packed != (kind == "gzip"):
        raise DataError(_other(name, "a gzip archive" if is_packed else _expected(name), kind))
    if not is_packed:
        _refuse_other(name, kind)
        return file, name, _rows(file, name, kind, limits)
    inner = _kind_of_packed(file, name)
    _refuse_other(name, inner)
    if inner == "text":
        return file, name, _text_rows(_unpacked(file, name, limits), name, limits)
    plain = file.with_name("unpacked")
    with plain.open("wb") as target:
        for block in _unpacked(file, name, limits):
            target.write(block)
    return plain, name[: -len(".gz")], _rows(plain, name, inner, limits)


def _kind_of(file: Path, name: str) -> str:
    from kundenwert.sources import kind_of

    if not file.stat().st_size:
        raise DataError(Problem("The file is empty.", "a header and at least one line of data.", "export it again.", file=name))
    return kind_of(file)


def _expected(name: str) -> str:
    return _WORDS[SUFFIXES[suffix_of(name)]]


def _refuse_other(name: str, kind: str) -> None:
    if kind != SUFFIXES[suffix_of(name)]:
        raise DataError(_other(name, _expected(name), kind))


def _other(name: str, expected: str, kind: str) -> Problem:
    came = f"By its name it is {expected}, by its first bytes {_WORDS.get(kind, kind)}."
    return Problem(came, f"{expected}.", "save it again in the format you want, and do not rename its ending.", file=name)


def _rows(file: Path, name: str, kind: str, limits: Limits) -> int:
    if kind == "zip":
        return _sheet_rows(file, name, limits)
    if kind == "parquet":
        return _parquet_rows(file, name, limits)
    return _text_rows(_blocks(file), name, limits)


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            yield block


# ---- gzip ----


def _kind_of_packed(file: Path, name: str) -> str:
    from kundenwert.sources import kind_of_bytes

    first = b""
    for block in _gunzip(file, name):
        first += block
        if len(first) >= 512:
            break
    if not first:
        raise DataError(Problem("The archive holds nothing.", "a packed file.", "export it again.", file=name))
    return kind_of_bytes(first[:512])


def _unpacked(file: Path, name: str, limits: Limits) -> Iterator[bytes]:
    """The unpacked bytes; stops where they are more than the limit, whatever the archive says of its size."""
    size = 0
    for block in _gunzip(file, name):
        size += len(block)
        if size > limits.unpacked_bytes:
            raise DataError(_bomb(name, limits.unpacked_bytes))
        yield block


def _bomb(name: str, limit: int) -> Problem:
    return Problem(
        f"Unpacked it holds more than {told_size(limit)}.",
        f"at most {told_size(limit)} unpacked.",
        "load a part of it (one year).",
        file=name,
    )


def _gunzip(file: Path, name: str) -> Iterator[bytes]:
    """Unpacks in steps of bounded size, one member after the other."""
    unpack = zlib.decompressobj(wbits=31)
    try:
        with file.open("rb") as content:
            rest = b""
            while rest or (rest := content.read(_BLOCK)):
                if unpack.eof:
                    # Zeros after the last member are padding of tapes.
                    rest = rest.lstrip(b"\x00")
                    if not rest:
                        continue
                    unpack = zlib.decompressobj(wbits=31)
                yield unpack.decompress(rest, _BLOCK)
                rest = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
            if not unpack.eof:
                yield unpack.decompress(b"", _BLOCK)
    except zlib.error as err:
        raise DataError(_damaged(name, f"gzip archive is damaged ({err})")) from err
    if not unpack.eof:
        raise DataError(_damaged(name, "gzip archive is cut off"))


def _damaged(name: str, what: str) -> Problem:
    return Problem(f"The {what}.", "a whole file; nothing of a part is read.", "copy or export it again.", file=name)


# ---- text ----


def _text_rows(blocks: Iterator[bytes], name: str, limits: Limits) -> int:
    """Lines of a text; refuses what is no text and what has no line of data."""
    rows, last, blank = 0, b"\n", True
    for place, block in enumerate(blocks):
        if not place:
            _refuse_binary(block[:4096], name)
        # Old Macintosh files end lines with a carriage return alone.
        ends = block.count(b"\n")
        rows += ends or block.count(b"\r")
        blank = blank and not block.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
        last = block[-1:]
        if rows > limits.rows:
            raise DataError(_too_many_rows(name, limits))
    if blank:
        raise DataError(Problem("The file is empty.", "a header and at least one line of data.", "export it again.", file=name))
    return rows + (last not in {b"\n", b"\r", b"\x00"})


def _too_many_rows(name: str, limits: Limits) -> Problem:
    return Problem(f"It has more than {limits.rows:,} rows.", f"at most {limits.rows:,}.", "load a part of it (one year).", file=name)


def _refuse_binary(head: bytes, name: str) -> None:
    """Text in UTF-16 has a zero in every second byte; elsewhere signs that steer machines are rare."""
    zeros = max(head[0::2].count(0), head[1::2].count(0))
    if zeros > 0.3 * len(head):
        return
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1a\x1b" for byte in head)
    if controls > 0.05 * len(head):
        raise DataError(_other(name, _expected(name), "no text"))


# ---- workbooks ----


def _sheet_rows(file: Path, name: str, limits: Limits) -> int:
    """Rows of all sheets of a workbook. Each member is unpacked and counted; the sizes in its headers are not believed."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as err:
        raise DataError(_damaged(name, "workbook cannot be opened")) from err
    _refuse_no_workbook(members, file.stat().st_size, name)
    left, rows = limits.unpacked_bytes, 0
    with file.open("rb") as content:
        for member in members:
            sheet = _Sheet(name, limits) if member.filename.startswith("xl/worksheets/") else None
            size = _unpacked_size(content, member, name, min(left, limits.sheet_bytes), sheet.take if sheet else None)
            left -= size
            rows += sheet.rows if sheet else 0
    return rows


def _refuse_no_workbook(members: list[zipfile.ZipInfo], size: int, name: str) -> None:
    names = [member.filename for member in members]
    if "xl/workbook.xml" not in {inside.lower() for inside in names}:
        raise DataError(_other(name, _WORDS["zip"], "a ZIP archive without a workbook"))
    if any(member.flag_bits & 1 for member in members):
        came = "The workbook is protected by a password."
        raise DataError(Problem(came, "a workbook without password.", "save a copy without password.", file=name))
    # Members that lie on top of each other are how small archives become huge.
    if len(members) > _MEMBERS or len(set(names)) < len(names) or sum(member.compress_size for member in members) > size:
        raise DataError(_damaged(name, "workbook is not put together as a spreadsheet would"))


def _unpacked_size(content: BinaryIO, member: zipfile.ZipInfo, name: str, limit: int, take: Callable[[bytes], None] | None) -> int:
    """Bytes of a member when unpacked. Raises DataError beyond the limit."""
    content.seek(member.header_offset)
    header = content.read(_LOCAL_HEADER.size)
    if (
        len(header) < _LOCAL_HEADER.size
        or not header.startswith(b"PK\x03\x04")
        or member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    ):
        raise DataError(_damaged(name, "workbook is damaged"))
    *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    content.seek(name_length + extra_length, 1)
    size = 0
    for block in _inflated(content, member, name):
        size += len(block)
        if size > limit:
            raise DataError(_bomb(name, limit))
        if take:
            take(block)
    return size


def _inflated(content: BinaryIO, member: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """The bytes of a member in steps of bounded size; `content` stands where its data begin."""
    unpack = zlib.decompressobj(wbits=-15) if member.compress_type == zipfile.ZIP_DEFLATED else None
    left = member.compress_size
    try:
        while left and not (unpack and unpack.eof) and (part := content.read(min(_BLOCK, left))):
            left -= len(part)
            while part:
                yield unpack.decompress(part, _BLOCK) if unpack else part
                part = unpack.unconsumed_tail if unpack else b""
        if unpack and not unpack.eof:
            yield unpack.decompress(b"", _BLOCK)
    except zlib.error as err:
        raise DataError(_damaged(name, "workbook is damaged")) from err
    if (left and not unpack) or (unpack and not unpack.eof):
        raise DataError(_damaged(name, "workbook is cut off"))


class _Sheet:
    """Counts rows of a sheet while it is unpacked and how far it reaches: one cell in the far corner would fill the memory."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._counted = 0
        self._name = name
        self._limits = limits
        self._last = 0
        self._width = 26
        self._carried = b""

    @property
    def rows(self) -> int:
        """Rows so far."""
        return self._counted + len(_ROW.findall(self._carried))

    def take(self, block: bytes) -> None:
        """Looks at the next bytes. Raises DataError where the sheet is too large."""
        text = self._carried + block
        # What begins in the last signs is counted with the next block.
        end = max(0, len(text) - _SPAN)
        self._counted += sum(found.start() < end for found in _ROW.finditer(text))
        self._last = max(self._last, *map(int, _ROW_NUMBER.findall(text)), 0)
        self._width = max(self._width, max((_column(letters) for letters in set(_WIDE_CELL.findall(text))), default=0))
        self._carried = text[end:]
        self._refuse()

    def _refuse(self) -> None:
        last = max(self.rows, self._last)
        if self.rows > self._limits.rows:
            raise DataError(_too_many_rows(self._name, self._limits))
        if self._width > self._limits.columns or last * self._width > self._limits.cells:
            came = f"A sheet reaches to row {last:,} and column {self._width:,}."
            expected = f"at most {self._limits.cells:,} cells and {self._limits.columns:,} columns."
            raise DataError(Problem(came, expected, "delete what stands far outside the table, or save the sheet as CSV.", file=self._name))


def _column(letters: bytes) -> int:
    """AA is 27."""
    number = 0
    for sign in letters:
        number = number * 26 + sign - 64
    return number


# ---- Parquet ----


def _parquet_rows(file: Path, name: str, limits: Limits) -> int:
    from pyarrow import lib, parquet

    try:
        about = parquet.read_metadata(file)
    except (lib.ArrowException, OSError, ValueError) as err:
        raise DataError(_damaged(name, "Parquet file is damaged or cut off")) from err
    if about.num_rows > limits.rows:
        raise DataError(_too_many_rows(name, limits))
    if about.num_columns > limits.columns:
        came, expected = f"It has {about.num_columns:,} columns.", f"at most {limits.columns:,}."
        raise DataError(Problem(came, expected, "export only the columns that are needed.", file=name))
    if sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups)) > limits.unpacked_bytes:
        raise DataError(_bomb(name, limits.unpacked_bytes))
    return int(about.num_rows)
