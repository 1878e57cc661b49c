"""Plans as a person makes and reads them: plan NAME, list, show, compare, export, approve."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cli_help import Call

from kundenwert.flows.progress import Progress
from kundenwert.flows.run import run

NOW = datetime(2025, 6, 1, tzinfo=UTC)
LAST_DAY = date(2025, 5, 30)
FILE = f"""currency = "EUR"
margin = 0.5
as_of = {LAST_DAY}
threads = 1
[[sources]]
files = ["sales.csv"]

[actions.letter]
channel = "post"
changes = "chance"
effect = {{low = 0.01, likely = 0.05, high = 0.1, source = "assumption", by = "Sales", on = 2025-01-15}}
costs = {{money = 2, letters = 1}}

[plans.keep]
decision = "allocation"
span = "3m"
limits = {{letters = 5}}
"""


def export() -> str:
    """Forty customers with four purchases each."""
    lines = ["customer_id,date,amount"]
    for who in range(40):
        lines += [f"K{who:04},{LAST_DAY - timedelta(days=who + 90 * turn)},{200 + who}.00" for turn in range(4)]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    (folder / "sales.csv").write_text(export(), encoding="utf-8")
    (folder / "kundenwert.toml").write_text(FILE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kundenwert.flows.run._write_reports", lambda building, *_: None)
        run(folder, {}, clock=NOW, progress=Progress())
    return folder


@pytest.fixture
def project(made: Path, folder: Path) -> Path:
    """A copy of it as the current folder."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return folder


def test_a_plan_is_made_told_listed_compared_and_exported(call: Call, project: Path) -> None:
    answer = call("plan", "keep", "--lang", "en", "--count", "2", "--quiet")
    assert answer.code == 0, answer.err
    for part in (
        " (keep)",
        "The first 2 of ",
        "letter raises the chance to buy by 5 (1 to 10) percentage points",
        "Nobody has approved it yet.",
    ):
        assert part in answer.out
    wide = json.loads(call("plan", "keep", "--limit", "letters=7", "--budget", "12", "--span", "6m", "--seed", "3", "--json").out)
    assert (wide["settings"]["limits"], wide["span"], wide["settings"]["seed"]) == ({"money": 12.0, "letters": 7.0}, "6m", 3)
    first = next(path.name for path in (project / "plans").iterdir() if path.name != wide["plan"])
    listed = call("plan", "list").out
    assert first in listed
    assert wide["plan"] in listed
    compared = call("plan", "compare", first, wide["plan"]).out
    assert re.search(r'limits +\{"letters": 5.0\} +\{"letters": 7.0, "money": 12.0\}', compared)
    assert call("plan", "export", first, "--out", "list.csv").out.startswith("5 lines: list.csv")
    assert (project / "list.csv").read_text(encoding="utf-8-sig").startswith("customer_id;name;action;count;channel;")
    refused = call("plan", "export", first, "--out", "list.docx")
    assert (refused.code, "Available: .csv" in refused.err) == (2, True)


def test_a_plan_is_approved_and_shown_so(call: Call, project: Path) -> None:
    name = json.loads(call("plan", "allocation", "--json").out)["plan"]
    assert f"{name} is approved. Entry " in call("plan", "approve", "--by", "Eva").out
    assert "Freigegeben: Eva, " in call("plan", "show", name[:-1], "--count", "0").out
    assert call("plan", "approve", name, "--by", "Tom").code == 1
    assert json.loads(call("plan", "show", "--json").out)["plan"] == name


def test_an_unknown_name_is_answered_with_what_there_is_and_exit_code_2(call: Call, project: Path) -> None:
    answer = call("plan", "kep")
    assert (answer.code, "Did you mean 'keep'?" in answer.err) == (2, True)


def test_a_project_without_plans_says_how_to_make_one(call: Call, project: Path) -> None:
    assert "Make one with `kundenwert plan NAME`" in call("plan", "list").out
    answer = call("plan", "show")
    assert (answer.code, "holds no plan" in answer.err) == (1, True)


def test_a_wrong_section_is_told_also_by_other_commands(call: Call, project: Path) -> None:
    with (project / "kundenwert.toml").open("a", encoding="utf-8") as file:
        file.write('[plans.show]\ndecision = "retention"\nspan = "soon"\n')
    answer = call("run")
    assert answer.code == 1
    assert answer.err.startswith("2 problems.")
    assert "[plans.show]: show is a word of the command line." in answer.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--limit", "letters"), "is not RESOURCE=AMOUNT"),
        (("--limit", "letters=many"), "is not RESOURCE=AMOUNT"),
        (("--limit", "money=3", "--budget", "4"), "money is limited twice"),
        (("--budget", "-1"), "--budget"),
        (("--hold-out", "1"), "--hold-out"),
    ],
)
def test_wrong_flags_are_wrong_usage(call: Call, project: Path, words: tuple[str, ...], told: str) -> None:
    answer = call("plan", "keep", *words)
    assert (answer.code, told in answer.err) == (2, True)


def test_help_names_the_way_to_make_a_plan_beside_the_commands(call: Call) -> None:
    shown = call("plan", "--help").out
    for word in ("NAME ", "list ", "show ", "compare ", "export ", "approve "):
        assert f"\n  {word}" in shown
    assert "Usage: kundenwert plan NAME [OPTIONS]\n" in call("plan", "NAME", "--help").out
