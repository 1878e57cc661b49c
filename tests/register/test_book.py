"""The register: decisions are appended, whole or not at all, by any number of writers, and every trace of a change is found."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
import stat
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kundenwert.errors import StorageError
from kundenwert.register import book, files, keys
from kundenwert.register.book import Decision, Register
from kundenwert.register.verify import verify

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)


def rated(customer: str, points: int) -> Decision:
    content = {"customer_id": customer, "criterion": "Imagefaktor", "points": points, "reason": f"Müller von {customer}"}
    return Decision("rate", "ratings", content, subject=customer, details={"criterion": "Imagefaktor"})


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose register holds four ratings, an objection and an entry of the log alone."""
    register = Register(tmp_path_factory.mktemp("written"))
    for number in range(4):
        register.record([rated(f"K{number}", number)], at=NOW, by="Eva")
    objection = Decision("object", "objections", {"customer_id": "K1", "status": "objected"}, subject="K1")
    register.record([objection, Decision("note")], at=NOW, by="Eva")
    return register.project


@pytest.fixture
def register(written: Path, tmp_path: Path) -> Register:
    """The same, to be broken."""
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    return Register(tmp_path)


def lines(register: Register, name: str) -> list[str]:
    return files.lines(register.folder / f"{name}.jsonl")


def put(register: Register, name: str, new: list[str]) -> None:
    (register.folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in new), encoding="utf-8")


def told(register: Register) -> str:
    return "\n".join(f"{one.file}:{one.line} {one.what}" for one in verify(register.project))


# ---- writing and reading ----------------------------------------------------------------------------------------------


def test_rows_are_read_back_in_the_order_they_were_written(register: Register) -> None:
    rows = register.rows("ratings")
    assert [(row.number, row.content["customer_id"], row.content["points"]) for row in rows] == [(n + 1, f"K{n}", n) for n in range(4)]
    assert {(row.at, row.by) for row in rows} == {("2025-06-01T09:30:00Z", "Eva")}
    assert register.rows("consents") == []


def test_a_register_that_nobody_wrote_to_leaves_nothing_on_disk(tmp_path: Path) -> None:
    register = Register(tmp_path)
    assert (register.exists, register.state(), register.rows("ratings"), register.log(), verify(tmp_path)) == (False, None, [], [], [])
    assert list(tmp_path.iterdir()) == []


def test_the_log_holds_no_name_and_no_customer_but_who_has_the_key_finds_them(register: Register) -> None:
    text = register.audit_file.read_text(encoding="utf-8")
    assert not any(word in text for word in ("K0", "K1", "Eva", "Müller"))
    of_customer = [entry["action"] for entry in register.log() if entry["subject"] == register.key().of("K1")]
    assert of_customer == ["rate", "object"]
    assert {entry["by"] for entry in register.log()} == {register.key().of("Eva")}


def test_the_state_is_the_number_of_entries_and_the_hash_of_the_last(register: Register) -> None:
    assert register.state() == {"entries": 6, "hash": register.log()[-1]["hash"]}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such rights")
def test_the_key_stands_apart_and_only_its_owner_may_read_it(register: Register) -> None:
    path = keys.key_file(register.project)
    assert register.folder not in path.parents
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_its_key_a_register_is_not_continued(register: Register) -> None:
    keys.key_file(register.project).unlink()
    with pytest.raises(StorageError, match="key of the register is missing"):
        register.record([rated("K9", 1)], at=NOW, by="Eva")
    assert "register.key:0 is missing" in told(register)


def test_a_damaged_key_is_not_taken_for_another(register: Register) -> None:
    keys.key_file(register.project).write_text("abc\n", encoding="ascii")
    with pytest.raises(StorageError, match=r"register\.key is damaged"):
        register.record([rated("K9", 1)], at=NOW, by="Eva")


# ---- crashes and many writers -----------------------------------------------------------------------------------------


class Killed(Exception):
    """The process ends here."""


@pytest.mark.parametrize("step", range(1, 9))
def test_a_crash_at_any_step_leaves_a_decision_whole_or_not_at_all(register: Register, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    done = 0

    def counted(real: Callable[..., None], *, torn: bool) -> Callable[..., None]:
        def work(path: Path, content: list[str] | str, **more: bool) -> None:
            nonlocal done
            done += 1
            if done < step:
                real(path, content, **more)
                return
            if torn and content:
                with path.open("ab") as file:
                    file.write(content[0][:20].encode())
            raise Killed

        return work

    with monkeypatch.context() as patch:
        patch.setattr(files, "append", counted(files.append, torn=True))
        patch.setattr(files, "write", counted(files.write, torn=False))
        try:
            register.record([rated("K7", 7), rated("K8", 8)], at=NOW, by="Eva", blank=[("ratings", 1)])
        except Killed:
            assert step <= 6
        else:
            assert step > 6
    again = Register(register.project)
    found = [row.content["customer_id"] for row in again.rows("ratings")]
    assert found in (["K0", "K1", "K2", "K3"], ["K1", "K2", "K3", "K7", "K8"])
    assert (found[0] == "K0") == (step == 1)
    assert told(register) == ""
    again.record([rated("K9", 9)], at=NOW, by="Eva")
    assert again.rows("ratings")[-1].content["customer_id"] == "K9"
    assert told(register) == ""


def write_some(project: Path, who: int) -> None:
    for number in range(10):
        Register(project).record([rated(f"K{who}-{number}", number)], at=NOW, by=str(who))


def test_writers_in_several_threads_do_not_lose_or_double_a_decision(tmp_path: Path) -> None:
    threads = [threading.Thread(target=write_some, args=(tmp_path, who)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = sorted(row.content["customer_id"] for row in Register(tmp_path).rows("ratings"))
    assert found == sorted(f"K{who}-{number}" for who in range(4) for number in range(10))
    assert verify(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="starts a process by copying this one")
def test_the_lock_of_a_dead_process_holds_nobody_up(tmp_path: Path) -> None:
    def hold() -> None:
        with files.held(tmp_path / "register"):
            os._exit(9)

    process = multiprocessing.get_context("fork").Process(target=hold)
    process.start()
    process.join()
    assert process.exitcode == 9
    with files.held(tmp_path / "register", wait_seconds=0):
        pass


def test_who_waits_in_vain_is_told_so(tmp_path: Path) -> None:
    with (
        files.held(tmp_path / "register"),
        pytest.raises(StorageError, match="Another program has been writing"),
        files.held(tmp_path / "register", wait_seconds=0.05),
    ):
        pass


# ---- what is found ----------------------------------------------------------------------------------------------------


def test_an_untouched_register_has_no_findings(register: Register) -> None:
    assert verify(register.project) == []


def test_a_changed_row_is_found(register: Register) -> None:
    put(register, "ratings", [line.replace('"points":2', '"points":9') for line in lines(register, "ratings")])
    assert told(register) == "ratings.jsonl:3 was changed: its digest is another"


@pytest.mark.parametrize("name", ["ratings", "audit"])
@pytest.mark.parametrize("place", [0, 1, -1])
def test_a_removed_line_is_found_wherever_it_stood(register: Register, name: str, place: int) -> None:
    kept = lines(register, name)
    kept.pop(place)
    put(register, name, kept)
    assert re.search(rf"^{name}\.jsonl|^head\.json:0 tells of 6 entries, the log has 5", told(register))


@pytest.mark.parametrize("name", ["ratings", "audit"])
def test_two_lines_that_changed_places_are_found(register: Register, name: str) -> None:
    moved = lines(register, name)
    moved[1], moved[2] = moved[2], moved[1]
    put(register, name, moved)
    assert f"{name}.jsonl:2" in told(register)


@pytest.mark.parametrize("name", ["ratings", "audit"])
def test_a_line_written_by_hand_is_found(register: Register, name: str) -> None:
    own = lines(register, name)
    number = {"ratings": "row", "audit": "entry"}[name]
    put(register, name, [*own, book.canonical({**json.loads(own[-1]), number: len(own) + 1})])
    assert f"{name}.jsonl:{len(own) + 1}" in told(register)


@pytest.mark.parametrize("name", ["ratings", "objections"])
def test_an_empty_or_missing_table_is_found(register: Register, name: str) -> None:
    put(register, name, [])
    assert f"{name}.jsonl:1 is gone" in told(register)
    (register.folder / f"{name}.jsonl").unlink()
    assert f"{name}.jsonl:1 is gone" in told(register)


def test_a_log_cut_short_together_with_its_row_is_found_by_the_head(register: Register) -> None:
    put(register, "audit", lines(register, "audit")[:3])
    put(register, "ratings", lines(register, "ratings")[:3])
    (register.folder / "objections.jsonl").unlink()
    assert "head.json:0 tells of 6 entries, the log has 3" in told(register)


def test_a_removed_head_or_log_is_found(register: Register) -> None:
    head = register.head_file.read_text(encoding="utf-8")
    register.head_file.unlink()
    assert "head.json:0 is missing" in told(register)
    register.head_file.write_text(head, encoding="utf-8")
    register.audit_file.unlink()
    assert "head.json:0 tells of 6 entries, the log has 0" in told(register)


def forged(register: Register) -> None:
    """A log in which one decision is another, reckoned anew from there on, with a head to fit."""
    rows = [line.replace('"points":2', '"points":9') for line in lines(register, "ratings")]
    put(register, "ratings", rows)
    entries, before = [json.loads(line) for line in lines(register, "audit")], book.START
    for entry in entries:
        if entry["table"] == "ratings":
            entry["digest"] = book.digest_of(rows[entry["row"] - 1])
        entry["before"] = before
        before = entry["hash"] = book.hash_of(entry)
    put(register, "audit", [book.canonical(entry) for entry in entries])
    head = json.loads(register.head_file.read_text(encoding="utf-8"))
    register.head_file.write_text(json.dumps({**head, "entries": len(entries), "hash": before}), encoding="utf-8")


def test_a_log_written_anew_by_someone_without_the_key_is_found_by_its_seal(register: Register) -> None:
    forged(register)
    assert told(register).splitlines() == [
        "head.json:0 does not carry the seal of this project",
        "audit.jsonl:6 is not the log that the folder of the key remembers (6 entries)",
    ]


def test_a_log_written_anew_by_someone_with_the_key_is_found_by_what_a_run_remembers(register: Register) -> None:
    anchors = {"run 1": register.state() or {}}
    assert verify(register.project, anchors) == []
    forged(register)
    head = json.loads(register.head_file.read_text(encoding="utf-8"))
    seal = register.key().of(book.canonical({name: head[name] for name in ("entries", "hash")}))
    register.head_file.write_text(json.dumps({**head, "seal": seal}), encoding="utf-8")
    keys.remember(register.project, head)
    assert verify(register.project) == []
    assert [one.what for one in verify(register.project, anchors)] == ["is not the log that run 1 remembers (6 entries)"]


def test_a_register_that_was_deleted_is_found_by_what_a_run_remembers(register: Register) -> None:
    anchors = {"run 1": register.state() or {}}
    for path in register.folder.iterdir():
        path.unlink()
    keys.head_file(register.project).unlink()
    assert len(verify(register.project, anchors)) == 1


def test_lines_that_are_no_json_are_found_and_never_continued(register: Register) -> None:
    put(register, "ratings", [*lines(register, "ratings")[:-1], "{oops"])
    assert "ratings.jsonl:4 cannot be read" in told(register)
    with pytest.raises(StorageError, match=r"ratings\.jsonl of the register is damaged"):
        register.rows("ratings")


def test_a_log_that_ends_in_rubbish_is_found_and_never_continued(register: Register) -> None:
    put(register, "audit", [*lines(register, "audit")[:-1], "oops"])
    assert "audit.jsonl:6 cannot be read" in told(register)
    with pytest.raises(StorageError, match=r"audit\.jsonl of the register is damaged"):
        register.record([rated("K9", 9)], at=NOW, by="Eva")


def test_a_torn_end_is_found_and_never_continued(register: Register) -> None:
    with register.audit_file.open("ab") as file:
        file.write(b'{"entry":7,')
    assert "audit.jsonl:7 cannot be read" in told(register)
    with pytest.raises(StorageError, match="does not end as it was left"):
        register.record([rated("K9", 9)], at=NOW, by="Eva")


def test_a_log_that_was_cut_is_not_continued(register: Register) -> None:
    put(register, "audit", lines(register, "audit")[:-1])
    with pytest.raises(StorageError, match="does not end as it was left"):
        register.record([rated("K9", 9)], at=NOW, by="Eva")


# ---- erased rows ------------------------------------------------------------------------------------------------------


def test_rows_of_an_erased_person_lose_their_content_and_the_log_still_vouches_for_the_rest(register: Register) -> None:
    register.record([Decision("erase", "erased", {"hash": "x"})], at=NOW, by="DPO", blank=[("ratings", 2), ("objections", 1)])
    assert [row.content["customer_id"] for row in register.rows("ratings")] == ["K0", "K2", "K3"]
    assert register.rows("objections") == []
    text = "".join(path.read_text(encoding="utf-8") for path in register.folder.iterdir())
    assert "K1" not in text
    assert verify(register.project) == []


def test_a_row_emptied_without_an_erasure_is_found(register: Register) -> None:
    put(register, "ratings", [book.blanked(line) for line in lines(register, "ratings")[:1]] + lines(register, "ratings")[1:])
    assert told(register) == "ratings.jsonl:1 was emptied, and no erasure tells of it"


def test_the_content_of_an_erased_row_that_came_back_is_found(register: Register) -> None:
    before = lines(register, "ratings")
    register.record([Decision("erase", "erased", {"hash": "x"})], at=NOW, by="DPO", blank=[("ratings", 2)])
    put(register, "ratings", before)
    assert told(register) == "ratings.jsonl:2 belongs to an erased person and still has its content"
