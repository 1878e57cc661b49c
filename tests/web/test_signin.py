"""Sign-in: what a wrong password costs, what the answers give away, the second factor."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

pytestmark = pytest.mark.django_db
PASSWORD = "richtig-Pferd-Batterie-7"  # of all accounts in conftest
WRONG = "falsch-Pferd-Batterie-7"


@pytest.fixture(autouse=True)
def _database_cache(settings: Any, _quick: None) -> Iterator[None]:
    """As in the app: what is counted is in the database, so each process sees the same."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"}}
    call_command("createcachetable", verbosity=0)
    yield
    cache.clear()


def sign_in(client: Client, email: str, password: str, **headers: str) -> Any:
    return client.post("/account/login/", {"login": email, "password": password}, headers=headers)


def said(answer: Any) -> str:
    found = re.search(r'role="alert"[^>]*>(.*?)</div>', answer.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]+>", " ", found[1]).strip() if found else ""


def test_the_app_counts_tries_in_the_database() -> None:
    from kundenwert.web import settings as app

    assert app.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"


def test_after_five_wrong_passwords_the_right_one_is_refused_too_also_from_a_new_browser(person: Callable[..., Any]) -> None:
    rita = person("reader")
    left = [said(sign_in(Client(), rita.email, WRONG)) for _ in range(5)]
    assert "Noch 4 Versuche, danach 15 Minuten Pause." in left[0]
    assert "Noch 1 Versuch, danach 15 Minuten Pause." in left[3]
    assert "Das war der letzte Versuch." in left[4]
    client = Client()
    answer = sign_in(client, rita.email, PASSWORD)
    assert answer.status_code == 200
    assert "Zu viele Versuche. Warten Sie 15 Minuten" in said(answer)
    assert "_auth_user_id" not in client.session


def test_after_the_pause_the_right_password_is_good_again(person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    rita = person("reader")
    for _ in range(6):
        sign_in(Client(), rita.email, WRONG)
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: later)
    assert sign_in(Client(), rita.email, PASSWORD).status_code == 302


def test_right_passwords_do_not_count(person: Callable[..., Any]) -> None:
    rita = person("reader")
    assert [sign_in(Client(), rita.email, PASSWORD).status_code for _ in range(7)] == [302] * 7


def test_one_persons_mistakes_do_not_shut_out_another(person: Callable[..., Any]) -> None:
    rita, ada = person("reader"), person("analyst")
    for _ in range(5):
        sign_in(Client(), rita.email, WRONG)
    assert sign_in(Client(), ada.email, PASSWORD).status_code == 302


def test_behind_a_proxy_tries_count_by_the_readers_address(person: Callable[..., Any], settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    person("admin")
    for number in range(10):
        sign_in(Client(), f"x{number}@firma.example", WRONG, **{"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    assert "Zu viele" in said(sign_in(Client(), person("reader").email, PASSWORD, **{"X-Forwarded-For": "7.7.7.7, 203.0.113.9"}))
    assert sign_in(Client(), person("reader").email, PASSWORD, **{"X-Forwarded-For": "203.0.113.10"}).status_code == 302


def test_an_unknown_address_gets_the_same_answer_as_a_wrong_password(person: Callable[..., Any]) -> None:
    person("reader")
    pages = []
    for email in ("reader@firma.example", "nobody@firma.example"):
        page = sign_in(Client(), email, WRONG)
        assert page.status_code == 200
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.content.decode()).replace(email, "MAIL"))
    assert pages[0] == pages[1]


def test_answers_are_english_for_english_readers(person: Callable[..., Any]) -> None:
    person("reader")
    answer = sign_in(Client(headers={"Accept-Language": "en"}), "reader@firma.example", WRONG)
    assert "E-mail or password is not right." in said(answer)
    assert "4 tries left" in said(answer)


def test_an_account_that_is_switched_off_cannot_sign_in(person: Callable[..., Any]) -> None:
    rita = person("reader")
    rita.is_active = False
    rita.save()
    client = Client()
    answer = sign_in(client, rita.email, PASSWORD)
    assert answer["Location"] == "/account/inactive/"
    assert client.get(answer["Location"]).status_code == 200
    assert client.get("/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up_or_resets_a_password_by_mail(person: Callable[..., Any]) -> None:
    person("admin")
    for address in ("/account/signup/", "/account/password/reset/", "/account/email/"):
        assert Client().get(address).status_code == 404
        assert Client().post(address, {"email": "x@y.example"}).status_code == 404


@pytest.mark.parametrize("outside", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)"])
def test_sign_in_leads_nowhere_else(person: Callable[..., Any], outside: str) -> None:
    answer = Client().post("/account/login/", {"login": person("reader").email, "password": PASSWORD, "next": outside})
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_a_session_planted_before_sign_in_is_worth_nothing_after_it(person: Callable[..., Any]) -> None:
    rita = person("reader")
    client = Client()
    client.get("/account/login/")
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["kundenwert"] = session.session_key
    sign_in(client, rita.email, PASSWORD)
    fresh = client.cookies["kundenwert"].value
    assert fresh != session.session_key
    thief = Client()
    thief.cookies["kundenwert"] = session.session_key
    assert thief.get("/account/settings/").status_code == 302


def test_after_sign_out_the_session_is_gone(person: Callable[..., Any]) -> None:
    client = Client()
    sign_in(client, person("reader").email, PASSWORD)
    kept = client.cookies["kundenwert"].value
    assert client.get("/account/logout/").status_code == 200
    client.post("/account/logout/")
    client.cookies["kundenwert"] = kept
    assert client.get("/account/settings/").status_code == 302


# ---- second factor ----


def code(secret: str) -> str:
    from allauth.mfa.totp.internal import auth

    return str(auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time())))))


def confirm(client: Client) -> None:
    """Whoever changes how he signs in gives his password once more."""
    assert client.post("/account/reauthenticate/?next=/account/settings/", {"password": PASSWORD}).status_code == 302


def switch_on(client: Client) -> str:
    """Sets up the second factor as a person does; returns the secret of the telephone."""
    confirm(client)
    page = client.get("/account/second-factor/totp/activate/")
    assert page.status_code == 200
    secret = str(page.context["form"].secret)
    assert client.post("/account/second-factor/totp/activate/", {"code": code(secret)}).status_code == 302
    cache.clear()  # a code counts once; the test cannot wait half a minute for the next one
    return secret


def test_the_second_factor_is_a_picture_a_code_and_recovery_codes(person: Callable[..., Any]) -> None:
    rita = person("reader")
    client = Client()
    sign_in(client, rita.email, PASSWORD)
    confirm(client)
    page = client.get("/account/second-factor/totp/activate/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = switch_on(client)
    codes = client.get("/account/second-factor/recovery-codes/")
    assert "10 von 10 Ersatzcodes" in codes.content.decode()
    fresh = Client()
    answer = sign_in(fresh, rita.email, PASSWORD)
    assert answer["Location"].startswith("/account/second-factor/authenticate/")
    assert fresh.get("/account/settings/").status_code == 302
    assert "Falscher Code" in fresh.post(answer["Location"], {"code": "000000"}).content.decode()
    assert fresh.post(answer["Location"], {"code": code(secret)}).status_code == 302
    assert fresh.get("/account/settings/").status_code == 200


def test_a_recovery_code_replaces_the_telephone_once(person: Callable[..., Any]) -> None:
    rita = person("reader")
    client = Client()
    sign_in(client, rita.email, PASSWORD)
    switch_on(client)
    spare = client.get("/account/second-factor/recovery-codes/").context["unused_codes"][0]
    for expected in (302, 200):
        fresh = Client()
        answer = sign_in(fresh, rita.email, PASSWORD)
        assert fresh.post(answer["Location"], {"code": spare}).status_code == expected


@pytest.mark.parametrize("role", ["admin", "dpo", "manager"])
def test_where_it_is_required_these_roles_see_nothing_before_they_have_it(role: str, person: Callable[..., Any], settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    sign_in(client, person(role).email, PASSWORD)
    for address in ("/projects/", "/overview/", "/customers/", "/account/settings/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/account/second-factor/totp/activate/")
    switch_on(client)
    assert client.get("/projects/").status_code == 200


def test_where_it_is_required_switching_it_off_ends_the_access(person: Callable[..., Any], settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    sign_in(client, person("admin").email, PASSWORD)
    switch_on(client)
    assert client.post("/account/second-factor/totp/deactivate/").status_code == 302
    assert client.get("/projects/")["Location"] == "/account/second-factor/totp/activate/"


@pytest.mark.parametrize("role", ["reader", "analyst", "field"])
def test_other_roles_may_go_without_it(role: str, person: Callable[..., Any], settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    sign_in(client, person(role).email, PASSWORD)
    assert client.get("/projects/").status_code == 200


def test_the_password_is_asked_for_again_before_the_second_factor_changes(person: Callable[..., Any]) -> None:
    client = Client()
    sign_in(client, person("reader").email, PASSWORD)
    answer = client.get("/account/second-factor/totp/activate/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert "nicht Ihr Passwort" in client.post(answer["Location"], {"password": WRONG}).content.decode()
    assert client.post(answer["Location"], {"password": PASSWORD})["Location"] == "/account/second-factor/totp/activate/"
    assert client.get("/account/second-factor/totp/activate/").status_code == 200
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    assert client.get("/account/second-factor/totp/activate/").status_code == 302


def test_too_many_requests_are_told_in_our_words(person: Callable[..., Any]) -> None:
    person("reader")
    client = Client()
    for _ in range(30):
        answer = sign_in(client, "", "")
    answer = sign_in(client, "", "")
    assert answer.status_code == 429
    assert "Zu viele Versuche" in answer.content.decode()
