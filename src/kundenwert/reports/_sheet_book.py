"""What the sheets of the customer result share: words, formats, cells that are written row by row, and where figures stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from kundenwert.records import ResultWorkbook
from kundenwert.reports._result_basis import ResultBasis, cause_names
from kundenwert.reports._workbook import Formats, Told, cell_text
from kundenwert.reports.charts._theme import colour
from kundenwert.reports.language import Language

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# The steps that are sums of those before them; the others have records of their own.
SUMS = ("revenue", "net", "db1", "db2", "db3", "db4")
_BARS = {"type": "data_bar", "bar_solid": True, "data_bar_2010": True}
_TITLE_HEIGHT, _LINE_HEIGHT = 22, 15
# The steps made of cost to serve.
STAGES = ("marketing", "sales", "service", "logistics")
# What is taken off on the way.
TAKEN = ("discount", "bonus", "cash_discount", "goods", *STAGES)


@dataclass(frozen=True)
class Formula:
    """A formula with the value that programs show which do not reckon."""

    text: str
    value: float | str


@dataclass(frozen=True)
class Link:
    """A jump to a cell of this workbook."""

    sheet: str
    cell: str
    text: str


Value = str | float | date | Formula | Link | None


class Looks(Formats):
    """The formats of the customer result, on top of those of all workbooks."""

    def __init__(self, book: Workbook, lang: str) -> None:
        super().__init__(book, lang)
        base = {"font_name": "Calibri", "font_size": 11, "font_color": colour("text"), "valign": "top"}
        ruled = {**base, "bold": True, "top": 1, "top_color": colour("axis")}
        numbers = {"text": "@", "count": "#,##0", "money": "#,##0.00", "share": "0.0%", "number": "#,##0.00"}
        signed = {"change": "+#,##0.00;-#,##0.00;0.00", "change_share": "+0.0%;-0.0%;0.0%", "places": "+#,##0;-#,##0;0", "record": "0"}
        self.cells |= {kind: book.add_format({**base, "num_format": code}) for kind, code in signed.items()}
        self.sums |= {kind: book.add_format({**base, "bold": True, "num_format": code}) for kind, code in signed.items()}
        self.ruled = {kind: book.add_format({**ruled, "num_format": code}) for kind, code in {**numbers, **signed}.items()}
        self.wrapped = book.add_format({**base, "text_wrap": True})
        self.wrapped_note = book.add_format({**base, "text_wrap": True, "font_color": colour("text-2")})
        self.beside_wrapped = book.add_format({**base, "text_wrap": True, "align": "left", "indent": 1})
        self.link = book.add_format({**base, "num_format": "@", "font_color": colour("accent"), "underline": 1})
        self.ruled_link = book.add_format({**ruled, "num_format": "@", "font_color": colour("accent"), "underline": 1})
        self.good = book.add_format({"font_color": colour("good")})
        self.bad = book.add_format({"font_color": colour("bad")})
        self.alarm = book.add_format({"font_color": colour("bad"), "bold": True})


@dataclass(frozen=True)
class Book:
    """All a sheet needs: what was found, the language, the formats, and the other sheets by their key."""

    found: ResultWorkbook
    words: Language
    told: Told
    book: Workbook
    looks: Looks
    sheets: Mapping[str, Worksheet]

    @property
    def served(self) -> bool:
        """Whether anything is known of cost to serve; else the result ends at contribution I."""
        return self.steps[-1] == "db4"

    @property
    def steps(self) -> tuple[str, ...]:
        """The known steps, in order."""
        return tuple(step.name for step in self.found.result.steps if step.customers is not None)

    @property
    def last(self) -> str:
        """The step that counts: contribution IV, or I where nothing is known of cost to serve."""
        return self.steps[-1]

    @property
    def basis(self) -> ResultBasis:
        """The result as all its reports tell it."""
        return ResultBasis(self.found.result, self.words)

    @property
    def title(self) -> str:
        """Who, what, in which unit, when: the line under the message."""
        what = self.words.text("Customer result in {currency}, {period}", currency=self.told.get("currency"), period=self.basis.period)
        return ": ".join(part for part in (self.told.company, what) if part)

    @property
    def origin(self) -> str:
        """As of when, of which run."""
        parts = (self.words.text("As of {day}", day=self.told.day), self.words.text("of run {run}", run=self.told.get("run")))
        return "; ".join(parts)

    def cause(self, name: str) -> str:
        """The cause of a loss at the beginning of a cell."""
        words = cause_names(self.words)[name]
        return words[:1].upper() + words[1:]

    def place(self, sheet: str, cell: str) -> str:
        """A cell of another sheet, as formulas name it."""
        return f"'{self.sheets[sheet].name}'!{cell}"


@dataclass
class Grid:
    """The cells of a sheet; they are written row by row, as constant memory asks for."""

    cells: list[tuple[int, int, Value, Format]] = field(default_factory=list)
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)

    def put(self, row: int, place: int, value: Value, how: Format) -> None:
        """One cell; None leaves it empty, though with its format."""
        self.cells.append((row, place, value, how))

    def line(self, row: int, values: Sequence[Value], how: Sequence[Format], *, first: int = 0) -> None:
        """Cells side by side."""
        for place, (value, look) in enumerate(zip(values, how, strict=True), first):
            self.put(row, place, value, look)

    def row(self, row: int, **options: Any) -> None:
        """Height, level of the outline, or whether a row is hidden."""
        self.rows[row] = options

    def write(self, sheet: Worksheet) -> None:
        """Writes all cells, in their order."""
        last = -1
        for row, place, value, how in sorted(self.cells, key=lambda cell: cell[:2]):
            if row != last:
                set_row(sheet, row, self.rows.get(row))
                last = row
            write(sheet, row, place, value, how)


def set_row(sheet: Worksheet, row: int, options: Mapping[str, Any] | None) -> None:
    if options:
        plain = dict(options)
        sheet.set_row(row, plain.pop("height", None), None, plain)


def write(sheet: Worksheet, row: int, place: int, value: Value, how: Format) -> None:
    """One cell. Texts stay texts, whatever they begin with."""
    if value is None:
        sheet.write_blank(row, place, None, how)
    elif isinstance(value, str):
        sheet.write_string(row, place, cell_text(value), how)
    elif isinstance(value, Formula):
        sheet.write_formula(row, place, value.text, how, value.value)
    elif isinstance(value, Link):
        sheet.write_url(row, place, f"internal:'{value.sheet}'!{value.cell}", how, cell_text(value.text))
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, how)
    else:
        sheet.write_number(row, place, value, how)


def headed(grid: Grid, book: Book, message: str) -> None:
    """The three lines on top of a sheet: the finding, what it is about, the basis."""
    grid.row(0, height=_TITLE_HEIGHT)
    grid.put(0, 0, message, book.looks.title)
    grid.put(1, 0, book.title, book.looks.cells["text"])
    grid.put(2, 0, book.origin, book.looks.quiet)


def wrapped_height(*texts: tuple[str, int]) -> float:
    """The height of a row whose texts are wrapped: not every program finds it by itself. texts: each with the width of its column."""
    return _LINE_HEIGHT * max(1, *(-(-len(text) // width) for text, width in texts))


def headings(grid: Grid, book: Book, row: int, heads: Sequence[str], kinds: Sequence[str], *, height: int = 32) -> None:
    """Headings stand over their figures: right over numbers, left over text."""
    grid.row(row, height=height)
    for place, (head, kind) in enumerate(zip(heads, kinds, strict=True)):
        grid.put(row, place, head, book.looks.head(kind, beside=_is_beside(kinds, place)))


def cells(book: Book, kinds: Sequence[str]) -> list[Format]:
    """The formats of a row: text to the right of figures keeps its distance from them, as its heading does."""
    return [book.looks.beside if _is_beside(kinds, place) else book.looks.cells[kind] for place, kind in enumerate(kinds)]


def _is_beside(kinds: Sequence[str], place: int) -> bool:
    return kinds[place] == "text" and place > 0 and kinds[place - 1] != "text"


def loss_bars(lowest: float) -> dict[str, Any]:
    """Bars of amounts below zero: zero is at the right, the largest loss fills the cell."""
    bounds = {"min_type": "num", "min_value": lowest, "max_type": "num", "max_value": 0}
    return {**_BARS, **bounds, "bar_color": colour("bad-weak"), "bar_negative_color": colour("bad-weak")}


def cost_bars() -> dict[str, Any]:
    """Bars of costs, from zero on."""
    return {**_BARS, "min_type": "num", "min_value": 0, "bar_color": colour("band")}


def groups(values: Any) -> Iterator[tuple[int, int]]:
    """Where runs of equal values begin and end (exclusive)."""
    import numpy as np

    plain = np.ma.getdata(values)
    if len(plain) == 0:
        return
    borders = np.flatnonzero(plain[1:] != plain[:-1]) + 1
    yield from zip([0, *borders.tolist()], [*borders.tolist(), len(plain)], strict=True)
