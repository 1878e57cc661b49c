"""Two runs side by side: totals and customers add up, and what cannot be compared is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import exports
import plain_runs
import pytest

from kundenwert.errors import CallError, StorageError, UnknownName
from kundenwert.flows.compare import RunComparison, compare
from kundenwert.flows.run import Ran
from kundenwert.runs import storage

CLOCK = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran, Ran]:
    """A shop valued in its first summer and at the end of its log."""
    folder = exports.project(tmp_path_factory.mktemp("compared"), exports.shop(customers=240, days=420))
    summer, late = (
        plain_runs.value(folder, clock=CLOCK + timedelta(minutes=minute), as_of=day, model="bg_nbd", components=("score",))
        for minute, day in enumerate(("2023-06-30", "2024-02-20"))
    )
    return folder, summer, late


@pytest.fixture(scope="module")
def found(two_runs: tuple[Path, Ran, Ran]) -> RunComparison:
    return compare(two_runs[0], "previous", "current", count=5)


def altered(run: Ran, tmp_path: Path, name: str = "2025-06-01T0900Z-beef", **changes: object) -> Path:
    """A project with this run and a copy of it whose manifest says something else; returns the project."""
    import shutil

    project = tmp_path / "project"
    for target in (run.folder.name, name):
        shutil.copytree(run.folder, project / "runs" / target)
    manifest = json.loads((run.folder / "manifest.json").read_text(encoding="utf-8"))
    storage.write_json(project / "runs" / name / "manifest.json", {**manifest, **changes})
    storage.write_text(project / "runs" / "current", run.folder.name)
    return project


def test_totals_stand_side_by_side_with_their_difference(found: RunComparison, two_runs: tuple[Path, Ran, Ran]) -> None:
    _, summer, late = two_runs
    shown = {one.measure: one for one in found.totals}
    for name in ("customers", "expected_purchases", "revenue", "past", "expected_revenue", "clv", "value"):
        before, after = getattr(summer.figures.totals, name), getattr(late.figures.totals, name)
        assert (shown[name].first, shown[name].second, shown[name].change) == (before, after, after - before)


def test_groups_add_up_to_both_totals_to_the_cent(found: RunComparison, two_runs: tuple[Path, Ran, Ran]) -> None:
    _, summer, late = two_runs
    for part in ("past", "clv", "value"):
        assert sum(group.first[part] or Decimal(0) for group in found.groups) == getattr(summer.figures.totals, part)
        assert sum(group.second[part] or Decimal(0) for group in found.groups) == getattr(late.figures.totals, part)
    customers = {group.found: group.customers for group in found.groups}
    assert customers["both"] == summer.figures.totals.customers
    assert customers["both"] + customers["new"] == late.figures.totals.customers
    assert "gone" not in customers


def test_gains_and_losses_are_the_extremes_of_all_customers(found: RunComparison, two_runs: tuple[Path, Ran, Ran]) -> None:
    import duckdb

    _, summer, late = two_runs
    tables = [str(run.folder / "customers.parquet") for run in (summer, late)]
    changes = duckdb.execute(
        "select customer_id, coalesce(b.value, 0) - coalesce(a.value, 0) from read_parquet($1) a full join read_parquet($2) b "
        "using (customer_id)",
        tables,
    ).fetchall()
    ranked = sorted(changes, key=lambda row: (-row[1], row[0]))
    assert [(one.customer_id, one.change) for one in found.gains] == ranked[:5]
    lost = [row for row in sorted(changes, key=lambda row: (row[1], row[0])) if row[1] < 0]
    assert [(one.customer_id, one.change) for one in found.losses] == lost[:5]
    assert len(found.losses) == 5


def test_the_parts_of_a_mover_make_its_change(found: RunComparison) -> None:
    for one in (*found.gains, *found.losses):
        parts = sum((one.second[part] or 0) - (one.first[part] or 0) for part in ("past", "clv"))
        assert parts == one.change


def test_the_other_way_round_gains_are_losses(found: RunComparison, two_runs: tuple[Path, Ran, Ran]) -> None:
    back = compare(two_runs[0], "current", "previous", count=5)
    assert [one.customer_id for one in back.losses] == [one.customer_id for one in found.gains]
    assert {group.found for group in back.groups} == {"both", "gone"}
    assert [notice.key for notice in back.notices] == ["backwards"]
    assert found.notices == ()


def test_settings_inputs_and_models_that_differ_are_named(found: RunComparison) -> None:
    assert [(one.name, one.first, one.second) for one in found.settings] == [("as_of", "2023-06-30", "2024-02-20")]
    assert found.inputs == ()
    assert [(one.family, one.same) for one in found.models] == [("purchases", False), ("spend", False)]
    assert set(found.models[0].second["parameters"]) == {"r", "alpha", "a", "b"}  # type: ignore[index]


def test_changed_new_and_gone_inputs_are_told_apart(two_runs: tuple[Path, Ran, Ran], tmp_path: Path) -> None:
    run = two_runs[2]
    (entry,) = json.loads((run.folder / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    other = [{**entry, "sha256": "0" * 64, "lines": 7}, {**entry, "name": "more.csv", "lines": 3}]
    project = altered(run, tmp_path, inputs=other)
    (project / "runs" / "current").write_text("2025-06-01T0900Z-beef", encoding="utf-8")
    told = {one.name: (one.change, one.lines_second) for one in compare(project, run.folder.name, "current").inputs}
    assert told == {"sales-1.csv": ("changed", 7), "more.csv": ("new", 3)}
    assert {one.change for one in compare(project, "current", run.folder.name).inputs} == {"changed", "gone"}


def test_a_run_equal_in_all_but_name_shows_no_change(two_runs: tuple[Path, Ran, Ran], tmp_path: Path) -> None:
    found = compare(altered(two_runs[2], tmp_path), "current", "2025-06-01T0900Z")
    assert (found.settings, found.inputs, found.gains, found.losses) == ((), (), (), ())
    assert all(one.same for one in found.models)
    assert all(one.change == 0 for one in found.totals)
    assert [(group.found, group.changed) for group in found.groups] == [("both", 0)]


def test_money_of_another_kind_is_shown_but_not_subtracted(two_runs: tuple[Path, Ran, Ran], tmp_path: Path) -> None:
    found = compare(altered(two_runs[2], tmp_path, currency="CHF"), "current", "2025-06-01T0900Z-beef")
    assert found.measure == "expected_purchases"
    changes = {one.measure: one.change for one in found.totals}
    assert changes["value"] is None
    assert changes["revenue"] is None
    assert changes["expected_purchases"] == 0
    assert [notice.key for notice in found.notices] == ["other_money"]
    assert "CHF" in str(found.notices[0])


def test_revenue_is_compared_across_yardsticks_and_value_is_not(two_runs: tuple[Path, Ran, Ran], tmp_path: Path) -> None:
    found = compare(altered(two_runs[2], tmp_path, yardstick="revenue"), "current", "2025-06-01T0900Z-beef")
    changes = {one.measure: one.change for one in found.totals}
    assert (changes["revenue"], changes["clv"], changes["value"]) == (0, None, None)


@pytest.mark.slow
def test_runs_without_money_are_compared_by_expected_purchases(value: Callable[..., Ran], tmp_path: Path) -> None:
    lines = [line[:4] for line in exports.shop(days=420)]
    exports.write(tmp_path / "exports" / "sales-1.csv", lines, exports.HEADER[:4])
    (tmp_path / "kundenwert.toml").write_text('[[sources]]\nfiles = ["exports/*.csv"]\n', encoding="utf-8")
    value(as_of="2023-06-30", model="nbd")
    value(as_of="2024-02-20", model="nbd")
    found = compare(tmp_path, "previous", "current", count=3)
    assert found.measure == "expected_purchases"
    assert {one.measure for one in found.totals} == {"customers", "purchases", "expected_purchases"}
    first = found.gains[0]
    assert first.change == pytest.approx((first.second["expected"] or 0) - (first.first["expected"] or 0))  # type: ignore[operator]


def test_another_horizon_or_interest_is_said(two_runs: tuple[Path, Ran, Ran], tmp_path: Path) -> None:
    run = two_runs[2]
    settings = json.loads((run.folder / "manifest.json").read_text(encoding="utf-8"))["settings"]
    project = altered(run, tmp_path, horizon="6m", settings={**settings, "horizon": "6m", "discount_rate": 0.2})
    found = compare(project, "current", "2025-06-01T0900Z-beef")
    assert [notice.key for notice in found.notices] == ["other_horizon", "other_value"]
    assert [one.name for one in found.settings] == ["horizon", "discount_rate"]


def test_intervals_of_totals_are_read_where_a_run_has_them(two_runs: tuple[Path, Ran, Ran], tmp_path: Path) -> None:
    clv = {"measure": "clv", "mean": 2.0, "lower": 1.0, "upper": 3.0, "level": 0.9}
    found = compare(altered(two_runs[2], tmp_path, intervals=[clv]), "current", "2025-06-01T0900Z-beef")
    shown = {one.measure: one.second_interval for one in found.totals}
    assert shown["clv"] is not None
    assert (shown["clv"].lower, shown["clv"].upper, shown["clv"].level) == (1.0, 3.0, 0.9)
    assert shown["value"] is None


def test_runs_of_before_intervals_existed_can_be_compared(two_runs: tuple[Path, Ran, Ran], tmp_path: Path) -> None:
    found = compare(altered(two_runs[2], tmp_path, intervals="not computed"), "current", "2025-06-01T0900Z-beef")
    assert all(one.second_interval is None for one in found.totals)


def test_what_the_backtest_said_and_several_models_of_a_family_are_kept(two_runs: tuple[Path, Ran, Ran], tmp_path: Path) -> None:
    manifest = json.loads((two_runs[2].folder / "manifest.json").read_text(encoding="utf-8"))
    models = [*manifest["models"], {**manifest["models"][0], "name": "nbd"}]
    found = compare(altered(two_runs[2], tmp_path, models=models, backtest={"verdict": "Good."}), "current", "2025-06-01T0900Z-beef")
    assert (found.first.verdict, found.second.verdict) == ((manifest["backtest"] or {}).get("verdict", ""), "Good.")
    assert [(one.family, one.same) for one in found.models] == [("purchases", True), ("spend", True), ("purchases", False)]
    assert found.models[2].first is None


def test_a_run_is_not_compared_with_itself(two_runs: tuple[Path, Ran, Ran]) -> None:
    folder, _, late = two_runs
    with pytest.raises(CallError, match=f"the same run, {late.folder.name}"):
        compare(folder, "current", late.folder.name)


def test_a_beginning_that_fits_several_runs_is_answered_with_them(two_runs: tuple[Path, Ran, Ran]) -> None:
    folder, summer, late = two_runs
    with pytest.raises(CallError, match=f"(?s){summer.folder.name}.*{late.folder.name}.*Write more"):
        compare(folder, "2025", "current")


def test_an_unknown_run_is_answered_with_those_there_are(two_runs: tuple[Path, Ran, Ran]) -> None:
    with pytest.raises(UnknownName, match=r"No '1999' in the runs of .* current, previous"):
        compare(two_runs[0], "1999", "current")


@pytest.mark.slow
def test_without_an_earlier_run_there_is_no_previous(value: Callable[..., Ran], tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no finished run"):
        compare(tmp_path, "previous", "current")
    exports.project(tmp_path, exports.shop(customers=40, days=420))
    value(model="nbd")
    with pytest.raises(CallError, match="comes before the current one"):
        compare(tmp_path, "previous", "current")
