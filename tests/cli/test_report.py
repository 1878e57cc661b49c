"""kundenwert report: what it says and what it writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_help import Call, english, lines_of, project


@pytest.fixture
def valued(folder: Path, call: Call) -> Path:
    (folder / "sales.csv").write_text(english(lines_of(20)), encoding="utf-8")
    made = project(folder / "shop", "../sales.csv", settings='margin = 0.3\ncurrency = "EUR"\nmodel = "mbg_nbd"')
    assert call("run", made, "--quiet").code == 0
    return made


def test_list_names_the_reports_with_what_they_answer(call: Call) -> None:
    answer = call("report", "list")
    assert answer.code == 0
    names = ["base", "result", "portfolio", "flat", "account", "assumptions", "readiness"]
    assert [line.split()[0] for line in answer.out.splitlines()] == names


def test_reports_say_what_they_wrote_and_of_which_period(folder: Path, call: Call, valued: Path) -> None:
    answer = call("report", "result", valued)
    assert answer.code == 0
    # The lines begin in January and end in spring: no year is whole.
    assert answer.out.startswith("Customer result of all years: kundenergebnis-")
    (page,) = folder.glob("kundenergebnis-*.html")
    assert "Deckungsbeitrag I" in page.read_text(encoding="utf-8")
    assert call("report", "base", valued, "--out", folder / "base.pdf").out == f"Report of the run: {folder / 'base.pdf'}\n"
    assert call("report", "readiness", valued, "--out", folder / "ready.pdf").code == 0
    assert (folder / "ready.pdf").read_bytes().startswith(b"%PDF")


def test_a_run_without_costs_has_no_customer_result_and_says_what_to_do(folder: Path, call: Call) -> None:
    (folder / "sales.csv").write_text(english(lines_of(20)), encoding="utf-8")
    made = project(folder / "shop", "../sales.csv", settings='model = "mbg_nbd"')
    assert call("run", made, "--quiet").code == 0
    answer = call("report", "result", made)
    assert answer.code == 1
    assert "has no customer result" in answer.err
    assert "--map cost=COLUMN" in answer.err


def test_a_bad_year_or_ending_writes_nothing(folder: Path, call: Call, valued: Path) -> None:
    before = set(folder.iterdir())
    assert "is no year" in call("report", "result", valued, "--year", "neu").err
    assert "no known ending" in call("report", "result", valued, "--out", "result.txt").err
    assert set(folder.iterdir()) == before
