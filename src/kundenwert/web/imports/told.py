"""Sentences of the readers in the words of the page: problems and reasons that name options of the command line are said anew.

A sentence stands here as the flows write it, with {places}. What people read has a German entry.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from kundenwert.errors import Problem
from kundenwert.reports.language import Language
from kundenwert.web.imports.labels import ROLES, TABLES

_CHOOSE = "Choose it under “Reading” of this file."
_FIELD = "Choose the column in the table of columns."
# Said as they are.
SAME: list[str] = [
    "Nothing was chosen. Choose files, or paste cells with their header.",
    "Its name is one that Windows keeps for devices.",
    "another name.",
    "There are {n} open imports of yours. Finish one of them, or remove it.",
    "a name such as rechnungen.csv.",
    "letters, digits, blanks and . - _ ( ) +",
    "None of {n} cells of {column} is a date.",
    "All cells of {column} are empty.",
    "Every date in {column} can be read as {first} and as {second}.",
    "In {column} {a} dates can only be {first} and {b} only {second}.",
    "None of {n} cells of {column} is a number.",
    "In {column} {a} numbers have a decimal comma and {b} a decimal point.",
    "In {column} {n} numbers such as 1.234 or 1,234 have either thousands or decimals; no other number decides.",
    "one date format.",
    "one decimal mark.",
    "a column such as {names}.",
    "one column for each field.",
    "one of the columns {columns}.",
    "set the others to “not used”.",
    "a line with the names of the columns, or their names given by you.",
    "one name for each column, in order.",
    "Every line is one cell, such as {cell}.",
    "There is a header, but no line of data.",
    "The sheet {name} has a header, but no line of data.",
    "at least one line of data.",
    "There is no sheet {name}.",
    "{n} sheets could hold the lines: {names}.",
    "one sheet with all lines.",
    "The workbook is empty.",
    "one encoding throughout the file.",
    "The bytes are not {encoding}.",
    "The amounts ({names}) hold tax, and neither a column with the tax nor a rate is known.",
    "net amounts, or a way to take the tax off.",
    "The lines are in {listed}.",
    "{names} has no amounts, {others} has.",
    "amounts in all files or in none.",
    "The file is empty.",
    "a header and at least one line of data.",
    "The file is larger than {size}.",
    "at most {size} in one file.",
    "Unpacked it holds more than {size}.",
    "at most {size} unpacked.",
    "It has more than {n} rows.",
    "an XLSX workbook.",
    "a Parquet file.",
    "The ending {ending} is none we read.",
    "CSV, TSV or TXT, XLSX or Parquet, each also as .gz.",
    "It holds the same as {name}, which is here already.",
    "It holds the same as {name}.",
    "each file once, since its lines would count twice.",
    "Its name holds a path or signs that no file name may have.",
    "Its name holds signs that cannot be seen.",
    "Its name begins or ends with a point.",
    "Its name has {n} signs.",
    "at most {n}.",
    "The workbook is protected by a password.",
    "a workbook without password.",
    "a whole file; nothing of a part is read.",
    "The workbook is damaged.",
    "The workbook cannot be opened.",
    "No file holds sales lines.",
    "at least one file with a customer, a date and an amount in each line.",
    "What this file holds is not clear from the names of its columns.",
    "one kind of table for each file.",
    "lines with a readable date, amount and customer.",
    "Something was changed since the last check. Check the files again, then save them.",
]
# Said in other words.
ANEW: dict[str, str] = {
    "choose one with --date-format {rest}": _CHOOSE,
    "choose with --decimal-mark {rest}": _CHOOSE,
    "choose the column with --map {rest}": _FIELD,
    "choose another column with --map {rest}": _FIELD,
    "dates such as {examples}.": "dates such as 31.12.2024 or 2024-12-31.",
    "numbers such as {examples}.": "numbers such as 1.234,56 or 1,234.56.",
    "No column for {role} was found among {columns}.{near}": "No column for “{role}” was found among {columns}.",
    "name it with --map {rest}": _FIELD,
    "Several columns could be the {role}: {columns}.": "Several columns could be “{role}”: {columns}.",
    "{n} columns are called {column} ({places}); each could be the {role}.": "{n} columns are called {column}; each could be “{role}”.",
    "one column for each role.": "one column for each field.",
    "choose one with --map {rest}": _FIELD,
    "The mapping takes {role} from a column {column}, which is not there.{near}": "There is no column {column} for “{role}” in this file.",
    "correct --map {rest}": _FIELD,
    "{role} was chosen for several columns: {columns}.": "“{role}” was chosen for several columns: {columns}.",
    "The file has no header: {why}": "The file has no header.",
    "name the {n} columns in order, such as --columns {rest}": "Name the {n} columns in order under “Reading”, with commas.",
    "--columns names {a} columns, the file has {b}.": "You named {a} columns, the file has {b}.",
    "give as many names; {rest}": "Give as many names; a column that is not needed may have any name.",
    "at least a column for the customer and one for the date, divided by {rest}": "at least a column for the customer and one for the date.",  # noqa: E501
    "name the delimiter with --delimiter, {rest}": "Choose the separator under “Reading”, or export the columns customer and date too.",
    "export the sales lines too.": "Export the lines too.",
    "export the lines too, or choose another sheet with --sheet.": "Export the lines too, or name another sheet under “Reading”.",
    "choose one with --sheet {rest}": "Name the sheet under “Reading”, or put the lines of all into one sheet.",
    "Two encodings are mixed: {rest}": "Two encodings are mixed in this file.",
    "export the parts in one encoding, {rest}": "Export the parts in one encoding, or choose one under “Reading”.",
    "name the right one with --encoding, {rest}": "Choose another one under “Reading”, or export the file as UTF-8.",
    "give --tax-rate {rest}": "Say under “Reading” that amounts are net, or give the tax rate.",
    "amounts that are known to be net, or gross with {rest}": "amounts that are known to be net, or gross with the tax.",
    "say --net, or --gross {rest}": "Say under “Reading” whether amounts are net or gross, and give the tax rate.",
    "one currency{rest}": "one currency, or exchange rates for the others.",
    "convert the amounts before the export, or load one currency at a time.": "Add a file with exchange rates, or load one currency at a time.",  # noqa: E501
    "name the amount column ({rest}": "Choose the column with the amount, or leave these files out.",
    "export it again.": "Export it again.",
    "export a part (one year), or pack it with gzip.": "Export a part (one year), or pack it with gzip.",
    "load a part of it (one year).": "Load a part of it (one year).",
    "By its name it is {expected}, by its first bytes {came}.": "By its name the file is something else than by its first bytes.",
    "save it again in the format you want, and do not rename its ending.": "Save it again in the format you want, and do not rename its ending.",  # noqa: E501
    "text.": "text (CSV).",
    "export or save it as one of these.": "Export or save it as one of these.",
    "nothing; it was left out.": "Nothing; it was left out.",
    "leave one of them out.": "Leave one of them out.",
    "rename the file and choose it again.": "Rename the file and choose it again.",
    "save a copy without password.": "Save a copy without password.",
    "copy or export it again.": "Copy or export it again.",
    "The gzip archive is damaged {rest}": "The archive is damaged.",
    "The gzip archive is cut off.": "The archive is cut off.",
    "add invoices or orders, or say which of these files holds them.": "Add invoices or orders, or say which of these files holds them.",
    "The columns fit {names}.": "The columns fit several tables.",
    "one table for each file.": "one kind of table for each file.",
    "choose it on the page of the file.": "Choose what it holds.",
    "say which it is: {rest}": "Choose what it holds.",
    "{bad} of {lines} lines cannot be booked. Broken rules: {rest}": "{bad} of {lines} lines cannot be booked.",
    "look at the mapping with {rest}": "Look at the columns once more: a wrong column or date format is the usual cause.",
    "Nothing was pasted. {rest}": "Nothing was pasted. Copy the cells with their header from the sheet, and paste them here.",
    "There is no file yet. {rest}": "There is no file yet. Choose at least one with sales lines.",
    "{share} of the records are rejected, more than the limit of {limit}. {rest}": "{share} of the records are rejected, more than the limit of {limit}. Correct the reading, or accept it.",  # noqa: E501
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
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(_pattern(came)), said) for came, said in [*((one, one) for one in SAME), *ANEW.items()])


def _pattern(sentence: str) -> str:
    parts = re.split(r"\{(\w+)\}", sentence)
    return "".join(f"(?P<{part}>.*?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))


def said(language: Language, sentence: str, table: str = "") -> str:
    """A sentence of a flow in the reader's words; one that is not known stays as it is."""
    for pattern, message in _patterns():
        if found := pattern.fullmatch(sentence.strip()):
            values = {name: _value(language, name, value, table) for name, value in found.groupdict().items()}
            return language.text(message, **values)
    return language.text(sentence)


def _value(language: Language, name: str, value: str, table: str) -> Any:
    from kundenwert.web.imports.labels import role_label

    if name == "role" and value in ROLES:
        return language.text(role_label(table, value))
    if re.fullmatch(r"\d{1,3}(,\d{3})*", value):
        return int(value.replace(",", ""))
    return value.strip("'") if name in {"column", "name", "cell"} else value


def problem(language: Language, one: Problem, table: str = "") -> dict[str, str]:
    """A problem as the template shows it."""
    from kundenwert.web.problems import place

    return {
        "came": said(language, one.came, table),
        "expected": said(language, one.expected, table),
        "remedy": said(language, one.remedy, table),
        "place": place(one),
    }


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
