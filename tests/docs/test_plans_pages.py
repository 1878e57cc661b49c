"""The page about plans says what the code takes."""

from __future__ import annotations

import re
import shlex
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from kundenwert.cli import main
from kundenwert.decisions import decisions
from kundenwert.flows import actions, plan_settings

SHIPPED = Path(str(resources.files("kundenwert.example"))) / "company" / "kundenwert.toml"
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "plans" / "index.md").read_text(encoding="utf-8")


def named(heading: str) -> set[str]:
    """The settings in the first column of the table below a heading."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    first = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    return {name for cell in first for name in re.findall(r"`(\w+)`", cell)}


def test_the_example_stands_so_in_the_project_of_the_example_company() -> None:
    (text,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    for section, entries in tomllib.loads(text).items():
        for name, content in entries.items():
            assert shipped[section][name] == content


def test_the_example_company_says_what_could_be_done_and_what_there_is_of_it() -> None:
    found = plan_settings.of_content(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
    assert list(found.actions) == ["visit", "call", "letter", "quote"]
    assert {one.action.effect.source for one in found.actions.values()} == {"assumption"}
    assert all("erfunden" in one.action.effect.by for one in found.actions.values())
    # Ten visits are ten customers.
    assert found.actions["visit"].action.most == 1
    assert {name: plan.limits for name, plan in found.plans.items()} == {
        "quarter": {"money": 10_000.0, "hours": 160.0},
        "visits": {"visits": 10.0},
    }


def test_every_setting_and_every_decision_is_named() -> None:
    assert named("Actions") == set(actions._KEYS)
    assert named("Limits and plans") == set(plan_settings._KEYS)
    assert named("Which decisions there are") == set(decisions())


@pytest.mark.slow
def test_the_example_can_be_followed_on_the_example_company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [shlex.split(line[2:]) for line in PAGE.splitlines() if line.startswith("$ ")]
    answer(["demo", "--company", "--quiet"])
    monkeypatch.chdir(tmp_path / lines[0][1])
    for first, *words in lines[1:]:
        assert first == "kundenwert"
        answer(words)
    shown = {without_figures(line) for line in capsys.readouterr().out.splitlines()}
    (told,) = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert [line for line in told.splitlines() if "..." not in line and without_figures(line) not in shown] == []


def without_figures(line: str) -> str:
    """A line of the page or the answer without what moves with the data."""
    return " ".join(re.sub(r"[\d.,]+", "0", line).split())


def answer(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0, words
