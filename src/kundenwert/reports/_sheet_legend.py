"""The sheets beside the points: what people wrote, and what criteria, colours and limits mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kundenwert.reports._sheet_book import wrapped_height
from kundenwert.reports._sheet_scoring import Scoring
from kundenwert.reports._workbook import cell_text, missing, printed

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_HEAD = 3
_WIDE = 74
_MONEY = {
    "pool": "The future value of all customers shared out by their scores, to the cent. Another view of the same money, never added to it.",
    "calibrated": "What customers with such a score brought in the year after, learned from an earlier day. It is a forecast.",
    "tariff": "An amount for each point and year, over the value horizon, for criteria that are no money yet.",
}


def ratings(made: Scoring, sheet: Worksheet) -> None:
    """Every rating that counts in this run, with who gave it, when and why. It is for reading: changes belong on the sheet of points."""
    text, formats, found = made.told.words.text, made.formats, made.found.ratings
    kinds = ("text", "text", "text", "points", "text", "text", "text")
    names = ("customer_id", "name", "criterion", "points", "rated_by", "rated_at", "reason")
    heads = (text("Customer"), text("Name"), text("Criterion"), text("Points"), text("Rated by"), text("On"), text("Reason"))
    for place, width in enumerate((12, 30, 24, 9, 20, 12, 70)):
        sheet.set_column(place, place, width)
    rows = len(found["customer_id"])
    sheet.write_string(0, 0, text("What people gave, and why"), formats.title)
    sheet.write_string(1, 0, text("Of each person the newest on a criterion. New ratings are given on the sheet of points."), formats.quiet)
    for place, (head, kind) in enumerate(zip(heads, kinds, strict=True)):
        sheet.write_string(_HEAD, place, head, formats.head(kind))
    called = {one.criterion.name: made.name_of(one) for one in made.found.criteria}
    empty = {name: missing(found[name]).tolist() for name in names}
    for row in range(rows):
        for place, name in enumerate(names):
            if empty[name][row]:
                continue
            value = found[name][row]
            if name == "points":
                sheet.write_number(_HEAD + 1 + row, place, float(value), made.looks["points"])
            else:
                look = formats.beside if name == "rated_by" else formats.cells["text"]
                sheet.write_string(_HEAD + 1 + row, place, cell_text(called.get(value, str(value))), look)
    sheet.autofilter(_HEAD, 0, max(_HEAD + 1, _HEAD + rows), len(names) - 1)
    sheet.freeze_panes(_HEAD + 1, 0)
    sheet.ignore_errors({"number_stored_as_text": f"A{_HEAD + 2}:A{_HEAD + 2 + rows}"})
    sheet.repeat_rows(_HEAD)
    printed(sheet, made.told)


def legend(made: Scoring, sheet: Worksheet) -> None:
    """What the figures mean, and how a rating gets into the register."""
    text, formats = made.told.words.text, made.formats
    wrapped = made.book.add_format({"font_name": "Calibri", "font_size": 11, "text_wrap": True, "valign": "top"})
    beside = made.book.add_format({"font_name": "Calibri", "font_size": 11, "text_wrap": True, "valign": "top", "indent": 1})
    for place, width in enumerate((26, _WIDE, 10, 12, 12, 12, 12)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, text("What points, colours and fields mean"), formats.title)
    sheet.write_string(1, 0, made.told.basis, formats.quiet)
    row = _HEAD
    heads = (text("Criterion"), text("10 points mean"), text("Weight"), text("From data"), text("Rated"), text("Both"), text("Not known"))
    for place, head in enumerate(heads):
        sheet.write_string(row, place, head, formats.head("text" if place < 2 else "count"))
    for one in made.found.criteria:
        row += 1
        sheet.write_string(row, 0, made.name_of(one), formats.bold)
        sheet.write_string(row, 1, text(one.criterion.ten) if one.criterion.ten else "", wrapped)
        sheet.write_number(row, 2, one.share, formats.cells["share"])
        counts = (one.counts.get("data", 0), one.counts.get("rating", 0), one.counts.get("both", 0))
        for place, count in enumerate((*counts, one.counts.get("open", 0) + one.counts.get("barred", 0)), 3):
            sheet.write_number(row, place, count, formats.cells["count"])
    row += 2
    sheet.write_string(row, 0, text("How a cell of points looks"), formats.head())
    sheet.write_string(row, 1, "", formats.head())
    for look, words in _looks(made):
        row += 1
        sheet.write_number(row, 0, 7, made.looks[look]) if look in {"data", "rating", "both"} else sheet.write_blank(
            row, 0, None, made.looks[look]
        )
        sheet.write_string(row, 1, words, beside)
        sheet.set_row(row, wrapped_height((words, _WIDE)))
    for title, lines in ((text("How to rate in this workbook"), _steps(made)), (text("To know before use"), _notes(made))):
        row += 2
        sheet.write_string(row, 0, title, formats.head())
        sheet.write_string(row, 1, "", formats.head())
        for label, words in lines:
            row += 1
            sheet.write_string(row, 0, label, formats.cells["text"])
            sheet.write_string(row, 1, words, wrapped)
            sheet.set_row(row, wrapped_height((words, _WIDE)))
    printed(sheet, made.told)


def _looks(made: Scoring) -> Iterator[tuple[str, str]]:
    text = made.told.words.text
    yield "data", text("Grey: reckoned from data. A rating would not count; who finds the figure wrong corrects the data.")
    yield "rating", text("Blue: what people gave; of several the mean. Whoever types another figure adds a judgement of their own.")
    yield "both", text("Blue on grey: the mean of data and of what people gave. What is typed counts half.")
    yield "open", text("Yellow and empty: nobody knows it yet. A rating is welcome.")
    yield "barred", text("Hatched: not judged, for private persons are not rated on this.")


def _steps(made: Scoring) -> Iterator[tuple[str, str]]:
    text = made.told.words.text
    yield "1", text("Type points from 0 to 10 on the sheet of points, and in the same row the reason in the column of that criterion.")
    yield "2", text("Save the workbook as .xlsx. Rows may be sorted, filtered and deleted; the headings must stay.")
    yield (
        "3",
        text("kundenwert rate --from FILE.xlsx --by NAME takes what is new into the register: all of it, or nothing if anything is wrong."),
    )
    yield "4", text("The next run counts it.")


def _notes(made: Scoring) -> Iterator[tuple[str, str]]:
    text = made.told.words.text
    yield (
        text("Score"),
        text("Weighted mean of the criteria with points; empty where these make up less of the weights than stands above it."),
    )
    yield (
        text("Weights"),
        text("Can be tried out here: the score follows at once. To keep them, write them into kundenwert.toml ([criteria.weights])."),
    )
    yield text("Traffic lights"), text("Red below 3.3 points, green from 6.7 on.")
    if "score_money" in made.facts:
        yield text("Points in money"), text(_MONEY[made.found.money_rule])
    if "conflict" in made.facts:
        words = text(
            "Score beyond money: only criteria that are not already in contribution or clv. Who is high on one and low on the other is "
            "named, for somebody should look: much money with few points may be lost, many points with little money may grow."
        )
        yield text("Money and points"), words
    if made.found.has_portfolio:
        words = text(
            "Fields, attractiveness and position are those of the run; they do not follow what is typed. Moving a limit counts them anew."
        )
        yield text("Portfolio"), words
    yield text("Objections"), text("Who objected to being valued stands in no sheet.")
