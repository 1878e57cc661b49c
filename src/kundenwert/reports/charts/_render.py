"""Draws a spec with vl-convert: all of Vega is inside the wheel, nothing is fetched."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

from kundenwert.reports.charts._theme import Spec, colour
from kundenwert.reports.language import HARD_SPACE

VEGA_LITE = "6.4"
# Roles of single marks: the picture as a whole is one image with a text alternative, so these would only be read out as noise.
_NOISE = re.compile(r' (?:role="[^"]*"|aria-[a-z]+="[^"]*"|pointer-events="none"|opacity="1"|xmlns:xlink="[^"]*"|version="1\.1")')
_EMPTY = re.compile(r'<path class="(?:background|foreground)"[^>]* d=""[^>]*/>|<path class="background" d="M0,0h0v0h0Z"[^>]*/>')
_TAG = re.compile(r"<[^>]*>")
_LONG = re.compile(r"(\d+\.\d{2})\d+")


def to_svg(spec: Spec, lang: str = "en", *, titled: bool = False) -> str:
    """The chart as SVG in light colours; `titled` puts the finding and the IBCS title above it."""
    svg: str = _vega().vegalite_to_svg(_export(spec) if titled else spec, vl_version=VEGA_LITE, allowed_base_urls=[], **_locales(lang))
    # Positions need two places. Only inside tags: 1.361 in a text is a number people read.
    return _TAG.sub(lambda tag: _LONG.sub(r"\1", tag[0]), _EMPTY.sub("", _NOISE.sub("", svg)))


def to_png(spec: Spec, lang: str = "en", scale: float = 2.0) -> bytes:
    """The chart as PNG with its headings, on white, in light colours."""
    image: bytes = _vega().vegalite_to_png(_export(spec), vl_version=VEGA_LITE, scale=scale, allowed_base_urls=[], **_locales(lang))
    return image


def _export(spec: Spec) -> Spec:
    meta = spec["usermeta"]
    return {
        **spec,
        "background": colour("bg"),
        "padding": 16,
        "width": spec["width"] + 32,
        "height": spec["height"] + 88,
        "title": {"text": _wrapped(meta["message"], spec["width"] // 8), "subtitle": _wrapped(meta["title"], spec["width"] // 7)},
    }


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, max(width, 20), break_on_hyphens=False) or [""]


@cache
def _vega() -> Any:
    import vl_convert

    # A zip-imported package has no folder; as_file would remove its copy too early, so the plain path is used.
    vl_convert.register_font_directory(str(resources.files("kundenwert.reports") / "assets" / "fonts"))
    return vl_convert


@cache
def _locales(lang: str) -> dict[str, Any]:
    """How Vega writes numbers and days, in the shape of d3."""
    from babel import Locale

    # British numbers, but plain English months: en_GB abbreviates September to four letters.
    symbols = Locale.parse({"de": "de_DE", "en": "en_GB"}[lang]).number_symbols["latn"]
    numbers = {
        "decimal": symbols["decimal"],
        "thousands": symbols["group"],
        "grouping": [3],
        "currency": ["", ""],
        "minus": "−",
        "percent": HARD_SPACE + "%" if lang == "de" else "%",
    }
    locale = Locale.parse(lang)
    days, months = locale.days["format"], locale.months["format"]
    order = "%d.%m.%Y" if lang == "de" else "%d %b %Y"
    # d3 begins the week on Sunday, Babel on Monday.
    sunday_first = (6, 0, 1, 2, 3, 4, 5)
    times = {
        "dateTime": f"{order} %H:%M",
        "date": order,
        "time": "%H:%M",
        "periods": ["", ""] if lang == "de" else ["am", "pm"],
        "days": [days["wide"][day] for day in sunday_first],
        "shortDays": [days["abbreviated"][day] for day in sunday_first],
        "months": [months["wide"][month] for month in range(1, 13)],
        "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
    }
    return {"format_locale": numbers, "time_format_locale": times}
