"""The sheet of the portfolio: the largest customers as bubbles in nine fields, and what the fields hold, counted by formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kundenwert.reports._sheet_scoring import Scoring, conflict_names
from kundenwert.reports._workbook import cell_text, missing, printed
from kundenwert.reports.charts._theme import colour
from kundenwert.reports.language.names import field_names

if TYPE_CHECKING:
    from xlsxwriter.chart import Chart
    from xlsxwriter.worksheet import Worksheet

MOST_SHOWN = 200
# Rows of the sheet, counted from 0.
_LIMITS, _FOUR, _NINE, _APART, _LISTED = 4, 10, 18, 29, 34
_CHART_AT = "G4"
# The largest tenth of those shown, the next two, four tenths, the others: share of customers and size of the mark.
_SIZES = ((0.1, 18), (0.3, 12), (0.6, 8), (1.0, 5))
_LOW, _HIGH = 0, 10


def portfolio(made: Scoring, sheet: Worksheet) -> None:
    """Fills the sheet."""
    text, formats = made.told.words.text, made.formats
    shown = _shown(made)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 3, 28)
    sheet.set_column(4, 4, 16)
    sheet.set_column(5, 5, 3)
    sheet.write_string(0, 0, _message(made), formats.title)
    sheet.write_string(1, 0, ": ".join(part for part in (made.told.company, text("Customer portfolio")) if part), formats.cells["text"])
    sheet.write_string(2, 0, made.told.basis, formats.quiet)
    _limits(made, sheet)
    _four(made, sheet)
    _nine(made, sheet)
    if "conflict" in made.facts and "clv" in made.facts:
        _apart(made, sheet)
    _list(made, sheet, shown)
    _help_lines(made, sheet)
    sheet.insert_chart(_CHART_AT, _diagram(made, sheet.name, shown), {"description": _message(made)})
    printed(sheet, made.told, pages=1)
    sheet.print_area(0, 0, _LISTED + 20, 20)


def _message(made: Scoring) -> str:
    """Where the money is."""
    import numpy as np

    field, value = np.ma.getdata(made.found.columns["portfolio"]), made.found.columns["value"]
    placed = ~missing(made.found.columns["portfolio"])
    money = np.where(missing(value), 0.0, np.ma.getdata(value).astype(float))
    text = made.told.words.text
    if not placed.any():
        return text("Portfolio: too little is known of all customers")
    stars = placed & (field == "star")
    total = money[placed & (money > 0)].sum()
    if total <= 0:
        return text("Portfolio: {stars:,.0f} of {all:,.0f} customers are star customers", stars=int(stars.sum()), all=int(placed.sum()))
    share = float(money[stars & (money > 0)].sum() / total)
    return text(
        "{stars:,.0f} of {all:,.0f} customers are star customers; they hold {share:.0%} of the value",
        stars=int(stars.sum()),
        all=int(placed.sum()),
        share=share,
    )


# ---------- fields ----------


def _limits(made: Scoring, sheet: Worksheet) -> None:
    """The limits as cells, so that a reader can move them; fields are counted by them."""
    text, formats = made.told.words.text, made.formats
    points = made.book.add_format({"num_format": "0.00", "bold": True, "border": 1, "border_color": colour("line"), "font_name": "Calibri"})
    sheet.write_string(_LIMITS, 0, text("Limits of the fields (0 to 10)"), formats.head())
    rows = (
        (text("high from, four fields"), made.found.limit),
        (text("medium from, nine fields"), made.found.limits[0]),
        (text("high from, nine fields"), made.found.limits[1]),
    )
    for row, (label, value) in enumerate(rows, _LIMITS + 1):
        sheet.write_string(row, 0, label, formats.cells["text"])
        sheet.write_number(row, 1, value, points)


def _limit_cell(number: int) -> str:
    """0: of the four fields; 1, 2: of the nine."""
    return f"$B${_LIMITS + 2 + number}"


def _four(made: Scoring, sheet: Worksheet) -> None:
    text, formats = made.told.words.text, made.formats
    heads = (text("Four fields"), text("Norm strategy"), text("Customers"), made.told.with_unit(text("Customer value")))
    for place, head in enumerate(heads):
        sheet.write_string(_FOUR, place, head, formats.head("text" if place < 2 else "count"))
    limit, strategies = _limit_cell(0), _strategies(made)
    sides = {"star": (">=", ">="), "question": (">=", "<"), "earning": ("<", ">="), "incidental": ("<", "<")}
    for row, (key, name) in enumerate(field_names(made.told.words).items(), _FOUR + 1):
        attractive, strong = sides[key]
        sheet.write_string(row, 0, name, formats.bold)
        sheet.write_string(row, 1, strategies[key], formats.cells["text"])
        wanted = _within(made, [("attractiveness", attractive, limit), ("position", strong, limit)])
        inside = _inside(made, key)
        _counted(made, sheet, (row, 2), wanted, inside)


def _nine(made: Scoring, sheet: Worksheet) -> None:
    """Three by three: norm strategy, customers and money of each field; attractive on top, strong at the right."""
    text, formats = made.told.words.text, made.formats
    fine = {"font_name": "Calibri", "font_size": 11, "left": 1, "right": 1, "border_color": colour("line-control"), "indent": 1}
    head = made.book.add_format({**fine, "top": 1, "bold": True, "text_wrap": True, "valign": "top"})
    middle = made.book.add_format({**fine, "num_format": f'#,##0 "{text("customers")}"', "align": "left"})
    foot = made.book.add_format(
        {**fine, "bottom": 1, "num_format": f'#,##0 "{made.told.unit}"' if made.told.unit else "#,##0", "align": "left"}
    )
    sheet.write_string(_NINE, 0, text("Nine fields"), formats.head())
    for place, name in enumerate((text("weak position"), text("medium position"), text("strong position")), 1):
        sheet.write_string(_NINE, place, name, formats.head())
    levels = (text("highly attractive"), text("moderately attractive"), text("little attractive"))
    strategies = _strategies(made)
    for row, name in enumerate(levels):
        sheet.write_string(_NINE + 1 + 3 * row, 0, name, formats.bold)
        sheet.set_row(_NINE + 1 + 3 * row, 32)
        for place in range(3):
            level = 2 - row
            key = _NINE_KEYS[level][place]
            wanted = _within(made, [*_band("attractiveness", level), *_band("position", place)])
            count, money = _counts(made, wanted)
            found = _inside(made, key, nine=(level, place))
            sheet.write_string(_NINE + 1 + 3 * row, 1 + place, strategies[key], head)
            sheet.write_formula(_NINE + 2 + 3 * row, 1 + place, count, middle, found[0])
            sheet.write_formula(_NINE + 3 + 3 * row, 1 + place, money, foot, found[1])


_NINE_KEYS = (
    ("withdraw", "harvest", "harvest_hold"),
    ("withdraw_selectively", "earn_keep", "extend_earn"),
    ("invest_or_exit", "invest_to_extend", "invest_secure"),
)


def _band(name: str, level: int) -> Iterator[tuple[str, str, str]]:
    if level > 0:
        yield name, ">=", _limit_cell(level)
    if level < 2:
        yield name, "<", _limit_cell(level + 1)


def _within(made: Scoring, wanted: Sequence[tuple[str, str, str]]) -> str:
    """Both axes must be known: a comparison passes over empty cells."""
    return ",".join(f'{made.area(name)},"{sign}"&{cell}' for name, sign, cell in wanted)


def _counts(made: Scoring, wanted: str) -> tuple[str, str]:
    money = f"=SUMIFS({made.area('value')},{wanted})" if "value" in made.facts else "=0"
    return f"=COUNTIFS({wanted})", money


def _counted(made: Scoring, sheet: Worksheet, place: tuple[int, int], wanted: str, found: tuple[int, float]) -> None:
    count, money = _counts(made, wanted)
    row, column = place
    sheet.write_formula(row, column, count, made.formats.cells["count"], found[0])
    sheet.write_formula(row, column + 1, money, made.formats.cells["money"], found[1])


def _inside(made: Scoring, key: str, *, nine: tuple[int, int] | None = None) -> tuple[int, float]:
    """Customers of a field and their money, for programs that do not reckon."""
    import numpy as np

    columns = made.found.columns
    axes = [np.where(missing(columns[name]), np.nan, np.ma.getdata(columns[name]).astype(float)) for name in ("attractiveness", "position")]
    if nine is None:
        limit = made.found.limit
        high = {"star": (True, True), "question": (True, False), "earning": (False, True), "incidental": (False, False)}[key]
        found = np.logical_and(*(axis >= limit if up else axis < limit for axis, up in zip(axes, high, strict=True)))
    else:
        bounds = (-np.inf, *made.found.limits, np.inf)
        found = np.logical_and(*((axis >= bounds[level]) & (axis < bounds[level + 1]) for axis, level in zip(axes, nine, strict=True)))
    money = np.where(missing(columns["value"]), 0.0, np.ma.getdata(columns["value"]).astype(float))
    return int(found.sum()), round(float(money[found].sum()), 2)


def _apart(made: Scoring, sheet: Worksheet) -> None:
    """Whose money and whose points beyond money contradict each other: how many, and what they are worth."""
    import numpy as np

    text, formats, columns = made.told.words.text, made.formats, made.found.columns
    heads = (text("Money against points"), text("What to look at"), text("Customers"), made.told.with_unit(text("Future value (clv)")))
    for place, head in enumerate(heads):
        sheet.write_string(_APART, place, head, formats.head("text" if place < 2 else "count"))
    hints = {"money_high": text("What could drive them away?"), "points_high": text("Why do they buy so little?")}
    kinds = np.where(missing(columns["conflict"]), "", np.ma.getdata(columns["conflict"]).astype(str))
    money = np.where(missing(columns["clv"]), 0.0, np.ma.getdata(columns["clv"]).astype(float))
    for row, (key, name) in enumerate(conflict_names(made).items(), _APART + 1):
        sheet.write_string(row, 0, name, formats.bold)
        sheet.write_string(row, 1, hints[key], formats.cells["text"])
        count, worth = (kinds == key).sum(), round(float(money[kinds == key].sum()), 2)
        sheet.write_formula(row, 2, f"=COUNTIF({made.area('conflict')},A{row + 1})", formats.cells["count"], int(count))
        sheet.write_formula(row, 3, f"=SUMIF({made.area('conflict')},A{row + 1},{made.area('clv')})", formats.cells["money"], worth)


def _strategies(made: Scoring) -> dict[str, str]:
    text = made.told.words.text
    return {
        "star": text("Hold or extend."),
        "question": text("A big step or out."),
        "earning": text("Hold the position."),
        "incidental": text("Withdraw selectively."),
        "invest_or_exit": text("Invest selectively or exit."),
        "invest_to_extend": text("Invest selectively to extend."),
        "invest_secure": text("Invest, secure."),
        "withdraw_selectively": text("Withdraw selectively."),
        "earn_keep": text("Earn selectively, keep."),
        "extend_earn": text("Extend selectively, earn."),
        "withdraw": text("Withdraw."),
        "harvest": text("Harvest."),
        "harvest_hold": text("Harvest, hold with low effort."),
    }


# ---------- diagram ----------


def _shown(made: Scoring) -> list[int]:
    """The places of the largest customers that stand in a field; customers are sorted by value."""
    import numpy as np

    columns = made.found.columns
    known = ~(missing(columns["attractiveness"]) | missing(columns["position"]))
    return [int(place) for place in np.flatnonzero(known)[:MOST_SHOWN]]


def _list(made: Scoring, sheet: Worksheet, shown: Sequence[int]) -> None:
    text, formats, columns = made.told.words.text, made.formats, made.found.columns
    title = text("In the diagram: the {n:,.0f} largest customers that stand in a field, by value", n=len(shown))
    sheet.write_string(_LISTED - 1, 0, title, formats.bold)
    money = made.told.with_unit(text("Customer value"))
    heads = (text("Number and name"), text("Customer"), text("Our position"), text("Attractiveness"), money)
    for place, head in enumerate(heads):
        sheet.write_string(_LISTED, place, head, formats.head("text" if place < 2 else "count"))
    for row, at in enumerate(shown, _LISTED + 1):
        sheet.write_string(row, 0, f"{row - _LISTED}  {_name(made, at)}", formats.cells["text"])
        sheet.write_string(row, 1, cell_text(str(columns["customer_id"][at])), formats.cells["text"])
        sheet.write_number(row, 2, float(columns["position"][at]), made.looks["points"])
        sheet.write_number(row, 3, float(columns["attractiveness"][at]), made.looks["points"])
        if not missing(columns["value"])[at]:
            sheet.write_number(row, 4, float(columns["value"][at]), formats.cells["money"])


def _name(made: Scoring, at: int) -> str:
    columns = made.found.columns
    name = columns["customer_id"][at] if missing(columns["name"])[at] else columns["name"][at]
    return cell_text(str(name))


_HELP_AT = 24


def _help_lines(made: Scoring, sheet: Worksheet) -> None:
    """Cells behind the lines of the fields and their names: they follow the limits. Far to the right and in the colour of the page."""
    how = made.formats.unseen
    low, high = _limit_cell(1), _limit_cell(2)
    lines = [(low, _LOW), (low, _HIGH), (high, _LOW), (high, _HIGH), (_LOW, low), (_HIGH, low), (_LOW, high), (_HIGH, high)]
    first, second = made.found.limits
    values = {low: first, high: second}
    for row, (x, y) in enumerate(lines, _LISTED + 1):
        for place, entry in ((_HELP_AT, x), (_HELP_AT + 1, y)):
            if isinstance(entry, str):
                sheet.write_formula(row, place, f"={entry}", how, values[entry])
            else:
                sheet.write_number(row, place, entry, how)
    middles = (first / 2, (first + second) / 2, (second + _HIGH) / 2)
    for row, (level, place) in enumerate(((level, place) for level in range(3) for place in range(3)), _LISTED + 10):
        sheet.write_number(row, _HELP_AT, middles[place], how)
        sheet.write_number(row, _HELP_AT + 1, (first - 0.12, second - 0.12, _HIGH - 0.12)[level], how)
    sheet.set_column(_HELP_AT, _HELP_AT + 1, 2)


def _diagram(made: Scoring, sheet: str, shown: Sequence[int]) -> Chart:
    chart = made.book.add_chart({"type": "scatter"})
    _lines(chart, sheet)
    _names_of_fields(made, chart, sheet)
    _marks(chart, sheet, shown)
    text = made.told.words.text
    font = {"size": 10, "bold": False, "color": colour("text-2")}
    axis = {"min": _LOW, "max": _HIGH, "major_unit": 2, "major_gridlines": {"visible": False}, "num_font": font, "num_format": "0"}
    axis |= {"line": {"color": colour("axis")}, "name_font": font, "crossing": 0}
    chart.set_x_axis({**axis, "name": text("Our position as supplier: weak to strong")})
    chart.set_y_axis({**axis, "name": text("Attractiveness of the customer: low to high")})
    title = text("Attractiveness and our position, 0 to 10; the larger the mark, the larger the value")
    chart.set_title({"name": title, "name_font": {"size": 11, "bold": False, "color": colour("text")}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_size({"width": 860, "height": 640})
    chart.set_chartarea({"border": {"none": True}})
    return chart


def _lines(chart: Chart, sheet: str) -> None:
    for number in range(4):
        begin = _LISTED + 1 + 2 * number
        chart.add_series(
            {
                "categories": [sheet, begin, _HELP_AT, begin + 1, _HELP_AT],
                "values": [sheet, begin, _HELP_AT + 1, begin + 1, _HELP_AT + 1],
                "line": {"color": colour("line-control"), "width": 0.75, "dash_type": "dash"},
                "marker": {"type": "none"},
            }
        )


def _names_of_fields(made: Scoring, chart: Chart, sheet: str) -> None:
    strategies = _strategies(made)
    font = {"size": 9, "italic": True, "color": colour("text-2")}
    words = [{"value": strategies[_NINE_KEYS[level][place]].rstrip("."), "font": font} for level in range(3) for place in range(3)]
    begin = _LISTED + 10
    chart.add_series(
        {
            "categories": [sheet, begin, _HELP_AT, begin + 8, _HELP_AT],
            "values": [sheet, begin, _HELP_AT + 1, begin + 8, _HELP_AT + 1],
            "line": {"none": True},
            "marker": {"type": "none"},
            "data_labels": {"value": True, "custom": words, "position": "below", "font": font},
        }
    )


def _marks(chart: Chart, sheet: str, shown: Sequence[int]) -> None:
    """Four sizes, the small ones last, so that nobody hides behind a large one. The largest bear their number."""
    begin = 0
    for share, size in _SIZES:
        end = max(begin, round(share * len(shown)))
        if end > begin:
            series: dict[str, Any] = {
                "categories": [sheet, _LISTED + 1 + begin, 2, _LISTED + end, 2],
                "values": [sheet, _LISTED + 1 + begin, 3, _LISTED + end, 3],
                "line": {"none": True},
                "marker": {
                    "type": "circle",
                    "size": size,
                    "fill": {"color": colour("ac") if begin == 0 else colour("py"), "transparency": 25},
                    "border": {"color": colour("bg"), "width": 0.75},
                },
            }
            if begin == 0:
                series["data_labels"] = _labels(end)
            chart.add_series(series)
        begin = end


def _labels(count: int) -> dict[str, Any]:
    """Numbers as in the list below: names would cover each other."""
    font = {"size": 8, "bold": True, "color": colour("bg")}
    return {
        "value": True,
        "position": "center",
        "font": font,
        "custom": [{"value": str(number + 1), "font": font} for number in range(count)],
    }
