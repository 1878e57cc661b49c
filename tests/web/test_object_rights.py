"""Field sales and the customers of others: not seen, counted, sorted by, exported or guessed, on any address."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kundenwert.web.rights import RULES

# K001 belongs to B. Lind, K003 to A. Okafor (see the small project in conftest).
OWN, STRANGE = "K003", "K001"


@pytest.fixture
def field(signed_in: Callable[..., Client], room: Path) -> Client:
    return signed_in("field", managers="A. Okafor")


def _addresses_of_one(customer: str) -> list[str]:
    names = ("customer", "more", "lines", "rate", "note", "sheet")
    found = [reverse(f"customers:{name}", args=[customer]) for name in names]
    return [*found, reverse("result:records", args=[customer])]


@pytest.mark.parametrize("address", _addresses_of_one(STRANGE))
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}, {"Accept": "application/json"}])
def test_a_strange_customer_is_answered_like_one_that_does_not_exist(field: Client, address: str, headers: dict[str, str]) -> None:
    unknown = address.replace(STRANGE, "K999")
    values = {"criterion": "Deckungsbeitrag", "points": "5", "reason": "weil", "text": "Notiz", "note": "Notiz"}
    for ask in (field.get, field.post):
        strange = ask(address, values, headers=headers)
        missing = ask(unknown, values, headers=headers)
        assert strange.status_code == missing.status_code
        assert strange.status_code in {403, 404, 405}
        assert b"Firma 001" not in strange.content
        assert strange.content.replace(STRANGE.encode(), b"K999").count(b"<") == missing.content.count(b"<")


def test_an_own_customer_is_shown(field: Client) -> None:
    answer = field.get(reverse("customers:customer", args=[OWN]))
    assert answer.status_code == 200
    assert b"Firma 003" in answer.content


def test_no_order_filter_or_search_of_the_list_shows_a_strange_customer(field: Client) -> None:
    orders = ("-value", "value", "name", "-name", "p_alive", "-last_purchase", "contribution_year")
    filters = ("", "q=Firma", f"q={STRANGE}", "region=Nord", "manager=B. Lind", "account_manager=B. Lind", "min_value=0", "max_value=1e9")
    strange = [f"Firma {number:03}".encode() for number in range(1, 61) if number % 3]
    for order, asked in itertools.product(orders, filters):
        answer = field.get(f"/customers/?sort={order}&{asked}")
        assert answer.status_code == 200
        assert not [name for name in strange if name in answer.content], (order, asked)


def test_what_an_administrator_looked_at_first_is_not_handed_on(
    field: Client, signed_in: Callable[..., Client], person: Callable[..., Any], room: Path
) -> None:
    boss = signed_in("admin")
    for address in ("/customers/", "/customers/?q=Firma", "/portfolio/", "/plans/"):
        boss.get(address)
        answer = field.get(address)
        assert b"Firma 001" not in answer.content
        assert b"Firma 002" not in answer.content
    again = boss.get("/customers/?sort=name")
    assert b"Firma 001" in again.content


def test_an_export_holds_own_customers_alone(field: Client) -> None:
    answer = field.post("/customers/export/?sort=name", {"format": "csv"})
    if answer.status_code == 405:
        answer = field.get("/customers/export/?sort=name&format=csv")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert b"Firma 003" in content
    assert b"Firma 001" not in content
    assert b"Firma 002" not in content


def test_the_screens_of_the_whole_base_are_closed(field: Client) -> None:
    for name in ("overview:overview", "result:result", "models:models", "imports:start", "administration:audit", "administration:people"):
        assert name in RULES
        assert field.get(reverse(name)).status_code == 403, name


def test_a_field_sales_account_without_names_sees_nobody(signed_in: Callable[..., Client], room: Path) -> None:
    client = signed_in("field", "nobody@firma.example")
    answer = client.get("/customers/")
    assert answer.status_code == 200
    assert b"Firma 0" not in answer.content
    assert client.get(reverse("customers:customer", args=[OWN])).status_code == 404


@pytest.mark.parametrize("address", ["/customers/", "/portfolio/", "/plans/", "/projects/", f"/customers/customer/{OWN}/"])
def test_what_a_person_sees_is_kept_by_nobody_on_the_way(field: Client, address: str) -> None:
    assert "private" in field.get(address).headers["Cache-Control"]
