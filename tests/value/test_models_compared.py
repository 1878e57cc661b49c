"""Measures of value side by side: order, overlap, places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import spearmanr

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.models_compared import compared, places

MONEY = pa.decimal128(18, 2)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=2) as engine:
        engine.remember("collective", [])
        yield engine


@pytest.fixture(scope="module")
def shop() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    revenue = rng.gamma(1.0, 500.0, 400).round(-1)
    return {"revenue": revenue, "db4": revenue * 0.3 - rng.gamma(1.0, 100.0, 400), "clv": rng.gamma(1.0, 300.0, 400), "same": np.ones(400)}


def test_the_matrix_is_symmetric_with_ones_on_its_diagonal_and_that_of_scipy(shop: dict[str, np.ndarray]) -> None:
    found = compared(shop)
    assert np.array_equal(found.spearman, found.spearman.T, equal_nan=True)
    assert np.diag(found.spearman).tolist() == [1.0] * 4
    for i, one in enumerate(list(shop)[:3]):
        for j, other in enumerate(list(shop)[:3]):
            assert found.spearman[i, j] == pytest.approx(spearmanr(shop[one], shop[other]).statistic)
    assert np.isnan(found.spearman[3, :3]).all()


def test_the_first_twenty_and_the_first_tenth_are_counted(shop: dict[str, np.ndarray]) -> None:
    found = compared(shop)
    for matrix, count in ((found.top, 20), (found.tenth, 40)):
        assert np.array_equal(matrix, matrix.T)
        first, second = (set(np.argsort(-shop[name], kind="stable")[:count].tolist()) for name in ("revenue", "clv"))
        assert matrix[0, 2] == pytest.approx(len(first & second) / count)
        assert np.diag(matrix).tolist() == [1.0] * 4


def test_an_order_turned_round_is_minus_one_and_money_may_have_any_unit(shop: dict[str, np.ndarray]) -> None:
    found = compared({"up": shop["clv"], "down": -shop["clv"], "cents": 100 * shop["clv"]})
    assert found.spearman[0].tolist() == pytest.approx([1.0, -1.0, 1.0])
    assert found.top[0].tolist() == [1.0, 0.0, 1.0]


def test_pairs_are_compared_on_customers_of_whom_both_are_known(shop: dict[str, np.ndarray]) -> None:
    score = np.where(np.arange(400) % 3 == 0, shop["revenue"], np.nan)
    found = compared({"revenue": shop["revenue"], "clv": shop["clv"], "score": score})
    assert found.customers.tolist() == [[400, 400, 134], [400, 400, 134], [134, 134, 134]]
    assert found.spearman[0, 2] == pytest.approx(1.0)
    assert found.tenth[0, 2] == 1.0
    known = ~np.isnan(score)
    assert found.spearman[1, 2] == pytest.approx(spearmanr(shop["clv"][known], score[known]).statistic)


def test_without_customers_nothing_is_defined() -> None:
    found = compared({"revenue": np.empty(0), "clv": np.empty(0)})
    assert found.as_json()["spearman"] == [[1.0, None], [None, 1.0]]
    assert found.as_json()["top_20"] == [[1.0, None], [None, 1.0]]


def test_equal_values_share_the_best_place() -> None:
    assert places(np.array([1.0, 5.0, 5.0, np.nan, 0.0])).tolist() == [3, 1, 1, 0, 4]


# ---------- the component ----------


def found(engine: Engine, rows: list[dict[str, Any]], **more: list[dict[str, Any]]) -> tuple[dict[str, dict[str, Any]], Built]:
    """more: rows of other components by their name."""
    shape = {"customer_id": pa.string(), "level": pa.string(), "revenue": MONEY, "past": MONEY, "clv": MONEY, "value": MONEY}

    def table(rows: list[dict[str, Any]], shape: dict[str, pa.DataType]) -> pa.Table:
        cells = {name: [row.get(name) for row in rows] for name in shape}
        return pa.table(
            {
                name: pa.array([Decimal(one) if kind == MONEY and one is not None else one for one in cells[name]], kind)
                for name, kind in shape.items()
            }
        )

    engine.open_frame("judged", table(rows, shape))
    for name, others in more.items():
        columns = registry.load(room.ROOM, name).columns
        kinds = {column: pa.float64() for column in columns if column not in {"rfm", "lead_customer", "conflict"}}
        engine.open_frame(f"component_{name}", table(others, {"customer_id": pa.string(), **kinds}))
    given = frozenset({"value.money", *(f"component.{name}" for name in more)})
    built = registry.load(room.ROOM, "agreement").build(engine, Basis(date(2026, 6, 30), 365.0, 1826.0, 0.1, "revenue", "EUR", given))
    engine.rename("component_agreement", "exported")
    return {row.pop("customer_id"): row for row in engine.rows("value/exported.sql")}, built


FOUR = [
    {"customer_id": name, "level": "customer", "revenue": revenue, "past": past, "clv": clv, "value": past + clv}
    for name, revenue, past, clv in (("a", 100, 10, 40), ("b", 90, 30, 1), ("c", 80, 20, 80), ("d", 70, 5, 2))
]


def test_each_customer_has_its_best_and_its_worst_place(engine: Engine) -> None:
    rows, built = found(engine, [*FOUR, {"customer_id": "gone", "level": "none", "revenue": 500, "past": 5, "clv": 0, "value": 5}])
    assert rows == {
        "a": {"rank_best": 1, "rank_best_by": "revenue", "rank_worst": 3, "rank_worst_by": "past"},
        "b": {"rank_best": 1, "rank_best_by": "past", "rank_worst": 4, "rank_worst_by": "clv"},
        "c": {"rank_best": 1, "rank_best_by": "clv", "rank_worst": 3, "rank_worst_by": "revenue"},
        "d": {"rank_best": 3, "rank_best_by": "clv", "rank_worst": 4, "rank_worst_by": "revenue"},
    }
    assert built.facts["measures"] == ["revenue", "past", "clv", "value"]
    assert built.facts["spearman"][0][1] == pytest.approx(0.4)


def test_rfm_and_score_are_compared_where_they_are_told(engine: Engine) -> None:
    codes = [
        {"customer_id": name, "rfm_recency": n, "rfm_frequency": n, "rfm_money": n} for name, n in zip("abcd", (5, 4, 3, 2), strict=True)
    ]
    scores = [{"customer_id": name, "score": n} for name, n in zip("abc", (2.0, 3.0, 4.0), strict=True)]
    rows, built = found(engine, FOUR, rfm=codes, score=scores)
    facts = built.facts
    assert facts["measures"] == ["revenue", "past", "clv", "value", "rfm", "score"]
    assert facts["spearman"][0][4:] == [1.0, -1.0]
    assert facts["customers"][0] == [4, 4, 4, 4, 4, 3]
    assert facts["ranked"] == ["revenue", "past", "clv", "value", "rfm"]
    assert rows["c"]["rank_worst_by"] == "revenue"


def test_two_customers_are_in_no_order(engine: Engine) -> None:
    rows, built = found(engine, FOUR[:2])
    assert built.facts["measures"] == []
    assert rows["a"] == {"rank_best": None, "rank_best_by": None, "rank_worst": None, "rank_worst_by": None}
