"""A grid of named rows and columns, a few words in each cell, darker where there is more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour

STEPS = tuple(f"heat-{step}" for step in range(1, 6))
_LINE = 16


@dataclass(frozen=True)
class Square:
    """One cell: where it stands, the step of its shade (0 to 4), its lines of text."""

    row: int
    column: int
    step: int
    words: tuple[str, ...]


def grid(
    squares: Sequence[Square], names: tuple[Sequence[str], Sequence[str]], headings: Headings, data: Data, width: int, *, high: int = 34
) -> Spec:
    """The picture. names: of the rows from top to bottom, of the columns from left to right. high: pixels of a row."""
    rows, columns = names
    values = [{"row": one.row, "column": one.column, "step": one.step, "words": list(one.words)} for one in squares]
    fills = {"domain": list(range(len(STEPS))), "range": [colour(step) for step in STEPS]}
    body: Spec = {
        "data": {"values": values},
        "encoding": {"x": _axis("column", columns, "top"), "y": _axis("row", rows, "left")},
        "layer": [
            {
                "mark": {"type": "rect", "stroke": colour("bg"), "strokeWidth": 2},
                "encoding": {"color": {"field": "step", "type": "ordinal", "legend": None, "scale": fills}},
            },
            {
                "mark": {"type": "text", "color": colour("text"), "lineHeight": _LINE, "baseline": "middle"},
                "encoding": {"text": {"field": "words"}},
            },
        ],
    }
    return chart(headings, data, width=width, height=high * max(len(rows), 1) + 40, body=body)


def _axis(field: str, names: Sequence[str], orient: str) -> Spec:
    axis = {
        "title": None,
        "orient": orient,
        "labelAngle": 0,
        "labelExpr": f"{list(names)}[datum.value]",
        "labelOverlap": False,
        "labelLimit": 150,
        "domain": False,
    }
    return {
        "field": field,
        "type": "ordinal",
        "axis": axis,
        "scale": {"domain": list(range(len(names))), "paddingInner": 0, "paddingOuter": 0},
    }


def step_of(value: float, limits: Sequence[float]) -> int:
    """The shade of a value: how many of the four limits it reaches."""
    return sum(value >= limit for limit in limits)
