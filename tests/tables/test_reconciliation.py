"""The bridge: every line in one class, every month and currency tied."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kundenwert.tables.reconciliation import DayClass, document_days, reconcile

MONEY = st.decimals(-1000, 1000, places=6)


@st.composite
def entry(draw: st.DrawFn) -> DayClass:
    lines = draw(st.integers(1, 50))
    return DayClass(
        day=draw(st.one_of(st.none(), st.integers(18_000, 18_200))),
        line_class=draw(st.sampled_from(["rejected", "without_customer", "cancellation", "return", "kept"])),
        currency=draw(st.sampled_from(["EUR", ""])),
        lines=lines,
        amount=draw(MONEY),
        free_lines=draw(st.integers(0, lines)),
        non_product_lines=draw(st.integers(0, lines)),
        non_product_amount=draw(MONEY),
        negative_price_lines=draw(st.integers(0, lines)),
        negative_price_amount=draw(MONEY),
        positive_lines=draw(st.integers(0, lines)),
        positive_amount=draw(MONEY),
    )


DAYS = st.lists(entry(), max_size=30)


@given(days=DAYS, unreadable=st.integers(0, 9), as_of=st.one_of(st.none(), st.integers(17_990, 18_210)))
def test_classes_and_months_add_up_to_the_file_whatever_the_day(days: list[DayClass], unreadable: int, as_of: int | None) -> None:
    lines, amount = sum(day.lines for day in days), sum((day.amount for day in days), Decimal(0))
    found = reconcile(days, as_of=as_of, unreadable=unreadable, file_lines=lines, file_amount=amount)
    assert found.difference == 0
    assert found.lines == lines + unreadable == sum(total.lines for total in found.classes)
    assert sum(total.amount for total in found.classes) == amount == sum(total.amount for total in found.months)
    late = [day for day in days if as_of is not None and day.day is not None and day.day > as_of and day.line_class != "rejected"]
    counted = {total.line_class: total.lines for total in found.classes}
    assert counted.get("after_as_of", 0) == sum(day.lines for day in late)


@given(days=DAYS)
def test_money_that_was_lost_on_the_way_is_a_difference(days: list[DayClass]) -> None:
    amount = sum((day.amount for day in days), Decimal(0)) + Decimal("0.000001")
    assert reconcile(days, as_of=None, unreadable=0, file_lines=0, file_amount=amount).difference == Decimal("0.000001")


@given(days=DAYS)
def test_document_days_are_those_of_booked_lines(days: list[DayClass]) -> None:
    expected = {day.day for day in days if day.line_class != "rejected" and day.day is not None}
    assert document_days(days) == sorted(expected)
