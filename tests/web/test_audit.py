"""The audit log in the browser: filters, pages, the chain in words, export; quick however long the log is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kundenwert.flows import audit_page
from kundenwert.flows.audit_page import Wanted
from kundenwert.flows.progress import Progress
from kundenwert.register.book import Decision, Register
from kundenwert.web.administration import chain
from kundenwert.web.administration.audit import asked
from kundenwert.web.jobs import kind as kinds
from kundenwert.web.jobs.models import Job

pytestmark = pytest.mark.django_db
START = datetime(2025, 11, 1, 8, tzinfo=UTC)


@pytest.fixture
def log(room: Path) -> Path:
    """The run's definition, then 60 looks by two people, one rating each ten."""
    register = Register(room)
    for number in range(60):
        who, at = ("ada@firma.example", "dora@firma.example")[number % 2], START + timedelta(hours=number)
        row = {"customer_id": f"K{number % 20:03}", "criterion": "x", "points": 3, "reason": "weil"}
        rated = Decision("rate", "ratings", row, subject=row["customer_id"])
        register.record(
            [Decision("read", subject=f"K{number % 20:03}", details={"what": "customer"}) if number % 10 else rated], at=at, by=who
        )
    return room


@pytest.fixture
def officer(person: Callable[..., Any], signed_in: Callable[..., Client]) -> Client:
    person("analyst", "ada@firma.example", name="Ada Analyst")
    return signed_in("dpo", "dora@firma.example", name="Dora Dpo")


def numbers(answer: Any) -> list[int]:
    return [entry.number for entry in answer.context["page"].entries]


def test_pages_go_by_number_from_the_newest(log: Path, officer: Client) -> None:
    first = officer.get("/administration/audit/")
    assert "61 Einträge" in first.content.decode()
    assert numbers(first) == list(range(61, 11, -1))
    assert numbers(officer.get(f"/administration/audit/?{first.context['older']}")) == list(range(11, 0, -1))


def test_filters_work_together(log: Path, officer: Client) -> None:
    assert numbers(officer.get("/administration/audit/?action=rate")) == [52, 42, 32, 22, 12, 2]
    assert numbers(officer.get("/administration/audit/?customer=K003")) == [45, 25, 5]
    assert numbers(officer.get("/administration/audit/?customer=K003&by=dora@firma.example")) == [45, 25, 5]
    assert numbers(officer.get("/administration/audit/?customer=K003&by=ada@firma.example")) == []
    assert numbers(officer.get("/administration/audit/?action=rate&by=dora@firma.example")) == []


def test_days_are_those_of_the_reader(log: Path, officer: Client) -> None:
    # In Berlin it is one hour later than in UTC: the 2nd begins at 23:00 UTC of the 1st.
    shown = officer.get("/administration/audit/?first=2025-11-02&last=2025-11-02")
    assert numbers(shown) == list(range(40, 16, -1))
    assert 'value="2025-11-02"' in shown.content.decode()


@pytest.mark.parametrize(
    "query", ["first=yesterday", "before=-1", "before=9999999999999999999", "first=0001-01-01", "last=9999-12-31", "by=%00"]
)
def test_what_cannot_be_read_is_left_out(query: str, log: Path, officer: Client) -> None:
    assert officer.get(f"/administration/audit/?{query}").status_code == 200


def test_names_of_people_and_customers_stand_where_they_are_known(log: Path, officer: Client) -> None:
    page = officer.get("/administration/audit/?action=rate").content.decode()
    assert "ada@firma.example" in page
    assert "K010" in page
    assert "Bewertet" in page


def test_the_chain_is_told_in_words(log: Path, officer: Client) -> None:
    assert "61 Einträge, lückenlos." in officer.post("/administration/audit/check/", follow=True).content.decode()
    lines = (log / "register" / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    lines[29] = json.dumps({**json.loads(lines[29]), "at": "2020-01-01T00:00:00Z"})
    (log / "register" / "audit.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    page = officer.post("/administration/audit/check/", follow=True).content.decode()
    assert "Das Protokoll wurde verändert" in page
    assert "30" in page.split("Das Protokoll wurde verändert")[1][:300]


def test_the_verdict_of_the_last_check_stands_on_the_page(log: Path, officer: Client) -> None:
    assert "noch nicht geprüft" in officer.get("/administration/audit/").content.decode()
    officer.post("/administration/audit/check/")
    assert re.search(r"Geprüft am [^<]+: 61 Einträge, lückenlos", officer.get("/administration/audit/").content.decode())
    (log / "register" / "audit.jsonl").write_text("", encoding="utf-8")
    officer.post("/administration/audit/check/")
    assert "Das Protokoll wurde verändert oder war nicht zu lesen" in officer.get("/administration/audit/").content.decode()


def test_a_long_log_is_checked_by_a_job_that_is_begun_once(log: Path, officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "AT_ONCE_BYTES", 100)
    answer = officer.post("/administration/audit/check/")
    job = Job.objects.get(kind="chain")
    assert (job.state, answer.headers["Location"]) == ("waiting", f"/jobs/{job.pk}/")
    assert officer.get(answer.headers["Location"]).status_code == 200
    assert "wird gerade geprüft" in officer.get("/administration/audit/").content.decode()
    officer.post("/administration/audit/check/")
    assert Job.objects.filter(kind="chain").count() == 1
    done = kinds.find("chain").run({"project": log}, Progress(), START)
    assert dict(done) == {"entries": 61, "next": "/administration/audit/"}


def test_an_export_holds_what_the_filters_leave_and_is_an_entry_itself(log: Path, officer: Client) -> None:
    answer = officer.get("/administration/audit/export/?action=rate")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 7
    assert lines[0].startswith("Eintrag;")
    last = Register(log).log()[-1]
    assert (last["action"], last["details"]) == ("export", {"customers": 6, "what": "audit log"})


def test_an_export_holds_no_formula(log: Path, officer: Client) -> None:
    Register(log).record([Decision("read", subject="K1")], at=START + timedelta(days=9), by="=1+1@firma.example")
    Register(log).record(
        [Decision("rate", "ratings", {"customer_id": "=cmd()", "points": 1}, subject="=cmd()")], at=START + timedelta(days=9), by="x"
    )
    text = officer.get("/administration/audit/export/").content.decode("utf-8-sig")
    assert "'=cmd()" in text
    assert ";=" not in text


def test_the_calendar_of_retention_is_shown_when_asked_for(log: Path, officer: Client) -> None:
    assert "Wie lange Aufzeichnungen bleiben" not in officer.get("/administration/audit/").content.decode()
    page = officer.get("/administration/audit/?retention=1").content.decode()
    assert "<h2>Wie lange Aufzeichnungen bleiben</h2>" in page
    assert page.count("<tr>") > 50


def test_where_nothing_fits_the_page_says_so(room: Path, officer: Client) -> None:
    page = officer.get("/administration/audit/?action=erase").content.decode()
    assert "Kein Eintrag passt" in page


def test_a_page_of_a_long_log_reads_its_end_alone(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []
    real = audit_page._read

    def counted(line: bytes) -> Any:
        read.append(line)
        return real(line)

    monkeypatch.setattr(audit_page, "_read", counted)
    monkeypatch.setattr(audit_page, "_BLOCK", 512)
    found = audit_page.audit_page(log, Wanted(), size=5)
    assert [one.number for one in found.entries] == [61, 60, 59, 58, 57]
    assert len(read) == 7
    read.clear()
    assert [one.number for one in audit_page.audit_page(log, Wanted(before=12, action="rate"), size=5).entries] == [2]
    assert len(read) == 2


def test_rows_of_the_register_are_read_once_until_they_change(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    audit_page.audit_page(log, Wanted())
    monkeypatch.setattr(Register, "rows", lambda *_: pytest.fail("read again"))
    audit_page.audit_page(log, Wanted())
    monkeypatch.undo()
    row = {"customer_id": "K999", "points": 1}
    Register(log).record([Decision("rate", "ratings", row, subject="K999")], at=START + timedelta(days=9), by="x")
    assert audit_page.audit_page(log, Wanted(), size=1).entries[0].customer == "K999"


def test_an_address_asks_for_moments_in_utc() -> None:
    wanted = asked({"first": "2026-07-01", "last": "2026-07-31", "before": "7"})
    assert (wanted.first, wanted.last, wanted.before) == ("2026-06-30T22:00:00", "2026-07-31T21:59:59", 7)


def test_every_word_of_the_log_that_flows_name_has_words_for_people() -> None:
    from kundenwert.flows import plan_actions, portfolio_weights, seen
    from kundenwert.reports.language import _catalog
    from kundenwert.web.administration.audit import ACTIONS, WHATS

    assert {plan_actions.ACTION, portfolio_weights.ACTION, seen.READ, seen.EXPORT} <= set(ACTIONS)
    assert [words for words in (*ACTIONS.values(), *WHATS.values()) if words not in _catalog("de")] == []
