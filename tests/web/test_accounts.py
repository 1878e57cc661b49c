"""The first start, one-time links, what people set for themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kundenwert.web.accounts import first
from kundenwert.web.accounts.links import person_of

pytestmark = pytest.mark.django_db
PASSWORD = "richtig-Pferd-Batterie-7"  # of all accounts in conftest
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ANNA = {"name": "Anna Admin", "email": "Anna@Firma.example", "password": "Ein-langer-Satz-hilft-7"}


@pytest.fixture(autouse=True)
def _nobody() -> Iterator[None]:
    first.forget()
    yield
    first.forget()


@pytest.mark.parametrize("address", ["/", "/account/login/", "/projects/", "/administration/people/", "/overview/", "/jobs/"])
def test_every_page_leads_to_the_first_start_as_long_as_there_is_no_account(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, "/account/first/")


def test_the_first_account_is_an_administrator_who_is_signed_in_and_sees_the_projects(client: Client) -> None:
    from allauth.usersessions.models import UserSession

    from kundenwert.web.accounts.models import User

    answer = client.post("/account/first/", ANNA)
    assert (answer.status_code, answer["Location"]) == (302, "/projects/")
    anna = User.objects.get()
    assert (anna.email, anna.role, anna.name) == ("anna@firma.example", "admin", "Anna Admin")
    assert UserSession.objects.filter(user=anna).count() == 1
    page = client.get("/projects/")
    assert page.status_code == 200
    assert b'value="demo"' in page.content
    assert b'value="company"' in page.content


def test_there_is_no_second_first_start(client: Client) -> None:
    client.post("/account/first/", ANNA)
    other = Client()
    assert other.get("/account/first/").status_code == 404
    assert other.post("/account/first/", {**ANNA, "email": "b@firma.example"}).status_code == 404


@pytest.mark.parametrize("password", ["kurz", "password1234", "123456789012345", "anna@firma.example"])
def test_a_weak_password_is_refused_with_the_reason_and_the_rest_is_kept(client: Client, password: str) -> None:
    from kundenwert.web.accounts.models import User

    answer = client.post("/account/first/", {**ANNA, "password": password})
    assert answer.status_code == 200
    assert b'class="error"' in answer.content
    assert b"Anna@Firma.example" in answer.content
    assert f'value="{password}"'.encode() not in answer.content
    assert not User.objects.exists()


def test_where_others_reach_the_server_the_key_of_the_terminal_is_needed(client: Client, settings: Any) -> None:
    from kundenwert.web.accounts.models import User

    settings.PUBLIC_URL = "https://values.example.com"
    assert first.key() in first.announcement()
    for wrong in ({}, {"key": ""}, {"key": "guessed"}):
        assert client.post("/account/first/", {**ANNA, **wrong}).status_code == 200
        assert not User.objects.exists()
    file = settings.HOME.folder / "first-start.key"
    assert file.stat().st_mode & 0o077 == 0
    assert client.post("/account/first/", {**ANNA, "key": first.key()}).status_code == 302
    assert not file.exists()
    assert first.announcement() == ""


def test_on_this_machine_alone_no_key_is_asked_for(client: Client, settings: Any) -> None:
    assert b'name="key"' not in client.get("/account/first/").content
    assert first.announcement() == ""
    assert not (settings.HOME.folder / "first-start.key").exists()


def test_somebody_who_was_slower_gets_no_account(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both saw the empty page; the second one finds the first account inside of the transaction."""
    from kundenwert.web.accounts.models import User

    client.post("/account/first/", ANNA)
    monkeypatch.setattr(first, "is_first", lambda: True)
    late = Client()
    assert late.post("/account/first/", {**ANNA, "email": "b@firma.example"}).status_code == 404
    assert "_auth_user_id" not in late.session
    assert User.objects.count() == 1


# ---- one-time links ----


@pytest.fixture
def link(person: Callable[..., Any], signed_in: Callable[..., Client]) -> str:
    """A link for Rita, made by an administrator."""
    rita = person("reader", "rita@firma.example", name="Rita Reader")
    page = signed_in("admin").post(reverse("administration:link", args=[rita.pk])).content.decode()
    return page.split('readonly value="http://testserver')[1].split('"')[0]


NEW = {"new_password1": "Ein-anderer-Satz-8", "new_password2": "Ein-anderer-Satz-8"}


def test_a_link_sets_a_password_once(link: str) -> None:
    outside = Client()
    assert "Rita Reader" in outside.get(link).content.decode()
    assert outside.post(link, NEW)["Location"] == "/account/login/"
    assert outside.get(link).status_code == 410
    assert outside.post(link, NEW).status_code == 410
    answer = outside.post("/account/login/", {"login": "rita@firma.example", "password": NEW["new_password1"]})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_link_is_over_after_three_days(link: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth.tokens import PasswordResetTokenGenerator

    assert settings.PASSWORD_RESET_TIMEOUT == 72 * 3600
    made = PasswordResetTokenGenerator()._now()
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: made + timedelta(hours=71))
    assert Client().get(link).status_code == 200
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: made + timedelta(hours=73))
    assert Client().get(link).status_code == 410


def test_a_newer_link_ends_the_earlier_one(link: str, person: Callable[..., Any], signed_in: Callable[..., Client]) -> None:
    signed_in("admin").post(reverse("administration:link", args=[person("reader", "rita@firma.example").pk]))
    assert Client().get(link).status_code == 410


def test_a_link_is_no_use_for_somebody_who_may_not_sign_in(link: str, person: Callable[..., Any]) -> None:
    rita = person("reader", "rita@firma.example")
    rita.is_active = False
    rita.save()
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize("number", ["", "x", "MQ", "_" * 400, "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "gICA"])
def test_a_made_up_link_opens_nothing(number: str, person: Callable[..., Any]) -> None:
    person("admin")
    assert person_of(number, "abc-def") is None


# ---- own settings ----


def test_language_and_numbers_are_kept_in_the_account_and_shown_at_once(signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    client.post("/account/settings/", {"name": "Ada Analyst", "language": "en", "numbers": "de"})
    page = client.get("/account/settings/")
    assert page.headers["Content-Language"] == "en"
    assert "Saved." in page.content.decode()
    assert "Ada Analyst" in page.content.decode()


def test_own_settings_change_neither_role_nor_address(signed_in: Callable[..., Client], person: Callable[..., Any]) -> None:
    client = signed_in("reader")
    client.post(
        "/account/settings/",
        {"name": "R", "language": "de", "role": "admin", "email": "x@y.example", "is_active": "", "account_managers": "A"},
    )
    rita = person("reader")
    assert (rita.role, rita.email, rita.is_active, rita.account_managers) == ("reader", "reader@firma.example", True, "")


def test_a_changed_password_ends_other_sessions_not_this_one(person: Callable[..., Any]) -> None:
    rita = person("reader")
    here, there = Client(), Client()
    for one in (here, there):
        assert one.post("/account/login/", {"login": rita.email, "password": PASSWORD}).status_code == 302
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "Ein-neuer-Satz-99", "password2": "Ein-neuer-Satz-99"})
    assert here.get("/account/settings/").status_code == 200
    assert there.get("/account/settings/").status_code == 302


def test_other_sessions_are_listed_and_can_be_ended(person: Callable[..., Any]) -> None:
    rita = person("reader")
    here, there = Client(), Client()
    for one in (here, there):
        one.post(
            "/account/login/",
            {"login": rita.email, "password": PASSWORD},
            headers={"User-Agent": BROWSER},
        )
    page = here.get("/account/sessions/").content.decode()
    assert page.count(">Firefox, Linux<") == 2
    assert here.post("/account/sessions/").status_code == 302
    assert here.get("/account/sessions/").content.decode().count(">Firefox, Linux<") == 1
    assert there.get("/account/settings/").status_code == 302


PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


def _at(user: Any, device: str) -> Client:
    """Somebody signed in on a device."""
    client = Client(headers={"User-Agent": device})
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return client


def _session_of(client: Client) -> Any:
    from allauth.usersessions.models import UserSession

    return UserSession.objects.get(session_key=client.session.session_key)


def test_one_of_the_own_sessions_is_ended_alone(person: Callable[..., Any]) -> None:
    rita = person("reader")
    here, phone, other = _at(rita, BROWSER), _at(rita, PHONE), _at(rita, BROWSER)
    page = here.get("/account/sessions/").content.decode()
    assert "Safari, iPhone" in page
    assert page.count("jetzt, diese hier") == 1
    answer = here.post(f"/account/sessions/{_session_of(phone).pk}/end/", follow=True).content.decode()
    assert "Die Sitzung ist beendet: Safari, iPhone" in answer
    assert [one.get("/account/settings/").status_code for one in (here, phone, other)] == [200, 302, 200]


def test_nobody_ends_the_session_of_another(person: Callable[..., Any]) -> None:
    rita = _at(person("reader"), BROWSER)
    number = _session_of(rita).pk
    for role in ("analyst", "field", "manager", "dpo", "admin"):
        somebody = _at(person(role), BROWSER)
        assert somebody.post(f"/account/sessions/{number}/end/").status_code == 404, role
        if role != "admin":
            answer = somebody.post(f"/administration/people/{person('reader').pk}/sessions/{number}/end/")
            assert answer.status_code == 403, role
    assert rita.get("/account/settings/").status_code == 200


def test_the_session_in_use_is_ended_by_signing_out(person: Callable[..., Any]) -> None:
    here = _at(person("reader"), BROWSER)
    answer = here.post(f"/account/sessions/{_session_of(here).pk}/end/")
    assert answer["Location"] == "/account/logout/"
    assert here.get("/account/settings/").status_code == 200


def test_the_list_tells_when_a_session_was_last_used(person: Callable[..., Any]) -> None:
    from datetime import timedelta

    from allauth.usersessions.models import UserSession
    from django.utils import timezone

    here = _at(person("reader"), BROWSER)
    number, then = _session_of(here).pk, timezone.now() - timedelta(hours=2)
    UserSession.objects.filter(pk=number).update(last_seen_at=then)
    here.get("/account/settings/")
    seen = UserSession.objects.get(pk=number).last_seen_at
    assert seen - then > timedelta(hours=1)
    # Clicks within some minutes write nothing.
    here.get("/account/settings/")
    assert UserSession.objects.get(pk=number).last_seen_at == seen


# ---- projects ----


def test_field_sales_do_not_see_what_all_customers_are_worth(room: Path, signed_in: Callable[..., Client]) -> None:
    seen, cut = (signed_in(role, managers="A. Okafor").get("/projects/").content.decode() for role in ("reader", "field"))
    assert "Künftiger Wert" in seen
    assert "Künftiger Wert" not in cut
    assert "Klein" in cut


def test_a_project_taken_off_the_list_keeps_its_files(room: Path, signed_in: Callable[..., Client]) -> None:
    from kundenwert.web.workspace.models import Project

    client = signed_in("analyst")
    assert client.post(reverse("workspace:forget", args=[Project.objects.get().pk])).status_code == 302
    assert not Project.objects.exists()
    assert (room / "kundenwert.toml").is_file()


def test_an_example_becomes_a_job_and_one_that_is_there_is_opened(room: Path, signed_in: Callable[..., Client], settings: Any) -> None:
    import shutil

    from kundenwert.web.jobs.models import Job
    from kundenwert.web.workspace.models import Project

    client = signed_in("analyst")
    answer = client.post("/projects/example/", {"kind": "demo"})
    job = Job.objects.get()
    assert (job.kind, answer["Location"]) == ("example", reverse("jobs:job", args=[job.pk]))
    # The files are there, the list has forgotten them.
    shutil.copytree(room, settings.HOME.projects / "kundenwert-demo")
    assert client.post("/projects/example/", {"kind": "demo"})["Location"] == "/"
    assert client.session["project"] == Project.objects.get(folder__endswith="kundenwert-demo").pk
    assert Job.objects.count() == 1


def test_an_unknown_example_starts_nothing(signed_in: Callable[..., Client]) -> None:
    from kundenwert.web.jobs.models import Job

    assert signed_in("analyst").post("/projects/example/", {"kind": "../../etc"})["Location"] == "/projects/"
    assert not Job.objects.exists()
