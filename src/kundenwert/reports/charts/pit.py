"""PIT histogram: where in its forecast distribution each outcome fell. All bars alike: the forecast knows how uncertain it is.

Czado, Gneiting & Held 2009, Biometrics 65(4), section 2: a hump says that forecasts are too wide, a bowl that they are too narrow, a
slope that they are too high or too low.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from kundenwert.records import Scored
from kundenwert.reports.charts._axes import HEIGHT, across, upward
from kundenwert.reports.charts._theme import Data, Headings, Spec, chart, colour
from kundenwert.reports.language import Language

# 95 % of what chance does.
_NORMAL = 1.96
# More bars than that are joined in pairs: the shape is what counts.
_BARS = 12
# From this part of the height of a bar on a shape is worth a sentence.
_NOTABLE = 0.1


def pit(scored: Scored, lang: str = "en", *, width: int = 560) -> Spec:
    """Shares of outcomes by place in the forecast, with the band that chance allows. scored: a forecast with its pit and deciles."""
    language = Language(lang)
    shares = _joined(scored.pit)
    low, high = _band(shares, sum(part.customers for part in scored.deciles))
    text, size = language.text, 1 / max(len(shares), 1)
    bars = [{"x": round(place * size, 6), "end": round((place + 1) * size, 6), "y": round(share, 6)} for place, share in enumerate(shares)]
    top = max((*shares, high)) * 1.2
    title = text("Place of the outcome in its forecast: 0 far fewer, 1 far more than expected")
    narrow = text("Place of the outcome in its forecast")
    body = {
        "encoding": {
            "x": across("x", title if width >= 500 else narrow, domain=(0.0, 1.0), values=[0, 0.25, 0.5, 0.75, 1], format=".2~f"),
            "y": upward("y", text("Share of outcomes"), domain=(0.0, top), format=".0%", grid=False),
        },
        "layer": [
            {
                "data": {"values": bars},
                "mark": {"type": "rect", "color": colour("py"), "stroke": colour("bg"), "strokeWidth": 1},
                "encoding": {"x2": {"field": "end"}, "y2": {"datum": 0}},
            },
            *_chance(low, high, size, text("line: as it should be, dashed: what chance allows")),
        ],
    }
    return chart(_headings(shares, (low, high), language), _data(shares, language), width=width, height=HEIGHT, body=body)


def _joined(shares: Sequence[float]) -> tuple[float, ...]:
    if len(shares) <= _BARS or len(shares) % 2:
        return tuple(shares)
    return tuple(shares[place] + shares[place + 1] for place in range(0, len(shares), 2))


def _band(shares: Sequence[float], customers: int) -> tuple[float, float]:
    """What a true forecast may show in 95 of 100 cases, by the number of customers."""
    even = 1 / max(len(shares), 1)
    spread = _NORMAL * math.sqrt(even * (1 - even) / customers) if customers else 0.0
    return max(even - spread, 0.0), even + spread


def _chance(low: float, high: float, even: float, words: str) -> list[Spec]:
    """The even height, and dashed above and below it what chance allows."""
    lines = [(even, [1, 0]), (low, [3, 3]), (high, [3, 3])]
    rules: list[Spec] = [
        {
            "data": {"values": [{"x": 0, "end": 1, "y": height}]},
            "mark": {"type": "rule", "color": colour("ac"), "strokeDash": dashes},
            "encoding": {"x2": {"field": "end"}},
        }
        for height, dashes in lines
    ]
    label: Spec = {
        "data": {"values": [{"x": 0}]},
        "mark": {"type": "text", "align": "left", "baseline": "top", "dx": 4, "color": colour("text")},
        "encoding": {"y": {"value": 0}, "text": {"value": words}},
    }
    return [*rules, label]


def _headings(shares: Sequence[float], band: tuple[float, float], language: Language) -> Headings:
    text, title = language.text, language.text("Outcomes by their place in the forecast (PIT), shares")
    message = _message(shares, band, language)
    return Headings(message, title, text("Bars with a band that chance allows. {message}.", message=message))


def _message(shares: Sequence[float], band: tuple[float, float], language: Language) -> str:
    """The shape in words: even, sloping, hollow or humped."""
    text, count = language.text, len(shares)
    if not count:
        return text("There is nothing to compare yet")
    mean = sum(share * (place + 0.5) / count for place, share in enumerate(shares))
    quarter = max(1, count // 4)
    ends = (sum(shares[:quarter]) + sum(shares[-quarter:])) / (2 * quarter) * count - 1
    slight = max(abs(share * count - 1) for share in shares) < _NOTABLE
    if slight or all(band[0] <= share <= band[1] for share in shares):
        return text("The forecast knows how uncertain it is: outcomes fall evenly over its range")
    if abs(mean - 0.5) * 4 > max(abs(ends), _NOTABLE / 2):
        return text("More came than the forecast thought likely") if mean > 0.5 else text("Less came than the forecast thought likely")
    if abs(ends) < _NOTABLE / 2:
        return text("Outcomes fall nearly evenly over the range of the forecast")
    return text("Surprises are more frequent than the forecast says") if ends > 0 else text("The forecast is more cautious than needed")


def _data(shares: Sequence[float], language: Language) -> Data:
    size = 1 / max(len(shares), 1)
    rows = (
        (f"{language.number(place * size, 2)} – {language.number((place + 1) * size, 2)}", language.percent(share))
        for place, share in enumerate(shares)
    )
    return Data((language.text("Place in the forecast"), language.text("Share of outcomes")), tuple(rows))


PLUGIN = pit
