"""The rows of the value table stand in the order of the ids as texts, whatever type the source gave them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kundenwert.engines import open_engine

LARGEST = 2**63 - 1
COLUMNS = ("first_day", "last_day", "frequency", "spend_days", "spend", "first_amount", "revenue", "p_alive")
FORECASTS = ("expected_purchases", "discounted_purchases", "discounted_beyond")
BOUNDS = [f"{name}_{side}" for name in ("expected_purchases", "spend", "discounted_spend") for side in ("lower", "upper")]


def ids_of_every_length() -> list[int]:
    edges = {0, LARGEST, LARGEST // 10, *(10**power + step for power in range(1, 19) for step in (-1, 0, 1))}
    random = np.random.default_rng(7)
    return [*edges, *(int(random.integers(10**power)) for power in range(1, 19) for _ in range(200))]


@pytest.mark.parametrize("step", ["value/sorted_numbers.sql", "value/sorted_plain.sql"])
def test_whole_numbers_stand_in_the_order_of_their_texts(step: str, tmp_path: Path) -> None:
    ids = np.unique(np.array(ids_of_every_length(), dtype=np.int64))
    shuffled = np.random.default_rng(8).permutation(ids)
    ones = {name: np.ones(len(ids)) for name in (*COLUMNS, *FORECASTS, *BOUNDS)}
    with open_engine() as engine:
        engine.load("customer_forecasts", {"customer_id": shuffled, **ones, "is_collective": np.zeros(len(ids), dtype=bool)})
        engine.remember("counts_first", False)
        engine.script("tables/place_among_texts.sql")
        found = engine.arrow(step)["customer_id"].to_pylist()
    assert found == sorted(str(number) for number in ids)
