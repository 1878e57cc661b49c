"""Reversals find the sales they take back, as a slow program would by the rules of definitions.md."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import sales_logs as logs
from hypothesis import given, settings
from hypothesis import strategies as st
from sales_logs import Line, Match

from kundenwert.base import reversals
from kundenwert.engines._engine import Engine

LAST_DAY = 8


@st.composite
def line(draw: Any) -> Line:
    quantity = Decimal(draw(st.sampled_from([1, 2, 3, 4, -1, -2, -3, -4])))
    price = Decimal(draw(st.sampled_from(["1", "2.50"])))
    return Line(
        draw(st.sampled_from(["K1", "K2"])),
        draw(st.integers(0, LAST_DAY)),
        quantity * price,
        quantity,
        draw(st.sampled_from([None, "R1", "R2"])),
        draw(st.sampled_from([None, "A", "B"])),
        "kept" if quantity > 0 else draw(st.sampled_from(logs.REVERSALS)),
    )


LOGS = st.lists(line(), min_size=1, max_size=14)


def matched(engine: Engine, lines: list[Line], as_of: int) -> set[Match]:
    logs.book(engine, lines)
    reversals.match(engine, as_of=as_of)
    return logs.matches_of(engine)


@settings(max_examples=25)
@given(lines=LOGS, as_of=st.integers(0, LAST_DAY))
def test_matches_are_those_of_the_slow_program(engine: Engine, lines: list[Line], as_of: int) -> None:
    assert matched(engine, lines, as_of) == logs.slow_matches(lines, as_of)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("with_quantity", [True, False], ids=["pieces", "money"])
def test_matches_of_many_customers_are_those_of_the_slow_program(engine: Engine, seed: int, with_quantity: bool) -> None:
    lines = logs.mixed_log(seed, customers=150, days=20, with_quantity=with_quantity)
    found = matched(engine, lines, 15)
    assert found == logs.slow_matches(lines, 15)
    assert {match.rule for match in found} == {1, 2, 3}


@pytest.mark.parametrize("seed", range(3))
def test_no_piece_is_cancelled_twice_and_none_before_it_was_sold(engine: Engine, seed: int) -> None:
    lines = logs.mixed_log(seed, customers=200, days=25)
    taken: dict[int, Decimal] = defaultdict(Decimal)
    given_back: dict[int, Decimal] = defaultdict(Decimal)
    for match in matched(engine, lines, 25):
        sale, reversal = lines[match.sale - 1], lines[match.reversal - 1]
        assert match.pieces > 0
        assert sale.day <= reversal.day
        assert (sale.customer, sale.product) == (reversal.customer, reversal.product)
        taken[match.sale] += match.pieces
        given_back[match.reversal] += match.pieces
    assert all(pieces <= abs(lines[sale - 1].measure) for sale, pieces in taken.items())
    assert all(pieces <= abs(lines[reversal - 1].measure) for reversal, pieces in given_back.items())


def sale(day: int, pieces: int, document: str = "", customer: str = "K1", product: str = "A") -> Line:
    return Line(customer, day, Decimal(10 * pieces), Decimal(pieces), document or None, product)


def back(day: int, pieces: int, document: str = "", customer: str = "K1", product: str = "A") -> Line:
    return Line(customer, day, Decimal(-10 * pieces), Decimal(-pieces), document or None, product, "return")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([sale(1, 2, "R1"), sale(3, 2, "R2"), back(5, 2, "R1")], {(1, 1, 3, 2)}, id="the same document comes first"),
        pytest.param([sale(1, 2), sale(3, 2), back(5, 2)], {(2, 2, 3, 2)}, id="then the nearest earlier sale of equal quantity"),
        pytest.param([sale(1, 2), sale(3, 5), back(5, 2)], {(2, 1, 3, 2)}, id="equal quantity goes before a nearer larger sale"),
        pytest.param([sale(1, 3), sale(2, 4), back(5, 5)], {(3, 1, 3, 3), (3, 2, 3, 2)}, id="then what is left, oldest first"),
        pytest.param([sale(1, 5, "R1"), back(2, 2, "R1"), back(4, 3)], {(1, 1, 2, 2), (2, 1, 3, 3)}, id="the rest has a quantity too"),
        pytest.param([back(1, 2), sale(2, 2)], set(), id="no sale of a later day"),
        pytest.param([back(2, 2), sale(2, 2)], {(2, 2, 1, 2)}, id="a sale of the same day counts as earlier"),
        pytest.param([sale(1, 2, product="B"), back(2, 2)], set(), id="no other product"),
        pytest.param([sale(1, 2, customer="K2"), back(2, 2)], set(), id="no other customer"),
        pytest.param([sale(1, 2), back(2, 3), sale(3, 5), back(4, 1)], {(3, 1, 2, 2), (3, 3, 4, 1)}, id="what found nothing stays so"),
    ],
)
def test_the_rules_come_in_order(engine: Engine, lines: list[Line], expected: set[tuple[int, int, int, int]]) -> None:
    assert {(m.rule, m.sale, m.reversal, int(m.pieces)) for m in matched(engine, lines, 10)} == expected


PIECES = st.lists(st.integers(1, 4), min_size=1, max_size=3)


@settings(max_examples=10)
@given(lines=LOGS, sold=st.integers(0, LAST_DAY), delay=st.integers(0, 4), later=st.integers(0, 9), pieces=PIECES)
def test_an_invoice_and_its_cancellation_in_the_same_document_leave_no_trace(
    engine: Engine, lines: list[Line], sold: int, delay: int, later: int, pieces: list[int]
) -> None:
    known = [*lines, Line("K1", 0, Decimal(5), Decimal(1), None, "Z")]
    invoice = [sale(sold, number, "R9", product=product) for number, product in zip(pieces, "ABA", strict=False)]
    cancellation = [back(sold + delay, int(item.measure), "R9", product=item.product or "") for item in invoice]
    as_of = sold + delay + later
    assert logs.built(engine, [*known, *invoice, *cancellation], as_of) == logs.built(engine, known, as_of)


@settings(max_examples=10)
@given(lines=LOGS, sold=st.integers(0, LAST_DAY), delay=st.integers(0, 4), later=st.integers(0, 9), pieces=PIECES)
def test_an_invoice_and_its_cancellation_under_another_number_leave_no_trace(
    engine: Engine, lines: list[Line], sold: int, delay: int, later: int, pieces: list[int]
) -> None:
    # Products that the customer has not bought otherwise: then no other reversal can come between.
    known = [*lines, Line("K1", 0, Decimal(5), Decimal(1), None, "Z")]
    invoice = [sale(sold, number, "R9", product=f"N{place % 2}") for place, number in enumerate(pieces)]
    cancellation = [back(sold + delay, int(item.measure), "S9", product=item.product or "") for item in invoice]
    as_of = sold + delay + later
    assert logs.built(engine, [*known, *invoice, *cancellation], as_of) == logs.built(engine, known, as_of)


def test_a_customer_of_nothing_but_a_cancelled_invoice_keeps_a_row_without_purchase_and_money(engine: Engine) -> None:
    (row,) = logs.built(engine, [sale(1, 3, "R9"), back(4, 3, "R9")], 6).values()
    assert (row["revenue"], row["frequency"], row["first_day"]) == (0, None, None)


def test_a_cancellation_acts_from_its_own_day(engine: Engine) -> None:
    lines = [sale(1, 3), sale(2, 2), back(5, 2)]
    assert logs.built(engine, lines, 4)["K1"]["frequency"] == 1
    assert logs.built(engine, lines, 5)["K1"]["frequency"] == 0


@settings(max_examples=10)
@given(lines=LOGS, place=st.integers(0, 13))
def test_splitting_a_line_changes_no_revenue(engine: Engine, lines: list[Line], place: int) -> None:
    split = _split(lines, place % len(lines))
    before, after = logs.built(engine, lines, LAST_DAY), logs.built(engine, split, LAST_DAY)
    assert {name: row["revenue"] for name, row in after.items()} == {name: row["revenue"] for name, row in before.items()}


@settings(max_examples=10)
@given(lines=LOGS, place=st.integers(0, 13))
def test_splitting_a_line_changes_nothing_where_nothing_is_taken_back(engine: Engine, lines: list[Line], place: int) -> None:
    sales = [item for item in lines if not item.is_reversal] or [sale(1, 2)]
    assert logs.built(engine, _split(sales, place % len(sales)), LAST_DAY) == logs.built(engine, sales, LAST_DAY)


def _split(lines: list[Line], place: int) -> list[Line]:
    whole = lines[place]
    half = replace(whole, amount=(whole.amount or 0) / 2, quantity=whole.measure / 2)
    return [*lines[:place], half, half, *lines[place + 1 :]]


def test_the_summary_of_matching_adds_up(engine: Engine) -> None:
    lines = logs.mixed_log(11, customers=200)
    logs.book(engine, lines)
    found = reversals.match(engine, as_of=20)
    own = [item for item in lines if item.is_reversal and item.day <= 20]
    assert found.lines == len(own)
    assert found.amount == sum(item.amount or 0 for item in own)
    assert found.matched_amount + found.unmatched_amount == found.amount
    partly = found.matched_lines + found.unmatched_lines - found.lines
    assert 0 <= partly <= found.matched_lines


def test_reversals_of_collective_customers_are_left_alone(engine: Engine) -> None:
    logs.book(engine, [sale(1, 2), back(2, 2)], collective=["K1"])
    reversals.match(engine, as_of=5)
    assert logs.matches_of(engine) == set()
