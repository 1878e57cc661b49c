"""The register as a person uses it: rate, object, consent, erase, audit."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cli_help import Call

from kundenwert.flows import audit
from kundenwert.flows.objection import objectors
from kundenwert.flows.progress import Progress
from kundenwert.flows.run import run
from kundenwert.register.book import Register
from kundenwert.register.retention import rules

NOW = datetime(2025, 6, 1, tzinfo=UTC)


def export() -> str:
    """Thirty customers with four purchases each: too few for a model, so a run takes no time."""
    lines = ["customer_id,date,amount"]
    for who in range(30):
        lines += [f"K{who:04},{date(2016, 1, 5) + timedelta(days=who + 400 * turn)},{10 + who}.00" for turn in range(4)]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    (folder / "sales.csv").write_text(export(), encoding="utf-8")
    (folder / "kundenwert.toml").write_text('currency = "EUR"\n[[sources]]\nfiles = ["sales.csv"]\n', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kundenwert.flows.run._write_reports", lambda building, *_: None)
        run(folder, {"threads": "1"}, clock=NOW, progress=Progress())
    return folder


@pytest.fixture
def project(made: Path, folder: Path) -> Path:
    """A copy of it as the current folder."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return folder


def test_a_rating_is_written_and_told(call: Call, project: Path) -> None:
    answer = call("rate", "K0003", "image", "8", "--reason", "a name", "--by", "Eva")
    assert (answer.code, answer.out.strip()) == (0, "K0003: Imagefaktor 8 of 10. Entry 2 of the register.")
    assert Register(project).rows("ratings")[0].by == "Eva"


def test_all_that_is_wrong_with_a_rating_is_told_with_exit_code_1(call: Call, project: Path) -> None:
    answer = call("rate", "K3", "imag", "80", "--by", "Eva")
    assert answer.code == 1
    assert answer.err.startswith("4 problems.")


def test_without_a_name_the_one_who_is_signed_in_decides(call: Call, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "otto")
    assert call("consent", "K0003", "email", "yes", "--source", "form of 3 May").code == 0
    assert Register(project).rows("consents")[0].by == "otto"


def test_an_objection_is_written_and_taken_back(call: Call, project: Path) -> None:
    assert "makes no forecast" in call("object", "K0003", "--reason", "letter", "--by", "Eva").out
    assert objectors(project) == {"K0003"}
    assert call("object", "K0003", "--withdraw", "--by", "Eva").code == 0
    assert objectors(project) == frozenset()


def test_nobody_is_erased_without_being_asked(call: Call, project: Path) -> None:
    answer = call("erase", "K0003", "--by", "DPO")
    assert answer.code == 2
    assert "--yes" in answer.err
    assert not Register(project).rows("erased")


def test_an_erasure_prints_its_certificate_and_the_audit_finds_nothing_wrong(call: Call, project: Path) -> None:
    call("rate", "K0003", "image", "8", "--reason", "a name", "--by", "Eva")
    answer = call("erase", "K0003", "--by", "DPO", "--yes", "--lang", "en")
    assert answer.code == 0
    assert "All totals are what they were." in answer.out
    assert "K0003" not in answer.out
    assert call("customer", "K0003").code == 2
    assert call("audit", "verify").out.strip() == "4 entries, nothing was changed."
    listed = call("audit", "list").out
    assert [word in listed for word in ("rate", "erase", "certify erasure", "DPO", "K0003")] == [True, True, True, True, False]


def test_a_change_by_hand_is_told_with_exit_code_1(call: Call, project: Path) -> None:
    call("rate", "K0003", "image", "8", "--reason", "a name", "--by", "Eva")
    path = project / "register" / "ratings.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace('"8"', '"9"'), encoding="utf-8")
    answer = call("audit", "verify")
    assert answer.code == 1
    assert "ratings.jsonl, line 1: This line was changed" in answer.err


def test_a_changed_certificate_is_found(call: Call, project: Path) -> None:
    call("erase", "K0003", "--by", "DPO", "--yes")
    path = project / "register" / "certificates" / "erasure-1.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "by": "nobody"}), encoding="utf-8")
    assert "erasure-1.json: This file was changed or is gone" in call("audit", "verify").err


def test_a_register_that_is_not_the_one_of_a_run_is_found(call: Call, project: Path) -> None:
    manifest = next((project / "runs").glob("*/manifest.json"))
    content = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**content, "register": {"entries": 1, "hash": "0" * 64}}), encoding="utf-8")
    assert "is not the log that run" in call("audit", "verify").err


def test_without_any_decision_there_is_nothing_to_audit(call: Call, folder: Path) -> None:
    assert "Nothing was ever decided" in call("audit", "verify").out
    assert "Nothing was ever decided" in call("audit", "list").out
    assert call("audit", "retention").out.strip() == "Nothing is due."
    assert list(folder.iterdir()) == []


def test_records_are_due_after_the_end_of_the_year_their_time_ends(project: Path) -> None:
    kept = {one.year: one for one in audit.retention(project, today=date(2025, 1, 1)) if one.table == "transactions"}
    assert {year: one.records for year, one in kept.items()} == {2016: 30, 2017: 30, 2018: 30, 2019: 30}
    assert [year for year, one in kept.items() if one.is_due] == [2016]
    assert kept[2016].until == date(2024, 12, 31)
    assert [one for one in audit.retention(project, today=date(2024, 12, 31)) if one.is_due] == []


def test_what_is_due_is_listed_with_its_rule(call: Call, project: Path) -> None:
    shown = call("audit", "retention").out
    assert "2016-" not in shown
    assert "2024-12-31" in shown
    assert "§ 147 AO" in shown


def test_the_calendar_keeps_vouchers_eight_letters_six_and_books_ten_years() -> None:
    years = {rule.name: rule.years for rule in rules()}
    assert (years["vouchers"], years["business letters"], years["books and annual accounts"]) == (8, 6, 10)
    assert all(rule.basis and rule.german for rule in rules())
