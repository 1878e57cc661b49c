"""What holds for every page: policy, cookies, logs without persons, forms that take anything, settings behind TLS."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PASSWORD = "richtig-Pferd-Batterie-7"  # of all accounts in conftest
KRAEMER = "Sabine Krämer"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


# ---- headers and cookies ----

PAGES = ("/", "/projects/", "/account/settings/", "/administration/roles/", "/nowhere/", "/customers/", "/administration/people/")


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*PAGES, "/account/login/"])
@pytest.mark.parametrize("role", ["", "reader"])
def test_every_answer_carries_the_strict_policy(
    address: str, role: str, signed_in: Callable[..., Client], person: Callable[..., Any]
) -> None:
    person("admin")
    answer = (signed_in(role) if role else Client()).get(address)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";") if part.strip())
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_no_cookie_can_be_read_by_a_script(person: Callable[..., Any]) -> None:
    client = Client()
    client.get("/account/login/")
    client.post("/language/", {"language": "en", "next": "/account/login/"})
    client.post("/account/login/", {"login": person("reader").email, "password": PASSWORD})
    client.get("/account/settings/")
    assert {"kundenwert", "kundenwert-csrf", "kundenwert-language"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name


@pytest.mark.django_db
def test_forms_from_elsewhere_are_refused(person: Callable[..., Any]) -> None:
    person("reader")
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/account/login/", {"login": "reader@firma.example", "password": PASSWORD})
    assert answer.status_code == 403
    assert "Das Formular ist zu alt" in answer.content.decode()


@pytest.mark.django_db
def test_an_unknown_host_gets_a_page_and_no_trace(person: Callable[..., Any]) -> None:
    person("admin")
    answer = Client(raise_request_exception=False).get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "Die Anfrage war nicht lesbar" in answer.content.decode()
    assert "evil" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "\\\\evil.example", "javascript:alert(1)"])
def test_the_choice_of_a_language_leads_nowhere_else(back: str, person: Callable[..., Any]) -> None:
    person("admin")
    assert Client().post("/language/", {"language": "en", "next": back})["Location"] == "/"


# ---- behind TLS ----

_ASK = """
import json, django
django.setup()
from django.conf import settings as s
names = ("SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_NAME CSRF_COOKIE_NAME SECURE_HSTS_SECONDS SECURE_SSL_REDIRECT "
         "ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS SECOND_FACTOR_REQUIRED DEBUG ALLAUTH_TRUSTED_PROXY_COUNT").split()
print(json.dumps({name: getattr(s, name) for name in names}))
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
"""


def _asked(home: Path, **environment: str) -> Any:
    values = {name: value for name, value in os.environ.items() if not name.startswith("KUNDENWERT_")}
    values |= {"DJANGO_SETTINGS_MODULE": "kundenwert.web.settings", "KUNDENWERT_HOME": str(home), **environment}
    (home).mkdir(exist_ok=True)
    (home / "secret.key").write_text("x7Kq-" * 12 + "\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", _ASK], env=values, capture_output=True, text=True, timeout=60, check=False)
    return done, json.loads(done.stdout.splitlines()[0])


def test_behind_tls_the_check_for_deployment_finds_nothing_and_cookies_stay_on_tls(tmp_path: Path) -> None:
    done, found = _asked(tmp_path, KUNDENWERT_PUBLIC_URL="https://values.example.com")
    assert done.returncode == 0, done.stderr
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is found["SECURE_SSL_REDIRECT"] is True
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert "values.example.com" in found["ALLOWED_HOSTS"]
    assert "*" not in found["ALLOWED_HOSTS"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://values.example.com"]
    assert found["SECOND_FACTOR_REQUIRED"] is True
    assert found["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1
    assert found["DEBUG"] is False


def test_on_this_machine_alone_nobody_else_is_answered_and_no_proxy_is_believed() -> None:
    assert set(configured.ALLOWED_HOSTS) - {"testserver"} == {"127.0.0.1", "localhost", "[::1]"}
    assert configured.ALLAUTH_TRUSTED_PROXY_COUNT == 0
    assert configured.SECURE_PROXY_SSL_HEADER is None
    assert configured.DEBUG is False


# ---- logs ----


@pytest.fixture
def log() -> Any:
    """What the app writes to its log, through its own settings."""
    stream = io.StringIO()
    wanted: dict[str, Any] = {
        **configured.LOGGING,
        "handlers": {"console": {**configured.LOGGING["handlers"]["console"], "stream": stream}},
    }
    before = {name: (logging.getLogger(name).handlers[:], logging.getLogger(name).level) for name in ("", "kundenwert")}
    logging.config.dictConfig(wanted)
    yield stream
    for name, (handlers, level) in before.items():
        logging.getLogger(name).handlers[:] = handlers
        logging.getLogger(name).setLevel(level)
    logging.getLogger("kundenwert").propagate = True


@pytest.mark.django_db
def test_a_mistake_of_ours_leaves_a_number_and_a_place_and_no_person(
    log: Any, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kundenwert.web.workspace import views

    def broken(*_: Any) -> None:
        raise RuntimeError(f"no value for {KRAEMER}")

    monkeypatch.setattr(views, "allows", broken)
    client = signed_in("reader")
    client.raise_request_exception = False
    answer = client.get(f"/projects/?search={KRAEMER}", headers={"Accept-Language": "en"})
    page, text = answer.content.decode(), log.getvalue()
    assert answer.status_code == 500
    for found in (page, text):
        assert "no value for" not in found
        assert "Traceback" not in found
    assert "Kr" not in text
    number = text.split("mistake ")[1][:8]
    assert number in page
    assert "RuntimeError in broken, test_safety.py line" in text
    assert "reader@firma.example" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/customers/Krämer/", "/nowhere/Krämer", "/administration/people/?q=Krämer"])
def test_refused_and_missing_pages_leave_no_person_in_the_log(address: str, log: Any, signed_in: Callable[..., Client]) -> None:
    client = signed_in("reader")
    client.raise_request_exception = False
    client.get(address)
    assert "Kr" not in log.getvalue()


def test_warnings_of_other_packages_lose_their_text(log: Any) -> None:
    logging.getLogger("some.package").warning("cannot read %s", KRAEMER, exc_info=ValueError(KRAEMER))
    assert "Krämer" not in log.getvalue()
    assert "some.package" in log.getvalue()
    assert "ValueError" in log.getvalue()


# ---- forms take anything ----

TEXT = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "\0", "' or 1=1 --", "<script>alert(1)</script>", "{{ 7*7 }}", "=1+1", "a" * 5000, "\ud7ff", "१२३", "-1", "1e999"]
    ),
    st.emails(),
)
_TRY = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _told(answer: Any) -> None:
    assert answer.status_code < 500
    if answer.status_code == 200:
        assert b"<script>alert(1)</script>" not in answer.content


@pytest.mark.django_db
@_TRY
@given(values=st.fixed_dictionaries({"login": TEXT, "password": TEXT, "next": TEXT}))
def test_sign_in_takes_anything(values: dict[str, str]) -> None:
    from kundenwert.web.accounts.models import User

    cache.clear()
    User.objects.filter(email="a@b.example").exists() or User.objects.create_user("a@b.example", None, name="A")
    _told(Client().post("/account/login/", values))


@pytest.mark.django_db
@_TRY
@given(values=st.fixed_dictionaries({"name": TEXT, "email": TEXT, "password": TEXT, "key": TEXT}))
def test_the_first_start_takes_anything(values: dict[str, str]) -> None:
    from kundenwert.web.accounts import first

    first.forget()
    _told(Client().post("/account/first/", values))
    first.forget()


@pytest.mark.django_db
@_TRY
@given(
    values=st.fixed_dictionaries(
        {"name": TEXT, "email": TEXT, "role": st.one_of(TEXT, st.sampled_from(["field", "admin"])), "account_managers": TEXT},
        optional={"is_active": TEXT, "chosen": TEXT},
    )
)
def test_the_form_of_people_takes_anything(values: dict[str, str], signed_in: Callable[..., Client], person: Callable[..., Any]) -> None:
    admin = signed_in("admin")
    _told(admin.post("/administration/people/new/", values))
    _told(admin.post(f"/administration/people/{person('reader').pk}/", values))


@pytest.mark.django_db
@_TRY
@given(values=st.fixed_dictionaries({"name": TEXT, "language": TEXT, "numbers": TEXT, "kind": TEXT, "next": TEXT}))
def test_own_settings_language_and_examples_take_anything(values: dict[str, str], signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    for address in ("/account/settings/", "/language/", "/projects/example/"):
        _told(client.post(address, values))
    assert client.get("/account/settings/").status_code == 200
