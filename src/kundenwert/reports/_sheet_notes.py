"""The last sheet of the customer result: what its figures rest on, what is estimated or assumed, and what the words mean."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kundenwert.reports._result_basis import owner_names
from kundenwert.reports._sheet_book import TAKEN, Book, Grid, headed, wrapped_height
from kundenwert.reports._workbook import printed

_TOP = 4
_LABEL_WIDTH, _WORDS_WIDTH = 34, 110


def notes(book: Book) -> None:
    """What a reader must know: the basis, what is estimated or assumed, what belongs to nobody, and what the words mean."""
    sheet, grid, text = book.sheets["notes"], Grid(), book.words.text
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, 1, _WORDS_WIDTH)
    headed(grid, book, text("What these figures are, and what they are not"))
    row = _TOP
    for title, lines in (
        (text("Basis"), _basis(book)),
        (text("To know before use"), _warnings(book)),
        (text("What the words mean"), _meanings(book)),
    ):
        grid.put(row, 0, title, book.looks.head())
        grid.put(row, 1, "", book.looks.head())
        for label, words in lines:
            row += 1
            grid.row(row, height=wrapped_height((label, _LABEL_WIDTH), (words, _WORDS_WIDTH)))
            grid.put(row, 0, label, book.looks.wrapped)
            grid.put(row, 1, words, book.looks.wrapped)
        row += 2
    grid.write(sheet)
    printed(sheet, book.told)


def _basis(book: Book) -> Iterator[tuple[str, str]]:
    text, words, result = book.words.text, book.words, book.found.result
    yield text("Company"), book.told.company
    yield text("Period"), text("{period}, lines from {first} to {last}", period=book.basis.period, first=result.first, last=result.last)
    yield text("As of"), words.date(result.as_of)
    yield text("Run"), text("{run}, made on {day}", run=result.run, day=words.date(result.created.date() if result.created else None))
    yield text("Currency"), result.currency
    if result.before:
        yield text("Compared with"), book.basis.before
    elif result.year is not None:
        yield text("Compared with"), text("nothing: the log does not cover both years whole")


def _warnings(book: Book) -> Iterator[tuple[str, str]]:
    text, words, result = book.words.text, book.words, book.found.result
    first = next(step.customers or Decimal(0) for step in result.steps if step.name == "db1")
    share = words.percent(float(result.estimated / first) if first > 0 else None)
    told = text(
        "{amount} ({share} of contribution I of the customers) rests on margins of other lines or on the setting margin.",
        amount=words.money(result.estimated, result.currency),
        share=share,
    )
    yield text("Estimated"), told if result.estimated else text("Nothing: each line has its cost.")
    told = text("{amount} of cost to serve rests on rates that the preset assumes.", amount=words.money(result.assumed, result.currency))
    yield text("Assumed"), told if result.assumed else text("Nothing: all rates are the company's own.")
    names = owner_names(words)
    for row in result.owners:
        if row["owner"] in names:
            amount = words.money(row["db1"] if row["db4"] is None else row["db4"], result.currency)
            yield text("Unallocated"), f"{names[row['owner']]}, {row['year'] or '–'}: {amount}"
    if result.left_out:
        yield (
            text("Objections"),
            words.plural(
                "{n} customer objected to being valued and stands in no list; sums hold its money.",
                "{n} customers objected to being valued and stand in no list; sums hold their money.",
                result.left_out,
            ),
        )
    between = sum(row.customers for row in book.found.together if row.reason == "between")
    if between:
        yield (
            text("Not listed one by one"),
            text("A sheet cannot hold all customers: {n} between the best and the worst are one row.", n=between),
        )
    for notice in result.notices:
        yield text("Note"), book.words.notice(notice)
    command = f"kundenwert customer {text('NUMBER')} --lines" + (f" --year {result.year}" if result.year else "")
    yield text("Records of other customers"), text("`{command}` lists them in the project's folder.", command=command)
    yield text("Formats"), text("Figures are numbers, not text; Excel and LibreOffice show them as your computer writes numbers.")


def _meanings(book: Book) -> Iterator[tuple[str, str]]:
    text = book.words.text
    words = {
        "gross": text("What the goods would have brought at list price; without list prices, before the discount of the line."),
        "discount": text("List price less what was booked."),
        "bonus": text("Lines of a yearly bonus."),
        "revenue": text("The booked lines, returns and cancellations taken off; ties to the ledger."),
        "cash_discount": text("Cash discount taken on payment, as a share of its invoice."),
        "net": text("Booked revenue less cash discount."),
        "goods": text("Cost of the goods sold, by line; where a line has none, by the margin of its product, its group or all lines."),
        "db1": text("Net revenue less cost of goods."),
        "marketing": text("Mailings and other measures."),
        "db2": text("Contribution I less marketing."),
        "sales": text("Visits, calls, orders: count times rate."),
        "db3": text("Contribution II less sales cost."),
        "service": text("Service hours and complaints."),
        "logistics": text("Deliveries and returns."),
        "db4": text("Contribution III less service and logistics: what the customer leaves for everything the company does for all."),
    }
    for step in book.steps:
        sign = "− " if step in TAKEN else "= " if step != "gross" else ""
        yield sign + book.basis.name(step), words[step]
    yield (
        text("Usual, above the usual"),
        text(
            "What comparable customers cost for the same sales at list price: customers of the same fifth by size, below 250 customers "
            "all of them. The cost that lies furthest above it is the cause of a loss."
        ),
    )
    yield (
        text("Lever"),
        text(
            "What would bring contribution IV to zero with everything else unchanged. Read it as the size of the step, not as a forecast: "
            "who pays more or may no longer order little may also go."
        ),
    )
