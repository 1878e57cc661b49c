"""The sheet that leads from the result of a customer to the records behind each figure: an outline of customer, step and records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kundenwert.reports._basis import table_name
from kundenwert.reports._sheet_book import Book, Formula, Grid, Link, Value, cells, groups, headed, headings, set_row, write
from kundenwert.reports._workbook import missing, printed

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from kundenwert.reports._sheet_customers import Layout

_HEAD_ROW = 4
_KINDS = ("text", "text", "date", "text", "text", "number", "number", "money", "money", "money", "text", "record", "text")
_WIDTHS = (18, 26, 12, 16, 26, 11, 12, 16, 16, 12, 30, 10, 14)
_AMOUNT, _LISTED, _DIFFERENCE = 7, 8, 9
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Step:
    """The records of one figure: where they begin and end (exclusive) among all records, and the row above them."""

    figure: str
    start: int
    end: int
    row: int


@dataclass(frozen=True)
class Drilled:
    """One customer: the row of the result, and the steps below it."""

    customer: str
    row: int
    steps: tuple[Step, ...]


def layout(book: Book) -> tuple[Drilled, ...]:
    """Where each customer and step stands; other sheets lead there."""
    records, found, row = book.found.records, [], _HEAD_ROW + 1
    for start, end in groups(records["number"]):
        steps, top = [], row
        row += 1
        for first, last in groups(records["figure"][start:end]):
            steps.append(Step(str(records["figure"][start + first]), start + first, start + last, row))
            row += 1 + last - first
        found.append(Drilled(str(records["customer_id"][start]), top, tuple(steps)))
    return tuple(found)


def records(book: Book, where: tuple[Drilled, ...], listed: Layout, rows: Mapping[str, int]) -> None:
    """Fills the sheet. listed: the sheet of all customers; rows: in which of its rows each customer stands."""
    sheet, text = book.sheets["records"], book.words.text
    sheet.outline_settings(visible=True, symbols_below=False)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    top = Grid()
    headed(top, book, _message(book, where))
    hint = text("Press + on the left to open the records behind a figure. What is taken off stands with a minus.")
    top.put(3, 0, f"{hint} {_most(book)}", book.looks.quiet)
    headings(top, book, _HEAD_ROW, _heads(book), _KINDS)
    top.write(sheet)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    names = _names(book)
    for drilled in where:
        _customer(book, drilled, listed, rows[drilled.customer])
        for step in drilled.steps:
            _step(book, drilled, step, listed, rows[drilled.customer])
            _records(book, step, names)
    last = max((step.row + step.end - step.start for drilled in where for step in drilled.steps), default=_HEAD_ROW)
    sheet.conditional_format(
        _HEAD_ROW + 1, _DIFFERENCE, last + 1, _DIFFERENCE, {"type": "cell", "criteria": "!=", "value": 0, "format": book.looks.alarm}
    )
    sheet.ignore_errors({"number_stored_as_text": f"A{_HEAD_ROW + 2}:E{last + 1}"})
    sheet.repeat_rows(_HEAD_ROW)
    printed(sheet, book.told)


def _message(book: Book, where: tuple[Drilled, ...]) -> str:
    words = book.words
    losses = sum(1 for loss in book.found.result.loss_makers if loss.customer_id in set(book.found.drilled))
    return words.text(
        "The records behind the results of the {losses} largest losses and the {best} best customers",
        losses=losses,
        best=len(where) - losses,
    )


def _most(book: Book) -> str:
    """Says where not every record is listed."""
    further = [kind for kind in book.found.records["kind"].tolist() if kind == "further"]
    if not further:
        return book.words.text("Every record is listed.")
    return book.words.text("Of each figure the {most} largest records are listed, the others are one line.", most=book.found.most)


def _heads(book: Book) -> tuple[str, ...]:
    text, unit = book.words.text, book.basis.with_unit
    return (
        text("Customer"), text("Step"), text("Day"), text("Document"), text("Product or activity"), text("Units"),
        unit(text("Cost rate")), unit(text("Amount")), text("on the sheet {name}", name=book.sheets["customers"].name), text("Difference"),
        text("File"), text("Record"), text("Mark"),
    )  # fmt: skip


def _names(book: Book) -> dict[str, str]:
    text = book.words.text
    return {"estimated": text("estimated"), "assumed": text("assumed"), "": ""}


# ---------- rows ----------


def _customer(book: Book, drilled: Drilled, listed: Layout, listed_row: int) -> None:
    """The row of the result: the sum of its steps, beside what the sheet of all customers says."""
    import numpy as np

    sheet, looks = book.sheets["records"], book.looks
    amounts = [_amount(book, step) for step in drilled.steps]
    steps = "+".join(f"H{step.row + 1}" for step in drilled.steps) or "0"
    write(sheet, drilled.row, 0, Link(book.sheets["customers"].name, f"A{listed_row + 1}", drilled.customer), looks.ruled_link)
    write(sheet, drilled.row, 1, book.basis.name(book.last), looks.ruled["text"])
    name = book.found.columns["name"][listed_row - listed.first]
    for place in (2, 3, 4, 5, 6, 10, 11, 12):
        write(sheet, drilled.row, place, str(name) if place == 2 and name and name is not np.ma.masked else None, looks.ruled["text"])
    write(sheet, drilled.row, _AMOUNT, Formula(f"={steps}", round(sum(amounts), 2)), looks.ruled["money"])
    _compared(book, drilled.row, listed, listed_row, book.last, round(sum(amounts), 2), looks.ruled["money"])


def _step(book: Book, drilled: Drilled, step: Step, listed: Layout, listed_row: int) -> None:
    """The row of one figure: the sum of the records below it."""
    sheet, looks = book.sheets["records"], book.looks
    set_row(sheet, step.row, {"level": 1, "collapsed": True})
    amount = _amount(book, step)
    first, last = step.row + 2, step.row + 1 + step.end - step.start
    write(sheet, step.row, 0, drilled.customer, looks.cells["text"])
    write(sheet, step.row, 1, book.basis.name(step.figure), looks.cells["text"])
    write(sheet, step.row, 4, _counted(book, step), looks.quiet)
    write(sheet, step.row, _AMOUNT, Formula(f"=SUM(H{first}:H{last})", amount), looks.cells["money"])
    _compared(book, step.row, listed, listed_row, step.figure, amount, looks.cells["money"])


def _compared(book: Book, row: int, listed: Layout, listed_row: int, figure: str, amount: float, how: Format) -> None:
    """What the sheet of all customers says of the figure, and the difference, which is nothing."""
    sheet = book.sheets["records"]
    known = round(float(book.found.columns[figure][listed_row - listed.first]), 2)
    write(sheet, row, _LISTED, Formula("=" + book.place("customers", listed.cell(figure, listed_row)), known), how)
    write(sheet, row, _DIFFERENCE, Formula(f"=ROUND(H{row + 1}-I{row + 1},2)", round(amount - known, 2)), how)


def _amount(book: Book, step: Step) -> float:
    return round(float(book.found.records["amount"][step.start : step.end].sum()), 2)


def _counted(book: Book, step: Step) -> str:
    """How many records a figure is made of."""
    kinds, units = book.found.records["kind"][step.start : step.end], book.found.records["units"][step.start : step.end]
    count = sum(int(unit) if kind == "further" else kind == "record" for kind, unit in zip(kinds.tolist(), units.tolist(), strict=True))
    return book.words.plural("{n} record", "{n} records", count)


def _records(book: Book, step: Step, names: Mapping[str, str]) -> None:
    sheet = book.sheets["records"]
    how = cells(book, _KINDS)
    for row, values in enumerate(_lines(book, step, names), step.row + 1):
        set_row(sheet, row, {"level": 2, "hidden": True})
        for place, value in enumerate(values):
            if value is not None and value != "":
                write(sheet, row, place, value, how[place])


def _lines(book: Book, step: Step, names: Mapping[str, str]) -> Iterator[tuple[Value, ...]]:
    """The records of a step as the cells of their rows."""
    name = book.basis.name(step.figure)
    for one in _plain(book, step):
        if one["kind"] == "record":
            file = book.found.files[one["source"]][one["file_id"]]
            where = (file, one["record"], names[one["mark"]])
            what = one["what"] or ("" if one["source"] == "transactions" else table_name(one["source"], book.words))
        else:
            where = ("", None, "")
            what = _rest(book, one)
        units = one["units"] if one["kind"] == "record" else None
        yield (one["customer_id"], name, one["day"], one["document_id"], what, units, one["rate"], one["amount"], None, None, *where)


def _rest(book: Book, one: Mapping[str, Any]) -> str:
    if one["kind"] == "rounding":
        return book.words.text("rounded to whole cents")
    return book.words.plural("{n} further record", "{n} further records", int(one["units"]))


def _plain(book: Book, step: Step) -> Iterator[dict[str, Any]]:
    """The records of a step, one by one; what is not known is None."""
    import numpy as np

    columns: dict[str, list[Any]] = {}
    for name, values in book.found.records.items():
        part = values[step.start : step.end]
        plain = np.ma.getdata(part)
        found = (
            [_EPOCH + timedelta(days=day) for day in plain.astype("datetime64[D]").astype(int).tolist()]
            if name == "day"
            else plain.tolist()
        )
        columns[name] = [None if empty else value for empty, value in zip(missing(part).tolist(), found, strict=True)]
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))
