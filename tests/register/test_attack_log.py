"""Attempts to change what was decided without being seen: each is found, or nothing is continued on a wrong ground."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kundenwert.errors import StorageError
from kundenwert.register import book, files, keys
from kundenwert.register.book import Covered, Decision, Register
from kundenwert.register.verify import verify

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)


def rated(customer: str, reason: str = "known") -> Decision:
    return Decision("rate", "ratings", {"customer_id": customer, "points": "5", "reason": reason}, subject=customer)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """Three ratings and an objection."""
    register = Register(tmp_path / "project")
    register.record([rated(f"K{number}") for number in range(3)], at=NOW, by="Eva")
    register.record([Decision("object", "objections", {"customer_id": "K1", "status": "objected"}, subject="K1")], at=NOW, by="Eva")
    return register


def told(register: Register) -> str:
    return "\n".join(f"{one.file}:{one.line} {one.what}" for one in verify(register.project))


def kept(register: Register, tmp_path: Path) -> Path:
    """A copy of the folder, as somebody may have made it."""
    shutil.copytree(register.folder, tmp_path / "copy")
    return tmp_path / "copy"


def put_back(register: Register, copy: Path) -> None:
    shutil.rmtree(register.folder)
    shutil.copytree(copy, register.folder)


def forged_step(register: Register) -> dict[str, object]:
    """A decision of nobody, chained to the end of the log as a program would do it, but without the key."""
    last = json.loads(files.lines(register.audit_file)[-1])
    row = book.canonical({"row": 4, "at": last["at"], "by": "Eva", "content": {"customer_id": "K2", "points": "10"}, "salt": "00"})
    entry = {**last, "entry": last["entry"] + 1, "action": "rate", "table": "ratings", "row": 4, "digest": book.digest_of(row)}
    entry["before"] = last["hash"]
    entry["hash"] = book.hash_of(entry)
    return {"rows": [["ratings", row]], "blank": [], "cover": [], "audit": [book.canonical(entry)]}


# ---- steps that nobody took -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seal", ["", "0" * 64, None])
def test_a_step_noted_without_the_key_is_never_done(register: Register, seal: str | None) -> None:
    step = forged_step(register)
    note = step if seal is None else {"step": step, "seal": seal}
    (register.folder / "pending.json").write_text(json.dumps(note), encoding="utf-8")
    assert told(register) == "pending.json:0 tells of a step that was noted without the key; nothing of it was done"
    for use in (register.finish, register.log, lambda: register.rows("ratings"), lambda: register.record([rated("K9")], at=NOW, by="Eva")):
        with pytest.raises(StorageError, match="noted a step of the register without its key"):
            use()
    assert len(files.lines(register.table_file("ratings"))) == 3


def test_an_earlier_step_that_was_kept_and_noted_again_changes_nothing(
    register: Register, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    notes: list[str] = []
    real = files.write

    def spying(path: Path, text: str, **more: bool) -> None:
        if path.name == "pending.json":
            notes.append(text)
        real(path, text, **more)

    with monkeypatch.context() as patch:
        patch.setattr(files, "write", spying)
        register.record([rated("K7")], at=NOW, by="Eva")
    register.record([rated("K8")], at=NOW, by="Eva")
    before = {path.name: path.read_text(encoding="utf-8") for path in register.folder.iterdir()}
    (register.folder / "pending.json").write_text(notes[0], encoding="utf-8")
    register.finish()
    assert {path.name: path.read_text(encoding="utf-8") for path in register.folder.iterdir()} == before
    assert told(register) == ""


def appended(register: Register) -> None:
    """The forged decision written straight into table and log, with a head to fit but for the seal."""
    step = forged_step(register)
    (row,), (entry,) = [line for _, line in step["rows"]], step["audit"]  # type: ignore[attr-defined, misc]
    files.append(register.table_file("ratings"), [row])
    files.append(register.audit_file, [entry])
    head = json.loads(register.head_file.read_text(encoding="utf-8"))
    head |= {"entries": 5, "hash": json.loads(entry)["hash"]}
    register.head_file.write_text(json.dumps(head), encoding="utf-8")


def test_a_decision_added_by_hand_with_chain_and_head_is_found_and_gets_no_seal_later(register: Register) -> None:
    appended(register)
    assert told(register) == "head.json:0 does not carry the seal of this project"
    with pytest.raises(StorageError, match="does not end as it was left"):
        register.record([rated("K9")], at=NOW, by="Eva")
    assert told(register) == "head.json:0 does not carry the seal of this project"


def test_a_removed_head_is_not_made_anew_with_the_next_decision(register: Register) -> None:
    register.head_file.unlink()
    with pytest.raises(StorageError, match="does not end as it was left"):
        register.record([rated("K9")], at=NOW, by="Eva")
    assert "head.json:0 is missing" in told(register)


# ---- an earlier state -------------------------------------------------------------------------------------------------


def test_a_register_put_back_to_an_earlier_state_is_found_by_what_stands_beside_the_key(register: Register, tmp_path: Path) -> None:
    copy = kept(register, tmp_path)
    register.record([rated("K5")], at=NOW, by="Eva")
    assert told(register) == ""
    put_back(register, copy)
    assert told(register) == "audit.jsonl:4 is not the log that the folder of the key remembers (5 entries)"


def test_decisions_added_to_an_earlier_state_do_not_hide_it(register: Register, tmp_path: Path) -> None:
    copy = kept(register, tmp_path)
    register.record([rated("K5")], at=NOW, by="Eva")
    put_back(register, copy)
    for who in ("K6", "K7", "K8"):
        register.record([rated(who)], at=NOW, by="Eva")
    assert told(register) == "audit.jsonl:5 is not the log that the folder of the key remembers (5 entries)"


def test_a_register_begun_anew_is_found(register: Register) -> None:
    shutil.rmtree(register.folder)
    register.record([rated("K6")], at=NOW, by="Eva")
    assert told(register) == "audit.jsonl:1 is not the log that the folder of the key remembers (4 entries)"


def test_the_last_decision_taken_back_by_hand_is_found_also_without_any_run(register: Register) -> None:
    """Who has no key cuts log and table, and puts an old head with a good seal in place."""
    old = register.head_file.read_text(encoding="utf-8")
    ratings, log = (path.read_text(encoding="utf-8") for path in (register.table_file("ratings"), register.audit_file))
    register.record([rated("K5")], at=NOW, by="Eva")
    register.head_file.write_text(old, encoding="utf-8")
    register.table_file("ratings").write_text(ratings, encoding="utf-8")
    register.audit_file.write_text(log, encoding="utf-8")
    assert "the folder of the key remembers (5 entries)" in told(register)


def test_what_nobody_can_find_is_known_who_has_key_register_and_runs_can_begin_anew(register: Register) -> None:
    """The limit that docs/method/register.md names: only a hash noted elsewhere would show it."""
    noted_elsewhere = {"a letter": register.state() or {}}
    shutil.rmtree(register.project)
    register.record([rated("K6")], at=NOW, by="Eva")
    assert told(register) == ""
    assert len(verify(register.project, noted_elsewhere)) == 1


# ---- entries that change places between registers or tables -----------------------------------------------------------


def test_a_row_moved_to_another_table_is_found(register: Register) -> None:
    text = files.lines(register.table_file("objections"))[0]
    register.table_file("consents").write_text(text + "\n", encoding="utf-8")
    assert "consents.jsonl:1 is not in the log: it was added by hand" in told(register)


def test_the_register_of_another_project_does_not_pass_for_this_one(register: Register, tmp_path: Path) -> None:
    other = Register(tmp_path / "other")
    other.record([rated(f"K{number}", "forged") for number in range(4)], at=NOW, by="Eva")
    put_back(register, other.folder)
    assert "head.json:0 does not carry the seal of this project" in told(register)


def test_a_lost_key_found_anew_by_guess_is_no_key(register: Register) -> None:
    keys.key_file(register.project).write_text("ab" * 32 + "\n", encoding="ascii")
    assert "head.json:0 does not carry the seal of this project" in told(register)
    with pytest.raises(StorageError, match="does not end as it was left"):
        register.record([rated("K9")], at=NOW, by="Eva")


# ---- rows of others that mention an erased person ---------------------------------------------------------------------


def covered(register: Register) -> None:
    new = {"customer_id": "K2", "points": "5", "reason": "knows erased"}
    register.record([Decision("erase", "erased", {"id": "x", "words": []})], at=NOW, by="DPO", cover=[Covered("ratings", 3, new)])


def test_a_row_told_without_an_erased_person_keeps_its_place_its_author_and_its_rest(register: Register) -> None:
    covered(register)
    row = register.rows("ratings")[2]
    assert (row.number, row.by, row.at) == (3, "Eva", "2025-06-01T09:30:00Z")
    assert row.content == {"customer_id": "K2", "points": "5", "reason": "knows erased"}
    assert told(register) == ""


def test_a_row_that_was_covered_is_vouched_for_like_any_other(register: Register) -> None:
    before = files.lines(register.table_file("ratings"))
    covered(register)
    now = files.lines(register.table_file("ratings"))
    for wrong in (before[2], now[2].replace("knows erased", "knows nobody")):
        register.table_file("ratings").write_text("\n".join([*now[:2], wrong, ""]), encoding="utf-8")
        assert told(register) == "ratings.jsonl:3 was changed: its digest is another"


def test_a_covered_row_can_be_emptied_later(register: Register) -> None:
    covered(register)
    register.record([Decision("erase", "erased", {"id": "y", "words": []})], at=NOW, by="DPO", blank=[("ratings", 3)])
    assert [row.content["customer_id"] for row in register.rows("ratings")] == ["K0", "K1"]
    assert told(register) == ""
