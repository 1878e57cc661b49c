"""A chart in the hands of a reader: a spec that shows itself in notebooks and saves itself as a picture, without network."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from kundenwert.errors import CallError
from kundenwert.reports.charts._render import VEGA_LITE, to_png, to_svg
from kundenwert.reports.charts._theme import Spec, colour

_MIME = f"application/vnd.vegalite.v{VEGA_LITE.split('.')[0]}+json"


@final
@dataclass(frozen=True)
class Chart:
    """One chart. spec: plain Vega-Lite, with its finding, its titles and its figures as a table under `usermeta`. lang: of its words."""

    spec: Spec
    lang: str = "en"

    def __repr__(self) -> str:
        return f"Chart({self.message!r})"

    @property
    def message(self) -> str:
        """What the chart shows, in one sentence."""
        found: str = self.spec["usermeta"]["message"]
        return found

    def to_svg(self) -> str:
        """The chart with its headings as SVG."""
        return to_svg(self.spec, self.lang, titled=True)

    def to_png(self, scale: float = 2.0) -> bytes:
        """The chart with its headings as PNG. scale: pixels of the picture for one of the spec."""
        return to_png(self.spec, self.lang, scale)

    def save(self, path: str | Path) -> Path:
        """Writes the chart as .svg, .png or .json (the spec); returns the path. Raises CallError for another ending."""
        path = Path(path)
        ending = path.suffix.lower()
        if ending == ".png":
            path.write_bytes(self.to_png())
        elif ending == ".svg":
            path.write_text(self.to_svg(), encoding="utf-8")
        elif ending == ".json":
            path.write_text(json.dumps(self.spec, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        else:
            raise CallError(f"{path.name} ends in {ending or 'nothing'!r}. Expected: a file name that ends in .svg, .png or .json.")
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """For notebooks: the spec where Vega-Lite is known, else the picture; both without network."""
        meta = self.spec["usermeta"]
        shown = {**self.spec, "background": colour("bg"), "title": {"text": meta["message"], "subtitle": meta["title"]}}
        shown["autosize"] = "pad"
        return {
            _MIME: shown,
            "image/svg+xml": self.to_svg(),
            "image/png": base64.b64encode(self.to_png()).decode(),
            "text/plain": repr(self),
        }
