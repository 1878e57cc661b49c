"""The whole value table of a day, from the full log and from the log cut at that day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import exports
import pytest

ValueLines = Callable[..., Any]


@pytest.mark.parametrize(
    ("as_of", "settings"), [(date(2023, 9, 3), {}), (date(2024, 4, 30), {"non_products": "E"}), (date(2024, 10, 15), {"margin": "0.2"})]
)
def test_later_lines_change_no_value(value_lines: ValueLines, as_of: date, settings: dict[str, str]) -> None:
    lines = exports.shop(7, returns=0.15)
    cut = [line for line in lines if line[1] <= as_of]
    assert len(cut) < len(lines)
    full = value_lines(lines, as_of=as_of.isoformat(), **settings)
    assert full.rows == value_lines(cut, as_of=as_of.isoformat(), **settings).rows
    assert full.rows != []


def test_an_invoice_and_its_full_cancellation_change_no_value(value_lines: ValueLines) -> None:
    lines = exports.shop(8, no_cost=0)
    invoice = [
        ("K0001", date(2024, 5, 6), "R9", "A", 3, "99.00", "50.00"),
        ("K0001", date(2024, 5, 6), "R9", "Z", 1, "7.00", "3.00"),
    ]
    back = [
        ("K0001", date(2024, 5, 20), "R9", "A", -3, "-99.00", "-50.00"),
        ("K0001", date(2024, 5, 20), "R9", "Z", -1, "-7.00", "-3.00"),
    ]
    settings = {"as_of": "2024-11-30", "cancellation_prefixes": "S"}
    assert value_lines([*lines, *invoice, *back], **settings).rows == value_lines(lines, **settings).rows


def test_splitting_a_line_changes_no_value_where_nothing_is_taken_back(value_lines: ValueLines) -> None:
    lines = exports.shop(9, returns=0)
    customer, day, document, product, quantity, amount, _ = lines[40]
    cents = round(float(amount) * 100)
    parts = [(customer, day, document, product, quantity, f"{part / 100:.2f}", "") for part in (cents // 3, cents - cents // 3)]
    whole = [(*lines[40][:6], "")]
    before = value_lines([*lines[:40], *whole, *lines[41:]])
    assert value_lines([*lines[:40], *parts, *lines[41:]]).rows == before.rows
