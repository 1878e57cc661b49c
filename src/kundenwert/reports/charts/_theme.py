"""One look for all charts, in IBCS notation: actual solid, previous year lighter, forecast hatched; zero-based axes, direct labels.

Colours come from assets/tokens.css. A spec names the light colours; a page may then swap each by attribute for its token, so that one
picture serves light, dark and print.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

Spec = dict[str, Any]
FONT = "Kundenwert Sans"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_TOKEN = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
# Tokens a chart may use. Two tokens of one light colour would be one in the page, so each stands here once per use.
_FILLS = (
    *("text", "text-2", "ac", "py", "band", "bg", "class-a", "class-b", "class-c"),
    *("heat-1", "heat-2", "heat-3", "heat-4", "heat-5"),
)
_STROKES = ("axis", "grid", "ac", "py", "bg", "line-control", "class-a", "class-b", "class-c")


@dataclass(frozen=True)
class Headings:
    """What stands around a picture: the finding as heading, the IBCS title below it, the finding in words for those who don't see it."""

    message: str
    title: str
    finding: str


@dataclass(frozen=True)
class Data:
    """The figures of a chart as a table, already written in the reader's language."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@cache
def colours(*, dark: bool = False) -> dict[str, str]:
    """Every colour token in one mode."""
    css = (resources.files("kundenwert.reports") / "assets" / "tokens.css").read_text(encoding="utf-8")
    return {name: night if dark else day for name, day, night in _TOKEN.findall(css)}


def colour(name: str) -> str:
    """The light colour of a token, as specs use it."""
    return colours()[name]


def page_rules() -> str:
    """CSS that turns the light colours of a drawn chart into tokens."""
    fills = (f'.chart [fill="{colour(name)}"]{{fill:var(--{name})}}' for name in _FILLS)
    strokes = (f'.chart [stroke="{colour(name)}"]{{stroke:var(--{name})}}' for name in _STROKES)
    return "\n".join((*fills, *strokes))


def chart(headings: Headings, data: Data, *, width: int, height: int, body: Spec) -> Spec:
    """A complete spec: the body of one chart with size, theme, text alternative and table."""
    return {
        "$schema": SCHEMA,
        "description": headings.finding,
        "width": width,
        "height": height,
        # The picture is exactly as wide as asked for, labels included: the page has a place of that width.
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": 2,
        "background": None,
        "config": _config(12 if width < 500 else 13),
        "usermeta": {
            "message": headings.message,
            "title": headings.title,
            "columns": list(data.columns),
            "rows": [list(row) for row in data.rows],
        },
        **body,
    }


def _config(size: int) -> Spec:
    label = {"labelFont": FONT, "labelFontSize": size, "labelColor": colour("text-2"), "titleFont": FONT, "titleFontSize": size}
    return {
        "aria": False,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            **label,
            "titleColor": colour("text-2"),
            "titleFontWeight": "normal",
            "domainColor": colour("axis"),
            "gridColor": colour("grid"),
            "ticks": False,
            "labelPadding": 6,
            "titlePadding": 8,
        },
        "text": {"font": FONT, "fontSize": size, "color": colour("text-2")},
        "rule": {"color": colour("axis")},
        "legend": {
            **label,
            "labelColor": colour("text"),
            "labelLimit": 0,
            "symbolSize": 140,
            "labelOffset": 6,
            "symbolStrokeWidth": 2,
            "padding": 0,
            "offset": 14,
            "columnPadding": 16,
        },
        "title": {
            "font": FONT,
            "fontSize": 16,
            "fontWeight": 600,
            "color": colour("text"),
            "subtitleFont": FONT,
            "subtitleFontSize": 13,
            "subtitleColor": colour("text-2"),
            "anchor": "start",
            "offset": 14,
        },
    }
