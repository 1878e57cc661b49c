"""Who looked at a customer stands in the log of the register, once an hour, and nobody can take it out unseen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kundenwert.errors import Bug, StorageError
from kundenwert.flows import audit, seen
from kundenwert.register import files, trail
from kundenwert.register.book import Decision, Register
from kundenwert.register.verify import verify

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def fresh_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_TOLD", {})


@pytest.mark.usefixtures("fresh_program")
def test_a_look_is_noted_once_an_hour_by_person_and_customer(tmp_path: Path) -> None:
    assert seen.seen(tmp_path, "K1", "Eva", "customer", NOW) == 1
    assert seen.seen(tmp_path, "K1", "Eva", "customer", NOW + timedelta(minutes=29)) is None
    assert seen.seen(tmp_path, "K1", "Uwe", "customer", NOW) == 2
    assert seen.seen(tmp_path, "K2", "Eva", "customer", NOW) == 3
    assert seen.seen(tmp_path, "K1", "Eva", "invoice lines", NOW) == 4
    assert seen.seen(tmp_path, "K1", "Eva", "customer", NOW + timedelta(minutes=30)) == 5


def test_a_new_start_of_the_program_remembers_what_the_hour_has_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen.seen(tmp_path, "K1", "Eva", "customer", NOW)
    monkeypatch.setattr(seen, "_TOLD", {})
    assert seen.seen(tmp_path, "K1", "Eva", "customer", NOW) is None


@pytest.mark.usefixtures("fresh_program")
def test_the_log_holds_neither_name_nor_number(tmp_path: Path) -> None:
    seen.seen(tmp_path, "K4711", "Eva Sommer", "customer", NOW)
    seen.taken_out(tmp_path, "Eva Sommer", "account sheet", NOW, customers=1, customer_id="K4711")
    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "register").iterdir())
    assert "4711" not in written
    assert "Sommer" not in written


@pytest.mark.usefixtures("fresh_program")
def test_looks_of_a_customer_are_found_again_with_the_names_the_program_knows(tmp_path: Path) -> None:
    seen.seen(tmp_path, "K1", "Eva", "customer", NOW)
    seen.seen(tmp_path, "K2", "Eva", "customer", NOW)
    seen.taken_out(tmp_path, "Uwe", "account sheet", NOW, customers=1, customer_id="K1")
    told = [(one.by, one.action, one.what) for one in seen.looks(tmp_path, "K1", ["Eva"])]
    assert told == [("", "export", "account sheet"), ("Eva", "read", "customer")]


def test_nobody_looked_where_nothing_was_ever_noted(tmp_path: Path) -> None:
    assert seen.looks(tmp_path, "K1", ["Eva"]) == []
    assert not (tmp_path / "register").exists()


@pytest.mark.usefixtures("fresh_program")
def test_an_export_says_of_how_many(tmp_path: Path) -> None:
    seen.taken_out(tmp_path, "Eva", "customer list", NOW, customers=148)
    assert Register(tmp_path).log()[-1]["details"] == {"what": "customer list", "customers": 148}


def test_a_look_without_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Bug, match="without a name"):
        seen.taken_out(tmp_path, " ", "customer list", NOW, customers=1)


@pytest.mark.usefixtures("fresh_program")
def test_looks_and_decisions_are_one_chain(tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.record([Decision("object", "objections", {"customer_id": "K1", "status": "objected"}, subject="K1")], at=NOW, by="Eva")
    seen.seen(tmp_path, "K1", "Uwe", "customer", NOW)
    register.record([Decision("note")], at=NOW, by="Eva")
    assert audit.check(tmp_path) == 3
    assert [one["action"] for one in register.log()] == ["object", "read", "note"]


@pytest.mark.usefixtures("fresh_program")
def test_a_look_that_was_taken_out_is_found(tmp_path: Path) -> None:
    for customer in ("K1", "K2", "K3"):
        seen.seen(tmp_path, customer, "Eva", "customer", NOW)
    path = Register(tmp_path).audit_file
    first, _, third = files.lines(path)
    path.write_text(f"{first}\n{third}\n", encoding="utf-8")
    assert any("removed" in one.what for one in verify(tmp_path))


@pytest.mark.usefixtures("fresh_program")
def test_nothing_is_noted_on_a_log_that_somebody_changed(tmp_path: Path) -> None:
    seen.seen(tmp_path, "K1", "Eva", "customer", NOW)
    path = Register(tmp_path).audit_file
    path.write_text(path.read_text(encoding="utf-8").replace('"read"', '"gaze"'), encoding="utf-8")
    entry = json.loads(files.lines(path)[0])
    path.write_text(json.dumps({**entry, "hash": "0" * 64}) + "\n", encoding="utf-8")
    with pytest.raises(StorageError, match="does not end as it was left"):
        seen.seen(tmp_path, "K2", "Eva", "customer", NOW)
    # What was refused is not remembered as told.
    with pytest.raises(StorageError):
        seen.seen(tmp_path, "K2", "Eva", "customer", NOW)


def test_a_step_that_a_crash_interrupted_is_finished_before_the_next_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register = Register(tmp_path)
    register.record([Decision("note")], at=NOW, by="Eva")

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(files, "append", crash)
        with pytest.raises(KeyboardInterrupt):
            trail.note(register, Decision("read", subject="K1"), at=NOW, by="Eva")
    assert register.is_pending
    assert trail.note(register, Decision("read", subject="K2"), at=NOW, by="Eva") == 3
    assert verify(tmp_path) == []


def test_the_end_of_a_long_file_is_read_without_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    path.write_text("".join(f'{{"entry": {number}}}\n' for number in range(5000)) + "torn", encoding="utf-8")
    assert files.last_lines(path, 40) == ['{"entry": 4998}', '{"entry": 4999}']
    assert files.last_lines(path, 1)[-1] == '{"entry": 4999}'
    assert files.last_lines(path, 1 << 20) == files.lines(path)
    assert files.last_lines(tmp_path / "none") == []
