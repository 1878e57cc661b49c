"""One row a customer and month: sums tie to the log, cells can be reckoned with, and what Excel cannot hold is refused."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import plain_runs
import pyarrow.parquet as pq
import pytest

from kundenwert.errors import CallError
from kundenwert.flows.flat_sheet import write_flat_sheet
from kundenwert.flows.objection import objection
from kundenwert.reports.flat_sheet import flat_sheet

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
LINES = """customer_id,date,document_id,amount,quantity,cost
0001,2024-01-05,1,100.00,2,60.00
0001,2024-01-05,1,50.50,1,30.00
0001,2024-01-20,2,10.00,1,4.00
0001,2024-02-03,3,-50.50,-1,-30.00
=2+2,2024-02-03,4,20.00,1,15.00
0003,2024-03-03,5,30.00,1,15.00
0003,2024-04-03,6,30.00,1,15.00
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flat")
    (folder / "sales.csv").write_text(LINES, encoding="utf-8")
    (folder / "kundenwert.toml").write_text('title = "Laden"\ncurrency = "EUR"\n[[sources]]\nfiles = ["sales.csv"]\n', encoding="utf-8")
    plain_runs.value(folder, clock=NOW)
    return folder


def test_there_is_one_row_a_customer_and_month_and_sums_tie_to_the_log(project: Path, tmp_path: Path) -> None:
    found = write_flat_sheet(project, tmp_path / "flat.parquet")
    rows = pq.read_table(found.path).to_pylist()
    assert [(row["customer_id"], row["month"]) for row in rows] == [
        ("0001", date(2024, 1, 1)),
        ("0001", date(2024, 2, 1)),
        ("=2+2", date(2024, 2, 1)),
        ("0003", date(2024, 3, 1)),
        ("0003", date(2024, 4, 1)),
    ]
    first = rows[0]
    assert (float(first["revenue"]), float(first["db1"]), float(first["quantity"])) == (160.5, 66.5, 4.0)
    assert (first["purchases"], first["documents"], first["lines"]) == (2, 2, 3)
    assert sum(float(row["revenue"]) for row in rows) == 190.0
    assert sum(float(row["db1"]) for row in rows) == 81.0


def test_the_workbook_is_a_table_with_numbers_months_and_texts(project: Path, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write_flat_sheet(project, tmp_path / "flat.xlsx").path).active
    heads = [cell.value for cell in sheet[1]]
    assert sheet.tables["months"].ref == f"A1:{sheet.cell(6, len(heads)).coordinate}"
    assert list(sheet.tables["months"].column_names) == heads
    row = dict(zip(heads, sheet[4], strict=True))
    assert row["Monat"].value == datetime(2024, 2, 1)  # noqa: DTZ001 (a cell has no zone)
    assert (row["Kunde"].value, row["Kunde"].data_type) == ("=2+2", "s")
    assert row["Umsatz, €"].value == 20


def test_many_rows_are_written_in_constant_memory_with_the_same_cells(tmp_path: Path) -> None:
    count = 7
    names = ("name", "kind", "segment", "industry", "region", "postcode_area", "account_manager", "class", "tier", "stage", "portfolio")
    columns = {
        "month": np.full(count, "2024-01-01", dtype="datetime64[D]"),
        **{name: np.arange(count) for name in ("year", "quarter", "purchases", "documents", "lines")},
        "customer_id": np.array([f"0{place}" for place in range(count)], dtype=object),
        **{name: np.array(["a & b"] * count, dtype=object) for name in names},
        **{name: np.arange(count) / 4 for name in ("revenue", "returned", "db1", "quantity")},
    }
    cells = []
    for many in (3, 100):
        flat_sheet(columns, tmp_path / "flat.xlsx", lang="en", manifest={}, many=many)
        sheet = openpyxl.load_workbook(tmp_path / "flat.xlsx").active
        assert list(sheet.tables["months"].column_names) == [cell.value for cell in sheet[1]]
        cells.append([[cell.value for cell in row] for row in sheet.iter_rows()])
    assert cells[0] == cells[1]
    assert len(cells[0]) == count + 1


def test_a_german_csv_has_decimal_commas_and_no_formula(project: Path, tmp_path: Path) -> None:
    path = write_flat_sheet(project, tmp_path / "flat.csv").path
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter=";"))
    assert (rows[0]["month"], rows[0]["revenue"]) == ("01.01.2024", "160,50")
    assert rows[2]["customer_id"] == "'=2+2"


def test_more_rows_than_excel_holds_are_refused_and_csv_is_named(project: Path, tmp_path: Path) -> None:
    with pytest.raises(CallError, match=r"5 rows do not fit .* \.csv"):
        write_flat_sheet(project, tmp_path / "flat.xlsx", most=4)
    assert not (tmp_path / "flat.xlsx").exists()
    assert write_flat_sheet(project, tmp_path / "flat.csv", most=4).rows == 5


def test_of_who_objected_only_what_was_booked_is_told(project: Path, tmp_path: Path) -> None:
    before = pq.read_table(write_flat_sheet(project, tmp_path / "a.parquet").path).to_pylist()
    assert before[-1]["class"] is not None
    objection(project, "0003", reason="Brief", by="Anna", clock=NOW)
    after = pq.read_table(write_flat_sheet(project, tmp_path / "b.parquet").path).to_pylist()
    assert (after[-1]["class"], after[-1]["revenue"]) == (None, before[-1]["revenue"])
    objection(project, "0003", reason="Brief", by="Anna", clock=NOW, withdraw=True)


def test_another_ending_is_refused(project: Path, tmp_path: Path) -> None:
    with pytest.raises(CallError, match="no known ending"):
        write_flat_sheet(project, tmp_path / "flat.pdf")
