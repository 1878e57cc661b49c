"""Purchases by month: the last twelve solid, the ones before lighter, months the data cover only in part dashed and starred."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kundenwert.records import MonthOfPurchases
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import Language

SHOWN = 24
_YEAR = 12
# Pixels a column needs for its own figure, and for a month's short name.
_FIGURE, _NAME = 42, 32


def purchases_by_month(months: Sequence[MonthOfPurchases], lang: str = "en", *, width: int = 1160) -> Spec:
    """The last two years at most; the table has all months."""
    language = Language(lang)
    shown = months[-SHOWN:]
    values = [_row(month, number, shown, language, width / max(len(shown), 1)) for number, month in enumerate(shown)]
    return chart(_headings(months, language), _data(months, language), width=width, height=230 if width < 500 else 280, body=_body(values))


def _row(month: MonthOfPurchases, number: int, shown: Sequence[MonthOfPurchases], language: Language, slot: float) -> dict[str, Any]:
    highest = max(each.purchases for each in shown)
    peak = next(place for place, each in enumerate(shown) if each.purchases == highest)
    labelled = slot >= _FIGURE or (number in {peak, len(shown) - 1} and abs(peak - (len(shown) - 1)) * slot >= _FIGURE) or number == peak
    name = language.month(month.month, year=False).rstrip(".")
    year = month.month[:4] if number == 0 or month.month.endswith("-01") else ""
    star = "" if month.complete else "*"
    return {
        "month": month.month,
        "label": f"{name if slot >= _NAME else name[:1]}|{year}",
        "purchases": month.purchases,
        "figure": language.number(month.purchases) + star if labelled else star,
        "now": number >= len(shown) - _YEAR,
        "complete": month.complete,
    }


def _body(values: list[dict[str, Any]]) -> Spec:
    names = {row["month"]: row["label"] for row in values}
    axis = {
        "title": None,
        "labelAngle": 0,
        "labelOverlap": False,
        "labelLineHeight": 16,
        "labelExpr": f"split({_object(names)}[datum.value], '|')",
    }
    highest = max((row["purchases"] for row in values), default=0) or 1
    fill = {"condition": {"test": "datum.now", "value": colour("ac")}, "value": colour("py")}
    return {
        "data": {"values": values},
        "encoding": {
            "x": {"field": "month", "type": "ordinal", "sort": None, "axis": axis, "scale": {"paddingInner": 0.32, "paddingOuter": 0.16}},
            "y": {"field": "purchases", "type": "quantitative", "axis": None, "scale": {"domain": [0, highest * 1.08], "nice": False}},
        },
        "layer": [
            {"transform": [{"filter": "datum.complete"}], "mark": {"type": "bar"}, "encoding": {"color": fill}},
            {
                "transform": [{"filter": "!datum.complete"}],
                "mark": {"type": "bar", "fillOpacity": 0.35, "strokeDash": [4, 3], "strokeWidth": 1.25},
                "encoding": {"fill": fill, "stroke": fill},
            },
            {"mark": {"type": "text", "dy": -8, "color": colour("text")}, "encoding": {"text": {"field": "figure"}}},
        ],
    }


def _object(names: dict[str, str]) -> str:
    """A Vega expression holds plain objects, so the labels travel inside it."""
    import json

    return json.dumps(names, ensure_ascii=False)


def _headings(months: Sequence[MonthOfPurchases], language: Language) -> Headings:
    message = _message(months, language)
    first, last = (language.month(months[0].month), language.month(months[-1].month)) if months else ("", "")
    return Headings(
        message=message,
        title=language.text("Purchases by month, {first} to {last}", first=first, last=last),
        finding=language.text("Columns: purchases by month from {first} to {last}. {message}.", first=first, last=last, message=message),
    )


def _message(months: Sequence[MonthOfPurchases], language: Language) -> str:
    """Year against year where two whole ones are known, else the strongest month."""
    whole = [month.purchases for month in months if month.complete]
    now, before = sum(whole[-_YEAR:]), sum(whole[-2 * _YEAR : -_YEAR])
    if len(whole) >= 2 * _YEAR and before:
        change = now / before - 1
        if abs(change) < 0.0005:
            return language.text("Customers bought as often in the last twelve months as in the twelve before")
        share = language.percent(abs(change))
        if change > 0:
            return language.text("Customers bought {share} more often in the last twelve months than in the twelve before", share=share)
        return language.text("Customers bought {share} less often in the last twelve months than in the twelve before", share=share)
    best = max(months, key=lambda month: month.purchases, default=None)
    if best is None or not best.purchases:
        return language.text("No purchase in these months")
    return language.text("Customers bought most in {month}: {n} times", month=language.month(best.month, full=True), n=best.purchases)


def _data(months: Sequence[MonthOfPurchases], language: Language) -> Data:
    columns = (language.text("Month"), language.text("Purchases"), language.text("First purchases"))
    part = language.text("in part")
    rows = (
        (
            language.month(each.month) + ("" if each.complete else f" ({part})"),
            language.number(each.purchases),
            language.number(each.first_purchases),
        )
        for each in months
    )
    return Data(columns, tuple(rows))


PLUGIN = purchases_by_month
