"""The value table leaves as CSV, workbook or Parquet without loss, in German or English numbers."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import exports
import openpyxl
import plain_runs
import pyarrow.parquet as pq
import pytest

from kundenwert.errors import CallError
from kundenwert.flows.export import export


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = [
        *exports.shop(6, customers=25),
        ("=1+1", date(2024, 1, 5), "R0", "A", 1, "11.00", ""),
        ("-5", date(2024, 1, 5), "R0", "A", 1, "11.00", ""),
    ]
    folder = exports.project(tmp_path_factory.mktemp("shop"), [line[:6] for line in lines])
    exports.write(folder / "exports" / "sales-1.csv", [line[:6] for line in lines], exports.HEADER[:6])
    plain_runs.value(folder, clock=datetime(2025, 6, 1, tzinfo=UTC))
    return folder


@pytest.fixture(scope="module")
def rows(project: Path) -> list[dict[str, Any]]:
    (table,) = (project / "runs").glob("*/customers.parquet")
    return pq.read_table(table).to_pylist()


def as_text(value: Any, *, german: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y" if german else "%Y-%m-%d")
    text = f"{value:.6f}" if isinstance(value, float) else str(value)
    return text.replace(".", ",") if german and not isinstance(value, str) else text


@pytest.mark.parametrize("numbers", ["de", "en"])
def test_a_csv_file_holds_every_cell(project: Path, rows: list[dict[str, Any]], tmp_path: Path, numbers: str) -> None:
    german = numbers == "de"
    done = export(project, tmp_path / "out" / "value.csv", numbers=numbers)
    with done.path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file, delimiter=";" if german else ","))
    assert done.rows == len(found) == len(rows)
    for row, cells in zip(rows, found, strict=True):
        expected = {name: as_text(value, german=german) for name, value in row.items()}
        expected["customer_id"] = "'=1+1" if row["customer_id"] == "=1+1" else row["customer_id"]
        assert cells == expected


def test_a_workbook_holds_every_amount_as_a_number(project: Path, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    done = export(project, tmp_path / "value.xlsx")
    sheets = openpyxl.load_workbook(done.path, data_only=True).worksheets
    amounts = {
        Decimal(str(round(cell, 2)))
        for sheet in sheets
        for line in sheet.iter_rows(values_only=True)
        for cell in line
        if isinstance(cell, int | float)
    }
    assert {row["clv"] for row in rows} <= amounts
    ids = {str(cell) for sheet in sheets for line in sheet.iter_rows(values_only=True) for cell in line if isinstance(cell, str)}
    assert {row["customer_id"] for row in rows if row["customer_id"].startswith("K")} <= ids


def test_a_parquet_file_is_the_table_of_the_run(project: Path, tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    assert pq.read_table(export(project, tmp_path / "value.parquet").path).to_pylist() == rows


def test_another_ending_is_refused_and_nothing_is_written(project: Path, tmp_path: Path) -> None:
    with pytest.raises(CallError, match=r"no known ending\. Available: \.csv, \.xlsx, \.parquet"):
        export(project, tmp_path / "value.ods")
    assert list(tmp_path.iterdir()) == []
