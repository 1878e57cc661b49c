"""Comparison of forecasts: by how much the log score of each differs from that of the simpler one before it, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kundenwert.records import Comparison
from kundenwert.reports.charts._axes import across
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.charts._words import forecast_name, quoted
from kundenwert.reports.language import Language

# Pixels of a row with its two lines of words.
_ROW = 44
_DOWN = 9


def comparison(comparisons: Sequence[Comparison], lang: str = "en", *, width: int = 560) -> Spec:
    """A point with its interval for each comparison; right of zero is better, filled where the rule calls it better."""
    language = Language(lang)
    rows = [_row(each, place, language) for place, each in enumerate(comparisons)]
    reach = max((abs(bound) for each in comparisons for bound in (each.lower, each.upper)), default=0.0) or 1.0
    domain = (min(0.0, *(each.lower for each in comparisons), -reach / 4) if comparisons else -1.0, reach * 1.08)
    order = {"field": "place", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.2}}
    text = language.text
    body = {
        "data": {"values": rows},
        "encoding": {
            "y": order,
            "x": across("difference", text("Difference of mean log score, right is better"), domain=domain, tickCount=5),
        },
        "layer": [
            {
                "mark": {"type": "tick", "color": colour("axis"), "thickness": 1, "size": 22, "yOffset": _DOWN},
                "encoding": {"x": {"datum": 0, "type": "quantitative"}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 3, "color": colour("py"), "yOffset": _DOWN},
                "encoding": {"x": {"field": "lower", "type": "quantitative"}, "x2": {"field": "upper"}},
            },
            {
                "mark": {
                    "type": "point",
                    "filled": True,
                    "size": 90,
                    "opacity": 1,
                    "stroke": colour("ac"),
                    "strokeWidth": 1.5,
                    "yOffset": _DOWN,
                },
                "encoding": {"fill": {"condition": {"test": "datum.better", "value": colour("ac")}, "value": colour("bg")}},
            },
            {
                "mark": {"type": "text", "align": "left", "dy": -10, "baseline": "middle", "color": colour("text")},
                "encoding": {"x": {"value": 0}, "text": {"field": "words"}},
            },
        ],
    }
    height = _ROW * max(len(rows), 1) + 56
    return chart(_headings(comparisons, language), _data(comparisons, language), width=width, height=height, body=body)


def _row(each: Comparison, place: int, language: Language) -> dict[str, Any]:
    words = language.text("{name} against {other}", name=forecast_name(each.name, language), other=forecast_name(each.against, language))
    words = words[:1].upper() + words[1:]
    return {
        "place": place,
        "words": words,
        "difference": round(each.difference, 6),
        "lower": round(each.lower, 6),
        "upper": round(each.upper, 6),
        "better": each.is_better,
    }


def _headings(comparisons: Sequence[Comparison], language: Language) -> Headings:
    text = language.text
    title = text("Difference of the log scores of two forecasts with 95% interval, simplest first")
    won = [each for each in comparisons if each.is_better]
    if not comparisons:
        message = text("There is nothing to compare yet")
    elif not won:
        message = text("Nothing is surely better than {other}", other=quoted(comparisons[0].against, language))
    else:
        names = {name: quoted(name, language) for name in (won[-1].name, won[-1].against)}
        message = text("{name} is surely better than {other}", name=names[won[-1].name], other=names[won[-1].against])
        if won[-1] is not comparisons[-1]:
            message = text(
                "{name} is surely better than {other}; nothing after it is", name=names[won[-1].name], other=names[won[-1].against]
            )
    # A quoted rule at the beginning is capital inside its quotes.
    place = next((place for place, letter in enumerate(message) if letter.isalnum()), 0)
    message = message[:place] + message[place : place + 1].upper() + message[place + 1 :]
    return Headings(message, title, text("Points with intervals, one for each comparison. {message}.", message=message))


def _data(comparisons: Sequence[Comparison], language: Language) -> Data:
    text = language.text
    columns = (text("Forecast"), text("Against"), text("Difference"), text("From"), text("To"), text("Same sign"), text("Better"))
    rows = (
        (
            forecast_name(each.name, language),
            forecast_name(each.against, language),
            *(language.number(value, 4, sign=True) for value in (each.difference, each.lower, each.upper)),
            text("{n} of {all} days", n=each.agreeing_origins, all=each.origins),
            text("yes") if each.is_better else text("no"),
        )
        for each in comparisons
    )
    return Data(columns, tuple(rows))


PLUGIN = comparison
