"""Every address that takes a form, with values that nobody means well: never a broken page, never a sign of theirs in ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kundenwert.web.rights import NOBODY, RULES

pytestmark = pytest.mark.django_db

# ---- what is sent ----

# No page of ours holds these: where one stands as it was typed, it was not escaped.
_TAG, _QUOTE = "<zz9x", '"zz9q='
_NUMBERS = (
    "1e400",
    "-1e400",
    "-0",
    "nan",
    "inf",
    "-inf",
    "1.234,56",
    "1,234.56",
    "9" * 400,
    "0x10",
    "1_000",
    "\u0661\u0662",
    "\u00b2",
    "1e-400",
)
_SIGNS = (
    "\x00",
    "K001\x00",
    "\x1b[31m",
    "\r\nSet-Cookie: a=b",
    "\u202e\u200b\ufeff",
    "\U0001f600" * 50,
    "\u0301" * 99,
    "%00",
    "%s %d",
    "{n} {0} {0.x}",
)
_MARKUP = (f"{_TAG} onload=alert(1)>", f"{_QUOTE}1 x='", f"</script>{_TAG}>", f"{{{{ 1 }}}}{{% now %}}{_TAG}>", f"]]>{_TAG}>{_QUOTE}")
_PATHS = (
    "../../etc/passwd",
    "..\\..\\x",
    "/etc/passwd",
    "file:///etc/passwd",
    "//evil.example/",
    "https://evil.example/",
    "C:" + "\\con",
    ".",
    "~",
    "a" * 300,
)
_FORMULAS = ('=HYPERLINK("http://x")', "@SUM(1)", "+1+1", "-2+3", "\t=1")
_OTHERS = (
    "K999",
    "manager@firma.example",
    "1",
    "0",
    "99999999999999999999",
    "00000000-0000-0000-0000-000000000000",
    "None",
    "[]",
    '{"a": 1}',
)
_QUERIES = (
    "sort=-clv&sort=name",
    f"q={_TAG}>",
    "value=nan..1e400",
    "after=%00&before=x",
    "column=x&column=__class__",
    "=&&=;",
    "page=-1&size=1e9",
)
_DAYS = ("2026-02-30", "0000-00-00", "99999-01-01", "9999-12-31T23:59:60", "25:61")
_LONG = ("x" * 100_000, f"{_TAG}>" * 16_000)
HOSTILE = ("", " ", *_NUMBERS, *_SIGNS, *_MARKUP, *_PATHS, *_FORMULAS, *_OTHERS, *_QUERIES, *_DAYS, *_LONG)
# A client sends what it can write as UTF-8.
_VALUES = st.one_of(st.sampled_from(HOSTILE), st.sampled_from(_MARKUP), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
_KEPT, _MISSING = "as the page has it", "not sent"
_SENT = st.one_of(st.sampled_from((_KEPT, _KEPT, _MISSING)), _VALUES, _VALUES, st.lists(_VALUES, min_size=2, max_size=4))

# ---- the addresses, and the pages that hold their forms ----


def _patterns(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, f"{prefix}{one.namespace}:" if one.namespace else prefix)
        else:
            yield f"{prefix}{one.name}" if one.name else str(one.pattern), one


ADDRESSES = {name: pattern for name, pattern in _patterns(get_resolver().url_patterns) if RULES.get(name) is not NOBODY}


@dataclass(frozen=True)
class Form:
    """page: where the form stands ("": no page holds it in this small project); fields: what its address reads beside the page's form."""

    page: str = ""
    fields: tuple[str, ...] = ()
    role: str = "admin"
    # Whether the address does something that cannot be done twice to the same files.
    uses_up: bool = False
    files: tuple[str, ...] = ()


_FIGURES = ("use", "name", "money", "minutes", "most", "low", "likely", "high")
_LIST = ("list", "format", "name")
# Names of what `World` makes stand in braces.
FORMS = {
    "language": Form("/terms/", ("language", "next")),
    "account_login": Form("/account/login/", ("login", "password", "remember", "next"), role=""),
    "account_logout": Form("/terms/", ("next",)),
    "account_reauthenticate": Form("/account/reauthenticate/", ("password", "next")),
    "account_change_password": Form("/account/password/change/"),
    "mfa_authenticate": Form("", ("code", "next"), role=""),
    "mfa_reauthenticate": Form("", ("code", "next")),
    "mfa_activate_totp": Form("", ("code",)),
    "mfa_deactivate_totp": Form("", ("code",)),
    "mfa_generate_recovery_codes": Form("", ("code",)),
    "usersessions_list": Form("/account/sessions/", ("session",)),
    "accounts:first": Form("/account/first/", ("email", "name", "password"), role="nobody yet"),
    "accounts:settings": Form("/account/settings/"),
    "accounts:end_session": Form("", ("next",)),
    "accounts:reset": Form("", ("new_password1", "new_password2"), role=""),
    "administration:new": Form("/administration/people/new/"),
    "administration:person": Form("/administration/people/{person}/"),
    "administration:link": Form("/administration/people/{person}/"),
    "administration:second_factor": Form("", ("code",)),
    "administration:end_session": Form("", ("session",)),
    "administration:check": Form("/administration/audit/"),
    "workspace:open": Form("/projects/", ("next",)),
    "workspace:forget": Form("/projects/"),
    "workspace:example": Form("/projects/", ("kind",)),
    "jobs:cancel": Form("/jobs/{job}/"),
    "jobs:schedule": Form("", ("every", "weekday", "monthday", "hour", "next")),
    "jobs:unschedule": Form("", ("next",)),
    "imports:new": Form("/import/", ("way", "pasted"), files=("files",)),
    "imports:again": Form("/import/"),
    "imports:files": Form("/import/{draft}/", ("pasted",), files=("files",)),
    "imports:remove": Form("/import/{draft}/", ("file",)),
    "imports:discard": Form("/import/{draft}/", uses_up=True),
    "imports:columns": Form("/import/{draft}/columns/", ("answer", "table", "file", "c0", "c1", "c9")),
    "imports:check": Form("/import/{draft}/check/", ("currency",)),
    "imports:save": Form("/import/{draft}/check/", uses_up=True),
    "portfolio:weights": Form("", ("attractiveness:growth", "position:tenure", "attractiveness:../x", "reason")),
    "plans:actions": Form("/plans/actions/", tuple(f"{kind}_{one}" for kind in ("letter", "known0") for one in _FIGURES)),
    "plans:make": Form(
        "/plans/", ("plan", "hold_out", "manager", "action", "positive", "span_count", "span_unit", "limit_money", "limit_x")
    ),
    "plans:submit": Form("{plan}"),
    "plans:approve": Form("{plan}"),
    "plans:return": Form("{plan}", ("reason",)),
    "plans:export": Form("{plan}", ("format",)),
    "customers:export": Form("/customers/", _LIST),
    "customers:save_view": Form("/customers/", _LIST),
    "customers:delete_view": Form("/customers/views/"),
    "customers:rate": Form("/customers/customer/K001/?all=1", ("criterion", "points", "reason")),
    "customers:note": Form("/customers/customer/K001/", ("text",)),
}
# They show the same page or file whatever is sent: no form leads there.
PLAIN = {
    "home",
    *(f"administration:{one}" for one in ("audit", "audit_export", "changes", "people", "roles")),
    "mfa_download_recovery_codes",
    "models:models",
    "overview:overview",
    "portfolio:portfolio",
    "portfolio:workbook",
    *(f"result:{one}" for one in ("records", "report", "result", "step")),
    "terms:terms",
    "workspace:projects",
    "workspace:visit",
}


class _Fields(HTMLParser):
    """The fields of the form on a page that goes to an address, with what stands in them."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._page, self._address, self._is_here = page, address, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag == "form":
            self._is_here = known.get("method") == "post" and (known.get("action") or self._page) == self._address
        name = known.get("name")
        if self._is_here and name and tag in {"input", "select", "textarea", "button"} and known.get("type") != "file":
            self.found.setdefault(name, known.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self._is_here = self._is_here and tag != "form"


# ---- the small world in which they are sent ----

_ACTIONS = """
[actions.visit]
channel = "visit"
changes = "orders"
effect = {low = 0.05, likely = 0.1, high = 0.2, source = "assumption", by = "Sales", on = 2025-10-01}
costs = {money = 3}
"""
_INVOICES = "Belegnummer;Kundennummer;Datum;Betrag\nR1;K1;11.08.2026;1.284,50\nR2;K2;12.08.2026;96,20\n"


class World:
    """The small project, and one of each thing that addresses name."""

    def __init__(self, room: Path, signed_in: Callable[..., Client], person: Callable[..., Any]) -> None:
        from django.contrib.auth.tokens import default_token_generator
        from django.utils.http import urlsafe_base64_encode

        from kundenwert.web import jobs
        from kundenwert.web.jobs.models import Schedule
        from kundenwert.web.workspace.models import Project, SavedView

        with (room / "kundenwert.toml").open("a", encoding="utf-8") as file:
            file.write(_ACTIONS)
        self._signed_in, self._person = signed_in, person
        admin, other = person("admin"), person("analyst")
        view = SavedView.objects.create(project=Project.objects.get(), owner=admin, name="Nord", question={})
        schedule = Schedule.objects.create(kind="valuation", project=str(room), owner=admin)
        job = jobs.start("example", None, admin, parent="/nowhere", company=False, language="de")
        number = urlsafe_base64_encode(str(other.pk).encode())
        self.values = {
            "person": other.pk,
            "view": view.pk,
            "schedule": schedule.pk,
            "job": job.pk,
            "project": Project.objects.get().pk,
            "number": number,
            "token": default_token_generator.make_token(other),
        }

    def client(self, role: str) -> Client:
        """Somebody who has just given the password."""
        if role != "admin":
            return Client()
        client = self._signed_in(role)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "email": "admin@firma.example"}]
        session.save()
        return client

    def make_draft(self) -> None:
        """An import with a file."""
        files = [SimpleUploadedFile("rechnungen.csv", _INVOICES.encode())]
        self.values["draft"] = self.client("admin").post("/import/new/", {"way": "new", "files": files})["Location"].split("/")[2]

    def make_plan(self) -> None:
        """A plan that nobody has looked at."""
        self.values["plan"] = self.client("admin").post("/plans/make/", {"limit_money": "100"})["Location"]

    def address(self, name: str) -> str:
        """Where the form goes to."""
        mine = {
            "imports": {"number": self.values.get("draft")},
            "jobs": {"number": self.values["schedule" if name == "jobs:unschedule" else "job"], "kind": "valuation"},
            "administration": {"number": self.values["person"], "session": 1},
            "accounts": {"number": self.values["number"] if name == "accounts:reset" else 1, "token": self.values["token"]},
            "workspace": {"number": self.values["project"]},
            "customers": {"customer_id": "K001", "pk": self.values["view"]},
            "plans": {"name": str(self.values.get("plan", "/x/x/x")).split("/")[3]},
            "result": {"step": "x", "customer": "K001", "kind": "x"},
        }.get(name.partition(":")[0], {})
        named = set(ADDRESSES[name].pattern.converters) | set(getattr(getattr(ADDRESSES[name].pattern, "regex", None), "groupindex", {}))
        return reverse(name, kwargs={key: value or "00000000-0000-0000-0000-000000000000" for key, value in mine.items() if key in named})


@pytest.fixture
def world(room: Path, signed_in: Callable[..., Client], person: Callable[..., Any]) -> World:
    return World(room, signed_in, person)


def _takes_post(world: World, name: str) -> bool:
    with transaction.atomic():
        answer = world.client("admin").post(world.address(name))
        transaction.set_rollback(True)
    return answer.status_code != 405


def test_every_address_that_takes_a_form_is_known_here(world: World) -> None:
    world.make_draft()
    unknown = [name for name in sorted(set(ADDRESSES) - set(FORMS) - PLAIN) if _takes_post(world, name)]
    assert unknown == [], f"{unknown} take what a form sends: name their fields in FORMS, or add require_GET to their views."
    assert sorted((set(FORMS) | PLAIN) - set(ADDRESSES)) == []


@pytest.mark.parametrize("name", sorted(FORMS))
def test_no_value_breaks_a_form_or_stands_in_a_page_as_it_was_typed(name: str, world: World) -> None:
    form = FORMS[name]
    if name.startswith("imports:") and not form.uses_up:
        world.make_draft()
    if "{plan}" in form.page:
        world.make_plan()
    known = {**dict.fromkeys(form.fields, ""), **({} if form.uses_up else _fields_of(form, name, world))}
    strategy = st.fixed_dictionaries({**dict.fromkeys(known, _SENT), "nobody knows this": _SENT})

    @settings(
        max_examples=4, derandomize=True, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(strategy)
    def send(drawn: dict[str, Any]) -> None:
        cache.clear()
        with transaction.atomic():
            _send(world, name, known, drawn)
            transaction.set_rollback(True)

    send()


def _fields_of(form: Form, name: str, world: World) -> dict[str, str]:
    if not form.page or form.role == "nobody yet":
        return {}
    page = form.page.format(**world.values)
    answer = world.client(form.role).get(page)
    assert answer.status_code == 200, (page, answer.status_code, answer.get("Location"))
    fields = _Fields(page.partition("?")[0], world.address(name))
    fields.feed(answer.content.decode())
    return fields.found


def _send(world: World, name: str, known: dict[str, str], drawn: dict[str, Any]) -> None:
    form = FORMS[name]
    if form.uses_up:
        world.make_draft()
        if not known and form.page:
            known |= _fields_of(form, name, world)
    if form.role == "nobody yet":
        from kundenwert.web.accounts.models import User

        User.objects.all().delete()
    sent = {key: known.get(key, "") if value == _KEPT else value for key, value in drawn.items() if value != _MISSING}
    files = {key: SimpleUploadedFile("x.csv", str(next(iter(drawn.values()))).encode()) for key in form.files}
    answer = world.client(form.role).post(world.address(name), {**sent, **files})
    assert answer.status_code in {200, 302, 400, 403, 404, 422, 429}, (answer.status_code, drawn)
    assert not answer.get("Location", "").startswith(("//", "http", "file:")), answer["Location"]
    if answer.streaming:
        b"".join(answer.streaming_content)
    answer.close()
    if answer.get("Content-Type", "").startswith("text/html"):
        page = answer.content.decode()
        assert "Traceback" not in page
        for sign in (_TAG, _QUOTE):
            assert sign not in page, page[page.index(sign) - 200 :][:400]
