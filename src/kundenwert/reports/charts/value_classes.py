"""Classes A, B and C: two bars of equal scale, customers above, their value below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kundenwert.records import Concentration
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.charts._words import Measure, measure
from kundenwert.reports.language import Language

# Below these widths in pixels a part has no room for letter and figure, or for any letter.
_ROOM, _LETTER = 54, 14


def value_classes(concentration: Concentration, lang: str = "en", *, width: int = 368) -> Spec:
    """Share of customers and share of value of each class, A first, labelled inside."""
    language = Language(lang)
    name = measure(concentration.measure, language)
    customers = sum(each.customers for each in concentration.classes) or 1
    rows = (
        (language.text("Share of customers"), [each.customers / customers for each in concentration.classes]),
        (name.share, [each.share for each in concentration.classes]),
    )
    names = [each.name for each in concentration.classes]
    # A class of negative value stands left of zero; then the bars reach over more than 100 % together.
    low = min(0.0, *(sum(min(share, 0.0) for share in shares) for _, shares in rows))
    high = max(1.0, *(sum(max(share, 0.0) for share in shares) for _, shares in rows))
    values = [part for row, shares in rows for part in _parts(row, names, shares, width / (high - low), language)]
    body = _body(values, [row for row, _ in rows], (low, high))
    return chart(
        _headings(concentration, language, name, customers), _data(concentration, language, name), width=width, height=124, body=body
    )


def _parts(row: str, names: list[str], shares: list[float], scale: float, language: Language) -> Iterator[dict[str, Any]]:
    right = left = 0.0
    for name, share in zip(names, shares, strict=True):
        start = right if share >= 0 else left
        end = start + share
        right, left = (end, left) if share >= 0 else (right, end)
        room = abs(share) * scale
        words = f"{name} {language.percent(share)}" if room >= _ROOM else name if room >= _LETTER else ""
        yield {"row": row, "class": name, "start": min(start, end), "end": max(start, end), "words": words}


def _body(values: list[dict[str, Any]], order: list[str], domain: tuple[float, float]) -> Spec:
    fills = {"field": "class", "type": "nominal", "legend": None, "scale": _scale("class-a", "class-b", "class-c")}
    inks = {"field": "class", "type": "nominal", "legend": None, "scale": _scale("bg", "bg", "text")}
    x = {"field": "start", "type": "quantitative", "axis": None, "scale": {"domain": list(domain), "nice": False}}
    return {
        "data": {"values": values},
        "encoding": {
            "y": {"field": "row", "type": "nominal", "sort": order, "axis": None, "scale": {"paddingInner": 0.5, "paddingOuter": 0.45}},
            "x": x,
        },
        # Letters have inks of their own; a shared scale would paint them like the bars below them.
        "resolve": {"scale": {"color": "independent"}},
        "layer": [
            {
                "data": {"values": [{"row": row, "start": max(domain[0], 0.0)} for row in order]},
                "mark": {"type": "text", "align": "left", "dy": -22},
                "encoding": {"text": {"field": "row"}},
            },
            {"mark": {"type": "bar", "stroke": colour("bg"), "strokeWidth": 1}, "encoding": {"x2": {"field": "end"}, "color": fills}},
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "baseline": "middle"},
                "encoding": {"text": {"field": "words"}, "color": inks},
            },
        ],
    }


def _scale(*tokens: str) -> Spec:
    return {"domain": ["A", "B", "C"], "range": [colour(token) for token in tokens]}


def _headings(concentration: Concentration, language: Language, name: Measure, customers: int) -> Headings:
    best = concentration.classes[0]
    message = language.plural(
        "{n} customer carries {share} {of}",
        "{n} customers carry {share} {of}",
        best.customers,
        share=language.percent(best.share, 0),
        of=name.of,
    )
    shares = [
        f"{each.name} {language.percent(each.customers / customers)} / {language.percent(each.share)}" for each in concentration.classes
    ]
    return Headings(
        message=message,
        title=language.text("Customers and {measure} by class, shares", measure=name.noun),
        finding=language.text("Bars: share of customers and share {of} by class: {shares}.", of=name.of, shares="; ".join(shares)),
    )


def _data(concentration: Concentration, language: Language, name: Measure) -> Data:
    columns = (language.text("Class"), language.text("Customers"), name.share)
    return Data(
        columns, tuple((each.name, language.number(each.customers), language.percent(each.share)) for each in concentration.classes)
    )


PLUGIN = value_classes
