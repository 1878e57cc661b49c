"""Page records as PDF: nothing is fetched, words are never source, the same data give the same bytes."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kundenwert.reports._page import Cell, Column, Figure, Fold, Mark, Page, Picture, Points, Row, Section, Table, Terms, Text
from kundenwert.reports._pdf import pages

CREATED = datetime(2026, 10, 1, 9, 15, tzinfo=UTC)
SVG = (
    '<svg width="40" height="20" viewBox="0 0 40 20" xmlns="http://www.w3.org/2000/svg"><rect width="40" height="20" fill="#3b434b"/></svg>'
)
TABLE = Table(
    "Amounts",
    (Column("Step", "text"), Column("Amount"), Column("Bar", "bars")),
    (Row((Cell("Sales", below="at list price"), Cell("1.284,50", look="bad"), Cell(marks=(Mark("axis", 0, 0), Mark("ac", 0, 50))))),),
)
BLOCKS = (
    TABLE,
    Text("A sentence.", "note"),
    Figure("1,2 Mio. €", "of contribution"),
    Picture("A bar.", (("only", SVG),), (("fc", "expected"),)),
    Points(("One.", "Two."), "warnings"),
    Terms((("db", "Contribution", "What is left."),)),
    Fold("More", (Text("Folded words"),)),
)
SECTION = Section("one", "A finding", "Subject", "in EUR", BLOCKS, note="A note.", columns=6)
PAGE = Page("Title", "Company", "de", "A message", "A lead", (("As of", "30.09.2026"),), (SECTION, SECTION), "Run 1", {"report": "Report"})


def drawn(page: Page) -> bytes:
    return pages(page, created=CREATED, of="Seite {page} von {pages}")


def sheets(pdf: bytes) -> int:
    """How many pages a PDF has; its objects may stand in compressed streams."""
    parts = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return len(re.findall(rb"/Type\s*/Page\b", b"".join(parts)))


def test_every_kind_of_block_can_be_drawn_and_the_file_is_a_pdf_of_one_page() -> None:
    found = drawn(PAGE)
    assert found.startswith(b"%PDF-")
    assert sheets(found) == 1


def test_the_same_page_gives_the_same_bytes_and_another_moment_other_ones() -> None:
    assert drawn(PAGE) == drawn(PAGE)
    assert drawn(PAGE) != pages(PAGE, created=CREATED.replace(year=2027), of="{page}")


def test_a_long_table_goes_on_over_pages() -> None:
    long = replace(TABLE, rows=TABLE.rows * 150)
    assert sheets(drawn(replace(PAGE, sections=(replace(SECTION, blocks=(long,), columns=12),)))) > 2


@pytest.mark.parametrize(
    "words", ['#read("/etc/passwd")', "*stark* _kursiv_ $x$ @ref <label>", "=1+1", '"}\\n', "\u202e\u0000Käufer", "株式会社 Пример"]
)
def test_words_that_look_like_source_are_only_words(words: str) -> None:
    table = replace(TABLE, caption=words, visible_caption=True, rows=(Row((Cell(words, below=words), Cell(words), Cell())),))
    hostile = replace(PAGE, company=words, message=words, sections=(replace(SECTION, message=words, blocks=(table, Text(words))),))
    assert sheets(drawn(hostile)) == 1
