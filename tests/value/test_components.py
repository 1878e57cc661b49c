"""What every component of customer value promises, and the class by value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Component

ALL = registry.names(room.ROOM)
BASIS = Basis(date(2026, 6, 30), 365.0, 1826.0, 0.1, "contribution", "EUR", frozenset({"value.money"}), 0.3)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        engine.remember("collective", [])
        yield engine


@pytest.mark.parametrize("name", ALL)
def test_a_component_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    component: Component = registry.load(room.ROOM, name)
    assert component.title
    assert component.formula
    assert component.source
    assert component.columns
    assert all(about.endswith(".") for about in component.columns.values())
    assert (component.standing == "addable") == bool(component.amount)
    assert not component.amount or component.amount in component.columns


def test_no_two_components_share_a_column() -> None:
    names = [column for component in room.components().values() for column in component.columns]
    assert len(names) == len(set(names))


def test_a_component_whose_source_is_missing_is_missing_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def component(needs: tuple[tuple[str, ...], ...] = (), after: tuple[str, ...] = ()) -> Component:
        return Component("t", "f", "s", {"x": "x."}, lambda _, __: room.Built(), needs=needs, after=after)

    known = {
        "third": component(after=("second",)),
        "second": component(needs=(("payments.paid_on", "payments.amount"),)),
        "first": component(),
    }
    monkeypatch.setattr(room, "components", lambda: known)
    assert list(room.told({"payments.amount"})) == ["second", "first", "third"]
    assert list(room.told(set())) == ["first"]


def test_classes_go_by_the_share_before_strictly_below_the_limit(engine: Engine) -> None:
    """Value-models 3.1: 500, 200, 100 ... are three A, three B and four C."""
    values = [5.0, 500, 200, 100, 70, 50, 30, 20, 15, 10]
    engine.load(
        "valued_customers",
        {"customer_id": [f"c{n}" for n in range(10)], "clv": values, "expected_purchases": [1.0] * 10, "level": ["customer"] * 10},
    )
    engine.view("judged", "value/components/judged.sql")
    registry.load(room.ROOM, "value_class").build(engine, BASIS)
    engine.rename("component_value_class", "exported")
    found = engine.arrays("value/exported.sql")
    classes = dict(zip(found["customer_id"], found["class"], strict=True))
    assert sorted(classes.values()) == ["A"] * 3 + ["B"] * 3 + ["C"] * 4
    assert [classes[f"c{n}"] for n in (1, 2, 3, 4)] == ["A", "A", "A", "B"]
    assert np.isclose(max(found["share_before"]), 0.995)
