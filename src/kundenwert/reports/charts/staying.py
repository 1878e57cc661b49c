"""Chances to buy again, tried on an earlier day: what was told for groups of rising chance, and which share then bought."""

from __future__ import annotations

from kundenwert.records.components import Tried
from kundenwert.reports.charts._axes import CAME, FORECAST, HEIGHT, across, legend, upward
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import HARD_SPACE, Language


def staying(found: Tried, lang: str = "en", *, width: int = 368) -> Spec:
    """Two points a group, and how far chance alone may move the share that bought."""
    language, parts = Language(lang), found.bands
    text = language.text
    names = (text("bought"), text("told before"))
    rows = [
        {"x": place, "y": round(value, 4), "series": name}
        for place, part in enumerate(parts, 1)
        for name, value in zip(names, (part.share, part.predicted), strict=True)
    ]
    spans = [{"x": place, "y": part.lower, "end": part.upper} for place, part in enumerate(parts, 1)]
    title = text("Groups of equal size by rising chance")
    axis = across("x", title, domain=(0.5, max(len(parts), 1) + 0.5), values=list(range(1, len(parts) + 1)), format="d")
    shapes = {"domain": list(names), "range": ["circle", "diamond"]}
    body: Spec = {
        "encoding": {"x": axis, "y": upward("y", text("Share who bought again"), domain=(0, 1), format=".0%")},
        "layer": [
            {
                "data": {"values": spans},
                "mark": {"type": "rule", "strokeWidth": 2, "color": colour("py")},
                "encoding": {"y2": {"field": "end"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "filled": True, "size": 100, "opacity": 1},
                "encoding": {
                    **legend(names, (CAME, FORECAST)),
                    "shape": {
                        "field": "series",
                        "type": "nominal",
                        "scale": shapes,
                        "legend": {"title": None, "orient": "top", "direction": "horizontal"},
                    },
                },
            },
        ],
    }
    return chart(_headings(found, language), _data(found, language), width=width, height=HEIGHT, body=body)


def _headings(found: Tried, language: Language) -> Headings:
    text = language.text
    held = sum(part.holds for part in found.bands)
    message = language.plural(
        "In {held} of {n} group the share who bought is as told before, within chance",
        "In {held} of {n} groups the share who bought is as told before, within chance",
        len(found.bands),
        held=held,
    )
    title = text("Chances to buy again told on {day}, and what came", day=language.date(found.day))
    return Headings(message, title, text("Two points for each group, what was told and what came. {message}.", message=message))


def _data(found: Tried, language: Language) -> Data:
    text = language.text
    columns = (text("Group"), text("Customers"), text("Told before"), text("Bought"), text("Range by chance"))
    rows = tuple(
        (
            str(place),
            language.number(part.customers),
            language.percent(part.predicted, 0),
            language.percent(part.share, 0),
            f"{language.percent(part.lower, 0)}{HARD_SPACE}– {language.percent(part.upper, 0)}",
        )
        for place, part in enumerate(found.bands, 1)
    )
    return Data(columns, rows)


PLUGIN = staying
