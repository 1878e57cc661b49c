"""Customers by number of repeat purchases: bars as they are, marks as the model expects them."""

from __future__ import annotations

from kundenwert.records import FrequencyCounts
from kundenwert.reports.charts._axes import CAME, DIAMOND, FORECAST, HEIGHT, legend, upward
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart
from kundenwert.reports.charts._words import forecast_name
from kundenwert.reports.language import Language


def frequency(counts: FrequencyCounts, lang: str = "en", *, width: int = 560) -> Spec:
    """A bar and a mark for each number of repeat purchases; the last stands for all with more."""
    language = Language(lang)
    text, labels = language.text, [*map(str, counts.purchases[:-1]), *(f"{last}+" for last in counts.purchases[-1:])]
    names = (text("actual"), text("expected by {model}", model=forecast_name(counts.model, language)))
    came = [{"x": label, "y": value, "series": names[0]} for label, value in zip(labels, counts.actual, strict=True)]
    expected = [{"x": label, "y": round(value, 2), "series": names[1]} for label, value in zip(labels, counts.expected, strict=True)]
    axis = {"title": text("Repeat purchases"), "titleAnchor": "end", "labelAngle": 0, "grid": False}
    body = {
        "encoding": {
            "x": {"field": "x", "type": "ordinal", "sort": None, "axis": axis, "scale": {"paddingInner": 0.3, "paddingOuter": 0.15}},
            "y": upward("y", text("Customers"), format=",d"),
            **legend(names, (CAME, FORECAST)),
        },
        "layer": [
            {"data": {"values": came}, "mark": {"type": "bar"}},
            {"data": {"values": expected}, "mark": DIAMOND},
        ],
    }
    rows = tuple(
        (label, language.number(one), language.number(two, 1))
        for label, one, two in zip(labels, counts.actual, counts.expected, strict=True)
    )
    columns = (text("Repeat purchases"), text("Customers"), text("Expected"))
    return chart(_headings(counts, language), Data(columns, rows), width=width, height=HEIGHT, body=body)


def _headings(counts: FrequencyCounts, language: Language) -> Headings:
    text, customers = language.text, sum(counts.actual) or 1
    known = {"share": language.percent(counts.actual[0] / customers), "expected": language.percent(counts.expected[0] / customers)}
    message = text("{share} of the customers bought once; the model expects {expected}", **known)
    title = text("Customers by number of repeat purchases")
    return Headings(message, title, text("Bars with a mark each, customers by repeat purchases. {message}.", message=message))


PLUGIN = frequency
