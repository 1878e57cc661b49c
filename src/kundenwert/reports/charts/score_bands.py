"""How the scores are spread: customers by whole points from 0 to 10."""

from __future__ import annotations

from kundenwert.records import ScoreBands
from kundenwert.reports.charts._axes import across, upward
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import Language


def score_bands(bands: ScoreBands, lang: str = "en", *, width: int = 368) -> Spec:
    """One column a point."""
    language = Language(lang)
    text, customers = language.text, sum(bands.customers)
    high = sum(bands.customers[7:])
    message = language.plural(
        "{n} of {all} customers with a score has 7 points of 10 or more",
        "{n} of {all} customers with a score have 7 points of 10 or more",
        high,
        all=customers,
    )
    values = [{"x": place, "end": place + 1, "y": count} for place, count in enumerate(bands.customers)]
    body = {
        "data": {"values": values},
        "encoding": {"x": across("x", text("Score"), domain=(0, 10), tickCount=10), "y": upward("y", text("Customers"), format=",d")},
        "layer": [
            {
                "mark": {"type": "rect", "color": colour("ac"), "stroke": colour("bg"), "strokeWidth": 1},
                "encoding": {"x2": {"field": "end"}, "y2": {"datum": 0}},
            }
        ],
    }
    rows = tuple(
        (
            text("{low} to {high}", low=place, high=place + 1),
            language.number(count),
            language.percent(count / customers if customers else None),
        )
        for place, count in enumerate(bands.customers)
    )
    headings = Headings(
        message=message,
        title=text("Customers by score from 0 to 10"),
        finding=text("Columns: customers by score. {message}.", message=message),
    )
    return chart(headings, Data((text("Score"), text("Customers"), text("Share")), rows), width=width, height=220, body=body)


PLUGIN = score_bands
