"""Sentences of the readers in the words of the page: reasons, warnings, names of rules and facts of a file.

A sentence stands here as the flows write it, with {places}. What people read has a German entry. Problems are told as on every page.
"""

from __future__ import annotations

import re
from functools import cache

from kundenwert.errors import Problem
from kundenwert.reports.language import Language
from kundenwert.reports.language.problems import Sentences, value_of
from kundenwert.web import problems
from kundenwert.web.imports.labels import TABLES

# Reasons, warnings and names of rules, and how the page says them. Problems stand in the catalogue of problems.
RULES: dict[str, str] = {
    "{a} of {b} columns fit; {rest}": "{a} of {b} columns have names that this table knows.",
    "{a} of {b} columns fit": "{a} of {b} columns have names that this table knows.",
    "it is the only file": "It is the only file.",
    "its columns fit no table of the company": "Its columns fit no other table.",
    "every name in it is one that sales lines have, and none that only another table has": "All its columns are ones that sales lines have.",  # noqa: E501
    "{a} of {b} sampled values look like {example}; {rest}": "{a} of {b} cells look like {example}; the others are rejected.",
    "{a} of {b} sampled values are numbers with the decimal {mark}; {rest}": "{a} of {b} cells can be read as numbers; the others are rejected or left empty.",  # noqa: E501
    "none of {n} cells is a date; {rest}": "None of {n} cells is a date; they are left empty.",
    "amount is readable": "Amount not readable",
    "amount is given": "Amount missing",
    "date is readable": "Day not readable",
    "date is given": "Day missing",
    "customer id is sound": "Customer number damaged, such as 4,01E+12",
    "record is readable": "Line cannot be split into cells",
    "record is no line of sums": "Line of sums",
    "document counts once, in the newest file": "Document is also in a newer file and counts there",
    "{role} is readable and {rest}": "{role}: not readable or out of range",
    "{role} is readable": "{role}: not readable",
    "{role} is given": "{role}: missing",
    "{role} is sound": "{role}: damaged, such as 4,01E+12",
}
# What was found out about a file, and how its value is called.
FACTS: dict[str, str] = {
    "encoding": "Encoding",
    "delimiter": "Separator",
    "header": "Header",
    "packed": "Packed",
    "format": "Format",
    "sheet": "Sheet",
    "sums": "Sums",
    "letters": "Letters",
    "name": "Name",
    "columns": "Columns",
    "zone": "Time zone",
}
VALUES: dict[str, str] = {
    "semicolon": "semicolon",
    "comma": "comma",
    "tab": "tab",
    "vertical bar": "vertical bar",
    "runs of blanks": "blanks",
    "none": "none",
    "damaged": "damaged letters such as Ã¼",
    "left empty": "left empty",
}
_ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_ROW = re.compile(r"(?:line|row) ([\d,]+)")


@cache
def _rules() -> Sentences:
    return Sentences(RULES)


def said(language: Language, sentence: str, table: str = "") -> str:
    """A sentence of a flow in the reader's words; one that is not known stays as it is."""
    label = problems.label_of(language, table)
    if found := _rules().find(sentence.strip()):
        message, places = found
        return language.text(RULES[message], **{name: value_of(language, name, value, label) for name, value in places.items()})
    return problems.said(sentence, language, table)


def problem(language: Language, one: Problem, table: str = "") -> dict[str, str]:
    """A problem as the template shows it."""
    return problems.problem(one, language, table)


def fact(language: Language, name: str, value: str) -> str:
    """What was found out about a file, for a list: Windows-1252, semicolon, header in line 3."""
    if name == "encoding":
        return _ENCODINGS.get(value, value)
    if name == "header" and (found := _ROW.fullmatch(value)):
        number = int(found[1].replace(",", ""))
        return language.text("header in line {n}", n=number) if number > 1 else ""
    if name == "header":
        return language.text("no header")
    if name == "sheet":
        return language.text("sheet “{name}”", name=value)
    if name == "sums":
        return language.text("a line of sums at the end, which is left out")
    return language.text(VALUES[value]) if value in VALUES else value


def table_name(language: Language, table: str) -> str:
    """What a file holds."""
    return language.text(TABLES.get(table, table))
