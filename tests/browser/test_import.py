"""A controller brings files of the example company: as CSV and as a workbook, in German and in English, from the upload to the value."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

sys.path.insert(0, str(Path(__file__).parent))

from conftest import Site, ended, headline, plain, press, started  # type: ignore[import-not-found]

pytestmark = pytest.mark.browser
LINES = "rechnungen_2025.csv"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Site]:
    """A server of its own, since imports open their project for everybody."""
    found = started(tmp_path_factory.mktemp("office"), company)
    yield found
    ended(found)


def _rows(file: Path) -> list[list[str]]:
    """The cells of an export, with its header and whatever stands above it."""
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    return list(csv.reader(text.splitlines(), delimiter=";"))


def _workbook(rows: list[list[str]], path: Path) -> Path:
    """The same cells as a workbook, amounts as numbers."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Rechnungen")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if re.fullmatch(r"-?[\d.]+,\d+", cell):
                sheet.write_number(number, place, float(cell.replace(".", "").replace(",", ".")))
            else:
                sheet.write_string(number, place, cell)
    book.close()
    return path


def _checked(page: Any, files: list[Path]) -> None:
    """Uploads files for a new project and has all lines checked."""
    page.goto("/import/")
    page.set_input_files("input[name=files]", [str(file) for file in files])
    page.locator("[name=way][value=new]").check()
    press(page, page.locator("main form button.main-action").first)
    page.locator("table.files").wait_for()
    assert page.locator("table.files tbody tr").count() == len(files)
    while (question := page.locator("a.btn.main-action")).count():
        question.first.click()
        page.wait_for_load_state("networkidle")
        page.locator(".msg.warn button[name=answer]").first.click()
        page.wait_for_load_state("networkidle")
    press(page, page.locator("form[action$='/check/'] button.main-action").first)
    page.locator("#h-bridge").wait_for()


def test_a_german_export_becomes_a_project_with_values(office: Site, visit: Callable[..., Any], company: Path) -> None:
    seen = visit(office, "analyst", language="de")
    page = seen.page
    _checked(page, [company / "exports" / LINES, company / "exports" / "kunden.csv"])
    assert page.locator("section[aria-labelledby=h-bridge] table").first.locator("tbody tr").count() >= 3
    assert page.locator("table.reasons tbody tr").count() >= 1
    press(page, page.get_by_role("link", name="Alle abgelehnten Zeilen"))
    assert page.locator("main tbody tr").count() >= 1
    page.go_back()
    page.fill("input[name=title]", "Baubedarf aus dem Browser")
    press(page, page.locator("form[action$='/save/'] button.main-action"))
    assert "Kundenstamm ist" in headline(page)
    assert "Baubedarf aus dem Browser" in plain(page.locator("header.side").inner_text())
    seen.clean()


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_workbook_is_read_as_the_export_it_was_made_from(
    office: Site, visit: Callable[..., Any], company: Path, tmp_path: Path, language: str
) -> None:
    rows = _rows(company / "exports" / LINES)[:1500]
    as_text = tmp_path / "rechnungen.csv"
    as_text.write_text("\n".join(";".join(row) for row in rows) + "\n", encoding="utf-8")
    seen = visit(office, "analyst", language=language)
    sums = []
    for file in (as_text, _workbook(rows, tmp_path / "rechnungen.xlsx")):
        _checked(seen.page, [file])
        table = seen.page.locator("section[aria-labelledby=h-bridge] table").first
        sums.append([plain(row.inner_text()) for row in table.locator("tbody tr").all()])
    assert sums[0] == sums[1]
    assert len(sums[0]) >= 3
    seen.clean()
