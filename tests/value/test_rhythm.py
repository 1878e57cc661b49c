"""How customers buy: rhythm, season, next purchase, assortment, channel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import rhythm_tables as tables

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.rhythm import season_chance

GIVEN = frozenset({"rhythm.now", "value.money", "transactions.product_group"})
BASIS = Basis(tables.AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", GIVEN)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def build(engine: Engine, basis: Basis = BASIS) -> Built:
    built: Built = registry.load(room.ROOM, "rhythm").build(engine, basis)
    return built


def test_the_rhythm_is_the_median_of_the_own_gaps(engine: Engine) -> None:
    tables.load(engine, {"a": [100, 90, 70, 20], "two": [50, 20], "old": [800, 700, 600]})
    build(engine)
    found = tables.rows(engine, "rhythm")
    assert (found["a"]["median_gap"], found["a"]["purchases_year"]) == (20.0, 4)
    assert found["two"]["median_gap"] is None
    assert (found["old"]["median_gap"], found["old"]["purchases_year"], found["old"]["product_groups"]) == (100.0, 0, 0)


def test_the_next_purchase_is_told_unless_the_customer_is_lost(engine: Engine) -> None:
    days = {"stays": [30, 10], "lost": [90, 80], "no model": [30, 10], "no model, silent": [90, 80]}
    tables.load(engine, days, lost_after={"stays": 100, "lost": 80}, usual_gap=60.0, without=["none"])
    build(engine)
    found = tables.rows(engine, "rhythm")
    assert found["stays"]["next_purchase"] == tables.AS_OF + timedelta(days=21)
    assert found["no model"]["next_purchase"] == tables.AS_OF + timedelta(days=21)
    assert found["lost"]["next_purchase"] is None
    assert found["no model, silent"]["next_purchase"] is None
    assert found["none"]["next_purchase"] is None


def spread(quarters: dict[int, int], years: int = 4) -> list[int]:
    """Days before the as-of day of so many purchases a quarter and year, and one at either end."""
    days = [
        date(tables.AS_OF.year - year, 3 * quarter - 2, 3) + timedelta(days=80 * n // count)
        for year in range(1, years + 1)
        for quarter, count in quarters.items()
        for n in range(count)
    ]
    ends = [date(tables.AS_OF.year - years - 1, 12, 31), date(tables.AS_OF.year - 1, 12, 31)]
    return sorted({(tables.AS_OF - day).days for day in (*days, *ends)}, reverse=True)


def test_a_planted_season_is_found_and_an_even_year_is_not(engine: Engine) -> None:
    tables.load(engine, {"spring": spread({1: 2, 2: 9, 3: 2, 4: 2}), "even": spread({1: 4, 2: 4, 3: 4, 4: 4}), "few": spread({2: 2})})
    facts = build(engine).facts
    found = tables.rows(engine, "rhythm")
    assert found["spring"]["season_quarter"] == 2
    assert found["spring"]["season_share"] == pytest.approx(9 / 15, abs=0.02)
    assert (found["even"]["season_quarter"], found["even"]["season_p"] > 0.5) == (None, True)
    assert found["few"]["season_p"] is None
    assert (facts["tested_for_season"], facts["with_season"]) == (2, 1)
    assert facts["quarters"]["share"].index(max(facts["quarters"]["share"])) == 1
    assert sum(facts["quarters"]["share"]) == pytest.approx(1, abs=1e-5)


def test_of_customers_without_a_season_one_in_twenty_has_a_small_chance() -> None:
    rng = np.random.default_rng(11)
    days = np.tile([180.0, 182.0, 184.0, 184.0], (20_000, 1))
    p = season_chance(rng.multinomial(40, days[0] / days[0].sum(), 20_000).astype(float), days)
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.006)
    assert (p < 0.5).mean() == pytest.approx(0.5, abs=0.02)


def test_where_a_customer_began_and_left_makes_no_season(engine: Engine) -> None:
    """Fifteen months, so that spring was there twice: more purchases in spring are no season."""
    first = date(2024, 3, 25)
    days = [(tables.AS_OF - first).days - 7 * n for n in range(65)]
    tables.load(engine, {"weekly": days})
    facts = build(engine).facts
    found = tables.rows(engine, "rhythm")["weekly"]
    assert found["season_p"] > 0.9
    assert facts["quarters"]["p"] > 0.9


def test_assortment_and_channel_are_those_of_the_last_year(engine: Engine) -> None:
    tables.load(engine, {"a": [400, 20, 10]})
    bought = [("a", 400, "X", "kept"), ("a", 20, "Y", "kept"), ("a", 10, "Z", "kept"), ("a", 10, "W", "returned")]
    engine.load(
        "booked",
        {
            "customer_id": ["a"] * 4,
            "day": [tables.NOW - back for _, back, *_ in bought],
            "amount": [1.0] * 4,
            "product_group": [group for *_, group, _ in bought],
            "line_class": [kind for *_, kind in bought],
            "is_non_product": [False] * 4,
        },
    )
    contacts = [
        ("Besuch", 500),
        ("Besuch", 450),
        ("Telefon", 30),
        ("Besuch", 20),
        ("Telefon", 5),
        ("Mailing", -1),
        ("Mailing", -2),
        ("Mailing", -3),
    ]
    frame = {"customer_id": ["a"] * len(contacts), "channel": [channel for channel, _ in contacts]}
    engine.open_frame("ledger_contacts", pa.table({**frame, "date": [tables.ago(back) for _, back in contacts]}))
    build(engine)
    found = tables.rows(engine, "rhythm")["a"]
    assert (found["product_groups"], found["main_channel"]) == (2, "Telefon")
    build(engine, Basis(**{**BASIS.__dict__, "given": frozenset({"rhythm.now"})}))
    assert tables.rows(engine, "rhythm")["a"]["product_groups"] is None


def test_frequency_and_basket_of_this_year_stand_beside_those_of_the_year_before(engine: Engine) -> None:
    tables.load(engine, {"a": [700, 500, 100, 50, 20], "b": [10]})
    last, before = build(engine).facts["years"]
    assert (last["span"], last["customers"], last["purchases"], last["per_customer"], last["basket"]) == ("last", 2, 4, 2.0, "10.00")
    assert (before["span"], before["customers"], before["purchases"]) == ("before", 1, 2)


def test_a_base_without_anything_between_first_and_last_purchase_says_nothing_of_seasons(engine: Engine) -> None:
    tables.load(engine, {"a": [20, 10], "b": [5]})
    facts = build(engine).facts
    assert (facts["quarters"], facts["tested_for_season"]) == ({}, 0)


def test_the_sentence_tells_season_or_rhythm() -> None:
    line: Any = registry.load(room.ROOM, "rhythm").line
    season = line({"season_quarter": 3, "season_share": 0.5, "median_gap": 5.0, "next_purchase": None})
    assert "July to September" in str(season)
    rhythm = line({"season_quarter": None, "season_share": None, "median_gap": 12.0, "next_purchase": date(2025, 7, 9)})
    assert "12 days" in str(rhythm)
    assert line({"season_quarter": None, "season_share": None, "median_gap": None, "next_purchase": None}) is None
