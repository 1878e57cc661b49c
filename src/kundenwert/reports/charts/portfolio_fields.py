"""The customer portfolio: nine fields by attractiveness and position, the largest customers as bubbles whose area is their amount."""

from __future__ import annotations

from typing import Any

from kundenwert.records import Portfolio
from kundenwert.reports.charts._axes import across, upward
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.charts._words import measure, nine_names, strategies
from kundenwert.reports.language import Language

HEIGHT = 380
# From this width on a field has room for the name of its strategy.
_NAMED = 520
_LARGEST = 900


def portfolio_fields(portfolio: Portfolio, lang: str = "en", *, width: int = 368) -> Spec:
    """Position to the right, attractiveness upwards, both 0 to 10; each field with its customers and its share of the amounts."""
    language = Language(lang)
    text = language.text
    edges = (0.0, *portfolio.limits, 10.0)
    named = width >= _NAMED
    headings = _headings(portfolio, language)
    body = {
        "encoding": {
            "x": across("x", text("Our position"), domain=(0, 10), values=list(edges), format=".1~f"),
            "y": upward("y", text("Attractiveness"), domain=(0, 10), values=list(edges), format=".1~f", grid=False),
        },
        "layer": [_fields(portfolio, edges), _bubbles(portfolio), *_words(portfolio, edges, language, named=named)],
    }
    return chart(headings, _data(portfolio, language), width=width, height=HEIGHT, body=body)


def _fields(portfolio: Portfolio, edges: tuple[float, ...]) -> Spec:
    """Darker towards the top right: there the relation is worth most."""
    values = [
        {"x": edges[one.column], "x2": edges[one.column + 1], "y": edges[one.row], "y2": edges[one.row + 1], "step": one.row + one.column}
        for one in portfolio.fields
    ]
    fills = {"domain": list(range(5)), "range": [colour(f"heat-{step}") for step in range(1, 6)]}
    return {
        "data": {"values": values},
        "mark": {"type": "rect", "stroke": colour("bg"), "strokeWidth": 2},
        "encoding": {
            "x2": {"field": "x2"},
            "y2": {"field": "y2"},
            "color": {"field": "step", "type": "ordinal", "legend": None, "scale": fills},
        },
    }


def _bubbles(portfolio: Portfolio) -> Spec:
    top = max((amount for _, _, amount in portfolio.spots), default=1.0)
    values = [{"x": round(x, 4), "y": round(y, 4), "size": round(amount / top, 5)} for x, y, amount in portfolio.spots]
    size = {"field": "size", "type": "quantitative", "legend": None, "scale": {"domain": [0, 1], "range": [0, _LARGEST]}}
    mark = {"type": "point", "shape": "circle", "filled": True, "fill": colour("ac"), "opacity": 0.4, "stroke": colour("bg")}
    return {"data": {"values": values}, "mark": {**mark, "strokeWidth": 1, "clip": True}, "encoding": {"size": size}}


def _words(portfolio: Portfolio, edges: tuple[float, ...], language: Language, *, named: bool) -> list[Spec]:
    """In the upper left corner of each field: its customers and share; in wide pictures the strategy below."""
    values: list[dict[str, Any]] = []
    plans = strategies(language)
    for one in portfolio.fields:
        share = "" if one.share is None else f" · {language.percent(one.share, 0)}"
        lines = [f"{language.number(one.customers)}{share}", *(_wrapped(plans[one.row, one.column]) if named else ())]
        values.append({"x": edges[one.column], "y": edges[one.row + 1], "words": lines})
    mark = {"type": "text", "align": "left", "baseline": "top", "dx": 6, "dy": 6, "lineHeight": 16, "color": colour("text")}
    return [{"data": {"values": values}, "mark": mark, "encoding": {"text": {"field": "words"}}}]


def _wrapped(words: str, length: int = 24) -> list[str]:
    lines: list[str] = []
    for word in words.split(" "):
        if lines and len(lines[-1]) + len(word) < length:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _headings(portfolio: Portfolio, language: Language) -> Headings:
    text = language.text
    customers = sum(one.customers for one in portfolio.fields)
    best = next((one for one in portfolio.fields if (one.row, one.column) == (2, 2)), None)
    first = best.customers if best else 0
    if best is not None and best.share is not None:
        message = language.plural(
            "{n} of {all} customers stands in the best field and brings {share} {of}",
            "{n} of {all} customers stand in the best field and bring {share} {of}",
            first,
            all=customers,
            share=language.percent(best.share, 0),
            of=measure(portfolio.measure, language).of,
        )
    else:
        message = language.plural(
            "{n} of {all} customers stands in the best field",
            "{n} of {all} customers stand in the best field",
            first,
            all=customers,
        )
    finding = text("Nine fields by attractiveness and position: {message}.", message=message)
    return Headings(message=message, title=text("Customers by attractiveness and position"), finding=finding)


def _data(portfolio: Portfolio, language: Language) -> Data:
    text, names = language.text, nine_names(language)
    columns = (text("Attractiveness"), text("Our position"), text("Customers"), measure(portfolio.measure, language).share)
    rows = tuple(
        (*names[one.row, one.column], language.number(one.customers), language.percent(one.share))
        for one in sorted(portfolio.fields, key=lambda one: (-one.row, -one.column))
    )
    return Data(columns, rows)


PLUGIN = portfolio_fields
