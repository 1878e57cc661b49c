"""The price gap: what a customer pays less than others for the same product groups, in money of a year."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis

AS_OF = date(2025, 12, 31)
BASIS = Basis(AS_OF, 365.0, 1826.0, 0.1, "revenue", "EUR", frozenset({"value.money", "transactions.list_amount"}))
MONEY = pa.decimal128(18, 6)
SHAPE = {
    "customer_id": pa.string(), "date": pa.date32(), "product_group": pa.string(), "product_id": pa.string(), "amount": MONEY,
    "quantity": MONEY, "list_amount": MONEY, "discount": MONEY, "is_non_product": pa.bool_(),
}  # fmt: skip
Gap = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=2) as engine:
        yield engine


def line(customer: str, paid: str, listed: str | None, *, ago: int = 30, **more: Any) -> dict[str, Any]:
    amounts = {"amount": Decimal(paid), "list_amount": None if listed is None else Decimal(listed), "quantity": Decimal(1)}
    return {"customer_id": customer, "date": AS_OF - timedelta(days=ago), "product_group": "A", "is_non_product": False, **amounts, **more}


@pytest.fixture
def gap(engine: Engine) -> Gap:
    def gap(lines: Sequence[dict[str, Any]], judged: str = "abcdk") -> dict[str, dict[str, Any]]:
        columns = {name: pa.array([row.get(name) for row in lines], kind) for name, kind in SHAPE.items()}
        engine.open_frame("ledger_lines", pa.table(columns))
        engine.load("judged", {"customer_id": list(judged)})
        built = registry.load(room.ROOM, "price_gap").build(engine, BASIS)
        assert built.facts["below"] <= built.facts["customers"]
        engine.drop("exported")
        engine.rename("component_price_gap", "exported")
        return {row.pop("customer_id"): row for row in engine.rows("value/exported.sql")}

    return gap


def test_who_pays_15_percent_less_than_others_has_that_gap_in_money(gap: Gap) -> None:
    found = gap([line("a", "8500", "10000"), line("b", "10000", "10000"), line("c", "500", "500")])
    assert found["a"]["price_gap"] == Decimal("1500.00")
    assert found["b"]["price_gap"] == found["c"]["price_gap"] == 0


def test_others_are_those_who_buy_the_same_product_groups(gap: Gap) -> None:
    usual_of_b = {"product_group": "B"}
    lines = [line("a", "90", "100"), line("b", "90", "100"), line("c", "50", "100", **usual_of_b), line("d", "50", "100", **usual_of_b)]
    assert {row["price_gap"] for row in gap(lines).values()} == {Decimal(0)}
    assert gap([*lines, line("c", "50", "100")])["c"]["price_gap"] == Decimal("40.00")


def test_without_groups_a_product_is_its_own_and_a_discount_tells_the_list_price(gap: Gap) -> None:
    own = {"product_group": None, "product_id": "P1"}
    lines = [line("a", "80", None, discount=Decimal(20), **own), line("b", "100", None, discount=Decimal(0), **own)]
    assert gap(lines)["a"]["price_gap"] == Decimal("20.00")


def test_an_invoice_and_its_cancellation_leave_no_trace_and_money_scales(gap: Gap) -> None:
    lines = [line("a", "85", "100"), line("b", "100", "100")]
    undone = [line("a", "10", "100"), line("a", "-10", "-100", quantity=Decimal(-1))]
    assert gap([*lines, *undone])["a"] == gap(lines)["a"]
    tenfold = [{**row, "amount": 10 * row["amount"], "list_amount": 10 * row["list_amount"]} for row in lines]
    assert gap(tenfold)["a"]["price_gap"] == 10 * gap(lines)["a"]["price_gap"]


def test_the_change_is_this_year_against_the_year_before_where_there_is_one(gap: Gap) -> None:
    now = [line("a", "85", "100"), line("b", "100", "100"), line("c", "100", "100")]
    before = [line("a", "95", "100", ago=400), line("b", "100", "100", ago=729), line("c", "100", "100", ago=500)]
    found = gap([*now, *before])
    assert (found["a"]["price_gap_change"], found["b"]["price_gap_change"]) == (Decimal("10.00"), Decimal("0.00"))
    assert str(registry.load(room.ROOM, "price_gap").line(found["a"])) == (
        "Paid 15.00 less in the last year than others for the same product groups (+10.00 against the year before)."
    )
    # Only five months of the year before are known: no comparison.
    assert gap([*now, line("a", "95", "100", ago=500), line("b", "100", "100", ago=500)])["a"]["price_gap_change"] is None


def test_nothing_after_the_as_of_day_no_freight_and_nobody_unjudged(gap: Gap) -> None:
    lines = [line("a", "85", "100"), line("b", "100", "100"), line("a", "1", "900", ago=-1), line("a", "1", "900", is_non_product=True)]
    assert gap(lines)["a"]["price_gap"] == Decimal("15.00")
    assert set(gap(lines, judged="b")) == {"b"}


def test_who_buys_what_nobody_else_buys_has_no_gap(gap: Gap) -> None:
    assert gap([line("a", "85", "100"), line("b", "100", "100", product_group="B")]) == {}
