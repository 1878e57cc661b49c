"""What a page is made of: sections of text, tables, pictures. Plain records, so a page can be checked without reading HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Mark:
    """One mark of a bar inside a cell: its look (a class of the style sheet), where it starts and how wide it is, in percent."""

    look: str
    start: float
    width: float


@dataclass(frozen=True)
class Cell:
    """One cell. `full` is the uncut text of a cell that shows only its beginning; `below` stands smaller under it."""

    text: str = ""
    full: str = ""
    below: str = ""
    narrow: str = ""
    look: str = ""
    marks: tuple[Mark, ...] = ()
    name: bool = False


@dataclass(frozen=True)
class Column:
    """A column: heading, kind of its cells, whether narrow screens drop it, and the glossary entry that explains it. shown: of bars,
    whose heading is else only read out."""

    heading: str
    kind: Literal["text", "num", "bars", "name"] = "num"
    wide: bool = False
    term: str = ""
    shown: bool = False


@dataclass(frozen=True)
class Row:
    """Cells from left to right; a look of "sum" is ruled above, "part" is indented."""

    cells: tuple[Cell, ...]
    look: str = ""


@dataclass(frozen=True)
class Table:
    """A table. `scrolls`: it may be wider than the page and then moves inside its own region."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    scrolls: bool = False
    visible_caption: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Text:
    """A paragraph, with a look if it is no plain one."""

    text: str
    look: str = ""
    kind: Literal["text"] = "text"


@dataclass(frozen=True)
class Figure:
    """The one large figure of a page and what it is."""

    figure: str
    words: str
    kind: Literal["figure"] = "figure"


@dataclass(frozen=True)
class Facts:
    """Terms with their values, side by side."""

    facts: tuple[tuple[str, str, str], ...]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True)
class Picture:
    """One chart in one or more widths; the page shows the one that fits. `alt` is the finding in words, `spec` what was drawn."""

    alt: str
    drawings: tuple[tuple[str, str], ...]
    legend: tuple[tuple[str, str], ...] = ()
    spec: Mapping[str, Any] | None = None
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True)
class Fold:
    """Something that opens on request."""

    summary: str
    blocks: tuple[Block, ...]
    kind: Literal["fold"] = "fold"


@dataclass(frozen=True)
class Terms:
    """Words and what they mean; each can be linked to."""

    terms: tuple[tuple[str, str, str], ...]
    kind: Literal["terms"] = "terms"


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    points: tuple[str, ...]
    look: str = ""
    kind: Literal["points"] = "points"


Block = Table | Text | Figure | Facts | Picture | Fold | Terms | Points


@dataclass(frozen=True)
class Section:
    """A finding, what is shown (subject, then unit, time and comparison), the content, a note. `columns` of twelve on wide screens."""

    key: str
    message: str
    subject: str
    unit: str
    blocks: tuple[Block, ...]
    note: str = ""
    columns: int = 12


@dataclass(frozen=True)
class Chapter:
    """Sections that belong together, in a row: a title, the key of each section, and what the contents call it."""

    key: str
    title: str
    entries: tuple[tuple[str, str], ...]

    @property
    def first(self) -> str:
        """The key of the section before which the title stands."""
        return self.entries[0][0]


@dataclass(frozen=True)
class Page:
    """A whole report. chapters: none for a short one; else each section is in one, in the order of the sections."""

    title: str
    company: str
    language: str
    message: str
    lead: str
    basis: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    foot: str
    words: dict[str, str] = field(default_factory=dict)
    chapters: tuple[Chapter, ...] = ()
