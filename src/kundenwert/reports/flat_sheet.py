"""One row a customer and month as a table of Excel, ready for pivot tables: headings in the first row, one value a cell, no sums."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.reports._workbook import Column, Formats, Told, cell_text, missing
from kundenwert.reports.language import Language
from kundenwert.reports.language.names import field_names, stage_names

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

# Above this many rows they are written as they come, in constant memory.
MANY = 50_000
_BLOCK = 20_000
_DAY_ZERO = "1899-12-30"
_WIDTHS = {"text": 16, "count": 11, "money": 15, "number": 13, "year": 8, "month": 11}


def flat_sheet(columns: Mapping[str, Any], path: Path, *, lang: str, manifest: Mapping[str, Any], many: int = MANY) -> None:
    """Writes the columns of value/flat/rows.sql. many: rows from which on memory stays constant. Raises OSError if it cannot be written."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    told = Told(Language(lang), manifest)
    rows = len(columns["month"])
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": rows > many}
    book = Workbook(str(path), options)
    book.use_zip64()
    created = {"created": datetime.fromisoformat(told.get("created")).replace(tzinfo=None)} if told.get("created") else {}
    text = told.words.text
    book.set_properties({"title": text("Customers by month"), "subject": told.company, "comments": told.basis, **created})
    formats = Formats(book, lang)
    base = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
    formats.cells |= {"year": book.add_format({**base, "num_format": "0"}), "month": book.add_format({**base, "num_format": "mmm yyyy"})}
    shown = [column for column in _columns(told) if column.name == "customer_id" or not missing(columns[column.name]).all()]
    _fill(book.add_worksheet(text("By month")), formats, shown, {**columns, **_in_words(told, columns)}, rows)
    try:
        book.close()
    except FileCreateError as err:
        # What it carries is what the operating system said.
        raise OSError(*getattr(err.args[0], "args", err.args)) from err


def _columns(told: Told) -> list[Column]:
    text, money = told.words.text, told.with_unit
    return [
        Column("month", text("Month"), "month"),
        Column("year", text("Year"), "year"),
        Column("quarter", text("Quarter"), "year"),
        Column("customer_id", text("Customer"), "text"),
        Column("name", text("Name"), "text"),
        Column("kind", text("Kind"), "text"),
        Column("segment", text("Segment"), "text"),
        Column("industry", text("Industry"), "text"),
        Column("region", text("Region"), "text"),
        Column("postcode_area", text("Postcode area"), "text"),
        Column("account_manager", text("Account manager"), "text"),
        Column("class", text("Class"), "text"),
        Column("tier", text("Tier"), "text"),
        Column("stage", text("Stage of life"), "text"),
        Column("portfolio", text("Portfolio"), "text"),
        Column("revenue", money(text("Revenue")), "money"),
        Column("returned", money(text("of it returns")), "money"),
        Column("db1", money(text("Contribution I")), "money"),
        Column("purchases", text("Days with a purchase"), "count"),
        Column("documents", text("Documents"), "count"),
        Column("lines", text("Lines"), "count"),
        Column("quantity", text("Quantity sold"), "number"),
    ]


def _words(told: Told) -> dict[str, dict[str, str]]:
    """Cells that are names of ours: column -> value -> what people read."""
    text = told.words.text
    return {
        "kind": {"b2b": text("Company"), "b2c": text("Private person")},
        "stage": stage_names(told.words),
        "portfolio": field_names(told.words),
    }


def _in_words(told: Told, columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns whose cells are names of ours, as people read them."""
    import numpy as np

    found: dict[str, Any] = {}
    for name, words in _words(told).items():
        empty, plain = missing(columns[name]), np.ma.getdata(columns[name]).tolist()
        found[name] = np.ma.array([words.get(value, value) for value in plain], mask=empty, dtype=object)
    return found


def _fill(sheet: Worksheet, formats: Formats, shown: list[Column], columns: Mapping[str, Any], rows: int) -> None:
    for place, column in enumerate(shown):
        width = max(_WIDTHS[column.kind], max(len(word) for word in column.heading.split()) + 3)
        sheet.set_column(place, place, 30 if column.name == "name" else width)
    sheet.freeze_panes(1, 0)
    heads = [{"header": column.heading, "header_format": formats.head("text" if column.kind == "text" else "count")} for column in shown]
    table = {"name": "months", "columns": heads, "style": "Table Style Light 1", "banded_rows": False}
    # A table is refused in constant memory since its cells could be gone already; here the headings come first, and again below.
    constant, sheet.constant_memory = sheet.constant_memory, False
    sheet.add_table(0, 0, max(rows, 1), len(shown) - 1, table)
    sheet.constant_memory = constant
    for place, head in enumerate(heads):
        sheet.write_string(0, place, head["header"], head["header_format"])
    for begin in range(0, rows, _BLOCK):
        _block(sheet, formats, shown, columns, range(begin, min(begin + _BLOCK, rows)))
    if rows:
        place = next(place for place, column in enumerate(shown) if column.name == "customer_id")
        sheet.ignore_errors({"number_stored_as_text": f"{_letter(place)}2:{_letter(place)}{rows + 1}"})


def _letter(place: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(place))


def _block(sheet: Worksheet, formats: Formats, shown: list[Column], columns: Mapping[str, Any], rows: range) -> None:
    """Row by row: the order that constant memory asks for."""
    write = [
        (
            place,
            sheet.write_string if column.kind == "text" else sheet.write_number,
            formats.cells[column.kind],
            _values(column, columns[column.name][rows.start : rows.stop]),
        )
        for place, column in enumerate(shown)
    ]
    for offset, row in enumerate(rows):
        for place, put, how, values in write:
            if values[offset] is not None:
                put(row + 1, place, values[offset], how)


def _values(column: Column, values: Any) -> list[Any]:
    """The values as Excel takes them; None stays empty."""
    import numpy as np

    plain = np.ma.getdata(values)
    if column.kind == "month":
        found = (plain.astype("datetime64[D]") - np.datetime64(_DAY_ZERO)).astype(int).tolist()
    elif column.kind == "text":
        found = [cell_text(str(value)) for value in plain.tolist()]
    else:
        found = plain.tolist()
    return [None if empty else value for empty, value in zip(missing(values).tolist(), found, strict=True)]


PLUGIN = flat_sheet
