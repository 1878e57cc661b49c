"""The value definitions of a project: numbered, with what changed and the runs made with each."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kundenwert.cli.definition import PLUGIN as COMMAND
from kundenwert.errors import UnknownName
from kundenwert.flows import definitions as flow
from kundenwert.flows.register import record_definition
from kundenwert.records import Criterion
from kundenwert.settings import gather

BASE: dict[str, Any] = {"currency": "EUR"}


def criteria(weight: float) -> dict[str, Any]:
    return {
        "catalogue": {"scale": "1", "criteria": [{"name": "Imagefaktor", "weight": str(weight)}, {"name": "Lage"}]},
        "breaks": {},
        "context": {},
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("defined")
    (folder / "kundenwert.toml").write_text('[[sources]]\nfiles = ["a.csv"]\n', encoding="utf-8")
    steps: list[tuple[int, dict[str, Any], float]] = [
        (1, {}, 0.2),
        (2, {}, 0.2),
        (3, {"discount_rate": "0.08"}, 0.2),
        (4, {"discount_rate": "0.08"}, 0.5),
    ]
    for day, flags, weight in steps:
        record_definition(folder, gather(dict(BASE), flags), clock=datetime(2025, 6, day, tzinfo=UTC), criteria=criteria(weight))
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "p")
    return tmp_path / "p"


def test_each_change_is_a_definition_and_nothing_else_is(project: Path) -> None:
    found = flow.definitions(project)
    assert [one.number for one in found] == [1, 2, 3]
    assert [one.changed for one in found] == [(), ("discount_rate",), ("criteria.criteria",)]
    assert [one.settings["discount_rate"] for one in found] == [0.1, 0.08, 0.08]
    assert [one.weights["Imagefaktor"] for one in found] == [0.2, 0.2, 0.5]
    assert found[0].weights["Lage"] == float(Criterion("Lage").weight)
    assert flow.definition(project) == found[-1]


def test_a_run_belongs_to_the_definition_in_force_when_it_was_made(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {"one": "2025-06-01T00:00:00Z", "two": "2025-06-02T10:00:00Z", "three": "2025-06-09T00:00:00Z"}

    class Kept:
        def __init__(self, name: str) -> None:
            self.manifest = {"created": made[name]}

    monkeypatch.setattr("kundenwert.flows.definitions.store.names", lambda _: tuple(made))
    monkeypatch.setattr("kundenwert.flows.definitions.store.read", lambda _, name: Kept(name))
    assert [one.runs for one in flow.definitions(project)] == [("one", "two"), (), ("three",)]


def test_an_unknown_number_is_refused(project: Path) -> None:
    with pytest.raises(UnknownName):
        flow.definition(project, 4)


def test_the_terminal_lists_and_shows_them(project: Path) -> None:
    listed = CliRunner().invoke(COMMAND, ["list", str(project)])
    assert listed.exit_code == 0, listed.output
    assert "discount_rate" in listed.output
    shown = CliRunner().invoke(COMMAND, ["show", "1", "--project", str(project)])
    assert shown.exit_code == 0, shown.output
    assert "Imagefaktor" in shown.output
    assert "0.2" in shown.output


def test_a_project_without_runs_has_none(tmp_path: Path) -> None:
    assert flow.definitions(tmp_path) == ()
    assert "No definition" in CliRunner().invoke(COMMAND, ["list", str(tmp_path)]).output
