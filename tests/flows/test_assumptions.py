"""Assumptions and what they are worth: from the fit of a run, the same that a run with another assumption finds."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import plain_runs
import pyarrow.parquet as pq
import pytest

from kundenwert.errors import StorageError
from kundenwert.flows.assumptions import assumptions
from kundenwert.flows.report import assumptions_report

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)


def valued(folder: Path, **flags: str) -> Path:
    # Only points are asked for.
    return plain_runs.value(folder, clock=NOW, components=("score",), **flags).folder


def manifest(run: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 customers with four purchases each, too few for a model, so that a run takes no time."""
    folder = tmp_path_factory.mktemp("assumed")
    lines = ["customer_id,date,amount"]
    for who in range(30):
        lines += [f"K{who:04},{date(2021, 1, 5) + timedelta(days=who + (300 + who) * turn)},{10 + who}.00" for turn in range(4)]
    (folder / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "kundenwert.toml").write_text('currency = "EUR"\nmargin = 0.3\n[[sources]]\nfiles = ["sales.csv"]\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def base(project: Path) -> Path:
    return valued(project)


def total(run: Path) -> float:
    return float(sum(pq.read_table(run / "customers.parquet", columns=["clv"])["clv"].to_pylist()))


def test_the_total_is_that_of_the_value_table_and_the_widest_stands_first(project: Path, base: Path) -> None:
    found = assumptions(project, base.name)
    assert found.total == pytest.approx(total(base), abs=0.005)
    assert (found.customers, found.chosen) == (30, 3)
    assert [one.span for one in found.rows] == sorted((one.span for one in found.rows), reverse=True)
    assert {one.name for one in found.rows} == {"discount_rate", "value_horizon", "margin"}


@pytest.mark.parametrize(
    ("name", "side", "flags"), [("discount_rate", "up", {"discount_rate": "0.12"}), ("margin", "down", {"margin": "0.27"})]
)
def test_an_assumption_is_worth_what_a_run_with_it_finds(project: Path, base: Path, name: str, side: str, flags: dict[str, str]) -> None:
    row = next(one for one in assumptions(project, base.name).rows if one.name == name)
    case = getattr(row, side)
    assert case.setting == pytest.approx(float(flags[name]))
    other = total(valued(project, **flags))
    assert case.total == pytest.approx(other, abs=30 * 0.01)
    assert case.change == pytest.approx(other - total(base), abs=30 * 0.01)


def test_a_longer_horizon_and_a_lower_rate_are_worth_more(project: Path, base: Path) -> None:
    rows = {one.name: one for one in assumptions(project, base.name).rows}
    assert rows["value_horizon"].down.change < 0 < rows["value_horizon"].up.change
    assert rows["discount_rate"].up.change < 0 < rows["discount_rate"].down.change
    assert rows["margin"].up.share == pytest.approx(0.1, abs=1e-4)
    assert rows["margin"].up.top_changed == 0.0


@pytest.mark.parametrize(
    ("lang", "words"), [("de", ("Zinssatz im Jahr", "8,0 Jahre", "+10,0")), ("en", ("Discount rate a year", "8.0 years", "+10.0%"))]
)
def test_the_page_tells_it_in_both_languages(project: Path, base: Path, tmp_path: Path, lang: str, words: tuple[str, ...]) -> None:
    made = assumptions_report(project, tmp_path / "page.html", run=base.name, language=lang)
    page = made.path.read_text(encoding="utf-8")
    for word in words:
        assert word in page
    assert page.count("<figure>") == 1


def test_a_run_that_did_not_reckon_it_says_so(project: Path, base: Path) -> None:
    content = manifest(base)
    file = base / "manifest.json"
    kept = file.read_bytes()
    file.chmod(0o644)
    file.write_text(json.dumps({**content, "assumptions": None}), encoding="utf-8")
    try:
        with pytest.raises(StorageError, match="does not say what its assumptions are worth"):
            assumptions(project, base.name)
    finally:
        file.write_bytes(kept)
