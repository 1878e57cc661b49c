"""Mean days between purchases: repeat buyers as bars, customers simulated by the model as marks."""

from __future__ import annotations

from collections.abc import Sequence

from kundenwert.records import Gaps
from kundenwert.reports.charts._axes import CAME, DIAMOND, FORECAST, HEIGHT, across, legend, upward
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart
from kundenwert.reports.charts._words import forecast_name
from kundenwert.reports.language import Language


def timing(gaps: Gaps, lang: str = "en", *, width: int = 560) -> Spec:
    """Shares of the repeat buyers by the mean days between their purchases."""
    language = Language(lang)
    text = language.text
    names = (text("actual"), text("simulated by {model}", model=forecast_name(gaps.model, language)))
    size = gaps.edges[1] - gaps.edges[0]
    bars = [
        {"x": low + size * 0.08, "end": high - size * 0.08, "y": round(share, 6), "series": names[0]}
        for low, high, share in zip(gaps.edges, gaps.edges[1:], gaps.actual, strict=False)
    ]
    middle = [
        {"x": low + size / 2, "y": round(share, 6), "series": names[1]} for low, share in zip(gaps.edges, gaps.expected, strict=False)
    ]
    body = {
        "encoding": {
            "x": across(
                "x", text("Mean days between purchases; the last bar holds all longer ones"), domain=(0, gaps.edges[-1]), format=",d"
            ),
            "y": upward("y", text("Share of repeat buyers"), format=".0%"),
            **legend(names, (CAME, FORECAST)),
        },
        "layer": [
            {"data": {"values": bars}, "mark": {"type": "rect"}, "encoding": {"x2": {"field": "end"}, "y2": {"datum": 0}}},
            {"data": {"values": middle}, "mark": DIAMOND},
        ],
    }
    rows = tuple(
        (f"{language.number(low)} – {language.number(high)}", language.percent(one), language.percent(two))
        for low, high, one, two in zip(gaps.edges, gaps.edges[1:], gaps.actual, gaps.expected, strict=False)
    )
    columns = (text("Days"), text("Share of repeat buyers"), text("Simulated"))
    return chart(_headings(gaps, language), Data(columns, rows), width=width, height=HEIGHT, body=body)


def median(edges: Sequence[float], shares: Sequence[float]) -> float:
    """Where half of the buyers are reached, straight within a bar."""
    reached = 0.0
    for low, high, share in zip(edges, edges[1:], shares, strict=False):
        if share > 0 and reached + share >= 0.5:
            return low + (high - low) * (0.5 - reached) / share
        reached += share
    return edges[-1]


def _headings(gaps: Gaps, language: Language) -> Headings:
    text = language.text
    known = {"actual": round(median(gaps.edges, gaps.actual)), "expected": round(median(gaps.edges, gaps.expected))}
    message = text("Half of the repeat buyers come back after less than {actual} days on average; the model says {expected}", **known)
    title = language.plural("Mean days between purchases, {n} repeat buyer", "Mean days between purchases, {n} repeat buyers", gaps.buyers)
    return Headings(message, title, text("Bars of repeat buyers and a mark each for simulated ones. {message}.", message=message))


PLUGIN = timing
