"""Every address and every role: an address without a rule, or a rule that lets in too many, fails here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kundenwert.web.rights import EVERYBODY, NOBODY, ROLES, RULES, allows


def _names(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            inside = f"{prefix}{one.namespace}:" if one.namespace else prefix
            yield from _names(one.url_patterns, inside)
        else:
            yield f"{prefix}{one.name}" if one.name else str(one.pattern), one


ADDRESSES = dict(_names(get_resolver().url_patterns))


def test_every_address_has_a_rule_and_every_rule_an_address() -> None:
    assert sorted(set(ADDRESSES) - set(RULES)) == []
    assert sorted(set(RULES) - set(ADDRESSES)) == []


def _address(pattern: URLPattern, name: str) -> str:
    from django.urls import reverse

    values = {"int": 1, "str": "x", "slug": "x", "uuid": "00000000-0000-0000-0000-000000000000", "path": "x"}
    kinds = {key: type(converter).__name__.removesuffix("Converter").lower() for key, converter in pattern.pattern.converters.items()}
    named = {key: values.get({"string": "str"}.get(kind, kind), "x") for key, kind in kinds.items()}
    regex = getattr(pattern.pattern, "regex", None)
    groups = dict.fromkeys(regex.groupindex if regex is not None and not kinds else {}, "x")
    return reverse(name, kwargs={**named, **groups})


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_nobody_gets_in_without_a_role_that_the_table_names(
    name: str, signed_in: Callable[..., Client], person: Callable[..., Any]
) -> None:
    address = _address(ADDRESSES[name], name)
    rule = RULES[name]
    person("admin", "first@firma.example")
    outside = Client(raise_request_exception=False).get(address)
    if rule is NOBODY:
        assert outside.status_code == 404
    elif rule is not EVERYBODY:
        assert outside.status_code == 302
        assert outside["Location"].startswith("/account/login/")
    for role in ROLES:
        client = signed_in(role)
        client.raise_request_exception = False
        answer = client.get(address)
        if allows(name, person(role)):
            assert answer.status_code != 403, role
        else:
            assert answer.status_code == (404 if rule is NOBODY else 403), role


@pytest.fixture
def clients(signed_in: Callable[..., Client], person: Callable[..., Any]) -> dict[str, Client]:
    """One of each role, and "" who is not signed in."""
    person("admin", "first@firma.example")
    found = {"": Client(), **{role: signed_in(role) for role in ROLES}}
    for client in found.values():
        client.raise_request_exception = False
    return found


@pytest.mark.django_db
def test_sending_a_form_needs_the_same_role_as_looking(clients: dict[str, Client], person: Callable[..., Any]) -> None:
    """No project, no record, no values: whoever may not, is refused before the form is looked at."""
    wrong = []
    for name, pattern in ADDRESSES.items():
        address, rule = _address(pattern, name), RULES[name]
        for role in ("", *ROLES):
            if rule is EVERYBODY or (role and allows(name, person(role))):
                continue
            expected = 404 if rule is NOBODY else 403 if role else 302
            for method in ("post", "put", "delete"):
                answer = getattr(clients[role], method)(address)
                if answer.status_code != expected or (expected == 302 and answer["Location"] != "/account/login/?next=/"):
                    wrong.append((name, role, method, answer.status_code))
    assert wrong == []


@pytest.mark.django_db
def test_programs_and_parts_of_pages_are_held_to_the_same_table(clients: dict[str, Client], person: Callable[..., Any]) -> None:
    wrong = []
    for name, pattern in ADDRESSES.items():
        address, rule = _address(pattern, name), RULES[name]
        if rule is EVERYBODY or rule is NOBODY:
            continue
        program = clients[""].get(address, headers={"Accept": "application/json"})
        part = clients[""].get(address, headers={"HX-Request": "true"})
        if program.status_code != 401 or part.content or not part.headers["HX-Redirect"].startswith("/account/login/"):
            wrong.append((name, ""))
        refused = next((role for role in ROLES if not allows(name, person(role))), None)
        for headers in ({"Accept": "application/json"}, {"HX-Request": "true"}):
            if refused and clients[refused].get(address, headers=headers).status_code != 403:
                wrong.append((name, refused))
    assert wrong == []


def test_no_role_may_do_more_than_the_administrator() -> None:
    from kundenwert.web.administration.people import _Somebody

    for name, rule in RULES.items():
        if any(rule.test(_Somebody(role)) for role in ROLES):
            assert rule.test(_Somebody("admin")), name


@pytest.mark.parametrize("name", ["overview:overview", "result:result", "models:models", "administration:audit", "administration:people"])
def test_field_sales_are_kept_from_what_concerns_the_whole_base(name: str) -> None:
    from kundenwert.web.administration.people import _Somebody

    assert not RULES[name].test(_Somebody("field"))


def test_readers_send_nothing_but_their_own_affairs() -> None:
    """Each address a reader may open and that changes something is named here."""
    from kundenwert.web.administration.people import _Somebody

    taken = {name for name, rule in RULES.items() if rule.test(_Somebody("reader"))}
    for word in ("export", "workbook", "sheet", "rate", "note", "weights", "approve", "submit", "forget", "example", "cancel", "schedule"):
        assert not {name for name in taken if name.split(":")[-1] == word}, word


# ---- records of others ----


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["customer", "lines", "more", "sheet"])
def test_another_persons_customer_looks_like_one_that_does_not_exist(part: str, room: Path, signed_in: Callable[..., Client]) -> None:
    """K001 is B. Lind's; no word, no status and no length may tell that there is such a customer."""
    client = signed_in("field", managers="A. Okafor")
    client.raise_request_exception = False
    theirs, none = (client.get(f"/customers/{part}/{number}/") for number in ("K001", "K999"))
    assert theirs.status_code == none.status_code == 404
    assert "Firma 001" not in theirs.content.decode()
    assert client.get(f"/customers/{part}/K003/").status_code != 404


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["rate", "note"])
def test_nothing_is_written_about_another_persons_customer(part: str, room: Path, signed_in: Callable[..., Client]) -> None:
    from kundenwert.register.book import Register
    from kundenwert.web.workspace.models import Note

    before = len(Register(room).log())
    client = signed_in("field", managers="A. Okafor")
    client.raise_request_exception = False
    answer = client.post(f"/customers/{part}/K001/", {"text": "x", "criterion": "x", "points": "5", "reason": "x"})
    assert answer.status_code in {403, 404}
    assert not Note.objects.exists()
    assert len(Register(room).log()) == before


@pytest.mark.django_db
def test_names_of_other_account_managers_and_their_customers_are_nowhere_in_the_list(room: Path, signed_in: Callable[..., Client]) -> None:
    client = signed_in("field", managers="A. Okafor")
    for query in ("", "?q=Firma+001", "?account_manager=B.+Lind", "?sort=-clv", "?region=Nord"):
        page = client.get(f"/customers/{query}").content.decode()
        assert "Firma 001 GmbH" not in page, query
        assert ">B. Lind<" not in page, query


@pytest.mark.django_db
def test_a_job_of_somebody_else_is_not_there(signed_in: Callable[..., Client], person: Callable[..., Any]) -> None:
    from kundenwert.web import jobs

    job = jobs.start("example", None, person("manager"), parent="/nowhere", company=False, language="de")
    for role in ("analyst", "field"):
        client = signed_in(role)
        assert client.get(f"/jobs/{job.pk}/").status_code == 404
        assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    job.refresh_from_db()
    assert not job.is_over


@pytest.mark.django_db
def test_a_saved_view_belongs_to_its_owner(room: Path, signed_in: Callable[..., Client], person: Callable[..., Any]) -> None:
    from kundenwert.web.workspace.models import Project, SavedView

    view = SavedView.objects.create(project=Project.objects.get(), owner=person("manager"), name="Meine", question={})
    client = signed_in("analyst")
    client.raise_request_exception = False
    client.post(f"/customers/views/{view.pk}/delete/")
    assert SavedView.objects.filter(pk=view.pk).exists()
    assert "Meine" not in client.get("/customers/views/").content.decode()
