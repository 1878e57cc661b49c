"""A plan as a workbook: an overview, and for each person a list to take along, with one sentence why for each customer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.errors import CallError
from kundenwert.reports._plan_words import (
    Told,
    assumes,
    compared,
    gain_sentences,
    head,
    is_ranking,
    left_out,
    notices,
    reasons,
    struck,
    used,
)
from kundenwert.reports._workbook import Formats, cell_text
from kundenwert.reports.language import Language

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from kundenwert.records.kept_plan import KeptPlan

MOST_LINES = 100_000
# More persons than these share one list.
_MOST_SHEETS = 40
_HEAD_ROW, _A4 = 4, 9
_WIDTHS = {"place": 5, "customer_id": 12, "name": 30, "where": 30, "reach": 27, "what": 16, "why": 58, "gain": 12, "cost": 11, "done": 18}
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_LINE_HEIGHT, _LETTERS_A_LINE = 15, 54


def plan_workbook(plan: KeptPlan, path: Path, lang: str = "de") -> None:
    """Writes the workbook. Raises CallError for more lines than people read, OSError if the file cannot be written."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    if plan.length > MOST_LINES:
        came = f"{plan.length:,} lines are too many for lists that people read ({MOST_LINES:,} at most)."
        raise CallError(f"{came} Write the plan as .csv.")
    told = Told(plan, Language(lang))
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(str(path), options)
    made = datetime.fromisoformat(plan.content["created"]).replace(tzinfo=None)
    book.set_properties({"title": head(told), "subject": str(plan.content["company"]), "created": made})
    formats = Formats(book, told.language.code)
    _overview(told, book, formats)
    _lists(told, book, formats)
    try:
        book.close()
    except FileCreateError as err:
        raise OSError(*getattr(err.args[0], "args", err.args)) from err


# ---------- overview ----------


def _overview(told: Told, book: Workbook, formats: Formats) -> None:
    """What the plan brings and takes, and what it rests on."""
    content = told.content
    sheet = book.add_worksheet(told.text("Plan"))
    wrapped = book.add_format({"font_name": "Calibri", "font_size": 11, "text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 5, 17)
    sheet.write_string(0, 0, cell_text(f"{content['company']}: {head(told)}"), formats.title)
    sheet.write_string(1, 0, _basis(told), formats.quiet)
    place = 3
    for sentence in gain_sentences(told):
        sheet.merge_range(place, 0, place, 5, cell_text(sentence), wrapped)
        sheet.set_row(place, _LINE_HEIGHT * (1 + len(sentence) // 125))
        place += 1
    for title, rows in ((told.text("Limits"), used(told)), (told.text("How else the means could be spent"), compared(told))):
        place = _rows(book, sheet, place + 1, title, rows, formats) if rows else place
    parts = (
        (told.text("What the plan rests on"), list(assumes(told))),
        (told.text("Who is left out"), [*left_out(told), *struck(told)]),
        (told.text("To know before it is used"), list(notices(told))),
        (told.text("Purpose and legal basis"), [told.text(one) for one in (content["purpose"], content["legal_basis"])]),
    )
    for title, sentences in parts:
        if not sentences:
            continue
        sheet.write_string(place + 1, 0, title, formats.bold)
        place += 2
        for sentence in sentences:
            sheet.merge_range(place, 0, place, 5, cell_text(sentence), wrapped)
            sheet.set_row(place, _LINE_HEIGHT * (1 + len(sentence) // 125))
            place += 1
    _print(sheet, told)


def _rows(book: Workbook, sheet: Worksheet, place: int, title: str, rows: Sequence[Sequence[str]], formats: Formats) -> int:
    """A small table of texts, as people read it elsewhere too; gives the row after it."""
    figure = book.add_format({"font_name": "Calibri", "font_size": 11, "align": "right"})
    sheet.write_string(place, 0, title, formats.bold)
    for offset, line in enumerate(rows, 1):
        for column, cell in enumerate(line):
            look = formats.head("money" if column else "text") if offset == 1 else figure if column else formats.cells["text"]
            sheet.write_string(place + offset, column, cell_text(cell), look)
    return place + len(rows) + 1


def _basis(told: Told) -> str:
    content, language = told.content, told.language
    start, end = language.date(content["as_of"]), language.date(content["until"])
    return told.text("Plan {plan} of run {run}; {start} to {end}", plan=told.plan.name, run=content["run"], start=start, end=end)


# ---------- lists ----------


def _lists(told: Told, book: Workbook, formats: Formats) -> None:
    """A sheet for each person who looks after customers, most gain first; one for all where nobody does or they are too many."""
    import numpy as np

    plan = told.plan
    persons = _persons(told)
    names = sorted({name for name in persons if name}) if persons else []
    why = reasons(plan, told.language)
    if not names or len(names) > _MOST_SHEETS:
        _list(told, book, formats, told.text("List"), "", list(range(plan.length)), why)
        return
    held = np.asarray(persons)
    taken = {told.text("Plan").lower()}
    for name in (*names, ""):
        rows = np.flatnonzero(held == name).tolist()
        if rows:
            called = name or told.text("nobody looks after them")
            _list(told, book, formats, _free(called, taken), called, rows, why)


def _persons(told: Told) -> list[str]:
    lines = told.plan.lines
    held = lines.get("person", lines.get("account_manager"))
    return [] if held is None else [str(name) for name in held.tolist()]


def _free(name: str, taken: set[str]) -> str:
    """A name a sheet can bear and no other has."""
    plain = " ".join(_FORBIDDEN.sub(" ", name).split()).strip("'")[:31] or "?"
    found, number = plain, 2
    while found.lower() in taken:
        found = f"{plain[:27]} {number}"
        number += 1
    taken.add(found.lower())
    return found


def _list(told: Told, book: Workbook, formats: Formats, title: str, person: str, rows: Sequence[int], why: Sequence[str]) -> None:
    sheet = book.add_worksheet(title)
    columns = _columns(told)
    wrapped = book.add_format({"font_name": "Calibri", "font_size": 11, "text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, cell_text(f"{told.content['company']}: {head(told)}"), formats.title)
    count = told.language.plural("{n} line", "{n} lines", len(rows))
    named = told.text("For {person}: {count}", person=person, count=count) if person else count
    sheet.write_string(1, 0, cell_text(named), formats.bold)
    sheet.write_string(2, 0, _basis(told), formats.quiet)
    for column, (name, heading, kind) in enumerate(columns):
        sheet.set_column(column, column, _WIDTHS[name])
        sheet.write_string(_HEAD_ROW, column, heading, formats.head(kind))
    for offset, place in enumerate(rows, 1):
        cells = _cells(told, place, offset, why[place])
        for column, (name, _, kind) in enumerate(columns):
            value = cells[name]
            if value is None or value == "":
                continue
            if kind in ("money", "count"):
                sheet.write_number(_HEAD_ROW + offset, column, value, formats.cells[kind])
            else:
                sheet.write_string(_HEAD_ROW + offset, column, cell_text(value), wrapped)
        lines = max(1 + len(why[place]) // _LETTERS_A_LINE, 1 + len(cells["where"]) // _WIDTHS["where"])
        sheet.set_row(_HEAD_ROW + offset, _LINE_HEIGHT * lines)
    last = _HEAD_ROW + max(1, len(rows))
    _sums(sheet, columns, rows, told, formats)
    sheet.autofilter(_HEAD_ROW, 0, last, len(columns) - 1)
    sheet.freeze_panes(_HEAD_ROW + 1, 3)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.ignore_errors({"number_stored_as_text": f"A{_HEAD_ROW + 2}:C{last + 1}"})
    _print(sheet, told)


def _columns(told: Told) -> list[tuple[str, str, str]]:
    """Name, heading and kind of each column; those of which nothing is known are left out."""
    text = told.text
    unit = told.language.symbol(told.content["currency"])
    found = [
        ("place", "", "count"),
        ("customer_id", text("Customer"), "text"),
        ("name", text("Name"), "text"),
        ("where", text("Where"), "text"),
        ("reach", text("How to reach"), "text"),
        ("what", text("What to do"), "text"),
        ("why", text("Why"), "text"),
        ("gain", text("Gain, {unit}", unit=unit) if unit else text("Gain"), "money"),
        ("cost", text("Cost, {unit}", unit=unit) if unit else text("Cost"), "money"),
        ("done", text("Done on, result"), "text"),
    ]
    lines = told.plan.lines
    known = {
        "name": "name" in lines and bool((lines["name"] != "").any()),
        "where": any(name in lines and bool((lines[name] != "").any()) for name in ("street", "city")),
        "reach": any(name in lines and bool((lines[name] != "").any()) for name in ("phone", "email")),
        "what": bool((lines["action"] != "").any()) if told.plan.length else True,
        "gain": not is_ranking(told.content),
        "cost": not is_ranking(told.content),
    }
    return [column for column in found if known.get(column[0], True)]


def _cells(told: Told, place: int, number: int, why: str) -> dict[str, Any]:
    lines = told.plan.lines

    def cell(name: str) -> str:
        return str(lines[name][place]) if name in lines else ""

    count, action = int(lines["count"][place]), cell("action")
    if action and action not in {one["name"] for one in told.content["actions"]}:
        action = told.text(action)
    town = " ".join(part for part in (cell("postcode"), cell("city")) if part)
    return {
        "place": number,
        "customer_id": cell("customer_id"),
        "name": cell("name"),
        "where": ", ".join(part for part in (cell("street"), town) if part),
        "reach": cell("phone") or cell("email"),
        "what": f"{count} × {action}" if count > 1 else action,
        "why": why,
        "gain": round(float(lines["gain"][place]), 2),
        "cost": round(float(lines["cost"][place]), 2),
        "done": "",
    }


def _sums(sheet: Worksheet, columns: Sequence[tuple[str, str, str]], rows: Sequence[int], told: Told, formats: Formats) -> None:
    """Sums of the amounts as formulas that follow a filter."""
    from xlsxwriter.utility import xl_range

    if not rows:
        return
    last = _HEAD_ROW + len(rows)
    sheet.write_string(last + 1, 0, told.text("Sum"), formats.bold)
    for column, (name, _, kind) in enumerate(columns):
        if kind == "money":
            total = round(float(told.plan.lines[name][list(rows)].sum()), 2)
            area = xl_range(_HEAD_ROW + 1, column, last, column)
            sheet.write_formula(last + 1, column, f"=SUBTOTAL(109,{area})", formats.sums["money"], total)


def _print(sheet: Worksheet, told: Told) -> None:
    """A landscape A4 page as wide as the sheet."""
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L&9{str(told.content['company']).replace('&', '&&')[:100]}&R&9&P / &N")


PLUGIN = plan_workbook
