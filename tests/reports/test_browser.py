"""The report in a real browser: it fits the window, shows its pictures and asks nobody for anything."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
from pathlib import Path

import component_samples as components
import pytest
import report_samples as sample
import result_samples

from kundenwert.reports import customer_result
from kundenwert.reports.customer_base import render

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")
# The page stands in a frame of each width; the script outside it measures. The report itself has none.
MEASURE = """
<script>
addEventListener("load", () => {
  const found = [...document.querySelectorAll("iframe")].map(frame => {
    const page = frame.contentDocument;
    const seen = [...page.querySelectorAll("svg")].filter(svg => svg.getBoundingClientRect().height > 100).length;
    const asked = frame.contentWindow.performance.getEntriesByType("resource").filter(entry => !entry.name.startsWith("data:")).length;
    return [frame.width, page.documentElement.scrollWidth, seen, asked].join(" ");
  });
  document.body.dataset.found = found.join(";");
});
</script>
"""


def measured(report: str, widths: tuple[int, ...], folder: Path) -> list[list[int]]:
    """Width, width of the content, pictures in sight and requests, for each frame."""
    browser = shutil.which("chromium")
    if browser is None:
        assert not os.environ.get("CI"), "chromium is missing; .ci/run installs it"
        pytest.skip("chromium is not installed")
    frames = "".join(f'<iframe width="{width}" height="900" srcdoc="{html.escape(report)}"></iframe>' for width in widths)
    page = folder / "frames.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><body>{frames}{MEASURE}", encoding="utf-8")
    command = [browser, *FLAGS, f"--user-data-dir={folder / 'browser'}", "--virtual-time-budget=5000", "--dump-dom", page.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True).stdout
    found = re.search(r'<body data-found="([^"]*)"', shown)
    assert found, shown[-500:]
    return [[int(number) for number in entry.split()] for entry in found[1].split(";")]


def test_the_report_never_scrolls_sideways_and_loads_nothing(tmp_path: Path) -> None:
    for width, content, pictures, requests in measured(render(sample.figures(), "de"), (320, 400, 768, 1400), tmp_path):
        assert content <= width
        assert pictures >= 3
        assert requests == 0


def test_the_chapter_on_customers_never_scrolls_sideways(tmp_path: Path) -> None:
    for width, content, pictures, _ in measured(render(components.figures(), "de"), (320, 768, 1400), tmp_path):
        assert content <= width
        assert pictures >= 8


def test_the_customer_result_never_scrolls_sideways_and_loads_nothing(tmp_path: Path) -> None:
    for width, content, pictures, requests in measured(customer_result.render(result_samples.result(), "de"), (320, 768, 1400), tmp_path):
        assert content <= width
        assert pictures >= 1
        assert requests == 0
