"""Excel workbooks (.xlsx): one sheet, native numbers and dates."""

from __future__ import annotations

import logging
import zipfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from kundenwert.errors import AmbiguousInput, Problem, SettingsError, UnreadableInput
from kundenwert.records import InputFile
from kundenwert.sources._bytes import hash_of
from kundenwert.sources._frames import open_frame, plain_columns, without_empty_rows
from kundenwert.sources._layout import header_place
from kundenwert.sources._records import Fact, Looked, Table, Trouble, Wanted, raised, short
from kundenwert.tables import transactions

if TYPE_CHECKING:
    import fastexcel

    from kundenwert.engines._engine import Engine

_LOOKED_AT = 80


@dataclass(frozen=True)
class _Sheet:
    """A sheet at first sight. names: cells of the header, or None; first: rows before the data; roles: needed roles it names."""

    title: str
    width: int
    names: tuple[str, ...] | None
    first: int
    roles: int
    filled: bool


@final
class Workbook:
    """The sheet of a workbook that holds the lines."""

    kinds = ("zip", "ole")

    def look(self, engine: Engine, source: Any, wanted: Wanted, scratch: Path, *, kind: str, hashed: bool) -> Looked:
        path = Path(source)
        reader = _reader(path, kind)
        sheets = [_seen(reader, title, wanted) for title in _titles(reader, wanted, path.name)]
        sheet, reason = _chosen(sheets, wanted, path.name)
        names, lines = _lines(reader, sheet, path.name)
        facts = (Fact("format", "XLSX", "its first bytes say so"), Fact("sheet", short(sheet.title), reason), _header_fact(sheet))
        table = Table(plain_columns(names, lines), partial(open_frame, frame=lines), facts)
        return Looked(table, InputFile(path.name, path.stat().st_size, hash_of(path) if hashed else "", 0))


def _reader(path: Path, kind: str) -> fastexcel.ExcelReader:
    if kind == "ole":
        raise UnreadableInput(_ole(path))
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.namelist()
    except (zipfile.BadZipFile, OSError) as err:
        raise UnreadableInput(_damaged(path, err)) from err
    if not any(name.startswith("xl/") for name in inside):
        raise UnreadableInput(
            Problem("This is a ZIP archive, no workbook.", "XLSX, CSV or Parquet.", "unpack it and name the file in it.", file=path.name)
        )
    import fastexcel

    # The package tells through `logging` that a column is empty; that is no news.
    logging.getLogger("fastexcel").addHandler(logging.NullHandler())
    try:
        # As bytes: by its name the package would go wrong where the file is called other than it is.
        return fastexcel.read_excel(path.read_bytes())
    except fastexcel.FastExcelError as err:
        raise UnreadableInput(_damaged(path, err)) from err


def _ole(path: Path) -> Problem:
    # An encrypted workbook is a container of that old kind with this stream in it.
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        return Problem(
            "The workbook is protected by a password.", "a workbook without password.", "save a copy without password.", file=path.name
        )
    return Problem("This is an old Excel file (.xls).", "XLSX, CSV or Parquet.", "open it in Excel and save it as .xlsx.", file=path.name)


def _damaged(path: Path, err: Exception) -> Problem:
    first = short(str(err).splitlines()[0] if str(err) else type(err).__name__)
    return Problem(f"The workbook cannot be read: {first}", "a whole workbook.", "save it again in Excel as .xlsx.", file=path.name)


def _titles(reader: fastexcel.ExcelReader, wanted: Wanted, file: str) -> list[str]:
    titles = list(reader.sheet_names)
    if wanted.sheet is None:
        return titles
    if wanted.sheet in titles:
        return [wanted.sheet]
    problem = Problem(
        f"There is no sheet {short(wanted.sheet)!r}.",
        f"one of {', '.join(short(title) for title in titles[:20])}.",
        "correct --sheet or `sheet` under [[sources]].",
        file=file,
    )
    raise raised((Trouble(SettingsError, problem),))


def _seen(reader: fastexcel.ExcelReader, title: str, wanted: Wanted) -> _Sheet:
    # skip_rows=0: without it, empty rows at the start would be left out here, and counted later.
    top = reader.load_sheet(title, header_row=None, skip_rows=0, n_rows=_LOOKED_AT, dtypes="string")
    columns = [column.to_pylist() for column in _arrow(top).columns] if top.width else []
    rows = [tuple(cell or "" for cell in row) for row in zip(*columns, strict=True)]
    header = header_place(rows, top.width, named=bool(wanted.columns))
    names = rows[header] if header is not None else None
    known = sum(any(transactions.role(role).rank(name) is not None for name in names or ()) for role in transactions.NEEDED)
    return _Sheet(title, top.width, names, header + 1 if header is not None else 0, known, bool(rows))


def _arrow(sheet: fastexcel.ExcelSheet) -> Any:
    import pyarrow

    # Not pyarrow.table(...): it imports pandas, which takes longer than the workbook.
    return pyarrow.Table.from_batches([sheet.to_arrow()])


def _chosen(sheets: list[_Sheet], wanted: Wanted, file: str) -> tuple[_Sheet, str]:
    filled = [sheet for sheet in sheets if sheet.filled]
    if not filled:
        raise UnreadableInput(Problem("The workbook is empty.", "a sheet with a header and lines.", "export it again.", file=file))
    if wanted.sheet is not None:
        return filled[0], "it was named"
    fitting = [sheet for sheet in filled if sheet.roles == len(transactions.NEEDED)]
    if len(fitting) > 1:
        raise AmbiguousInput(_several(fitting, file))
    if fitting:
        return fitting[0], "it has columns for customer and date" if len(sheets) > 1 else "it is the only one"
    if len(filled) > 1 and wanted.columns:
        raise AmbiguousInput(_several(filled, file))
    return filled[0], "it is the first one that is not empty"


def _several(sheets: list[_Sheet], file: str) -> Problem:
    titles = [short(sheet.title) for sheet in sheets]
    return Problem(
        f"{len(sheets)} sheets could hold the lines: {', '.join(titles[:12])}.",
        "one sheet with all lines.",
        f"choose one with --sheet {titles[0]!r}, or put the lines of all into one sheet.",
        file=file,
    )


def _lines(reader: fastexcel.ExcelReader, sheet: _Sheet, file: str) -> tuple[tuple[str, ...], Any]:
    names = sheet.names or ("",) * sheet.width
    keys = [f"c{place}" for place in range(sheet.width)]
    # All rows decide the type of a column: a text in the last line makes it text, as it should.
    loaded = reader.load_sheet(sheet.title, header_row=None, skip_rows=sheet.first, column_names=keys, schema_sample_rows=None)
    lines = without_empty_rows(_arrow(loaded))
    if not lines.num_rows:
        raise UnreadableInput(
            Problem(
                f"The sheet {short(sheet.title)!r} has a header, but no line of data.",
                "at least one line of data.",
                "export the lines too, or choose another sheet with --sheet.",
                file=file,
            )
        )
    return names, lines


def _header_fact(sheet: _Sheet) -> Fact:
    if sheet.names is None:
        return Fact("header", "none", "the first row looks like data")
    before = f"; {sheet.first - 1:,} rows before it are left out" if sheet.first > 1 else ""
    return Fact("header", f"row {sheet.first:,}", f"its cells are names{before}")


PLUGIN = Workbook
