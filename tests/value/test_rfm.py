"""Recency, frequency, money: the ten customers of the textbook, the rule for equals, the period."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.rfm import codes

AS_OF = date(2026, 6, 30)
MONEY = pa.decimal128(18, 2)
TEN = {
    "A": (5, 12, 2400, "555"), "B": (40, 3, 450, "423"), "C": (200, 1, 80, "211"), "D": (12, 8, 1200, "554"), "E": (365, 2, 150, "122"),
    "F": (60, 5, 900, "334"), "G": (20, 1, 60, "411"), "H": (90, 7, 1500, "345"), "I": (150, 4, 300, "232"), "J": (300, 6, 700, "143"),
}  # fmt: skip


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=2) as engine:
        yield engine


def found(engine: Engine, customers: Sequence[tuple[str, int | None, int, float]], **options: Any) -> tuple[dict[str, Any], Built]:
    """Rows by customer. customers: id, days since the last purchase (None without one left), orders, money."""
    ids, days, orders, money = zip(*customers, strict=True)
    judged = {
        "customer_id": pa.array(ids, pa.string()),
        "last_purchase": pa.array([None if d is None else AS_OF - timedelta(days=d) for d in days], pa.date32()),
        "frequency": pa.array([None if d is None else n - 1 for d, n in zip(days, orders, strict=True)], pa.int32()),
        "revenue": pa.array([round(Decimal(str(m)), 2) for m in money], MONEY),
        "clv": pa.array([Decimal(1)] * len(ids), MONEY),
    }
    engine.open_frame("judged", pa.table(judged))
    component = registry.load(room.ROOM, "rfm")
    read = read_options(options, component.options, "rfm")
    built = component.build(engine, Basis(AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", frozenset(), options=read))
    engine.rename("component_rfm", "exported")
    rows = {row.pop("customer_id"): row for row in engine.rows("value/exported.sql")}
    engine.drop("exported")
    return rows, built


def slow_codes(customers: Sequence[tuple[str, int, int, float]]) -> dict[str, str]:
    """The rule in words: of n customers count those that are no better, divide them into five."""
    n = len(customers)

    def score(goodness: Sequence[float], own: float) -> int:
        return math.ceil(5 * sum(one <= own for one in goodness) / n)

    recency, frequency, money = [-row[1] for row in customers], [row[2] for row in customers], [row[3] for row in customers]
    return {name: f"{score(recency, -days)}{score(frequency, orders)}{score(money, amount)}" for name, days, orders, amount in customers}


def test_the_ten_customers_of_the_textbook_have_its_ten_codes(engine: Engine) -> None:
    rows, _ = found(engine, [(name, *values[:3]) for name, values in TEN.items()])
    assert {name: row["rfm"] for name, row in rows.items()} == {name: values[3] for name, values in TEN.items()}


def test_arrays_give_the_same_codes() -> None:
    import numpy as np

    days, orders, money = (np.array([values[place] for values in TEN.values()], dtype=float) for place in range(3))
    assert codes(days, orders, money) == [values[3] for values in TEN.values()]


@pytest.mark.parametrize("size", [1, 4, 13, 200])
def test_many_equal_customers_are_scored_as_the_rule_says(engine: Engine, size: int) -> None:
    chance = random.Random(size)
    customers = [
        (f"c{number}", chance.randrange(9), chance.randrange(1, 5), float(chance.choice([-20, 0, 10, 50]))) for number in range(size)
    ]
    rows, _ = found(engine, customers)
    assert {name: row["rfm"] for name, row in rows.items()} == slow_codes(customers)


def test_equal_customers_all_have_the_highest_score(engine: Engine) -> None:
    rows, built = found(engine, [(f"c{number}", 10, 2, 100) for number in range(7)])
    assert {row["rfm"] for row in rows.values()} == {"555"}
    assert built.facts["cells"] == [{"recency": 5, "frequency": 5, "customers": 7, "revenue": "700.00", "clv": "7.00"}]


def test_scores_stand_beside_the_code_and_the_scale_of_money_does_not_matter(engine: Engine) -> None:
    rows, _ = found(engine, [(name, *values[:3]) for name, values in TEN.items()])
    assert all(f"{row['rfm_recency']}{row['rfm_frequency']}{row['rfm_money']}" == row["rfm"] for row in rows.values())
    scaled, _ = found(engine, [(name, days, orders, 1.17 * money) for name, (days, orders, money, _) in TEN.items()])
    assert scaled == rows


def test_who_has_no_purchase_left_has_no_code(engine: Engine) -> None:
    rows, _ = found(engine, [("a", 3, 1, 10), ("gone", None, 0, -10)])
    assert list(rows) == ["a"]


def test_within_a_period_only_its_purchases_and_money_count(engine: Engine) -> None:
    today = (AS_OF - date(1970, 1, 1)).days
    bought = [("a", 10, 50), ("a", 500, 5000), ("b", 20, 70), ("b", 30, 70), ("c", 400, 900)]
    days = [today - days for _, days, _ in bought]
    engine.load("rhythm_now", {"number": [0, 1, 2], "customer_id": ["a", "b", "c"]})
    engine.load("purchases_now", {"number": ["abc".index(one) for one, _, _ in bought], "day": days})
    engine.load("booked", {"customer_id": [one for one, _, _ in bought], "day": days, "amount": [amount for _, _, amount in bought]})
    rows, built = found(engine, [("a", 10, 2, 5050), ("b", 20, 2, 140), ("c", 400, 1, 900)], period_days=365)
    assert {name: row["rfm"] for name, row in rows.items()} == {"a": "533", "b": "355"}
    assert built.facts["period_days"] == 365
