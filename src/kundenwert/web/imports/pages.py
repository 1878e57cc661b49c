"""What the pages of the import show: plain texts and figures from drafts, looks and checks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from kundenwert import sources
from kundenwert.errors import KundenwertError
from kundenwert.flows import draft_check, preview
from kundenwert.flows.draft import ADD, LINES, NEW, REPLACE, Draft
from kundenwert.flows.draft_check import PAGE, Checked
from kundenwert.flows.preview import CHOSEN, LIKELY, OPEN, SURE, ColumnLook, FileLook
from kundenwert.reports.language import Language
from kundenwert.web.imports import told
from kundenwert.web.imports.labels import TABLES, role_label
from kundenwert.web.language import current

_SHOWN = 3
# Tables whose absence is worth a line: those that most companies have.
_WORTH = ("customers", "payments", "complaints", "contacts", "contracts", "offers")
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
_WORTH_A_COLUMN = frozenset({"amount", "cost", "document_id", "product_group"})
_CLASSES = (
    ("unreadable", "Cannot be split into cells"),
    ("rejected", "Rejected"),
    ("without_customer", "Without a customer"),
    ("cancellation", "Cancellations"),
    ("return", "Returns"),
    ("kept", "Sales"),
)


def problems(error: KundenwertError, table: str = "") -> list[dict[str, str]]:
    """The problems of an error in the reader's words."""
    found = getattr(error, "problems", ())
    if not found:
        return [{"came": told.said(current(), str(error)), "expected": "", "remedy": "", "place": ""}]
    return [told.problem(current(), one, table) for one in found]


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


# ---- step 3 ----


def initial(draft: Draft, made: Checked | None, user: Any) -> dict[str, Any]:
    """What the form of the new project begins with."""
    margin = draft.settings.get("margin")
    return {
        "title": draft.settings.get("title", ""),
        "currency": draft.settings.get("currency") or (made.content["currency"] if made else "") or "EUR",
        "margin": None if margin is None else f"{margin * 100:g}",
        "preset": draft.settings.get("preset", ""),
    }


def of_check(draft: Draft, made: Checked | None) -> dict[str, Any]:
    """What the check found; before it, what it will do."""
    language = current()
    content: dict[str, Any] = {"draft": draft, "is_new": draft.way == NEW, "purpose": purpose(draft), "made": made}
    looks = preview.look_at_all(draft)
    content["open_files"] = [look.name for look in looks if questions_of(look)]
    content["may_need_rates"] = any(look.table == "rates" for look in looks) or draft.settings.get("currency", "")
    if made is None:
        return {**content, "heading": language.text("Not checked yet")}
    currency = str(made.content["currency"] or draft.settings.get("currency", ""))
    if not made.is_current:
        content["stale"] = True
    return {
        **content,
        "heading": _check_heading(language, made, currency),
        "currency": language.symbol(currency),
        "bridge": _bridge(language, made),
        "months": _months(language, made),
        "broken": [_broken(language, one) for one in made.broken],
        "others": _others(language, made),
        "notices": [language.text(text, **_values(language, values)) for _, text, values in made.notices],
        "grade": made.content.get("readiness", {}).get("grade", ""),
        "reasons": [language.text(text, **values) for _, text, values in made.reasons],
        "would_add": _would_add(language, made),
        "share": made.worst_share,
        "limit": made.limit,
        "has_cost": "cost" in _roles(made),
        "lines": made.lines,
        "rejected": made.rejected,
        "period": _period(language, made),
    }


def _check_heading(language: Language, made: Checked, currency: str) -> str:
    lines, amount = made.booked
    good = language.text("{money} are reconciled to the cent", money=language.money(amount, currency)) if amount else ""
    good = good or language.plural("{n} line is reconciled", "{n} lines are reconciled", lines)
    if not made.rejected:
        return good
    bad = language.plural("one line is rejected", "{n} lines are rejected", made.rejected)
    return language.text("{good}, {bad}", good=good, bad=bad)


def _values(language: Language, values: Mapping[str, Any]) -> dict[str, Any]:
    """What fills a notice: tables and rules have names for people."""
    table = str(values.get("table", ""))
    found = dict(values)
    if table in TABLES:
        found["table"] = told.table_name(language, table)
    if "rule" in found:
        found["rule"] = language.text("“{rule}”", rule=told.said(language, str(found["rule"]), table))
    return found


def _period(language: Language, made: Checked) -> str:
    readiness = made.content.get("readiness", {})
    first, last = readiness.get("first"), readiness.get("last")
    return language.text("{first} to {last}", first=language.date(first), last=language.date(last)) if first and last else ""


def _bridge(language: Language, made: Checked) -> list[dict[str, Any]]:
    classes = {entry["line_class"]: entry for entry in made.content["classes"]}
    rows = [
        {
            "name": language.text("In the files"),
            "lines": made.content["lines"],
            "amount": _money(language, made.content["amount"]),
            "look": "",
        }
    ]
    rows += [
        {"name": language.text(words), "lines": classes[name]["lines"], "amount": _money(language, classes[name]["amount"]), "look": "part"}
        for name, words in _CLASSES
        if name in classes and classes[name]["lines"]
    ]
    lines, amount = made.booked
    rows.append({"name": language.text("Counts for the valuation"), "lines": lines, "amount": _money(language, amount), "look": "sum"})
    rows.append({"name": language.text("Difference"), "lines": None, "amount": _money(language, made.content["difference"]), "look": "sum"})
    return rows


def _money(language: Language, amount: Any) -> str:
    return language.number(Decimal(amount), 2)


def _months(language: Language, made: Checked) -> dict[str, Any]:
    """Lines and money of each month and class: nothing is lost between them."""
    there = {entry["line_class"] for entry in made.content["months"]}
    classes = [(name, language.text(words)) for name, words in _CLASSES if name in there]
    found: dict[str, dict[str, Decimal]] = {}
    counts: dict[str, int] = {}
    for entry in made.content["months"]:
        row = found.setdefault(entry["month"], {})
        row[entry["line_class"]] = row.get(entry["line_class"], Decimal(0)) + Decimal(entry["amount"])
        counts[entry["month"]] = counts.get(entry["month"], 0) + entry["lines"]
    rows = [
        {
            "name": language.month(month) if month else language.text("without a day"),
            "lines": counts[month],
            "cells": [_money(language, row[name]) if name in row else "" for name, _ in classes],
            "sum": _money(language, sum(row.values(), Decimal(0))),
        }
        for month, row in sorted(found.items())
    ]
    return {"classes": [words for _, words in classes], "rows": rows}


def _broken(language: Language, one: Any) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "words": told.said(language, one.rule, one.table),
        "table": told.table_name(language, one.table),
        "records": one.records,
        "amount": "–" if one.amount is None else _money(language, one.amount),
        "example": one.raw[:80],
        "record": one.record,
        "file": one.file,
    }


def _others(language: Language, made: Checked) -> list[dict[str, Any]]:
    lines = []
    for table in made.company_tables:
        counts = {entry["standing"]: entry["records"] for entry in table["checked"]["totals"]}
        lines.append(
            {
                "name": told.table_name(language, table["name"]),
                "records": sum(counts.values()),
                "good": counts["good"],
                "rejected": counts["rejected"] + counts["unreadable"],
                "older": counts["superseded"] + counts["repeated"],
            }
        )
    return lines


def _roles(made: Checked) -> set[str]:
    return {guess["role"] for file in made.content["files"] for guess in file["columns"]}


def _would_add(language: Language, made: Checked) -> list[tuple[str, str]]:
    """Tables and columns that are not there and what they would add."""
    readiness = made.content.get("readiness", {})
    tables = [(one["table"], one["adds"]) for one in readiness.get("tables", ()) if one["table"] in _WORTH and one["state"] == "missing"]
    pieces = [(one["role"], one["adds"]) for one in readiness.get("pieces", ()) if not one["share"] and one["role"] in _WORTH_A_COLUMN]
    found = [(told.table_name(language, table), language.text(adds)) for table, adds in tables]
    columns = [
        (language.text("column “{name}”", name=language.text(role_label(LINES, role))), language.text(adds)) for role, adds in pieces
    ]
    return [*columns, *found]


def of_rejected(draft: Draft, made: Checked, rule: str, page: int) -> dict[str, Any]:
    """One page of rejected lines."""
    language = current()
    known = {one.rule: one for one in made.broken}
    rule = rule if rule in known else ""
    whole = sum(one.records for one in made.broken if one.rule == rule) if rule else None
    rows = draft_check.rejects(draft, rule=rule, page=page)
    return {
        "draft": draft,
        "rule": rule,
        "rules": [(name, told.said(language, name, one.table), name == rule) for name, one in known.items()],
        "heading": language.text(
            "{rule}: {records}", rule=told.said(language, rule, known[rule].table), records=_records(language, whole or 0)
        )
        if rule
        else language.text("Rejected lines, none of them lost"),
        "rows": [
            {
                "table": told.table_name(language, row.table),
                "file": row.file,
                "record": row.record,
                "rules": ", ".join(told.said(language, name, row.table) for name in row.rules),
                "raw": row.raw,
            }
            for row in rows
        ],
        "page": page,
        "before": query(rule=rule, page=str(page - 1)) if page > 1 else "",
        "after": query(rule=rule, page=str(page + 1)) if len(rows) == PAGE else "",
        "first": (page - 1) * PAGE + 1,
        "last": (page - 1) * PAGE + len(rows),
    }


def _records(language: Language, count: int) -> str:
    return language.plural("{n} line", "{n} lines", count)
