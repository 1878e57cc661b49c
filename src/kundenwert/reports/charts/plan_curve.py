"""What a plan brings against the money it may cost: where one more euro no longer pays, and where the plan and other ways to spend lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kundenwert.reports.charts._axes import HEIGHT, across, upward
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import Language

# Names of points keep this part of the height between them.
_GAP = 0.085
# Points nearer than this part of the width and of the height are one to the eye, and get one name.
_SAME = 0.02
# From this part of the width on there is no room for a name to the right.
_LEFT_FROM = 0.6
# The part of the width that a letter takes, and a ring with the room around it.
_LETTER, _RING = 0.0115, 0.03
_NAMES = {"even": "even split", "biggest": "most to the biggest", "today": "as today"}


def plan_curve(content: Mapping[str, Any], lang: str = "en", *, width: int = 700) -> Spec:
    """content: plan.json, with `curve` of budget and gain, and where known the bounds of an 90 % band, `lower` and `upper`.

    The plan is a filled point, other practices are rings. A line stands where more money no longer pays, if that lies within.
    """
    language = Language(lang)
    points = list(zip(content["curve"]["budget"], content["curve"]["gain"], strict=True))
    known = _with_plan([(budget, gain) for budget, gain in points if gain is not None], content)
    others = [one for one in content["compared"] if one["name"] in _NAMES and one["gain"] is not None and one["cost"] is not None]
    marks = [{"x": one["cost"], "y": one["gain"], "words": language.text(_NAMES[one["name"]])} for one in others]
    plan = {"x": content["cost"], "y": content["gain"], "words": language.text("plan")}
    band = _band(content["curve"])
    low = min(0.0, *(mark["y"] for mark in marks), *(one["low"] for one in band), 0.0)
    high = (
        max((*(gain for _, gain in known), *(one["high"] for one in band), *(mark["y"] for mark in marks), content["gain"] or 0.0)) or 1.0
    )
    end = known[-1][0] or 1.0
    worthwhile = content["facts"].get("worthwhile_budget")
    limit = [{"x": worthwhile}] if worthwhile and band and worthwhile < end * 0.995 else []
    named = _joined(marks, plan, end, high - low)
    own, rings = (_apart(part, named, end, high - low) for part in (named[:1], named[1:]))
    # Names stand below their points.
    room = (high - low) * 0.12
    symbol = language.symbol(content["currency"])
    body: Spec = {
        "encoding": {
            "x": across("x", language.text("Money spent, {unit}", unit=symbol), domain=(0.0, end), format=",.0f", tickCount=5),
            "y": upward("y", language.text("Gain, {unit}", unit=symbol), domain=(low - room if low else 0.0, high + room), format=",.0f"),
        },
        "layer": [
            *([_area(band)] if band else []),
            *([_limit(limit)] if limit else []),
            _line(known),
            _points(marks, {"filled": False, "stroke": colour("py"), "strokeWidth": 1.5}),
            _points(own, {"filled": True, "color": colour("ac")}),
            *_beside(rings, {"color": colour("text-2"), "baseline": "middle", "dy": 0}),
            *_beside(own, {"fontWeight": 600, "color": colour("text")}),
        ],
    }
    return chart(_headings(content, language), _data(known, content, language), width=width, height=HEIGHT, body=body)


def _with_plan(points: list[tuple[float, float]], content: Mapping[str, Any]) -> list[tuple[float, float]]:
    """The plan lies on the curve, also where it spends less than there is."""
    cost, gain = content["cost"], content["gain"]
    if gain is None or cost is None or not points[0][0] < cost < points[-1][0]:
        return points
    below = [(budget, min(one, gain)) for budget, one in points if budget < cost]
    above = [(budget, max(one, gain)) for budget, one in points if budget > cost]
    return [*below, (cost, gain), *above]


def _band(curve: Mapping[str, Any]) -> list[dict[str, float]]:
    """The 90 % band where the curve has one."""
    bounds = zip(curve["budget"], curve.get("lower", ()), curve.get("upper", ()), strict=False)
    return [{"x": budget, "low": lower, "high": upper} for budget, lower, upper in bounds if lower is not None and upper is not None]


def _area(values: list[dict[str, float]]) -> Spec:
    encoding = {"y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}}
    return {"data": {"values": values}, "mark": {"type": "area", "color": colour("band"), "opacity": 1}, "encoding": encoding}


def _limit(values: list[dict[str, float]]) -> Spec:
    mark = {"type": "rule", "color": colour("text-2"), "strokeDash": [3, 3]}
    return {"data": {"values": values}, "mark": mark, "encoding": {"y": None}}


def _line(points: Sequence[tuple[float, float]]) -> Spec:
    values = [{"x": budget, "y": gain} for budget, gain in points]
    return {"data": {"values": values}, "mark": {"type": "line", "color": colour("ac"), "strokeWidth": 2, "interpolate": "linear"}}


def _points(values: list[dict[str, Any]], style: Spec) -> Spec:
    return {"data": {"values": values}, "mark": {"type": "point", "shape": "circle", "size": 70, "opacity": 1, **style}}


def _joined(marks: list[dict[str, Any]], plan: dict[str, Any], end: float, span: float) -> list[dict[str, Any]]:
    """The plan, then the other points; those that fall on one are one, with both names: as today = most to the biggest."""
    found = [dict(plan)]
    for mark in marks:
        same = next((one for one in found if abs(one["x"] - mark["x"]) <= _SAME * end and abs(one["y"] - mark["y"]) <= _SAME * span), None)
        if same is None:
            found.append(dict(mark))
        else:
            same["words"] = f"{same['words']} = {mark['words']}"
    return found


def _apart(marks: list[dict[str, Any]], points: list[dict[str, Any]], end: float, span: float) -> list[dict[str, Any]]:
    """The names beside their points: right or left of them, and moved up as far as one would cover another. points: all there are."""
    found: list[dict[str, Any]] = []
    for mark in sorted(marks, key=lambda one: (one["y"], one["words"])):
        is_left, width = _is_left(mark, points, end, span), _width(mark)
        first = mark["x"] / end - (width if is_left else 0.0)
        placed = {**mark, "is_left": is_left, "first": first, "last": first + width}
        # Those below stand already, in rising order.
        for one in sorted(found, key=lambda one: float(one["y"])):
            meets = placed["first"] < one["last"] and one["first"] < placed["last"]
            if meets and abs(placed["y"] - one["y"]) < _GAP * span:
                placed["y"] = one["y"] + _GAP * span
        found.append(placed)
    return found


def _beside(marks: list[dict[str, Any]], style: Spec) -> list[Spec]:
    """Names right of their points, or left of them."""
    sides = ((False, {"dx": 10}), (True, {"align": "right", "dx": -10}))
    layers = []
    for is_left, where in sides:
        values = [{key: mark[key] for key in ("x", "y", "words")} for mark in marks if mark["is_left"] == is_left]
        layers += [_words(values, {**style, **where})] if values else []
    return layers


def _is_left(mark: dict[str, Any], points: list[dict[str, Any]], end: float, span: float) -> bool:
    """Whether a name stands left of its point: near the right edge, or where it would cover another point and there is room."""
    place, width = mark["x"] / end, _width(mark)
    if place > _LEFT_FROM:
        return True
    beside = [one for one in points if 0 < one["x"] - mark["x"] <= width * end and abs(one["y"] - mark["y"]) <= _GAP / 2 * span]
    return place > width and (bool(beside) or place + width > 1)


def _width(mark: dict[str, Any]) -> float:
    """The part of the width that a name takes."""
    return len(mark["words"]) * _LETTER + _RING


def _words(values: list[dict[str, Any]], style: Spec) -> Spec:
    """Names below their points: above them runs the curve."""
    mark = {"type": "text", "align": "left", "baseline": "top", "dx": 7, "dy": 7, **style}
    return {"data": {"values": values}, "mark": mark, "encoding": {"text": {"field": "words"}}}


def message(content: Mapping[str, Any], language: Language) -> str:
    """Where more money no longer pays, if that is known."""
    worthwhile = content["facts"].get("worthwhile_budget")
    if worthwhile:
        amount = language.money(worthwhile, content["currency"], 0)
        return language.text("Up to {amount} each further euro brings more than it costs", amount=amount)
    return language.text("The more is spent, the less the next part of it brings")


def _headings(content: Mapping[str, Any], language: Language) -> Headings:
    told = message(content, language)
    finding = language.text("Curve that rises and flattens; the plan lies on it, other ways to spend below. {message}.", message=told)
    return Headings(told, language.text("Additional contribution by money spent, within the other limits"), finding)


def _data(points: Sequence[tuple[float, float]], content: Mapping[str, Any], language: Language) -> Data:
    money = [(language.money(budget, content["currency"], 0), language.money(gain, content["currency"], 0)) for budget, gain in points]
    return Data((language.text("Money spent"), language.text("Gain")), tuple(money))


PLUGIN = plan_curve
