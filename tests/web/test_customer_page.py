"""The page of a customer: what it shows, what people do there, and what it keeps from those it is not for."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kundenwert.flows import customer_quick, seen
from kundenwert.flows.erasure import erase
from kundenwert.flows.objection import objection
from kundenwert.register.book import Register
from kundenwert.web.workspace.erase import forget, forget_everywhere
from kundenwert.web.workspace.models import Note, Project, SavedView

SignedIn = Callable[..., Client]
NOW = datetime(2025, 11, 2, tzinfo=UTC)
# K001 is of B. Lind, K002 of C. Sommer (customer % 3).
PAGES = ("customer", "more", "lines", "sheet")


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(seen, "_TOLD", {})
    yield
    customer_quick.forget()


def page(client: Client, who: str = "K001", what: str = "customer", **more: Any) -> str:
    answer = client.get(f"/customers/{what}/{who}/", more)
    assert answer.status_code == 200
    return answer.content.decode()


def without_token(shown: str) -> str:
    """A page without what differs in every answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", shown)


def test_the_heading_is_the_finding_and_the_lines_add_up(room: Path, signed_in: SignedIn) -> None:
    shown = page(signed_in("analyst"))
    assert "<h1>Firma 001 GmbH ist " in shown
    assert "Summenprobe 0,00\xa0€" in shown
    assert "/customers/lines/K001/?year=2024" in shown


@pytest.mark.parametrize("what", PAGES)
def test_nobody_on_the_way_keeps_a_copy(room: Path, signed_in: SignedIn, what: str) -> None:
    assert "no-store" in signed_in("analyst").get(f"/customers/{what}/K001/")["Cache-Control"]


def test_the_second_part_comes_by_itself_or_by_a_link(room: Path, signed_in: SignedIn) -> None:
    client = signed_in("analyst")
    first = page(client)
    assert 'hx-get="/customers/more/K001/"' in first
    assert 'id="points"' not in first
    assert 'id="points"' in page(client, what="more")
    assert 'id="points"' in page(client, all="")


def test_neither_style_nor_script_stands_in_the_page(room: Path, signed_in: SignedIn) -> None:
    client = signed_in("analyst")
    for shown in (page(client, all=""), page(client, what="lines")):
        assert " style=" not in shown
        assert " onclick" not in shown
        assert "<script>" not in shown


@pytest.mark.parametrize("what", PAGES)
def test_a_customer_of_others_is_missing_for_field_sales_like_nobody(room: Path, signed_in: SignedIn, what: str) -> None:
    client = signed_in("field", managers="B. Lind")
    assert client.get(f"/customers/{what}/K001/").status_code == 200
    others, nobody = (client.get(f"/customers/{what}/{who}/") for who in ("K002", "K999"))
    assert (others.status_code, nobody.status_code) == (404, 404)
    assert without_token(others.content.decode()) == without_token(nobody.content.decode())


@pytest.mark.parametrize("what", ["rate", "note"])
def test_nobody_writes_about_customers_of_others(room: Path, signed_in: SignedIn, what: str) -> None:
    client = signed_in("field", managers="B. Lind")
    given = {"text": "x", "criterion": "Imagefaktor", "points": "5", "reason": "x"}
    assert client.post(f"/customers/{what}/K002/", given).status_code == 404
    assert Note.objects.count() == 0
    assert not Register(room).rows("ratings")


def test_a_customer_of_others_leaves_no_trace_in_the_log_of_looks(room: Path, signed_in: SignedIn) -> None:
    signed_in("field", managers="B. Lind").get("/customers/customer/K002/")
    assert [one for one in Register(room).log() if one["action"] == "read"] == []


def test_a_look_is_noted_once_and_without_the_number(room: Path, signed_in: SignedIn) -> None:
    client = signed_in("analyst")
    page(client)
    page(client)
    page(client, what="more")
    looks = [one for one in Register(room).log() if one["action"] == "read"]
    assert [one["details"]["what"] for one in looks] == ["customer"]
    assert "K001" not in str(looks)
    (look,) = seen.looks(room, "K001", ["analyst@firma.example"])
    assert look.by == "analyst@firma.example"


def test_the_sheet_is_noted_as_taken_out(room: Path, signed_in: SignedIn) -> None:
    answer = signed_in("analyst").get("/customers/sheet/K001/")
    assert answer["Content-Type"] == "application/pdf"
    last = Register(room).log()[-1]
    assert (last["action"], last["details"]) == ("export", {"what": "account sheet", "customers": 1})


def test_a_reader_sees_but_neither_rates_nor_exports(room: Path, signed_in: SignedIn) -> None:
    client = signed_in("reader")
    shown = page(client, all="")
    assert "/customers/rate/" not in shown
    assert "/customers/note/" not in shown
    assert "/customers/sheet/" not in shown
    assert client.get("/customers/sheet/K001/").status_code == 403


# ---- rating -----------------------------------------------------------------------------------------------------------


def test_a_rating_goes_to_the_register_with_its_reason(room: Path, signed_in: SignedIn) -> None:
    client = signed_in("analyst", name="Jana Brandt")
    answer = client.post("/customers/rate/K001/", {"criterion": "Imagefaktor", "points": "7,5", "reason": "bekannt im Ort"})
    assert answer["Location"] == "/customers/customer/K001/#points"
    (row,) = Register(room).rows("ratings")
    assert (row.by, row.content["points"], row.content["reason"]) == ("Jana Brandt", "7.5", "bekannt im Ort")
    assert "bekannt im Ort" in page(client, what="more")


def test_what_is_wrong_with_a_rating_is_told_beside_what_was_typed(room: Path, signed_in: SignedIn) -> None:
    answer = signed_in("analyst").post("/customers/rate/K001/", {"criterion": "Imagefaktor", "points": "zwölf", "reason": " "})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="zwölf"' in shown
    assert '<option value="Imagefaktor" selected>' in shown
    assert shown.count('role="alert"') == 2
    assert not Register(room).rows("ratings")


NASTY = (
    *({"points": text} for text in ("\0", "NaN", "1e999", "٣", "\u202e7", "")),
    *({"reason": text} for text in ("\0", "x" * 5000, "<b>gut</b>")),
    *({"criterion": text} for text in ("", "'; drop table")),
)


def test_whatever_is_typed_into_the_form_the_page_comes_back(room: Path, signed_in: SignedIn) -> None:
    client = signed_in("analyst")
    for given in NASTY:
        answer = client.post("/customers/rate/K001/", {"criterion": "Imagefaktor", "points": "7", "reason": "gut", **given})
        assert answer.status_code in {302, 422}, given
    judged = {row.content["points"] for row in Register(room).rows("ratings")}
    assert judged <= {"7", "3"}


@pytest.mark.parametrize("who", ["%00", "K001%00", "%E2%80%AEK001", "a/b", "..%2f..", "K001'--", "%F0%9F%98%80", "K" * 3000])
def test_whatever_stands_for_a_number_is_missing(room: Path, signed_in: SignedIn, who: str) -> None:
    client = signed_in("analyst")
    assert client.get(f"/customers/customer/{who}/").status_code == 404
    assert client.post(f"/customers/note/{who}/", {"text": "x"}).status_code == 404


# ---- notes ------------------------------------------------------------------------------------------------------------


def test_a_note_is_added_with_who_and_when_and_no_markup(room: Path, signed_in: SignedIn) -> None:
    client = signed_in("analyst", name="Jana Brandt")
    client.post("/customers/note/K001/", {"text": "Messe besucht <script>"})
    shown = page(client)
    assert "Messe besucht &lt;script&gt;" in shown
    assert "<b>Jana Brandt, " in shown
    assert "Messe besucht" not in page(client, "K002")


@pytest.mark.parametrize(("text", "told"), [(" \0 ", "Es steht noch nichts da."), ("x" * 2001, "höchstens 2.000 Zeichen")])
def test_a_note_says_what_is_wrong_with_it(room: Path, signed_in: SignedIn, text: str, told: str) -> None:
    answer = signed_in("analyst").post("/customers/note/K001/", {"text": text})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Note.objects.count() == 0


def test_notes_never_reach_a_log(room: Path, signed_in: SignedIn, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        signed_in("analyst").post("/customers/note/K001/", {"text": "ganz vertraulich"})
    assert "vertraulich" not in caplog.text


def test_notes_of_an_erased_customer_are_not_shown_and_go(room: Path, signed_in: SignedIn) -> None:
    client = signed_in("analyst")
    for who, text in (("K001", "zum Kunden"), ("K002", "war mit K001 da"), ("K003", "bleibt")):
        client.post(f"/customers/note/{who}/", {"text": text})
    erase(room, "K001", by="Eva", clock=NOW)
    assert client.get("/customers/customer/K001/").status_code == 404
    assert forget_everywhere() >= 1
    left = set(Note.objects.values_list("customer_id", flat=True))
    assert "K001" not in left
    assert "K003" in left


def test_what_names_a_customer_can_be_forgotten_by_number(room: Path, signed_in: SignedIn) -> None:
    client = signed_in("analyst")
    client.post("/customers/note/K001/", {"text": "a"})
    client.post("/customers/note/K002/", {"text": "b"})
    assert forget(room, "K001") == 1
    assert list(Note.objects.values_list("customer_id", flat=True)) == ["K002"]


def test_a_kept_view_that_searches_for_an_erased_customer_goes(room: Path, person: Callable[..., Any]) -> None:
    entry, owner = Project.objects.get(), person("analyst")
    for name, search in (("eine", "K001"), ("andere", "Nord")):
        SavedView.objects.create(project=entry, owner=owner, name=name, question={"filters": {"search": search}, "columns": ["value"]})
    erase(room, "K001", by="Eva", clock=NOW)
    forget_everywhere()
    assert list(SavedView.objects.values_list("name", flat=True)) == ["andere"]


# ---- the rest ---------------------------------------------------------------------------------------------------------


def test_who_objected_has_no_forecast(room: Path, signed_in: SignedIn) -> None:
    objection(room, "K001", reason="Brief", by="Eva", clock=NOW)
    shown = page(signed_in("analyst"), all="")
    assert "Firma 001 GmbH: Widerspruch gegen die Bewertung" in shown
    assert "Erwartet 20" not in shown
    assert 'id="alive"' not in shown
    assert "/customers/rate/" not in shown


def test_lines_of_a_year_are_those_of_the_figure(room: Path, signed_in: SignedIn) -> None:
    shown = page(signed_in("analyst"), what="lines", year=2024)
    assert "2025</th>" not in shown
    assert ".2024</th>" in shown


@pytest.mark.parametrize("wrong", [{"page": "999"}, {"page": "3", "year": "1900"}])
def test_a_page_of_lines_that_is_not_there_is_missing(room: Path, signed_in: SignedIn, wrong: dict[str, str]) -> None:
    assert signed_in("analyst").get("/customers/lines/K001/", wrong).status_code == 404


def test_a_page_asks_the_database_for_little(room: Path, signed_in: SignedIn, django_assert_max_num_queries: Any) -> None:
    client = signed_in("analyst")
    page(client)
    with django_assert_max_num_queries(6):
        page(client)


def test_the_page_speaks_english_too(room: Path, signed_in: SignedIn) -> None:
    shown = page(signed_in("analyst", language="en"))
    assert "<h1>Firma 001 GmbH is worth " in shown
    assert "Check of the sum: €0.00" in shown
