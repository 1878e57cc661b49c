"""What both matrices share: purchases upwards, days of silence to the right, darker where there is more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kundenwert.records import Matrix
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import Language

# Pixels of a row, and those a column needs for its figure.
_ROW, _ROOM = 26, 36
_STEPS = tuple(f"heat-{step}" for step in range(1, 6))


def heat(
    matrix: Matrix, headings: Headings, shown: Callable[[float], str], limits: Sequence[float], language: Language, width: int
) -> Spec:
    """A grid of cells in five steps. shown: a value as a cell writes it. limits: where the next step begins, four of them."""
    text = language.text
    wide = (width - 50) / max(len(matrix.silence), 1) >= _ROOM
    values = [
        _cell(row, column, value, shown(value) if wide else "", limits)
        for row, line in enumerate(matrix.values)
        for column, value in enumerate(line)
        if value is not None
    ]
    purchases, silence = [language.number(each) for each in matrix.purchases], [language.number(round(each)) for each in matrix.silence]
    fills = {"domain": list(range(len(_STEPS))), "range": [colour(step) for step in _STEPS]}
    step = 1 if wide else 3
    body = {
        "data": {"values": values},
        "encoding": {
            "x": _axis("column", text("Days since the last purchase"), silence, step, "x"),
            "y": _axis("row", text("Repeat purchases"), purchases, 1, "y"),
        },
        "layer": [
            {
                "mark": {"type": "rect", "stroke": colour("bg"), "strokeWidth": 1},
                "encoding": {"color": {"field": "step", "type": "ordinal", "legend": None, "scale": fills}},
            },
            {"mark": {"type": "text", "color": colour("text"), "fontSize": 12}, "encoding": {"text": {"field": "figure"}}},
        ],
    }
    columns = (text("Repeat purchases"), *(text("{n} days", n=each) for each in silence))
    rows = tuple(
        (name, *("" if value is None else shown(value) for value in line)) for name, line in zip(purchases, matrix.values, strict=True)
    )
    return chart(headings, Data(columns, rows), width=width, height=_ROW * max(len(purchases), 1) + 60, body=body)


def _cell(row: int, column: int, value: float, figure: str, limits: Sequence[float]) -> dict[str, Any]:
    return {"row": row, "column": column, "step": sum(value >= limit for limit in limits), "figure": figure}


def _axis(field: str, title: str, names: Sequence[str], step: int, channel: str) -> Spec:
    """Cells are counted; the axis writes what they stand for."""
    shown = [name if place % step == 0 or place == len(names) - 1 else "" for place, name in enumerate(names)]
    place = (
        {"titleAnchor": "end"}
        if channel == "x"
        else {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 0, "titleY": -14}
    )
    axis = {"title": title, "labelAngle": 0, "labelExpr": f"{shown}[datum.value]", "labelOverlap": False, "domain": False, **place}
    scale: Spec = {"domain": list(range(len(names))), "paddingInner": 0, "paddingOuter": 0, "reverse": channel == "y"}
    return {"field": field, "type": "ordinal", "axis": axis, "scale": scale}


def middle(matrix: Matrix) -> tuple[float | None, float | None, int]:
    """Values of the fewest and the most repeat purchases at the middle of the days of silence; both after at least one return."""
    column = len(matrix.silence) // 2
    lines = [line for purchases, line in zip(matrix.purchases, matrix.values, strict=True) if purchases > 0]
    return (lines[0][column], lines[-1][column], column) if lines else (None, None, column)
