"""Calibration: customers in tenths by rising forecast; what was forecast for each tenth and what it bought."""

from __future__ import annotations

from collections.abc import Sequence

from kundenwert.records import Decile, Scored
from kundenwert.reports.charts._axes import CAME, FORECAST, HEIGHT, across, legend, upward
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import Language


def calibration(scored: Scored, lang: str = "en", *, width: int = 560) -> Spec:
    """Two points a tenth, joined by a line as long as the error. scored: a forecast held against what came, with its deciles."""
    language, parts = Language(lang), scored.deciles
    text = language.text
    names = (text("actual"), text("forecast"))
    rows = [
        {"x": place, "y": round(value, 4), "series": name}
        for place, part in enumerate(parts, 1)
        for name, value in zip(names, (part.actual, part.forecast), strict=True)
    ]
    spans = [{"x": place, "y": round(part.forecast, 4), "end": round(part.actual, 4)} for place, part in enumerate(parts, 1)]
    title = text("Tenths of the customers by rising forecast")
    axis = across("x", title, domain=(0.5, max(len(parts), 1) + 0.5), values=list(range(1, len(parts) + 1)), format="d")
    body = {
        "encoding": {"x": axis, "y": upward("y", text("Purchases a customer"))},
        "layer": [
            {
                "data": {"values": spans},
                "mark": {"type": "rule", "strokeWidth": 2, "color": colour("py")},
                "encoding": {"y2": {"field": "end"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "filled": True, "size": 100, "opacity": 1},
                "encoding": {**legend(names, (CAME, FORECAST)), "shape": _shapes(names)},
            },
        ],
    }
    return chart(_headings(parts, language), _data(parts, language), width=width, height=HEIGHT, body=body)


def _shapes(names: Sequence[str]) -> Spec:
    return {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": list(names), "range": ["circle", "diamond"]},
        "legend": {"title": None, "orient": "top", "direction": "horizontal"},
    }


def _headings(parts: Sequence[Decile], language: Language) -> Headings:
    text, title = language.text, language.text("Purchases forecast and made, by tenth of the customers")
    if not parts:
        message = text("There is nothing to compare yet")
        return Headings(message, title, message)
    best = parts[-1]
    message = text(
        "The tenth with the highest forecasts bought {actual:.1f} times on average; {forecast:.1f} were forecast",
        actual=best.actual,
        forecast=best.forecast,
    )
    return Headings(message, title, text("Two points for each tenth, what was forecast and what came. {message}.", message=message))


def _data(parts: Sequence[Decile], language: Language) -> Data:
    text = language.text
    columns = (text("Tenth"), text("Customers"), text("Forecast"), text("Actual"))
    rows = (
        (str(place), language.number(part.customers), language.number(part.forecast, 2), language.number(part.actual, 2))
        for place, part in enumerate(parts, 1)
    )
    return Data(columns, tuple(rows))


PLUGIN = calibration
