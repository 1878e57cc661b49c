"""The page about plans says what the code takes."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from kundenwert.cli import main
from kundenwert.decisions import decisions
from kundenwert.flows import actions, plan_settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "plans" / "index.md").read_text(encoding="utf-8")


def named(heading: str) -> set[str]:
    """The settings in the first column of the table below a heading."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    first = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    return {name for cell in first for name in re.findall(r"`(\w+)`", cell)}


def test_the_example_is_read_as_it_stands() -> None:
    (text,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    found = plan_settings.of_content(tomllib.loads(text))
    assert found.plans["spring"].limits == {"money": 6000.0, "visits": 60.0}
    assert list(found.plans["spring"].actions) == ["visit", "call", "mailing"]
    assert found.actions["mailing"].action.effect.source == "none"


def test_every_setting_and_every_decision_is_named() -> None:
    assert named("Actions") == set(actions._KEYS)
    assert named("Limits and plans") == set(plan_settings._KEYS)
    assert named("Which decisions there are") == set(decisions())


@pytest.mark.slow
def test_the_example_can_be_followed_on_the_example_company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (text,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    lines = [shlex.split(line[2:]) for line in PAGE.splitlines() if line.startswith("$ ")]
    answer(["demo", "--company", "--quiet"])
    monkeypatch.chdir(tmp_path / lines[0][1])
    with Path("kundenwert.toml").open("a", encoding="utf-8") as file:
        file.write(text)
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
