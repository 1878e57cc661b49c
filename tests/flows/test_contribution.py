"""The customer result of a run: it ties to ledger and value table, each figure leads to its records, planted losses are found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import exports
import plain_runs
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from kundenwert import registry
from kundenwert.cli.customer import customer as command
from kundenwert.engines import open_engine
from kundenwert.errors import CallError, StorageError, UnknownName
from kundenwert.example.company import Company
from kundenwert.flows import contribution
from kundenwert.flows.customer_lines import lines_of
from kundenwert.flows.run import Ran
from kundenwert.records import CustomerResult
from kundenwert.runs.store import Run

AS_OF = date(2024, 9, 30)
PROJECT = """
as_of = 2024-09-30
currency = "EUR"
model = "mbg_nbd"
preset = "wholesale"
[tables.activities]
files = ["activities.csv"]
[tables.activity_rates]
files = ["rates.csv"]
[tables.complaints]
files = ["complaints.csv"]
[tables.payments]
files = ["payments.csv"]
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = exports.project(tmp_path_factory.mktemp("result"), exports.shop(customers=110, days=640), PROJECT)
    ids = [f"K{number:04}" for number in range(110)]
    drivers = ("visit", "order", "delivery", "magic")
    days = ("2023-06-30", "2024-03-31", "2024-12-31")
    counted = [(one, driver, day, 1 + place % 4) for place, one in enumerate(ids) for driver in drivers for day in days]
    exports.write(folder / "activities.csv", [*counted, ("X1", "visit", "2024-01-31", 2)], ("customer_id", "driver", "date", "count"))
    exports.write(folder / "rates.csv", [("visit", "33.3350", "sales")], ("driver", "rate", "stage"))
    raised = [(place, one, "2024-02-01", "12.5050") for place, one in enumerate(ids[:40])]
    exports.write(folder / "complaints.csv", raised, ("complaint_id", "customer_id", "date", "complaintcost"))
    sold = [line for line in exports.shop(customers=110, days=640) if float(line[5]) > 0][:200]
    paid = {line[2]: (line[2], line[0], line[1], line[1], line[5], "1.00") for line in sold}
    header = ("document_id", "customer_id", "invoice_date", "paid_on", "amount", "cash_discount")
    exports.write(folder / "payments.csv", paid.values(), header)
    return plain_runs.value(folder, clock=datetime(2025, 6, 1, tzinfo=UTC), components=("score",))


@pytest.fixture(scope="module")
def project(ran: Ran) -> Path:
    return ran.folder.parent.parent


@pytest.fixture(scope="module")
def manifest(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ran.folder / "manifest.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def rows(ran: Ran) -> list[dict[str, Any]]:
    return pq.read_table(ran.folder / "contribution.parquet").to_pylist()


@pytest.fixture(scope="module")
def result(project: Path) -> CustomerResult:
    return contribution.result(project)


def test_the_result_ties_to_the_value_table_customer_by_customer(ran: Ran, rows: list[dict[str, Any]]) -> None:
    values = pq.read_table(ran.folder / "customers.parquet").to_pylist()
    assert len(values) > 100
    for value in values:
        own = [row for row in rows if row["customer_id"] == value["customer_id"]]
        assert sum(row["revenue"] for row in own) == value["revenue"]
        assert sum(row["db1"] + row["cash_discount"] for row in own) == value["past"]
        for name in ("db1", "db2", "db3", "db4"):
            assert sum(row[name] for row in own) == value[name]


def test_the_manifest_shows_the_company_as_customers_and_unallocated(manifest: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    for step in manifest["contribution"]["steps"]:
        assert Decimal(step["customers"]) + Decimal(step["unallocated"]) == Decimal(step["company"])
        assert Decimal(step["company"]) == sum(row[step["name"]] for row in rows)
    # Two visits of somebody whom nobody knows.
    assert {step["name"]: step["unallocated"] for step in manifest["contribution"]["steps"]}["sales"] == "66.67"
    assert "contribution.parquet" in manifest["tables"]
    told = {warning["key"] for warning in manifest["warnings"]}
    assert {"contribution_without_rate", "contribution_assumed", "contribution_unallocated"} <= told


def test_drivers_without_a_rate_are_listed_and_assumed_rates_marked(result: CustomerResult) -> None:
    by_driver = {row["driver"]: row for row in result.drivers if row["source"] == "activities"}
    assert by_driver["magic"]["amount"] is None
    assert {name: row["is_assumed"] for name, row in by_driver.items()} == {
        "visit": False, "order": True, "delivery": True, "magic": False,
    }  # fmt: skip
    assert 0 < result.assumed < sum(step.company or 0 for step in result.steps if step.name in {"sales", "logistics"})
    assert result.estimated > 0


def test_the_records_behind_each_figure_add_up_to_it(project: Path, rows: list[dict[str, Any]]) -> None:
    for customer in ("K0000", "K0007", "K0039"):
        for year in (None, 2023, 2024):
            found = lines_of(project, customer, year=year)
            own = [row for row in rows if row["customer_id"] == customer and year in {None, row["year"]}]
            assert found.figures == {name: sum(row[name] for row in own) for name in contribution.STEPS}
            for name in ("gross", "discount", "bonus", "cash_discount", "goods", "marketing", "sales", "service", "logistics"):
                exact = sum((line.amount for line in found.of(name)), Decimal(0))
                assert abs(exact - (found.figures[name] or 0)) < Decimal("0.01") * len(own)
    sources = {line.source for line in lines_of(project, "K0000").lines}
    assert sources == {"transactions", "payments", "activities", "complaints"}


def test_a_record_is_found_in_the_file_it_names(project: Path) -> None:
    line = next(line for line in lines_of(project, "K0000").of("service"))
    text = (project / line.file).read_text(encoding="utf-8").splitlines()[line.record]
    assert text.split(",")[1:] == ["K0000", "2024-02-01", "12.5050"]


def test_the_command_shows_the_lines_in_words_and_for_programs(project: Path) -> None:
    asked = ["K0007", "--lines", "--year", "2024", "--project", str(project)]
    shown = CliRunner().invoke(command, asked)
    assert shown.exit_code == 0
    assert "Deckungsbeitrag IV" in shown.output
    assert "Satz" in shown.output
    given = json.loads(CliRunner().invoke(command, [*asked, "--json"]).output)
    assert given["figures"]["db4"] == str(lines_of(project, "K0007", year=2024).figures["db4"])
    assert CliRunner().invoke(command, ["K0007", "--year", "2024", "--project", str(project)]).exit_code == 2


def test_parts_of_cents_are_told_as_rounding(project: Path) -> None:
    text = registry.load("reports", "result_lines")(lines_of(project, "K0000"), "en")
    assert "less service: 12.51\n" not in text
    assert "rounding: " in text


def test_an_unknown_customer_or_year_is_answered_with_what_there_is(project: Path) -> None:
    with pytest.raises(UnknownName, match="Available: K0007"):
        lines_of(project, "K00O7")
    with pytest.raises(CallError, match="has nothing in 2019"):
        lines_of(project, "K0007", year=2019)
    with pytest.raises(CallError, match=r"nothing of the year 2019\. Available: 2023, 2024"):
        contribution.result(project, year=2019)


def test_a_year_of_the_result_is_that_year_alone(project: Path, rows: list[dict[str, Any]]) -> None:
    found = contribution.result(project, year=2023, count=500)
    steps = {step.name: step.customers for step in found.steps}
    own = [row for row in rows if row["year"] == 2023 and row["unallocated"] is None]
    assert steps["db4"] == sum(row["db4"] for row in own)
    assert {one.customer_id for one in found.loss_makers} == {row["customer_id"] for row in own if row["db4"] < 0}
    assert sum(row[1] for row in found.losses) == len(found.loss_makers)


def test_yardsticks_stand_side_by_side_with_the_changes_of_place(result: CustomerResult, rows: list[dict[str, Any]]) -> None:
    assert [one.name for one in result.yardsticks] == ["revenue", "db1", "db2", "db3", "db4"]
    assert result.yardsticks[0].agreement == pytest.approx(1)
    assert result.yardsticks[0].kept == 1
    ours = [row for row in rows if row["unallocated"] is None]
    totals = {one: sum(row["db4"] for row in ours if row["customer_id"] == one) for one in {row["customer_id"] for row in ours}}
    order = sorted(totals.values(), reverse=True)
    for mover in result.movers:
        assert mover.amounts["db4"] == totals[mover.customer_id]
        assert mover.places["db4"] == order.index(totals[mover.customer_id]) + 1
        assert mover.change == mover.places["revenue"] - mover.places["db4"]
    assert [abs(one.change) for one in result.movers] == sorted((abs(one.change) for one in result.movers), reverse=True)


def test_a_run_without_a_result_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"has no customer result.*give costs"):
        contribution.section_of(Run(tmp_path, {"contribution": None}))


# Planted losses


@pytest.fixture(scope="module", params=[2024, 7])
def company(request: pytest.FixtureRequest) -> Company:
    made = Company.founded(request.param)
    while made.last_day < date(2025, 12, 31):
        made = made.advance("quarter")
    return made


@pytest.fixture
def losses(company: Company) -> Iterator[dict[str, str]]:
    """The cause that is found for each customer with a negative contribution IV."""
    with open_engine(threads=1) as engine:
        for name, table in ledger_of(company).items():
            engine.open_frame(f"ledger_{name}", table)
        engine.view("booked", "tables/booked_from_ledger.sql")
        engine.table("known_customers", "tables/company/known_customers.sql")
        contribution.open_steps(engine, None, None, company.last_day, has_tables=True)
        contribution.book(engine)
        contribution._open_period(engine, None)
        contribution._losses(engine)
        engine.table("left_out", "value/contribution/nobody.sql")
        yield {one.customer_id: one.cause for one in contribution._loss_makers(engine, 10_000)}


def ledger_of(company: Company) -> dict[str, Any]:
    """The company's records as a ledger holds them: lines in euro."""
    names = ("activities", "activity_rates", "contacts", "complaints", "measures", "payments", "customers")
    tables = company.tables()
    with duckdb.connect() as plain:
        plain.register("lines", tables["transactions"])
        plain.register("rates", tables["rates"])
        lines = plain.sql("""
            select lines.* replace (
                (amount * coalesce(rate, 1))::decimal(18, 6) as amount, (cost * coalesce(rate, 1))::decimal(18, 6) as cost,
                (list_amount * coalesce(rate, 1))::decimal(18, 6) as list_amount, (discount * coalesce(rate, 1))::decimal(18, 6) as discount
            ), if(kind = 'sale', 'kept', kind) as line_class, product_id in ('FRACHT', 'BONUS', 'SERVICE') as is_non_product,
            false as is_negative_price, 0 as file_id
            from lines left join rates using (date, currency)
        """).to_arrow_table()
        found = {}
        for name in names:
            plain.register("one", tables[name])
            found[name] = plain.sql("select *, 0 as file_id from one").to_arrow_table()
    return {"lines": lines, **found}


def test_every_planted_loss_maker_is_found_with_its_cause(company: Company, losses: dict[str, str]) -> None:
    planted = company.truth().loss_makers
    assert len(planted) == 25
    assert {customer: losses.get(customer) for customer in planted} == dict(planted)
