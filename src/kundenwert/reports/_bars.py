"""Marks inside table cells: bars from zero on one scale a column, and waterfall steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kundenwert.reports._page import Mark


@dataclass(frozen=True)
class Scale:
    """Turns amounts into percent of a cell; zero is always on it."""

    low: float
    high: float

    def at(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low) * 100

    def bar(self, look: str, start: float, end: float) -> Mark:
        left, right = sorted((self.at(start), self.at(end)))
        return Mark(look, round(left, 2), round(right - left, 2))

    def axis(self) -> Mark:
        return Mark("axis", round(self.at(0.0), 2), 0.0)


def scale(values: Sequence[float]) -> Scale:
    """The scale that holds zero and all values."""
    low, high = min((0.0, *values)), max((0.0, *values))
    return Scale(low, high if high > low else low + 1.0)


def steps(amounts: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Start and end of each step of a waterfall that begins at zero."""
    ends: list[float] = []
    for amount in amounts:
        ends.append((ends[-1] if ends else 0.0) + amount)
    return tuple(zip((0.0, *ends), ends, strict=False))
