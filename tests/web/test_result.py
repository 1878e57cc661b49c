"""The screen of the customer result: years, losses, the way down to the records, files whose taking stands in the log."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client

from kundenwert.flows import contribution, screens, seen
from kundenwert.flows.objection import objection
from kundenwert.register.book import Register
from kundenwert.runs import store

SignedIn = Callable[..., Client]


@pytest.fixture(scope="module", autouse=True)
def _ready(_small_project: Path) -> None:
    """The pages lie ready in the project that each test gets a copy of."""
    screens.prepare(_small_project, store.read(_small_project).name)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_TOLD", {})


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_last_whole_year_comes_first_and_others_are_links(room: Path, signed_in: SignedIn) -> None:
    client, year = signed_in("reader"), contribution.last_whole_year(room)
    page = text(client.get("/result/"))
    assert f'<a href="?year={year}" aria-current="page">{year}</a>' in page
    assert f"<h1>{year}: " in page
    assert 'href="?year=all" aria-current="page"' in text(client.get("/result/?year=all"))


def test_a_year_that_is_none_is_told_kindly(room: Path, signed_in: SignedIn) -> None:
    answer = signed_in("reader").get("/result/?year=1999")
    assert answer.status_code == 422
    assert "1999" in answer.content.decode()
    assert signed_in("reader").get("/result/?year=%27;drop").status_code == 200


def test_each_step_leads_to_customers_and_they_to_their_records(room: Path, signed_in: SignedIn) -> None:
    client = signed_in("analyst")
    step = re.findall(r'href="(/result/step/[a-z0-9_]+/\?year=\d+)"', text(client.get("/result/")))
    page = text(client.get(step[0]))
    records = re.findall(r'href="(/result/records/K\d+/\?year=\d+&amp;figure=[a-z0-9_]+)"', page)
    shown = text(client.get(records[0].replace("&amp;", "&")))
    assert "rechnungen.csv" in shown
    assert "<details open>" in shown


def test_looking_at_the_records_of_a_customer_stands_in_the_log(room: Path, signed_in: SignedIn) -> None:
    text(signed_in("analyst").get("/result/records/K001/"))
    assert Register(room).log()[-1]["action"] == "read"


def test_unknown_steps_customers_and_kinds_are_missing_pages(room: Path, signed_in: SignedIn) -> None:
    client = signed_in("analyst")
    for address in ("/result/step/db9/", "/result/records/nobody/", "/result/report.exe"):
        assert client.get(address).status_code == 404


def test_who_objected_has_no_records_page(room: Path, signed_in: SignedIn) -> None:
    from datetime import UTC, datetime

    objection(room, "K001", reason="r", by="t", clock=datetime(2025, 11, 2, tzinfo=UTC))
    assert signed_in("analyst").get("/result/records/K001/").status_code == 404
    assert "K001" not in text(signed_in("analyst").get("/result/step/db1/"))


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_the_report_is_a_file_and_its_taking_stands_in_the_log(kind: str, room: Path, signed_in: SignedIn, tmp_path: Path) -> None:
    answer = signed_in("manager").get(f"/result/report.{kind}?year=2024")
    assert answer.status_code == 200
    assert f'filename="kundenergebnis-2024.{kind}"' in answer["Content-Disposition"]
    assert answer.content.startswith(b"PK" if kind == "xlsx" else b"%PDF")
    assert Register(room).log()[-1]["action"] == "export"
    if kind == "xlsx":
        (tmp_path / "a.xlsx").write_bytes(answer.content)
        assert openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True).sheetnames


def test_readers_see_the_result_but_take_nothing_out(room: Path, signed_in: SignedIn) -> None:
    client = signed_in("reader")
    assert "report.xlsx" not in text(client.get("/result/"))
    assert client.get("/result/report.xlsx").status_code == 403
    assert signed_in("field", managers="A. Okafor").get("/result/").status_code == 403
    assert signed_in("field", managers="A. Okafor").get("/result/records/K001/").status_code == 403


def test_without_costs_the_page_says_what_would_help(room: Path, signed_in: SignedIn) -> None:
    from kundenwert.runs import storage

    source = store.read(room)
    storage.write_json(source.folder / "manifest.json", {**source.manifest, "contribution": None})
    page = text(signed_in("analyst").get("/result/"))
    assert "Noch sind keine Kosten bekannt" in page
    for address in ("/result/step/db1/", "/result/records/K001/"):
        assert "Noch sind keine Kosten bekannt" in text(signed_in("analyst").get(address))
    assert "Marge" in page
