"""A page read back from its HTML is the page that was drawn: what the report of a run says on paper is what it says on screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import component_samples as components
import pytest
import report_samples as sample

from kundenwert import registry
from kundenwert.records import RunFigures
from kundenwert.reports._html import html
from kundenwert.reports._page import Page, Section, Table
from kundenwert.reports._pdf import _slim
from kundenwert.reports._read_page import page_of
from kundenwert.reports.customer_base import page

SCENES = {**{name: made() for name, made in sample.SCENES.items()}, "components": components.figures()}


def shown(text: str) -> str:
    return re.sub(r"[ \n]+", " ", text).strip(" ")


def told(section: Section) -> Iterator[object]:
    """What a section says, without what is folded and without the words of narrow screens."""
    yield section.key, shown(section.message), shown(section.subject), section.columns
    for block in section.blocks:
        if isinstance(block, Table):
            yield shown(block.caption), [(shown(one.heading), one.kind, one.wide) for one in block.columns]
            for row in block.rows:
                yield row.look, [(shown(cell.text), shown(cell.below)) for cell in row.cells]
                yield [
                    (mark.look, mark.start, mark.width) for cell in row.cells for mark in cell.marks if mark.width or mark.look == "axis"
                ]
        elif block.kind == "facts":
            yield [tuple(map(shown, fact)) for fact in block.facts]
        elif block.kind == "points":
            yield block.look.strip(), [shown(point) for point in block.points]
        elif block.kind == "picture" and block.drawings:
            yield shown(block.alt), [look for look, _ in block.drawings]
        elif block.kind == "terms":
            yield [tuple(map(shown, term)) for term in block.terms]


def drawn(figures: RunFigures, lang: str) -> tuple[Page, Page]:
    made = page(figures, lang)
    return made, page_of(html(made))


@pytest.mark.parametrize(("scene", "lang"), [*((scene, "de") for scene in SCENES), ("components", "en")])
def test_a_page_read_back_says_what_was_drawn(scene: str, lang: str) -> None:
    made, found = drawn(SCENES[scene], lang)
    assert [list(told(section)) for section in found.sections] == [list(told(section)) for section in made.sections]
    assert (shown(found.message), found.language, found.company) == (shown(made.message), lang, made.company)
    assert found.basis == tuple((shown(term), shown(value)) for term, value in made.basis)
    assert [(one.key, one.title) for one in found.chapters] == [(one.key, one.title) for one in made.chapters]
    assert [one.first for one in found.chapters] == [one.first for one in made.chapters]


def test_what_is_folded_stays_off_the_paper() -> None:
    _, found = drawn(components.figures(), "en")
    assert "fold" not in {block.kind for section in found.sections for block in section.blocks}


def test_pictures_are_files_of_their_own() -> None:
    _, found = drawn(components.figures(), "en")
    drawings = [
        drawing for section in found.sections for block in section.blocks if block.kind == "picture" for _, drawing in block.drawings
    ]
    assert drawings
    assert all(drawing.startswith("<svg") and 'xmlns="http://www.w3.org/2000/svg"' in drawing for drawing in drawings)


def test_names_of_customers_are_harmless_on_the_way() -> None:
    figures = components.figures()
    evil = components.conflict(1) | {"customer_id": '<b>&amp;"]]>'}
    _, found = drawn(replace(figures, lists={**figures.lists, "conflicts": (evil,)}), "en")
    conflicts = next(section for section in found.sections if section.key == "conflicts")
    assert next(block for block in conflicts.blocks if isinstance(block, Table)).rows[0].cells[0].text == '<b>&amp;"]]>'


def test_the_pdf_of_a_page_is_the_same_twice() -> None:
    figures = components.figures()
    made = html(page(figures, "de"))
    print_it = registry.load("reports", "customer_base_pdf")
    first = print_it(made, figures.created)
    assert first.startswith(b"%PDF-")
    assert first == print_it(made, figures.created)


def test_tables_in_half_a_page_leave_out_what_narrow_screens_do() -> None:
    _, found = drawn(components.figures(), "en")
    multiple = next(section for section in found.sections if section.key == "margin_multiple")
    (table,) = [block for block in _slim(multiple).blocks if isinstance(block, Table)]
    assert [column.heading for column in table.columns] == ["Group", "Stay each year", "Counts", "Later than 5 years"]
    assert all(len(row.cells) == 4 for row in table.rows)
    assert _slim(replace(multiple, columns=12)) == replace(multiple, columns=12)
