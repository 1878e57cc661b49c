"""P(alive) of one customer over time, with the purchases marked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kundenwert.records import AlivePath
from kundenwert.reports.charts._axes import HEIGHT, across, days, upward
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import Language


def p_alive_path(path: AlivePath, lang: str = "en", *, width: int = 560) -> Spec:
    """A line that falls while nothing comes; each purchase is a dot on it."""
    language = Language(lang)
    text, bought = language.text, set(path.purchases)
    line = [{"x": _at(path, day), "y": round(chance, 5)} for day, chance in zip(path.days, path.chance, strict=True)]
    dots = [{"x": _at(path, day), "y": round(chance, 5)} for day, chance in zip(path.days, path.chance, strict=True) if day in bought]
    end = path.days[-1] if path.days else 0.0
    if path.start is None:
        x = across("x", text("Days since the first purchase"), domain=(0.0, end), format=",d")
    else:
        x = days("x", path.start, path.start + timedelta(days=end), width)
    # Many purchases would grow together to a bar: then the strokes below tell them.
    size = 60 if len(dots) <= _APART else 8
    body = {
        "encoding": {"x": x, "y": upward("y", text("Chance to be still active"), domain=(0.0, 1.05), format=".0%", values=_TICKS)},
        "layer": [
            {"data": {"values": line}, "mark": {"type": "line", "interpolate": "linear", "strokeWidth": 2, "color": colour("ac")}},
            {"data": {"values": dots}, "mark": {"type": "point", "filled": True, "size": size, "opacity": 1, "color": colour("ac")}},
            {
                "data": {"values": dots},
                "mark": {"type": "rule", "color": colour("ac"), "strokeWidth": 1},
                "encoding": {"y": {"datum": 0}, "y2": {"datum": 0.04}},
            },
        ],
    }
    return chart(_headings(path, language), _data(path, language), width=width, height=HEIGHT, body=body)


# Dots up to which each is seen.
_APART = 40
_TICKS = [0, 0.25, 0.5, 0.75, 1]


def _at(path: AlivePath, day: float) -> Any:
    """A place on the axis: a moment, or a number of days."""
    if path.start is None:
        return round(day, 4)
    whole = int(day)
    return f"{path.start + timedelta(days=whole)}T{int((day - whole) * 24):02d}:{int((day - whole) * 1440) % 60:02d}:00Z"


def _named(path: AlivePath, day: float, language: Language) -> str:
    if path.start is None:
        return language.text("day {n}", n=round(day))
    return language.date(path.start + timedelta(days=round(day)))


def _headings(path: AlivePath, language: Language) -> Headings:
    text = language.text
    end, share = path.days[-1], language.percent(path.chance[-1], 0)
    message = text("On {day} this customer is still active with a chance of {share}", day=_named(path, end, language), share=share)
    title = text("Chance to be still active over time; dots: purchases")
    return Headings(message, title, text("A line with dots at purchases. {message}.", message=message))


def _data(path: AlivePath, language: Language) -> Data:
    """What each purchase changed, and where the line ends."""
    text, columns = language.text, (language.text("Day"), language.text("Just before"), language.text("After"))
    known = dict(zip(path.days, path.chance, strict=True))
    rows = []
    for day in path.purchases:
        before = [chance for when, chance in zip(path.days, path.chance, strict=True) if when < day]
        rows.append((_named(path, day, language), language.percent(before[-1] if before else None), language.percent(known.get(day))))
    last = language.percent(path.chance[-1])
    return Data(columns, (*rows, (text("{day} (end)", day=_named(path, path.days[-1], language)), last, last)))


PLUGIN = p_alive_path
