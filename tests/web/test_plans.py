"""The planner and plans in the browser: sliders, whose customers, the way to approval, paper and files."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from kundenwert.flows import kept_plans, plan_preview
from kundenwert.register.book import Register

ACTIONS = """
[actions.visit]
channel = "visit"
changes = "orders"
effect = {low = 0.05, likely = 0.1, high = 0.2, source = "assumption", by = "Sales", on = 2025-10-01}
costs = {money = 3, visits = 1, hours = 1.5}

[actions.call]
channel = "phone"
advertising = false
changes = "orders"
effect = {low = 0.01, likely = 0.03, high = 0.05, source = "assumption", by = "Sales", on = 2025-10-01}
costs = {money = 1}
"""
OWN = "A. Okafor"
In = Callable[..., Client]


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    plan_preview.forget()


@pytest.fixture
def planning(room: Path) -> Path:
    """The small project with visits and calls."""
    with (room / "kundenwert.toml").open("a", encoding="utf-8") as file:
        file.write(ACTIONS)
    return room


def words(answer: object) -> str:
    """What stands in a page, as text."""
    return html.unescape(re.sub(r"\s+", " ", answer.content.decode())).replace("\u00a0", " ").replace("\u202f", " ")  # type: ignore[attr-defined]


def made(client: Client, **given: str) -> str:
    """The address of a plan that is made."""
    answer = client.post("/plans/make/", given)
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"])


def test_a_project_without_actions_leads_to_where_they_are_described(room: Path, signed_in: In) -> None:
    assert signed_in("manager").get("/plans/")["Location"] == "/plans/actions/"
    assert "Noch nichts, womit sich planen lässt" in words(signed_in("reader").get("/plans/"))
    assert "Noch nichts, womit sich planen lässt" in words(signed_in("field", managers=OWN).get("/plans/"))


def test_actions_are_described_with_numbers_as_people_write_them(room: Path, signed_in: In) -> None:
    client = signed_in("analyst", name="Jo Brandt")
    example = words(client.get("/plans/actions/?example=1"))
    assert "Diese Zahlen sind erfunden" in example
    given = {"visit_use": "1", "visit_money": "3,50", "visit_minutes": "90", "visit_low": "1", "visit_likely": "3,5", "visit_high": "6"}
    assert client.post("/plans/actions/", {**given, "visit_most": "2"})["Location"] == "/plans/"
    page = words(client.get("/plans/"))
    assert "angenommen von Jo Brandt" in page
    assert Register(room).log()[-1]["action"] == "describe actions"


def test_actions_that_are_there_can_be_changed_and_the_planner_says_how_often_one_customer_gets_them(planning: Path, signed_in: In) -> None:
    client = signed_in("manager", name="Jo Brandt")
    file = planning / "kundenwert.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("hours = 1.5}", "hours = 1.5}\nmost = 3"), encoding="utf-8")
    page = words(client.get("/plans/actions/"))
    assert "Mit 2 Maßnahmen lässt sich planen" in page
    assert "Angenommen von Sales am 01.10.2025." in page
    assert 'name="known0_most" value="3"' in page
    assert "höchstens 3-mal je Kunde" in words(client.get("/plans/"))
    twice = words(client.get("/plans/?limit_visits=6&action=visit&hold_out=0"))
    assert re.search(r"Für 6 Besuche bei [2-5] Kunden", twice)
    before = file.read_text(encoding="utf-8")
    typed = {"known0_name": "visit", "known0_most": "1", "known1_name": "call", "known1_money": "1"}
    assert client.post("/plans/actions/", typed)["Location"] == "/plans/"
    assert file.read_text(encoding="utf-8") == before.replace("most = 3", "most = 1")
    assert "Für 6 Besuche bei 6 Kunden" in words(client.get("/plans/?limit_visits=6&action=visit&hold_out=0"))
    assert "höchstens einmal je Kunde" in words(client.get("/plans/"))


def test_of_an_action_that_is_there_each_figure_is_checked(planning: Path, signed_in: In) -> None:
    client = signed_in("analyst")
    before = (planning / "kundenwert.toml").read_bytes()
    given = {
        "known0_name": "visit",
        "known0_most": "1,5",
        "known0_low": "3",
        "known0_likely": "2",
        "known0_high": "9",
        "known1_name": "call",
    }
    answer = client.post("/plans/actions/", {**given, "known1_money": "viel"})
    assert answer.status_code == 422
    for part in ("„1,5“", "„viel“ ist keine Zahl", 'value="1,5"'):
        assert part in words(answer)
    assert client.post("/plans/actions/", {**given, "known0_most": "2"}).status_code == 422
    assert client.post("/plans/actions/", {"known0_name": "pigeon", "known0_money": "1"}).status_code == 422
    assert (planning / "kundenwert.toml").read_bytes() == before
    assert signed_in("reader").post("/plans/actions/", given).status_code == 403


def test_plans_of_the_file_are_offered_with_what_there_is_of_them(planning: Path, signed_in: In) -> None:
    with (planning / "kundenwert.toml").open("a", encoding="utf-8") as file:
        file.write('[plans.visits]\ndecision = "allocation"\nactions = ["visit"]\nspan = "1w"\nlimits = {visits = 5}\n')
    client = signed_in("manager")
    page = words(client.get("/plans/"))
    assert '<option value="visits" selected>Besuche: 5 Besuche, 1 Woche</option>' in page
    assert ">Alle Maßnahmen, frei</option>" in page
    assert "Für 5 Besuche bei 5 Kunden" in page
    assert 'value="call"' not in page
    assert 'value="call"' in words(client.get("/plans/?plan=allocation"))


def test_how_long_the_means_are_to_last_is_set_beside_them(planning: Path, signed_in: In) -> None:
    client = signed_in("manager")
    page = words(client.get("/plans/"))
    assert 'name="span_count" min="1" step="1" value="12"' in page
    assert '<option value="m" selected>Monate</option>' in page
    given = {"span_count": "2", "span_unit": "w", "limit_visits": "4", "action": "visit", "hold_out": "0"}
    part = words(client.get("/plans/", given, headers={"HX-Request": "true"}))
    assert re.search(r'id="means-said" hx-swap-oob="true">[^<]*2025 bis \d\d\.\d\d\.2025', part)
    assert '<input type="hidden" name="span_count" value="2"><input type="hidden" name="span_unit" value="w">' in part
    name = made(client, **given).split("/")[3]
    content = kept_plans.kept(planning, name).content
    assert (content["span"], content["settings"]["span"]) == ("2w", "2w")


@pytest.mark.parametrize("count", ["0", "-1", "1,5", "bald", "11", "99999", ""])
def test_a_time_that_is_none_is_said_beside_it_and_the_file_holds(planning: Path, signed_in: In, count: str) -> None:
    client = signed_in("manager")
    page = client.get("/plans/", {"span_count": count, "span_unit": "y"})
    assert page.status_code == 200
    assert "ist kein Zeitraum" in words(page)
    assert f'name="span_count" min="1" step="1" value="{count}"' in words(page)
    part = words(client.get("/plans/", {"span_count": count, "span_unit": "y"}, headers={"HX-Request": "true"}))
    assert re.search(r'id="span-wrong"[^>]*hx-swap-oob="true">„', part)
    assert kept_plans.kept(planning, made(client, span_count=count, span_unit="y").split("/")[3]).content["span"] == "12m"


def test_where_a_large_run_must_be_read_first_a_slider_leads_to_the_page_that_waits(
    planning: Path, signed_in: In, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(plan_preview, "is_ready", lambda *of: asked.append(of[2:]) or False)
    client = signed_in("manager")
    answer = client.get("/plans/", {"span_count": "3", "span_unit": "m"}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/plans/?span_count=3&span_unit=m"
    assert asked == [("allocation", "3m")]


def test_what_is_wrong_with_an_action_is_said_and_what_was_typed_stays(room: Path, signed_in: In) -> None:
    answer = signed_in("analyst").post("/plans/actions/", {"visit_use": "1", "visit_money": "viel", "visit_likely": "3"})
    assert answer.status_code == 422
    assert "„viel“ ist keine Zahl" in words(answer)
    assert 'value="viel"' in answer.content.decode()
    assert not plan_preview.has_actions(room)


def test_a_moved_slider_brings_the_part_that_changes(planning: Path, signed_in: In) -> None:
    client = signed_in("manager")
    page = words(client.get("/plans/"))
    for part in ("Budget", "Besuche", "Arbeitszeit", "Kontrollgruppe", "Wessen Kunden"):
        assert part in page
    part = client.get("/plans/", {"limit_visits": "4", "action": "visit", "hold_out": "0"}, headers={"HX-Request": "true"})
    said = words(part)
    assert "<html" not in said
    assert 'id="finding"' in said
    assert "Für 4 Besuche bei 4 Kunden sind" in said
    assert '"mark":{"type":"area"' in said.replace(" ", "")
    assert said.count("1 Besuch<") == 4


def test_the_planner_answers_in_english_too(planning: Path, signed_in: In) -> None:
    page = words(signed_in("manager", language="en").get("/plans/?limit_visits=4&action=visit&hold_out=0"))
    assert "of additional contribution are expected for 4 visits to 4 customers" in page


@pytest.mark.parametrize(
    "given", ["limit_money=abc&limit_visits=-3&hold_out=x", "plan=none&action=none", "limit_money=1e400&manager=Niemand"]
)
def test_an_address_that_makes_no_sense_is_taken_as_far_as_it_does(planning: Path, signed_in: In, given: str) -> None:
    assert signed_in("manager").get(f"/plans/?{given}").status_code in (200, 422)


def test_field_sales_plan_among_their_own_customers_whatever_they_ask_for(planning: Path, signed_in: In) -> None:
    own = signed_in("field", managers=OWN)
    for address in ("/plans/?hold_out=0", "/plans/?hold_out=0&manager=B.+Lind"):
        page = words(own.get(address))
        assert "B. Lind" not in page.replace("manager=B.+Lind", "")
        customers = {int(one) for one in re.findall(r"Firma (\d{3}) GmbH", page)}
        assert customers
        assert {one % 3 for one in customers} == {0}
    name = made(own, manager="B. Lind", hold_out="0").split("/")[3]
    plan = kept_plans.kept(planning, name)
    assert plan.content["settings"]["only"] == [OWN]
    assert set(plan.lines["account_manager"].tolist()) == {OWN}


def test_field_sales_without_names_are_told_so(planning: Path, signed_in: In) -> None:
    assert "Ihnen ist noch kein Kunde zugeordnet" in words(signed_in("field", managers="").get("/plans/"))


def test_a_plan_is_made_submitted_and_approved_by_somebody_else(planning: Path, signed_in: In) -> None:
    author, second = signed_in("manager", "a@firma.example"), signed_in("manager", "b@firma.example")
    where = made(author, limit_visits="5", action="visit", hold_out="0")
    assert "Entwurf: noch nicht vorgelegt" in words(author.get(where))
    assert "Plan freigeben" not in words(second.get(where))
    assert author.post(f"{where}submit/")["Location"] == where
    assert "Plan freigeben" not in words(author.get(where))
    refused = author.post(f"{where}approve/")
    assert refused.status_code == 422
    assert "a@firma.example hat diesen Plan vorgelegt" in words(refused)
    assert "Plan freigeben" in words(second.get(where))
    assert second.post(f"{where}approve/")["Location"] == where
    assert "Freigegeben: Der Plan gilt" in words(author.get(where))
    assert "freigegeben von b@firma.example" in words(author.get(where))


def test_only_who_may_approve_gives_a_plan_of_others_back(planning: Path, signed_in: In) -> None:
    author = signed_in("analyst", "a@firma.example")
    where = made(author, hold_out="0")
    author.post(f"{where}submit/")
    assert signed_in("analyst", "c@firma.example").post(f"{where}return/", {"reason": "so"}).status_code == 403
    assert signed_in("manager").post(f"{where}return/", {"reason": "Zu teuer"}).status_code == 302
    assert "Zurückgegeben: Zu teuer" in words(author.get(where))


def test_nobody_finds_a_plan_for_customers_of_others(planning: Path, signed_in: In) -> None:
    where = made(signed_in("manager"), manager="B. Lind", hold_out="0")
    own = signed_in("field", managers=OWN)
    for address in (where, f"{where}print/"):
        assert own.get(address).status_code == 404
    for step in ("submit", "export"):
        assert own.post(f"{where}{step}/", {"format": "csv"}).status_code == 404
    assert "Noch kein Plan" in words(own.get("/plans/list/"))


def test_of_an_approved_plan_for_all_field_sales_see_their_lines_and_no_sum(planning: Path, signed_in: In) -> None:
    author, second = signed_in("manager", "a@firma.example"), signed_in("manager", "b@firma.example")
    where = made(author, hold_out="0", action="visit")
    author.post(f"{where}submit/")
    second.post(f"{where}approve/")
    own = signed_in("field", managers=OWN)
    page = words(own.get(where))
    assert "betreffen Ihre Kunden" in page
    assert {int(one) % 3 for one in re.findall(r"Firma (\d{3}) GmbH", page)} == {0}
    assert "Andere Verteilungen" not in page
    assert own.post(f"{where}export/", {"format": "csv"}).status_code == 403
    assert {int(one) % 3 for one in re.findall(r"Firma (\d{3}) GmbH", words(own.get(f"{where}print/")))} == {0}


def test_the_list_on_paper_has_a_box_for_each_visit_and_stands_in_the_log(planning: Path, signed_in: In) -> None:
    client = signed_in("manager")
    where = made(client, limit_visits="4", action="visit", hold_out="0")
    sheet = client.get(f"{where}print/")
    assert sheet.content.decode().count('class="box"') == 4
    assert "Firma" in words(sheet)
    assert Register(planning).log()[-1]["details"]["customers"] == 4
    assert signed_in("reader").get(f"{where}print/").status_code == 403


@pytest.mark.parametrize(("kind", "begins"), [("csv", b"customer_id;name;action"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_a_plan_goes_into_a_file_and_the_log_says_so(planning: Path, signed_in: In, kind: str, begins: bytes) -> None:
    client = signed_in("manager")
    where = made(client, limit_visits="4", action="visit", hold_out="0")
    answer = client.post(f"{where}export/", {"format": kind})
    assert answer.content.startswith(begins)
    assert answer["Content-Disposition"].endswith(f'.{kind}"')
    assert Register(planning).log()[-1]["details"]["customers"] == 4
    assert client.post(f"{where}export/", {"format": "exe"}).status_code == 404


def test_an_unknown_plan_is_not_there(planning: Path, signed_in: In) -> None:
    client = signed_in("manager")
    assert client.get("/plans/plan/none/").status_code == 404
    made(client, hold_out="0")
    assert client.get("/plans/plan/none/").status_code == 404


def test_moving_a_slider_takes_few_questions_to_the_database(planning: Path, signed_in: In, django_assert_max_num_queries: object) -> None:
    client = signed_in("manager")
    client.get("/plans/")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get("/plans/", {"limit_visits": "4"}, headers={"HX-Request": "true"})
