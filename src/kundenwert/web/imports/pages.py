"""What the first pages of the import show, files and columns: plain texts and figures from drafts and looks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from kundenwert import sources
from kundenwert.errors import KundenwertError
from kundenwert.flows import preview
from kundenwert.flows.draft import ADD, LINES, NEW, REPLACE, Draft
from kundenwert.flows.preview import CHOSEN, LIKELY, OPEN, SURE, ColumnLook, FileLook
from kundenwert.reports.language import Language
from kundenwert.web.imports import told
from kundenwert.web.imports.labels import TABLES, role_label
from kundenwert.web.language import current
from kundenwert.web.problems import problems_of

_SHOWN = 3
_DAYS = {
    "dd.mm.yyyy": "DD.MM.YYYY",
    "dd.mm.yy": "DD.MM.YY",
    "iso": "YYYY-MM-DD",
    "yyyymmdd": "YYYYMMDD",
    "serial": "days as Excel counts them",
    "dd/mm/yyyy": "DD/MM/YYYY, the day first",
    "mm/dd/yyyy": "MM/DD/YYYY, the month first",
    "dd-mm-yyyy": "DD-MM-YYYY, the day first",
    "mm-dd-yyyy": "MM-DD-YYYY, the month first",
    "dd/mm/yy": "DD/MM/YY, the day first",
    "mm/dd/yy": "MM/DD/YY, the month first",
    "yyyy/mm/dd": "YYYY/MM/DD",
}
_MARKS = {",": "decimal comma", ".": "decimal point"}


def problems(error: KundenwertError, table: str = "") -> list[dict[str, str]]:
    """The problems of an error in the reader's words."""
    return problems_of(error, current(), table)


def query(**values: str) -> str:
    """Values for an address."""
    return urlencode(values)


def page_number(text: str) -> int:
    """A page from an address; anything else is the first."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) > 0 else 1


def ways(room: Any) -> list[tuple[str, str, str]]:
    """What the files may be for: (value, words, what it means)."""
    text = current().text
    found = [(NEW, text("A new project"), text("Begins with these files alone."))]
    if room.is_open:
        title = room.title
        found.append(
            (ADD, text("More for {title}", title=title), text("The next month, or a table it has not yet. Read as that project reads."))
        )
        found.append(
            (
                REPLACE,
                text("New files in {title}", title=title),
                text("In place of those of the same kind; the old ones stay in their folder."),
            )
        )
    return found


def size(language: Language, number: int) -> str:
    """Bytes in words: 61,4 MB."""
    for unit, scale in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if number >= scale:
            return f"{language.number(number / scale, 1)} {unit}"
    return language.plural("{n} byte", "{n} bytes", number)


# ---- step 1 ----


@dataclass(frozen=True)
class FileLine:
    """A file in the list."""

    name: str
    holds: str
    found: str
    rows: int
    size: str
    questions: int
    state: str
    words: str


def of_files(draft: Draft) -> dict[str, Any]:
    """The list of files and the finding of the page."""
    language = current()
    looks = preview.look_at_all(draft)
    lines = [_file_line(language, entry, look) for entry, look in zip(draft.files, looks, strict=True)]
    questions = sum(line.questions for line in lines)
    has_lines = any(look.table == LINES for look in looks) or draft.way != NEW
    return {
        "files": lines,
        "heading": _files_heading(language, len(lines), questions),
        "questions": questions,
        "lacks_lines": bool(lines) and not has_lines,
        "draft": draft,
        "purpose": purpose(draft),
    }


def _files_heading(language: Language, files: int, questions: int) -> str:
    if not files:
        return language.text("Choose files with sales lines")
    many = language.plural("{n} file", "{n} files", files)
    if not questions:
        return language.text("{files}, all of them recognised", files=many)
    return language.text(
        "{files}, {questions}", files=many, questions=language.plural("one open question", "{n} open questions", questions)
    )


def purpose(draft: Draft) -> str:
    """What the files are for, in words; "" for a new project."""
    name = Path(draft.project).name
    if draft.way == ADD:
        return current().text("For the project in folder {name}: these files are added to it.", name=name)
    if draft.way == REPLACE:
        return current().text("For the project in folder {name}: these files take the place of those of the same kind.", name=name)
    return ""


def _file_line(language: Language, entry: Any, look: FileLook) -> FileLine:
    questions = questions_of(look)
    state, words = (
        ("open", language.plural("{n} question", "{n} questions", questions)) if questions else ("ok", language.text("recognised"))
    )
    return FileLine(
        entry.name,
        told.table_name(language, look.table),
        format_of(language, look),
        entry.rows,
        size(language, entry.size),
        questions,
        state,
        words,
    )


def questions_of(look: FileLook) -> int:
    """How many things a person must settle before a file can be read."""
    return len(look.problems) + look.is_asked


def format_of(language: Language, look: FileLook) -> str:
    """Windows-1252, semicolon, header in line 3, decimal comma, 31.12.2024."""
    names = ("format", "sheet", "encoding", "packed", "delimiter", "header", "sums", "letters")
    words = [told.fact(language, name, look.fact(name)) for name in names if look.fact(name)]
    words += [language.text(_MARKS[look.decimal])] if look.decimal else []
    words += [language.text(_DAYS.get(look.days, look.days))] if look.days else []
    return ", ".join(word for word in words if word)


def first_open(draft: Draft) -> str:
    """The file to look at first: one with a question, else the first with sales lines, else the first."""
    looks = preview.look_at_all(draft)
    chosen = next((look for look in looks if questions_of(look)), None) or next((look for look in looks if look.table == LINES), looks[0])
    return chosen.name


# ---- step 2 ----


@dataclass(frozen=True)
class ColumnLine:
    """A column with its choice. options: (role, words, whether chosen)."""

    place: int
    name: str
    role: str
    options: tuple[tuple[str, str, bool], ...]
    values: tuple[tuple[str, str], ...]
    state: str
    finding: str
    warning: str


def of_columns(draft: Draft, look: FileLook) -> dict[str, Any]:
    """One file: its columns with roles, values and findings, and the other files."""
    language = current()
    roles = [(role.name, language.text(role_label(look.table, role.name))) for role in sources.roles_of(look.table)]
    roles.sort(key=lambda pair: pair[1].casefold())
    looks = preview.look_at_all(draft)
    entry = draft.file(look.name)
    return {
        "draft": draft,
        "file": look.name,
        "heading": _columns_heading(language, look),
        "format": format_of(language, look),
        "reason": told.said(language, look.reason) if look.reason else "",
        "is_asked": look.is_asked,
        "is_part": look.is_part,
        "rows": look.rows,
        "columns": [_column_line(language, column, look, roles) for column in look.columns],
        "shown_rows": range(1, 1 + max((len(column.values[:_SHOWN]) for column in look.columns), default=0)),
        "tables": _tables(language, look, entry.table),
        "missing": [(language.text(role_label(look.table, one.role)), one.needed, told.said(language, one.adds)) for one in look.missing],
        "questions_here": [{**told.problem(language, one, look.table), "answers": _answers(language, one.came)} for one in look.problems],
        "others": [{"name": one.name, "is_here": one.name == look.name, "questions": questions_of(one)} for one in looks],
        "questions": sum(questions_of(one) for one in looks),
        "purpose": purpose(draft),
    }


_ANSWERS: tuple[tuple[str, str], ...] = (
    (r"Every date in .* can be read as (\S+) and as (\S+)\.", "date_format"),
    (r"In .* dates can only be (\S+) and .* only (\S+)\.", "date_format"),
    (r"\d+ sheets could hold the lines: (.*)\.", "sheet"),
)


def _answers(language: Language, came: str) -> list[tuple[str, str, str]]:
    """Buttons that settle a question: (field of the reading, its value, words)."""
    if "decimal comma and" in came or "either thousands or decimals" in came:
        return [("decimal_mark", ",", language.text("comma: 1.234,56")), ("decimal_mark", ".", language.text("point: 1,234.56"))]
    if "tax" in came and ("amounts" in came.lower() or "net" in came):
        return [("money", "net", language.text("The amounts are net"))]
    for pattern, field in _ANSWERS:
        if found := re.fullmatch(pattern, came):
            values = found[1].split(", ") if field == "sheet" else list(found.groups())
            return [(field, value, language.text(_DAYS.get(value, value))) for value in values]
    return []


def _columns_heading(language: Language, look: FileLook) -> str:
    if look.problems or look.is_asked:
        return language.plural("One question about {file}", "{n} questions about {file}", questions_of(look), file=look.name)
    used = [column for column in look.columns if column.role]
    sure = sum(column.certainty in {SURE, CHOSEN} for column in used)
    if sure == len(used):
        return language.plural(
            "The one column with a meaning is assigned", "All {n} columns with a meaning are assigned for sure", len(used)
        )
    return language.text("{sure} of {n} columns are assigned for sure", sure=sure, n=len(used))


def _tables(language: Language, look: FileLook, chosen: str) -> list[tuple[str, str, bool]]:
    words = [(name, language.text(label)) for name, label in TABLES.items()]
    first, rest = words[0], sorted(words[1:], key=lambda pair: pair[1].casefold())
    return [(name, label, name == look.table and not (look.is_asked and not chosen)) for name, label in (first, *rest)]


def _column_line(language: Language, column: ColumnLook, look: FileLook, roles: Sequence[tuple[str, str]]) -> ColumnLine:
    options = (("", language.text("not used"), not column.role), *((role, words, role == column.role) for role, words in roles))
    read = column.read or ("",) * len(column.values)
    values = tuple((value, _read(language, value, was, has=bool(column.read))) for value, was in zip(column.values, read, strict=False))
    state, finding = _finding(language, column, look)
    warning = told.said(language, column.warning) if column.warning else ""
    return ColumnLine(column.place, column.name, column.role, options, values[:_SHOWN], state, finding, warning)


def _read(language: Language, value: str, was: str, *, has: bool) -> str:
    """What a cell is read as where that says more than the cell."""
    if not has or was == value or not value.strip():
        return ""
    if not was:
        return language.text("not readable")
    if len(was) == 10 and was[4:5] == was[7:8] == "-":
        shown = language.date(was)
    elif was.replace(".", "", 1).lstrip("-").isdigit() and any(sign in value for sign in ".,'- "):
        # As many places as the cell has: 222,00 is 222,00.
        places = re.search(r"[.,](\d{1,6})\D*$", value.strip())
        shown = language.number(Decimal(was), max(len(places[1]) if places else 0, len(was.partition(".")[2])))
    else:
        return ""
    return "" if shown.replace("\u2212", "-") == value.strip() else shown


def _finding(language: Language, column: ColumnLook, look: FileLook) -> tuple[str, str]:
    text = language.text
    if column.certainty == OPEN:
        fields = ", ".join(text(role_label(look.table, role)) for role in column.candidates)
        return "open", text("could be {field}, as could {others}", field=fields, others=", ".join(column.rivals))
    if column.certainty == CHOSEN:
        return "ok", text("chosen")
    if column.certainty == LIKELY and column.rivals:
        return "maybe", text("probable: its name fits better than {others}", others=", ".join(column.rivals[:2]))
    if column.certainty == LIKELY:
        return "maybe", text("probable: the name is also used for other things")
    return ("ok", text("sure: a known name")) if column.certainty == SURE else ("none", "")
