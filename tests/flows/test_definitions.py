"""The value definitions of a project: numbered, with what changed and the runs made with each."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import plain_runs
import pytest
from click.testing import CliRunner

from kundenwert.cli.definition import PLUGIN as COMMAND
from kundenwert.errors import CallError, UnknownName
from kundenwert.flows import definitions as flow
from kundenwert.flows.register import record_definition
from kundenwert.records import Criterion
from kundenwert.runs import store
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


# ---- the whole way ----------------------------------------------------------------------------------------------------


LINES = "Kunde;Datum;Betrag\n" + "".join(
    f"{customer};{day:02}.{month:02}.2024;{10 + 7 * customer + month},50\n"
    for customer in range(1, 31)
    for month in range(1, 13)
    for day in (3, 17)
    if (customer * month + day) % (2 + customer % 5) == 0
)
FILE = 'margin = 0.3\n[[sources]]\nfiles = ["lines.csv"]\n'
LATER = FILE.replace("0.3\n", '0.4\nvalue_horizon = "3y"\n') + "[components.rfm]\nperiod_days = 200\n"


@pytest.fixture(scope="module")
def valued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project valued by one definition, then by another, then by the first again though the file says the second."""
    folder = tmp_path_factory.mktemp("valued")
    (folder / "lines.csv").write_text(LINES, encoding="utf-8")
    for hour, (text, number) in enumerate([(FILE, None), (LATER, None), (LATER, 1)]):
        (folder / "kundenwert.toml").write_text(text, encoding="utf-8")
        plain_runs.value(folder, clock=datetime(2025, 3, 1, hour, tzinfo=UTC), definition=number, components=("rfm", "score"))
    return folder


def test_an_earlier_definition_gives_the_same_tables_again(valued: Path) -> None:
    """R07: changing the definition changes what depends on it, the old one can be valued by again."""
    first, second, again = (store.read(valued, name).manifest for name in store.names(valued))
    assert again["tables"] == first["tables"] != second["tables"]
    assert again["definition"] == first["definition"] != second["definition"]
    assert [one.changed for one in flow.definitions(valued)][1] == ("margin", "value_horizon", "components")
    assert flow.definition(valued, 2).sections == {"components": {"rfm": {"period_days": 200}}}


def test_two_definitions_are_compared_over_their_newest_runs(valued: Path) -> None:
    found = flow.compare(valued, 2, 3)
    assert found.customers == 21
    assert set(found.changed) == {"margin", "value_horizon", "components"}
    clv = found.measures["clv"]
    assert clv["rank_correlation"] is not None
    assert 0.9 < clv["rank_correlation"] <= 1
    names = store.names(valued)
    by_run = [float(store.read(valued, name).manifest["totals"]["clv"]) for name in (names[1], names[2])]
    assert [clv["one"], clv["other"]] == pytest.approx(by_run, abs=0.01)
    answer = CliRunner().invoke(COMMAND, ["compare", "2", "3", "--project", str(valued)])
    assert answer.exit_code == 0
    assert "rank correlation" in answer.output


def test_a_definition_without_a_run_says_how_to_make_one(project: Path) -> None:
    with pytest.raises(CallError, match=r"run --definition 1"):
        flow.compare(project, 1, 2)
