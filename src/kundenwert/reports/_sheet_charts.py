"""The two native charts of the customer result, from formulas and figures on a sheet of their own: from list price to contribution,
and the whale curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kundenwert.reports._sheet_book import SUMS, Book, Formula, Grid, headings
from kundenwert.reports._sheet_overview import row_of, signed
from kundenwert.reports._workbook import printed
from kundenwert.reports.charts._theme import colour

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart

_HEAD_ROW = 3
_PLACE, _WIDTH, _BAR_HEIGHT = 9, 720, 27
_WHALE_COLUMN = 9
# A peak this close to all is rounding, not loss.
_ABOVE = 1.0005
_PIXELS_A_ROW = 20


def charts(book: Book) -> None:
    """Writes the sheet of the chart data, and both charts onto the first sheet."""
    grid = Grid()
    grid.put(0, 0, book.words.text("What the charts are drawn from"), book.looks.title)
    grid.put(1, 0, book.words.text("The bars follow the first sheet by formulas."), book.looks.quiet)
    _bars(grid, book)
    points = _curve(grid, book)
    sheet = book.sheets["charts"]
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, _WHALE_COLUMN + 2, 16)
    grid.write(sheet)
    printed(sheet, book.told)
    height = 90 + _BAR_HEIGHT * len(_shown(book))
    book.sheets["result"].insert_chart(4, _PLACE, _waterfall(book, height), {"description": _waterfall_title(book)})
    if points:
        below = 5 + height // _PIXELS_A_ROW
        book.sheets["result"].insert_chart(below, _PLACE, _whale(book, points), {"description": _whale_title(book)})


# ---------- from list price to contribution ----------


def _shown(book: Book) -> list[str]:
    """The steps as bars; those that are nothing are left out, sums stay."""
    amounts = {step.name: step.customers for step in book.found.result.steps}
    return [step for step in book.steps if step in SUMS or step == "gross" or amounts[step]]


def _bars(grid: Grid, book: Book) -> None:
    """A bar from the end of the one before to its own; sums from zero. Parts above and below zero are series of their own, since
    stacked bars grow to both sides of it."""
    text, looks = book.words.text, book.looks
    heads = (
        text("Step"), text("Amount"), text("from"), text("to"), text("invisible"), text("sum"), text("taken off, above zero"),
        text("taken off, below zero"),
    )  # fmt: skip
    headings(grid, book, _HEAD_ROW, heads, ("text", *("money",) * 7))
    level = 0.0
    for row, step in enumerate(_shown(book), _HEAD_ROW + 1):
        found = next(one for one in book.found.result.steps if one.name == step)
        amount, is_sum = signed(found, found.customers), step in SUMS or step == "gross"
        start = 0.0 if is_sum else level
        level = amount if is_sum else level + amount
        number = row + 1
        values = (
            book.basis.name(step),
            Formula("=" + book.place("result", f"B{row_of(book, step) + 1}"), amount),
            0.0 if is_sum else Formula(f"=D{number - 1}", start),
            Formula(f"=C{number}+B{number}", level),
            Formula(
                f"=MAX(0,MIN(C{number},D{number}))+MIN(0,MAX(C{number},D{number}))", max(0, min(start, level)) + min(0, max(start, level))
            ),
            Formula(f"=B{number}", amount) if is_sum else 0.0,
            0.0 if is_sum else Formula(f"=MAX(0,MAX(C{number},D{number}))-MAX(0,E{number})", _above(start, level)),
            0.0 if is_sum else Formula(f"=MIN(0,MIN(C{number},D{number}))-MIN(0,E{number})", _below(start, level)),
        )
        grid.line(row, values, [looks.cells["text"], *[looks.cells["money"]] * 7])
        # Bars without length that carry the labels: the end of a stacked bar takes none.
        grid.put(row, 8, 0.0, looks.unseen)


def _hidden(start: float, end: float) -> float:
    return max(0.0, min(start, end)) + min(0.0, max(start, end))


def _above(start: float, end: float) -> float:
    return max(0.0, start, end) - max(0.0, min(start, end))


def _below(start: float, end: float) -> float:
    return min(0.0, start, end) - min(0.0, max(start, end))


def _scale(book: Book) -> tuple[float, int, str]:
    """What labels are divided by, their places, and how the unit is called: three digits are enough."""
    gross = max(abs(float(step.customers or 0)) for step in book.found.result.steps)
    unit = book.told.get("currency")
    if gross < 100_000:
        return 1.0, 0, unit
    return 1e3, 0 if gross >= 1e6 else 1, book.words.text("thousand {unit}", unit=unit)


def _waterfall(book: Book, height: int) -> Chart:
    chart = book.book.add_chart({"type": "bar", "subtype": "stacked"})
    shown = _shown(book)
    first, last = _HEAD_ROW + 1, _HEAD_ROW + len(shown)
    ink, lighter, hidden = colour("ac"), colour("py"), {"fill": {"none": True}, "border": {"none": True}}
    looks: tuple[dict[str, Any], ...] = (hidden, *({"fill": {"color": one}, "border": {"none": True}} for one in (ink, lighter, lighter)))
    for place, look in enumerate(looks, 4):
        chart.add_series({**_area(book, first, last, place), **look})
    chart.add_series({**_area(book, first, last, 8), **hidden, "data_labels": _labels(book, shown)})
    _dressed(chart, _waterfall_title(book))
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    axis = {"reverse": True, "major_tick_mark": "none", "label_position": "low", "line": {"color": colour("axis")}}
    chart.set_y_axis({**axis, "num_font": {"size": 9, "color": colour("text")}})
    chart.set_size({"width": _WIDTH, "height": height})
    return chart


def _area(book: Book, first: int, last: int, place: int) -> dict[str, Any]:
    name = book.sheets["charts"].name
    return {"categories": [name, first, 0, last, 0], "values": [name, first, place, last, place], "gap": 40, "overlap": 100}


def _labels(book: Book, shown: Sequence[str]) -> dict[str, Any]:
    by, digits, _ = _scale(book)
    amounts = {step.name: signed(step, step.customers) for step in book.found.result.steps if step.customers is not None}
    custom = [{"value": book.words.number(amounts[step] / by, digits), "font": _label_font(step)} for step in shown]
    return {"value": True, "custom": custom, "position": "inside_base", "font": {"color": colour("text"), "size": 9}}


def _label_font(step: str) -> dict[str, Any]:
    return {"color": colour("text"), "size": 9, "bold": step in SUMS or step == "gross"}


def _waterfall_title(book: Book) -> str:
    who = ": ".join(part for part in (book.told.company, book.words.text("Customer result")) if part)
    what = book.words.text(
        "From list price to {step} in {unit}, {period}; dark: what is there, grey: what is taken off",
        step=book.basis.name(book.last), unit=_scale(book)[2], period=book.basis.period,
    )  # fmt: skip
    return f"{who}\n{what}"


def _dressed(chart: Chart, title: str) -> None:
    chart.set_title({"name": title, "name_font": {"size": 10, "bold": False, "color": colour("text")}, "layout": {"x": 0.02, "y": 0.02}})
    chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_plotarea({"fill": {"none": True}})


# ---------- whale curve ----------


def _curve(grid: Grid, book: Book) -> list[tuple[float, float]]:
    """Customers by falling contribution against what they bring together, in money; nothing where they bring nothing together."""
    whale, looks, text = book.found.result.whale, book.looks, book.words.text
    total = float(next(step.customers or 0 for step in book.found.result.steps if step.name == book.last))
    if total <= 0 or len(whale.whale) < 3:
        return []
    # The peak lies between two of the points; a curve that misses it would contradict its label.
    points = [(share, value * total) for share, value in sorted({*whale.whale, whale.whale_peak})]
    heads = (text("Share of customers, best first"), text("{step}, added up", step=book.basis.name(book.last)))
    for place, head in enumerate(heads, _WHALE_COLUMN):
        grid.put(_HEAD_ROW, place, head, looks.head("money"))
    for row, (share, value) in enumerate(points, _HEAD_ROW + 1):
        grid.put(row, _WHALE_COLUMN, share, looks.cells["share"])
        grid.put(row, _WHALE_COLUMN + 1, round(value, 2), looks.cells["money"])
    return points


def _whale(book: Book, points: Sequence[tuple[float, float]]) -> Chart:
    chart = book.book.add_chart({"type": "scatter", "subtype": "straight"})
    where, peak = book.found.result.whale.whale_peak
    top = next(number for number, (share, _) in enumerate(points) if share >= where)
    rises = peak > _ABOVE
    chart.add_series(_part(book, 0, top if rises else len(points) - 1, colour("ac")))
    if rises:
        chart.add_series(_part(book, top, len(points) - 1, colour("bad")))
        chart.add_series(_marked(book, top, _peak_words(book), "above"))
    chart.add_series(_marked(book, len(points) - 1, _end_words(book, points[-1][1]), "left" if not rises else "below"))
    _dressed(chart, _whale_title(book))
    quiet = {"size": 9, "color": colour("text-2")}
    bare: dict[str, Any] = {"major_gridlines": {"visible": False}, "line": {"color": colour("axis")}, "num_font": quiet}
    name_font = {"size": 9, "bold": False, "color": colour("text-2")}
    scale = {"min": 0, "max": 1, "major_unit": 0.2, "num_format": "0%", "label_position": "low"}
    chart.set_x_axis({**bare, **scale, "name": book.words.text("Share of customers, best first"), "name_font": name_font})
    lowest, highest = min(0.0, *(value for _, value in points)), max(value for _, value in points)
    chart.set_y_axis({**bare, "min": lowest, "max": highest * 1.18, "visible": False})
    chart.set_size({"width": _WIDTH, "height": 330})
    return chart


def _part(book: Book, first: int, last: int, ink: str) -> dict[str, Any]:
    name, top = book.sheets["charts"].name, _HEAD_ROW + 1
    return {
        "categories": [name, top + first, _WHALE_COLUMN, top + last, _WHALE_COLUMN],
        "values": [name, top + first, _WHALE_COLUMN + 1, top + last, _WHALE_COLUMN + 1],
        "line": {"color": ink, "width": 2.25},
        "marker": {"type": "none"},
    }


def _marked(book: Book, place: int, label: str, position: str) -> dict[str, Any]:
    """One point with its words."""
    point = {"type": "circle", "size": 7, "fill": {"color": colour("ac")}, "border": {"color": colour("ac")}}
    font = {"color": colour("text"), "size": 9}
    labels = {"value": True, "custom": [{"value": label, "font": font}], "position": position, "font": font}
    return {**_part(book, place, place, colour("ac")), "line": {"none": True}, "marker": point, "data_labels": labels}


def _peak_words(book: Book) -> str:
    where, peak = book.found.result.whale.whale_peak
    return book.words.text("{peak} with the best {share}", peak=book.words.percent(peak), share=book.words.percent(where, 0))


def _end_words(book: Book, total: float) -> str:
    return book.words.text("all: {amount}", amount=book.basis.short(total))


def _whale_title(book: Book) -> str:
    (where, peak), words = book.found.result.whale.whale_peak, book.words
    if peak > _ABOVE:
        first = words.text(
            "The best {share} of the customers bring {peak}; the others take {loss} away again",
            share=words.percent(where, 0), peak=words.percent(peak), loss=words.percent(peak - 1),
        )  # fmt: skip
    else:
        first = words.text("No customer takes anything away")
    second = words.text("{step} of the customers, added up from the best one down, {period}", step=book.basis.name(book.last),
                        period=book.basis.period)  # fmt: skip
    return f"{first}\n{second}"
