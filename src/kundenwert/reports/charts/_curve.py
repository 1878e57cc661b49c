"""What Lorenz and whale curve have in common: shares on both axes, a line, a dashed line to compare with, one labelled point."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from kundenwert.reports.charts._theme import Spec, colour

Point = tuple[float, float]
HEIGHT = 300


@dataclass(frozen=True)
class Label:
    """A point of the curve that is marked and named; `align` says on which side of the point the words end or begin."""

    point: Point
    words: tuple[str, ...]
    align: str = "left"
    dx: int = 10
    dy: int = 0
    marked: bool = True
    strong: bool = False


def at(points: Sequence[Point], share: float) -> float:
    """The height of a curve at a share of customers, straight between its points."""
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 <= share <= x1 and x1 > x0:
            return y0 + (y1 - y0) * (share - x0) / (x1 - x0)
    return points[-1][1]


def curve(points: Sequence[Point], compare: Sequence[Point], labels: Sequence[Label], axes: tuple[str, str]) -> Spec:
    """The layers of a curve of shares. Both axes start at zero and are never cut; they reach further where the curve does."""
    low, high = min(0.0, *(y for _, y in points)), max(1.0, *(y for _, y in points))
    return {
        "encoding": {"x": _axis("x", axes[0], (0.0, 1.0)), "y": _axis("y", axes[1], (low, high))},
        "layer": [
            _line(compare, "line-control", {"strokeDash": [4, 3], "strokeWidth": 1}),
            _line(points, "ac", {"strokeWidth": 2}),
            {
                "data": {"values": [_row(label.point) for label in labels if label.marked]},
                "mark": {"type": "point", "shape": "circle", "filled": True, "size": 56, "opacity": 1, "color": colour("ac")},
            },
            *(_words(label) for label in labels if label.words),
        ],
    }


def _row(point: Point) -> dict[str, float]:
    return {"x": round(point[0], 5), "y": round(point[1], 5)}


def _line(points: Sequence[Point], name: str, style: Spec) -> Spec:
    return {
        "data": {"values": [_row(point) for point in points]},
        "mark": {"type": "line", "color": colour(name), "interpolate": "linear", **style},
    }


def _words(label: Label) -> Spec:
    mark = {"type": "text", "align": label.align, "dx": label.dx, "dy": label.dy, "baseline": "middle", "lineHeight": 16}
    strong = {"fontWeight": 600, "color": colour("text")} if label.marked or label.strong else {}
    return {"data": {"values": [_row(label.point)]}, "mark": {**mark, **strong}, "encoding": {"text": {"value": list(label.words)}}}


def _axis(channel: str, title: str, domain: tuple[float, float]) -> Spec:
    """Few lines: none, a quarter, half, three quarters, all; more below and above where the curve needs it."""
    first, last = math.ceil(domain[0] * 4), math.floor(domain[1] * 4)
    step = max(1, (last - first) // 8)
    values = [quarter / 4 for quarter in range(first, last + 1) if quarter % step == 0]
    place = (
        {"titleAnchor": "end"}
        if channel == "x"
        else {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 0, "titleY": -14}
    )
    return {
        "field": channel,
        "type": "quantitative",
        "scale": {"domain": list(domain), "nice": False},
        "axis": {"title": title, "format": ".0%", "values": values, "grid": channel == "y", "domain": channel == "x", **place},
    }
