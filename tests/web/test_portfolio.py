"""The screen of the portfolio: pictures that lead on, own customers alone for field sales, weights by form with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kundenwert.flows import portfolio_weights, screens
from kundenwert.register.book import Register
from kundenwert.reports.language import Language
from kundenwert.runs import store
from kundenwert.web.portfolio import matrix, words

SignedIn = Callable[..., Client]
EN = Language("en")


@pytest.fixture(scope="module", autouse=True)
def _ready(_small_project: Path) -> None:
    """The pages lie ready in the project that each test gets a copy of."""
    screens.prepare(_small_project, store.read(_small_project).name)


@pytest.fixture
def placed(room: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small project says too little for a portfolio: the screen is given one."""
    from kundenwert.web.portfolio import views

    monkeypatch.setattr(views.flow, "portfolio_page", lambda project, run, *, view, managers: page(view, managers))
    return room


def page(view: str = "nine", managers: frozenset[str] | None = None) -> dict[str, Any]:
    """A portfolio of two fields."""
    names = {"nine": ("withdraw", "invest_to_extend"), "four": ("incidental", "question")}[view]
    row = {"nine": 2, "four": 1}[view]
    top = {"customer_id": "K001", "name": "A & <b>", "class": "A", "p_alive": 0.9, "value": "900.00"}
    top |= {"contribution_year": "5.00", "change": None}
    field = {"customers": 3, "clv": "1.00", "change": None}
    low = {**field, "name": names[0], "row": 0, "column": 0, "value": "100.00", "contribution_year": "-20.00", "top": [], "share": 0.1}
    high = {**field, "name": names[1], "row": row, "column": row // 2, "value": "900.00", "contribution_year": "50.00", "top": [top]}
    if view == "four":
        high["column"] = 0
    spot = {**top, "field": names[1], "attractiveness": 8.0, "position": 4.0, "field_before": names[0]}
    criteria = [{"name": "growth", "weight": 0.5, "known": 0.8}, {"name": "tenure", "weight": 0.5, "known": 1.0}]
    return {
        "view": view,
        "as_of": "2025-10-31",
        "customers": 7 if managers is None else 6,
        "year": 2024,
        "has_portfolio": True,
        "fields": [low, {**high, "share": 0.9}],
        "without": 1,
        "limits": {"nine": [3.3, 6.7], "four": [5.0]}[view],
        "spots": [{**spot, "attractiveness_before": 3.0, "position_before": 2.0}],
        "before": "2024-10-31",
        "moves": [[names[0], names[1], 2], [names[1], names[0], 1]],
        "movers": [{"customer_id": "K001", "name": "A", "value": "900.00", "before": names[0], "now": names[1]}],
        "criteria": dict.fromkeys(portfolio_weights.SIDES, criteria),
    }


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_without_what_it_needs_the_page_says_what_would_help(room: Path, signed_in: SignedIn) -> None:
    shown = text(signed_in("analyst").get("/portfolio/"))
    assert "Für ein Portfolio ist zu wenig bekannt" in shown
    assert "Reklamationen" in shown


@pytest.mark.parametrize(("view", "link"), [("nine", "portfolio_nine=invest_to_extend"), ("four", "portfolio=question")])
def test_fields_lead_to_their_customers(view: str, link: str, placed: Path, signed_in: SignedIn) -> None:
    shown = text(signed_in("analyst").get(f"/portfolio/?view={view}"))
    assert shown.count(f'href="/customers/?{link}"') == 2
    assert "<h1>3 attraktive Kunden kaufen wenig bei uns; sie sind 900\xa0€ wert</h1>" in shown
    assert "Seit dem 31.10.2024 zogen 2 Kunden in ein besseres Feld und 1 in ein schlechteres" in shown


def test_names_of_customers_never_become_markup(placed: Path, signed_in: SignedIn) -> None:
    shown = text(signed_in("analyst").get("/portfolio/"))
    assert "<b>" not in re.sub(r"<b>Kund|<b>Punkte|<b>Krit", "", shown)
    assert "A &amp; &lt;b&gt;" in shown


def test_a_reader_and_field_sales_have_no_form(placed: Path, signed_in: SignedIn) -> None:
    for role in ("reader", "field"):
        client = signed_in(role, managers="A. Okafor" if role == "field" else "")
        shown = text(client.get("/portfolio/"))
        assert "/portfolio/weights/" not in shown
        assert client.post("/portfolio/weights/", {"reason": "x"}).status_code == 403
        assert client.get("/portfolio/workbook.xlsx").status_code == 403
    assert "eigene Kunden" in shown
    (listed,) = re.findall(r'href="(/customers/\?column=[^"]+)"', shown)
    assert signed_in("field", managers="A. Okafor").get(listed.replace("&amp;", "&")).status_code == 200


def _form(room: Path, **more: str) -> dict[str, str]:
    found = {
        f"{side}:{name}": f"{weight * 100:g}" for side, axis in portfolio_weights.weights(room).items() for name, weight in axis.items()
    }
    return {**found, "reason": "Growth counts", **more}


def test_weights_are_changed_with_a_reason_and_stand_in_the_log(placed: Path, signed_in: SignedIn) -> None:
    answer = signed_in("analyst").post("/portfolio/weights/", _form(placed, **{"attractiveness:growth": "30,5 %"}), follow=True)
    assert "Die nächste Bewertung nimmt sie." in text(answer)
    assert portfolio_weights.weights(placed)["attractiveness"]["growth"] == 30.5
    assert Register(placed).log()[-1]["action"] == portfolio_weights.ACTION
    assert "Growth counts" in text(signed_in("manager").get("/portfolio/"))


def test_a_form_with_mistakes_changes_nothing_and_keeps_the_reason(placed: Path, signed_in: SignedIn) -> None:
    before = (placed / "kundenwert.toml").read_bytes()
    client = signed_in("analyst")
    for field in ({"attractiveness:growth": "much"}, {"reason": " "}, {"attractiveness:growth": "-1"}, {"position:gender": "5"}):
        answer = client.post("/portfolio/weights/", _form(placed, **field))
        assert answer.status_code == 422, field
    assert (placed / "kundenwert.toml").read_bytes() == before
    assert "Growth counts" in client.post("/portfolio/weights/", _form(placed, **{"attractiveness:growth": "x"})).content.decode()
    assert client.get("/portfolio/weights/").status_code == 405


def test_the_workbook_is_taken_out_by_those_who_may_and_noted(room: Path, signed_in: SignedIn) -> None:
    answer = signed_in("analyst").get("/portfolio/workbook.xlsx")
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")
    assert Register(room).log()[-1]["action"] == "export"


def test_places_are_drawn_between_zero_and_ten() -> None:
    assert (matrix.x_of(0), matrix.x_of(10)) == (7.0, 100.0)
    assert (matrix.y_of(0), matrix.y_of(10)) == (508.0, 8.0)
    names = words.field_names("nine", EN)
    found = matrix.fields(page(), names, EN)
    assert [one["look"] for one in found] == ["field-out", "field-invest"]
    assert found[0]["count"] == "3 · 10%"


def test_the_area_of_a_bubble_is_the_value_of_the_customer() -> None:
    spots = [{**page()["spots"][0], "customer_id": f"K{place}", "value": value} for place, value in enumerate(("1600.00", "400.00"))]
    large, small = matrix.bubbles(spots, "EUR", EN)
    assert float(large["radius"]) == pytest.approx(2 * float(small["radius"]), abs=0.1)
    assert large["look"] == "up"
    assert matrix.look({**spots[0], "position_before": None}) == ""
    assert matrix.look({**spots[0], "position_before": 9.0, "attractiveness_before": 9.0}) == "down"


def test_words_of_a_field_stand_where_no_bubble_covers_them() -> None:
    names = words.field_names("nine", EN)
    free = matrix.fields(page(), names, EN)[0]
    assert (free["words_look"], free["count_y"]) == ("", f"{float(free['y']) + 18:.1f}")
    left = {"x": free["x"], "y": float(free["y"]) + 20, "radius": "25.0"}
    moved = matrix.fields(page(), names, EN, [left])[0]
    assert (moved["words_look"], moved["count_y"]) == ("end", free["count_y"])
    right = {"x": f"{float(free['x']) + float(free['width']):.2f}", "y": float(free["y"]) + 20, "radius": "25.0"}
    below = matrix.fields(page(), names, EN, [left, right])[0]
    assert float(below["count_y"]) > float(free["count_y"]) + 100


def test_numbers_of_customers_in_one_place_stand_side_by_side() -> None:
    spots = [{**page()["spots"][0], "customer_id": f"K{place}", "value": "1600.00"} for place in range(2)]
    first, second = matrix.bubbles(spots, "EUR", EN)
    assert first["x"] == second["x"]
    assert abs(float(first["text_x"]) - float(second["text_x"])) > 3
    (alone,) = matrix.bubbles(spots[:1], "EUR", EN)
    assert (alone["text_x"], float(alone["text_y"])) == (alone["x"], pytest.approx(float(alone["y"]) + 4.5, abs=0.1))


def test_a_field_that_loses_money_is_the_finding() -> None:
    names = words.field_names("nine", EN)
    assert words.fields_heading(page(), names, EN) == "The field “Withdraw” costs more than it brings"
    rows = words.field_rows(page(), names, EN)
    assert [(row["came"], row["left"]) for row in rows] == [("+2", "−1"), ("+1", "−2")]
