"""`kundenwert demo --company`: the invented company valued once, and what is planted in it found in the run."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from kundenwert.cli import main
from kundenwert.example.company import Company, first_two_years
from kundenwert.example.company._people import Role
from kundenwert.flows.plans import plan
from kundenwert.flows.progress import Progress

# The whole command, with all tables of a company: as dear as a server.
pytestmark = pytest.mark.server


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
    assert "Written: kundenwert-company-demo, with 18 exports" in shown.out
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
    # No system of the company holds the growth of industries.
    assert {table["table"] for table in found["tables"] if table["state"] != "good"} == {"growth"}
    assert "Wie gut die Daten sind" in (shown.run / "report.html").read_text(encoding="utf-8")


def test_the_manifest_tells_each_table_with_files_counts_and_what_was_refused_without_a_text_of_a_record(shown: Shown) -> None:
    tables = {table["name"]: table for table in shown.manifest["company"]["tables"]}
    assert len(tables) == 15
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


def test_bargains_find_the_promotion_hunters_also_without_the_mark_of_promotion(
    features: dict[str, dict[str, Any]], company: Company
) -> None:
    planted = {customer for customer in company.truth().promotion_hunters if customer in features}
    shares = {customer: row["bargain_share"] or 0.0 for customer, row in features.items()}
    # Promotions begin and end within a week: of what is bought at their edges the prices of a week cannot tell.
    assert {customer for customer, share in shares.items() if share > 0.8} == planted
    assert all(features[customer]["promotion_contribution_share"] == pytest.approx(1.0) for customer in planted)


def test_cash_discount_is_taken_unduly_by_some_of_those_who_take_it(features: dict[str, dict[str, Any]]) -> None:
    shares = [row["undue_cash_discount_share"] for row in features.values() if row["undue_cash_discount_share"] is not None]
    # Planted: 12 % of payments with cash discount come after its 14 days.
    assert len(shares) > 100
    assert 0.08 < sum(shares) / len(shares) < 0.16


def test_the_credit_index_of_natural_persons_is_not_used_and_companies_lose_by_theirs(
    shown: Shown, features: dict[str, dict[str, Any]]
) -> None:
    customers = {row["customer_id"]: row for row in pq.read_table(shown.run / "customers.parquet").to_pylist()}
    judged = {name: row for name, row in customers.items() if row["credit_default_chance"] is not None}
    assert judged
    assert all(row["clv"] + row["credit_loss"] == row["risk_adjusted_clv"] for row in judged.values())
    assert {row["level"] for row in judged.values()} <= {"customer", "segment", "none"}
    assert {name for name, row in features.items() if row["default_probability"] is not None} == set(judged)
    facts = shown.manifest["components"]["facts"]["credit_risk"]
    assert facts["customers"] == len(judged)
    assert facts["not_companies"] > 0
    # Nobody's value counts it until the value definition says so.
    assert all(row["value"] == row["past"] + row["clv"] for row in judged.values())


def test_records_that_cannot_be_reached_stand_beside_the_run_without_their_cells(shown: Shown, company: Company) -> None:
    rows = pq.read_table(shown.run / "contact_issues.parquet").to_pylist()
    assert {tuple(row) for row in rows} == {("customer_id", "issue")}
    levels = {row["customer_id"]: row["level"] for row in pq.read_table(shown.run / "customers.parquet").to_pylist()}
    found = {row["customer_id"] for row in rows if row["issue"] == "undeliverable"}
    assert found == {name for name in company.truth().moved if levels.get(name, "objected") != "objected"}
    assert shown.manifest["contact_data"]["issues"]["undeliverable"] == len(company.truth().moved)


def test_what_is_planted_is_found_as_the_documentation_says(shown: Shown, root: Path) -> None:
    command = [sys.executable, "-m", "bench.planted", "--project", str(shown.project)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    # planted, found, others that the same rule names
    assert json.loads(done.stdout) == {
        "loss_makers": [25, 25, 0], "discounters": [12, 12, 1], "late_payers": [20, 20, 0], "promotion_hunters": [15, 15, 0],
        "promotion_hunters_by_price": [15, 15, 0], "recommenders": [19, 19, 0], "upset": [28, 28, 3], "old_tariff": [40, 39, 0],
        "moved": [11, 11, 0], "duplicates": [12, 12, 0], "groups": [8, 8, 0],
    }  # fmt: skip


def test_recommenders_leavers_and_loss_makers_stand_where_they_belong(shown: Shown, company: Company) -> None:
    """The figures of docs/components: ladder, lifecycle, alert, portfolio, rhythm."""
    truth = company.truth()
    table = pq.read_table(shown.run / "customers.parquet").to_pylist()
    rows = {row["customer_id"]: row for row in table if row["level"] != "objected"}
    assert {one for one, row in rows.items() if row["rung"] == "recommender"} == set(truth.referred)
    assert set(truth.recommenders) <= set(truth.referred)
    gone = [rows[one] for one, day in truth.left.items() if one in rows and (truth.as_of - day).days >= 180]
    assert len(gone) == 79
    assert sum(row["stage"] == "win_back" for row in gone) == 56
    assert sum(row["stage"] == "win_back" or row["alert"] is True for row in gone) == 70
    lost = [one for one, row in rows.items() if row["stage"] == "win_back"]
    assert (sum(one in truth.left for one in lost), len(lost)) == (61, 63)
    assert all(rows[one]["portfolio"] in {"earning", "incidental"} for one in truth.loss_makers)
    facts = shown.manifest["components"]["facts"]
    tried = facts["alert"]["tried"]
    assert (tried["alerted"], tried["hits"], tried["stayed_away"], tried["customers"]) == (127, 46, 63, 572)
    assert tried["interval"][0] > tried["base_rate"]
    assert all(abs(sum(row.values()) - 1) < 1e-12 for row in facts["lifecycle"]["transitions"].values())
    quarters = facts["rhythm"]["quarters"]
    assert (quarters["share"].index(max(quarters["share"])), quarters["p"] < 1e-9) == (1, True)


def test_recommendations_and_what_complaints_cost_are_found_as_planted(shown: Shown, company: Company) -> None:
    """The figures of docs/components: referral, satisfaction, recommendation."""
    truth = company.truth()
    rows = {row["customer_id"]: row for row in pq.read_table(shown.run / "customers.parquet").to_pylist() if row["level"] != "objected"}
    bought = {one for one, row in rows.items() if row["first_purchase"] is not None}
    planted = {one: len(bought.intersection(came)) for one, came in truth.referred.items() if one in rows and bought.intersection(came)}
    assert {one: row["referrals"] for one, row in rows.items() if row["referrals"]} == planted
    assert set(truth.recommenders) & set(rows) <= set(planted)
    recommended = [rows[one] for came in truth.referred.values() for one in came if one in bought]
    attributed = sum(row["referral_attributed"] for row in rows.values() if row["referrals"])
    assert abs(attributed - sum(row["past"] + row["clv"] for row in recommended) / 2) < len(recommended) / 100
    assert all(row["value"] == row["past"] + row["clv"] for row in rows.values())
    upset = [rows[one] for one in truth.left_after_complaint if one in rows and rows[one]["satisfaction"] is not None]
    assert (sum(row["satisfaction"] < 6.5 for row in upset), len(upset)) == (23, 25)
    facts = shown.manifest["components"]["facts"]["recommendation"]
    low, high = facts["year"]["new_by_recommendation"]["interval"]
    assert low < 0.25 < high
    complaints = facts["complaints"]
    assert [complaints[side][part] for side in ("well", "badly") for part in ("count", "of")] == [146, 148, 54, 81]
    bad = {one for one, row in rows.items() if row["complaint_followed"] is not None} & set(truth.left_after_complaint)
    low, high = complaints["well_less_badly"]["interval"]
    assert low < len(bad) / complaints["badly"]["of"] * complaints["well"]["share"] < high


def test_planted_customers_end_at_their_end_of_the_criteria(shown: Shown, company: Company) -> None:
    points: dict[str, dict[str, float]] = {}
    scores = pq.read_table(shown.run / "scores.parquet").to_pylist()
    for row in scores:
        if row["points"] is not None:
            points.setdefault(row["criterion"], {})[row["customer_id"]] = row["points"]
    truth = company.truth()
    planted = {
        "Schnäppchenfaktor": list(truth.promotion_hunters),
        "Zahlungsmentalität": list(truth.late_payers),
        "Preissensibilität": list(truth.discounters),
        "Reklamationsbereitschaft": [customer for customer, cause in truth.loss_makers.items() if cause == "complaints"],
    }
    for criterion, found in planted.items():
        ordered = sorted(points[criterion], key=lambda customer: points[criterion][customer])
        assert {one for one in found if one in points[criterion]} <= set(ordered[: len(ordered) // 10]), criterion
    assert {points["Schnäppchenfaktor"][one] for one in truth.promotion_hunters} == {0.0}
    recommended = points["Empfehlungswert"]
    rated = {row["customer_id"] for row in scores if row["criterion"] == "Empfehlungswert" and row["provenance"] == "rating"}
    assert all(recommended[one] >= 5 for one in truth.recommenders)
    # A promise to recommend is worth no more than one recommendation.
    assert all(recommended[one] <= 5 for one in recommended if one not in truth.referred and one not in rated)


def test_most_customers_of_a_company_with_all_tables_have_a_score(shown: Shown) -> None:
    facts = shown.manifest["components"]["facts"]["score"]
    assert facts["rated"] > 0.95 * facts["customers"]
    assert {one["name"] for one in facts["criteria"] if one["data"] + one["both"] > 200} >= {
        "Kaufhistorie",
        "Bonität",
        "Zukunftsperspektive",
    }
    rows = pq.read_table(shown.run / "customers.parquet", columns=["score", "score_money", "clv"]).to_pylist()
    assert sum(row["score_money"] for row in rows if row["score"] is not None) == sum(
        max(row["clv"], 0) for row in rows if row["score"] is not None
    )


def test_what_customers_need_and_say_is_found_as_planted(shown: Shown, company: Company) -> None:
    """The figures of docs/components: retention, cooperation, information, satisfaction, potential."""
    truth = company.truth()
    rows = {row["customer_id"]: row for row in pq.read_table(shown.run / "customers.parquet").to_pylist() if row["level"] != "objected"}
    facts = shown.manifest["components"]["facts"]
    tried = facts["retention"]["tried"]
    assert (tried["customers"], tried["bought"], tried["holds"]) == (620, 539, True)
    assert sum(band["holds"] for band in tried["bands"]) == 9
    assert {one for one, row in rows.items() if row["joint_projects"]} <= set(truth.partners)
    assert (facts["cooperation"]["projects"], facts["cooperation"]["unsourced"], facts["cooperation"]["value"]) == (8, 1, "5300.00")
    named = {one for one, row in rows.items() if (row["ideas"] or 0) >= 2}
    assert (len(named), named <= set(truth.idea_givers)) == (18, True)
    asked = facts["satisfaction"]["asked"]
    assert (asked["promoters"], asked["passives"], asked["detractors"]) == (130, 189, 91)
    known = {one: row["share_of_wallet"] for one, row in rows.items() if row["share_of_wallet"] is not None and one not in truth.left}
    shares = sorted(known, key=lambda one: known[one])
    low, high = (sum(truth.share_of_wallet[one] for one in part) / len(part) for part in (shares[:100], shares[-100:]))
    assert high - low > 0.25
    assert facts["recommendation"]["reviews"]["reviews"] == 18
    key_accounts = {one for one in truth.of(Role.KEY_ACCOUNT) if one in rows}
    assert {one for one, row in rows.items() if row["segment_name"] == "Schlüsselkunde"} == key_accounts


def test_plans_of_acquisition_and_budget_are_made_of_it_as_their_pages_say(shown: Shown) -> None:
    def made(name: str) -> dict[str, Any]:
        return plan(shown.project, name, {}, clock=datetime(2026, 1, 31, tzinfo=UTC), progress=Progress()).content

    won = made("acquisition")["facts"]
    assert won["all"]["customers"] == 150
    assert won["funnel"]["won"] + won["funnel"]["lost"] + won["funnel"]["open"] == won["funnel"]["leads"] == 368
    # Channels differ in cost only; that is how the company is made.
    assert {channel["own_share"] for channel in won["channels"]} == {0.0}
    costs = {channel["name"]: channel["cost"] for channel in won["channels"]}
    assert sorted(costs, key=lambda name: costs[name]) == ["Onlineshop", "Empfehlung", "Anzeige", "Kaltakquise", "Messe", "Außendienst"]
    assert won["accounts"]["open"] + won["accounts"]["paid_back"] == 150
    spent = made("budget")
    assert sum(round(10_000 * phase["share"]) for phase in spent["facts"]["phases"]) == 10_000
    assert spent["cost"] == 0


def test_plans_put_planted_customers_where_they_belong(shown: Shown, company: Company, tmp_path: Path) -> None:
    project = shutil.copytree(shown.project, tmp_path / "project", ignore=shutil.ignore_patterns("exports", "plans"))

    def lines(name: str) -> list[dict[str, Any]]:
        made = plan(project, name, {}, clock=datetime(2026, 1, 5, tzinfo=UTC), progress=Progress())
        found: list[dict[str, Any]] = pq.read_table(made.folder / "lines.parquet").to_pylist()
        return found

    truth = company.truth()
    repair = lines("repair")
    # Lines come with the largest saving first: each customer's first lever.
    first = {row["customer_id"]: row["reason"] for row in reversed(repair) if row["reason"] not in ("payment", "exit")}
    assert [first[one] for one in truth.loss_makers] == [cause.replace("small_", "") for cause in truth.loss_makers.values()]
    late = {row["customer_id"] for row in repair if row["reason"] == "payment"}
    assert set(truth.late_payers) <= late
    assert len(late) <= len(truth.late_payers) + 1
    exits = {row["customer_id"] for row in repair if row["reason"] == "exit"}
    assert not exits & {*truth.loss_makers, *truth.recommenders, *truth.referred}
    lost = {row["customer_id"]: row["reason"] for row in lines("win_back")}
    assert len(set(lost) & set(truth.left)) >= 0.95 * len(lost) > 50
    upset = [lost[one] for one in truth.left_after_complaint if one in lost]
    assert len(upset) >= 20
    assert sum(reason in ("quality", "delivery", "service") for reason in upset) >= 0.8 * len(upset)
    # Nobody sees that two of those at risk have left; they come first.
    assert {row["customer_id"] for row in lines("retention")[:2]} <= set(truth.left)
