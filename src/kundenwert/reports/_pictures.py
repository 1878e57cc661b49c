"""Charts on a page: drawn in the widths it needs, with the data as a table to open."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from kundenwert.reports._page import Block, Cell, Column, Fold, Picture, Row, Table
from kundenwert.reports.charts import to_svg
from kundenwert.reports.language import Language

# One width for a third of a wide page or a telephone; for pictures of full width also a tablet or A4, and a screen.
NARROW, MIDDLE, WIDE = 368, 700, 1200
_LOOKS = {NARROW: "narrow", MIDDLE: "middle", WIDE: "wide"}
# Two pictures side by side: half of a wide page, else as narrow as a third.
PAIR = (NARROW, 570)
_PAIR_LOOKS = ("slim", "half")
# So many columns fit a telephone; more move sideways in a region of their own.
_FITS = 4
Draw = Callable[..., dict[str, Any]]
_IS_DRAWN: ContextVar[bool] = ContextVar("is_drawn", default=True)


@contextlib.contextmanager
def undrawn() -> Iterator[None]:
    """Pictures made meanwhile hold what is to be drawn, but no drawing: the reader's browser draws them."""
    before = _IS_DRAWN.set(False)
    try:
        yield
    finally:
        _IS_DRAWN.reset(before)


def picture(
    draw: Draw, records: Any, language: Language, *, widths: tuple[int, ...] = (NARROW,), legend: tuple[tuple[str, str], ...] = ()
) -> tuple[Block, ...]:
    """The picture and, folded, its figures."""
    specs = [draw(records, language.code, width=width) for width in widths]
    looks = _PAIR_LOOKS if widths == PAIR else tuple(_LOOKS[width] for width in widths) if len(widths) > 1 else ("only",)
    drawings = tuple((look, to_svg(spec, language.code)) for look, spec in zip(looks, specs, strict=True)) if _IS_DRAWN.get() else ()
    return Picture(specs[0]["description"], drawings, legend, specs[-1]), figures(specs[0], language)


def figures(spec: dict[str, Any], language: Language) -> Fold:
    """The data of a chart as a table."""
    meta = spec["usermeta"]
    columns = tuple(Column(heading, "num" if place else "text") for place, heading in enumerate(meta["columns"]))
    rows = tuple(Row(tuple(Cell(value) for value in row)) for row in meta["rows"])
    return Fold(
        language.text("Figures of this picture"), (Table(meta["title"], columns, rows, scrolls=len(columns) > _FITS, visible_caption=True),)
    )
