"""The portfolio as a picture: four or nine fields that lead to their customers, the most valuable customers as numbered bubbles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kundenwert.reports.language import Language
from kundenwert.web import links
from kundenwert.web.marks import as_float

HEIGHT = 560
# The axes: from 0 to 10 over these percents of the width and pixels of the height.
_LEFT, _RIGHT, _TOP, _GROUND = 7.0, 100.0, 8.0, 508.0
_SMALLEST, _LARGEST = 9.0, 32.0
# Points by which a place must change to be called better or worse.
_CHANGED = 0.25
# Letters of a line of words in a field, and its height.
_LONGEST, _LINE = 17, 15
_LOOKS = ("field-out", "field-keep", "field-invest")


def x_of(points: float) -> float:
    """Percent of the width."""
    return _LEFT + (_RIGHT - _LEFT) * points / 10


def y_of(points: float) -> float:
    """Pixels from the top."""
    return _GROUND - (_GROUND - _TOP) * points / 10


def fields(page: Mapping[str, Any], names: Mapping[str, Mapping[str, str]], language: Language) -> list[dict[str, Any]]:
    """Each field as a rectangle with its words and where it leads to."""
    edges = (0.0, *page["limits"], 10.0)
    found = []
    for one in page["fields"]:
        left, right = x_of(edges[one["column"]]), x_of(edges[one["column"] + 1])
        top, bottom = y_of(edges[one["row"] + 1]), y_of(edges[one["row"]])
        share = "" if one["share"] is None else f" · {language.percent(one['share'], 0)}"
        found.append(
            {
                "look": _LOOKS[_rank(one, len(edges) - 2)],
                "x": f"{left:.2f}",
                "width": f"{right - left:.2f}",
                "y": f"{top:.1f}",
                "height": f"{bottom - top:.1f}",
                "count": f"{language.number(one['customers'])}{share}",
                "count_x": f"{left + 1:.2f}",
                "count_y": f"{top + 18:.1f}",
                "words": _lines(names[one["name"]]["strategy"], bottom),
                "words_x": f"{right - 1:.2f}",
                "link": to_field(page["view"], one["name"]) if one["customers"] else "",
                "label": language.text(
                    "{strategy} {n} customers", strategy=names[one["name"]]["strategy"], n=language.number(one["customers"])
                ),
            }
        )
    return found


def _lines(words: str, bottom: float) -> list[dict[str, str]]:
    """Words of a field in lines that fit it on a narrow screen too, the last one at its foot."""
    lines: list[str] = []
    for word in words.split(" "):
        if lines and len(lines[-1]) + len(word) < _LONGEST:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [{"text": line, "y": f"{bottom - 9 - _LINE * (len(lines) - 1 - place):.1f}"} for place, line in enumerate(lines)]


def _rank(one: Mapping[str, Any], most: int) -> int:
    """0 for the fields to leave, 1 to keep, 2 to invest in."""
    place = one["row"] + one["column"]
    return 2 if place > most else 1 if place == most else 0


def to_field(view: str, name: str) -> str:
    """The customers of a field in the list."""
    return links.to_list(**{"portfolio": name} if view == "four" else {"portfolio_nine": name})


def lines(page: Mapping[str, Any], language: Language) -> dict[str, list[dict[str, str]]]:
    """Limits of the fields, and what stands at the axes."""
    limits, ends = list(page["limits"]), (0.0, 10.0)
    upright = [{"at": f"{x_of(limit):.2f}", "words": language.number(limit, 1)} for limit in limits]
    lying = [{"at": f"{y_of(limit):.1f}", "text_at": f"{y_of(limit) + 4:.1f}", "words": language.number(limit, 1)} for limit in limits]
    return {
        "upright": upright,
        "lying": lying,
        "x_ends": [{"at": f"{x_of(end):.2f}", "words": language.number(end, 0), "look": "end" if end else "mid"} for end in ends],
        "y_ends": [{"at": f"{y_of(end) + (4 if not end else 8):.1f}", "words": language.number(end, 0)} for end in ends],
    }


def bubbles(spots: Sequence[Mapping[str, Any]], currency: str, language: Language) -> list[dict[str, Any]]:
    """The customers as circles whose area is their value, with a line from where they stood before."""
    top = max((as_float(one["value"]) or 0.0 for one in spots), default=0.0) or 1.0
    found = []
    for number, one in enumerate(spots, 1):
        if one["position"] is None or one["attractiveness"] is None:
            continue
        value = max(as_float(one["value"]) or 0.0, 0.0)
        moved = one["position_before"] is not None and one["attractiveness_before"] is not None
        before = {"x": f"{x_of(one['position_before']):.2f}", "y": f"{y_of(one['attractiveness_before']):.1f}"} if moved else None
        found.append(
            {
                "number": number,
                "x": f"{x_of(one['position']):.2f}",
                "y": f"{y_of(one['attractiveness']):.1f}",
                "text_y": f"{y_of(one['attractiveness']) + 4.5:.1f}",
                "radius": f"{max(_SMALLEST, _LARGEST * math.sqrt(value / top)):.1f}",
                "look": look(one),
                "before": before,
                "link": links.to_customer(one["customer_id"]),
                "label": language.text(
                    "{number} {name}, {value}",
                    number=str(number),
                    name=one["name"] or one["customer_id"],
                    value=language.short(value, currency),
                ),
            }
        )
    # The small ones stand above the large ones, so that each can be pointed at.
    return sorted(found, key=lambda one: -float(one["radius"]))


def look(one: Mapping[str, Any]) -> str:
    """Whether a customer stands better or worse than before, both axes together."""
    if one["position_before"] is None or one["attractiveness_before"] is None:
        return ""
    change = one["position"] - one["position_before"] + one["attractiveness"] - one["attractiveness_before"]
    return "up" if change >= _CHANGED else "down" if change <= -_CHANGED else ""
