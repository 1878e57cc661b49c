"""The margin multiple on the base's own figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
import rhythm_tables as tables

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=2) as engine:
        yield engine


def found(engine: Engine, days: Mapping[str, Sequence[int]], **options: Any) -> tuple[dict[str, dict[str, Any]], Built]:
    tables.load(engine, days)
    plugin = registry.load(room.ROOM, "margin_multiple")
    read = read_options(options, plugin.options, "margin_multiple")
    basis = Basis(tables.AS_OF, 365.0, 1826.25, 0.12, "revenue", "EUR", frozenset({"rhythm.now", "value.money"}), options=read)
    built = plugin.build(engine, basis)
    return tables.rows(engine, "margin_multiple"), built


# Each purchase brings 10. Eight of ten of the year before came again, once each; the last one is new.
TEN = {**{f"stays{n}": [500, 100] for n in range(8)}, "left1": [500], "left2": [400], "new": [30]}


def test_the_share_who_stay_is_counted_and_the_margin_multiplied(engine: Engine) -> None:
    rows, built = found(engine, TEN, least=10)
    assert set(rows) == {*(f"stays{n}" for n in range(8)), "new"}
    one = rows["stays0"]
    kept = 8.5 / 11  # (stayed + 1/2) / (customers + 1)
    assert one["retention_year"] == round(kept, 4)
    assert one["margin_year"] == 10
    assert float(one["margin_clv"]) == pytest.approx(10 * kept / (1.12 - kept), abs=0.005)
    assert float(one["margin_clv_today"]) == pytest.approx(10 * 1.12 / (1.12 - kept), abs=0.005)
    assert one["retention_low"] < kept < one["retention_high"]
    (group,) = built.facts["groups"]
    assert (group["customers"], group["stayed"]) == (10, 8)
    assert group["beyond"] == pytest.approx((kept / 1.12) ** 5)


def test_of_too_few_customers_nothing_is_said_unless_the_share_is_given(engine: Engine) -> None:
    rows, built = found(engine, TEN)
    assert [notice.key for notice in built.notices] == ["margin_multiple_few"]
    assert all(row["margin_clv"] is None and row["retention_year"] is None for row in rows.values())
    engine.drop("component_margin_multiple")
    rows, built = found(engine, TEN, retention=0.9, growth=0.05)
    assert float(rows["new"]["margin_clv"]) == pytest.approx(10 * 0.9 / (1.12 - 0.9 * 1.05), abs=0.005)
    assert rows["new"]["retention_low"] is None
    assert not built.notices


def test_a_base_from_which_nobody_has_left_is_not_worth_margins_forever(engine: Engine) -> None:
    rows, _ = found(engine, {f"stays{n}": [500, 100] for n in range(30)})
    assert rows["stays1"]["retention_year"] == round(30.5 / 31, 4)
    assert rows["stays1"]["retention_high"] == 1


def test_a_value_without_end_is_not_told(engine: Engine) -> None:
    rows, built = found(engine, TEN, retention=1.0, growth=0.2)
    assert [notice.key for notice in built.notices] == ["margin_multiple_no_end"]
    assert rows["new"]["margin_clv"] is None


def test_a_margin_of_few_purchases_is_drawn_to_the_mean(engine: Engine) -> None:
    days = {**TEN, "often": [450, 300, 200, 100, 50]}
    rows, _ = found(engine, days, least=10)
    mean = (9 * 10 + 40) / 10
    assert float(rows["new"]["margin_expected"]) == pytest.approx((10 + 2 * mean) / 3, abs=0.005)
    assert float(rows["often"]["margin_expected"]) == pytest.approx((4 * 40 + 2 * mean) / 6, abs=0.005)
    plain, _ = found_again(engine, days)
    assert float(plain["often"]["margin_expected"]) == 40


def found_again(engine: Engine, days: Mapping[str, Sequence[int]]) -> tuple[dict[str, dict[str, Any]], Built]:
    engine.drop("component_margin_multiple")
    return found(engine, days, least=10, weight=0)
