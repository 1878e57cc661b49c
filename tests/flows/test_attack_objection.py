"""Who objects stands in no list: each way in which somebody could still stand in one is tried."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import exports
import openpyxl
import pyarrow.parquet as pq
import pytest

from kundenwert.errors import DataError, StorageError
from kundenwert.flows import run as running
from kundenwert.flows.compare import compare
from kundenwert.flows.customer import customer
from kundenwert.flows.customer_lines import lines_of
from kundenwert.flows.export import export
from kundenwert.flows.look import manifest
from kundenwert.flows.objection import objection, objectors
from kundenwert.flows.progress import Progress
from kundenwert.flows.register import consent
from kundenwert.flows.run import Ran, run
from kundenwert.register.book import Decision, Register
from kundenwert.reports import _people, customer_base
from kundenwert.reports._basis import Basis
from kundenwert.reports._html import html
from kundenwert.reports._page import Page
from kundenwert.reports.language import Language

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
SETTINGS = 'title = "Laden"\ncurrency = "EUR"\nmargin = 0.3\nhorizon = "6m"\nmodel = "mbg_nbd"\n'
FORECAST = ("p_alive", "expected_purchases", "expected_revenue", "clv", "clv_beyond")


def lists_alone(building: Path, figures: Any, language: str) -> None:
    """The report with its lists of customers alone: its charts take longer than all the rest."""
    basis = Basis(figures, Language(language))
    page = Page("t", "", language, "", "", (), (_people.top(basis), _people.at_risk(basis)), "", customer_base._words(basis))
    (building / "report.html").write_text(html(page), encoding="utf-8")


def value(folder: Path, **flags: Any) -> Ran:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_write_reports", lists_alone)
        return run(folder, {"threads": "1", **flags}, clock=NOW, progress=Progress())


def begun(folder: Path) -> Path:
    """A shop with customer records: K0003 and K0004 belong to the group of K0002."""
    day = exports.FIRST_DAY + timedelta(days=698)
    late = [(f"N{number:04}", day, f"N{number}", "A", 1, f"{20 + number}.00", "") for number in range(12)]
    exports.project(folder, [*exports.shop(customers=98), *late], SETTINGS, pattern="exports/sales-*.csv")
    records = [(f"K{number:04}", f"Kunde {number}", "K0002" if number in (3, 4) else "") for number in range(6)]
    exports.write(folder / "exports" / "kunden.csv", records, ("customer_id", "name", "konzern"))
    with (folder / "kundenwert.toml").open("a", encoding="utf-8") as file:
        file.write('[tables.customers]\nfiles = ["exports/kunden.csv"]\n')
    return folder


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A project valued at two days, and who gained most in between."""
    folder = begun(tmp_path_factory.mktemp("twice"))
    value(folder, as_of="2024-10-01")
    value(folder)
    return folder, compare(folder, "previous", "current").gains[0].customer_id


@pytest.fixture
def project(twice: tuple[Path, str], tmp_path: Path) -> Path:
    shutil.copytree(twice[0], tmp_path / "shop")
    return tmp_path / "shop"


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    found = pq.read_table(folder / "runs" / manifest(folder)["run"] / "customers.parquet").to_pylist()
    return {row["customer_id"]: row for row in found}


def object_(folder: Path, who: str) -> None:
    objection(folder, who, reason="no profiling", by="Eva", clock=NOW)


def warned(folder: Path) -> dict[str, str]:
    return {entry["key"]: entry["text"] for entry in manifest(folder)["warnings"]}


# ---- how the number is written ----------------------------------------------------------------------------------------


def test_blanks_around_a_number_do_not_keep_an_objection_from_counting(project: Path) -> None:
    object_(project, "  K0005 ")
    assert objectors(project) == {"K0005"}


@pytest.mark.parametrize("wrong", ["k0005", "K5", "K00050", "0K0005", ""])
def test_a_number_written_otherwise_is_refused_where_the_customers_are_known(project: Path, wrong: str) -> None:
    with pytest.raises(DataError, match=r"There is no customer|No customer is named"):
        object_(project, wrong)
    assert objectors(project) == frozenset()


def test_before_the_first_run_a_number_in_other_letters_or_with_zeros_still_means_its_customer(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    for who in ("k0005", "00K0006", "K0007", "K99999"):
        object_(folder, who)
    value(folder)
    assert {who for who, row in rows(folder).items() if row["level"] == "objected"} == {"K0005", "K0006", "K0007"}
    told = warned(folder)
    assert told["objectors_alike"].startswith("2 objections name a number that the data write otherwise")
    assert told["objectors_unknown"].startswith("1 objections name a number that neither a line nor a customer record knows")
    assert "K99999" not in json.dumps(manifest(folder)["warnings"])


@pytest.mark.slow
def test_two_customers_whose_numbers_differ_by_their_letters_stay_two(tmp_path: Path) -> None:
    folder = begun(tmp_path)
    with (folder / "exports" / "sales-1.csv").open("a", encoding="utf-8") as file:
        file.write("k0005,2024-06-01,R-x,A,1,10.00,\n")
    object_(folder, "K0005")
    value(folder)
    found = rows(folder)
    assert (found["K0005"]["level"], found["k0005"]["level"]) == ("objected", "segment")
    assert not {"objectors_alike", "objectors_unknown"} & set(warned(folder))


# ---- groups -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_objection_of_the_head_of_a_group_is_that_of_the_head_alone(project: Path) -> None:
    object_(project, "K0002")
    value(project)
    found = rows(project)
    assert [found[who]["level"] == "objected" for who in ("K0002", "K0003", "K0004")] == [True, False, False]


# ---- while a run goes on ----------------------------------------------------------------------------------------------


def test_a_run_during_which_somebody_objects_is_thrown_away(project: Path) -> None:
    before = sorted(path.name for path in (project / "runs").iterdir())
    real = running.write_features

    def slow(*args: Any, **more: Any) -> Any:
        object_(project, "K0005")
        return real(*args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "write_features", slow)
        with pytest.raises(StorageError, match="Somebody objected while this was reckoned"):
            value(project)
    assert sorted(path.name for path in (project / "runs").iterdir()) == before


@pytest.mark.slow
def test_a_consent_during_a_run_does_not_stop_it(project: Path) -> None:
    real = running.write_features

    def slow(*args: Any, **more: Any) -> Any:
        consent(project, "K0005", "email", "yes", source="form", by="Eva", clock=NOW)
        return real(*args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "write_features", slow)
        assert value(project).folder.is_dir()


# ---- lists of runs made before ----------------------------------------------------------------------------------------


def test_reports_made_before_lose_the_customer_at_once_and_keep_all_others(project: Path) -> None:
    reports = sorted((project / "runs").glob("*/report.html"))
    texts = [path.read_text(encoding="utf-8") for path in reports]
    who = max((name for name in rows(project)), key=lambda name: sum(text.count(f"<bdi>{name}</bdi>") for text in texts))
    assert sum(text.count(f"<bdi>{who}</bdi>") for text in texts) >= 2
    object_(project, who)
    for path, before in zip(reports, texts, strict=True):
        after = path.read_text(encoding="utf-8")
        assert f"<bdi>{who}</bdi>" not in after
        assert after.count("<tr>") == before.count("<tr>") - before.count(f"<bdi>{who}</bdi>")
        assert after.endswith("</html>\n")


def test_a_comparison_of_earlier_runs_does_not_list_the_customer(project: Path, twice: tuple[Path, str]) -> None:
    who = twice[1]
    object_(project, who)
    found = compare(project, "previous", "current", count=1_000)
    listed = {one.customer_id for one in (*found.gains, *found.losses)}
    assert who not in listed
    assert len(listed) > 20


@pytest.mark.slow
def test_a_comparison_with_the_run_after_does_not_tell_what_was_expected_before(project: Path, twice: tuple[Path, str]) -> None:
    who = twice[1]
    object_(project, who)
    value(project)
    objection(project, who, reason="", by="Eva", clock=NOW, withdraw=True)
    found = compare(project, "previous", "current", count=1_000)
    assert who not in {one.customer_id for one in (*found.gains, *found.losses)}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_an_export_of_an_earlier_run_expects_nothing_of_the_customer(
    project: Path, twice: tuple[Path, str], tmp_path: Path, kind: str
) -> None:
    who, name = twice[1], manifest(project)["run"]
    object_(project, who)
    out = tmp_path / f"out.{kind}"
    export(project, out, run=name, language="en")
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(out).worksheets[0]
        (line,) = [row for row in sheet.iter_rows(values_only=True) if row[0] == who]
        assert "none (objection)" in line
        assert not [cell for cell in line if isinstance(cell, float) and cell == float(rows(project)[who]["clv"])]
        return
    found = pq.read_table(out).to_pylist() if kind == "parquet" else list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    (row,) = [row for row in found if row["customer_id"] == who]
    assert row["level"] == "objected"
    assert [column for column, cell in row.items() if column.startswith(FORECAST) and cell not in (None, "")] == []


def test_an_explanation_holds_what_is_booked_alone_and_lines_are_bookkeeping(project: Path, twice: tuple[Path, str]) -> None:
    object_(project, twice[1])
    explained = customer(project, twice[1])
    assert explained.row["level"] == "objected"
    assert {part.kind for part in explained.parts} <= {"booked", "cost"}
    assert lines_of(project, twice[1]).lines


def test_an_objection_written_by_another_program_into_the_register_counts_as_well(project: Path) -> None:
    content = {"customer_id": "K0001", "status": "objected", "reason": ""}
    Register(project).record([Decision("object", "objections", content, subject="K0001")], at=NOW, by="web")
    assert customer(project, "K0001").row["level"] == "objected"
