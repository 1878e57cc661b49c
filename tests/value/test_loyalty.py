"""How often, how much, how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.loyalty import plain_value


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=2) as engine:
        yield engine


def found(engine: Engine, *rows: tuple[str, int | None, int | None, int | None], years: bool = False) -> tuple[dict[str, Any], Built]:
    """rows: customer, purchases after the first, days since the first, revenue. years: a model knows 2.5 of the first."""
    ids, frequency, days, revenue = zip(*rows, strict=True)
    kinds = (pa.string(), pa.int32(), pa.int32(), pa.decimal128(18, 2), pa.float64())
    cells = (ids, frequency, days, [None if one is None else Decimal(one) for one in revenue], [0.5] * len(ids))
    names = ("customer_id", "frequency", "T", "revenue", "p_alive")
    engine.open_frame("judged", pa.table({name: pa.array(own, kind) for name, own, kind in zip(names, cells, kinds, strict=True)}))
    if years:
        engine.load("customer_futures", {"customer_id": list(ids), "future": list(range(len(ids)))})
        engine.load("futures", {"future": list(range(len(ids))), "years_left": [2.5] + [float("nan")] * (len(ids) - 1)})
    given = frozenset({"rhythm.now", *(("future.years",) if years else ())})
    basis = Basis(date(2026, 6, 30), 365.0, 1826.0, 0.1, "contribution", "EUR", given, options={"least_days": 180})
    built = registry.load(room.ROOM, "loyalty").build(engine, basis)
    engine.rename("component_loyalty", "exported")
    return {row.pop("customer_id"): row for row in engine.rows("value/exported.sql")}, built


def test_twelve_orders_of_60_in_three_years_at_30_percent_are_216(engine: Engine) -> None:
    rows, _ = found(engine, ("a", 11, 1096, 720))
    row = rows["a"]
    assert row["orders_a_year"] == pytest.approx(4.0, abs=0.002)
    assert row["order_value"] == Decimal("60.00")
    assert row["tenure_years"] == pytest.approx(3.0, abs=0.001)
    assert row["expected_years"] is None
    value = plain_value(row["orders_a_year"], float(row["order_value"]), row["tenure_years"], 0.3)
    assert value == pytest.approx(216.0, rel=1e-4)
    assert plain_value(4, 60.0, 3, 0.3) == pytest.approx(216.0)


def test_of_new_customers_no_pace_is_told(engine: Engine) -> None:
    rows, built = found(engine, ("new", 3, 100, 400), ("today", 0, 0, 10), ("old", 3, 180, 400))
    assert [rows[name]["orders_a_year"] for name in ("new", "today")] == [None, None]
    assert rows["old"]["orders_a_year"] == pytest.approx(4 * 365.25 / 180, abs=1e-4)
    assert rows["today"]["tenure_years"] == 0
    assert built.facts["customers"] == 3
    assert built.facts["has_years"] is False


def test_years_ahead_are_those_of_the_model_and_empty_where_it_says_nothing(engine: Engine) -> None:
    rows, built = found(engine, ("a", 3, 900, 400), ("b", 3, 900, 400), years=True)
    assert rows["a"]["expected_years"] == 1.25
    assert rows["b"]["expected_years"] is None
    assert built.facts["median"]["expected_years"] == 1.25


def test_without_amounts_an_order_has_no_value_and_without_a_purchase_left_there_is_no_row(engine: Engine) -> None:
    rows, _ = found(engine, ("a", 3, 900, None), ("gone", None, None, None))
    assert list(rows) == ["a"]
    assert rows["a"]["order_value"] is None
