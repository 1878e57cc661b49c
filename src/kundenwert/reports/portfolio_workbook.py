"""Portfolio and points as a workbook: one row a customer with criteria from 0 to 10, the portfolio as diagram, what people wrote."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from kundenwert.records.portfolio_workbook import PortfolioWorkbook
from kundenwert.reports._sheet_legend import legend, ratings
from kundenwert.reports._sheet_portfolio import portfolio
from kundenwert.reports._sheet_scoring import Scoring, scoring
from kundenwert.reports._workbook import Told
from kundenwert.reports.language import Language

# Above this many customers rows are written as they come, in constant memory.
_MANY = 20_000


def portfolio_workbook(found: PortfolioWorkbook, path: Path, *, lang: str = "de") -> None:
    """Writes the workbook. Raises OSError if the file cannot be written."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    words = Language(lang)
    told = Told(words, found.manifest)
    many = len(found.columns["customer_id"]) > _MANY
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": many}
    book = Workbook(str(path), options)
    book.use_zip64()
    # The run's own clock, so that a workbook does not change with the day it is written.
    created = {"created": datetime.fromisoformat(told.get("created")).replace(tzinfo=None)} if told.get("created") else {}
    book.set_properties({"title": words.text("Portfolio and points"), "subject": told.company, **created})
    made = Scoring.of(book, found, told)
    # The diagram is what people open first; its formulas read the sheet behind it.
    names = [words.text("Portfolio")] if found.has_portfolio else []
    sheets = {name: book.add_worksheet(name) for name in (*names, words.text("Points"), words.text("Ratings"), words.text("Legend"))}
    scoring(made, sheets[words.text("Points")])
    if found.has_portfolio:
        portfolio(made, sheets[words.text("Portfolio")])
    ratings(made, sheets[words.text("Ratings")])
    legend(made, sheets[words.text("Legend")])
    sheets[words.text("Points")].activate()
    try:
        book.close()
    except FileCreateError as err:
        # What it carries is what the operating system said.
        raise OSError(*getattr(err.args[0], "args", err.args)) from err


PLUGIN = portfolio_workbook
