"""Migration between buying and silence on a base: chances counted, values, when to stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
import rhythm_tables as tables

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.migration import worth_by_policy
from kundenwert.value.parametric.migration import best_stop, migration_value, rewards, transitions


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=2) as engine:
        yield engine


def found(engine: Engine, days: Mapping[str, Sequence[int]], **options: Any) -> tuple[dict[str, dict[str, Any]], Built]:
    tables.load(engine, days)
    plugin = registry.load(room.ROOM, "migration")
    read = read_options({"period_days": 100, "states": 3, "least": 5, "weight": 0, **options}, plugin.options, "migration")
    basis = Basis(tables.AS_OF, 365.0, 1826.25, 0.1, "revenue", "EUR", frozenset({"rhythm.now", "value.money"}), options=read)
    built = plugin.build(engine, basis)
    return tables.rows(engine, "migration"), built


# Periods of 100 days. Six bought in periods 2, 1 and 0, four in period 2 alone, one long ago.
BASE = {**{f"on{n}": [250, 150, 50] for n in range(6)}, **{f"off{n}": [220] for n in range(4)}, "gone": [900]}


def test_chances_are_counted_by_how_long_customers_have_been_silent(engine: Engine) -> None:
    rows, built = found(engine, BASE)
    first, second, third = built.facts["chances"]
    # 12 silences of one period ended at once; five customers were silent beyond it.
    assert (first["bought"], first["customers"]) == (12, 17)
    assert (second["bought"], second["customers"]) == (0, 5)
    assert third["is_own"] is False
    assert second["chance"] == 0.5 / 6
    assert third["chance"] == 0.5 / 7  # one customer alone is too few; it counts with the state before
    assert {name: rows[name]["recency_state"] for name in ("on1", "off1", "gone")} == {"on1": 1, "off1": 3, "gone": 4}
    assert rows["on1"]["purchase_chance"] == pytest.approx(12.5 / 18, abs=1e-4)


def test_values_are_those_of_the_matrix_without_the_purchase_just_made(engine: Engine) -> None:
    rows, built = found(engine, BASE)
    chances = [one["chance"] for one in built.facts["chances"]]
    values = migration_value(transitions(chances), rewards(3, contribution=10, cost=0), 1.1 ** (100 / 365.25) - 1)
    assert float(rows["on1"]["migration_value"]) == pytest.approx(values[0] - 10, abs=0.005)
    assert float(rows["off1"]["migration_value"]) == pytest.approx(values[2], abs=0.005)
    assert rows["gone"]["migration_value"] == 0
    assert all(row["migration_stop"] is None for row in rows.values())


def test_who_costs_more_than_it_can_bring_is_told_and_worth_nothing(engine: Engine) -> None:
    rows, _ = found(engine, BASE, cost=4)
    assert rows["off1"]["migration_stop"] is True
    assert rows["off1"]["migration_value"] == 0
    assert rows["on1"]["migration_stop"] is False
    assert rows["gone"]["migration_stop"] is None


def test_of_too_few_customers_nothing_is_said(engine: Engine) -> None:
    rows, built = found(engine, BASE, least=30)
    assert [notice.key for notice in built.notices] == ["migration_few"]
    assert all(row["migration_value"] is None and row["migration_stop"] is None for row in rows.values())


def test_each_customer_has_the_best_policy_for_its_own_margin() -> None:
    """Where chances fall with silence, the parted values put together again are those of the best policy, whatever margin and cost."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        chances, cost = np.sort(rng.uniform(0, 0.7, 5))[::-1], float(rng.uniform(0, 12))
        best = best_stop(chances, contribution=40, cost=cost, rate=0.1)
        worth = worth_by_policy(chances, 0.1)
        # State 1 is always addressed, so its value is that of the policy that is best for it.
        own = max(40 + 40 * a - cost * b for _, state, a, b in worth if state == 1)
        assert own == pytest.approx(best.values[0])
        for place in range(2, 6):
            still = max(40 * a - cost * b for _, state, a, b in worth if state == place)
            assert max(still, 0.0) == pytest.approx(max(best.values[place - 1], 0.0), abs=1e-6)
