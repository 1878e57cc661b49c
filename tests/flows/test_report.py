"""Reports of a run as files: which year, which format, who is left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import exports
import pytest

from kundenwert.errors import CallError, StorageError
from kundenwert.flows import contribution
from kundenwert.flows.objection import objection
from kundenwert.flows.progress import Progress
from kundenwert.flows.report import base_report, readiness_report, result_report
from kundenwert.flows.run import run

SETTINGS = """
as_of = 2024-12-31
currency = "EUR"
model = "mbg_nbd"
language = "en"
[tables.activities]
files = ["activities.csv"]
[tables.activity_rates]
files = ["rates.csv"]
"""
LOSER = "K0003"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = exports.project(tmp_path_factory.mktemp("report"), exports.shop(customers=60, days=730), SETTINGS)
    ids = [f"K{number:04}" for number in range(60)]
    counted = [(one, "visit", f"{year}-05-02", 400 if one == LOSER else 1) for one in ids for year in (2023, 2024)]
    exports.write(folder / "activities.csv", counted, ("customer_id", "driver", "date", "count"))
    exports.write(folder / "rates.csv", [("visit", "30.00", "sales")], ("driver", "rate", "stage"))
    run(folder, {"threads": "1"}, clock=datetime(2025, 6, 1, tzinfo=UTC), progress=Progress())
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_last_whole_year_is_reported_and_the_file_says_what_it_is(project: Path, here: Path) -> None:
    found = result_report(project)
    assert (found.year, found.years) == (2024, (2023, 2024))
    assert found.path == Path("kundenergebnis-2024.html")
    page = (here / found.path).read_text(encoding="utf-8")
    assert "<title>Kundenergebnis, " in page
    assert f"kundenwert customer {LOSER} --lines --year 2024" in page


def test_another_year_all_years_and_another_language_can_be_asked_for(project: Path, here: Path) -> None:
    assert result_report(project, year=2023).path.name == "kundenergebnis-2023.html"
    every = result_report(project, year="all", language="en")
    assert (every.year, every.path.name) == (None, "customer-result-2023-2024.html")
    assert "Customer result" in every.path.read_text(encoding="utf-8")


def test_the_same_run_gives_the_same_pdf(project: Path, here: Path) -> None:
    one, other = (result_report(project, here / name).path.read_bytes() for name in ("one.pdf", "other.pdf"))
    assert one.startswith(b"%PDF")
    assert one == other


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"year": "20x"}, "'20x' is no year. Expected: a calendar year such as 2025, or all"),
        ({"year": 1999}, "has nothing of the year 1999. Available: 2023, 2024"),
        ({"out": Path("result.docx")}, "'result.docx' has no known ending. Available: .html, .pdf"),
    ],
)
def test_what_cannot_be_reported_is_told_and_nothing_is_written(project: Path, here: Path, options: dict, message: str) -> None:
    with pytest.raises(CallError, match=message):
        result_report(project, **options)
    assert not list(here.iterdir())


def test_who_objects_after_the_run_stands_in_no_list_of_a_report_made_today(project: Path, here: Path) -> None:
    clock = datetime(2025, 6, 2, tzinfo=UTC)
    objection(project, LOSER, reason="letter", by="Jana", clock=clock)
    try:
        for path in (result_report(project).path, result_report(project, year="all").path):
            assert LOSER not in path.read_text(encoding="utf-8")
        assert contribution.result(project).left_out == 1
    finally:
        objection(project, LOSER, reason="letter", by="Jana", clock=clock, withdraw=True)
    assert LOSER in result_report(project).path.read_text(encoding="utf-8")


def test_readiness_is_a_page_of_its_own_with_nothing_folded(project: Path, here: Path) -> None:
    found = readiness_report(project)
    assert found.path == Path("datenbereitschaft.html")
    page = found.path.read_text(encoding="utf-8")
    assert "<details" not in page
    assert "Stufe" in page
    assert readiness_report(project, Path("r.pdf"), language="en").path.read_bytes().startswith(b"%PDF")


def test_the_report_of_the_run_can_be_printed_and_passed_on(project: Path, here: Path) -> None:
    found = base_report(project)
    assert found.path == Path("customer-base.pdf")
    assert found.path.read_bytes().startswith(b"%PDF")
    assert base_report(project, Path("again.pdf")).path.read_bytes() == found.path.read_bytes()
    made = project / "runs" / found.run / "report.html"
    assert base_report(project, Path("page.html")).path.read_bytes() == made.read_bytes()
    with pytest.raises(CallError, match=r"'page\.docx' has no known ending"):
        base_report(project, Path("page.docx"))


def test_a_run_without_its_report_is_told_so(project: Path, here: Path) -> None:
    run_of = base_report(project).run
    made = project / "runs" / run_of / "report.html"
    kept = made.rename(made.with_suffix(".kept"))
    try:
        with pytest.raises(StorageError, match=r"has no report\.html"):
            base_report(project)
    finally:
        kept.rename(made)


def test_a_project_without_a_run_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="holds no finished run"):
        readiness_report(tmp_path)


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [
        (date(2023, 1, 1), date(2024, 12, 31), (2023, 2024)),
        (date(2023, 1, 10), date(2024, 12, 22), (2023, 2024)),
        (date(2023, 1, 11), date(2024, 12, 21), ()),
        (date(2023, 3, 1), date(2025, 6, 30), (2024,)),
    ],
)
def test_a_year_is_whole_if_its_first_and_last_ten_days_are_covered(first: date, last: date, whole: tuple[int, ...]) -> None:
    assert contribution.whole_years((first, last)) == whole


def test_the_year_before_is_compared_with_only_where_both_are_whole(project: Path) -> None:
    found = contribution.result(project, year=2024)
    assert [step.name for step in found.before] == [step.name for step in found.steps]
    assert found.before == contribution.result(project, year=2023).steps
    assert contribution.result(project, year=2023).before == ()
    assert contribution.result(project).before == ()


def test_cost_drivers_are_those_of_the_period(project: Path) -> None:
    whole, year = (contribution.result(project, year=each).drivers for each in (None, 2024))
    assert [(row["driver"], row["units"], row["amount"]) for row in year] == [("visit", "459.00", "13770.00")]
    assert [(row["driver"], row["units"], row["amount"]) for row in whole] == [("visit", "918.00", "27540.00")]


def test_the_report_of_the_run_itself_leads_to_the_customer_result(project: Path) -> None:
    (page,) = project.glob("runs/2*/report.html")
    assert "kundenwert report result --year 2024" in page.read_text(encoding="utf-8")
