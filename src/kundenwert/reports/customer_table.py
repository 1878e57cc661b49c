"""The value table as a workbook: one sheet with a row a customer, one with the basis, the totals and a chart.

Every figure is a number Excel can reckon with, every day a date; ids stay text, so `0001` keeps its zeros and `=1+1` is never run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.reports._table_overview import SUMMED, overview
from kundenwert.reports._workbook import Column, Columns, Formats, Told, cell_text, missing, printed, total
from kundenwert.reports.language import Language

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

# Above this many rows they are written as they come, in constant memory: an Excel table needs them all at once.
_TABLE_ROWS = 250_000
_SUMS_ROW, _HEADER_ROW = 2, 3
_HEADER_HEIGHT = 62
_WIDTHS = {"text": 22, "count": 12, "money": 16, "number": 14, "share": 11, "date": 13}
# A bound at another level: its column, its end and the level in percent (97_5 is 97.5).
_BOUND = re.compile(r"(?P<column>\w+)_(?P<end>lower|upper)_(?P<level>\d+(?:_\d+)?)")
# Excel counts days from 30 December 1899 (from March 1900 on, after its wrong leap day).
_DAY_ZERO = "1899-12-30"


def customer_table(columns: Columns, path: Path, *, lang: str, manifest: Mapping[str, Any]) -> None:
    """Writes the columns of customers.parquet as a workbook. manifest: that of the run; may be empty or hold only some facts.

    Raises OSError if the file cannot be written.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    told = Told(Language(lang), manifest)
    rows = len(next(iter(columns.values())))
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": rows > _TABLE_ROWS}
    book = Workbook(str(path), options)
    book.use_zip64()
    book.set_properties({"title": told.title, "subject": told.company, **_created(told)})
    formats = Formats(book, lang)
    shown = [column for column in _columns(told, columns) if _is_filled(columns, column.name)]
    _customers(book.add_worksheet(told.words.text("Customers")), told, formats, shown, columns, rows)
    overview(book, book.add_worksheet(told.words.text("Overview")), told, formats, shown, columns)
    try:
        book.close()
    except FileCreateError as err:
        # What it carries is what the operating system said.
        raise OSError(*getattr(err.args[0], "args", err.args)) from err


def _created(told: Told) -> dict[str, datetime]:
    """The run's own clock, so that a workbook does not change with the day of its export."""
    return {"created": datetime.fromisoformat(told.get("created"))} if told.get("created") else {}


# ---------- what the columns are ----------


def _columns(told: Told, columns: Columns) -> list[Column]:
    known = {column.name: column for column in (*_history(told), *_forecast(told))}
    return [known.get(name) or _other_level(told, known, name) or Column(name, name, _kind(values)) for name, values in columns.items()]


def _other_level(told: Told, known: Mapping[str, Column], name: str) -> Column | None:
    """The column of a bound at a level that was asked for besides 90 %, such as clv_lower_50; None for any other name."""
    found = _BOUND.fullmatch(name)
    if not found or f"{found['column']}_{found['end']}" not in known:
        return None
    bound, level = known[f"{found['column']}_{found['end']}"], float(found["level"].replace("_", "."))
    outside = (100 - level) / 2
    exceeded = 100 - outside if found["end"] == "lower" else outside
    shown = told.words.percent(level / 100, 1 if level % 1 else 0)
    meaning = told.words.text("Exceeded in {n} of 100 cases.", n=exceeded)
    return replace(bound, name=name, heading=f"{bound.heading} ({shown})", meaning=meaning)


def _kind(values: Any) -> str:
    """The kind of a column that is not known here."""
    return {"i": "count", "u": "count", "f": "number", "M": "date"}.get(values.dtype.kind, "text")


def _history(told: Told) -> list[Column]:
    text, money = told.words.text, told.with_unit
    average = text("Mean amount of these days; empty where there is none.")
    revenue = text("Booked net revenue, cancellations and returns taken off.")
    return [
        Column("customer_id", text("Customer"), "text", text("The customer as named in the input.")),
        Column("first_purchase", text("First purchase"), "date", text("Empty where no purchase is left.")),
        Column("last_purchase", text("Last purchase"), "date", text("Empty where no purchase is left.")),
        Column("frequency", text("Repeat purchases"), "count", text("Days with a purchase after the first.")),
        Column("recency", text("Days from first to last purchase"), "count", text("0 for customers who bought once.")),
        Column("T", text("Days since first purchase"), "count", text("Up to the as-of day.")),
        Column("spend_days", text("Repeat days with an amount"), "count", text("Repeat purchases whose amount is above zero.")),
        Column("monetary_value", money(text("Average repeat purchase")), "money", average),
        Column("revenue", money(text("Revenue so far")), "money", revenue),
        Column("p_alive", text("Still active"), "share", text("The chance that the customer still buys on the as-of day.")),
    ]


def _forecast(told: Told) -> list[Column]:
    text, money = told.words.text, told.with_unit
    ahead, years = _span(told, "horizon"), _span(told, "value_horizon")
    purchases = text("Purchases to be expected, on average, within the horizon.")
    revenue = text("Revenue to be expected within the horizon, not discounted, less usual returns.")
    clv = text("What is to be expected from the as-of day to the end of the value horizon, each amount discounted from its day.")
    beyond = text("What is to be expected after the value horizon, discounted; not part of the value.")
    past = text("What was booked so far in the yardstick; ties to the booked lines.")
    level = text("Whether the forecast follows the customer's own purchases or customers alike.")
    return [
        *_with_bounds(told, Column("expected_purchases", text("Expected purchases") + ahead, "number", purchases)),
        *_with_bounds(told, Column("expected_revenue", money(text("Expected revenue") + ahead), "money", revenue)),
        *_with_bounds(told, Column("clv", money(text("Still to come (clv)") + years), "money", clv)),
        Column("clv_beyond", money(text("Later still")), "money", beyond),
        Column("past", money(text("Past")), "money", past),
        Column("value", money(text("Customer value")), "money", text("Value = past + still to come")),
        Column("level", text("Forecast from"), "text", level),
    ]


def _with_bounds(told: Told, column: Column) -> tuple[Column, Column, Column]:
    text, what = told.words.text, column.heading
    low = replace(
        column, name=f"{column.name}_lower", heading=text("{what}: at least", what=what), meaning=text("Exceeded in 95 of 100 cases.")
    )
    high = replace(
        column, name=f"{column.name}_upper", heading=text("{what}: at most", what=what), meaning=text("Exceeded in 5 of 100 cases.")
    )
    return column, low, high


def _span(told: Told, horizon: str) -> str:
    return f", {told.words.span(told.get(horizon))}" if told.get(horizon) else ""


def _is_filled(columns: Columns, name: str) -> bool:
    """Whether a column says anything: money where there is none, and bounds that are only known to be 0, are left out."""
    known = ~missing(columns[name])
    if name.endswith(("_lower", "_upper")) or _BOUND.fullmatch(name):
        known = known & (columns["level"] != "none")
    return bool(known.any()) or name == "customer_id"


# ---------- the sheet of customers ----------


def _customers(sheet: Worksheet, told: Told, formats: Formats, shown: Sequence[Column], columns: Columns, rows: int) -> None:
    first, last = _HEADER_ROW + 1, _HEADER_ROW + rows
    for place, column in enumerate(shown):
        sheet.set_column(place, place, _width(column))
    sheet.write_string(0, 0, told.heading, formats.title)
    sheet.write_string(1, 0, told.basis, formats.quiet)
    _sums(sheet, told, formats, shown, columns, (first + 1, last + 1))
    _headings(sheet, formats, shown)
    sheet.freeze_panes(first, 1)
    _rows(sheet, told, formats, shown, columns, rows)
    area = (_HEADER_ROW, 0, last, len(shown) - 1)
    if 0 < rows <= _TABLE_ROWS:
        heads = [{"header": column.heading, "header_format": _head(formats, column)} for column in shown]
        sheet.add_table(*area, {"name": "customers", "columns": heads, "style": "Table Style Light 1", "banded_rows": False})
    else:
        sheet.autofilter(*area)
    # Ids of digits are text on purpose; without this, Excel puts a green corner on each.
    sheet.ignore_errors({"number_stored_as_text": f"A{first + 1}:A{last + 1}"})
    sheet.repeat_rows(_HEADER_ROW)
    printed(sheet, told)


def _width(column: Column) -> int:
    """Room for the figures and for the longest word of the heading with the button of the filter."""
    return max(_WIDTHS[column.kind], max(len(word) for word in column.heading.split()) + 3)


def _head(formats: Formats, column: Column) -> Any:
    return formats.head(column.kind, beside=column.name == "level")


def _headings(sheet: Worksheet, formats: Formats, shown: Sequence[Column]) -> None:
    sheet.set_row(_HEADER_ROW, _HEADER_HEIGHT)
    for place, column in enumerate(shown):
        sheet.write_string(_HEADER_ROW, place, column.heading, _head(formats, column))


def _sums(sheet: Worksheet, told: Told, formats: Formats, shown: Sequence[Column], columns: Columns, lines: tuple[int, int]) -> None:
    """Sums above the headings follow the filter: who looks at one group sees its total."""
    from xlsxwriter.utility import xl_col_to_name

    sheet.write_string(_SUMS_ROW, 0, told.words.text("Sum of the rows shown"), formats.sums["text"])
    for place, column in enumerate(shown):
        if column.name in SUMMED:
            letter = xl_col_to_name(place)
            area = f"{letter}{lines[0]}:{letter}{lines[1]}"
            sheet.write_formula(_SUMS_ROW, place, f"=SUBTOTAL(109,{area})", formats.sums[column.kind], total(columns[column.name]))


def _rows(sheet: Worksheet, told: Told, formats: Formats, shown: Sequence[Column], columns: Columns, rows: int) -> None:
    """Row by row: the order that constant memory asks for. A workbook has no way to take whole columns."""
    write = [
        (
            place,
            sheet.write_string if column.kind == "text" else sheet.write_number,
            formats.beside if column.name == "level" else formats.cells[column.kind],
            iter(_values(column, columns[column.name], told)),
        )
        for place, column in enumerate(shown)
    ]
    for row in range(_HEADER_ROW + 1, _HEADER_ROW + 1 + rows):
        for place, put, how, values in write:
            value = next(values)
            if value is not None:
                put(row, place, value, how)


def _values(column: Column, values: Any, told: Told) -> list[Any]:
    """The values as Excel takes them; None stays empty."""
    import numpy as np

    plain = np.ma.getdata(values)
    if column.kind == "date":
        found = (plain.astype("datetime64[D]") - np.datetime64(_DAY_ZERO)).astype(int).tolist()
    elif column.name == "level":
        words = told.levels()
        found = [words.get(value, value) for value in plain.tolist()]
    elif column.kind == "text":
        found = [cell_text(str(value)) for value in plain.tolist()]
    else:
        found = plain.tolist()
    return [None if empty else value for empty, value in zip(missing(values).tolist(), found, strict=True)]


PLUGIN = customer_table
