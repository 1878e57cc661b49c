"""The portfolio as a picture: four or nine fields that lead to their customers, the most valuable customers as numbered bubbles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kundenwert.reports.charts._words import nine_names
from kundenwert.reports.language import Language
from kundenwert.web import links
from kundenwert.web.marks import as_float

HEIGHT = 560
# The axes: from 0 to 10 over these percents of the width and pixels of the height.
_LEFT, _RIGHT, _TOP, _GROUND = 7.0, 100.0, 8.0, 508.0
_SMALLEST, _LARGEST = 9.0, 27.0
# Points by which a place must change to be called better or worse.
_CHANGED = 0.25
# Letters of a line of words in a field; width of a letter and height of a line in pixels.
_LONGEST, _LETTER, _LINE = 19, 7.0, 15
# Words are placed for these widths of the picture together; on others they stand nearly as free.
_USUAL_WIDTHS = (440.0, 600.0)
# Numbers of neighbours stand at least so many pixels apart.
_APART = 20.0
_LOOKS = ("field-out", "field-keep", "field-invest")


def x_of(points: float) -> float:
    """Percent of the width."""
    return _LEFT + (_RIGHT - _LEFT) * points / 10


def y_of(points: float) -> float:
    """Pixels from the top."""
    return _GROUND - (_GROUND - _TOP) * points / 10


def fields(
    page: Mapping[str, Any],
    names: Mapping[str, Mapping[str, str]],
    language: Language,
    drawn: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Each field as a rectangle with its words, where they are least covered, and where it leads to.

    drawn: the bubbles of the picture.
    """
    edges = (0.0, *page["limits"], 10.0)
    found = []
    for one in page["fields"]:
        left, right = x_of(edges[one["column"]]), x_of(edges[one["column"] + 1])
        top, bottom = y_of(edges[one["row"] + 1]), y_of(edges[one["row"]])
        share = "" if one["share"] is None else f" · {language.percent(one['share'], 0)}"
        lines = (f"{language.number(one['customers'])}{share}", *_lines(names[one["name"]]["strategy"]))
        found.append(
            {
                "look": _LOOKS[_rank(one, len(edges) - 2)],
                "x": f"{left:.2f}",
                "width": f"{right - left:.2f}",
                "y": f"{top:.1f}",
                "height": f"{bottom - top:.1f}",
                **_free_place(lines, (left, right, top, bottom), drawn),
                "link": to_field(page["view"], one["name"]) if one["customers"] else "",
                "label": language.text(
                    "{strategy} {n} customers", strategy=names[one["name"]]["strategy"], n=language.number(one["customers"])
                ),
            }
        )
    return found


def _lines(words: str) -> list[str]:
    """Words of a field in lines that fit it on a narrow screen too."""
    lines: list[str] = []
    for word in words.split(" "):
        if lines and len(lines[-1]) + len(word) < _LONGEST:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _free_place(lines: Sequence[str], field: tuple[float, float, float, float], drawn: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Where the words of a field stand: the place of six that bubbles cover least; of equals the first, left at the top."""
    left, right, top, bottom = field
    wide, high = max(map(len, lines)) * _LETTER, len(lines) * _LINE
    best: tuple[float, float, str] | None = None
    for first in (top + 18, bottom - 9 - high + _LINE, (top + bottom - high) / 2 + _LINE):
        for x, look in ((left + 1, ""), (right - 1, "end")):
            covered = 0.0
            for scale in (width / 100 for width in _USUAL_WIDTHS):
                start = x * scale - (wide if look else 0.0)
                covered += sum(_covered((start, first - 12, start + wide, first - 12 + high), one, scale) for one in drawn)
            if best is None or covered < best[0] - 0.5:
                best = (covered, first, look)
    assert best is not None  # noqa: S101 - the loops above run six times
    _, first, look = best
    x = right - 1 if look else left + 1
    return {
        "words_x": f"{x:.2f}",
        "words_look": look,
        "count": lines[0],
        "count_y": f"{first:.1f}",
        "words": [{"text": line, "y": f"{first + _LINE * place:.1f}"} for place, line in enumerate(lines[1:], 1)],
    }


def _covered(words: tuple[float, float, float, float], bubble: Mapping[str, Any], scale: float) -> float:
    """By how many pixels a bubble reaches into words (left, top, right, bottom); 0 if it does not touch them."""
    left, top, right, bottom = words
    x, y, radius = float(bubble["x"]) * scale, float(bubble["y"]), float(bubble["radius"])
    beside = math.hypot(x - min(max(x, left), right), y - min(max(y, top), bottom))
    return max(radius + 2 - beside, 0.0)


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
    edges = (0.0, *limits, 10.0)
    parts = [nine_names(language)[0, column][1] for column in range(3)] if len(limits) == 2 else []
    return {
        "parts": [{"at": f"{x_of((edges[place] + edges[place + 1]) / 2):.2f}", "words": words} for place, words in enumerate(parts)],
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
    _part_numbers(found)
    # The small ones stand above the large ones, so that each can be pointed at.
    return sorted(found, key=lambda one: -float(one["radius"]))


def _part_numbers(found: Sequence[dict[str, Any]]) -> None:
    """Moves numbers apart that would stand on one another; at most as far as the edge of their bubbles."""
    scale = _USUAL_WIDTHS[0] / 100
    at = [[float(one["x"]) * scale, float(one["y"])] for one in found]
    for _ in range(4):
        for place, here in enumerate(at):
            for there in at[:place]:
                gap = math.hypot(here[0] - there[0], here[1] - there[1])
                if gap >= _APART:
                    continue
                right, down = ((here[0] - there[0]) / gap, (here[1] - there[1]) / gap) if gap else (1.0, 0.0)
                step = (_APART - gap) / 2
                here[0], here[1] = here[0] + right * step, here[1] + down * step
                there[0], there[1] = there[0] - right * step, there[1] - down * step
    for one, (x, y) in zip(found, at, strict=True):
        across, down, most = x - float(one["x"]) * scale, y - float(one["y"]), float(one["radius"]) - 4
        short = min(1.0, most / max(math.hypot(across, down), 0.01))
        one["text_x"], one["text_y"] = f"{float(one['x']) + across * short / scale:.2f}", f"{float(one['y']) + down * short + 4.5:.1f}"


def look(one: Mapping[str, Any]) -> str:
    """Whether a customer stands better or worse than before, both axes together."""
    if one["position_before"] is None or one["attractiveness_before"] is None:
        return ""
    change = one["position"] - one["position_before"] + one["attractiveness"] - one["attractiveness_before"]
    return "up" if change >= _CHANGED else "down" if change <= -_CHANGED else ""
