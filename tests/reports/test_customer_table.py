"""The workbook of the value table: native figures, text that stays text, a basis in words, one chart."""

from __future__ import annotations

import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from kundenwert import registry
from kundenwert.reports import customer_table as module

MANIFEST: dict[str, Any] = {
    "run": "2026-10-02T0915Z-4f2a",
    "created": "2026-10-02T09:15:00Z",
    "title": "Beispiel & Söhne",
    "as_of": "2026-09-30",
    "horizon": "12m",
    "value_horizon": "5y",
    "yardstick": "revenue",
    "currency": "EUR",
    "settings": {"discount_rate": 0.1},
    "concentration": {
        "measure": "clv",
        "classes": {
            "A": {"customers": 1, "value": "300.20", "share": 0.75},
            "B": {"customers": 1, "value": "100.10", "share": 0.25},
            "C": {"customers": 1, "value": "0.00", "share": 0.0},
        },
    },
}
IDS = ["0001", "=1+1", "Müller\ud800\x07 <b>"]
MONEY = ("monetary_value", "revenue", "expected_revenue", "clv", "clv_beyond", "past", "value")


def masked(values: list[float | None], kind: str = "float64") -> Any:
    return np.ma.masked_array([0 if value is None else value for value in values], mask=[value is None for value in values], dtype=kind)


def table(**changes: Any) -> dict[str, Any]:
    """Three customers: one with a forecast of his own, one alike others, one without a purchase left."""
    days = np.array(["2024-01-08", "2026-09-02", "1970-01-01"], dtype="datetime64[us]")
    columns: dict[str, Any] = {
        "customer_id": np.array(IDS, dtype=object),
        "first_purchase": np.ma.masked_array(days, mask=[False, False, True]),
        "last_purchase": np.ma.masked_array(days, mask=[False, False, True]),
        "frequency": masked([4, 0, None], "int32"),
        "recency": masked([968, 0, None], "int32"),
        "T": masked([996, 28, None], "int32"),
        "spend_days": masked([4, 0, None], "int32"),
        "monetary_value": masked([120.5, None, None]),
        "revenue": np.array([600.1, 80.2, -20.3]),
        "p_alive": masked([0.87, 1.0, None]),
        "expected_purchases": np.array([1.5, 0.75, 0.0]),
        "expected_purchases_lower": masked([None, None, 0.0]),
        "expected_purchases_upper": masked([None, None, 0.0]),
        "expected_revenue": np.array([150.1, 60.2, 0.0]),
        "clv": np.array([300.2, 100.1, 0.0]),
        "clv_lower": masked([None, None, 0.0]),
        "clv_beyond": np.array([200.4, 50.5, 0.0]),
        "past": np.array([600.1, 80.2, -20.3]),
        "value": np.array([900.3, 180.3, -20.3]),
        "level": np.array(["customer", "segment", "none"], dtype=object),
    }
    return columns | changes


def written(folder: Path, columns: dict[str, Any] | None = None, *, lang: str = "en", manifest: dict[str, Any] | None = None) -> Any:
    path = folder / "values.xlsx"
    registry.load("reports", "customer_table")(columns or table(), path, lang=lang, manifest=MANIFEST if manifest is None else manifest)
    return openpyxl.load_workbook(path)


def rows(book: Any) -> list[dict[str, Any]]:
    heads, *found = book.worksheets[0].iter_rows(min_row=4, values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in found]


def cell(book: Any, heading: str, row: int = 5) -> Any:
    place = [head.value for head in book.worksheets[0][4]].index(heading)
    return book.worksheets[0][row][place]


def texts(book: Any, sheet: int) -> list[str]:
    return [str(value) for row in book.worksheets[sheet].iter_rows(values_only=True) for value in row if value is not None]


def test_figures_are_numbers_and_days_are_days(tmp_path: Path) -> None:
    book = written(tmp_path)
    first = rows(book)[0]
    assert first["Revenue so far, €"] == 600.1
    assert first["First purchase"] == datetime(2024, 1, 8)  # noqa: DTZ001 - a workbook knows no zones
    assert cell(book, "Revenue so far, €").number_format == "#,##0.00"
    assert cell(book, "Still active").number_format == "0.0%"
    assert cell(book, "First purchase").is_date
    assert cell(book, "First purchase").number_format == "d mmm yyyy"
    assert cell(written(tmp_path, lang="de"), "Erster Kauf").number_format == "dd.mm.yyyy"


def test_ids_stay_text(tmp_path: Path) -> None:
    book = written(tmp_path)
    found = [row["Customer"] for row in rows(book)]
    assert found[:2] == ["0001", "=1+1"]
    assert found[2].startswith("Müller\ufffd")
    assert {cell(book, "Customer", row).data_type for row in (5, 6, 7)} == {"s"}
    with zipfile.ZipFile(tmp_path / "values.xlsx") as parts:
        assert b"<f>1+1" not in parts.read("xl/worksheets/sheet1.xml")


def test_what_is_unknown_is_empty(tmp_path: Path) -> None:
    last = rows(written(tmp_path))[2]
    assert [last[name] for name in ("First purchase", "Repeat purchases", "Average repeat purchase, €", "Still active")] == [None] * 4
    assert last["Customer value, €"] == -20.3


def test_bounds_that_nobody_has_are_left_out(tmp_path: Path) -> None:
    assert not [head for head in rows(written(tmp_path))[0] if "at least" in head]
    known = table(clv_lower=masked([200.0, 50.0, 0.0]))
    assert "Still to come (clv), 5 years, €: at least" in rows(written(tmp_path, known))[0]


def test_sums_follow_the_filter_and_tie(tmp_path: Path) -> None:
    sheet = written(tmp_path).worksheets[0]
    place = [head.value for head in sheet[4]].index("Revenue so far, €")
    assert sheet[3][place].value == f"=SUBTOTAL(109,{sheet[5][place].coordinate}:{sheet[7][place].coordinate})"
    kept = openpyxl.load_workbook(tmp_path / "values.xlsx", data_only=True).worksheets[0]
    assert Decimal(str(kept[3][place].value)) == Decimal("660.0")


def test_it_is_a_table_with_a_header_that_stays(tmp_path: Path) -> None:
    sheet = written(tmp_path).worksheets[0]
    assert sheet.freeze_panes == "B5"
    (found,) = sheet.tables.values()
    assert found.ref.startswith("A4:")
    assert found.autoFilter is not None
    assert all(sheet.column_dimensions[letter].width >= 11 for letter in "ABCD")


@pytest.mark.parametrize(
    ("lang", "title", "sheets"),
    [
        ("de", "Beispiel & Söhne: Kundenwerte in Umsatz, nicht Marge", ["Kunden", "Überblick"]),
        ("en", "Beispiel & Söhne: Customer values in revenue, not margin", ["Customers", "Overview"]),
    ],
)
def test_the_title_says_what_values_are_counted_in(tmp_path: Path, lang: str, title: str, sheets: list[str]) -> None:
    book = written(tmp_path, lang=lang)
    assert book.sheetnames == sheets
    assert [sheet["A1"].value for sheet in book.worksheets] == [title, title]
    assert "30.09.2026" in book.worksheets[0]["A2"].value or "30 Sep 2026" in book.worksheets[0]["A2"].value


def test_the_overview_holds_basis_totals_classes_and_meanings(tmp_path: Path) -> None:
    sheet = written(tmp_path, lang="de").worksheets[1]
    found = {row[0]: row[1:] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert found["Stand"][0] == datetime(2026, 9, 30)  # noqa: DTZ001 - a workbook knows no zones
    assert found["Zins"][0] == 0.1
    assert found["Maßstab"][0] == "Umsatz, nicht Marge"
    assert found["Käufe"][0] == 6
    assert found["A"][:4] == (1, pytest.approx(1 / 3), 300.2, 0.75)
    assert found["Noch später, €"][0] in (250.9, "clv_beyond")


def test_there_is_one_chart_of_the_most_valuable(tmp_path: Path) -> None:
    written(tmp_path)
    with zipfile.ZipFile(tmp_path / "values.xlsx") as parts:
        charts = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
        text = parts.read(charts[0]).decode()
    assert len(charts) == 1
    assert "Customer value in EUR, as of 30 Sep 2026" in text
    assert "pattFill" in text, "what is expected is hatched"


def test_who_objected_stands_in_no_list(tmp_path: Path) -> None:
    levels = np.array(["objected", "segment", "none"], dtype=object)
    found = texts(written(tmp_path, table(level=levels)), 1)
    assert "0001" not in found
    assert "=1+1" in found


def test_without_a_manifest_only_what_is_known_is_said(tmp_path: Path) -> None:
    book = written(tmp_path, manifest={})
    assert book.worksheets[0]["A1"].value == "Customer values"
    assert "Revenue so far" in rows(book)[0]
    assert not [text for text in texts(book, 1) if "None" in text or "€" in text]


def test_without_amounts_customers_are_compared_by_purchases(tmp_path: Path) -> None:
    nothing = {name: masked([None, None, None]) for name in MONEY}
    spread = {"measure": "expected_purchases", "classes": MANIFEST["concentration"]["classes"]}
    manifest = MANIFEST | {"yardstick": "purchases", "currency": "", "concentration": spread}
    book = written(tmp_path, table(**nothing), manifest=manifest)
    assert "in expected purchases" in book.worksheets[0]["A1"].value
    assert not [head for head in rows(book)[0] if "evenue" in head or "value" in head]
    assert "The 2 most valuable customers have 100.0% of the expected purchases" in texts(book, 1)


def test_a_column_of_a_later_version_is_shown_as_it_is(tmp_path: Path) -> None:
    later = {"score": np.array([3.5, 2.0, 1.0]), "stage": np.array(["new", "loyal", None], dtype=object)}
    found = rows(written(tmp_path, table(**later)))
    assert [row["score"] for row in found] == [3.5, 2.0, 1.0]
    assert [row["stage"] for row in found] == ["new", "loyal", None]


def test_many_rows_are_written_as_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = rows(written(tmp_path))
    overview = texts(written(tmp_path), 1)
    monkeypatch.setattr(module, "_TABLE_ROWS", 2)
    book = written(tmp_path)
    assert rows(book) == plain
    assert texts(book, 1) == overview
    assert book.worksheets[0].auto_filter.ref.startswith("A4:")


def test_the_same_run_gives_the_same_workbook(tmp_path: Path) -> None:
    written(tmp_path)
    first = (tmp_path / "values.xlsx").read_bytes()
    written(tmp_path)
    assert (tmp_path / "values.xlsx").read_bytes() == first


def test_a_place_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "values.xlsx").mkdir()
    with pytest.raises(OSError, match="directory"):
        module.customer_table(table(), tmp_path / "values.xlsx", lang="en", manifest={})


INTERVALS = [
    {"measure": "purchases", "mean": 2.25, "lower": 1.0, "upper": 4.5, "level": 0.9},
    {"measure": "clv", "mean": 400.3, "lower": 250.5, "upper": 640.25, "level": 0.9},
    {"measure": "novel", "mean": 1.0, "lower": 0.5, "upper": 2.0, "level": 0.9},
]


def test_ranges_of_totals_stand_beside_the_totals(tmp_path: Path) -> None:
    sheet = written(tmp_path, lang="de", manifest=MANIFEST | {"intervals": INTERVALS}).worksheets[1]
    # The totals stand above the meanings of the columns, which bear the same names.
    found = {row[0]: row[1:4] for row in reversed(list(sheet.iter_rows(values_only=True))) if row[0]}
    assert found["Summen"][1:] == ("Von", "Bis")
    assert found["Erwartete Käufe, 12 Monate"] == (pytest.approx(2.25), 1.0, 4.5)
    assert found["Kommt noch (clv), 5 Jahre, €"][1:] == (250.5, 640.25)
    assert found["Erwarteter Umsatz, 12 Monate, €"][1:] == (None, None)
    assert any("in 9 von 10 Fällen hält" in str(name) for name in found)


@pytest.mark.parametrize("intervals", ["not computed in this version", None, []])
def test_without_ranges_of_totals_none_are_shown(tmp_path: Path, intervals: Any) -> None:
    sheet = written(tmp_path, manifest=MANIFEST | {"intervals": intervals}).worksheets[1]
    found = {row[0]: row[1:4] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert found["Totals"][1:] == (None, None)


def test_bounds_have_headings_that_say_what_they_are(tmp_path: Path) -> None:
    bounds = {"clv_lower": masked([120.0, 10.0, 0.0]), "clv_upper": masked([700.0, 310.0, 0.0])}
    book = written(tmp_path, table(**bounds))
    assert rows(book)[0]["Still to come (clv), 5 years, €: at least"] == 120.0
    assert rows(book)[0]["Still to come (clv), 5 years, €: at most"] == 700.0
    assert "Exceeded in 95 of 100 cases." in texts(book, 1)


def test_bounds_at_another_level_name_their_level(tmp_path: Path) -> None:
    half = {
        "clv_lower_97_5": masked([9.0, 8.0, 0.0]),
        "clv_lower_50": masked([200.0, 40.0, 0.0]),
        "clv_upper_50": masked([390.0, 150.0, 0.0]),
        "score_lower_50": masked([1.0, 2.0, 3.0]),
    }
    book = written(tmp_path, table(**half))
    first = rows(book)[0]
    assert first["Still to come (clv), 5 years, €: at least (50%)"] == 200.0
    assert first["Still to come (clv), 5 years, €: at most (50%)"] == 390.0
    assert first["Still to come (clv), 5 years, €: at least (97.5%)"] == 9.0
    assert first["score_lower_50"] == 1.0
    assert {"Exceeded in 98.75 of 100 cases.", "Exceeded in 75 of 100 cases.", "Exceeded in 25 of 100 cases."} <= set(texts(book, 1))
