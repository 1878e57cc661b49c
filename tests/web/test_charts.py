"""Charts in a page: title, picture, words and table; nothing in a spec can become markup; Vega comes from this package, unchanged."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.template import engines

from kundenwert.reports.charts._theme import Data, Headings, chart
from kundenwert.web.language import use
from kundenwert.web.templatetags import charts

STATIC = Path(charts.__file__).parents[1] / "static"
VENDOR = STATIC / "vendor"
SPEC = chart(
    Headings("Umsatz <steigt> & fällt", "Umsatz in €", "Säulen: der Umsatz steigt"),
    Data(("Quartal", "€"), (("Q1", "1.200,50"), ("Q2", "</template><script>"))),
    width=400,
    height=230,
    body={"data": {"values": [{"x": "</template><script>alert(1)</script>&amp;"}]}, "mark": "bar", "encoding": {}},
)


def shown(extra: str = "", **context: Any) -> str:
    use("de")
    return engines["django"].from_string("{% load charts %}{% chart spec " + extra + " %}").render({"spec": SPEC, **context})


def carried(page: str) -> dict[str, Any]:
    """What the page hands to chart.js."""
    import html

    found = re.search(r"<template>(.*?)</template>", page, re.DOTALL)
    assert found
    return dict(json.loads(html.unescape(found[1])))


def test_a_chart_has_its_finding_its_title_its_words_and_its_figures() -> None:
    page = shown()
    assert "<h2>Umsatz &lt;steigt&gt; &amp; fällt</h2>" in page
    assert '<p class="what">Umsatz in €</p>' in page
    assert 'role="img" aria-label="Säulen: der Umsatz steigt"' in page
    assert '<th scope="row">Q1</th><td class="num">1.200,50</td>' in page
    assert "Zahlen als Tabelle" in page


def test_a_page_may_write_its_own_heading() -> None:
    assert "<h2>" not in shown("heading=False")
    assert "<h3>" in shown("level=3")


def test_a_spec_cannot_leave_its_template() -> None:
    page = shown()
    assert "<script" not in page
    assert page.count("</template>") == 1
    assert carried(page)["spec"]["data"]["values"][0]["x"] == "</template><script>alert(1)</script>&amp;"


def test_the_place_of_the_picture_is_as_high_as_the_picture() -> None:
    assert '<svg height="230" aria-hidden="true">' in shown()


def test_no_style_stands_in_the_page() -> None:
    assert "style=" not in shown()


def test_the_browser_is_told_how_germans_write_numbers_and_months() -> None:
    locale = carried(shown())["locale"]
    assert (locale["format_locale"]["decimal"], locale["format_locale"]["thousands"]) == (",", ".")
    assert locale["time_format_locale"]["months"][2] == "März"


def test_the_addresses_of_vega_are_those_of_this_app() -> None:
    assert [address.startswith("/static/vendor/") for address in carried(shown())["scripts"]] == [True, True, True]


def test_the_style_sheet_has_the_colours_of_the_specs() -> None:
    """Written by scripts/chart_colours.py."""
    assert (STATIC / "charts.css").read_text(encoding="utf-8") == charts.sheet()


# ---- files of others -------------------------------------------------------------------------------------------------

FILES = json.loads((VENDOR / "VENDORED.json").read_text(encoding="utf-8"))["files"]


@pytest.mark.parametrize("one", FILES, ids=lambda one: one["name"])
def test_a_file_of_others_is_what_was_taken_over(one: dict[str, Any]) -> None:
    assert hashlib.sha256((VENDOR / one["file"]).read_bytes()).hexdigest() == one["sha256"]
    assert hashlib.sha256((VENDOR / one["licence_file"]).read_bytes()).hexdigest() == one["licence_sha256"]


def test_every_file_of_others_is_listed() -> None:
    listed = {name for one in FILES for name in (one["file"], one["licence_file"])}
    assert {path.name for path in VENDOR.iterdir()} == listed | {"VENDORED.json", "INSIDE.LICENSES"}


@pytest.mark.parametrize("one", FILES, ids=lambda one: one["name"])
def test_files_of_others_lead_nowhere(one: dict[str, Any]) -> None:
    """Addresses in them are names of schemas and hints for developers; no map is asked for, no other host."""
    text = (VENDOR / one["file"]).read_text(encoding="utf-8")
    assert "sourceMappingURL" not in text
    hosts = set(re.findall(r"(?:https?|wss?)://([A-Za-z0-9.-]+)", text))
    assert hosts <= {"www.w3.org", "vega.github.io", "github.com"}


def test_licences_of_what_is_inside_stand_beside() -> None:
    text = (VENDOR / "INSIDE.LICENSES").read_text(encoding="utf-8")
    inside = [f"{part['name']} {part['version']}" for one in FILES for part in one["inside"]]
    assert [name for name in inside if name not in text] == []
