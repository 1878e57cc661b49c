"""Where the width of a total's interval comes from: level, readings, parameters, chance; one bar of 100 % for each total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kundenwert.records import TotalForecast
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.charts._words import measure
from kundenwert.reports.language import Language

# Pixels of a bar with the words above it, and the least width of a part for its figure.
_ROW, _ROOM = 58, 46
_TOKENS = ("class-a", "py", "class-b", "class-c")
_INKS = ("bg", "bg", "bg", "text")
_READINGS = 1


def shares(total: TotalForecast) -> tuple[float, float, float, float]:
    """Parts of the variance of the log of the total: level, readings, parameters, chance. They add up to 1; all are 0 without any."""
    level, readings, parameters, chance = total.level_error, total.readings, total.parameters, total.process
    everything = level + readings + parameters + chance
    if everything <= 0:
        return 0.0, 0.0, 0.0, 0.0
    return level / everything, readings / everything, parameters / everything, chance / everything


def total_width(totals: Sequence[TotalForecast], lang: str = "en", *, width: int = 560, currency: str = "") -> Spec:
    """Shares of the width by source, each total with its interval in words above. currency: of the totals in money."""
    language = Language(lang)
    # Most data have one reading only; then its colour is not explained.
    kept = [place for place in range(len(_TOKENS)) if place != _READINGS or any(total.readings > 0 for total in totals)]
    names, tokens, ink_tokens = ([each[place] for place in kept] for each in (sources(language), _TOKENS, _INKS))
    values = [part for row, total in enumerate(totals) for part in _parts(row, total, width, language)]
    heads = [{"row": row, "words": _words(total, language, currency), "start": 0} for row, total in enumerate(totals)]
    fills = {"domain": list(names), "range": [colour(token) for token in tokens]}
    inks = {"domain": list(names), "range": [colour(token) for token in ink_tokens]}
    key = {"title": None, "orient": "top", "direction": "horizontal", "symbolType": "square"}
    series = {"field": "series", "type": "nominal"}
    body = {
        "data": {"values": values},
        "encoding": {
            "y": {"field": "row", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.58, "paddingOuter": 0.5}},
            "x": {"field": "start", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1], "nice": False}},
        },
        "resolve": {"scale": {"color": "independent"}},
        "layer": [
            {
                "data": {"values": heads},
                "mark": {"type": "text", "align": "left", "dy": -22, "color": colour("text")},
                "encoding": {"text": {"field": "words"}},
            },
            {
                "mark": {"type": "bar", "stroke": colour("bg"), "strokeWidth": 1},
                "encoding": {"x2": {"field": "end"}, "color": {**series, "legend": key, "scale": fills}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "baseline": "middle"},
                "encoding": {"text": {"field": "figure"}, "color": {**series, "legend": None, "scale": inks}},
            },
        ],
    }
    return chart(
        _headings(totals, language), _data(totals, language, currency), width=width, height=_ROW * max(len(totals), 1) + 40, body=body
    )


def sources(language: Language) -> tuple[str, str, str, str]:
    """The sources of width in everyday words."""
    text = language.text
    return text("level"), text("readings"), text("parameters"), text("chance")


def _parts(row: int, total: TotalForecast, width: int, language: Language) -> Iterator[dict[str, Any]]:
    start = 0.0
    for name, share in zip(sources(language), shares(total), strict=True):
        figure = language.percent(share, 0) if share * width >= _ROOM else ""
        if not share:
            continue
        yield {"row": row, "series": name, "start": round(start, 6), "end": round(start + share, 6), "figure": figure}
        start += share


def noun(total: TotalForecast, language: Language) -> str:
    """What is summed, in everyday words."""
    names = {"purchases": "expected_purchases", "revenue": "expected_revenue"}
    return measure(names.get(total.measure, total.measure), language).noun


def _words(total: TotalForecast, language: Language, currency: str) -> str:
    lower, upper = (_short(value, total, language, currency) for value in (total.lower, total.upper))
    text = language.text("{measure}: {lower} to {upper}", measure=noun(total, language), lower=lower, upper=upper)
    return text[:1].upper() + text[1:]


def _short(value: float, total: TotalForecast, language: Language, currency: str) -> str:
    """Three digits; purchases carry no currency."""
    return language.short(value, "" if total.measure == "purchases" else currency)


def _headings(totals: Sequence[TotalForecast], language: Language) -> Headings:
    text, title = language.text, language.text("Parts of the width of the intervals of totals, in percent of the variance")
    if not totals:
        message = text("No total has an interval")
        return Headings(message, title, message)
    found = shares(totals[-1])
    largest = max(range(len(found)), key=lambda place: found[place])
    share = language.percent(found[largest], 0)
    messages = (
        text("{share} of the width comes from the level: all may buy more, or less, than before", share=share),
        text("{share} of the width comes from two readings of the data that no earlier day decides between", share=share),
        text("{share} of the width comes from the parameters: the model has seen too little", share=share),
        text("{share} of the width is mere chance: how often each customer happens to buy", share=share),
    )
    return Headings(messages[largest], title, text("Bars of 100%, one for each total. {message}.", message=messages[largest]))


def _data(totals: Sequence[TotalForecast], language: Language, currency: str) -> Data:
    text = language.text
    columns = (text("Total"), text("Expected"), text("From"), text("To"), *(each[:1].upper() + each[1:] for each in sources(language)))
    rows = (
        (
            noun(total, language),
            *(_short(value, total, language, currency) for value in (total.mean, total.lower, total.upper)),
            *(language.percent(share) for share in shares(total)),
        )
        for total in totals
    )
    return Data(columns, tuple(rows))


PLUGIN = total_width
