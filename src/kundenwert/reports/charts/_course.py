"""What both pictures of tracking share: weeks, what came as a solid line, what was expected dashed, a rule where the forecast begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from kundenwert.records import Tracking
from kundenwert.reports.charts._axes import HEIGHT, days, lines, upward
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.charts._words import forecast_name
from kundenwert.reports.language import Language


def ahead(tracking: Tracking) -> tuple[float, int]:
    """Expected and actual purchases of the weeks after the origin."""
    weeks = [place for place, end in enumerate(tracking.ends) if end > tracking.origin]
    return sum(tracking.expected[place] for place in weeks), sum(tracking.actual[place] for place in weeks)


def draw(
    tracking: Tracking, came: Sequence[float], expected: Sequence[float], headings: Headings, title: str, language: Language, width: int
) -> Spec:
    """The picture of two courses."""
    text = language.text
    names = (text("actual"), text("expected by {model}", model=forecast_name(tracking.model, language)))
    rows = [
        {"x": end.isoformat(), "y": round(float(value), 2), "series": name}
        for name, course in zip(names, (came, expected), strict=True)
        for end, value in zip(tracking.ends, course, strict=True)
    ]
    first, last = _ends(tracking)
    body = {
        "encoding": {"x": days("x", first, last, width), "y": upward("y", title, format=",d")},
        "layer": [lines(rows, names), *_origin(tracking, language)],
    }
    columns = (text("Week until"), text("Actual"), text("Expected"))
    table = [
        (language.date(end), language.number(one), language.number(two, 1))
        for end, one, two in zip(tracking.ends, came, expected, strict=True)
    ]
    return chart(headings, Data(columns, tuple(table)), width=width, height=HEIGHT, body=body)


def _ends(tracking: Tracking) -> tuple[date, date]:
    return (tracking.ends[0], tracking.ends[-1]) if tracking.ends else (tracking.origin, tracking.origin)


def _origin(tracking: Tracking, language: Language) -> list[Spec]:
    """The line after which nothing was known, its words on the side that has room."""
    first, last = _ends(tracking)
    if last <= tracking.origin:
        return []
    left = (tracking.origin - first) > (last - tracking.origin)
    place: dict[str, Any] = {"align": "right", "dx": -6} if left else {"align": "left", "dx": 6}
    words = [language.text("forecast from"), language.date(tracking.origin)]
    data = {"values": [{"x": tracking.origin.isoformat()}]}
    return [
        {"data": data, "mark": {"type": "rule", "strokeWidth": 1}, "encoding": {"y": {"value": 0}, "y2": {"value": "height"}}},
        {
            "data": data,
            "mark": {"type": "text", "baseline": "top", "lineHeight": 16, "color": colour("text"), **place},
            "encoding": {"y": {"value": 2}, "text": {"value": words}},
        },
    ]
