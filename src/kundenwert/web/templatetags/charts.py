"""Charts in a page: `{% load charts %}{% chart spec %}` inside `<section class="sec c7">`.

A spec is what reports/charts makes: plain Vega-Lite with its finding, its titles and its figures as a table. The browser draws it
(static/js/chart.js); who sees no picture has the finding as text and the table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from kundenwert.web.language import current

register = template.Library()

MODULE = "js/chart.js"
SCRIPTS = ("vendor/vega.min.js", "vendor/vega-lite.min.js", "vendor/vega-embed.min.js")
# What would end the text of a <template>, or begin a tag in it.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.inclusion_tag("_chart.html")
def chart(spec: Any, *, heading: bool = True, level: int = 2) -> dict[str, Any]:
    """A chart with heading, IBCS title, picture and table.

    spec: a dict, or anything with one as `.spec`. heading: False where the page has written its own. level: of the heading.
    """
    plain: Mapping[str, Any] = getattr(spec, "spec", spec)
    meta = plain["usermeta"]
    return {
        "message": meta["message"],
        "title": meta["title"],
        "finding": plain["description"],
        "columns": meta["columns"],
        "rows": meta["rows"],
        "height": height_of(plain),
        "heading": heading,
        "level": level,
        "module": static(MODULE),
        "data": as_data(plain),
    }


def height_of(spec: Mapping[str, Any]) -> int:
    """The pixels the picture will take, so that nothing moves when it comes."""
    return int(spec["height"])


def as_data(spec: Mapping[str, Any]) -> SafeString:
    """Spec, number and time locale and the addresses of Vega as JSON that can stand in a <template>."""
    from kundenwert.reports.charts._render import _locales

    bare = {name: part for name, part in spec.items() if name not in {"usermeta", "description", "$schema"}}
    content = {"spec": bare, "locale": _locales(current().figures), "scripts": [static(path) for path in SCRIPTS]}
    # All of "<", ">" and "&" is written as \u00.., so nothing in the text can be markup.
    return mark_safe(json.dumps(content, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES))  # noqa: S308


def sheet() -> str:
    """The style sheet of drawn charts (static/charts.css): each light colour of a spec is its token, in light, dark and print."""
    from kundenwert.reports.charts._theme import page_rules

    return _SHEET + page_rules().replace(".chart [", ".drawn [") + "\n"


_SHEET = """/* Pictures drawn by chart.js. Colours below are written by scripts/chart_colours.py from reports/charts/_theme.py. */
.graph { display: grid; gap: var(--s3); min-width: 0; }
.drawn { width: 100%; min-width: 0; overflow: hidden; }
.drawn svg { width: 100%; }
.drawn svg[viewBox] { width: auto; max-width: 100%; height: auto; }
.drawn text { font-variant-numeric: tabular-nums lining-nums; }
.graph[data-chart="failed"] .drawn { display: none; }
svg.spark { width: 88px; height: 22px; }
.figures .scroll { max-height: 420px; overflow: auto; }
.figures table { width: auto; min-width: min(100%, 420px); }
.sec .body ul:not([class]) { padding-left: 1.2em; display: grid; gap: var(--s1); }
@media print {
  .figures:not([open]) { display: none; }
  .explain .bars { width: 22%; } .explain td.wide { white-space: nowrap; }
}
"""
