"""The value over time: one row an as-of day, a bridge that adds up, reasons beside time, old runs unchanged."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import exports
import plain_runs
import pytest
from click.testing import CliRunner

from kundenwert.cli.runs import runs
from kundenwert.flows.history import Day, history
from kundenwert.runs import storage

CLOCK = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)


def hashes(folder: Path) -> dict[str, str]:
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((folder / "runs").rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop valued on two days, on the second one twice."""
    folder = exports.project(tmp_path_factory.mktemp("history"), exports.shop(customers=240, days=420))
    for minute, (day, more) in enumerate((("2023-06-30", {}), ("2024-02-20", {"discount_rate": 0.2}), ("2024-02-20", {}))):
        plain_runs.value(folder, clock=CLOCK + timedelta(minutes=minute), as_of=day, model="bg_nbd", components=("score",), **more)
    return folder


@pytest.fixture(scope="module")
def days(folder: Path) -> tuple[Day, ...]:
    return history(folder)


def test_each_day_stands_once_with_its_newest_run(days: tuple[Day, ...], folder: Path) -> None:
    assert [(day.as_of, day.runs) for day in days] == [("2023-06-30", 1), ("2024-02-20", 2)]
    manifest = json.loads((folder / "runs" / days[1].run / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["settings"]["discount_rate"] == 0.1
    assert days[1].value == Decimal(manifest["totals"]["value"])
    assert days[1].customers == manifest["totals"]["customers"]


def test_the_bridge_leads_from_one_value_to_the_next_to_the_cent(days: tuple[Day, ...]) -> None:
    assert days[0].bridge is None
    bridge = days[1].bridge
    assert bridge is not None
    assert (bridge.first, bridge.second) == (days[0].value, days[1].value)
    assert bridge.first + bridge.new + bridge.gone + bridge.past + bridge.clv + bridge.other == bridge.second
    assert bridge.new > 0
    assert bridge.gone == 0
    assert bridge.other == 0
    assert days[0].value == days[0].past + days[0].clv  # type: ignore[operator]


def test_time_alone_is_no_reason(days: tuple[Day, ...]) -> None:
    assert days[1].reasons == ()
    assert days[1].is_comparable


def test_other_settings_and_definitions_are_named_as_reasons(days: tuple[Day, ...], folder: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(folder, project)
    path = project / "runs" / days[1].run / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    changed = {"settings": {**manifest["settings"], "discount_rate": 0.05}, "definition": {"adds": ["x"]}, "version": "0.0.1"}
    storage.write_json(path, {**manifest, **changed})
    later = history(project)[1]
    assert later.reasons == ("settings", "definition", "version")
    assert not later.is_comparable
    storage.write_json(path, {**manifest, "currency": "XXX"})
    later = history(project)[1]
    assert later.reasons == ("yardstick",)
    assert later.bridge is None


def test_looking_back_changes_no_run(folder: Path) -> None:
    before = hashes(folder)
    history(folder)
    assert hashes(folder) == before


def test_a_project_without_runs_has_no_history(tmp_path: Path) -> None:
    assert history(tmp_path) == ()


def test_the_command_tells_course_and_bridge_and_json(days: tuple[Day, ...], folder: Path) -> None:
    told = CliRunner().invoke(runs, ["history", str(folder)])
    assert told.exit_code == 0, told.output
    for part in ("2023-06-30", "2024-02-20", "new customers", f"{days[1].value:,.2f}"):
        assert part in told.output
    found = json.loads(CliRunner().invoke(runs, ["history", str(folder), "--json"]).output)
    assert [day["as_of"] for day in found] == [day.as_of for day in days]
    assert Decimal(found[1]["bridge"]["second"]) == days[1].value


def test_the_command_says_how_to_begin(tmp_path: Path) -> None:
    assert "kundenwert run" in CliRunner().invoke(runs, ["history", str(tmp_path)]).output
