"""The main job: a project becomes a run that can be made again, and that nothing damages."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import exports
import plain_runs
import pyarrow.parquet as pq
import pytest

from kundenwert import registry, sources
from kundenwert.errors import NothingToValue, SettingsError, StorageError, UnknownName
from kundenwert.flows.check import as_json, check_project
from kundenwert.flows.look import list_runs, manifest
from kundenwert.flows.progress import Progress
from kundenwert.flows.run import Ran, run
from kundenwert.runs import store
from kundenwert.value import components as room

Value = Callable[..., Ran]

CLOCK = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)

# A named model: how one is chosen is no matter of these tests and takes a quarter of a run.
SETTINGS = 'title = "Laden"\ncurrency = "EUR"\nmargin = 0.3\nhorizon = "6m"\nmodel = "mbg_nbd"\n'
BAD = ("K0001", "morgen", "R9", "A", 1, "12.00", "")
EARLIER = {"discount_rate": "0.07", "value_horizon": "3y", "as_of": "2024-08-31"}


@pytest.fixture(autouse=True, scope="module")
def plain_report() -> Iterator[None]:
    """Drawing and most components take longer than all the rest; both have their own tests, and the processes started here make all."""
    few = {name: registry.load(room.ROOM, name) for name in ("score", "value_class")}
    with plain_runs.without_pages(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "components", lambda: few)
        yield


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that was never valued."""
    return exports.project(tmp_path, exports.shop(), SETTINGS)


@dataclass(frozen=True)
class Made:
    """A project valued on an earlier day by other settings, then as it is."""

    project: Path
    earlier: Ran
    now: Ran


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, plain_report: None) -> Made:
    """To be read only; `valued` is a copy."""
    folder = exports.project(tmp_path_factory.mktemp("made"), [*exports.shop(), BAD], SETTINGS)
    return Made(folder, *(plain_runs.value(folder, clock=CLOCK, **flags) for flags in (EARLIER, {})))


@pytest.fixture
def valued(made: Made, tmp_path: Path) -> Path:
    """A copy of the valued project, to be valued again or damaged."""
    shutil.copytree(made.project, tmp_path, dirs_exist_ok=True)
    return tmp_path


def tables(ran: Ran) -> dict[str, str]:
    return dict(manifest(ran.folder.parent.parent, ran.folder.name)["tables"])


def as_text(ran: Ran) -> list[dict[str, Any]]:
    return pq.read_table(ran.folder / "customers.parquet").to_pylist()


# ---- the same again ---------------------------------------------------------------------------------------------------


def test_the_same_inputs_and_settings_give_the_same_rows_order_types_and_hash(valued: Path, made: Made, value: Value) -> None:
    first = made.now
    shutil.rmtree(valued / "ledger")
    second = value(threads="2")
    assert first.folder != second.folder
    assert tables(first) == tables(second) != {}
    one, two = (pq.read_table(ran.folder / "customers.parquet") for ran in (first, second))
    assert one.schema.equals(two.schema, check_metadata=True)
    assert one.equals(two)
    assert one["customer_id"].to_pylist() == sorted(one["customer_id"].to_pylist())


def test_a_run_is_made_again_from_the_settings_in_its_manifest(valued: Path, made: Made, value: Value) -> None:
    old = made.earlier
    kept = manifest(valued, old.folder.name)["settings"]
    (valued / "kundenwert.toml").write_text('horizon = "1y"\nmargin = 0.1\n[[sources]]\nfiles = ["exports/*.csv"]\n', encoding="utf-8")
    new = value()
    assert tables(new) != tables(old)
    again = value(**{name: setting for name, setting in kept.items() if setting not in (None, "")})
    assert tables(again) == tables(old)
    assert manifest(valued, again.folder.name)["settings"] == kept


def test_changing_one_setting_changes_only_what_depends_on_it(valued: Path, made: Made, value: Value) -> None:
    before, after = as_text(made.now), as_text(value(discount_rate="0.02"))
    assert len(before) == len(after) > 100
    changed = {name for old, new in zip(before, after, strict=True) for name in old if old[name] != new[name]}
    of_components = set(manifest(valued)["components"]["columns"])
    assert {"class", "share_before"} <= of_components
    assert changed - of_components == {"clv", "clv_upper", "clv_beyond", "value"}


# ---- what the manifest says -------------------------------------------------------------------------------------------


def test_the_manifest_ties_files_classes_and_customers(made: Made) -> None:
    found = manifest(made.project, made.earlier.folder.name)
    rows = as_text(made.earlier)
    assert [entry["name"] for entry in found["inputs"]] == ["sales-1.csv"]
    bridge = found["reconciliation"]
    assert bridge["difference"] == "0.00"
    assert sum(total["lines"] for total in bridge["classes"]) == bridge["lines"] == found["inputs"][0]["lines"]
    amounts = {total["line_class"]: Decimal(total["amount"]) for total in bridge["classes"]}
    assert amounts["after_as_of"] > 0
    own = amounts["kept"] + amounts["return"] + amounts["cancellation"]
    assert sum(row["revenue"] for row in rows) == own == Decimal(found["totals"]["revenue"])
    assert sum(row["value"] for row in rows) == sum(row["past"] + row["clv"] for row in rows) == Decimal(found["totals"]["value"])
    assert found["yardstick"] == "contribution"
    assert (found["currency"], found["title"], found["as_of"]) == ("EUR", "Laden", "2024-08-31")


def test_what_was_rejected_stands_beside_the_ledger_with_file_record_rules_and_text(made: Made) -> None:
    ledger = made.project / "ledger" / manifest(made.project)["ledger"]
    (row,) = pq.read_table(ledger / "rejects.parquet").to_pylist()
    assert (row["file"], row["record"], row["rules"]) == ("sales-1.csv", len(exports.shop()) + 1, ["date is readable"])
    assert row["raw"] == "K0001,morgen,R9,A,1,12.00,"


def test_check_and_run_tell_the_same_of_the_lines(made: Made) -> None:
    told = as_json(check_project(made.project, {}, progress=Progress()))
    found = manifest(made.project)["reconciliation"]
    booked = {total["line_class"]: total for total in found["classes"] if total["line_class"] != "after_as_of"}
    assert {total["line_class"]: total for total in told["classes"]} == booked
    assert {name: told[name] for name in ("lines", "amount", "difference", "flags", "views")} == {
        name: found[name] for name in ("lines", "amount", "difference", "flags", "views")
    }


# ---- the as-of day ----------------------------------------------------------------------------------------------------


def test_days_after_the_clock_are_not_the_as_of_day(valued: Path, value: Value) -> None:
    clock = datetime(2024, 6, 1, 9, 30, tzinfo=UTC)
    known = [line for line in exports.shop() if line[1] <= clock.date()]
    assert value(clock=clock).figures.as_of == max(line[1] for line in known)
    (name,) = (one for one in store.names(valued) if one.startswith("2024"))
    classes = {total["line_class"]: total["lines"] for total in manifest(valued, name)["reconciliation"]["classes"]}
    assert classes["after_as_of"] == len(exports.shop()) - len(known) > 0


def test_an_as_of_day_before_the_first_document_is_refused(project: Path, value: Value) -> None:
    with pytest.raises(NothingToValue, match="The first document day is 2023-01-0"):
        value(as_of="2022-12-31")
    assert store.names(project) == []


def test_a_log_that_covers_the_horizon_gets_a_holdout_that_changes_nothing(project: Path, value: Value) -> None:
    lines, as_of = exports.shop(), date(2024, 3, 31)
    last = max(line[1] for line in lines)
    horizon = f"{(last - as_of).days}d"
    with_later = value(as_of=as_of.isoformat(), horizon=horizon)
    found = manifest(project)["holdout"]
    assert found["until"] == last.isoformat()
    later = {(line[0], line[1]) for line in lines if as_of < line[1] and line[4] > 0}
    known = {row["customer_id"] for row in as_text(with_later) if row["level"] != "none"}
    assert found["customers"] == len(known)
    assert found["actual_purchases"] == len([1 for customer, _ in later if customer in known])
    cut = exports.project(project / "cut", [line for line in lines if line[1] <= as_of], SETTINGS)
    without = run(cut, {"as_of": as_of.isoformat(), "horizon": horizon}, clock=with_later.figures.created, progress=Progress())
    assert manifest(cut)["holdout"] is None
    assert tables(without) == tables(with_later)


def test_a_log_that_ends_a_day_before_the_horizon_gets_no_holdout(project: Path, value: Value) -> None:
    last = max(line[1] for line in exports.shop())
    value(as_of="2024-03-31", horizon=f"{(last - date(2024, 3, 31)).days + 1}d")
    assert manifest(project)["holdout"] is None


# ---- publication ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_current_moves_only_forward_unless_it_is_published(project: Path, value: Value) -> None:
    early, late = value(as_of="2024-06-30"), value(as_of="2024-09-30")
    assert (early.is_current, late.is_current) == (True, True)
    back = value(as_of="2024-03-31")
    assert not back.is_current
    assert store.current(project) == late.folder.name
    assert value(as_of="2024-09-30").is_current
    forced = value(as_of="2024-03-31", publish=True)
    assert forced.is_current
    assert store.current(project) == forced.folder.name
    assert [line.name for line in list_runs(project) if line.is_current] == [forced.folder.name]


@pytest.mark.slow
def test_names_of_runs_are_unique_and_sort_by_time(project: Path, value: Value) -> None:
    first = value()
    same_minute = value()
    later = value(clock=first.figures.created + timedelta(hours=1))
    names = [ran.folder.name for ran in (first, same_minute, later)]
    assert len(set(names)) == 3
    assert max(names) == names[2]
    assert sorted(names) == store.names(project)


def test_a_damaged_manifest_is_named_with_a_remedy(valued: Path) -> None:
    (valued / "runs" / str(store.current(valued)) / "manifest.json").write_text('{"run": ', encoding="utf-8")
    with pytest.raises(StorageError, match=r"manifest.json cannot be read: .* To do: restore it or make a new run"):
        manifest(valued)


def test_an_unknown_run_is_refused_with_the_runs_there_are(made: Made) -> None:
    names = store.names(made.project)
    assert len(names) == 2
    with pytest.raises(UnknownName, match="Available: {}, {}".format(*names)):
        manifest(made.project, "2020-01-01T0000Z-0000")


def test_a_project_without_a_run_says_so(project: Path) -> None:
    with pytest.raises(StorageError, match="holds no finished run"):
        manifest(project)


# ---- the ledger is kept -----------------------------------------------------------------------------------------------


def phases(progress: Progress) -> list[str]:
    return [phase.text for phase in progress.phases]


@pytest.mark.slow
def test_a_second_run_does_not_read_again(project: Path, value: Value) -> None:
    first, second = Progress(), Progress()
    value(progress=first)
    value(progress=second, horizon="12m")
    assert "Reading sales-1.csv" in phases(first)
    assert [text for text in phases(second) if text.startswith(("Reading", "Checking", "Writing the ledger"))] == []
    assert len([path for path in (project / "ledger").iterdir() if path.name != "read"]) == 1


@pytest.mark.slow
def test_a_setting_that_reading_uses_makes_another_ledger(project: Path, value: Value) -> None:
    value()
    first = manifest(project)["ledger"]
    value(non_products="E")
    assert manifest(project)["ledger"] != first
    assert {path.name for path in (project / "ledger").iterdir()} == {"read", first, manifest(project)["ledger"]}


def test_next_months_file_is_added_and_a_known_file_is_not_read_again(
    project: Path, made: Made, value: Value, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = exports.shop()
    cut = date(2024, 6, 30)
    exports.project(project, [line for line in lines if line[1] <= cut], SETTINGS)
    value()
    exports.write(project / "exports" / "sales-2.csv", [*(line for line in lines if line[1] > cut), BAD])

    read: list[str] = []
    inspect = sources.inspect
    monkeypatch.setattr(
        sources, "inspect", lambda engine, source, *rest, **named: (read.append(source.name), inspect(engine, source, *rest, **named))[1]
    )
    both = value()
    assert read == ["sales-2.csv"]
    assert [entry["name"] for entry in manifest(project)["inputs"]] == ["sales-1.csv", "sales-2.csv"]
    # In one file or in two: the same customers, to the last cent.
    assert tables(made.now) == tables(both)


@pytest.mark.slow
def test_a_kept_file_is_read_anew_when_its_content_changes(project: Path, value: Value) -> None:
    value()
    before = manifest(project)["inputs"][0]["sha256"]
    exports.write(project / "exports" / "sales-1.csv", exports.shop(2))
    assert manifest(project, value().folder.name)["inputs"][0]["sha256"] != before


def test_a_pattern_that_fits_no_file_is_refused(project: Path, value: Value) -> None:
    (project / "kundenwert.toml").write_text('[[sources]]\nfiles = ["nowhere/*.csv"]\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"No file fits 'nowhere/\*.csv'"):
        value()


# ---- two at once, and death -------------------------------------------------------------------------------------------

CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kundenwert.flows.progress import Progress
from kundenwert.flows.run import run
def show(phase):
    print(phase.text, phase.is_over, flush=True)
run(Path(sys.argv[1]), {"as_of": sys.argv[2], "threads": "1"}, clock=datetime(2025, 6, 1, 9, 30, tzinfo=UTC), progress=Progress(show))
"""


def start(project: Path, as_of: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", CHILD, str(project), as_of], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def is_whole(project: Path, name: str) -> bool:
    kept = store.read(project, name)
    found = dict(kept.manifest["tables"])
    return all(hashlib.sha256((kept.folder / table).read_bytes()).hexdigest() == digest for table, digest in found.items()) and (
        kept.folder / "report.html"
    ).read_text(encoding="utf-8").rstrip().endswith("</html>")


@pytest.mark.slow
def test_two_runs_at_once_are_both_good(project: Path) -> None:
    both = [start(project, "2024-06-30"), start(project, "2024-09-30")]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    names = store.names(project)
    assert len(names) == 2
    assert all(is_whole(project, name) for name in names)
    assert manifest(project)["as_of"] == "2024-09-30"
    assert [path.name for path in (project / "runs").iterdir() if path.name.startswith(".")] == []


def die(project: Path, moment: str, delay: float) -> None:
    """Starts a run and kills it `delay` seconds after it begins a phase."""
    process = start(project, "2024-09-30")
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(moment):
            time.sleep(delay)
            break
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


MOMENTS = ("Reading", "Writing the ledger", "Building the customer base", "Writing the value table", "Writing the report")


def survive(project: Path, value: Value, moments: list[tuple[str, float]]) -> None:
    good = value(as_of="2024-06-30", threads="1")
    shutil.rmtree(project / "ledger")
    for moment, delay in moments:
        die(project, moment, delay)
        names = store.names(project)
        assert store.current(project) in names
        assert good.folder.name in names
        assert all(is_whole(project, name) for name in names)
    after = value(as_of="2024-09-30", threads="1")
    assert after.is_current
    assert is_whole(project, after.folder.name)
    assert [path.name for path in (project / "runs").iterdir() if path.name.startswith(".")] == []
    assert [path.name for path in (project / "ledger").iterdir() if path.name.startswith(".")] == []
    # What was half written before did not find its way into the numbers.
    shutil.rmtree(project / "ledger")
    assert tables(value(as_of="2024-09-30")) == tables(after)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_a_run_that_is_killed_leaves_the_last_good_run_and_no_trace(project: Path, value: Value) -> None:
    survive(project, value, [(moment, 0.0) for moment in MOMENTS])


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_a_run_that_is_killed_at_any_moment_leaves_the_last_good_run(project: Path, value: Value) -> None:
    survive(project, value, [(moment, delay) for moment in MOMENTS for delay in (0.0, 0.002, 0.01, 0.03, 0.1, 0.3)])
