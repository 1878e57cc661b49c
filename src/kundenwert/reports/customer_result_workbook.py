"""The customer result as a workbook: steps with checks and charts, losses, every customer, records behind figures, drivers, notes.

Figures are numbers and differences are formulas, so that a controller can follow and go on reckoning; names and ids stay text.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kundenwert.records import CustomerResult, ResultWorkbook
from kundenwert.reports import _sheet_beside as beside
from kundenwert.reports import _sheet_customers as everybody
from kundenwert.reports import _sheet_records as behind
from kundenwert.reports._sheet_book import Book, Looks
from kundenwert.reports._sheet_charts import charts
from kundenwert.reports._sheet_losses import losses
from kundenwert.reports._sheet_notes import notes
from kundenwert.reports._sheet_overview import Elsewhere, overview
from kundenwert.reports._workbook import Told
from kundenwert.reports.language import Language

if TYPE_CHECKING:
    from xlsxwriter import Workbook

# Above this many customers rows are written as they come, in constant memory.
_MANY = 20_000


def customer_result_workbook(found: ResultWorkbook, path: Path, *, lang: str = "de") -> None:
    """Writes the workbook. Raises OSError if the file cannot be written."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    many = len(found.columns["customer_id"]) > _MANY
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": many}
    book = Workbook(str(path), options)
    book.use_zip64()
    _fill(_book(book, found, Language(lang)))
    try:
        book.close()
    except FileCreateError as err:
        # What it carries is what the operating system said.
        raise OSError(*getattr(err.args[0], "args", err.args)) from err


def _book(book: Workbook, found: ResultWorkbook, words: Language) -> Book:
    result = found.result
    told = Told(words, {"title": result.title, "as_of": result.as_of.isoformat(), "currency": result.currency, "run": result.run})
    # The run's own clock, so that a workbook does not change with the day it is written.
    created = {"created": result.created.replace(tzinfo=None)} if result.created else {}
    book.set_properties({"title": words.text("Customer result"), "subject": told.company, **created})
    sheets = {key: book.add_worksheet(name) for key, name in _names(words, result).items()}
    return Book(found, words, told, book, Looks(book, words.code), sheets)


def _names(words: Language, result: CustomerResult) -> dict[str, str]:
    """The sheets in their order."""
    text = words.text
    return {
        "result": text("Result"),
        "losses": text("Loss makers"),
        "customers": text("Customers"),
        "records": text("Drill-down"),
        "yardsticks": text("Yardsticks"),
        "drivers": text("Cost drivers"),
        "readiness": text("Readiness"),
        "notes": text("Notes"),
        "charts": text("Chart data"),
    }


def _fill(book: Book) -> None:
    listed, drilled = everybody.layout(book), behind.layout(book)
    jumps = {one.customer: one.row for one in drilled}
    sums = beside.drivers(book)
    overview(book, Elsewhere(listed, drilled, sums))
    charts(book)
    losses(book, jumps)
    everybody.customers(book, listed, jumps)
    behind.records(book, drilled, listed, everybody.rows_of(book, listed, book.found.drilled))
    beside.yardsticks(book, jumps)
    beside.readiness(book)
    notes(book)


PLUGIN = customer_result_workbook
