"""tables/readings.sql: how one cell is read."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenwert.engines._engine import Engine

COMMA, POINT = (",", "."), (".", ",")


@pytest.fixture(scope="module", autouse=True)
def _macros(engine: Engine) -> None:
    engine.script("tables/readings.sql")


def value(engine: Engine, expression: str, *cells: Any) -> Any:
    return engine._connection.execute(f"select {expression}", list(cells)).fetchall()[0][0]  # type: ignore[attr-defined]


def amount(engine: Engine, cell: str, marks: tuple[str, str]) -> Decimal | None:
    found: Decimal | None = value(engine, "read_amount(?, ?, ?)", cell, *marks)
    return found


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1.234,56", "1234.56"),
        ("1.234,56-", "-1234.56"),
        ("(12,00)", "-12"),
        ("1'234,50", "1234.5"),
        ("1’234,50", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234,5", "1234.5"),
        ("1\u202f234\u202f567,5", "1234567.5"),
        ("€ 12,50", "12.5"),
        ("12,50 €", "12.5"),
        ("12,50\u00a0€", "12.5"),
        ("EUR -1,5", "-1.5"),
        ("-1,50 EUR", "-1.5"),
        ("1,50- EUR", "-1.5"),
        ("(1,5 EUR)", "-1.5"),
        ("CHF 1'234,50", "1234.5"),
        ("Fr. 1,50", "1.5"),
        ("\u221212,5", "-12.5"),
        ("+5", "5"),
        (" 12 ", "12"),
        (",5", "0.5"),
        ("0,123456", "0.123456"),
        ("999.999.999.999,999999", "999999999999.999999"),
    ],
)
def test_an_amount_with_decimal_comma_is_read(engine: Engine, cell: str, number: str) -> None:
    assert amount(engine, cell, COMMA) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,234.56", "1234.56"),
        ("1234.56-", "-1234.56"),
        ("1'234.50", "1234.5"),
        ("$-12.5", "-12.5"),
        ("-$12.5", "-12.5"),
        ("£1,234", "1234"),
    ],
)
def test_an_amount_with_decimal_point_is_read(engine: Engine, cell: str, number: str) -> None:
    assert amount(engine, cell, POINT) == Decimal(number)


@pytest.mark.parametrize(
    "cell",
    ["1.2O4,00", "1.23,45", "12,34,56", "", " ", "-", "--5", "-(5)", "-5-", "12,", "1e5", "12.50", "abc", "5 Stück", "1..234", "NaN"],
)
def test_what_is_no_amount_is_null(engine: Engine, cell: str) -> None:
    assert amount(engine, cell, COMMA) is None


@settings(max_examples=60, deadline=None)
@given(st.decimals(min_value=-(10**11), max_value=10**11, places=4, allow_nan=False), st.sampled_from(["", ".", "'", " ", "\u202f"]))
def test_a_number_written_the_german_way_comes_back(engine: Engine, number: Decimal, thousands: str) -> None:
    text = f"{number:,.4f}".replace(",", "T").replace(".", ",").replace("T", thousands)
    assert amount(engine, text, COMMA) == number


@settings(max_examples=60, deadline=None)
@given(st.decimals(min_value=-(10**11), max_value=10**11, places=6, allow_nan=False), st.booleans())
def test_a_number_written_with_a_point_comes_back(engine: Engine, number: Decimal, behind: bool) -> None:
    text = f"{abs(number):,f}" + ("-" if number < 0 else "") if behind else f"{number:,f}"
    assert amount(engine, text, POINT) == number


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="0123456789.,'- €()O", max_size=12))
def test_the_two_marks_never_read_decimals_both_ways(engine: Engine, text: str) -> None:
    comma, point = amount(engine, text, COMMA), amount(engine, text, POINT)
    # Where both read a cell and differ, one of them took the mark for thousands, three digits behind it.
    assert comma is None or point is None or comma == point or comma == point * 1000 or point == comma * 1000


@pytest.mark.parametrize(
    ("cell", "form", "day"),
    [
        ("31.12.2024", "dd.mm.yyyy", "2024-12-31"),
        ("1.2.2024", "dd.mm.yyyy", "2024-02-01"),
        ("31.12.2024 10:00:00", "dd.mm.yyyy", "2024-12-31"),
        ("31.12.24", "dd.mm.yy", "2024-12-31"),
        ("20241231", "yyyymmdd", "2024-12-31"),
        ("20241231235959", "yyyymmdd", "2024-12-31"),
        ("2024-12-31", "iso", "2024-12-31"),
        ("2024-12-31 12:00", "iso", "2024-12-31"),
        ("2024-12-31T23:59:59.123456+01:00", "iso", "2024-12-31"),
        ("2024-12-31T23:59:59Z", "iso", "2024-12-31"),
        ("2024-12-31 23:59:59 +0100", "iso", "2024-12-31"),
        ("2024-2-1", "iso", "2024-02-01"),
        ("31/12/2024", "dd/mm/yyyy", "2024-12-31"),
        ("12/31/2024 1:30 PM", "mm/dd/yyyy", "2024-12-31"),
        ("12/31/24", "mm/dd/yy", "2024-12-31"),
        ("31/12/24", "dd/mm/yy", "2024-12-31"),
        ("31-12-2024", "dd-mm-yyyy", "2024-12-31"),
        ("12-31-2024", "mm-dd-yyyy", "2024-12-31"),
        ("2024/12/31", "yyyy/mm/dd", "2024-12-31"),
        ("45384.3478", "serial", "2024-04-02"),
        ("45384", "serial", "2024-04-02"),
    ],
)
def test_a_day_is_read_as_it_is_written(engine: Engine, cell: str, form: str, day: str) -> None:
    assert value(engine, "read_day(?, ?)", cell, form) == (date.fromisoformat(day) - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("00.00.0000", "dd.mm.yyyy"),
        ("31.02.2024", "dd.mm.yyyy"),
        ("31.12.24", "dd.mm.yyyy"),
        ("31.12.2024", "dd.mm.yy"),
        ("31.12.2024x", "dd.mm.yyyy"),
        ("00000000", "yyyymmdd"),
        ("20241301", "yyyymmdd"),
        ("2023-02-29", "iso"),
        ("13/13/2024", "dd/mm/yyyy"),
        ("3112", "dd.mm.yyyy"),
        ("", "iso"),
    ],
)
def test_a_day_that_does_not_exist_is_null(engine: Engine, cell: str, form: str) -> None:
    assert value(engine, "read_day(?, ?)", cell, form) is None


@settings(max_examples=40, deadline=None)
@given(st.integers(min_value=-3650, max_value=40000))
def test_each_day_comes_back_from_each_format(engine: Engine, number: int) -> None:
    day = date(1970, 1, 1) + timedelta(days=number)
    assert value(engine, "read_day(?, 'dd.mm.yyyy')", f"{day:%d.%m.%Y}") == number
    assert value(engine, "read_day(?, 'iso')", day.isoformat()) == number
    assert value(engine, "read_day(?, 'yyyymmdd')", f"{day:%Y%m%d}") == number
    assert value(engine, "day_of_number(?::integer, 'yyyymmdd')", int(f"{day:%Y%m%d}")) == number


@pytest.mark.parametrize(
    ("cell", "read"), [("0000100234", "0000100234"), (" 007 ", "007"), ("'9013808660771", "9013808660771"), ("", None), ("\u00a0", None)]
)
def test_an_id_stays_as_it_is_written(engine: Engine, cell: str, read: str | None) -> None:
    assert value(engine, "read_id(?)", cell) == read


@pytest.mark.parametrize(
    ("cell", "read"), [("13085.0::double", "13085"), ("'nan'::double", None), ("12::decimal(20, 0)", "12"), ("1.5::double", "1.5")]
)
def test_a_number_that_is_an_id_has_no_decimals(engine: Engine, cell: str, read: str | None) -> None:
    assert value(engine, f"id_typed({cell})") == read


def test_typed_numbers_that_are_none_are_null(engine: Engine) -> None:
    assert value(engine, "amount_typed('nan'::double)") is None
    assert value(engine, "day_of_number(20241301::integer, 'yyyymmdd')") is None
    assert value(engine, "day_of_number(45384.35::double, 'serial')") == 19815


def test_products_are_exact(engine: Engine) -> None:
    assert value(engine, "net_by_product('1200'::decimal(18,6), '0.036'::decimal(18,6))") == Decimal("43.2")
    assert value(engine, "net_by_rate('119'::decimal(18,6), 0.19::double)") == Decimal(100)
