"""The pages for people who come from elsewhere say what the code computes."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kundenwert as kw
from kundenwert.models.future import future_counts
from kundenwert.records import Histories, Horizons, SpendHistories
from kundenwert.stats.totals import width

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs" / "how-to"
WEEKS_39 = Horizons(273.0, 273.0, 0.0)
# Customers 0001, 0004, 0018 and 0157 of the pages, as they are in the counted histories.
SHOWN = Histories(np.array([2, 0, 1, 29]), np.array([213.0, 0, 34, 264]), np.array([272.0, 272, 272, 266]), np.ones(4, dtype=np.int64))


def page(name: str) -> str:
    return (HOW_TO / name).read_text(encoding="utf-8")


def rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "tests" / "golden" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


@pytest.fixture(scope="module")
def cdnow() -> Histories:
    found = rows("cdnow_purchases.csv")
    frequency, recency, age, count = (
        np.array([float(row[name]) for row in found]) for name in ("frequency", "recency_days", "T_days", "count")
    )
    return Histories(frequency.astype(np.int64), recency, age, count.astype(np.int64))


@pytest.fixture(scope="module")
def fits(cdnow: Histories) -> dict[str, Any]:
    return {model.name: model.fit(cdnow) for model in (kw.BgNbd(), kw.MbgNbd(), kw.ParetoNbd())}


def plain(value: float, digits: int) -> str:
    """As the pages write numbers: no 0 before the point."""
    return f"{value:,.{digits}f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:,.{digits}f}"


@pytest.mark.parametrize("name", ["bg_nbd", "mbg_nbd", "pareto_nbd"])
def test_parameters_and_totals_are_those_of_the_fits(name: str, fits: dict[str, Any], cdnow: Histories) -> None:
    fit = fits[name]
    text = page("from-lifetimes.md")
    assert ", ".join(plain(value, 4) for value in fit.parameters.values()) in text
    total = (fit.forecast_histories(cdnow, WEEKS_39).expected_purchases * cdnow.count).sum()
    assert f"| {total:.2f} |" in text
    other = page("from-pymc-marketing.md")
    digits = 4 if name == "bg_nbd" else 3
    shown = [plain(value, digits) for value in fit.parameters.values()]
    assert (" | " if name == "bg_nbd" else ", ").join(shown) in other
    assert f"| {total:,.0f} |" in other


def test_log_likelihoods_are_those_of_the_fits(fits: dict[str, Any]) -> None:
    text = page("from-lifetimes.md")
    for name in ("bg_nbd", "pareto_nbd"):
        assert f"{fits[name].log_likelihood:.4f}" in text
    # lifetimes' own unit: time divided by the longest T, 38.857 weeks; 2,457 repeat purchases.
    assert -(2357 * 0.250350 + 2457 * np.log(272 / 7)) == pytest.approx(fits["bg_nbd"].log_likelihood, abs=0.005)


def test_customers_shown_have_the_figures_shown(fits: dict[str, Any]) -> None:
    found = rows("cdnow_spend.csv")
    days = np.array([int(row["spend_days"]) for row in found])
    total, count = (np.array([float(row[name]) for row in found]) for name in ("total", "count"))
    spend = kw.GammaGamma().fit(SpendHistories(days, total / days, count.astype(np.int64), np.zeros(len(days))))
    text = page("from-lifetimes.md")
    assert ", ".join(f"{value:.4f}" for value in spend.parameters.values()) in text
    assert f"{spend.log_likelihood:.4f}" in text
    known = spend.coefficients()
    paid, mean = SHOWN.frequency, np.array([22.345, 0.0, 9.99, 26.261379])
    amount = (known["weight"] * known["population_mean"] + known["p"] * paid * mean) / (known["p"] * paid + known["weight"])
    told = fits["bg_nbd"].forecast_histories(SHOWN, Horizons(273.0, 365.0, 0.1))
    for x, alive, purchases, each, clv in zip(
        paid, told.p_alive, told.expected_purchases, amount, told.discounted_purchases * amount, strict=True
    ):
        row = next(line for line in text.splitlines() if line.startswith("| 0") and f" | {x}, " in line)
        for shown in (plain(alive, 4), plain(purchases, 4), f"{each:.2f}", f"{clv:.2f}"):
            assert f" {shown} " in row, (row, shown)
        assert f"{each:.2f}" in page("from-pymc-marketing.md")


def test_intervals_shown_are_those_of_the_model(fits: dict[str, Any]) -> None:
    future = future_counts(fits["bg_nbd"], SHOWN, 273.0)
    ends = list(zip(future.quantile(0.05).tolist(), future.quantile(0.95).tolist(), strict=True))
    text = page("what-intervals-mean.md")
    for customer, (low, high) in zip(("0001", "0004", "0018", "0157"), ends, strict=True):
        if customer != "0018":
            row = next(line for line in text.splitlines() if line.startswith(f"| {customer}"))
            assert f" {low} to {high} " in row


def test_the_width_of_the_total_has_the_parts_told(fits: dict[str, Any], cdnow: Histories) -> None:
    fit, text = fits["bg_nbd"], page("what-intervals-mean.md")
    future = future_counts(fit, cdnow, 273.0)
    mean, process = (float((value * cdnow.count).sum()) for value in (future.mean(), future.variance()))
    totals = [float((one.forecast_histories(cdnow, WEEKS_39).expected_purchases * cdnow.count).sum()) for one in fit.drawn(100, seed=1)]
    found = width(mean, process, totals)
    assert f"{process**0.5:.0f} purchases" in text
    assert np.std(totals) == pytest.approx(72, abs=8)
    assert found.level / found.variance == pytest.approx(0.94, abs=0.01)
    told = [float(number.replace(",", "")) for number in re.findall(r"runs from ([\d,]+) to ([\d,]+)", text)[0]]
    assert found.bounds(mean, 0.9) == pytest.approx(told, rel=0.01)
    narrow = width(mean, process, totals, [0.05, -0.08, 0.12])
    told = [float(number.replace(",", "")) for number in re.findall(r"bring it to ([\d,]+) to ([\d,]+)", text)[0]]
    assert narrow.bounds(mean, 0.9) == pytest.approx(told, rel=0.01)


def blocks(name: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", page(name), re.MULTILINE | re.DOTALL)


def test_examples_of_choosing_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    orders = [f"{c},1997-{1 + (c + 2 * k) % 9:02d}-{1 + c % 28:02d},{20 + c % 30}.50" for c in range(300) for k in range(1 + c % 4)]
    (tmp_path / "orders.csv").write_text("customer_id,date,amount\n" + "\n".join(orders) + "\n", encoding="utf-8")
    names: dict[str, Any] = {}
    for place, example in enumerate(blocks("choose-a-model.md")):
        exec(compile(example, f"choose-a-model.md, example {place + 1}", "exec"), names)
    assert sum(names["table"]["is_chosen"].to_pylist()) == 1
    assert names["search"].best_params_["model"] in ("bg_nbd", "nbd")


def test_models_compared_on_the_log_have_the_scores_shown() -> None:
    data = Path(os.environ.get("KUNDENWERT_TEST_DATA", ""))
    if not (data / "CDNOW_sample.txt").is_file():
        pytest.skip("KUNDENWERT_TEST_DATA names no folder with CDNOW_sample.txt")
    columns = ["master_id", "customer_id", "date", "quantity", "amount"]
    base = kw.customer_base(str(data / "CDNOW_sample.txt"), as_of="1998-06-30", columns=columns)
    found = kw.compare([kw.BgNbd(), kw.MbgNbd(), kw.ParetoNbd()], base, horizon="39w", origins=["1997-09-30"]).to_pylist()
    for one in found:
        if one["kind"] == "model" or one["forecast"] in ("last_period", "own_rate"):
            row = [line for line in page("choose-a-model.md").splitlines() if line.startswith(f"| `{one['forecast']}` |")][-1]
            score = f"{one['log_score']:.4f}".replace("-0.", "-.")
            assert row.endswith(f"| {score} | {100 * one['bias']:+.1f} % | {one['rmse']:.4f} | {plain(one['gini'], 3)} |"), (row, one)
            assert ("yes" in row) == one["is_chosen"]
    assert len(found) == 7


@pytest.mark.parametrize("name", ["from-lifetimes.md", "from-pymc-marketing.md"])
def test_examples_of_coming_from_elsewhere_run_on_the_log(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = Path(os.environ.get("KUNDENWERT_TEST_DATA", ""))
    if not (data / "CDNOW_sample.txt").is_file():
        pytest.skip("KUNDENWERT_TEST_DATA names no folder with CDNOW_sample.txt")
    monkeypatch.chdir(data)
    example = re.search(r'=== "kundenwert"\n\n    ```python\n(.*?)    ```', page(name), re.DOTALL)
    assert example
    names: dict[str, Any] = {}
    exec(compile(textwrap.dedent(example[1]), name, "exec"), names)
    table = names["table"]
    assert sum(table["expected_purchases"].to_pylist()) == pytest.approx(1653.41, abs=0.01)
    if "discounted_revenue" in table.column_names:
        assert f"{sum(table['discounted_revenue'].to_pylist()):,.0f}" in page(name)


@pytest.mark.slow
def test_the_verdict_shown_is_that_of_the_shipped_wholesaler(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from kundenwert.flows.backtest import backtest_project
    from kundenwert.flows.demo import demo
    from kundenwert.flows.progress import Progress

    clock = datetime(2026, 11, 22, tzinfo=UTC)
    ran = demo(tmp_path, clock=clock, progress=Progress())
    found = backtest_project(ran.folder.parents[1], {}, clock=clock, progress=Progress())
    text = page("choose-a-model.md")
    for one in found.origins[0].forecasts:
        if f"  {one.name} " in text:
            assert f"{one.log_score:.4f}  {one.crps:.4f}" in text
    assert found.verdict in re.sub(r"\s+", " ", text)


@pytest.mark.slow
def test_the_notebook_is_what_its_cells_say(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("notebooks", ROOT / "scripts" / "notebooks.py")
    assert spec
    assert spec.loader
    notebooks = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "notebooks", notebooks)  # dataclasses look their module up
    spec.loader.exec_module(notebooks)
    for source in sorted((ROOT / "docs" / "notebooks").glob("*.py")):
        for path, text in notebooks.made(source).items():
            assert path.is_file(), path.name
            if path.suffix == ".md":
                assert notebooks.is_like(path.read_text(encoding="utf-8"), text), f"{path.name} is out of date: python3 run.py docs"
        content = json.loads(source.with_suffix(".ipynb").read_text(encoding="utf-8"))
        assert content["nbformat"] == 4
        assert any(cell.get("outputs") for cell in content["cells"])
