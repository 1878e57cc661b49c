"""Administration: who may sign in, as what; what nobody may do to himself; what is recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from kundenwert.web.accounts.models import User
from kundenwert.web.rights import ROLES, RULES

pytestmark = pytest.mark.django_db
PASSWORD = "richtig-Pferd-Batterie-7"  # of all accounts in conftest
RITA = {"name": "Rita Reader", "email": "Rita@Firma.example", "role": "reader", "account_managers": ""}


@pytest.fixture
def admin(signed_in: Callable[..., Client]) -> Client:
    return signed_in("admin")


def of(user: Any, **changes: Any) -> dict[str, Any]:
    """The form of an account with some fields changed."""
    values = {"name": user.name, "email": user.email, "role": user.role, "account_managers": user.account_managers, "is_active": "on"}
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def page_of(user: Any) -> str:
    return reverse("administration:person", args=[user.pk])


def test_a_new_person_gets_a_link_that_is_shown_once(admin: Client) -> None:
    answer = admin.post("/administration/people/new/", RITA)
    rita = User.objects.get(email="rita@firma.example")
    assert 'readonly value="http://testserver/account/password/' in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert not rita.has_usable_password()
    assert "/account/password/" not in admin.get(page_of(rita)).content.decode()


def test_the_link_carries_the_public_address(admin: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://values.example.com"
    assert 'value="https://values.example.com/account/password/' in admin.post("/administration/people/new/", RITA).content.decode()


def test_an_address_is_given_once_whatever_its_capitals(admin: Client, person: Callable[..., Any]) -> None:
    person("reader", "rita@firma.example")
    assert "Diese Adresse hat schon jemand" in admin.post("/administration/people/new/", RITA).content.decode()
    assert User.objects.count() == 2


def test_a_changed_role_counts_at_the_next_click(admin: Client, person: Callable[..., Any], signed_in: Callable[..., Client]) -> None:
    ada = person("analyst")
    theirs = signed_in("analyst")
    assert theirs.get("/jobs/").status_code == 200
    assert admin.post(page_of(ada), of(ada, role="reader")).status_code == 302
    assert theirs.get("/jobs/").status_code == 403


def test_whoever_is_switched_off_is_signed_out_everywhere(admin: Client, person: Callable[..., Any]) -> None:
    rita = person("reader")
    theirs = Client()
    theirs.post("/account/login/", {"login": rita.email, "password": PASSWORD})
    assert theirs.get("/account/settings/").status_code == 200
    assert admin.post(page_of(rita), of(rita, is_active=None)).status_code == 302
    assert theirs.get("/account/settings/").status_code == 302
    assert not theirs.session.get("_auth_user_id")
    assert not User.objects.get(pk=rita.pk).is_active


def test_a_new_link_ends_password_and_sessions(admin: Client, person: Callable[..., Any]) -> None:
    rita = person("reader")
    theirs = Client()
    theirs.post("/account/login/", {"login": rita.email, "password": PASSWORD})
    assert admin.post(reverse("administration:link", args=[rita.pk])).status_code == 200
    assert theirs.get("/account/settings/").status_code == 302
    assert not User.objects.get(pk=rita.pk).has_usable_password()


def _on(user: Any, device: str) -> Client:
    client = Client(headers={"User-Agent": f"Mozilla/5.0 ({device}) Firefox/140.0"})
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return client


def _end(user: Any, client: Client) -> str:
    number = UserSession.objects.get(session_key=client.session.session_key).pk
    return reverse("administration:end_session", args=[user.pk, number])


def test_an_administrator_ends_one_session_of_somebody_and_it_is_recorded(admin: Client, person: Callable[..., Any]) -> None:
    rita = person("reader")
    office, home = _on(rita, "Windows NT 10.0"), _on(rita, "X11; Linux x86_64")
    page = admin.get(page_of(rita)).content.decode()
    assert "Firefox, Windows" in page
    assert "zuletzt gesehen" in page
    assert admin.post(_end(rita, home)).status_code == 302
    assert [one.get("/account/settings/").status_code for one in (office, home)] == [200, 302]
    assert "Sitzung beendet: Firefox, Linux" in admin.get("/administration/changes/").content.decode()
    # Ending all others is recorded in the same way.
    third = _on(rita, "Macintosh; Mac OS X")
    assert office.post("/account/sessions/").status_code == 302
    assert third.get("/account/settings/").status_code == 302
    assert "Sitzung beendet: Firefox, macOS" in admin.get("/administration/changes/").content.decode()


def test_a_session_is_ended_only_at_the_account_it_belongs_to(admin: Client, person: Callable[..., Any]) -> None:
    rita, ada = person("reader"), person("analyst")
    theirs = _on(rita, "X11; Linux x86_64")
    assert admin.post(_end(ada, theirs)).status_code == 404
    assert theirs.get("/account/settings/").status_code == 200
    own = admin.post(_end(person("admin"), theirs))
    assert own["Location"] == "/account/settings/"
    assert theirs.get("/account/settings/").status_code == 200


def test_the_last_administrator_can_be_neither_demoted_nor_switched_off(
    person: Callable[..., Any], signed_in: Callable[..., Client]
) -> None:
    one, other = person("admin", "one@firma.example"), person("admin", "two@firma.example")
    client = signed_in("admin", "one@firma.example")
    assert client.post(page_of(other), of(other, role="reader")).status_code == 302
    # Now the second one may no longer, and the first one is the last; nobody else could change him either.
    for changes in ({"role": "reader"}, {"is_active": None}):
        answer = client.post(page_of(one), of(one, **changes))
        assert answer.status_code == 200
        assert "das letzte Konto der Verwaltung" in answer.content.decode()
    assert User.objects.get(pk=one.pk).role == "admin"


@pytest.mark.parametrize("changes", [{"role": "dpo"}, {"is_active": None}])
def test_nobody_changes_his_own_role(changes: dict[str, Any], person: Callable[..., Any], signed_in: Callable[..., Client]) -> None:
    person("admin", "two@firma.example")
    one = person("admin")
    answer = signed_in("admin").post(page_of(one), of(one, **changes))
    assert answer.status_code == 200
    assert "Niemand ändert die eigene Rolle" in answer.content.decode()
    assert User.objects.get(pk=one.pk).role == "admin"
    assert User.objects.get(pk=one.pk).is_active


@pytest.mark.parametrize("name", ["administration:link", "administration:second_factor"])
def test_an_administrator_resets_others_not_himself(name: str, admin: Client, person: Callable[..., Any]) -> None:
    one = person("admin")
    assert admin.post(reverse(name, args=[one.pk]))["Location"] == "/account/settings/"
    assert User.objects.get(pk=one.pk).has_usable_password()


def test_a_lost_telephone_is_taken_away(admin: Client, person: Callable[..., Any]) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    rita = person("reader")
    TOTP.activate(rita, generate_totp_secret())
    assert admin.post(reverse("administration:second_factor", args=[rita.pk])).status_code == 302
    assert not Authenticator.objects.filter(user=rita).exists()
    theirs = Client()
    assert theirs.post("/account/login/", {"login": rita.email, "password": PASSWORD})["Location"] == "/"


# ---- field sales ----


def test_field_sales_choose_from_the_account_managers_of_the_project(room: Path, admin: Client) -> None:
    page = admin.get("/administration/people/new/").content.decode()
    assert "A. Okafor, 20 Kunden" in page
    admin.post("/administration/people/new/", {**RITA, "role": "field", "chosen": ["A. Okafor", "B. Lind"], "account_managers": "D. Neu"})
    rita = User.objects.get(email="rita@firma.example")
    assert rita.manager_names == ("A. Okafor", "B. Lind", "D. Neu")
    shown = admin.get(page_of(rita)).context["form"]
    assert (shown.initial["chosen"], shown.initial["account_managers"]) == (["A. Okafor", "B. Lind"], "D. Neu")


def test_names_that_are_no_account_managers_cannot_be_ticked(room: Path, admin: Client) -> None:
    answer = admin.post("/administration/people/new/", {**RITA, "role": "field", "chosen": ["Somebody"]})
    assert answer.status_code == 200
    assert not User.objects.filter(email="rita@firma.example").exists()


@pytest.mark.parametrize("with_project", [True, False])
def test_field_sales_without_a_name_are_refused(with_project: bool, admin: Client, request: pytest.FixtureRequest) -> None:
    if with_project:
        request.getfixturevalue("room")
    answer = admin.post("/administration/people/new/", {**RITA, "role": "field"})
    assert "sähe diese Person keinen Kunden" in answer.content.decode()


# ---- what is recorded ----


def test_changes_are_recorded_with_who_and_what_and_no_password(admin: Client, person: Callable[..., Any]) -> None:
    from auditlog.models import LogEntry

    rita = person("reader", "rita@firma.example", name="Rita Reader")
    admin.post(page_of(rita), of(rita, role="analyst"))
    admin.post(reverse("administration:link", args=[rita.pk]))
    page = admin.get("/administration/changes/").content.decode()
    assert "Rolle: Leser → Analyst" in page
    assert "Link für ein neues Passwort erzeugt" in page
    assert ">Admin<" in page
    assert not [entry for entry in LogEntry.objects.all() if "password" in str(entry.changes)]
    assert not LogEntry.objects.exclude(remote_addr=None).exists()


def test_roles_are_told_from_the_table_that_decides(signed_in: Callable[..., Client]) -> None:
    from kundenwert.web.administration.people import _ABILITIES, _Somebody

    lines = signed_in("reader").get("/administration/roles/").context["lines"]
    told = [marks for _, marks in lines]
    assert told == [[RULES[name].test(_Somebody(role)) for role in ROLES] for _, name in _ABILITIES if name in RULES]
    assert len(told) >= 6
