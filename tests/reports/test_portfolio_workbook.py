"""Portfolio and points as a workbook: formulas that Excel reckons on with, looks that say where points come from, the diagram."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from kundenwert.records import Criterion
from kundenwert.records.portfolio_workbook import PortfolioWorkbook, ScoredCriterion
from kundenwert.reports.portfolio_workbook import portfolio_workbook

WEIGHTS = (0.12, 0.20, 0.06, 0.10, 0.10, 0.08, 0.05, 0.08, 0.08, 0.07, 0.02, 0.04)
POINTS = (8, 7, 9, 8, 6, 3, 5, 9, 8, 4, 7, 5)
HEAD, FIRST = 5, 6


def texts(*values: str | None) -> Any:
    return np.ma.array(list(values), mask=[value is None for value in values], dtype=object)


def numbers(*values: float | None) -> Any:
    return np.ma.array([value or 0.0 for value in values], mask=[value is None for value in values], dtype=float)


def sample(*, placed: bool = True) -> PortfolioWorkbook:
    """The worked example of the scoring, a customer with few points, and one of whom nothing is known."""
    criteria = [
        ScoredCriterion(
            Criterion(f"Kriterium {place}", f"Criterion {place}", weight=Decimal(str(weight))),
            weight,
            numbers(point, 8 if place == 0 else None, None),
            np.array(["data" if place % 2 else "rating", "both" if place == 0 else "open", "barred"], dtype=object),
            np.array([not place % 2, True, False]),
            {"data": place % 2, "rating": 1 - place % 2, "open": 1, "barred": 1},
        )
        for place, (weight, point) in enumerate(zip(WEIGHTS, POINTS, strict=True))
    ]
    columns = {
        "customer_id": np.array(["0001", "=1+1", "0003"], dtype=object),
        "name": texts("Muster & Söhne", None, "Dritter"),
        "class": texts("A", "B", "C"),
        "stage": texts("retention", None, None),
        "value": numbers(900.0, 90.0, 10.0),
        "score": numbers(6.77, None, None),
        "coverage": numbers(1.0, 0.12, 0.0),
        "clv": numbers(500.0, 60.0, 5.0),
        "score_ideational": numbers(2.0, 9.5, None),
        "score_money": numbers(565.0, 0.0, None),
        "conflict": texts("money_high", "points_high", None),
        "portfolio": texts(*(("question", "star", None) if placed else (None, None, None))),
        "attractiveness": numbers(*((6.8, 5.0, None) if placed else (None, None, None))),
        "position": numbers(*((3.9, 5.0, None) if placed else (None, None, None))),
    }
    names = ("customer_id", "name", "criterion", "points", "rated_by", "rated_at", "reason")
    ratings = {
        name: np.array([value], dtype=object)
        for name, value in zip(names, ("0001", "Muster", "Kriterium 0", 8.0, "Anna", "2025-01-01", "=Grund"), strict=True)
    }
    manifest = {"run": "2025-01-01T0000Z-aaaa", "title": "Muster", "currency": "EUR", "as_of": "2025-01-01", "yardstick": "contribution"}
    return PortfolioWorkbook(manifest, columns, criteria, ratings, 5.0, (10 / 3, 20 / 3), 0.6, has_portfolio=placed, money_rule="pool")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "p.xlsx"
    portfolio_workbook(sample(), path, lang="de")
    return path


def test_the_score_is_a_formula_over_the_weights_above_the_points(written: Path) -> None:
    formulas, values = openpyxl.load_workbook(written)["Punkte"], openpyxl.load_workbook(written, data_only=True)["Punkte"]
    heads = {cell.value: cell.column_letter for cell in formulas[HEAD]}
    score, first, last = heads["Punktestand"], heads["Kriterium 0"], heads["Kriterium 11"]
    assert f"SUMPRODUCT(${first}$4:${last}$4,{first}{FIRST}:{last}{FIRST})" in formulas[f"{score}{FIRST}"].value
    assert values[f"{score}{FIRST}"].value == 6.77
    weights = [cell.value for cell in values[4][values[f"{first}4"].column - 1 : values[f"{last}4"].column]]
    points = [cell.value for cell in values[FIRST][values[f"{first}4"].column - 1 : values[f"{last}4"].column]]
    assert sum(w * p for w, p in zip(weights, points, strict=True)) / sum(weights) == pytest.approx(6.77)
    assert values[f"{score}{FIRST + 1}"].value in (None, "")


def test_cells_look_as_what_their_points_rest_on(written: Path) -> None:
    sheet = openpyxl.load_workbook(written)["Punkte"]
    place = {cell.value: cell.column for cell in sheet[HEAD]}["Kriterium 0"]
    rating, data, empty, barred = (sheet.cell(*cell) for cell in ((6, place), (6, place + 1), (7, place + 1), (8, place)))
    assert rating.font.bold
    assert not rating.protection.locked
    assert data.protection.locked
    assert empty.value is None
    assert not empty.protection.locked
    assert barred.protection.locked
    assert len({cell.fill.fgColor.rgb for cell in (rating, data, empty)}) == 3


def test_points_bear_traffic_lights_and_refuse_what_is_no_number_from_0_to_10(written: Path) -> None:
    sheet = openpyxl.load_workbook(written)["Punkte"]
    kinds = [rule.type for rules in sheet.conditional_formatting for rule in rules.rules]
    assert kinds
    assert set(kinds) == {"iconSet"}
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, rule.formula1, rule.formula2) == ("decimal", "0", "10")


def test_texts_stay_texts(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    assert (book["Punkte"].cell(7, 1).value, book["Punkte"].cell(7, 1).data_type) == ("=1+1", "s")
    assert book["Bewertungen"].cell(5, 7).data_type == "s"


def test_fields_are_counted_by_formulas_that_follow_the_limits(written: Path) -> None:
    formulas, values = openpyxl.load_workbook(written)["Portfolio"], openpyxl.load_workbook(written, data_only=True)["Portfolio"]
    row = next(cell.row for cell in values["A"] if cell.value == "Fragezeichenkunden")
    assert formulas.cell(row, 3).value.startswith("=COUNTIFS(")
    assert "$B$6" in formulas.cell(row, 3).value
    assert (values.cell(row, 3).value, values.cell(row, 4).value) == (1, 900)
    assert (values.cell(row - 1, 3).value, values.cell(row - 1, 4).value) == (1, 90)


def test_the_diagram_shows_those_with_a_field_and_its_lines(written: Path) -> None:
    with zipfile.ZipFile(written) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert "scatterChart" in chart
    assert "Gezielt investieren" in chart
    listed = [cell.value for cell in openpyxl.load_workbook(written)["Portfolio"]["A"][35:]]
    assert [name for name in listed if name] == ["1  Muster & Söhne", "2  =1+1"]


def test_without_a_portfolio_there_is_no_sheet_of_it(tmp_path: Path) -> None:
    portfolio_workbook(sample(placed=False), tmp_path / "p.xlsx", lang="en")
    assert openpyxl.load_workbook(tmp_path / "p.xlsx").sheetnames == ["Points", "Ratings", "Legend"]


def test_money_and_points_stand_side_by_side_and_who_contradicts_is_counted(written: Path) -> None:
    book, formulas = openpyxl.load_workbook(written, data_only=True), openpyxl.load_workbook(written)
    heads = {cell.value: cell.column_letter for cell in book["Punkte"][HEAD]}
    points = book["Punkte"]
    assert points[f"{heads['Punkte in Geld, €']}{FIRST}"].value == 565.0
    assert points[f"{heads['Zukunftswert (clv), €']}{FIRST}"].value == 500.0
    assert points[f"{heads['Geld und Punkte']}{FIRST}"].value == "viel Geld, wenig Punkte"
    assert points[f"{heads['Geld und Punkte']}{FIRST + 2}"].value is None
    rows = {row[0].value: row for row in book["Portfolio"].iter_rows() if row[0].value}
    assert [cell.value for cell in rows["viel Geld, wenig Punkte"]][2:4] == [1, 500]
    assert [cell.value for cell in rows["viele Punkte, wenig Geld"]][2:4] == [1, 60]
    row = rows["viel Geld, wenig Punkte"][0].row
    assert formulas["Portfolio"][f"C{row}"].value.startswith("=COUNTIF(")


def test_the_rule_behind_points_in_money_is_told(written: Path) -> None:
    told = [cell.value for row in openpyxl.load_workbook(written)["Legende"].iter_rows() for cell in row if cell.value]
    assert any(isinstance(text, str) and text.startswith("Der Zukunftswert aller Kunden, auf den Cent") for text in told)
