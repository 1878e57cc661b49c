"""Small pictures in the cells of tables: bars, bands, courses and the steps of a waterfall, as SVG made on the server.

They fill their cell at any width: x is in percent, y too. Colours are classes of app.css, so light, dark and print need one picture. They
are hidden from readers, for the figure stands beside them. Numbers may be Decimal, float, or text of a decimal; what is unknown is "".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.safestring import SafeString, mark_safe

# Height of a bar within its row.
_TOP, _HIGH = "22%", "56%"
_LOOKS = ("ac", "py", "pl", "fc", "base", "sumbar")
# Of a change: better is up, unless it is cost. Of a result: red where it is negative.
_SIGNED = {"change": ("pos", "neg"), "cost": ("neg", "pos"), "result": ("ac", "neg")}


@dataclass(frozen=True)
class Scale:
    """What the left and the right edge of a cell stand for. All cells of a column share one."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Where a value stands, in percent; what is beyond the cell stands at its edge."""
        span = self.high - self.low
        return min(max((value - self.low) / span * 100, 0.0), 100.0) if span > 0 else 0.0


def scale_of(values: Iterable[Any]) -> Scale:
    """The scale that shows all of these values and zero."""
    known = [number for value in values if (number := as_float(value)) is not None]
    return Scale(min((0.0, *known)), max((0.0, *known)))


def bar(value: Any, high: Any, low: Any = 0, look: str = "ac") -> SafeString:
    """A bar from zero. high, low: ends of the scale, zero is always on it.

    look: ac, py, pl, fc, base, sumbar; change (green up, red down), cost (red up, green down), result (red where negative).
    """
    number, scale = as_float(value), scale_of((high, low))
    if number is None:
        return _empty()
    return _svg(_axis(scale), _rect(scale, 0.0, number, _look(look, number)))


def band(lower: Any, value: Any, upper: Any, high: Any, low: Any = 0) -> SafeString:
    """A pale band between the bounds of an interval, a stroke where the value is."""
    ends, scale = (as_float(lower), as_float(upper)), scale_of((high, low))
    parts = [_axis(scale)]
    if ends[0] is not None and ends[1] is not None:
        parts.append(_rect(scale, ends[0], ends[1], "band"))
    if (number := as_float(value)) is not None:
        parts.append(_upright(scale.at(number), "tick", "14%", "86%"))
    return _svg(*parts)


def points(value: Any, high: Any = 10, look: str = "ac") -> SafeString:
    """A bar on a scale of points, with lines at half and whole."""
    number, scale = as_float(value), scale_of((high,))
    lines = (_upright(50.0, "grid-line", "22%", "78%"), _upright(100.0, "grid-line", "22%", "78%"))
    return _svg(*lines, *(() if number is None else (_rect(scale, 0.0, number, _look(look, number), ("30%", "40%")),)))


def spark(values: Sequence[Any], look: str = "line") -> SafeString:
    """A small course in time, with a dot at its end. Zero or the lowest value is at the bottom. Fewer than two values are no course."""
    known = [number if (number := as_float(value)) is not None else 0.0 for value in values]
    if len(known) < 2:
        return _empty()
    scale = scale_of(known)
    places = [(place / (len(known) - 1) * 100, 94 - scale.at(number) * 0.88) for place, number in enumerate(known)]
    path = " ".join(f"{_short(x)},{_short(y)}" for x, y in places)
    name = look if look in {"line", "line py-line"} else "line"
    inner = (
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%"><polyline class="{name}" points="{path}"/></svg>'
    )
    dot = f'<circle class="dot" cx="100%" cy="{_short(places[-1][1])}%" r="2.5"/>'
    return _svg(inner, dot, name="spark")


@dataclass(frozen=True)
class Step:
    """A row of a waterfall: an amount that adds to those above, or the sum of all above (`is_sum`, its amount is the sum)."""

    amount: Any
    is_sum: bool = False
    look: str = ""


def waterfall(steps: Sequence[Step]) -> list[SafeString]:
    """One picture for each row, on one scale, tied to its neighbours by thin lines."""
    spans: list[tuple[float, float]] = []
    reached = 0.0
    for one in steps:
        amount = as_float(one.amount) or 0.0
        before = 0.0 if one.is_sum else reached
        reached = amount if one.is_sum else reached + amount
        spans.append((before, reached))
    scale = scale_of(end for span in spans for end in span)
    return [_step(steps, spans, scale, place) for place in range(len(steps))]


def _step(steps: Sequence[Step], spans: Sequence[tuple[float, float]], scale: Scale, place: int) -> SafeString:
    start, end = spans[place]
    one = steps[place]
    parts = [_axis(scale)]
    if place:
        parts.append(_upright(scale.at(spans[place - 1][1]), "link-line", "0", _TOP))
    parts.append(_rect(scale, start, end, "sumbar" if one.is_sum else _look(one.look or "ac", end - start)))
    if place + 1 < len(steps):
        parts.append(_upright(scale.at(end), "link-line", "78%", "100%"))
    return _svg(*parts)


# How marks of reports (reports/_page.Mark) look here.
_OF_REPORTS = {"out": "py", "ac": "sumbar", "fc": "fc", "pos": "pos", "neg": "neg", "py": "py", "band": "band", "base": "base"}


def of_cell(found: Iterable[Any]) -> SafeString:
    """The marks of a cell of a report: records or plain dicts with look, start and width in percent."""
    parts = []
    for one in found:
        look, start, width = (one[name] if isinstance(one, dict) else getattr(one, name) for name in ("look", "start", "width"))
        if look == "axis":
            parts.append(_upright(float(start), "axis", "0", "100%"))
        elif look == "link":
            parts.append(_upright(float(start), "link-line", "78%", "100%"))
        else:
            name = _OF_REPORTS.get(look, "ac")
            parts.append(f'<rect class="{name}" x="{_short(float(start))}%" width="{_short(float(width))}%" y="{_TOP}" height="{_HIGH}"/>')
    return _svg(*parts) if parts else _empty()


def as_float(value: Any) -> float | None:
    """A number from whatever a flow gives; None where there is none."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = float(Decimal(value)) if isinstance(value, str) else float(value)
    except (InvalidOperation, TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _look(look: str, number: float) -> str:
    if look in _SIGNED:
        return _SIGNED[look][number < 0]
    return look if look in _LOOKS else "ac"


def _axis(scale: Scale) -> str:
    return _upright(scale.at(0.0), "axis", "0", "100%")


def _upright(at: float, name: str, top: str, bottom: str) -> str:
    place = _short(at)
    return f'<line class="{name}" x1="{place}%" x2="{place}%" y1="{top}" y2="{bottom}"/>'


def _rect(scale: Scale, start: float, end: float, name: str, place: tuple[str, str] = (_TOP, _HIGH)) -> str:
    left, right = sorted((scale.at(start), scale.at(end)))
    y, height = place
    return f'<rect class="{name}" x="{_short(left)}%" width="{_short(right - left)}%" y="{y}" height="{height}"/>'


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _svg(*parts: str, name: str = "") -> SafeString:
    # Numbers and names of classes alone: nothing that people wrote gets in here.
    return mark_safe(f'<svg{f" class={chr(34)}{name}{chr(34)}" if name else ""} aria-hidden="true">{"".join(parts)}</svg>')  # noqa: S308


def _empty() -> SafeString:
    return mark_safe("")
