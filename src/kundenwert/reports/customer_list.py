"""The customer list as a workbook: one sheet with the rows, columns and order that somebody saw, its basis and filters above.

Rows are written as they come, in constant memory. Figures are numbers Excel can reckon with, days are dates, texts are never formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kundenwert.reports._workbook import Columns, Formats, Told, cell_text, missing, printed

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from kundenwert.reports.language import Language

_TOLD_ROW, _SUMS_ROW, _HEADER_ROW = 2, 3, 4
_HEADER_HEIGHT = 48
_WIDTHS = {"text": 30, "word": 18, "flag": 12, "count": 11, "money": 15, "number": 11, "share": 10, "date": 12}
_NUMBER_WIDTH = 14
# Excel counts days from 30 December 1899 (from March 1900 on, after its wrong leap day).
_DAY_ZERO = "1899-12-30"


class Listed(Protocol):
    """A column of the list: its name, what stands above it, its kind and whether it is summed."""

    @property
    def name(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def sums(self) -> bool: ...


def customer_list(
    columns: Sequence[Listed],
    parts: Iterable[Columns],
    path: Path,
    *,
    language: Language,
    manifest: Mapping[str, Any],
    told: str,
    sums: Mapping[str, Any],
    rows: int,
    words: Mapping[str, Mapping[str, str]],
) -> None:
    """Writes the parts of a list below each other. told: its filters in a sentence. sums: of columns, as they stand without a filter in
    Excel. words: column -> name of ours -> what people read.

    Raises OSError if the file cannot be written.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    basis = Told(language, manifest)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
    book = Workbook(str(path), options)
    book.use_zip64()
    book.set_properties({"title": language.text("Customers"), "subject": basis.company})
    formats = Formats(book, language.figures)
    sheet = book.add_worksheet(language.text("Customers"))
    for place, column in enumerate(columns):
        width = _NUMBER_WIDTH if column.name == "customer_id" else _WIDTHS[column.kind]
        sheet.set_column(place, place, max(width, max(len(word) for word in column.heading.split()) + 2))
    # In constant memory rows must come from top to bottom.
    sheet.write_string(0, 0, basis.heading, formats.title)
    sheet.write_string(1, 0, basis.basis, formats.quiet)
    sheet.write_string(_TOLD_ROW, 0, cell_text(told), formats.quiet)
    _sums(sheet, language, formats, columns, sums, rows)
    _headings(sheet, formats, columns)
    row = _HEADER_ROW + 1
    for part in parts:
        row = _rows(sheet, formats, columns, part, row, words, language.text("yes"))
    sheet.freeze_panes(_HEADER_ROW + 1, 1)
    sheet.autofilter(_HEADER_ROW, 0, max(row - 1, _HEADER_ROW + 1), len(columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A{_HEADER_ROW + 2}:A{row + 1}"})
    sheet.repeat_rows(_HEADER_ROW)
    printed(sheet, basis)
    try:
        book.close()
    except FileCreateError as err:
        # What it carries is what the operating system said.
        raise OSError(*getattr(err.args[0], "args", err.args)) from err


def _is_text(column: Listed) -> bool:
    return column.kind in {"text", "word", "flag"}


def _headings(sheet: Worksheet, formats: Formats, columns: Sequence[Listed]) -> None:
    sheet.set_row(_HEADER_ROW, _HEADER_HEIGHT)
    for place, column in enumerate(columns):
        sheet.write_string(_HEADER_ROW, place, column.heading, formats.head("text" if _is_text(column) else column.kind))


def _sums(sheet: Worksheet, language: Language, formats: Formats, columns: Sequence[Listed], sums: Mapping[str, Any], rows: int) -> None:
    """Sums above the headings follow the filter of Excel."""
    from xlsxwriter.utility import xl_col_to_name

    for place, column in enumerate(columns):
        letter = xl_col_to_name(place)
        if column.sums and column.name in sums:
            area = f"{letter}{_HEADER_ROW + 2}:{letter}{max(_HEADER_ROW + 1 + rows, _HEADER_ROW + 2)}"
            sheet.write_formula(_SUMS_ROW, place, f"=SUBTOTAL(109,{area})", formats.sums[column.kind], float(sums[column.name]))
        elif place == 0:
            sheet.write_string(_SUMS_ROW, 0, language.text("Sum of the rows shown"), formats.sums["text"])


def _rows(
    sheet: Worksheet,
    formats: Formats,
    columns: Sequence[Listed],
    part: Columns,
    first: int,
    words: Mapping[str, Mapping[str, str]],
    yes: str,
) -> int:
    """Writes a part row by row, the order that constant memory asks for; returns the row after it."""
    write = [
        (
            place,
            sheet.write_string if _is_text(column) else sheet.write_number,
            formats.cells["text" if _is_text(column) else column.kind],
            _values(column, part[column.name], words.get(column.name, {}), yes),
        )
        for place, column in enumerate(columns)
    ]
    count = len(next(iter(part.values())))
    for number in range(count):
        for place, put, how, values in write:
            if (value := values[number]) is not None:
                put(first + number, place, value, how)
    return first + count


def _values(column: Listed, values: Any, words: Mapping[str, str], yes: str) -> list[Any]:
    """The values as Excel takes them; None stays empty."""
    import numpy as np

    plain = np.ma.getdata(values)
    if column.kind == "date":
        found = (plain.astype("datetime64[D]") - np.datetime64(_DAY_ZERO)).astype(int).tolist()
    elif column.kind == "flag":
        return [yes if value else None for value in plain.tolist()]
    elif _is_text(column):
        found = [words.get(value) or cell_text(str(value)) for value in plain.tolist()]
    else:
        found = plain.tolist()
    return [None if empty else value for empty, value in zip(missing(values).tolist(), found, strict=True)]


PLUGIN = customer_list
