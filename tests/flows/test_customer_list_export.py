"""The exported customer list: what was shown, in its order, safe in Excel."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import exports
import openpyxl
import plain_runs
import pytest

from kundenwert.errors import CallError
from kundenwert.flows import customer_list_export
from kundenwert.flows.customer_list import CustomerList, open_list
from kundenwert.flows.customer_list_export import write_list, write_list_apart
from kundenwert.flows.customer_list_query import Query, filters
from kundenwert.flows.objection import objection
from kundenwert.reports.language import Language

NOW = datetime(2025, 6, 1, 9, 30, tzinfo=UTC)
COLUMNS = ("customer_id", "name", "stage", "value", "revenue_year", "purchases", "last_purchase", "alert", "quarters", "account_manager")
DANGEROUS = ("=HYPERLINK(1)", "@SUM(A1)", "+49 30 1", "-A1", "\tx")
GERMAN, ENGLISH = Language("de"), Language("en")


@pytest.fixture(scope="module")
def valued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("list")
    exports.write(folder / "sales.csv", exports.shop(customers=40))
    records = [(f"K{n:04}", f'"{DANGEROUS[n % 5]}{n}"', "Süd", ("A. Okafor", "B. Lind")[n % 2]) for n in range(40)]
    exports.write(folder / "kunden.csv", records, ("Kundennummer", "Name", "Region", "Kundenbetreuer"))
    (folder / "kundenwert.toml").write_text(
        'title = "Muster & Söhne"\ncurrency = "EUR"\nmargin = 0.3\n[[sources]]\nfiles = ["sales.csv"]\n'
        '[tables.customers]\nfiles = ["kunden.csv"]\n',
        encoding="utf-8",
    )
    plain_runs.value(folder, clock=NOW, components=["rhythm", "alert", "lifecycle", "score", "value_class"])
    return folder


@pytest.fixture(scope="module")
def opened(valued: Path) -> CustomerList:
    return open_list(valued)


def shown(opened: CustomerList, query: Query, managers: frozenset[str] | None = None) -> list[dict[str, Any]]:
    return list(opened.page(Query(query.filters, query.sort, query.descending, size=200), managers=managers).rows)


def read(path: Path, delimiter: str) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=delimiter))


def test_a_csv_holds_the_rows_and_columns_shown_in_their_order(opened: CustomerList, tmp_path: Path) -> None:
    query = Query(filters(between={"purchases": (3, None)}), sort="last_purchase", descending=False)
    written = write_list(opened, query, COLUMNS, tmp_path / "list.csv", managers=None, language=GERMAN)
    head, *rows = read(written.path, ";")
    expected = shown(opened, query)
    assert 0 < len(expected) < opened.rows
    assert (written.rows, [row[0] for row in rows]) == (len(expected), [row["customer_id"] for row in expected])
    assert head[:4] == ["Kundennummer", "Kunde", "Lebensphase", "Kundenwert, €"]
    assert len(head) == len(COLUMNS) + 7
    first, course = expected[0], rows[0][8:16]
    assert rows[0][3] == f"{first['value']:.2f}".replace(".", ",")
    assert rows[0][6] == first["last_purchase"].strftime("%d.%m.%Y")
    assert rows[0][2] in {"Gewinnung", "Entwicklung", "Bindung", "Rückholung"}
    assert [float(cell.replace(",", ".") or 0) for cell in course] == pytest.approx(list(first["quarters"]), abs=0.01)
    assert {row[7] for row in rows} == {"ja", ""}


def test_an_english_reader_gets_points_and_commas(opened: CustomerList, tmp_path: Path) -> None:
    write_list(opened, Query(), COLUMNS, tmp_path / "list.csv", managers=None, language=ENGLISH)
    head, *rows = read(tmp_path / "list.csv", ",")
    best = shown(opened, Query())[0]
    assert head[3] == "Customer value, €"
    assert Decimal(rows[0][3]) == best["value"]
    assert rows[0][6] == best["last_purchase"].isoformat()


def test_numbers_may_be_german_where_words_are_english(opened: CustomerList, tmp_path: Path) -> None:
    write_list(opened, Query(), ("customer_id", "value"), tmp_path / "list.csv", managers=None, language=Language("en", "de"))
    head, row, *_ = read(tmp_path / "list.csv", ";")
    assert head == ["Customer number", "Customer value, €"]
    assert "," in row[1]


def test_nothing_in_a_file_is_a_formula(opened: CustomerList, tmp_path: Path) -> None:
    write_list(opened, Query(), COLUMNS, tmp_path / "list.csv", managers=None, language=GERMAN)
    names = [row[1] for row in read(tmp_path / "list.csv", ";")[1:]]
    assert len({name[:2] for name in names}) >= 4
    assert not any(name.startswith(("=", "@", "+", "-", "\t")) for name in names)
    write_list(opened, Query(), COLUMNS, tmp_path / "list.xlsx", managers=None, language=GERMAN)
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert {cell.data_type for cell in sheet["B"][5:]} == {"s"}


def test_a_sheet_holds_numbers_days_words_and_sums(opened: CustomerList, tmp_path: Path) -> None:
    query = Query(filters(among={"account_manager": ["A. Okafor"]}))
    write_list(opened, query, COLUMNS, tmp_path / "list.xlsx", managers=None, language=GERMAN, told="Betreuer: A. Okafor")
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "Muster & Söhne" in rows[0][0]
    assert rows[2][0] == "Betreuer: A. Okafor"
    assert rows[4][3] == "Kundenwert, €"
    expected = shown(opened, query)
    assert [row[0] for row in rows[5:]] == [row["customer_id"] for row in expected]
    assert rows[5][3] == pytest.approx(float(expected[0]["value"]))
    assert rows[5][6].date() == expected[0]["last_purchase"]
    assert rows[3][3].startswith("=SUBTOTAL(109,D6:D")
    values = openpyxl.load_workbook(tmp_path / "list.xlsx", data_only=True).active
    assert values["D4"].value == pytest.approx(float(opened.totals(query.filters, managers=None).sums["value"]))


def test_parts_that_are_written_one_after_the_other_make_one_list(
    opened: CustomerList, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_list_export, "_PART", 7)
    write_list(opened, Query(), ("customer_id",), tmp_path / "list.xlsx", managers=None, language=GERMAN)
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert [cell.value for cell in sheet["A"][5:]] == [row["customer_id"] for row in shown(opened, Query())]


def test_field_sales_take_out_their_own_customers_only(opened: CustomerList, tmp_path: Path) -> None:
    own = frozenset({"B. Lind"})
    for ending in ("csv", "xlsx"):
        path = tmp_path / f"list.{ending}"
        written = write_list(opened, Query(), ("customer_id", "account_manager"), path, managers=own, language=GERMAN)
        assert written.rows == len(shown(opened, Query(), own)) > 0
    assert {row[1] for row in read(tmp_path / "list.csv", ";")[1:]} == {"B. Lind"}
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    assert {cell.value for cell in sheet["B"][5:]} == {"B. Lind"}


@pytest.mark.slow
def test_another_process_writes_the_same_file(opened: CustomerList, valued: Path, tmp_path: Path) -> None:
    own, about = frozenset({"B. Lind"}), {"managers": frozenset({"B. Lind"}), "language": GERMAN}
    here = write_list(opened, Query(), COLUMNS, tmp_path / "here.csv", **about)  # type: ignore[arg-type]
    there = write_list_apart(valued, opened.run, Query(), COLUMNS, tmp_path / "there.csv", **about)  # type: ignore[arg-type]
    assert here.rows == there.rows == len(shown(opened, Query(), own))
    assert there.path.read_bytes() == here.path.read_bytes()
    with pytest.raises(CallError, match="shoe_size"):
        write_list_apart(valued, opened.run, Query(), ("shoe_size",), tmp_path / "list.csv", **about)  # type: ignore[arg-type]


def test_who_objected_since_is_in_no_file(valued: Path, tmp_path: Path) -> None:
    project = Path(shutil.copytree(valued, tmp_path / "shop"))
    who = shown(open_list(project), Query())[0]["customer_id"]
    objection(project, who, reason="", by="J. Brandt", clock=NOW)
    written = write_list(open_list(project), Query(), ("customer_id",), tmp_path / "list.csv", managers=None, language=GERMAN)
    assert who not in written.path.read_text(encoding="utf-8")


def test_an_export_of_nobody_is_a_head_without_rows(opened: CustomerList, tmp_path: Path) -> None:
    query = Query(filters("nobody"))
    for ending in ("csv", "xlsx"):
        assert write_list(opened, query, COLUMNS, tmp_path / f"list.{ending}", managers=None, language=GERMAN).rows == 0
    assert len(read(tmp_path / "list.csv", ";")) == 1


def test_what_excel_cannot_hold_is_refused_with_a_way_out(opened: CustomerList, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_list_export, "MOST_SHEET_ROWS", 10)
    with pytest.raises(CallError, match="CSV"):
        write_list(opened, Query(), COLUMNS, tmp_path / "list.xlsx", managers=None, language=GERMAN)
    assert not (tmp_path / "list.xlsx").exists()


def test_wrong_endings_and_columns_are_refused(opened: CustomerList, tmp_path: Path) -> None:
    with pytest.raises(CallError, match="ending"):
        write_list(opened, Query(), COLUMNS, tmp_path / "list.pdf", managers=None, language=GERMAN)
    with pytest.raises(CallError, match="shoe_size"):
        write_list(opened, Query(), ("shoe_size",), tmp_path / "list.csv", managers=None, language=GERMAN)
