"""Waterfall of the customer result: from sales at list price down to what is left; each step begins where the one before ended."""

from __future__ import annotations

from typing import Any

from kundenwert.records import ResultTotals
from kundenwert.reports._steps import Step, period_name, shown_steps, spans
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import Language

# Pixels of a step, of the foot, and of the words in narrow and in wide pictures.
_ROW, _FOOT = 26, 4
_WIDE, _WORDS = 500, (142, 190)


def contribution_waterfall(totals: ResultTotals, lang: str = "en", *, width: int = 700) -> Spec:
    """Sums as solid bars from zero, reductions hanging between them; the year before lighter behind, where there is one."""
    language = Language(lang)
    steps = shown_steps(totals, language)
    rows = _rows(steps, language)
    ends = [end for row in rows for end in (row["start"], row["end"], row["start_before"], row["end_before"])]
    low, high = min(0.0, *ends), max(0.0, *ends) or 1.0
    # Room for the figure behind the longest bar, and before the lowest one.
    room = (high - low) * (0.22 if width < _WIDE else 0.12)
    domain = (low - (room if low < 0 else 0), high + room)
    # The words of the steps have the left of the picture for themselves.
    scale = {"domain": list(domain), "range": [_WORDS[width >= _WIDE], {"expr": "width - 4"}], "nice": False}
    down = {"domain": [0, max(len(rows), 1)], "nice": False, "reverse": True}
    parts = [*(_before() if totals.before else ()), *_bars(rows), *_words()]
    body = {"data": {"values": rows}, "layer": [_placed(part, scale, down) for part in parts]}
    height = _ROW * max(len(rows), 1) + _FOOT
    return chart(_headings(totals, steps, language), _data(totals, steps, language), width=width, height=height, body=body)


def _rows(steps: tuple[Step, ...], language: Language) -> list[dict[str, Any]]:
    divisor, _ = _unit(steps, "", language)
    now, before = spans(steps), spans(steps, before=True)
    return [
        {
            "place": place,
            "label": step.label,
            "figure": language.number(step.amount / divisor),
            "start": round(min(now[place]), 2),
            "end": round(max(now[place]), 2),
            "level": round(now[place][1], 2),
            "reach": round(max(*now[place], *(before[place] if step.before is not None else (0.0,))), 2),
            "start_before": round(min(before[place]), 2) if step.before is not None else 0.0,
            "end_before": round(max(before[place]), 2) if step.before is not None else 0.0,
            "sum": step.is_sum,
        }
        for place, step in enumerate(steps)
    ]


def _placed(part: Spec, scale: Spec, down: Spec) -> Spec:
    """The part with every field on the same two scales, without axes."""
    scales = {"x": scale, "y": down}
    encoding = {
        channel: {**how, "type": "quantitative", "axis": None, "scale": scales[channel]} if channel in scales and "field" in how else how
        for channel, how in part["encoding"].items()
    }
    return {**part, "encoding": encoding}


def _bar(start: str, end: str, top: float, bottom: float, name: str) -> Spec:
    return {
        "transform": [{"calculate": f"datum.place + {top}", "as": "top"}, {"calculate": f"datum.place + {bottom}", "as": "bottom"}],
        "mark": {"type": "rect", "color": colour(name)},
        "encoding": {"x": {"field": start}, "x2": {"field": end}, "y": {"field": "top"}, "y2": {"field": "bottom"}},
    }


def _before() -> list[Spec]:
    """The year before stands out above each bar."""
    return [_bar("start_before", "end_before", 0.06, 0.6, "py")]


def _bars(rows: list[dict[str, Any]]) -> list[Spec]:
    down = [{"x": row["level"], "top": row["place"] + 0.5, "bottom": row["place"] + 1.5} for row in rows[:-1]]
    ends = {"y": {"field": "top"}, "y2": {"field": "bottom"}}
    return [
        {
            "data": {"values": down},
            "mark": {"type": "rule", "color": colour("line-control")},
            "encoding": {"x": {"field": "x"}, **ends},
        },
        _bar("start", "end", 0.2, 0.82, "ac"),
        {
            "data": {"values": [{"x": 0, "top": 0, "bottom": max(len(rows), 1)}]},
            "mark": {"type": "rule", "color": colour("axis")},
            "encoding": {"x": {"field": "x"}, **ends},
        },
    ]


def _words() -> list[Spec]:
    words: Spec = {"type": "text", "align": "left", "baseline": "middle"}
    layers: list[tuple[Spec, Spec]] = [
        (words, {"x": {"value": 0}, "text": {"field": "label"}}),
        ({**words, "dx": 6}, {"x": {"field": "reach"}, "text": {"field": "figure"}}),
    ]
    return [
        {
            "transform": [{"filter": "datum.sum" if strong else "!datum.sum"}, {"calculate": "datum.place + 0.51", "as": "middle"}],
            "mark": {**mark, "fontWeight": 600 if strong else 400, "color": colour("text" if strong else "text-2")},
            "encoding": {**where, "y": {"field": "middle"}},
        }
        for mark, where in layers
        for strong in (True, False)
    ]


def _headings(totals: ResultTotals, steps: tuple[Step, ...], language: Language) -> Headings:
    text, last = language.text, steps[-1] if steps else None
    period = period_name(totals, language)
    unit = unit_of(totals, language)
    message = (
        text("Of {gross} at list price {left} are left as {step}", gross=language.short(steps[0].amount, totals.currency),
             left=language.short(last.amount, totals.currency), step=last.label)
        if last is not None
        else text("Nothing is known of the result")
    )  # fmt: skip
    title = text("Result of all customers in {unit}, {period}", unit=unit, period=period)
    if totals.before and totals.year is not None:
        title += ", " + text("{year} lighter behind", year=str(totals.year - 1))
    return Headings(message, title, text("Waterfall: {message}.", message=message))


def unit_of(totals: ResultTotals, language: Language) -> str:
    """What the figures of the picture are counted in, in words."""
    return _unit(shown_steps(totals, language), totals.currency, language)[1]


def _unit(steps: tuple[Step, ...], currency: str, language: Language) -> tuple[int, str]:
    """One unit for all figures of the picture: whole amounts, thousands or millions, and how it is called."""
    largest, unit = max((abs(step.amount) for step in steps), default=0), currency or language.text("amounts")
    if largest >= 1e9:
        return 1_000_000, language.text("{unit} million", unit=unit)
    return (1000, language.text("{unit} thousand", unit=unit)) if largest >= 1e6 else (1, unit)


def _data(totals: ResultTotals, steps: tuple[Step, ...], language: Language) -> Data:
    text = language.text
    years = (period_name(totals, language), *((str(totals.year - 1), text("Difference")) if totals.before and totals.year else ()))
    rows = (
        (
            step.label,
            language.number(step.amount, 2),
            *((language.number(step.before, 2), language.number(step.change, 2, sign=True)) if totals.before else ()),
        )
        for step in steps
    )
    return Data((text("Step"), *years), tuple(rows))


PLUGIN = contribution_waterfall
