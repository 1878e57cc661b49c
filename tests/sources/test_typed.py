"""Workbooks, Parquet files and frames: typed cells are read as they are."""

from __future__ import annotations

import datetime
from decimal import Decimal

import openpyxl
import pandas
import polars
import pyarrow
import pyarrow.parquet
import pytest

from kundenwert import registry
from kundenwert.errors import AmbiguousInput, CallError, SettingsError, UnreadableInput

LINES = [["0001", datetime.date(2024, 12, 31), 12.5], [1002, datetime.date(2025, 1, 1), -3]]


@pytest.fixture
def workbook(tmp_path):
    def workbook(sheets, name="sales.xlsx"):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return workbook


def test_the_sources_are_the_formats():
    assert registry.names("sources") == ("delimited", "frame", "parquet", "workbook")


def test_a_workbook_has_native_days_and_numbers(read, workbook):
    found = read(workbook({"Daten": [["Kunde", "Datum", "Betrag"], *LINES]}))
    assert found.column("customer_id") == ["0001", "1002"]
    assert found.column("day") == [20088, 20089]
    assert found.column("amount") == [Decimal("12.5"), Decimal(-3)]


def test_the_sheet_with_the_columns_is_found_below_its_title(read, workbook):
    lines = [["Umsatzliste"], [], ["Kunde", "Datum", "Betrag"], *LINES, [], ["Summe", None, 9.5]]
    found = read(workbook({"Deckblatt": [["Bericht"], ["von", "uns"]], "Daten": lines}))
    assert found.column("amount") == [Decimal("12.5"), Decimal(-3), Decimal("9.5")]
    assert found.column("day")[-1] is None


def test_several_sheets_with_lines_are_asked(look, read, workbook):
    rows = [["Kunde", "Datum", "Betrag"], *LINES]
    path = workbook({"Januar": rows, "Februar": rows[:2]})
    with pytest.raises(AmbiguousInput, match="--sheet 'Januar'"):
        look(path)
    assert len(read(path, sheet="Februar").lines) == 1
    with pytest.raises(SettingsError, match="no sheet 'März'"):
        look(path, sheet="März")


def test_text_in_a_workbook_is_read_as_text(read, workbook):
    found = read(workbook({"Daten": [["Kunde", "Datum", "Betrag"], ["1", "31.12.2024", "1.234,50"]]}))
    assert found.column("amount") == [Decimal("1234.5")]


def test_a_workbook_without_lines(look, workbook):
    with pytest.raises(UnreadableInput, match="no line of data"):
        look(workbook({"Daten": [["Kunde", "Datum", "Betrag"]]}))


def test_an_empty_workbook(look, workbook):
    with pytest.raises(UnreadableInput, match="workbook is empty"):
        look(workbook({"Daten": []}))


def test_a_workbook_that_is_called_csv_is_read_with_a_note(read, workbook):
    path = workbook({"Daten": [["Kunde", "Datum", "Betrag"], *LINES]})
    found = read(path.rename(path.with_suffix(".csv")))
    assert len(found.lines) == 2
    assert any("is called CSV" in fact.reason for fact in found.inspected.warnings)


def test_parquet_is_read_by_its_types(read, tmp_path, engine):
    table = pyarrow.table(
        {
            "record": [5, 6],
            "customer_id": [7, 8],
            "date": pyarrow.array([datetime.date(2024, 12, 31), None]),
            "amount": pyarrow.array([Decimal("1.50"), Decimal("-2.25")], pyarrow.decimal128(12, 2)),
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "lines [1].parquet")
    found = read(tmp_path / "lines [1].parquet")
    assert engine.columns("tested")["customer_id"] == "BIGINT"
    assert found.column("record") == [1, 2]
    assert found.column("day") == [20088, None]
    assert found.column("amount") == [Decimal("1.5"), Decimal("-2.25")]
    assert found.inspected.file.lines == 2


def test_numbers_that_are_days(read):
    frame = polars.DataFrame({"customer": ["a", "b"], "date": [20241231, 20241301], "quantity": [1, 2]})
    assert read(frame).column("day") == [20088, None]


def test_pandas_is_read_and_not_changed(read):
    frame = pandas.DataFrame({"Kunde": [1.0, None], "Datum": ["2024-12-31", "2025-01-01"], "Betrag": [0.1, float("nan")], 5: ["a", 1]})
    before = frame.copy(deep=True)
    found = read(frame)
    assert found.column("customer_id") == ["1", None]
    assert found.column("amount") == [Decimal("0.1"), None]
    pandas.testing.assert_frame_equal(frame, before)


def test_a_named_index_is_a_column(read):
    frame = pandas.DataFrame({"cust": ["a"], "date": ["2024-12-31"], "amount": [1.0]}).set_index(["cust", "date"])
    assert read(frame).column("customer_id") == ["a"]


def test_moments_count_on_the_clock_of_their_zone(read):
    moments = pandas.to_datetime(["2024-12-31 23:30:00"]).tz_localize("America/New_York")
    assert read(pandas.DataFrame({"cust": ["a"], "date": moments})).column("day") == [20088]


@pytest.mark.parametrize("make", [polars.DataFrame, lambda data: polars.LazyFrame(data), pyarrow.table], ids=["polars", "lazy", "arrow"])
def test_polars_and_arrow_are_read(read, make):
    found = read(make({"customer_id": ["0a", "b"], "date": ["31.12.2024", "30.12.2024"], "amount": ["1,50", "2,50"]}))
    assert found.column("amount") == [Decimal("1.5"), Decimal("2.5")]


def test_frames_of_other_content_are_other_inputs(look):
    frames = [polars.DataFrame({"customer_id": [name], "date": ["31.12.2024"]}) for name in ("a", "b", "a")]
    first, second, third = (look(frame).file.sha256 for frame in frames)
    assert first == third != second


def test_an_empty_frame(look):
    with pytest.raises(UnreadableInput, match="frame is empty"):
        look(polars.DataFrame({"customer_id": [], "date": []}))


def test_a_frame_of_floats_that_do_not_fit(look):
    with pytest.raises(UnreadableInput, match="does not fit"):
        look(polars.DataFrame({"customer_id": ["a"], "date": ["31.12.2024"], "amount": [1e12]})).or_raise()


def test_anything_else_is_a_wrong_call(look):
    with pytest.raises(CallError, match="pandas, polars or Arrow"):
        look({"customer_id": [1]})
