"""Three small sheets of the customer result: yardsticks side by side, cost drivers, readiness of the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kundenwert.records import TableReadiness
from kundenwert.reports._basis import table_name
from kundenwert.reports._result_basis import short_names
from kundenwert.reports._sheet_book import STAGES, Book, Formula, Grid, Link, Value, cells, cost_bars, headed, headings, wrapped_height
from kundenwert.reports._sheet_overview import row_of
from kundenwert.reports._workbook import missing, printed

_TOP = 4
# More changes of place than anybody reads.
_MOVERS = 100
_ADDS_WIDTH = 66


@dataclass(frozen=True)
class DriverSums:
    """Where the sheet of the cost drivers holds their sum, and the sum."""

    cell: str
    total: float


# ---------- yardsticks ----------


def yardsticks(book: Book, drilled: Mapping[str, int]) -> None:
    """What each step says of the customers, against revenue; then whose place changes most."""
    sheet, grid, result = book.sheets["yardsticks"], Grid(), book.found.result
    for place, width in enumerate((22, 30, *(15,) * 10)):
        sheet.set_column(place, place, width)
    headed(grid, book, _agreement(book))
    row = _side_by_side(grid, book, _TOP)
    movers = result.movers[:_MOVERS]
    if movers:
        _movers(grid, book, row + 2, drilled)
    grid.write(sheet)
    if movers:
        first, last, change = row + 4, row + 3 + len(movers), 2 + 2 * len(result.yardsticks)
        sheet.autofilter(first - 1, 0, last, change)
        for criteria, how in ((">", book.looks.good), ("<", book.looks.bad)):
            sheet.conditional_format(first, change, last, change, {"type": "cell", "criteria": criteria, "value": 0, "format": how})
        sheet.ignore_errors({"number_stored_as_text": f"A{first + 1}:B{last + 1}"})
    printed(sheet, book.told)


def _agreement(book: Book) -> str:
    words, last = book.words, book.found.result.yardsticks[-1]
    if last.kept is None:
        return words.text("Yardsticks side by side")
    return words.text(
        "Of the best fifth by revenue {kept} are in the best fifth by {step} too",
        kept=words.percent(last.kept, 0),
        step=book.basis.name(last.name),
    )


def _side_by_side(grid: Grid, book: Book, row: int) -> int:
    text, result = book.words.text, book.found.result
    heads = (
        text("Yardstick"), "", book.basis.with_unit(text("Sum")), text("Customers below zero"), text("Places agree with revenue"),
        text("stay in the best fifth"),
    )  # fmt: skip
    kinds = ("text", "text", "money", "count", "number", "share")
    headings(grid, book, row, heads, kinds)
    for number, one in enumerate(result.yardsticks, row + 1):
        values = (book.basis.name(one.name), None, float(one.amount), one.below_zero, one.agreement, one.kept)
        grid.line(number, values, [book.looks.cells[kind] for kind in kinds])
    last = row + len(result.yardsticks) + 1
    note = text("Places agree: 1 is the same order as by revenue, 0 none at all. The best fifth: the customers with the highest revenue.")
    grid.put(last, 0, note, book.looks.quiet)
    return last


def _movers(grid: Grid, book: Book, row: int, drilled: Mapping[str, int]) -> None:
    text, result, short = book.words.text, book.found.result, short_names(book.words)
    count = len(result.movers[:_MOVERS])
    title = text("The {n} customers whose place changes most between revenue and {step}", n=count, step=book.basis.name(book.last))
    grid.put(row, 0, title, book.looks.bold)
    yards = [one.name for one in result.yardsticks]
    places = [text("Place by {step}", step=short[name]) for name in yards]
    heads = (text("Customer"), text("Name"), *(book.basis.with_unit(short[name]) for name in yards), *places, text("Places won"))
    kinds = ("text", "text", *("money",) * len(yards), *("count",) * len(yards), "places")
    headings(grid, book, row + 1, heads, kinds, height=34)
    names = _names(book, {mover.customer_id for mover in result.movers[:_MOVERS]})
    for number, mover in enumerate(result.movers[:_MOVERS], row + 2):
        look = [book.looks.cells[kind] for kind in kinds]
        identity: Value = mover.customer_id
        if mover.customer_id in drilled:
            identity = Link(book.sheets["records"].name, f"A{drilled[mover.customer_id] + 1}", mover.customer_id)
            look[0] = book.looks.link
        amounts = [float(mover.amounts[name]) for name in yards]
        values = (identity, names.get(mover.customer_id, ""), *amounts, *(mover.places[name] for name in yards), mover.change)
        grid.line(number, values, look)


def _names(book: Book, wanted: set[str]) -> dict[str, str]:
    """Names of some customers."""
    import numpy as np

    ids = np.ma.getdata(book.found.columns["customer_id"]).astype(object)
    places = np.flatnonzero(np.isin(ids, np.array(sorted(wanted), dtype=object)))
    names, empty = book.found.columns["name"], missing(book.found.columns["name"])
    return {str(ids[place]): str(names[place]) for place in places.tolist() if not empty[place]}


# ---------- cost drivers ----------


def drivers(book: Book) -> DriverSums | None:
    """What one unit of each activity costs, how many there were, and that it ties; None where nothing is known of cost to serve."""
    sheet, grid = book.sheets["drivers"], Grid()
    for place, width in enumerate((26, 34, 20, 16, 14, 18, 18, 24)):
        sheet.set_column(place, place, width)
    headed(grid, book, _dearest(book))
    sums = _driver_rows(grid, book) if book.found.drivers else None
    grid.write(sheet)
    if sums is not None:
        last = _TOP + len(book.found.drivers)
        sheet.conditional_format(_TOP + 1, 6, last, 6, cost_bars())
        sheet.autofilter(_TOP, 0, last, 7)
    printed(sheet, book.told)
    return sums


def _dearest(book: Book) -> str:
    words, known = book.words, [row for row in book.found.drivers if row["amount"] is not None]
    if not known:
        return words.text("Nothing is known of cost to serve: give the tables activities and activity_rates")
    whole, most = sum(row["amount"] for row in known), max(known, key=lambda row: row["amount"])
    return words.text(
        "{driver} is the largest cost to serve: {amount} of {whole}",
        driver=_driver(book, most),
        amount=words.money(most["amount"], book.found.result.currency, 0),
        whole=words.money(whole, book.found.result.currency, 0),
    )


def _driver(book: Book, row: Mapping[str, Any]) -> str:
    return row["driver"] or book.words.text("{table}, cost as recorded", table=table_name(row["source"], book.words))


def _driver_rows(grid: Grid, book: Book) -> DriverSums:
    text, unit, looks = book.words.text, book.basis.with_unit, book.looks
    kinds = ("text", "text", "text", "count", "number", "money", "money", "text")
    heads = (
        text("Step"), text("Cost driver"), text("Table"), text("Records"), text("Units"), unit(text("Mean cost rate")), unit(text("Cost")),
        text("Mark"),
    )  # fmt: skip
    headings(grid, book, _TOP, heads, kinds)
    found = book.found.drivers
    for number, row in enumerate(found, _TOP + 1):
        stage = book.basis.name(row["stage"]) if row["stage"] else ""
        cost = None if row["amount"] is None else float(row["amount"])
        rate = None if cost is None else Formula(f'=IF(E{number + 1}<>0,G{number + 1}/E{number + 1},"")', _rate(row))
        mark = text("no rate is known") if cost is None else text("assumed") if row["is_assumed"] else ""
        values = (
            stage,
            _driver(book, row),
            table_name(row["source"], book.words),
            row["records"],
            float(row["units"]),
            rate,
            cost,
        )
        grid.line(number, (*values, mark), cells(book, kinds))
    last = _TOP + len(found)
    total = round(float(sum((row["amount"] for row in found if row["amount"] is not None), Decimal(0))), 2)
    sums: list[Value] = [text("together"), None, None, None, None, None, Formula(f"=SUM(G{_TOP + 2}:G{last + 1})", total), None]
    grid.line(last + 1, sums, [looks.ruled[kind] for kind in kinds])
    _by_stage(grid, book, last + 3, last + 1)
    return DriverSums(f"G{last + 2}", total)


def _rate(row: Mapping[str, Any]) -> float | str:
    return float(row["amount"] / row["units"]) if row["units"] else ""


def _by_stage(grid: Grid, book: Book, row: int, last: int) -> None:
    """Each step of the result beside the sum of its drivers."""
    text, unit, looks = book.words.text, book.basis.with_unit, book.looks
    kinds = ("text", "money", "money", "money")
    heads = (text("Step"), unit(text("Sum of the drivers")), unit(text("in the result")), unit(text("Rounding")))
    headings(grid, book, row, heads, kinds)
    for number, stage in enumerate(STAGES, row + 1):
        amounts = (one["amount"] for one in book.found.drivers if one["stage"] == stage and one["amount"] is not None)
        here = float(sum(amounts, Decimal(0)))
        there = next(float(step.company or 0) for step in book.found.result.steps if step.name == stage)
        cell = book.place("result", f"E{row_of(book, stage) + 1}")
        values = (
            book.basis.name(stage),
            Formula(f"=SUMIF($A${_TOP + 2}:$A${last},A{number + 1},$G${_TOP + 2}:$G${last})", round(here, 2)),
            Formula(f"=-{cell}", there),
            Formula(f"=ROUND(B{number + 1}-C{number + 1},2)", round(here - there, 2)),
        )
        grid.line(number, values, [looks.cells[kind] for kind in kinds])


# ---------- readiness ----------


def readiness(book: Book) -> None:
    """The grade of the data, why it is not better, and what each table holds and adds."""
    sheet, grid, found, text = book.sheets["readiness"], Grid(), book.found.readiness, book.words.text
    for place, width in enumerate((26, 16, 12, 14, 14, 14, _ADDS_WIDTH, _ADDS_WIDTH)):
        sheet.set_column(place, place, width)
    headed(
        grid, book, text("The data were not graded") if found is None else text("The data are of grade {grade} (A to E)", grade=found.grade)
    )
    if found is not None:
        row = _TOP
        for reason in found.reasons:
            grid.put(
                row, 0, text("At most {grade}:", grade=reason.grade) + " " + book.words.notice(reason.notice), book.looks.cells["text"]
            )
            row += 1
        _tables(grid, book, row + bool(found.reasons))
    grid.write(sheet)
    printed(sheet, book.told)


def _tables(grid: Grid, book: Book, row: int) -> None:
    text, looks, found = book.words.text, book.looks, book.found.readiness
    heads = (
        text("Table"), text("Readiness"), text("Records"), text("Days covered"), text("Cells filled"), text("Customers unknown"),
        text("What it adds"), text("What it lacks"),
    )  # fmt: skip
    kinds = ("text", "text", "count", "count", "share", "share", "text", "text")
    headings(grid, book, row, heads, kinds)
    tables = sorted(found.tables if found else (), key=lambda table: ("good", "thin", "missing").index(table.state))
    for number, table in enumerate(tables, row + 1):
        look = [looks.cells[kind] for kind in kinds[:6]] + [looks.beside_wrapped, looks.wrapped]
        values = _table(book, table)
        grid.row(number, height=wrapped_height(*((str(value), _ADDS_WIDTH) for value in values[-2:])))
        grid.line(number, values, look)


def _table(book: Book, table: TableReadiness) -> tuple[Value, ...]:
    text = book.words.text
    states = {"good": text("good"), "thin": text("too little"), "missing": text("no table")}
    # Columns that the export does not have at all are no empty cells.
    shares = [share for share in table.filled.values() if share]
    given = table.state != "missing"
    return (
        table_name(table.table, book.words),
        states.get(table.state, table.state),
        table.records if given else None,
        table.days,
        sum(shares) / len(shares) if shares else None,
        table.unknown,
        text(table.adds),
        " ".join(book.words.notice(notice) for notice in table.short),
    )
