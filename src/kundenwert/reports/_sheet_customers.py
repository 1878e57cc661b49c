"""The sheet of the customer result with one row a customer: every step, shares, places, counts, the cause of a loss; sums that tie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenwert.reports._result_basis import cause_names
from kundenwert.reports._sheet_book import Book, Formula, Grid, Link, headed, write
from kundenwert.reports._workbook import Column, cell_text, missing, printed, total

if TYPE_CHECKING:
    from xlsxwriter.format import Format

_TOP = 3
_WIDTHS = {"text": 16, "count": 11, "money": 15, "share": 9, "change": 15, "places": 10}
_NAME_WIDTH, _HEADER_HEIGHT = 30, 48
_BLOCK = 10_000
# Sums of these say something; of shares and places they do not.
_SUMMED = frozenset({"money", "change", "count"})
# Losses are red, plain costs are not.
_RED = frozenset({"db1", "db2", "db3", "db4", "last_step_before", "change", "change_of_place"})


@dataclass(frozen=True)
class Layout:
    """Where figures stand in the sheet. Rows count from 0; sums: what each column adds up to, over all customers."""

    columns: tuple[Column, ...]
    shown_row: int
    total_row: int
    head_row: int
    rows: int
    sums: Mapping[str, float]

    @property
    def first(self) -> int:
        """The row of the first customer."""
        return self.head_row + 1

    def place(self, name: str) -> int:
        """The column of a figure."""
        return [column.name for column in self.columns].index(name)

    def cell(self, name: str, row: int) -> str:
        """A cell with a fixed address."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        return str(xl_rowcol_to_cell(row, self.place(name), row_abs=True, col_abs=True))

    def area(self, name: str) -> str:
        """The cells of all customers in a column."""
        from xlsxwriter.utility import xl_range_abs

        place = self.place(name)
        return str(xl_range_abs(self.first, place, max(self.first, self.head_row + self.rows), place))


def layout(book: Book) -> Layout:
    """Columns and rows of the sheet; other sheets refer to them."""
    columns, rows = tuple(_columns(book)), len(book.found.columns["customer_id"])
    total_row = _TOP + 1 + len(book.found.together)
    return Layout(columns, _TOP, total_row, total_row + 1, rows, {column.name: _sum(book, column) for column in columns})


def customers(book: Book, where: Layout, drilled: Mapping[str, int]) -> None:
    """Fills the sheet. drilled: customer -> row of its records in the sheet of the records."""
    sheet = book.sheets["customers"]
    grid = Grid()
    headed(grid, book, _message(book, where))
    _sums(grid, book, where)
    _heads(grid, book, where)
    grid.write(sheet)
    for place, column in enumerate(where.columns):
        sheet.set_column(place, place, _width(column))
    sheet.freeze_panes(where.first, 1)
    _rows(book, where, drilled)
    last = max(where.first, where.head_row + where.rows)
    sheet.autofilter(where.head_row, 0, last, len(where.columns) - 1)
    for place, column in enumerate(where.columns):
        if column.name in _RED:
            sheet.conditional_format(_TOP, place, last, place, {"type": "cell", "criteria": "<", "value": 0, "format": book.looks.bad})
    # Ids of digits are text on purpose; without this, Excel puts a green corner on each.
    sheet.ignore_errors({"number_stored_as_text": f"A{where.first + 1}:B{last + 1}"})
    sheet.repeat_rows(where.head_row)
    printed(sheet, book.told)
    # Two pages side by side: on one nobody could read so many columns.
    sheet.fit_to_pages(2, 0)
    sheet.repeat_columns(0, 1)


# ---------- columns ----------


def _columns(book: Book) -> Iterator[Column]:
    text, name = book.words.text, book.basis.name
    last = name(book.last)
    yield Column("customer_id", text("Customer"), "text")
    if not missing(book.found.columns["name"]).all():
        yield Column("name", text("Name"), "text")
    for step in book.steps:
        yield Column(step, name(step), "money")
        if step in {"db1", book.last}:
            yield Column(f"{step}_share", text("{step}, % of net revenue", step=name(step)), "share")
    if book.found.result.before:
        yield Column("last_step_before", text("{step} {year}", step=last, year=book.basis.before), "money")
        yield Column("change", text("Change against {year}", year=book.basis.before), "change")
    yield Column("rank_revenue", text("Place by revenue"), "count")
    yield Column("rank_last_step", text("Place by {step}", step=last), "count")
    yield Column("change_of_place", text("Places won"), "places")
    if book.served:
        yield Column("cause", text("Main cause of the loss"), "text")
        yield Column("excess", text("above the usual"), "money")
        for counted, head in (
            ("orders", text("Orders")), ("visits", text("Visits")), ("returns", text("Returns")), ("complaints", text("Complaints"))
        ):  # fmt: skip
            yield Column(counted, head, "count")
    yield from _marked(book)


def _marked(book: Book) -> Iterator[Column]:
    """What is not known but taken from elsewhere; without any there is no column."""
    text, result = book.words.text, book.found.result
    if result.estimated:
        yield Column("estimated", text("of contribution I estimated"), "money")
    if result.assumed:
        yield Column("assumed", text("of cost at assumed rates"), "money")


def _width(column: Column) -> int:
    if column.name == "name":
        return _NAME_WIDTH
    return max(_WIDTHS[column.kind], max(len(word) for word in column.heading.split()) + 3)


def _values(book: Book, column: Column) -> Any:
    """The figures of a column, one a customer."""
    import numpy as np

    found = book.found.columns
    if column.name.endswith("_share"):
        net, step = np.ma.getdata(found["net"]).astype(float), np.ma.getdata(found[column.name.removesuffix("_share")]).astype(float)
        return np.ma.masked_array(np.divide(step, net, out=np.zeros_like(step), where=net > 0), mask=net <= 0)
    if column.name == "change":
        return np.rint((_known(found[book.last]) - _known(found["last_step_before"])) * 100) / 100
    if column.name == "change_of_place":
        return found["rank_revenue"] - found["rank_last_step"]
    return found[column.name]


def _known(values: Any) -> Any:
    """Who was not there a year earlier brought nothing."""
    import numpy as np

    return np.where(missing(values), 0.0, np.ma.getdata(values))


# ---------- rows ----------


def _rows(book: Book, where: Layout, drilled: Mapping[str, int]) -> None:
    """Customer by customer, as constant memory asks for; some thousand at a time, so that few are objects at once."""
    columns = [(column, _values(book, column)) for column in where.columns]
    for start in range(0, where.rows, _BLOCK):
        _block(book, where.first + start, [(column, values[start : start + _BLOCK]) for column, values in columns], drilled)


def _block(book: Book, first: int, columns: Sequence[tuple[Column, Any]], drilled: Mapping[str, int]) -> None:
    sheet, looks = book.sheets["customers"], book.looks
    cells = [
        (place, sheet.write_string if column.kind == "text" else sheet.write_number, looks.cells[column.kind], _shown(book, column, values))
        for place, (column, values) in enumerate(columns)
    ]
    for row in range(first, first + len(columns[0][1])):
        for place, put, how, values in cells:
            value = next(values)
            if value is None:
                continue
            if place == 0 and value in drilled:
                write(sheet, row, 0, Link(book.sheets["records"].name, f"A{drilled[value] + 1}", value), looks.link)
            else:
                put(row, place, value, how)


def _shown(book: Book, column: Column, values: Any) -> Iterator[Any]:
    """The values as Excel takes them; None stays empty."""
    import numpy as np

    plain = np.ma.getdata(values).tolist()
    if column.name == "cause":
        names = {name: book.cause(name) for name in cause_names(book.words)}
        plain = [names.get(value, "") for value in plain]
    elif column.kind == "text":
        plain = [cell_text(str(value)) for value in plain]
    return iter([None if empty else value for empty, value in zip(missing(values).tolist(), plain, strict=True)])


# ---------- sums and headings ----------


def _sum(book: Book, column: Column) -> float:
    """What a column adds up to over all customers, also those without a row of their own; 0 where a sum says nothing."""
    if column.kind not in _SUMMED or column.name.startswith("rank_"):
        return 0.0
    return round(total(_values(book, column)) + sum(_together(book, row.figures, column.name) for row in book.found.together), 2)


def _together(book: Book, figures: Mapping[str, Any], name: str) -> float:
    if name == "change":
        return float((figures[book.last] or 0) - (figures["last_step_before"] or 0))
    return float(figures.get(name) or 0)


def _sums(grid: Grid, book: Book, where: Layout) -> None:
    """Sums above the headings: of the rows that a filter leaves, of those without a row of their own, and of all customers."""
    text, looks = book.words.text, book.looks
    labels = {
        "objected": text("Customers who objected, together"),
        "erased": text("Erased persons, together"),
        "between": text("Customers between the best and the worst, together"),
    }
    rows = [(where.shown_row, text("Sum of the rows shown"), looks.sums)]
    for number, row in enumerate(book.found.together, where.shown_row + 1):
        rows.append((number, f"{labels[row.reason]} ({book.words.number(row.customers)})", looks.cells))
    rows.append((where.total_row, text("All customers"), looks.ruled))
    for row_number, label, how in rows:
        grid.put(row_number, 0, label, how["text"])
        for place, column in enumerate(where.columns[1:], 1):
            grid.put(row_number, place, _summed(book, where, column, row_number), how[column.kind])


def _summed(book: Book, where: Layout, column: Column, row: int) -> Formula | float | None:
    if column.name.endswith("_share"):
        step = column.name.removesuffix("_share")
        net, amount = where.cell("net", row), where.cell(step, row)
        return Formula(f'=IF({net}>0,{amount}/{net},"")', _share(book, where, step, row))
    if column.kind not in _SUMMED or column.name.startswith("rank_"):
        return None
    listed = total(_values(book, column))
    if row == where.shown_row:
        return Formula(f"=SUBTOTAL(109,{where.area(column.name)})", listed)
    if row == where.total_row:
        beside = "".join(f"+{where.cell(column.name, other)}" for other in range(where.shown_row + 1, where.total_row))
        return Formula(f"=SUM({where.area(column.name)}){beside}", where.sums[column.name])
    return _together(book, book.found.together[row - where.shown_row - 1].figures, column.name)


def _share(book: Book, where: Layout, step: str, row: int) -> float | str:
    if row == where.total_row:
        amount, net = where.sums[step], where.sums["net"]
    elif row == where.shown_row:
        amount, net = total(book.found.columns[step]), total(book.found.columns["net"])
    else:
        figures = book.found.together[row - where.shown_row - 1].figures
        amount, net = float(figures[step] or 0), float(figures["net"] or 0)
    return amount / net if net > 0 else ""


def _heads(grid: Grid, book: Book, where: Layout) -> None:
    grid.row(where.head_row, height=_HEADER_HEIGHT)
    for place, column in enumerate(where.columns):
        look: Format = book.looks.head(column.kind)
        grid.put(where.head_row, place, column.heading, look)


def _message(book: Book, where: Layout) -> str:
    words, result = book.words, book.found.result
    everybody = where.rows + sum(row.customers for row in book.found.together)
    below = next((one.below_zero for one in result.yardsticks if one.name == book.last), 0)
    return words.plural(
        "{n} customer, {below:,.0f} below zero by {step}",
        "{n} customers, {below:,.0f} of them below zero by {step}",
        everybody,
        below=below,
        step=book.basis.name(book.last),
    )


def rows_of(book: Book, where: Layout, wanted: Sequence[str]) -> dict[str, int]:
    """In which row of the sheet each of some customers stands."""
    import numpy as np

    ids = np.ma.getdata(book.found.columns["customer_id"])
    places = np.flatnonzero(np.isin(ids.astype(object), np.array(list(wanted), dtype=object))).tolist() if len(wanted) else []
    return {str(ids[place]): where.first + place for place in places}
