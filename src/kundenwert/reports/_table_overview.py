"""The second sheet of the value table: basis, totals, classes, the most valuable customers with a chart, and what the columns mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from kundenwert.reports._workbook import Column, Columns, Formats, Told, cell_text, missing, printed, total
from kundenwert.reports.charts._theme import colour
from kundenwert.reports.charts._words import measure

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SUMMED = frozenset({"frequency", "revenue", "expected_purchases", "expected_revenue", "clv", "clv_beyond", "past", "value"})
_SHOWN = 20
_CHART_ROW, _CHART_COLUMN = 3, 6
_LONGEST_NAME = 28


@dataclass(frozen=True)
class _Grid:
    """The cells of the sheet as (row, place, value, format). They are written row by row, as constant memory asks for."""

    cells: list[tuple[int, int, Any, Format]] = field(default_factory=list)

    def put(self, row: int, place: int, value: Any, how: Format) -> None:
        self.cells.append((row, place, value, how))

    def write(self, sheet: Worksheet) -> None:
        for row, place, value, how in sorted(self.cells, key=lambda cell: cell[:2]):
            if isinstance(value, str):
                sheet.write_string(row, place, value, how)
            elif isinstance(value, date):
                sheet.write_datetime(row, place, value, how)
            else:
                sheet.write_number(row, place, value, how)


def overview(book: Workbook, sheet: Worksheet, told: Told, formats: Formats, shown: Sequence[Column], columns: Columns) -> None:
    """Fills the sheet. shown: the columns of the first sheet; columns: all values."""
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 5, 17)
    grid = _Grid()
    grid.put(0, 0, told.heading, formats.title)
    grid.put(1, 0, told.basis, formats.quiet)
    row = _facts(grid, told, formats, 3)
    row = _totals(grid, told, formats, shown, columns, row)
    row = _classes(grid, told, formats, row)
    row = _top(book, sheet, grid, told, formats, columns, row)
    _meanings(grid, told, formats, shown, row)
    grid.write(sheet)
    printed(sheet, told, pages=1)


def _facts(grid: _Grid, told: Told, formats: Formats, row: int) -> int:
    text, words = told.words.text, told.words
    yardsticks = {"revenue": text("revenue, not margin"), "contribution": text("contribution"), "purchases": text("purchases")}
    facts: list[tuple[str, Any, str]] = [
        (text("As of"), date.fromisoformat(told.get("as_of")) if told.day else "", "date"),
        (text("Horizon"), words.span(told.get("horizon")), "text"),
        (text("Value horizon"), words.span(told.get("value_horizon")) if told.in_money else "", "text"),
        (text("Rate"), told.rate if told.in_money and told.rate is not None else "", "share"),
        (text("Yardstick"), yardsticks.get(told.get("yardstick"), ""), "text"),
        (text("Currency"), told.get("currency"), "text"),
        (text("Run"), told.get("run"), "text"),
    ]
    known = [fact for fact in facts if fact[1] != ""]
    if not known:
        return row
    grid.put(row, 0, text("Basis of the figures"), formats.head())
    grid.put(row, 1, "", formats.head())
    for number, (label, value, kind) in enumerate(known, row + 1):
        grid.put(number, 0, label, formats.cells["text"])
        grid.put(number, 1, value, formats.facts[kind])
    return row + len(known) + 2


def _totals(grid: _Grid, told: Told, formats: Formats, shown: Sequence[Column], columns: Columns, row: int) -> int:
    text, names = told.words.text, told.levels()
    levels = columns["level"].tolist()
    lines: list[tuple[str, float, str]] = [(text("Customers"), len(levels), "count")]
    lines += [(f"   {text('Forecast from')}: {names[level]}", levels.count(level), "count") for level in names if level in levels]
    # frequency counts the purchases after the first; who has one has a first one too.
    purchases = total(columns["frequency"]) + int((~missing(columns["frequency"])).sum())
    lines.append((text("Purchases"), purchases, "count"))
    summed = [column for column in shown if column.name in SUMMED - {"frequency"}]
    ranges = _ranges(told)
    places = {row + 1 + len(lines) + place: ranges[column.name] for place, column in enumerate(summed) if column.name in ranges}
    lines += [(column.heading, total(columns[column.name]), column.kind) for column in summed]
    grid.put(row, 0, text("Totals"), formats.head())
    heads = ("", text("From"), text("To")) if places else ("",)
    for place, head in enumerate(heads, 1):
        grid.put(row, place, head, formats.head("count"))
    for number, (label, value, kind) in enumerate(lines, row + 1):
        grid.put(number, 0, label, formats.cells["text"])
        grid.put(number, 1, value, formats.cells[kind])
        for place, end in enumerate(places.get(number, ()), 2):
            grid.put(number, place, end, formats.cells[kind])
    last = row + len(lines) + 1
    if places:
        # Bounds of customers cannot be added up; those of totals were reckoned as such.
        grid.put(last, 0, text("From – to: the range of the total that holds in 9 of 10 cases"), formats.quiet)
    return last + 1 + bool(places)


def _ranges(told: Told) -> dict[str, tuple[float, float]]:
    """From where to where a total may go, by the column it is the sum of; from the manifest of the run."""
    names = {"purchases": "expected_purchases", "revenue": "expected_revenue", "clv": "clv"}
    given = told.manifest.get("intervals")
    known = [one for one in given if one.get("measure") in names] if isinstance(given, list) else []
    return {names[one["measure"]]: (float(one["lower"]), float(one["upper"])) for one in known}


def _classes(grid: _Grid, told: Told, formats: Formats, row: int) -> int:
    """Classes A, B and C as the run counted them; without a run there are none."""
    spread = told.manifest.get("concentration") or {}
    if not spread.get("classes"):
        return row
    text, cells = told.words.text, formats.cells
    name = measure(spread["measure"], told.words)
    in_money = spread["measure"] != "expected_purchases"
    noun = told.with_unit(name.noun) if in_money else name.noun
    for place, head in enumerate((text("Class"), text("Customers"), text("Share of customers"), noun, name.share)):
        grid.put(row, place, head, formats.head("count" if place else "text"))
    everyone = sum(entry["customers"] for entry in spread["classes"].values()) or 1
    for number, (letter, entry) in enumerate(spread["classes"].items(), row + 1):
        grid.put(number, 0, letter, cells["text"])
        grid.put(number, 1, entry["customers"], cells["count"])
        grid.put(number, 2, entry["customers"] / everyone, cells["share"])
        grid.put(number, 3, float(entry["value"]), cells["money" if in_money else "number"])
        grid.put(number, 4, entry["share"], cells["share"])
    return row + len(spread["classes"]) + 2


# ---------- the most valuable customers ----------


def _top(book: Workbook, sheet: Worksheet, grid: _Grid, told: Told, formats: Formats, columns: Columns, row: int) -> int:
    """The most valuable customers as a small table, and the one chart, which is drawn from it."""
    text = told.words.text
    in_money = not missing(columns["value"]).all()
    key = "value" if in_money else "expected_purchases"
    best = _best(columns, key)
    if not best:
        return row
    heads = {"past": text("booked"), "clv": text("expected"), "value": text("Customer value")}
    names = heads if in_money else {key: text("Expected purchases")}
    grid.put(row, 0, text("Most valuable customers"), formats.bold)
    for place, head in enumerate((text("Customer"), *names.values())):
        grid.put(row + 1, place, head, formats.head("count" if place else "text"))
    for number, customer in enumerate(best, row + 2):
        grid.put(number, 0, _short(columns["customer_id"][customer]), formats.cells["text"])
        for place, name in enumerate(names, 1):
            grid.put(number, place, _plain(columns[name], customer), formats.cells["money" if in_money else "number"])
        # Bars without length that carry the labels: the end of a stacked bar takes none.
        grid.put(number, len(names) + 1, 0, formats.unseen)
    sizes = [_plain(columns[key], customer) for customer in best]
    grid.put(_CHART_ROW - 1, _CHART_COLUMN, _message(told, sizes, total(columns[key]), key), formats.bold)
    _chart(book, sheet, told, row + 1, sizes, in_money=in_money)
    sheet.ignore_errors({"number_stored_as_text": f"A{row + 3}:A{row + 2 + len(best)}"})
    return row + len(best) + 3


def _best(columns: Columns, key: str) -> list[int]:
    """The places of the customers with a forecast and the highest figure, highest first."""
    import numpy as np

    listed = np.flatnonzero(np.isin(columns["level"].astype(str), ("customer", "segment")) & ~missing(columns[key]))
    sizes = np.ma.getdata(columns[key])[listed].astype(float)
    best: list[int] = listed[np.argsort(-sizes, kind="stable")][:_SHOWN].tolist()
    return best


def _plain(values: Any, place: int) -> float:
    """A figure of one customer; what is not known has no length."""
    import numpy as np

    return float(np.ma.filled(values[place : place + 1].astype(float), 0.0)[0])


def _short(identity: Any) -> str:
    name = cell_text(str(identity))
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def _message(told: Told, sizes: Sequence[float], everything: float, key: str) -> str:
    words, held = told.words, sum(sizes)
    if not 0 < held <= everything:
        return words.plural("This is the most valuable customer", "These are the {n} most valuable customers", len(sizes))
    return words.plural(
        "The most valuable customer has {share} {of}",
        "The {n} most valuable customers have {share} {of}",
        len(sizes),
        share=words.percent(held / everything),
        of=measure(key, words).of,
    )


def _chart(book: Workbook, sheet: Worksheet, told: Told, head: int, sizes: Sequence[float], *, in_money: bool) -> None:
    """Bars in IBCS notation: booked solid, expected hatched, one label a bar, nothing else."""
    ink, title = colour("ac"), _chart_title(told, in_money=in_money)
    solid = {"fill": {"color": ink}, "border": {"color": ink}}
    hatched = {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": ink, "bg_color": colour("bg")}, "border": {"color": ink}}
    looks: tuple[dict[str, Any], ...] = (solid, hatched) if in_money else (hatched,)
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    for place, look in enumerate(looks, 1):
        chart.add_series({**_area(sheet, head, len(sizes), place), "name": [sheet.name, head, place], **look})
    chart.add_series({**_area(sheet, head, len(sizes), 4 if in_money else 2), **_labels(told, sizes, digits=0 if in_money else 1)})
    chart.set_title({"name": title, "name_font": {"size": 10, "bold": False, "color": colour("text")}, "layout": {"x": 0.02, "y": 0.02}})
    # The title says what solid and hatched mean: programs differ in which entry of a legend they leave out.
    chart.set_legend({"none": True})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    names = {"reverse": True, "major_tick_mark": "none", "label_position": "low", "num_font": {"size": 9}}
    chart.set_y_axis({**names, "line": {"color": colour("axis")}})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": 760, "height": 90 + 24 * max(len(sizes), 6)})
    sheet.insert_chart(_CHART_ROW, _CHART_COLUMN, chart, {"description": title})


def _area(sheet: Worksheet, head: int, count: int, place: int) -> dict[str, Any]:
    return {
        "categories": [sheet.name, head + 1, 0, head + count, 0],
        "values": [sheet.name, head + 1, place, head + count, place],
        "gap": 45,
        "overlap": 100,
    }


def _labels(told: Told, sizes: Sequence[float], *, digits: int) -> dict[str, Any]:
    custom = [{"value": told.words.number(size, digits)} for size in sizes]
    font = {"color": colour("text"), "size": 9}
    labels = {"value": True, "custom": custom, "position": "inside_base", "font": font}
    return {"fill": {"none": True}, "border": {"none": True}, "data_labels": labels}


def _chart_title(told: Told, *, in_money: bool) -> str:
    """Who, what in which unit, when: two short lines."""
    text = told.words.text
    who = ": ".join(part for part in (told.company, text("Most valuable customers")) if part)
    noun = text("Customer value") if in_money else text("Expected purchases")
    unit = text("{what} in {unit}", what=noun, unit=told.get("currency")) if in_money and told.get("currency") else noun
    when = text("as of {day}", day=told.day) if told.day else ""
    key = text("solid: booked, hatched: expected") if in_money else ""
    return f"{who}\n{', '.join(part for part in (unit, when, key) if part)}"


def _meanings(grid: _Grid, told: Told, formats: Formats, shown: Sequence[Column], row: int) -> None:
    text = told.words.text
    for place, head in enumerate((text("Column"), text("Name in other exports"), text("What it means"))):
        grid.put(row, place, head, formats.head())
    for number, column in enumerate(shown, row + 1):
        grid.put(number, 0, column.heading, formats.cells["text"])
        grid.put(number, 1, column.name, formats.quiet)
        grid.put(number, 2, column.meaning, formats.quiet)
