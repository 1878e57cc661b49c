"""Reads a page back from the HTML it was drawn as, so that a report of a run can be printed as it stands: nothing is reckoned again, and
whoever was erased from the HTML is not on paper either. What is folded stays out, as paper cannot be opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from kundenwert.reports._page import (
    Block,
    Cell,
    Chapter,
    Column,
    Facts,
    Figure,
    Mark,
    Page,
    Picture,
    Points,
    Row,
    Section,
    Table,
    Terms,
    Text,
)

_SVG = "http://www.w3.org/2000/svg"
_KINDS = ("text", "num", "bars", "name")


def page_of(html: str) -> Page:
    """The page as records. html: a page of this program; its body is XML, without addresses or entities of its own."""
    start, end = html.index("<body>"), html.index("</body>") + len("</body>")
    # A part of the file that cannot hold a declaration, so nothing is fetched or unfolded.
    body = ET.fromstring(html[start:end])  # noqa: S314
    main = _first(body, "main")
    eyebrow, basis = _of_class(main, "eyebrow"), _first(_of_class(body, "context"), "dl")
    company = _words(_first(eyebrow, "bdi"))
    report = (eyebrow.text or "").removesuffix(" · ")
    sections, chapters = _sections(_of_class(main, "grid"))
    return Page(
        title=f"{report}, {company}",
        company=company,
        language=html.split('<html lang="', 1)[1].split('"', 1)[0],
        message=_words(_first(main, "h1")),
        lead=_words(_of_class(main, "lead")),
        basis=tuple((_words(entry[0]), _words(entry[1])) for entry in basis),
        sections=sections,
        foot=_words(_of_class(body, "foot")),
        words={"report": report},
        chapters=chapters,
    )


def _sections(grid: ET.Element) -> tuple[tuple[Section, ...], tuple[Chapter, ...]]:
    """The sections in their order, and the chapters they stand in."""
    sections: list[Section] = []
    chapters: list[tuple[str, str, list[tuple[str, str]]]] = []
    for each in grid:
        if _is(each, "chapter"):
            title = _first(each, "h2")
            chapters.append((title.get("id", ""), _words(title), []))
            continue
        section = _section(each)
        sections.append(section)
        if chapters:
            chapters[-1][2].append((section.key, section.subject))
    return tuple(sections), tuple(Chapter(key, title, tuple(entries)) for key, title, entries in chapters if entries)


def _section(node: ET.Element) -> Section:
    header, what = node[0], _of_class(node[0], "what")
    columns = next(int(name[1:]) for name in _classes(node) if name[0] == "c" and name[1:].isdecimal())
    subject = _first(what, "b")
    blocks = tuple(block for each in _of_class(node, "body") for block in _block(each))
    unit = _words(what)[len(_words(subject)) :].removeprefix(", ")
    return Section(node.get("id", ""), _words(header[0]), _words(subject), unit, blocks, columns=columns)


def _block(node: ET.Element) -> Iterator[Block]:
    names = _classes(node)
    if node.tag == "table":
        yield _table(node)
    elif node.tag == "div" and "scroll" in names:
        yield _table(_first(node, "table"))
    elif node.tag == "figure":
        yield Picture(node[0].get("aria-label", ""), tuple((_classes(svg)[-1], _drawing(svg)) for svg in node))
    elif node.tag == "p" and "legend" in names:
        yield Picture("", (), tuple((_first(each, "rect").get("class", ""), _words(each)) for each in node))
    elif node.tag == "p" and "figure" in names:
        yield Figure((node.text or "").strip(), _words(_first(node, "small")))
    elif node.tag == "p":
        yield Text(_words(node), " ".join(names))
    elif node.tag == "dl" and "facts" in names:
        yield Facts(tuple(_fact(each) for each in node))
    elif node.tag == "dl":
        yield Terms(tuple((each.get("id", "").removeprefix("g-"), _words(each[0]), _words(each[1])) for each in node))
    elif node.tag == "ul":
        yield Points(tuple(_words(each) for each in node), " ".join(name for name in names if name != "points"))


def _fact(node: ET.Element) -> tuple[str, str, str]:
    return _words(node[0]), (node[1].text or "").strip(), _words(node[1][0])


def _drawing(svg: ET.Element) -> str:
    """A chart as a file of its own."""
    svg.set("xmlns", _SVG)
    svg.tail = None
    return ET.tostring(svg, encoding="unicode")


# ---------- tables ----------


def _table(node: ET.Element) -> Table:
    caption, head, body = node[0], node[1], node[2]
    columns = tuple(_column(each) for each in head[0])
    rows = tuple(
        Row(tuple(_cell(cell, column) for cell, column in zip(row, columns, strict=True)), " ".join(_classes(row))) for row in body
    )
    return Table(_words(caption), columns, rows, visible_caption=not _is(caption, "vh"))


def _column(node: ET.Element) -> Column:
    names = _classes(node)
    kind: Any = next((name for name in names if name in _KINDS), "num")
    hidden = any(_is(each, "vh") for each in node)
    return Column(_words(node), kind, wide="wide" in names, shown=kind == "bars" and not hidden)


def _cell(node: ET.Element, column: Column) -> Cell:
    if column.kind == "bars":
        return Cell(marks=tuple(_mark(each) for each in node.iter() if each.tag in ("line", "rect")))
    below = [_words(each) for each in node if _is(each, "sub") and not _is(each, "narrow")]
    inside = next((each for each in node if each.tag in ("bdi", "span") and not _is(each, "sub")), None)
    text = (node.text or "") if inside is None else _words(inside)
    look = "" if inside is None else inside.get("class", "")
    return Cell(text.strip(), below=" ".join(below), look=look, name=inside is not None and inside.tag == "bdi")


def _mark(node: ET.Element) -> Mark:
    start = float(node.get("x1" if node.tag == "line" else "x", "0").removesuffix("%"))
    return Mark(node.get("class", ""), start, float(node.get("width", "0").removesuffix("%")))


# ---------- the tree ----------


def _classes(node: ET.Element) -> list[str]:
    return node.get("class", "").split()


def _is(node: ET.Element, name: str) -> bool:
    return name in _classes(node)


def _first(node: ET.Element, tag: str) -> ET.Element:
    return next(node.iter(tag))


def _of_class(node: ET.Element, name: str) -> ET.Element:
    return next(each for each in node.iter() if _is(each, name))


def _words(node: ET.Element) -> str:
    """All text inside, on one line; hard spaces stay."""
    return " ".join(part for part in "".join(node.itertext()).replace("\n", " ").split(" ") if part)
