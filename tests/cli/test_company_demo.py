"""`kundenwert demo --company`: the invented company valued once, and what is planted in it found in the run."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kundenwert.cli import main
from kundenwert.example.company import Company, first_two_years


@dataclass(frozen=True)
class Shown:
    """What the command said, and the project it wrote."""

    out: str
    project: Path

    @property
    def run(self) -> Path:
        (folder,) = self.project.glob("runs/2*")
        return folder

    @property
    def manifest(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.run / "manifest.json").read_text(encoding="utf-8"))
        return content


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder, said = tmp_path_factory.mktemp("company"), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(said), pytest.raises(SystemExit) as ended:
        main(["demo", "--company"])
    assert ended.value.code == 0
    return Shown(said.getvalue(), folder / "kundenwert-company-demo")


@pytest.fixture(scope="module")
def company() -> Company:
    return first_two_years()


def test_it_says_that_the_company_is_invented_and_what_was_written(shown: Shown) -> None:
    assert "The company is invented" in shown.out
    assert "Written: kundenwert-company-demo, with 17 exports" in shown.out
    assert (shown.run / "report.html").is_file()


def test_the_title_of_the_report_says_that_it_is_an_invented_example(shown: Shown) -> None:
    assert shown.manifest["title"].endswith("(erfundenes Beispiel)")
    assert "(erfundenes Beispiel)" in (shown.run / "report.html").read_text(encoding="utf-8").partition("</title>")[0]


def test_its_lines_tie_to_the_files_and_to_what_the_company_sold(shown: Shown, company: Company) -> None:
    bridge = shown.manifest["reconciliation"]
    assert bridge["difference"] == "0.00"
    dirt = company.truth().dirt
    rejected = sum(one.rows for one in dirt if one.rejected and one.file.startswith("rechnungen"))
    overlap = sum(one.rows for one in dirt if one.what == "overlap")
    assert next(entry["lines"] for entry in bridge["classes"] if entry["line_class"] == "rejected") == rejected + overlap


# ---------- how good the data are ----------


def test_its_data_are_graded_in_the_manifest_and_in_the_report(shown: Shown) -> None:
    found = shown.manifest["readiness"]
    assert (found["grade"], found["reasons"]) == ("A", [])
    assert {table["state"] for table in found["tables"]} == {"good"}
    assert "Wie gut die Daten sind" in (shown.run / "report.html").read_text(encoding="utf-8")


def test_the_manifest_tells_each_table_with_files_counts_and_what_was_refused_without_a_text_of_a_record(shown: Shown) -> None:
    tables = {table["name"]: table for table in shown.manifest["company"]["tables"]}
    assert len(tables) == 14
    payments = tables["payments"]
    assert payments["files"][0]["name"] == "zahlungen.csv"
    assert {total["standing"]: total["records"] for total in payments["totals"]}["rejected"] == 3
    assert {one["rule"]: one["records"] for one in payments["broken"] if one["rejects"]} == {
        "amount is readable": 2,
        "record is no line of sums": 1,
    }
    assert '"raw"' not in json.dumps(shown.manifest["company"])


def test_what_a_reader_must_know_of_the_tables_stands_among_the_warnings(shown: Shown) -> None:
    assert {"converted", "table_cells", "table_unknown_customers"} <= {warning["key"] for warning in shown.manifest["warnings"]}


# ---------- what is planted, found ----------


@pytest.fixture(scope="module")
def features(shown: Shown) -> dict[str, dict[str, Any]]:
    rows = pq.read_table(shown.run / "features.parquet").to_pylist()
    return {row.pop("customer_id"): row for row in rows}


def test_features_are_a_table_of_the_run_with_a_sentence_for_each_column(shown: Shown, features: dict[str, dict[str, Any]]) -> None:
    assert "features.parquet" in shown.manifest["tables"]
    assert list(shown.manifest["features"]) == list(next(iter(features.values())))
    customers = pq.read_table(shown.run / "customers.parquet", columns=["customer_id", "level"]).to_pylist()
    assert set(features) == {row["customer_id"] for row in customers if row["level"] != "objected"}


def test_the_late_payers_are_those_who_pay_latest(features: dict[str, dict[str, Any]], company: Company) -> None:
    planted = {customer: days for customer, days in company.truth().late_payers.items() if customer in features}
    by_days = sorted(features, key=lambda customer: -(features[customer]["days_beyond_terms"] or 0))
    assert set(by_days[: len(planted)]) == set(planted)
    assert all(abs(features[customer]["days_beyond_terms"] - days) < 3 for customer, days in planted.items())


def test_the_discounters_pay_85_percent_of_the_list_price_and_go_on_so(features: dict[str, dict[str, Any]], company: Company) -> None:
    planted = [features[customer] for customer in company.truth().discounters if customer in features]
    assert len(planted) == 12
    assert all(found["price_realisation"] == pytest.approx(0.85, abs=1e-4) for found in planted)
    assert all(found["price_trend"] == pytest.approx(0.0, abs=1e-4) for found in planted)
    # All others pay 0.90 in the mean of their money.
    assert all(0.93 < found["price_against_peers"] < 0.95 for found in planted)


def test_the_promotion_hunters_and_nobody_else_buy_on_promotion_alone(features: dict[str, dict[str, Any]], company: Company) -> None:
    planted = {customer for customer in company.truth().promotion_hunters if customer in features}
    assert planted
    assert {customer for customer, found in features.items() if found["promotion_share"] == 1.0} == planted
