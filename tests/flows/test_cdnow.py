"""The published figures of the CDNOW sample, from its own file to the value table. The file is not part of this repository."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kundenwert.flows.backtest import backtest_project
from kundenwert.flows.look import manifest
from kundenwert.flows.progress import Progress
from kundenwert.flows.reading import Input
from kundenwert.flows.run import run
from kundenwert.flows.value_file import ValuedFile, value_file
from kundenwert.sources import Wanted

COLUMNS = ("master_id", "customer_id", "date", "cds", "amount")
MAPPING = {"customer_id": "customer_id"}
CALIBRATION_END = "1997-09-30"
CLOCK = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def valued(raw_file: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> ValuedFile:
    source = Input(raw_file("CDNOW_sample.txt"), Wanted(columns=COLUMNS, mapping=MAPPING))
    out = tmp_path_factory.mktemp("cdnow") / "customers.parquet"
    return value_file(
        [source], {"as_of": CALIBRATION_END, "threads": "1", "model": "bg_nbd"}, out, clock=date(2026, 1, 1), progress=Progress()
    )


def test_bg_nbd_is_that_of_the_paper(valued: ValuedFile) -> None:
    card = valued.valued.cards[0]
    assert (card.name, card.unit, card.customers) == ("bg_nbd", "week", 2357)
    assert [card.parameters[name] for name in ("r", "alpha", "a", "b")] == pytest.approx([0.2426, 4.4136, 0.7929, 2.4259], abs=5e-5)
    assert card.log_likelihood == pytest.approx(-9582.4292, abs=5e-5)


def test_gamma_gamma_is_that_of_the_note(valued: ValuedFile) -> None:
    card = valued.valued.cards[1]
    assert (card.name, card.customers) == ("gamma_gamma", 946)
    assert [card.parameters[name] for name in ("p", "q", "v")] == pytest.approx([6.250, 3.744, 15.444], abs=5e-4)
    assert card.log_likelihood == pytest.approx(-4055.9177, abs=5e-5)


def test_every_customer_of_the_calibration_has_a_row(valued: ValuedFile) -> None:
    table = pq.read_table(valued.path)
    assert table.num_rows == valued.rows == 2357
    assert len(set(table["customer_id"].to_pylist())) == 2357
    assert valued.valued.summary.repeat_purchases == 2457


def test_free_orders_are_booked_and_flagged(valued: ValuedFile, raw_file: Callable[[str], Path]) -> None:
    lines = raw_file("CDNOW_sample.txt").read_text(encoding="ascii").splitlines()
    bridge = valued.loaded.reconcile()
    free = sum(float(line.split()[-1]) == 0 for line in lines)
    assert next(total.lines for total in bridge.flags if total.flag == "free") == free > 0
    assert next(total.lines for total in bridge.classes if total.line_class == "kept") == len(lines) == 6919


@pytest.fixture
def project(raw_file: Callable[[str], Path], tmp_path: Path) -> Path:
    """The log of the sample with its settings; as it was known at the end of the calibration."""
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    source = raw_file("CDNOW_sample.txt").resolve().as_posix()
    settings = f'as_of = {CALIBRATION_END}\nhorizon = "39w"\n\n[[sources]]\nfiles = ["{source}"]\nheader = [{names}]\n'
    (tmp_path / "kundenwert.toml").write_text(settings + '\n[sources.columns]\ncustomer_id = "customer_id"\n', encoding="utf-8")
    return tmp_path


def test_the_holdout_of_39_weeks_is_that_of_the_references(project: Path) -> None:
    run(project, {"threads": "1", "model": "bg_nbd"}, clock=CLOCK, progress=Progress())
    found = manifest(project)["holdout"]
    assert (found["until"], found["customers"], found["actual_purchases"]) == ("1998-06-30", 2357, 1882)
    assert found["expected_purchases"] == pytest.approx(1653.4, abs=0.05)
    assert found["bias"] == pytest.approx(-0.121, abs=5e-4)
    assert found["mae"] == pytest.approx(0.7855, abs=5e-5)
    assert found["rmse"] == pytest.approx(1.6080, abs=5e-5)


def test_what_a_run_chooses_is_not_worse_than_either_known_model_and_holds_the_total(project: Path) -> None:
    ran = run(project, {"threads": "1"}, clock=CLOCK, progress=Progress())
    chosen = manifest(project)["models"][0]["name"]
    purchases = next(one for one in ran.figures.intervals if one.measure == "purchases")
    assert purchases.lower < 1882 < purchases.upper
    text = (project / "kundenwert.toml").read_text(encoding="utf-8").replace(f"as_of = {CALIBRATION_END}\n", "")
    (project / "kundenwert.toml").write_text(text, encoding="utf-8")
    after = backtest_project(project, {"threads": "1"}, clock=CLOCK, progress=Progress(), origins=(date(1997, 9, 30),))
    score = {one.name: one.log_score for one in after.pooled}
    assert score[chosen] >= max(score["bg_nbd"], score["pareto_nbd"])
