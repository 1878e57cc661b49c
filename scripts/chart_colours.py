"""Writes static/charts.css of the web app: the colours of specs as tokens, so that one picture serves light, dark and print."""

from __future__ import annotations

from pathlib import Path

from kundenwert.web.templatetags.charts import sheet

TARGET = Path(__file__).resolve().parent.parent / "src" / "kundenwert" / "web" / "static" / "charts.css"

if __name__ == "__main__":
    TARGET.write_text(sheet(), encoding="utf-8")
