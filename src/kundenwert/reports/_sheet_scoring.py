"""The sheet with one row a customer: criteria from 0 to 10 under their weights, the score as a formula, and a column for each reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenwert.records.portfolio_workbook import PortfolioWorkbook, ScoredCriterion
from kundenwert.reports._workbook import Formats, Told, cell_text, missing, printed
from kundenwert.reports.charts._theme import colour
from kundenwert.reports.language.names import field_names

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

WEIGHT_ROW, HEAD_ROW = 3, 4
FIRST = HEAD_ROW + 1
_BLOCK = 10_000
_HEAD_HEIGHT = 64
# Facts before the points: key -> kind of cell and width.
_FACTS: Mapping[str, tuple[str, int]] = {
    "customer_id": ("text", 12),
    "name": ("text", 30),
    "class": ("text", 8),
    "value": ("money", 15),
    "score": ("points", 15),
    "coverage": ("share", 12),
    "score_money": ("money", 17),
    "clv": ("money", 15),
    "score_ideational": ("points", 13),
    "conflict": ("beside", 24),
    "portfolio": ("beside", 21),
    "attractiveness": ("points", 15),
    "position": ("points", 10),
}
_CRITERION_WIDTH, _REASON_WIDTH = 13, 26
# Points below the first are red, from the second on green.
_LIGHTS = (10 / 3, 20 / 3)


@dataclass(frozen=True)
class Scoring:
    """What the sheets share. facts: the columns before the points, in order; looks: the formats of points by what they rest on."""

    found: PortfolioWorkbook
    told: Told
    book: Workbook
    formats: Formats
    looks: Mapping[str, Format]
    facts: tuple[str, ...]

    @classmethod
    def of(cls, book: Workbook, found: PortfolioWorkbook, told: Told) -> Scoring:
        """The formats made, and the columns chosen of which anything is known."""
        known = [name for name in _FACTS if name in {"customer_id", "score", "coverage"} or not missing(found.columns[name]).all()]
        return cls(found, told, book, Formats(book, told.words.code), _looks(book), tuple(known))

    @property
    def rows(self) -> int:
        return len(self.found.columns["customer_id"])

    @property
    def points_at(self) -> int:
        """The first column of points."""
        return len(self.facts)

    @property
    def reasons_at(self) -> int:
        """The first column of reasons."""
        return self.points_at + len(self.found.criteria)

    @property
    def weighed(self) -> int:
        """How many criteria weigh; they stand first."""
        return max(1, sum(one.share > 0 for one in self.found.criteria))

    @property
    def sheet_name(self) -> str:
        return self.told.words.text("Points")

    @property
    def named(self) -> Mapping[str, Mapping[str, str]]:
        """What stands in cells of words: column -> what the run writes -> how people call it."""
        return {"portfolio": field_names(self.told.words), "conflict": conflict_names(self)}

    def area(self, name: str) -> str:
        """The cells of all customers in a column of facts, as formulas of other sheets name them."""
        from xlsxwriter.utility import xl_range_abs

        place = self.facts.index(name)
        return f"'{self.sheet_name}'!{xl_range_abs(FIRST, place, max(FIRST, FIRST + self.rows - 1), place)}"

    def name_of(self, one: ScoredCriterion) -> str:
        """The criterion as this language calls it."""
        return one.criterion.name if self.told.words.code == "de" else one.criterion.english or one.criterion.name


def _looks(book: Workbook) -> dict[str, Format]:
    base = {"font_name": "Calibri", "font_size": 11, "valign": "top", "num_format": "0.0", "align": "right"}
    quiet = {**base, "font_color": colour("text-2"), "bg_color": colour("bg-sunken")}
    editable = {**base, "font_color": colour("text"), "locked": False, "border": 1, "border_color": colour("line")}
    reason = {**base, "align": "left", "num_format": "@", "text_wrap": False}
    return {
        "data": book.add_format(quiet),
        "barred": book.add_format({**quiet, "pattern": 14, "fg_color": colour("line"), "bg_color": colour("bg-sunken")}),
        # A rating stands out as what somebody wrote.
        "rating": book.add_format({**editable, "font_color": colour("accent"), "bold": True}),
        "both": book.add_format({**editable, "font_color": colour("accent"), "bg_color": colour("bg-sunken")}),
        "open": book.add_format({**editable, "bg_color": colour("warn-weak")}),
        "points": book.add_format({**base, "font_color": colour("text")}),
        "score": book.add_format({**base, "font_color": colour("text"), "bold": True, "num_format": "0.00"}),
        "weight": book.add_format({**editable, "num_format": "0.0%", "bold": True}),
        "least": book.add_format({**editable, "num_format": '"≥ "0%', "bold": True}),
        "reason": book.add_format({**reason, "locked": False, "font_color": colour("text")}),
    }


def scoring(made: Scoring, sheet: Worksheet) -> None:
    """Fills the sheet."""
    for place, name in enumerate(made.facts):
        sheet.set_column(place, place, _FACTS[name][1])
    for place, one in enumerate(made.found.criteria, made.points_at):
        # Room for the longest word of the heading and the button of the filter.
        longest = max(len(word) for word in made.name_of(one).split())
        sheet.set_column(place, place, max(_CRITERION_WIDTH, longest + 4))
    sheet.set_column(made.reasons_at, made.reasons_at + len(made.found.criteria) - 1, _REASON_WIDTH)
    _top(made, sheet)
    sheet.freeze_panes(FIRST, 2 if "name" in made.facts else 1)
    _rows(made, sheet)
    last, width = max(FIRST, FIRST + made.rows - 1), made.reasons_at + len(made.found.criteria) - 1
    sheet.autofilter(HEAD_ROW, 0, last, width)
    _lights(made, sheet, last)
    _refuse_wrong_points(made, sheet, last)
    # Ids of digits are text on purpose; without this, Excel puts a green corner on each.
    sheet.ignore_errors({"number_stored_as_text": f"A{FIRST + 1}:A{last + 1}"})
    sheet.repeat_rows(WEIGHT_ROW, HEAD_ROW)
    sheet.repeat_columns(0, 1)
    printed(sheet, made.told)
    sheet.print_area(0, 0, last, made.reasons_at - 1)


def _top(made: Scoring, sheet: Worksheet) -> None:
    text, formats = made.told.words.text, made.formats
    sheet.write_string(0, 0, ": ".join(part for part in (made.told.company, text("Portfolio and points")) if part), formats.title)
    sheet.write_string(1, 0, made.told.basis, formats.quiet)
    how = text(
        "White and yellow cells of points can be changed (0 to 10, 10 is always favourable); write the reason at the right. "
        "kundenwert rate --from FILE.xlsx takes them over."
    )
    sheet.write_string(2, 0, how, formats.quiet)
    labels = {"coverage": (made.found.least_coverage, "least")}
    for place, name in enumerate(made.facts):
        if name in labels:
            sheet.write_number(WEIGHT_ROW, place, labels[name][0], made.looks[labels[name][1]])
        elif name == "score":
            sheet.write_string(WEIGHT_ROW, place, text("only from"), formats.quiet)
    if made.points_at - 1 > made.facts.index("coverage"):
        sheet.write_string(WEIGHT_ROW, made.points_at - 1, text("Weight"), formats.head("count"))
    for place, one in enumerate(made.found.criteria, made.points_at):
        sheet.write_number(WEIGHT_ROW, place, one.share, made.looks["weight"])
    sheet.set_row(HEAD_ROW, _HEAD_HEIGHT)
    heads = headings(made)
    for place, name in enumerate(made.facts):
        kind = _FACTS[name][0]
        sheet.write_string(HEAD_ROW, place, heads[name], formats.head("text", beside=True) if kind == "beside" else formats.head(kind))
    for place, one in enumerate(made.found.criteria):
        sheet.write_string(HEAD_ROW, made.points_at + place, made.name_of(one), formats.head("points"))
        reason = text("Reason: {criterion}", criterion=made.name_of(one))
        sheet.write_string(HEAD_ROW, made.reasons_at + place, reason, formats.head())


def headings(made: Scoring) -> dict[str, str]:
    """The headings of the columns before the points."""
    text = made.told.words.text
    return {
        "customer_id": text("Customer"),
        "name": text("Name"),
        "class": text("Class"),
        "value": made.told.with_unit(text("Customer value")),
        "score": text("Score"),
        "coverage": text("Coverage of the weights"),
        "score_money": made.told.with_unit(text("Points in money")),
        "clv": made.told.with_unit(text("Future value (clv)")),
        "score_ideational": text("Score beyond money"),
        "conflict": text("Money and points"),
        "portfolio": text("Portfolio"),
        "attractiveness": text("Attractiveness"),
        "position": text("Our position"),
    }


# ---------- customers ----------


def _rows(made: Scoring, sheet: Worksheet) -> None:
    """Block by block, row by row: the order that constant memory asks for."""
    for begin in range(0, made.rows, _BLOCK):
        end = min(begin + _BLOCK, made.rows)
        facts = {name: _plain(made.found.columns[name][begin:end]) for name in made.facts}
        points = [(_plain(one.points[begin:end]), one.look[begin:end].tolist()) for one in made.found.criteria]
        for offset in range(end - begin):
            _facts(made, sheet, FIRST + begin + offset, facts, offset)
            for place, (values, looks) in enumerate(points, made.points_at):
                _point(sheet, FIRST + begin + offset, place, values[offset], made.looks[looks[offset]])


def _plain(values: Any) -> list[Any]:
    """The values of a column; None where there is none."""
    import numpy as np

    return [None if empty else value for empty, value in zip(missing(values).tolist(), np.ma.getdata(values).tolist(), strict=True)]


def _facts(made: Scoring, sheet: Worksheet, row: int, facts: Mapping[str, list[Any]], offset: int) -> None:
    for place, name in enumerate(made.facts):
        value = facts[name][offset]
        if name == "score":
            sheet.write_formula(row, place, _score_formula(made, row), made.looks["score"], "" if value is None else value)
        elif name == "coverage":
            sheet.write_formula(row, place, _coverage_formula(made, row), made.formats.cells["share"], value or 0)
        elif value is None:
            continue
        elif _FACTS[name][0] == "beside":
            sheet.write_string(row, place, cell_text(made.named[name][value]), made.formats.beside)
        elif _FACTS[name][0] == "text":
            sheet.write_string(row, place, cell_text(str(value)), made.formats.cells["text"])
        else:
            sheet.write_number(row, place, value, made.looks["points"] if _FACTS[name][0] == "points" else made.formats.cells["money"])


def _point(sheet: Worksheet, row: int, place: int, value: float | None, how: Format) -> None:
    if value is None:
        sheet.write_blank(row, place, None, how)
    else:
        sheet.write_number(row, place, value, how)


def _weights(made: Scoring, row: int) -> tuple[str, str]:
    """The cells of the weights and of a customer's points on them."""
    from xlsxwriter.utility import xl_range, xl_range_abs

    end = made.points_at + made.weighed - 1
    return str(xl_range_abs(WEIGHT_ROW, made.points_at, WEIGHT_ROW, end)), str(xl_range(row, made.points_at, row, end))


def _coverage_formula(made: Scoring, row: int) -> str:
    weights, points = _weights(made, row)
    # 60 % in tenths and hundredths is not always 0.6 to the last digit.
    return f"=IFERROR(ROUND(SUMPRODUCT({weights},--ISNUMBER({points}))/SUM({weights}),9),0)"


def _score_formula(made: Scoring, row: int) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    weights, points = _weights(made, row)
    place = made.facts.index("coverage")
    least = xl_rowcol_to_cell(WEIGHT_ROW, place, row_abs=True, col_abs=True)
    known = xl_rowcol_to_cell(row, place)
    told = f"SUMPRODUCT({weights},{points})/SUMPRODUCT({weights},--ISNUMBER({points}))"
    return f'=IFERROR(IF({known}>={least},{told},""),"")'


def conflict_names(made: Scoring) -> dict[str, str]:
    """How money and points contradict each other, as people call it."""
    text = made.told.words.text
    return {"money_high": text("much money, few points"), "points_high": text("many points, little money")}


# ---------- lights and limits ----------


def _lights(made: Scoring, sheet: Worksheet, last: int) -> None:
    """Traffic lights beside every figure from 0 to 10."""
    icons = [{"criteria": ">=", "type": "number", "value": limit} for limit in reversed(_LIGHTS)]
    look = {"type": "icon_set", "icon_style": "3_traffic_lights", "icons": icons}
    place = made.facts.index("score")
    sheet.conditional_format(FIRST, place, last, place, look)
    sheet.conditional_format(FIRST, made.points_at, last, made.reasons_at - 1, look)


def _refuse_wrong_points(made: Scoring, sheet: Worksheet, last: int) -> None:
    """What is no number from 0 to 10 is refused while it is typed: also 7.5 that Excel takes for the seventh of May."""
    text = made.told.words.text
    rule = {
        "validate": "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": 10,
        "error_title": text("No points"),
        "error_message": text("Points are numbers from 0 to 10; 10 is always favourable."),
    }
    sheet.data_validation(FIRST, made.points_at, last, made.reasons_at - 1, rule)
