"""Sections of reports for screens: the same findings, tables and pictures, as plain JSON; pictures as what the browser is to draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kundenwert.reports._page import Fold, Picture, Table

if TYPE_CHECKING:
    from kundenwert.reports._page import Block, Section


def plain(sections: Iterable[Section]) -> list[dict[str, Any]]:
    """Sections as JSON, blocks by their `kind`. A picture becomes a block of kind "chart" with its `spec`, made under
    reports._pictures.undrawn, and one of kind "legend"; the table of its figures goes, for a chart on a screen brings it along.
    """
    return [{**asdict(section), "blocks": list(_blocks(section.blocks))} for section in sections]


def _blocks(blocks: Iterable[Block]) -> Iterator[dict[str, Any]]:
    blocks = tuple(blocks)
    titles = {each.spec["usermeta"]["title"] for each in blocks if isinstance(each, Picture) and each.spec}
    for each in blocks:
        if isinstance(each, Picture):
            if each.spec:
                yield {"kind": "chart", "spec": dict(each.spec)}
            if each.legend:
                yield {"kind": "legend", "legend": [list(entry) for entry in each.legend]}
        elif isinstance(each, Fold):
            inner = each.blocks[0] if len(each.blocks) == 1 else None
            if not (isinstance(inner, Table) and inner.caption in titles):
                yield {"kind": "fold", "summary": each.summary, "blocks": list(_blocks(each.blocks))}
        else:
            yield asdict(each)
