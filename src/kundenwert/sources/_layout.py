"""How a text file is laid out: its delimiter, its quote, where its header stands, how many cells a record has."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kundenwert.errors import Problem, SettingsError
from kundenwert.sources._records import Fact, Wanted, short
from kundenwert.tables import transactions

BLANKS = "blanks"
_NAMED = {
    "tab": "\t",
    "\\t": "\t",
    "blank": BLANKS,
    "blanks": BLANKS,
    " ": BLANKS,
    "space": BLANKS,
    "semicolon": ";",
    "comma": ",",
    "pipe": "|",
}
_TELL = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "vertical bar", BLANKS: "runs of blanks"}
# The comma comes last: it is the only one that also stands within numbers.
_CANDIDATES = ("\t", ";", "|", ",")
_ROWS = 1000
_PREAMBLE = 60

_SEP_LINE = re.compile(r'\A"?sep=(.)"?\s*\Z', re.IGNORECASE)
_VALUE = re.compile(r"[\s(+\-−€$£]*\d[\d.,:/ '’T+Z\-\u00a0\u202f)%€$£]*(?:EUR|USD|CHF|GBP|Uhr)?\s*")
_SUM_WORD = re.compile(r"\s*(?:gesamt\s*)?(?:summe|ergebnis|gesamtergebnis|gesamt|total|grand total|sum)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """names: the header's cells, or None where the file has none. skip: records before the first line of data.

    width: cells a record has. rows: the first records of data, for a look. sure: whether the delimiter splits the file well.
    """

    delimiter: str
    names: tuple[str, ...] | None
    skip: int
    width: int
    rows: tuple[tuple[str, ...], ...]
    facts: tuple[Fact, ...]
    quoted: bool = True


def layout(head: str, wanted: Wanted, *, whole: bool) -> Layout:
    """The layout that explains the head of a file best."""
    told = _sep_line(head)
    chosen = _named(wanted.delimiter) if wanted.delimiter else told
    splits = [_split(head, mark, whole=whole) for mark in ((chosen,) if chosen else _CANDIDATES)]
    if not chosen and max(split.width for split in splits) < 2:
        splits.append(_split(head, BLANKS, whole=whole))
    best = max(splits, key=_Split.merit)
    reason = "it was named" if wanted.delimiter else "the line sep= says so" if told else best.reason()
    return _placed(best, wanted, reason, told=told is not None)


@dataclass(frozen=True)
class _Split:
    """The head cut by one delimiter. width: cells of most records; share: how many records have that many."""

    delimiter: str
    rows: tuple[tuple[str, ...], ...]
    width: int
    share: float
    known: int

    def merit(self) -> tuple[bool, bool, int, float]:
        return self.width > 1, self.share > 0.3, self.known, round(self.share, 2)

    def reason(self) -> str:
        return f"{self.share:.0%} of the first {len(self.rows):,} lines have {self.width:,} cells"


def _named(delimiter: str) -> str:
    sign = _NAMED.get(delimiter.lower(), delimiter)
    if sign != BLANKS and (len(sign) != 1 or sign in '"\r\n'):
        raise SettingsError(
            Problem(
                f"The delimiter {delimiter!r} cannot divide columns.",
                "one sign, or one of " + ", ".join(name for name in _NAMED if name.isalpha()) + ".",
                "correct --delimiter (also under [[sources]]), or leave it out.",
            )
        )
    return sign


def _split(head: str, delimiter: str, *, whole: bool) -> _Split:
    rows = _cut(head, delimiter)
    rows = rows if whole or len(rows) < 2 else rows[:-1]
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    widths = Counter(len(row) for row in filled[1:] or filled)
    # The wider of two equally frequent widths: short lines are titles and sums.
    width = max(widths, key=lambda width: (widths[width], width), default=0)
    share = widths[width] / max(1, widths.total())
    known = max((sum(map(transactions.is_known, row)) for row in filled[:_PREAMBLE] if len(row) == width), default=0) if width < 500 else 1
    return _Split(delimiter, tuple(rows), width, share, known)


def _cut(head: str, delimiter: str) -> list[tuple[str, ...]]:
    if delimiter == BLANKS:
        return [tuple(line.split()) for line in head.splitlines()[:_ROWS]]
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    rows: list[tuple[str, ...]] = []
    try:
        for row in reader:
            rows.append(tuple(row))
            if len(rows) == _ROWS:
                break
    except csv.Error:
        # A cell beyond the reader's limit, mostly a quote that is never closed: what came before it suffices for a look.
        return rows or [tuple(line.split(delimiter)) for line in head.splitlines()[:_ROWS]]
    return rows


def _sep_line(head: str) -> str | None:
    found = _SEP_LINE.match(head.split("\n", 1)[0].strip("\r"))
    return found[1] if found else None


def _placed(split: _Split, wanted: Wanted, reason: str, *, told: bool) -> Layout:
    rows, start = split.rows, int(told)
    header = _header(rows, start, _header_widths(rows, split.width), named=bool(wanted.columns))
    first = header + 1 if header is not None else _first_data(rows, start, split.width)
    names = tuple(rows[header]) if header is not None else None
    data = tuple(row for row in rows[first:] if any(cell.strip() for cell in row))
    facts = (
        Fact("delimiter", _TELL.get(split.delimiter, split.delimiter), reason),
        _header_fact(rows, header, first, start),
    )
    width = _width(names, data, split.width)
    return Layout(split.delimiter, names, first, width, data, facts, quoted=split.delimiter != BLANKS)


def _width(names: tuple[str, ...] | None, data: Sequence[tuple[str, ...]], usual: int) -> int:
    if names is None or not data:
        return len(names or ()) or usual
    # Lines that all end with a delimiter have one empty cell more than the header.
    if usual == len(names) + 1 and all(not row[-1].strip() for row in data if len(row) == usual):
        return usual
    return len(names)


def _header_fact(rows: Sequence[tuple[str, ...]], header: int | None, first: int, start: int) -> Fact:
    if header is None:
        return Fact("header", "none", f"the first line looks like data: {short(' | '.join(rows[first]) if first < len(rows) else '')}")
    before = f"; {header - start:,} lines before it are left out" if header > start else ""
    return Fact("header", f"line {header + 1:,}", f"its cells are names{before}", warning=False)


def header_place(rows: Sequence[tuple[str, ...]], width: int, *, named: bool) -> int | None:
    """Where the header stands among the first rows of a table, or None. named: a person named the columns."""
    return _header(rows, 0, frozenset({width}), named=named)


def _header_widths(rows: Sequence[tuple[str, ...]], width: int) -> frozenset[int]:
    """How many cells a header may have: one less than the data where all lines of data end with a delimiter."""
    ends = all(not row[-1].strip() for row in rows if row and len(row) == width)
    return frozenset({width, width - 1}) if ends and width > 2 else frozenset({width})


def _header(rows: Sequence[tuple[str, ...]], start: int, widths: frozenset[int], *, named: bool) -> int | None:
    """The first row of names, before any row of data."""
    for place, row in enumerate(rows[start : start + _PREAMBLE], start):
        if len(row) not in widths and not _names_roles(row, min(widths)):
            continue
        if _is_header(row, named=named):
            return place
        if _is_data(row):
            return None
    return None


def _names_roles(row: Sequence[str], width: int) -> bool:
    """Whether a row is a header even though the data are wider or narrower: commas in numbers part cells that belong together."""
    return len(row) > width / 2 and sum(map(transactions.is_known, row)) >= 2 and not any(map(_VALUE.fullmatch, row))


def _is_header(row: Sequence[str], *, named: bool) -> bool:
    filled = [cell for cell in row if cell.strip()]
    names = [cell for cell in filled if not _VALUE.fullmatch(cell)]
    known = sum(map(transactions.is_known, filled))
    # Where a person named the columns, the file is without header unless its first line says clearly otherwise.
    if named:
        return known >= 2 and len(names) == len(filled)
    return len(filled) > len(row) / 2 and (len(names) == len(filled) or known >= 2 or (known >= 1 and len(names) > len(filled) / 2))


def _is_data(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell.strip()]
    return len(filled) > len(row) / 2 and any(_VALUE.fullmatch(cell) for cell in filled)


def _first_data(rows: Sequence[tuple[str, ...]], start: int, width: int) -> int:
    return next((place for place, row in enumerate(rows[start:], start) if len(row) == width), start)


def sum_line(tail: str) -> str | None:
    """A line of sums at the end of a file, as it stands there, or None."""
    lines = [line for line in tail.splitlines()[-3:] if line.strip()]
    return next((line for line in lines if _SUM_WORD.match(line.strip(';,|\t" '))), None)


def tell(delimiter: str) -> str:
    """A delimiter in words."""
    return _TELL.get(delimiter, delimiter)
