"""The workbook of the customer result, from records made by hand: customers K1 and K2 of the worked example."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import result_samples as samples

from kundenwert import registry
from kundenwert.records import CustomerResult, Notice, Readiness, ReadinessReason, ResultWorkbook, TableReadiness, TogetherRow

# Bars in cells are an extension of the format that openpyxl does not read; it says so.
pytestmark = pytest.mark.filterwarnings("ignore:(Unknown|Conditional Formatting) extension is not supported")

IDS = ["K1", "K2"]
TAKEN = {"discount", "bonus", "cash_discount", "goods", "marketing", "sales", "service", "logistics"}
# Value-models 3.2: what K1 and K2 bring, step by step; together samples.NOW.
K1 = (120000, 11000, 4000, 105000, 2000, 103000, 61000, 42000, 4500, 37500, 8400, 29100, 4050, 8820, 16230)
K2 = tuple(both - own for both, own in zip(samples.NOW, K1, strict=True))
UNKNOWN_YET = np.ma.masked_all(2, dtype=float)


def columns(*, served: bool = True, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"customer_id": np.array(IDS, dtype=object)}
    for place, step in enumerate(samples.NAMES):
        sign = -1 if step in TAKEN else 1
        known = served or step in samples.NAMES[:8]
        found[step] = np.array([sign * K1[place], sign * K2[place]], dtype=float) if known else UNKNOWN_YET
    nothing = np.zeros(2)
    return found | {
        "estimated": np.array([13000.0, 0.0]),
        "assumed": nothing,
        "orders": np.array([96.0, 260.0]),
        "visits": np.array([18.0, 30.0]),
        "returns": nothing,
        "complaints": np.array([14.0, 25.0]),
        "last_step_before": np.ma.masked_array([12000.0, 0.0], mask=[False, True]),
        "cause": np.array([None, "discount"], dtype=object),
        "excess": np.ma.masked_array([0.0, 19000.0], mask=[True, False]),
        "rank_revenue": np.array([1, 2]),
        "rank_last_step": np.array([1, 2]),
        "name": np.array(["=cmd|' /C calc'!A0", None], dtype=object),
        **changes,
    }


def records(**changes: Any) -> dict[str, Any]:
    """Two records behind the sales of K2, and what is left of a cent."""
    days = np.array(["2025-03-01", "2025-04-01", "1970-01-01"], dtype="datetime64[us]")
    return {
        "number": np.array([1, 1, 1]),
        "customer_id": np.array(["K2"] * 3, dtype=object),
        "figure": np.array(["gross"] * 3, dtype=object),
        "kind": np.array(["record", "record", "rounding"], dtype=object),
        "day": np.ma.masked_array(days, mask=[False, False, True]),
        "source": np.array(["transactions"] * 2 + [""], dtype=object),
        "file_id": np.ma.masked_array([0, 0, 0], mask=[False, False, True]),
        "record": np.ma.masked_array([7, 8, 0], mask=[False, False, True]),
        "document_id": np.array(["R1", "R2", ""], dtype=object),
        "what": np.array(["A", "=B", ""], dtype=object),
        "units": np.ma.masked_array([3.0, 1.0, 0.0], mask=[False, False, True]),
        "rate": np.ma.masked_all(3, dtype=float),
        "amount": np.array([100000.333, 19999.663, 0.004]),
        "mark": np.array(["", "estimated", ""], dtype=object),
        **changes,
    }


NOTHING = {name: values[:0] for name, values in records().items()}


def workbook(result: CustomerResult | None = None, **changes: Any) -> ResultWorkbook:
    drivers = tuple(
        {**one, "units": Decimal(one["units"]), "amount": one["amount"] and Decimal(one["amount"])} for one in samples.result().drivers
    )
    known: dict[str, Any] = {
        "result": result or samples.result(),
        "columns": columns(),
        "together": (),
        "drilled": (),
        "records": NOTHING,
        "files": {"transactions": ["sales.csv"]},
        "most": 500,
        "drivers": drivers,
        "reckoned": Decimal("191000.00"),
        "booked": Decimal("191000.00"),
    }
    return ResultWorkbook(**{**known, **changes})


def written(folder: Path, found: ResultWorkbook, *, lang: str = "en", formulas: bool = False) -> Any:
    path = folder / "result.xlsx"
    registry.load("reports", "customer_result_workbook")(found, path, lang=lang)
    return openpyxl.load_workbook(path, data_only=not formulas)


def texts(sheet: Any) -> list[str]:
    return [value for row in sheet.iter_rows(values_only=True) for value in row if isinstance(value, str)]


def line(sheet: Any, first: str) -> tuple[Any, ...]:
    return next(row for row in sheet.iter_rows(values_only=True) if row[0] == first)


def test_the_worked_example_stands_in_it_to_the_cent(tmp_path: Path) -> None:
    sheet = written(tmp_path, workbook())["Customers"]
    heads = line(sheet, "Customer")
    assert [line(sheet, one)[heads.index("Contribution IV")] for one in IDS] == [16230, -10670]
    assert line(sheet, "K2")[heads.index("Cost of goods")] == -61000
    assert line(sheet, "All customers")[heads.index("Contribution IV")] == 5560
    assert line(sheet, "K2")[heads.index("Main cause of the loss")] == "Price concessions"


def test_who_was_not_there_a_year_before_changes_by_all_of_it(tmp_path: Path) -> None:
    sheet = written(tmp_path, workbook())["Customers"]
    heads = line(sheet, "Customer")
    before, change = heads.index("Contribution IV 2024"), heads.index("Change against 2024")
    assert line(sheet, "K1")[before : change + 1] == (12000, 4230)
    assert line(sheet, "K2")[before : change + 1] == (None, -10670)


def test_a_figure_that_does_not_tie_is_told_on_top(tmp_path: Path) -> None:
    off = columns()
    off["db4"] = off["db4"] + np.array([0.01, 0.0])
    sheet = written(tmp_path, workbook(columns=off))["Result"]
    assert sheet["A4"].value == "The figures do not tie: see the checks below."
    assert line(sheet, "Customers = sum of the sheet Customers")[3:6] == (pytest.approx(0.01), 0, "wrong")
    sheet = written(tmp_path, workbook(booked=Decimal("191000.01")))["Result"]
    assert line(sheet, "Revenue of all years = booked lines")[5] == "wrong"


def test_names_and_products_that_look_like_formulas_stay_text(tmp_path: Path) -> None:
    book = written(tmp_path, workbook(drilled=("K2",), records=records()), formulas=True)
    assert [(cell.data_type, cell.value) for cell in book["Customers"]["B"] if str(cell.value).startswith("=cmd")] == [
        ("s", "=cmd|' /C calc'!A0")
    ]
    assert [cell.data_type for cell in book["Drill-down"]["E"] if cell.value == "=B"] == ["s"]


def test_records_open_below_their_figure_and_the_rest_of_a_cent_is_shown(tmp_path: Path) -> None:
    sheet = written(tmp_path, workbook(drilled=("K2",), records=records()))["Drill-down"]
    step = next(row for row in sheet.iter_rows(min_row=6) if row[1].value == "Sales at list price")
    assert (step[4].value, step[7].value, step[8].value, step[9].value) == ("2 records", 120000, 120000, 0)
    below = [[cell.value for cell in sheet[step[0].row + number]] for number in (1, 2, 3)]
    assert [row[7] for row in below] == [100000.333, 19999.663, 0.004]
    assert [row[10:] for row in below[:2]] == [["sales.csv", 7, None], ["sales.csv", 8, "estimated"]]
    assert below[2][4] == "rounded to whole cents"
    assert [sheet.row_dimensions[step[0].row + number].outlineLevel for number in (0, 1)] == [1, 2]
    assert sheet.row_dimensions[step[0].row + 1].hidden


def test_erased_persons_are_one_row_and_no_loss_to_talk_about(tmp_path: Path) -> None:
    figures = {name: Decimal(0) for name in (*samples.NAMES, "last_step_before", "estimated")}
    erased = TogetherRow("erased", 4, figures | {"db4": Decimal("-12.50")})
    losses = (replace(samples.loss_maker(), customer_id="erased"), samples.loss_maker())
    book = written(tmp_path, workbook(samples.result(loss_makers=losses), together=(erased,)))
    assert "Erased persons, together (4)" in texts(book["Customers"])
    assert "erased" not in texts(book["Loss makers"])


def test_a_result_that_ends_at_contribution_one_says_so(tmp_path: Path) -> None:
    goods = workbook(samples.of_goods_only(), columns=columns(served=False), drivers=())
    book = written(tmp_path, goods)
    assert texts(book["Loss makers"])[0] == "Nothing is known of cost to serve: without contribution IV no losses can be told"
    assert texts(book["Cost drivers"])[0].startswith("Nothing is known of cost to serve")
    heads = line(book["Customers"], "Customer")
    assert "Contribution I, % of net revenue" in heads
    assert "of contribution I estimated" in heads
    assert not [head for head in heads if head and "Contribution II" in head]
    checks = line(book["Result"], "Contribution I = sum of the lines above")
    assert checks[3:6] == (0, 0, "right")


def test_without_a_loss_or_names_there_are_no_empty_columns(tmp_path: Path) -> None:
    nameless = columns(name=np.array([None, None], dtype=object))
    book = written(tmp_path, workbook(samples.result(losses=(), loss_makers=()), columns=nameless))
    assert texts(book["Loss makers"])[0] == "No customer has a negative contribution IV"
    assert line(book["Customers"], "Customer")[:2] == ("Customer", "Sales at list price")


def test_customers_who_bring_nothing_together_have_no_whale_curve(tmp_path: Path) -> None:
    lost = samples.steps((*samples.NOW[:-1], -5560))
    written(tmp_path, workbook(samples.result(steps=lost)))
    with zipfile.ZipFile(tmp_path / "result.xlsx") as parts:
        assert len([name for name in parts.namelist() if name.startswith("xl/charts/chart")]) == 1


def test_a_bar_that_ends_below_zero_has_a_part_on_both_sides(tmp_path: Path) -> None:
    lost = samples.steps((*samples.NOW[:11], 33100, 7800, 30000, -4700))
    sheet = written(tmp_path, workbook(samples.result(steps=lost)))["Chart data"]
    heads, logistics = line(sheet, "Step"), line(sheet, "Logistics")
    found = dict(zip(heads[:8], logistics[:8], strict=True))
    assert (found["from"], found["to"], found["invisible"]) == (25300, -4700, 0)
    assert (found["taken off, above zero"], found["taken off, below zero"]) == (25300, -4700)


def test_drivers_without_a_rate_and_assumed_rates_are_marked(tmp_path: Path) -> None:
    found = texts(written(tmp_path, workbook())["Cost drivers"])
    assert "no rate is known" in found
    assert "assumed" in found
    assert "Complaints, cost as recorded" in found


def test_readiness_tells_the_grade_why_and_what_each_table_lacks(tmp_path: Path) -> None:
    reason = ReadinessReason("D", Notice("short", "The sales lines cover {days} days; with {least} each month would be seen once.",
                                         {"days": 90, "least": 350}))  # fmt: skip
    tables = (
        TableReadiness(
            "payments",
            "missing",
            0,
            50,
            None,
            0,
            {},
            None,
            "Days beyond terms, cash discount taken too late, reminders: what late payers cost.",
        ),
        TableReadiness("activities", "thin", 5, 20, 10, 90, {"count": 0.5}, 0.25, "", (Notice("few", "Five records."),)),
    )
    ready = Readiness("D", (reason,), 2, 1, 3, 90, None, None, tables, {})
    sheet = written(tmp_path, workbook(readiness=ready), lang="de")["Bereitschaft"]
    assert sheet["A1"].value == "Die Daten haben die Note D (A bis E)"
    assert "90 Tage" in sheet["A5"].value
    assert line(sheet, "Tätigkeiten")[:6] == ("Tätigkeiten", "zu wenig", 5, 10, 0.5, 0.25)
    assert line(sheet, "Zahlungen")[1:3] == ("keine Tabelle", None)


def test_notes_count_objectors_and_name_what_rests_on_others(tmp_path: Path) -> None:
    found = " ".join(texts(written(tmp_path, workbook(samples.result(estimated=Decimal("13000.00"))), lang="de")["Hinweise"]))
    assert "3 Kunden haben der Bewertung widersprochen" in found
    assert "13.000,00\u00a0€ (20,0\u00a0% vom Deckungsbeitrag I der Kunden)" in found
    assert "Zeilen ohne Kundennummer, 2025: 200,00\u00a0€" in found


def test_figures_are_numbers_in_formats_that_follow_the_reader(tmp_path: Path) -> None:
    sheet = written(tmp_path, workbook())["Customers"]
    cells = next(row for row in sheet.iter_rows() if row[0].value == "K2")
    assert {cell.number_format for cell in cells if isinstance(cell.value, int | float)} >= {"#,##0.00", "0.0%"}
    assert cells[0].number_format == "@"
    assert sheet.freeze_panes == f"B{cells[0].row - 1}"
    assert sheet.auto_filter.ref.startswith(f"A{cells[0].row - 2}:")


def test_a_place_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "result.xlsx").mkdir()
    with pytest.raises(OSError, match="directory"):
        registry.load("reports", "customer_result_workbook")(workbook(), tmp_path / "result.xlsx", lang="en")
