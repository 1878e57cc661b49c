"""The screen of the models: the verdict on top, each day looked back from, nothing left out for those who check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from kundenwert.flows import screens
from kundenwert.flows.models_page import models_page
from kundenwert.reports.language import Language
from kundenwert.runs import store
from kundenwert.web import sections
from kundenwert.web.models import views

SignedIn = Callable[..., Client]


@pytest.fixture(scope="module", autouse=True)
def _ready(_small_project: Path) -> None:
    """The pages lie ready in the project that each test gets a copy of."""
    screens.prepare(_small_project, store.read(_small_project).name)


def test_the_verdict_stands_below_the_heading_and_once(room: Path, signed_in: SignedIn) -> None:
    page = signed_in("reader").get("/models/")
    verdict = models_page(room, store.current(room) or "", Language("de"))["verdict"]
    assert page.status_code == 200
    assert page.content.decode().count(verdict.split(".")[0]) == 1


def test_no_better_than_naive_is_the_heading() -> None:
    assert views._heading({"is_naive": True, "finding": "x"}, Language("en")) == "No model forecasts surely better than a simple rule"
    page = {"is_naive": False, "has_backtest": True, "used_scored": {"name": "mbg_nbd", "bias": 0.1}, "finding": "x"}
    assert views._heading(page, Language("en")) == "Looking back, the total of the forecast was 10% too high"
    assert views._heading({**page, "has_backtest": False}, Language("en")) == "x"


def test_parameters_with_standard_errors_wait_behind_a_summary(room: Path, signed_in: SignedIn) -> None:
    page = signed_in("analyst", language="en").get("/models/").content.decode()
    before, _, after = page.partition("<summary>Models and parameters</summary>")
    assert "Standard error" in after
    assert "Standard error" not in before.split('id="method"')[0]


def test_field_sales_have_no_models(room: Path, signed_in: SignedIn) -> None:
    assert signed_in("field", managers="A. Okafor").get("/models/").status_code == 403


def _table(text: str, **cell: object) -> dict[str, object]:
    plain = {"text": text, "full": "", "below": "", "narrow": "", "look": "", "marks": (), "name": False, **cell}
    column = {"heading": text, "kind": "text", "wide": False, "term": "", "shown": False}
    return {"caption": text, "columns": [column], "rows": [{"cells": [plain], "look": text}], "scrolls": True, "visible_caption": False}


def test_no_text_of_a_table_becomes_markup() -> None:
    bad = '<script>"x"&'
    shown = sections.table(_table(bad, full=bad, below=bad, narrow=bad, look=bad, name=True), lambda *_: 'javascript:"<')
    assert "<script" not in shown
    assert '"x"' not in shown
    assert shown.count("&lt;script&gt;") >= 6
    assert 'href="javascript:&quot;&lt;"' in shown


def test_marks_of_unknown_look_are_not_drawn() -> None:
    given = [
        {"look": 'ac" onload="x', "start": 0, "width": 5},
        {"look": "ac", "start": 1.5, "width": 5},
        {"look": "axis", "start": 0, "width": 0},
    ]
    drawn = sections.marks(given)
    assert "onload" not in drawn
    assert '<rect class="ac" x="1.5%" width="5%" y="22%" height="56%"/>' in drawn
    assert sections.marks([]) == ""
