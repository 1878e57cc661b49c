"""PDF through typst: data travel as JSON, never as source; nothing is fetched; the same data give the same bytes.

A report that is a `Page` needs no template of its own: `pages(page, created=...)`. Another one ships `assets/NAME.typ`, reads its data with
`json(bytes(sys.inputs.data))` and is drawn by `pdf("NAME", data, created=...)`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib import resources
from typing import Any, Literal

from kundenwert.reports._page import Block, Column, Page, Section, Table
from kundenwert.reports.charts._theme import colours

# A column of words this long shares what the others leave; shorter ones take what they need.
_LONG_TEXT = 34
_WHOLE = 12
# So many columns fit half a page without breaking words.
_MOST_OF_HALF = 5
_POINTS_A_PIXEL = 0.58
# Which width of a picture fits a page, and half of one: letters must not become small.
_LOOKS = ("middle", "half", "only", "slim", "narrow", "wide")
_LOOKS_OF_HALF = ("slim", "narrow", "only", "half", "middle", "wide")
# Width of a digit of a table, and what stands free at both sides of a cell.
_POINTS_A_DIGIT, _POINTS_BESIDE = 4.3, 8.0
_UNSHOWABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def pdf(template: str, data: Mapping[str, Any], *, created: datetime) -> bytes:
    """Draws `assets/TEMPLATE.typ` with `data`, which also gets the light colours by token. created: the time the file bears; use the
    run's, then the same run gives the same bytes.
    """
    content = json.dumps({**_showable(data), "colours": colours()}, ensure_ascii=False, default=str)
    moment = created if created.tzinfo else created.replace(tzinfo=UTC)
    try:
        return _drawn(template, content, moment, standard="ua-1", any_font=False)
    except ValueError:
        # A name in letters that our font lacks: other fonts of the machine may have them, and a page for print beats none.
        return _drawn(template, content, moment, standard=None, any_font=True)


def _drawn(template: str, content: str, moment: datetime, *, standard: Literal["ua-1"] | None, any_font: bool) -> bytes:
    """The file; raises ValueError where it does not meet the standard (PDF/UA-1: readable by those who cannot see it)."""
    import typst

    # A zip-imported package has no folder; as_file would remove its copy too early, so the plain path is used.
    assets = str(resources.files(__package__) / "assets")
    compiler = typst.Compiler(f"{assets}/{template}.typ", root=assets, font_paths=[f"{assets}/fonts"], ignore_system_fonts=not any_font)
    try:
        drawn = compiler.compile(format="pdf", sys_inputs={"data": content}, timestamp=moment, pdf_standards=standard)
    except typst.TypstError as err:
        if standard and "PDF/UA-1 error" in str(err):
            raise ValueError(str(err)) from None
        raise
    return drawn if isinstance(drawn, bytes) else b""


def _showable(value: Any) -> Any:
    """The same data without signs that no page can show, or that would turn a line around."""
    if isinstance(value, str):
        return _UNSHOWABLE.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {key: _showable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_showable(each) for each in value]
    return value


def pages(page: Page, *, created: datetime, of: str, breaks: Sequence[str] = (), dense: bool = False, slim: bool = False) -> bytes:
    """A page record as A4 pages; what is folded stays out, as paper cannot be opened.

    of: "{page} of {pages}" in the reader's language. breaks: keys of sections that begin a new page. dense: smaller
    letters and less air, for what must fit one page. slim: tables of many columns in half a page leave out what narrow screens do.
    """
    rows = [[_section(_slim(section) if slim else section) for section in row] for row in _beside(page.sections)]
    head = {name: getattr(page, name) for name in ("title", "company", "language", "message", "lead", "basis", "foot", "words")}
    chapters = {chapter.first: chapter.title for chapter in page.chapters}
    more = {"of": of, "breaks": list(breaks), "dense": dense, "chapters": chapters}
    return pdf("page", {**head, "rows": rows, **more}, created=created)


def _beside(sections: Sequence[Section]) -> Iterator[list[Section]]:
    """Sections that stand side by side: two, where their columns fit a page; of three in a row the last two."""
    waiting = list(sections)
    while waiting:
        first = waiting.pop(0)
        if first.columns + sum(section.columns for section in waiting[:2]) == _WHOLE and len(waiting) >= 2:
            yield [first]
            yield [waiting.pop(0), waiting.pop(0)]
            continue
        pair = waiting and first.columns + waiting[0].columns <= _WHOLE
        yield [first, waiting.pop(0)] if pair else [first]


def _slim(section: Section) -> Section:
    """A section of half a page, its tables of many columns without those that narrow screens leave out."""
    if section.columns > _WHOLE / 2:
        return section
    return replace(section, blocks=tuple(_few(block) if block.kind == "table" else block for block in section.blocks))


def _few(table: Table) -> Table:
    kept = [place for place, column in enumerate(table.columns) if not column.wide]
    if len(table.columns) <= _MOST_OF_HALF or len(kept) == len(table.columns):
        return table
    rows = tuple(replace(row, cells=tuple(row.cells[place] for place in kept)) for row in table.rows)
    return replace(table, columns=tuple(table.columns[place] for place in kept), rows=rows)


def _section(section: Section) -> dict[str, Any]:
    looks = _LOOKS_OF_HALF if section.columns <= _WHOLE / 2 else _LOOKS
    blocks = [_block(block, looks) for block in section.blocks if block.kind != "fold"]
    return {**{name: getattr(section, name) for name in ("key", "message", "subject", "unit", "note", "columns")}, "blocks": blocks}


def _block(block: Block, looks: Sequence[str]) -> dict[str, Any]:
    if block.kind == "table":
        return {**asdict(block), "widths": [_width(block, place, column) for place, column in enumerate(block.columns)]}
    if block.kind == "picture":
        drawings = dict(block.drawings)
        drawn = next((drawings[look] for look in looks if look in drawings), "")
        return {"kind": "picture", "alt": block.alt, "drawing": drawn, "width": _points(drawn), "legend": block.legend}
    return asdict(block)


def _points(drawing: str) -> float:
    """How wide a drawing is on paper, so that letters of 12 pixels are about as large as those of a table."""
    size = re.match(r'<svg[^>]* width="([\d.]+)"', drawing)
    return float(size[1]) * _POINTS_A_PIXEL if size else 0.0


def _width(table: Table, place: int, column: Column) -> str | float:
    """How a column takes its width: figures in points, so that long headings break; "auto" as its content, "share" of what is left,
    "wide" a double share."""
    if column.kind == "bars":
        return "share"
    texts = [cell for row in table.rows for cell in (row.cells[place].text, row.cells[place].below)]
    longest = max((len(text) for text in texts), default=0)
    if column.kind == "num":
        return max(longest, *(len(word) for word in column.heading.split(" "))) * _POINTS_A_DIGIT + _POINTS_BESIDE
    return "wide" if longest > _LONG_TEXT else "auto"
