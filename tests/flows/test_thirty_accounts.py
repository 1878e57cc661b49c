"""Thirty named business customers: the whole way works, and nothing is claimed that so few cannot show (R56)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from kundenwert.flows.customer import customer
from kundenwert.flows.progress import Progress
from kundenwert.flows.report import account_report, portfolio_report, result_report
from kundenwert.flows.run import Ran, run

PROJECT = """preset = "wholesale"
language = "en"
[[sources]]
files = ["lines.csv"]
[tables.customers]
files = ["customers.csv"]
[tables.complaints]
files = ["complaints.csv"]
[tables.activities]
files = ["activities.csv"]
"""
ACCOUNTS = [f"K{number:02}" for number in range(1, 31)]


def lines() -> str:
    """Two years of orders every two to six weeks; three accounts fell silent half a year before the end."""
    rng = np.random.default_rng(4)
    rows = ["customer_id;date;document_id;product_group;amount;cost"]
    for place, account in enumerate(ACCOUNTS):
        day, last = date(2024, 1, 8) + timedelta(days=place), date(2025, 6 if place % 10 == 0 else 12, 20)
        while day <= last:
            amount = 80 * (1 + place) + int(rng.integers(0, 90))
            rows.append(f"{account};{day};R{len(rows)};{'Holz' if rng.random() < 0.6 else 'Farbe'};{amount}.00;{0.72 * amount:.2f}")
            day += timedelta(days=int(rng.integers(14, 45)))
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("thirty")
    owners = [f"{account};Firma {account};b2b;{'K01' if account in ('K02', 'K03') else ''}" for account in ACCOUNTS]
    visits = [f"{account};Besuch;2025-{month:02}-11;1" for account in ACCOUNTS[:12] for month in range(1, 12, 2)]
    tables = {
        "lines.csv": lines(),
        "customers.csv": "\n".join(["customer_id;name;kind;parent_id", *owners]) + "\n",
        "complaints.csv": "complaint_id;customer_id;date;cost\nB1;K05;2025-03-04;40.00\nB2;K05;2025-05-06;55.00\n",
        "activities.csv": "\n".join(["customer_id;driver;date;count", *visits]) + "\n",
        "kundenwert.toml": PROJECT,
    }
    for name, text in tables.items():
        (folder / name).write_text(text, encoding="utf-8")
    return run(folder, {"threads": "1"}, clock=datetime(2026, 1, 5, tzinfo=UTC), progress=Progress())


@pytest.fixture(scope="module")
def manifest(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ran.folder / "manifest.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def rows(ran: Ran) -> dict[str, dict[str, Any]]:
    return {row["customer_id"]: row for row in pq.read_table(ran.folder / "customers.parquet").to_pylist()}


def test_thirty_accounts_have_values_that_add_up(manifest: dict[str, Any], rows: dict[str, dict[str, Any]]) -> None:
    assert sorted(rows) == ACCOUNTS
    assert sum(row["value"] for row in rows.values()) == sum(row["past"] + row["clv"] for row in rows.values())
    assert str(sum(row["value"] for row in rows.values())) == manifest["totals"]["value"]
    assert all(row["db4"] <= row["db1"] for row in rows.values())


def test_no_population_model_is_fitted_and_that_is_said(manifest: dict[str, Any], rows: dict[str, dict[str, Any]]) -> None:
    keys = {notice["key"] for notice in manifest["warnings"]}
    assert "small_base" in keys
    assert manifest["models"][0]["name"] == "recent_rate"
    assert all(row["p_alive"] is None for row in rows.values())


def test_nothing_is_told_that_thirty_cannot_show(manifest: dict[str, Any], rows: dict[str, dict[str, Any]]) -> None:
    told = manifest["components"]["facts"]
    assert told["cross_selling"]["shown"] is False
    assert told["score"]["mean_score"] is None
    assert all(row.get("expected_years") is None for row in rows.values())
    assert "cross_selling.parquet" not in manifest["tables"]


def test_each_account_has_a_class_and_one_stage(rows: dict[str, dict[str, Any]]) -> None:
    assert {row["class"] for row in rows.values()} == {"A", "B", "C"}
    assert all(row["stage"] in ("acquisition", "development", "retention", "win_back") for row in rows.values())


def test_reports_and_the_page_of_an_account_can_be_written(ran: Ran, tmp_path: Path) -> None:
    project = ran.folder.parents[1]
    explained = customer(project, "K05")
    assert sum(part.amount for part in explained.parts if part.amount is not None) == explained.row["value"]
    for write, name in ((result_report, "r.html"), (portfolio_report, "p.xlsx")):
        assert write(project, tmp_path / name).path.stat().st_size > 1000
    assert account_report(project, "K01", tmp_path / "a.pdf").path.read_bytes().startswith(b"%PDF")


def test_the_report_tells_what_thirty_accounts_can_tell_and_leaves_out_the_rest(ran: Ran, manifest: dict[str, Any]) -> None:
    report = (ran.folder / "report.html").read_text(encoding="utf-8")
    told = {"assumptions", "margin_multiple", "rhythm", "retention", "cohorts"}
    untold = {"segments", "peers", "price_gap", "credit_risk", "contracts", "complaints", "words", "tier_flow", "field_moves"}
    found = {
        key for key in told | untold if f'<section class="sec c12" id="{key}"' in report or f'<section class="sec c6" id="{key}"' in report
    }
    assert found == told
    assert ran.figures.assumptions is not None
    assert ran.figures.assumptions.total == manifest["assumptions"]["total"]
