"""Pictures in the cells of the customer list: the value with its interval, and the revenue of eight quarters.

As all marks they are hidden from readers, for the figure stands beside them, and take their colours from classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from kundenwert.web.marks import Scale, as_float

_WIDTH, _STEP, _HEIGHT = 9, 11, 20
# Earlier quarters are of the year before.
_NOW = 4


def value_bar(value: Any, lower: Any, upper: Any, scale: Scale) -> SafeString:
    """A bar from zero to the value on a pale band between the bounds of its interval."""
    number, low, high = as_float(value), as_float(lower), as_float(upper)
    if number is None:
        return mark_safe("")
    zero = _short(scale.at(0.0))
    parts = [f'<line class="axis" x1="{zero}%" x2="{zero}%" y1="0" y2="100%"/>']
    if low is not None and high is not None:
        parts.append(_rect(scale, low, high, "band", "22%", "56%"))
    parts.append(_rect(scale, 0.0, number, "ac" if number >= 0 else "neg", "36%", "28%"))
    return mark_safe(f'<svg aria-hidden="true">{"".join(parts)}</svg>')  # noqa: S308 (numbers alone)


def course(quarters: Sequence[float]) -> SafeString:
    """A column a quarter; those of the year before are lighter, one with more taken back than sold hangs below the line."""
    high, low = max((0.0, *quarters)), min((0.0, *quarters))
    span = high - low
    if span <= 0:
        return mark_safe("")
    zero = 1 + high / span * _HEIGHT
    parts = []
    for place, amount in enumerate(quarters):
        size = abs(amount) / span * _HEIGHT
        top = zero - size if amount >= 0 else zero
        look = "py" if place < len(quarters) - _NOW else "ac"
        parts.append(f'<rect class="{look}" x="{place * _STEP}.5" width="{_WIDTH}" y="{_short(top)}" height="{_short(size)}"/>')
    base = _short(zero + 0.5)
    parts.append(f'<line class="axis" x1="0" x2="{len(quarters) * _STEP - 1}" y1="{base}" y2="{base}"/>')
    return mark_safe(f'<svg class="spark" width="88" height="22" aria-hidden="true">{"".join(parts)}</svg>')  # noqa: S308 (numbers alone)


def _rect(scale: Scale, start: float, end: float, name: str, top: str, height: str) -> str:
    left, right = sorted((scale.at(start), scale.at(end)))
    return f'<rect class="{name}" x="{_short(left)}%" width="{_short(right - left)}%" y="{top}" height="{height}"/>'


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
