"""Ratings typed into the workbook: taken over without loss, or refused with every problem, sheet and cell named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import plain_runs
import pyarrow.parquet as pq
import pytest

from kundenwert.errors import DataError, UnreadableInput
from kundenwert.flows.objection import objection
from kundenwert.flows.portfolio_workbook import gather, write_portfolio_workbook
from kundenwert.flows.workbook_import import rate_from
from kundenwert.register.book import Register
from kundenwert.register.verify import verify
from kundenwert.runs import store

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
SETTINGS = 'title = "Laden"\ncurrency = "EUR"\nmargin = 0.3\n'
CRITERIA = '[criteria.weights]\nKaufhistorie = 0.4\nDeckungsbeitrag = 0.3\nImagefaktor = 0.2\n"Sympathiefaktor" = 0.04\n'
HEAD, FIRST = 5, 6
Edit = Callable[["Page"], None]


class Page:
    """The sheet of points, by customer and heading."""

    def __init__(self, book: Any, title: str = "Punkte") -> None:
        self.sheet = book[title]
        self.places = {cell.value: cell.column for cell in self.sheet[HEAD] if cell.value}
        self.rows = {self.sheet.cell(row, 1).value: row for row in range(FIRST, self.sheet.max_row + 1)}

    def cell(self, customer: str, heading: str) -> Any:
        return self.sheet.cell(self.rows[customer], self.places[heading])

    def rate(self, customer: str, criterion: str, points: Any, reason: str | None, *, word: str = "Grund") -> None:
        self.cell(customer, criterion).value = points
        self.cell(customer, f"{word}: {criterion}").value = reason


def valued(folder: Path, clock: datetime = NOW) -> Path:
    return plain_runs.value(folder, clock=clock, components=("score", "ideational")).folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty customers with two purchases each, one of them a private person; a run, and its workbook beside it."""
    folder = tmp_path_factory.mktemp("rated")
    lines, people = ["customer_id,date,amount"], ["customer_id,name,kind"]
    for who in range(20):
        lines += [f"0{who:03},{2023 + turn}-0{1 + who % 9}-05,{10 + who}.00" for turn in range(2)]
        people.append(f"0{who:03},Kunde {who},{'privat' if who == 7 else 'Firma'}")
    (folder / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "people.csv").write_text("\n".join(people) + "\n", encoding="utf-8")
    tables = '[[sources]]\nfiles = ["sales.csv"]\n[tables.customers]\nfiles = ["people.csv"]\n'
    (folder / "kundenwert.toml").write_text(f"{SETTINGS}{tables}{CRITERIA}", encoding="utf-8")
    valued(folder)
    for lang in ("de", "en"):
        write_portfolio_workbook(folder, folder / f"{lang}.xlsx", language=lang)
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "project")
    return tmp_path / "project"


def edited(project: Path, edit: Edit, *, lang: str = "de") -> Path:
    path = project / f"{lang}.xlsx"
    book = openpyxl.load_workbook(path)
    edit(Page(book, {"de": "Punkte", "en": "Points"}[lang]))
    book.save(path)
    return path


def taken(project: Path, edit: Edit, *, by: str = "Anna", lang: str = "de") -> Any:
    return rate_from(project, edited(project, edit, lang=lang), by=by, clock=NOW + timedelta(hours=1))


def refused(project: Path, edit: Edit) -> list[str]:
    with pytest.raises(DataError) as caught:
        taken(project, edit)
    assert not Register(project).rows("ratings")
    return [problem.came for problem in caught.value.problems]


def ratings(project: Path) -> list[dict[str, Any]]:
    return [row.content for row in Register(project).rows("ratings")]


def test_a_workbook_as_it_was_written_says_nothing_new(project: Path) -> None:
    found = taken(project, lambda page: None)
    assert (found.written, found.known, found.changed_weights) == (0, 0, ())


def test_what_is_typed_goes_to_the_register_with_its_reason_and_the_next_run_shows_it(project: Path) -> None:
    def edit(page: Page) -> None:
        page.rate("0003", "Imagefaktor", 8, "Nennt uns auf seiner Messe")
        page.rate("0005", "Imagefaktor", 0, "Will nicht genannt werden")

    assert taken(project, edit).written == 2
    assert sorted(ratings(project), key=lambda one: one["customer_id"]) == [
        {"customer_id": "0003", "criterion": "Imagefaktor", "points": "8", "reason": "Nennt uns auf seiner Messe"},
        {"customer_id": "0005", "criterion": "Imagefaktor", "points": "0", "reason": "Will nicht genannt werden"},
    ]
    assert not verify(project)
    later = valued(project, NOW + timedelta(days=1))
    scores = {(row["customer_id"], row["criterion"]): row for row in pq.read_table(later / "scores.parquet").to_pylist()}
    assert (scores["0003", "Imagefaktor"]["points"], scores["0003", "Imagefaktor"]["provenance"]) == (8.0, "rating")
    write_portfolio_workbook(project, project / "again.xlsx")
    again = openpyxl.load_workbook(project / "again.xlsx")
    assert Page(again).cell("0003", "Imagefaktor").value == 8
    written = [[cell.value for cell in row][:7] for row in again["Bewertungen"].iter_rows(min_row=5)]
    assert ["0003", "Kunde 3", "Imagefaktor", 8, "Anna", "2025-06-01", "Nennt uns auf seiner Messe"] in written


def test_a_workbook_that_is_read_twice_is_written_once(project: Path) -> None:
    taken(project, lambda page: page.rate("0003", "Imagefaktor", 8, "Messe"))
    found = taken(project, lambda page: None)
    assert (found.written, found.known, len(ratings(project))) == (0, 1, 1)


def test_another_person_may_say_the_same(project: Path) -> None:
    taken(project, lambda page: page.rate("0003", "Imagefaktor", 8, "Messe"))
    assert taken(project, lambda page: None, by="Bert").written == 1


def test_rows_may_be_sorted_and_deleted_and_a_decimal_comma_is_read(project: Path) -> None:
    def edit(page: Page) -> None:
        page.rate("0004", "Imagefaktor", " 7,5 ", "Gutes Haus")
        page.rate("0003", "Imagefaktor", "6.25", "Bekannt")
        page.sheet.delete_rows(page.rows["0009"])
        page.sheet.insert_rows(1, 2)

    assert taken(project, edit).written == 2
    assert {row["customer_id"]: row["points"] for row in ratings(project)} == {"0004": "7.5", "0003": "6.25"}


def test_the_english_workbook_is_read_alike(project: Path) -> None:
    assert taken(project, lambda page: page.rate("0003", "Image", 8, "Fair", word="Reason"), lang="en").written == 1
    assert ratings(project)[0]["criterion"] == "Imagefaktor"


def test_every_problem_is_told_with_its_cell_and_nothing_is_written(project: Path) -> None:
    def edit(page: Page) -> None:
        page.rate("0001", "Imagefaktor", 9, "Das ist richtig")
        page.rate("0002", "Imagefaktor", 11, "Zu viel")
        page.rate("0003", "Imagefaktor", "viel", "Wort")
        page.rate("0004", "Imagefaktor", date(2026, 5, 7), "Aus 7.5 wurde ein Tag")
        page.rate("0005", "Imagefaktor", 0.75, "Prozent")
        page.cell("0005", "Imagefaktor").number_format = "0%"
        page.rate("0006", "Imagefaktor", 8, None)
        page.rate("0008", "Imagefaktor", None, "Ohne Punkte")
        page.rate("0007", "Sympathiefaktor", 8, "Nett")
        page.rate("0009", "Deckungsbeitrag", 10, "Fühlt sich so an")

    came = refused(project, edit)
    told = "\n".join(came)
    assert len(came) == 8
    for words in (
        "'11' are no points",
        "'viel' are no points",
        "Excel has made the day 2026-05-07",
        "0.75 stands there as percent",
        "the reason is missing",
        "there is a reason, but there are no points",
        "this is a private person",
        "the points are reckoned from data",
    ):
        assert words in told
    place = Page(openpyxl.load_workbook(project / "de.xlsx")).cell("0002", "Imagefaktor").coordinate
    assert f"Sheet Punkte, cell {place} (0002, Imagefaktor): '11' are no points." in came


def test_an_unknown_customer_is_told_once_with_near_ones(project: Path) -> None:
    def edit(page: Page) -> None:
        page.rate("0003", "Imagefaktor", 8, "Messe")
        page.cell("0003", "Kunde").value = "0O03"

    (came,) = refused(project, edit)
    assert "has no customer '0O03'" in came
    assert "0003" in came


def test_a_customer_in_two_rows_is_refused(project: Path) -> None:
    (came,) = refused(project, lambda page: setattr(page.cell("0004", "Kunde"), "value", "0003"))[:1]
    assert "both are customer '0003'" in came


def test_a_rating_that_was_emptied_is_refused_for_it_stays(project: Path) -> None:
    taken(project, lambda page: page.rate("0003", "Imagefaktor", 8, "Messe"))
    valued(project, NOW + timedelta(days=1))
    write_portfolio_workbook(project, project / "de.xlsx")
    with pytest.raises(DataError, match="the cell was emptied"):
        taken(project, lambda page: page.rate("0003", "Imagefaktor", None, None))


def test_who_objected_since_is_not_rated(project: Path) -> None:
    objection(project, "0003", reason="Brief", by="Anna", clock=NOW)
    (came,) = refused(project, lambda page: page.rate("0003", "Imagefaktor", 8, "Messe"))
    assert "has objected" in came
    write_portfolio_workbook(project, project / "de.xlsx")
    assert "0003" not in Page(openpyxl.load_workbook(project / "de.xlsx")).rows


@pytest.mark.parametrize(("heading", "words"), [("Religion", "stands for"), ("Laune", "is no criterion")])
def test_columns_that_are_no_criteria_are_refused(project: Path, heading: str, words: str) -> None:
    def edit(page: Page) -> None:
        place = page.places["Imagefaktor"]
        page.sheet.cell(HEAD, place).value = heading
        page.sheet.cell(FIRST, place).value = 8

    assert any(words in came for came in refused(project, edit))


def test_weights_that_were_tried_out_are_named_and_stay_in_the_workbook(project: Path) -> None:
    def edit(page: Page) -> None:
        page.sheet.cell(HEAD - 1, page.places["Imagefaktor"]).value = 0.5

    assert taken(project, edit).changed_weights == ("Imagefaktor",)


def test_another_workbook_or_file_is_refused(project: Path) -> None:
    book = openpyxl.Workbook()
    book.save(project / "other.xlsx")
    for name in ("other.xlsx", "sales.csv", "missing.xlsx"):
        with pytest.raises(UnreadableInput):
            rate_from(project, project / name, by="Anna", clock=NOW)


def test_without_a_name_nothing_is_written(project: Path) -> None:
    with pytest.raises(DataError, match="who decides"):
        taken(project, lambda page: page.rate("0003", "Imagefaktor", 8, "Messe"), by=" ")


def test_the_workbook_holds_every_customer_with_the_points_of_the_run(made: Path) -> None:
    found = gather(made)
    scores = pq.read_table(store.read(made).folder / "scores.parquet").to_pylist()
    held = {(row["customer_id"], row["criterion"]): row["points"] for row in scores}
    page = Page(openpyxl.load_workbook(made / "de.xlsx", data_only=True))
    assert list(page.rows) == found.columns["customer_id"].tolist()
    for one in found.criteria:
        for customer in page.rows:
            assert page.cell(customer, one.criterion.name).value == held.get((customer, one.criterion.name))


def test_more_customers_than_a_sheet_holds_are_refused(made: Path) -> None:
    with pytest.raises(ValueError, match=r"20 customers do not fit a sheet of Excel \(19 rows\)"):
        gather(made, most=19)
