"""kundenwert compare as a user calls it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cli_help import Call, content, english, lines_of, project

from kundenwert.flows.progress import Progress
from kundenwert.flows.run import run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a run in spring and a current one at the end of the log."""
    folder = tmp_path_factory.mktemp("compared")
    (folder / "sales.csv").write_text(english(lines_of(40)), encoding="utf-8")
    project(folder / "wert", "../sales.csv", settings='model = "bg_nbd"')
    for day in (date(2025, 3, 31), date(2025, 6, 30)):
        run(folder / "wert", {"as_of": day}, clock=datetime(2026, 1, 1, tzinfo=UTC), progress=Progress())
    return folder


@pytest.fixture
def two_runs(made: Path, folder: Path) -> Path:
    """A copy of it, in the current folder."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return folder


def test_two_runs_are_told_side_by_side(call: Call, two_runs: Path) -> None:
    before = content(two_runs)
    answer = call("compare", "previous", "current", "--project", "wert")
    assert answer.code == 0, answer.text
    for part in ("2025-03-31", "2025-06-30", "Inputs: the same", "expected purchases", "in both runs", "Biggest gains of value"):
        assert part in answer.out
    assert call("compare", "--project", "wert").out == answer.out
    assert content(two_runs) == before


def test_programs_get_the_same_as_json(call: Call, two_runs: Path) -> None:
    answer = call("compare", "--project", "wert", "--json", "--count", "2")
    found = json.loads(answer.out)
    assert (found["first"]["as_of"], found["second"]["as_of"]) == ("2025-03-31", "2025-06-30")
    assert len(found["gains"]) == 2
    clv = next(one for one in found["totals"] if one["measure"] == "clv")
    assert float(clv["second"]) - float(clv["first"]) == pytest.approx(float(clv["change"]))


def test_a_wrong_name_is_a_wrong_call(call: Call, two_runs: Path) -> None:
    for words, told in ((("20",), "is the beginning of 2 runs"), (("nobody",), "No 'nobody'"), (("current",), "the same run")):
        answer = call("compare", *words, "--project", "wert")
        assert answer.code == 2, answer.text
        assert told in answer.err
        assert answer.out == ""


def test_a_damaged_table_is_a_problem_with_its_name(call: Call, two_runs: Path) -> None:
    (two_runs / "wert" / "runs" / (two_runs / "wert/runs/current").read_text(encoding="utf-8").strip() / "customers.parquet").write_bytes(
        b"PAR1"
    )
    answer = call("compare", "--project", "wert")
    assert answer.code == 1
    assert "customers.parquet" in answer.err
