"""Sections of reports in a page: `shown(sections)` for templates/sections/section.html. Tables are written here, for a page may have
hundreds of cells; everything that stands in them is escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from kundenwert.web.language import current
from kundenwert.web.templatetags.terms import to_term

# Where a cell leads to, "" for nowhere: asked with the cell, its row and the place of the cell.
Link = Callable[[Mapping[str, Any], Mapping[str, Any], int], str]
# Looks of reports as classes of the pages.
_LOOKS = {"up": "good", "down": "bad", "bad": "bad"}
_MARKS = {"before": "py", "link": "link-line", "out": "band"}
_KNOWN_MARKS = frozenset({"axis", "ac", "py", "pl", "fc", "pos", "neg", "base", "sumbar", "band", "tick", "link-line"})
# More columns move sideways where the screen is too narrow for them.
_FITS = 3
_KINDS = frozenset({"text", "num", "bars", "name"})


def shown(
    sections: Iterable[Mapping[str, Any]], *, link: Link | None = None, columns: Mapping[str, int] | None = None
) -> list[dict[str, Any]]:
    """Sections with their blocks ready for the template. columns: width of a section in twelfths, by key, where it is to be another."""
    widths = columns or {}
    return [
        {**one, "columns": widths.get(one["key"], one["columns"]), "blocks": [_block(block, link) for block in one["blocks"]]}
        for one in sections
    ]


def _block(block: Mapping[str, Any], link: Link | None) -> dict[str, Any]:
    if block["kind"] == "table":
        return {"kind": "table", "html": table(block, link)}
    if block["kind"] == "fold":
        return {**block, "blocks": [_block(each, link) for each in block["blocks"]]}
    return dict(block)


def table(block: Mapping[str, Any], link: Link | None = None) -> SafeString:
    """A table of a report as HTML; a wide one moves sideways in a region of its own."""
    columns: Sequence[Mapping[str, Any]] = block["columns"]
    head = "".join(_heading(column) for column in columns)
    body = "".join(_row(row, columns, link) for row in block["rows"])
    hidden = "" if block["visible_caption"] else ' class="vh"'
    made = f"<table><caption{hidden}>{escape(block['caption'])}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    if block["scrolls"] or len(columns) > _FITS:
        label = current().text("{table}. Can be moved sideways", table=block["caption"])
        made = f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}">{made}</div>'
    # Every text above went through escape.
    return mark_safe(made)  # noqa: S308


def _heading(column: Mapping[str, Any]) -> str:
    is_hidden = column["kind"] == "bars" and not column["shown"]
    words = format_html('<span class="vh">{}</span>', column["heading"]) if is_hidden else to_term(column["term"], column["heading"])
    return f'<th scope="col" class="{_class(column)}">{words}</th>'


def _class(column: Mapping[str, Any]) -> str:
    kind = column["kind"] if column["kind"] in _KINDS else ""
    return f"{kind} wide" if column["wide"] else kind


def _row(row: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], link: Link | None) -> str:
    look = f' class="{row["look"]}"' if row["look"] in {"sum", "used", "part"} else ""
    return f"<tr{look}>{''.join(_cell(cell, row, columns[place], place, link) for place, cell in enumerate(row['cells']))}</tr>"


def _cell(cell: Mapping[str, Any], row: Mapping[str, Any], column: Mapping[str, Any], place: int, link: Link | None) -> str:
    opening = 'th scope="row"' if place == 0 else "td"
    address = link(cell, row, place) if link else ""
    inside = str(marks(cell["marks"])) if column["kind"] == "bars" else _words(cell, address)
    below = f'<span class="sub">{escape(cell["below"])}</span>' if cell["below"] else ""
    narrow = f'<span class="sub narrow">{escape(cell["narrow"])}</span>' if cell["narrow"] else ""
    return f'<{opening} class="{_class(column)}">{inside}{below}{narrow}</{opening[:2]}>'


def _words(cell: Mapping[str, Any], address: str) -> str:
    words, title = str(escape(cell["text"])), f' title="{escape(cell["full"])}"' if cell["full"] else ""
    if cell["name"]:
        words = f"<bdi{title}>{words}</bdi>"
    elif (look := _LOOKS.get(cell["look"], "")) or title:
        words = f'<span class="{look}"{title}>{words}</span>'
    return f'<a href="{escape(address)}">{words}</a>' if address else words


def marks(given: Sequence[Mapping[str, Any]]) -> SafeString:
    """The marks of a cell as a small picture; hidden from readers, for the figure stands beside it."""
    drawn = "".join(_mark(_MARKS.get(one["look"], one["look"]), float(one["start"]), float(one["width"])) for one in given)
    return mark_safe(f'<svg aria-hidden="true">{drawn}</svg>' if drawn else "")  # noqa: S308 (names of classes and numbers alone)


def _mark(look: str, start: float, width: float) -> str:
    if look not in _KNOWN_MARKS:
        return ""
    if look == "axis":
        return f'<line class="axis" x1="{start:g}%" x2="{start:g}%" y1="0" y2="100%"/>'
    if look == "link-line":
        return f'<line class="link-line" x1="{start:g}%" x2="{start:g}%" y1="50%" y2="150%"/>'
    top = "8%" if look == "py" else "22%"
    return f'<rect class="{look}" x="{start:g}%" width="{width:g}%" y="{top}" height="56%"/>' if width else ""
