"""Draws a page as one HTML file: style and fonts inside, no script, a policy that allows nothing but its own style block."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from kundenwert.reports._page import Page
from kundenwert.reports.charts._theme import page_rules

if TYPE_CHECKING:
    from jinja2 import Environment

_FONTS = (("KundenwertSans-Regular.woff2", 400), ("KundenwertSans-Semibold.woff2", 600))
_FACE = (
    '@font-face{{font-family:"Kundenwert Sans";font-weight:{weight};font-display:block;'
    'src:url("data:font/woff2;base64,{data}") format("woff2")}}'
)


def html(page: Page) -> str:
    """The page as text."""
    from markupsafe import Markup

    css = style()
    sheet = Markup(css)  # noqa: S704  files of this package, nothing from outside
    return _environment().get_template("page.html").render(page=page, style=sheet, policy=policy(css), drawn=_drawn)


def policy(css: str) -> str:
    """Nothing is allowed but this very style block and the fonts within it."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; font-src data:; base-uri 'none'; form-action 'none'"


@cache
def style() -> str:
    """Fonts, tokens, layout and the colours of charts, in this order."""
    assets = resources.files(__package__) / "assets"
    faces = (_FACE.format(weight=weight, data=base64.b64encode((assets / "fonts" / name).read_bytes()).decode()) for name, weight in _FONTS)
    sheets = ((assets / name).read_text(encoding="utf-8") for name in ("tokens.css", "report.css"))
    return "\n".join((*faces, *sheets, page_rules()))


def _drawn(svg: str, alt: str, look: str) -> str:
    """A drawn chart for use inside a page: it scales, has the words for those who cannot see it, and carries no address."""
    from markupsafe import Markup, escape

    size = re.match(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"', svg)
    width, height = size.groups() if size else ("368", "300")
    inside = svg[svg.index(">") + 1 :]
    # width stands in the attributes as the size of the picture, the style sheet lets it shrink.
    box = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg class="chart {escape(look)}" role="img" aria-label="{escape(alt)}" {box}>'
    return Markup(head + inside)  # noqa: S704  drawn by Vega, which escapes the texts of a spec


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("kundenwert.reports", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
