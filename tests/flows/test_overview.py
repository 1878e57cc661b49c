"""The first screen: sums of the run, a bridge that adds up, alerts that say what the list shows, a forecast told as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import exports
import plain_runs
import pytest

from kundenwert.flows import index, screens
from kundenwert.flows.customer_list import open_list
from kundenwert.flows.customer_list_query import filters
from kundenwert.flows.overview import overview
from kundenwert.runs import store

CLOCK = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
PROJECT = """
currency = "EUR"
preset = "wholesale"
[tables.payments]
files = ["payments.csv"]
"""
PARTS = ("score", "alert", "lifecycle", "value_class", "rhythm")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop valued on two days, with three open invoices on the second: one not due yet, one of a customer who does not count."""
    project = exports.project(tmp_path_factory.mktemp("overview"), exports.shop(customers=160, days=600), PROJECT)
    open_ones = [
        ("R1", "K0001", "2024-01-02", "2024-02-01", "", "119.00"),
        ("R2", "K0001", "2024-01-03", "2024-02-02", "", "81.00"),
        ("R3", "K0002", "2024-05-20", "2024-12-31", "", "500.00"),
        ("R4", "K0003", "2024-01-02", "2024-02-01", "2024-01-30", "70.00"),
    ]
    header = ("document_id", "customer_id", "invoice_date", "due_date", "paid_on", "amount")
    exports.write(project / "payments.csv", open_ones, header)
    for minute, day in enumerate(("2023-09-30", "2024-06-30")):
        plain_runs.value(project, clock=CLOCK + timedelta(minutes=minute), as_of=day, components=PARTS)
    return project


def test_the_sums_are_those_of_the_run(folder: Path) -> None:
    source = store.read(folder)
    page = overview(folder, source.name)
    assert page["totals"] == source.manifest["totals"]
    assert page["interval"]["lower"] < float(page["totals"]["clv"]) < page["interval"]["upper"]
    assert page["interval"]["measure"] == "clv"


def test_the_bridge_leads_from_one_value_to_the_other(folder: Path) -> None:
    page = overview(folder, store.read(folder).name)
    bridge = {name: Decimal(page["bridge"][name]) for name in ("first", "new", "gone", "past", "clv", "other", "second")}
    assert sum((bridge[name] for name in ("first", "new", "gone", "past", "clv", "other")), Decimal(0)) == bridge["second"]
    assert bridge["second"] == Decimal(page["totals"]["value"])
    assert page["bridge"]["new_customers"] > 0
    assert page["before"]["as_of"] == "2023-09-30"
    assert [one["as_of"] for one in page["course"]] == ["2023-09-30", "2024-06-30"]


def test_the_first_run_says_that_it_is_the_first(folder: Path) -> None:
    page = overview(folder, store.names(folder)[0])
    assert page["bridge"] is None
    assert page["why_not"] == "first"
    assert len(page["course"]) == 1


def test_alerts_count_whom_the_list_shows(folder: Path) -> None:
    run = store.read(folder).name
    alerts, listed = {one["kind"]: one for one in overview(folder, run)["alerts"]}, open_list(folder, run)
    for flag, measure in (("at_risk", "at_stake"), ("loss_maker", "contribution_year")):
        totals = listed.totals(filters(flags=(flag,)), managers=None)
        if totals.count:
            assert alerts[flag]["customers"] == totals.count
            assert Decimal(alerts[flag]["amount"]) == totals.sums[measure]
        else:
            assert flag not in alerts
    assert "at_risk" in alerts


def test_overdue_is_what_was_due_and_is_not_paid_on_the_day_of_the_run(folder: Path) -> None:
    alerts = {one["kind"]: one for one in overview(folder, store.read(folder).name)["alerts"]}
    assert alerts["overdue"]["amount"] == "200.00"
    assert alerts["overdue"]["records"] == 2
    assert alerts["overdue"]["named"][0]["customer_id"] == "K0001"
    earlier = {one["kind"] for one in overview(folder, store.names(folder)[0])["alerts"]}
    assert "overdue" not in earlier


def test_alerts_stand_by_amount(folder: Path) -> None:
    alerts = [one for one in overview(folder, store.read(folder).name)["alerts"] if one["amount"] is not None and one["kind"] != "rejected"]
    amounts = [abs(Decimal(one["amount"])) for one in alerts]
    assert amounts == sorted(amounts, reverse=True)


def test_stages_count_every_customer_of_the_list_once(folder: Path) -> None:
    run = store.read(folder).name
    stages = overview(folder, run)["stages"]
    assert sum(one["customers"] for one in stages) == open_list(folder, run).totals(filters(), managers=None).count


def test_the_quality_of_the_forecast_is_that_of_the_backtest(folder: Path) -> None:
    source = store.read(folder)
    quality, tested = overview(folder, source.name)["quality"], source.manifest["backtest"]
    pooled = {one["name"]: one for one in tested["pooled"]}
    assert quality["origins"] == len(tested["origins"]) > 0
    assert quality["used"]["bias"] == pooled[quality["used"]["name"]]["bias"]
    naive = max((one for one in tested["pooled"] if one["kind"] == "baseline"), key=lambda one: one["log_score"])
    assert quality["naive"]["name"] == naive["name"]
    assert quality["is_naive"] == (pooled[tested["chosen"]]["kind"] == "baseline")


def test_after_a_valuation_everything_can_lie_ready(folder: Path) -> None:
    run = store.names(folder)[0]
    screens.prepare(folder, run)
    pages = {path.name.split(".")[0] for path in (index.folder_of(folder, run) / "pages").iterdir()}
    assert {"overview", "portfolio", "models", "result"} <= pages
    written = {path: path.stat().st_mtime_ns for path in (index.folder_of(folder, run) / "pages").iterdir()}
    screens.prepare(folder, run)
    assert written == {path: path.stat().st_mtime_ns for path in written}
