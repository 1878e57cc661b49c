"""Small histograms side by side, each with its own scale: shapes are compared, not heights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kundenwert.reports.charts._axes import across
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour

# From this width of the picture on, two stand side by side.
_PAIR, _SPACE, _PANEL = 500, 28, 150
_FOOT = 74
_BEYOND = 12


@dataclass(frozen=True)
class Panel:
    """One histogram: its heading, bars between edges, an outline to compare with, and marks on its axis."""

    heading: str
    axis: str
    edges: tuple[float, ...]
    shares: tuple[float, ...]
    marks: tuple[tuple[float, str, bool], ...] = ()
    compare: tuple[float, ...] = field(default=())
    format: str = ",.3~g"


def beside(panels: Sequence[Panel], headings: Headings, data: Data, width: int) -> Spec:
    """All panels, in two columns where there is room."""
    columns = 2 if width >= _PAIR and len(panels) > 1 else 1
    # The label at the end of an axis reaches a little beyond it.
    wide = (width - (columns - 1) * _SPACE) // columns - _BEYOND
    body = {"concat": [_panel(panel, wide) for panel in panels], "columns": columns, "spacing": _SPACE}
    rows = -(-len(panels) // columns)
    return {**chart(headings, data, width=width, height=rows * (_PANEL + _FOOT), body=body), "autosize": "pad"}


def _panel(panel: Panel, width: int) -> Spec:
    top = max((*panel.shares, *panel.compare), default=1.0) or 1.0
    ends = (panel.edges[0], panel.edges[-1])
    scale = {"domain": [0, top * 1.3], "nice": False}
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": scale}
    x = across("x", panel.axis, domain=ends, format=panel.format, tickCount=4, labelFlush=True, labelOverlap=True)
    return {
        "width": width,
        "height": _PANEL,
        "title": {"text": panel.heading, "fontSize": 13, "fontWeight": 600, "anchor": "start", "offset": 4, "frame": "group"},
        "encoding": {"x": x, "y": y},
        "layer": [_bars(panel), *_outline(panel), *_marks(panel, top)],
    }


def _bars(panel: Panel) -> Spec:
    values = [{"x": low, "end": high, "y": share} for low, high, share in zip(panel.edges, panel.edges[1:], panel.shares, strict=False)]
    return {
        "data": {"values": values},
        "mark": {"type": "rect", "color": colour("py"), "stroke": colour("bg"), "strokeWidth": 1},
        "encoding": {"x2": {"field": "end"}, "y2": {"datum": 0}},
    }


def _outline(panel: Panel) -> list[Spec]:
    if not panel.compare:
        return []
    middle = [(low + high) / 2 for low, high in zip(panel.edges, panel.edges[1:], strict=False)]
    values = [{"x": at, "y": share} for at, share in zip(middle, panel.compare, strict=True)]
    return [{"data": {"values": values}, "mark": {"type": "line", "color": colour("class-b"), "strokeDash": [5, 3], "strokeWidth": 2}}]


def _marks(panel: Panel, top: float) -> list[Spec]:
    """Lines from bottom to top, their words one below the other on the side where there is room."""
    if not panel.marks:
        return []
    span = panel.edges[-1] - panel.edges[0] or 1.0
    places = [at for at, _, _ in panel.marks]
    left = (max(places) - panel.edges[0]) / span > 0.6
    # All words stand on one side of all lines, so that no line runs through them.
    side = min(places) if left else max(places)
    specs: list[Spec] = []
    for row, (at, words, is_strong) in enumerate(panel.marks):
        line = {"type": "rule", "color": colour("ac"), "strokeWidth": 2 if is_strong else 1, "strokeDash": [1, 0] if is_strong else [3, 3]}
        text = {"type": "text", "align": "right" if left else "left", "dx": -6 if left else 6, "dy": 8 + 16 * row, "color": colour("text")}
        high = {"values": [{"x": at, "y": top * 1.3}]}
        specs.append({"data": high, "mark": line, "encoding": {"y2": {"datum": 0}}})
        specs.append({"data": {"values": [{"x": side, "y": top * 1.3}]}, "mark": text, "encoding": {"text": {"value": words}}})
    return specs
