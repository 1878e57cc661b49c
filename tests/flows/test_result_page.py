"""The screen of the customer result: the same figures as the report, avoidable and unavoidable cost apart, the way to each record."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import exports
import plain_runs
import pytest

from kundenwert.errors import CallError, StorageError, UnknownName
from kundenwert.flows import contribution
from kundenwert.flows.objection import objection
from kundenwert.flows.result_page import customers_behind, has_result, records_behind, result_page
from kundenwert.flows.run import Ran
from kundenwert.reports.language import Language

CLOCK = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
PROJECT = """
as_of = 2024-12-31
currency = "EUR"
preset = "wholesale"
[tables.activities]
files = ["activities.csv"]
[tables.activity_rates]
files = ["rates.csv"]
[tables.customers]
files = ["customers.csv"]
"""
DE = Language("de")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = exports.project(tmp_path_factory.mktemp("result"), exports.shop(customers=60, days=730), PROJECT)
    ids = [f"K{number:04}" for number in range(60)]
    # Every third customer is visited far more often than the others.
    counted = [(one, "visit", day, 12 if place % 3 == 0 else 1) for place, one in enumerate(ids) for day in ("2023-06-30", "2024-03-31")]
    exports.write(folder / "activities.csv", counted, ("customer_id", "driver", "date", "count"))
    exports.write(folder / "rates.csv", [("visit", "30", "sales")], ("driver", "rate", "stage"))
    exports.write(folder / "customers.csv", [(one, f"Firma {one} GmbH") for one in ids], ("customer_id", "name"))
    return plain_runs.value(folder, clock=CLOCK, components=("score",))


@pytest.fixture(scope="module")
def project(ran: Ran) -> Path:
    return ran.folder.parent.parent


def test_the_page_shows_the_figures_of_the_report(ran: Ran, project: Path) -> None:
    page, found = result_page(project, ran.folder.name, DE, 2024), contribution.result(project, year=2024, count=50)
    steps = {one["name"]: Decimal(one["amount"]) for one in page["steps"]}
    assert steps["db4"] == found.step("db4").customers
    assert steps["sales"] == -found.step("sales").customers
    assert page["losses"]["customers"] == found.totals.below_zero
    assert Decimal(page["losses"]["amount"]) == found.totals.loss
    assert [one["customer_id"] for one in page["makers"]] == [one.customer_id for one in found.loss_makers]
    assert page["message"].startswith("2024: ")


def test_avoidable_and_unavoidable_cost_add_up_to_the_cost_of_all_causes(ran: Ran, project: Path) -> None:
    makers = result_page(project, ran.folder.name, DE, 2024)["makers"]
    assert makers
    for one in makers:
        cost = sum(Decimal(cause["cost"]) for cause in one["causes"])
        assert Decimal(one["avoidable"]) + Decimal(one["unavoidable"]) == cost
        assert len(one["causes"]) == 5


def test_what_a_lever_brings_never_exceeds_the_loss(ran: Ran, project: Path) -> None:
    makers = result_page(project, ran.folder.name, DE, 2024)["makers"]
    gains = [(Decimal(one["gain"]), -Decimal(one["db4"])) for one in makers if one["gain"] is not None]
    assert gains
    assert all(0 < gain <= loss for gain, loss in gains)
    assert any(one["cause"] == "visits" for one in makers)


def test_rows_of_the_waterfall_know_the_step_they_lead_to(ran: Ran, project: Path) -> None:
    sections = {one["key"]: one for one in result_page(project, ran.folder.name, DE, 2024)["sections"]}
    (table,) = [block for block in sections["steps"]["blocks"] if block["kind"] == "table"]
    led = [row["step"] for row in table["rows"] if row.get("step")]
    assert led[0] == "gross"
    assert led[-1] == "db4"
    assert "losses" not in sections


def test_pictures_come_as_specs_and_bring_their_figures(ran: Ran, project: Path) -> None:
    blocks = [block for one in result_page(project, ran.folder.name, DE, 2024)["sections"] for block in one["blocks"]]
    charts = [block["spec"] for block in blocks if block["kind"] == "chart"]
    assert charts
    assert all(spec["usermeta"]["rows"] and spec["description"] for spec in charts)
    titles = {spec["usermeta"]["title"] for spec in charts}
    assert not [block for block in blocks if block["kind"] == "fold" and block["blocks"][0].get("caption") in titles]


def test_all_years_and_single_years_are_pages_of_their_own(ran: Ran, project: Path) -> None:
    run = ran.folder.name
    whole, last = result_page(project, run, DE, all_years=True), result_page(project, run, DE)
    assert whole["year"] is None
    assert last["year"] == contribution.last_whole_year(project)
    assert whole["message"] != last["message"]
    assert result_page(project, run, Language("en"))["message"] != last["message"]


def test_an_unknown_year_is_refused_with_those_there_are(ran: Ran, project: Path) -> None:
    with pytest.raises(CallError, match="1999"):
        result_page(project, ran.folder.name, DE, 1999)
    with pytest.raises(CallError, match="1999"):
        customers_behind(project, ran.folder.name, "db4", 1999)


def test_a_step_leads_to_its_customers_and_they_add_up_to_it(ran: Ran, project: Path) -> None:
    page = customers_behind(project, ran.folder.name, "sales", 2024)
    assert sum(Decimal(row["amount"]) for row in page["rows"]) == Decimal(page["total"])
    amounts = [Decimal(row["amount"]) for row in page["rows"]]
    assert amounts == sorted(amounts, reverse=True)
    assert page["rows"][0]["name"].startswith("Firma K")
    with pytest.raises(UnknownName):
        customers_behind(project, ran.folder.name, "db9", 2024)


def test_the_records_of_a_customer_add_up_to_each_figure(ran: Ran, project: Path) -> None:
    page = records_behind(project, ran.folder.name, "K0000", 2024)
    assert page["name"] == "Firma K0000 GmbH"
    sales = next(one for one in page["figures"] if one["name"] == "sales")
    assert sum(Decimal(line["amount"]) for line in sales["lines"]) == Decimal(sales["amount"]) == Decimal("360.00")
    assert {line["file"] for line in sales["lines"]} == {"activities.csv"}
    assert page["count"] == sum(len(one["lines"]) for one in page["figures"])


def test_who_objects_vanishes_from_list_step_and_records_at_once(tmp_path: Path, ran: Ran, project: Path) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    run = ran.folder.name
    first = result_page(copy, run, DE, 2024)["makers"][0]["customer_id"]
    customers_behind(copy, run, "db4", 2024)
    objection(copy, first, reason="wants it", by="test", clock=CLOCK)
    assert first not in json.dumps([result_page(copy, run, DE, 2024)["makers"], customers_behind(copy, run, "db4", 2024)["rows"]])
    with pytest.raises(UnknownName):
        records_behind(copy, run, first, 2024)


def test_without_costs_there_is_no_result(tmp_path: Path) -> None:
    plain = [line[:6] for line in exports.shop(customers=30, days=500)]
    exports.write(tmp_path / "exports" / "sales.csv", plain, exports.HEADER[:6])
    (tmp_path / "kundenwert.toml").write_text('currency = "EUR"\n[[sources]]\nfiles = ["exports/*.csv"]\n', encoding="utf-8")
    folder = tmp_path
    made = plain_runs.value(folder, clock=CLOCK, components=("score",))
    assert not has_result(folder, made.folder.name)
    with pytest.raises(StorageError):
        result_page(folder, made.folder.name, DE)
