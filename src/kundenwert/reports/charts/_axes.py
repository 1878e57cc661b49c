"""Axes, lines and legends that several charts share: zero on the axis, few grid lines, the title of the upright axis above it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kundenwert.reports.charts._theme import Spec, colour

CAME, FORECAST = "ac", "class-b"
HEIGHT = 280
DASHES = [5, 3]
# A mark that is seen on a bar too.
DIAMOND: Spec = {
    "type": "point",
    "shape": "diamond",
    "filled": True,
    "size": 110,
    "opacity": 1,
    "stroke": colour("bg"),
    "strokeWidth": 1.5,
}
# Pixels of the label of a month with its distance.
_LABEL = 72


def upward(field: str, title: str, *, domain: Sequence[float] | None = None, **more: Any) -> Spec:
    """An upright axis of numbers that begins at zero unless a domain says otherwise; options are those of the axis."""
    scale: Spec = {"domain": list(domain), "nice": False} if domain else {"zero": True}
    lying = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 0, "titleY": -14}
    axis = {"title": title, "grid": True, "domain": False, "tickCount": 5, **lying, **more}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def across(field: str, title: str | None, *, domain: Sequence[float] | None = None, **more: Any) -> Spec:
    """A lying axis of numbers."""
    scale: Spec = {"domain": list(domain), "nice": False} if domain else {"zero": False, "nice": False}
    axis = {"title": title, "grid": False, "domain": True, "titleAnchor": "end", **more}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def days(field: str, first: date, last: date, width: int) -> Spec:
    """A lying axis of calendar days, a label every so many months. UTC, so that no day moves with the zone of the reader."""
    months = (last - first).days / 30.4
    step = next((each for each in (1, 2, 3, 6) if months / each <= width / _LABEL), 12)
    ticks = {"interval": "month", "step": step} if months >= 2 else 3
    form = "%b %Y" if months >= 2 else "%d %b"
    axis = {"title": None, "grid": False, "format": form, "tickCount": ticks, "labelFlush": True, "labelOverlap": True}
    return {"field": field, "type": "temporal", "scale": {"type": "utc", "nice": False}, "axis": axis}


def legend(names: Sequence[str], tokens: Sequence[str], dashes: Sequence[Sequence[int]] = ()) -> Spec:
    """Encodings of column `series`: each name has its colour, and its dashes where given; named once above the picture."""
    key = {"title": None, "orient": "top", "direction": "horizontal", "offset": 38}
    found: Spec = {
        "color": {"field": "series", "type": "nominal", "scale": _scale(names, [colour(each) for each in tokens]), "legend": key},
    }
    if dashes:
        found["strokeDash"] = {"field": "series", "type": "nominal", "scale": _scale(names, [list(each) for each in dashes]), "legend": key}
    return found


def _scale(names: Sequence[str], values: Sequence[Any]) -> Spec:
    return {"domain": list(names), "range": list(values)}


def lines(rows: list[dict[str, Any]], names: tuple[str, str]) -> Spec:
    """What came as a solid line, what was forecast as a dashed one; rows have `x`, `y` and `series`."""
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "interpolate": "linear", "strokeWidth": 2},
        "encoding": legend(names, (CAME, FORECAST), ([1, 0], DASHES)),
    }
