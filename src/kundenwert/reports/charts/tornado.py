"""Assumptions by what they move: for each a bar to both sides of the total as it is, the widest on top."""

from __future__ import annotations

from kundenwert.records.assumptions import Assumption, Assumptions, Case
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import Language

_ROW = 58
# A bar at least so long, as a part of the whole width, has its figure inside.
_INSIDE = 0.2


def tornado(found: Assumptions, lang: str = "en", *, width: int = 700) -> Spec:
    """Change of the sum of what is still to come; zero in the middle, the same length for the same money on both sides."""
    language = Language(lang)
    far = max((abs(case.change) for one in found.rows for case in (one.down, one.up)), default=0.0) or 1.0
    bars = [_bar(place, case, one, found, language, far) for place, one in enumerate(found.rows) for case in (one.down, one.up)]
    names = [{"row": place, "name": name_of(one.name, language), "zero": -far} for place, one in enumerate(found.rows)]
    x = {"field": "start", "type": "quantitative", "axis": None, "scale": {"domain": [-far, far], "nice": False}}
    y = {"type": "quantitative", "axis": None, "scale": {"domain": [max(len(found.rows), 1), 0], "nice": False}}
    sides = {"right": "left", "left": "right"}
    layers: list[Spec] = [
        {
            "data": {"values": bars},
            "mark": {"type": "rect", "fill": colour("band"), "stroke": colour("line-control"), "strokeWidth": 1},
            "encoding": {"x": x, "x2": {"field": "end"}, "y": {"field": "top", **y}, "y2": {"field": "bottom"}},
        },
        {
            "data": {"values": names},
            "mark": {"type": "text", "align": "left", "baseline": "middle", "fontWeight": 600, "color": colour("text")},
            "encoding": {"x": {**x, "field": "zero"}, "y": {"field": "row", **y}, "text": {"field": "name"}},
        },
        {
            "data": {"values": [{"row": 0, "start": 0.0, "end": max(len(found.rows), 1)}]},
            "mark": {"type": "rule", "color": colour("axis")},
            "encoding": {"x": x, "y": {"field": "row", **y}, "y2": {"field": "end"}},
        },
    ]
    for side, align in sides.items():
        for inside in (True, False):
            marked = [bar for bar in bars if bar["side"] == side and bar["inside"] is inside]
            away = (-6 if inside else 6) * (1 if side == "right" else -1)
            mark = {"type": "text", "align": side if inside else align, "dx": away, "baseline": "middle", "color": colour("text")}
            if marked:
                encoding = {"x": {**x, "field": "end"}, "y": {"field": "middle", **y}, "text": {"field": "words"}}
                layers.append({"data": {"values": marked}, "mark": mark, "encoding": encoding})
    # The name of the first row stands at its upper edge.
    for layer in layers[1:2]:
        layer["mark"]["dy"] = 12
    return chart(_headings(found, language), _data(found, language), width=width, height=_ROW * max(len(found.rows), 1) + 8,
                 body={"layer": layers})  # fmt: skip


def _bar(place: int, case: Case, one: Assumption, found: Assumptions, language: Language, far: float) -> dict[str, object]:
    """One side of an assumption: from zero to its change, with what it is set to and what that changes."""
    change = language.short(case.change, found.currency, sign=True)
    return {
        "start": 0.0,
        "end": case.change,
        "top": place + 0.42,
        "bottom": place + 0.86,
        "middle": place + 0.64,
        "side": "right" if case.change >= 0 else "left",
        "inside": abs(case.change) / (2 * far) >= _INSIDE,
        "words": f"{setting_of(one.name, case.setting, language)}: {change}",
    }


def name_of(name: str, language: Language) -> str:
    """What an assumption is called."""
    text = language.text
    return {
        "discount_rate": text("Discount rate a year"),
        "value_horizon": text("How far the value looks ahead"),
        "margin": text("Margin of all customers"),
        "return_share": text("What returns take of sales"),
    }.get(name, name)


def setting_of(name: str, value: float, language: Language) -> str:
    """An assumption as it is set: years, or a share."""
    if name == "value_horizon":
        return language.text("{years:.1f} years", years=value)
    return language.percent(value, 2 if name == "return_share" else 1)


def message_of(found: Assumptions, language: Language) -> str:
    """Between what the total lies by the assumption that moves it most."""
    text = language.text
    of_sentence = {
        "discount_rate": text("the discount rate"),
        "value_horizon": text("how far the value looks ahead"),
        "margin": text("the margin"),
        "return_share": text("what returns take of sales"),
    }
    widest = found.rows[0]
    low, high = sorted((widest.down.total, widest.up.total))
    return text(
        "What is still to come lies between {low} and {high}, depending on {what}",
        low=language.short(low, found.currency),
        high=language.short(high, found.currency),
        what=of_sentence.get(widest.name, widest.name),
    )


def _headings(found: Assumptions, language: Language) -> Headings:
    message = message_of(found, language)
    title = language.text("Change of the sum of what is still to come")
    return Headings(message, title, language.text("Bars to both sides of the total, the widest on top. {message}.", message=message))


def _data(found: Assumptions, language: Language) -> Data:
    text = language.text
    columns = (text("Assumption"), text("Instead of"), text("Set to"), text("Change"), text("In %"), text("Top tenth changes"))
    rows = tuple(
        (
            name_of(one.name, language),
            setting_of(one.name, one.base, language),
            setting_of(one.name, case.setting, language),
            language.money(case.change, found.currency, 0, sign=True),
            language.percent(case.share, 1, sign=True),
            language.percent(case.top_changed, 1),
        )
        for one in found.rows
        for case in (one.down, one.up)
    )
    return Data(columns, rows)


PLUGIN = tornado
