"""Growth of industries: outlook and, where it is switched on, the margin multiple."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import company_records as company
import pytest
import rhythm_tables as tables

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built

GROWTH = [
    {"industry": "Dach", "growth": -9, "year": 2020, "source": "Amt"},
    {"industry": "Dach", "growth": 4, "year": 2024, "source": "Verband"},
    {"industry": " dach", "growth": 90, "year": 2031, "source": "Verband"},
    {"industry": "Garten", "growth": -2, "year": 2024, "source": "Amt"},
]


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def test_outlook_compares_own_growth_and_that_of_the_industry(engine: Engine) -> None:
    """The newest year that has come counts; an industry that is not named gives no measure."""
    names = ["roof", "garden", "other"]
    company.load(
        engine,
        {name: {"first_purchase": date(2023, 1, 1)} for name in names},
        customers=[{"customer_id": "roof", "industry": "dach "}, {"customer_id": "garden", "industry": "Garten"}, {"customer_id": "other"}],
        growth=GROWTH,
    )
    now = (company.AS_OF - date(1970, 1, 1)).days
    lines = [(name, now - back, money) for name in names for back, money in ((10, 150.0), (400, 50.0), (720, 50.0))]
    engine.load("booked", dict(zip(("customer_id", "day", "amount"), zip(*lines, strict=True), strict=True)))
    found = {row["customer_id"]: row for row in engine.rows("value/criteria/outlook.sql", as_of=company.AS_OF)}
    assert {name: row["measures"] for name, row in found.items()} == {"roof": [0.2, 4.0], "garden": [0.2, -2.0], "other": [0.2, None]}
    assert found["roof"]["facts"] == [150.0, 100.0, 4.0]


TEN = {**{f"stays{n}": [500, 100] for n in range(8)}, "left1": [500], "left2": [400], "new": [30]}


def multiple(engine: Engine, **options: Any) -> Built:
    tables.load(engine, TEN)
    company.load_table(engine, "customers", [{"customer_id": name, "industry": "Dach"} for name in TEN])
    company.load_table(engine, "growth", GROWTH)
    plugin = registry.load(room.ROOM, "margin_multiple")
    read = read_options({"least": 10, **options}, plugin.options, "margin_multiple")
    given = frozenset({"rhythm.now", "value.money", "customers.industry"})
    built: Built = plugin.build(engine, Basis(tables.AS_OF, 365.0, 1826.25, 0.12, "revenue", "EUR", given, options=read))
    return built


def test_the_margin_multiple_grows_with_the_industry_only_where_it_is_switched_on(engine: Engine) -> None:
    off = multiple(engine, by=["industry"])
    engine.drop("component_margin_multiple")
    on = multiple(engine, by=["industry"], industry_growth=True)
    kept = 8.5 / 11
    assert off.facts["groups"][0]["end"] == pytest.approx(kept / (1.12 - kept))
    assert on.facts["groups"][0]["end"] == pytest.approx(kept / (1.12 - kept * 1.04))
    assert (on.facts["groups"][0]["growth"], on.facts["industries"]) == (0.04, 2)


def test_growth_that_is_asked_for_and_cannot_be_used_is_said(engine: Engine) -> None:
    built = multiple(engine, by=["segment"], industry_growth=True)
    assert [notice.key for notice in built.notices] == ["margin_multiple_growth"]
