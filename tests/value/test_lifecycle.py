"""The stage of each customer, when it began, and how customers moved in a year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
import rhythm_tables as tables
from hypothesis import given
from hypothesis import strategies as st

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.lifecycle import STAGES, transitions

BASIS = Basis(tables.AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", frozenset({"rhythm.now", "rhythm.year", "value.money"}))


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def build(engine: Engine, lifecycle: Mapping[str, int] | None = None) -> Built:
    limits = lifecycle or {"development_days": 365, "bound_purchases": 4, "silent_days": 200}
    basis = Basis(**{**BASIS.__dict__, "lifecycle": limits})
    registry.load(room.ROOM, "rhythm").build(engine, basis)
    built: Built = registry.load(room.ROOM, "lifecycle").build(engine, basis)
    return built


def contracts(engine: Engine, agreed: list[tuple[str, date, date | None]]) -> None:
    import pyarrow as pa

    frame = pa.table(
        {
            "customer_id": [one for one, *_ in agreed],
            "start": [start for _, start, _ in agreed],
            "end": pa.array([end for *_, end in agreed], pa.date32()),
            "cancelled_on": pa.array([None] * len(agreed), pa.date32()),
        }
    )
    engine.open_frame("ledger_contracts", frame)


def test_a_customer_is_developed_then_bound_by_the_purchase_that_makes_it_so(engine: Engine) -> None:
    tables.load(
        engine, {"new": [30], "second": [100, 30], "bound": [90, 70, 50, 30, 10]}, lost_after={"new": 300, "second": 300, "bound": 100}
    )
    build(engine)
    found = tables.rows(engine, "lifecycle")
    assert found["new"] == {"stage": "development", "stage_since": tables.ago(30), "stage_reason": "new"}
    assert found["second"] == {"stage": "development", "stage_since": tables.ago(100), "stage_reason": "new"}
    assert found["bound"] == {"stage": "retention", "stage_since": tables.ago(30), "stage_reason": "purchases"}


def test_development_ends_with_its_time_for_whoever_bought_again(engine: Engine) -> None:
    tables.load(engine, {"grown": [500, 400], "late": [500, 20], "once": [500]}, lost_after={"grown": 900, "late": 900, "once": 900})
    build(engine)
    found = tables.rows(engine, "lifecycle")
    assert found["grown"] == {"stage": "retention", "stage_since": tables.ago(135), "stage_reason": "grown"}
    assert found["late"]["stage_since"] == tables.ago(20)
    assert found["once"]["stage"] == "development"


def test_lost_from_the_day_on_which_the_chance_to_be_a_customer_falls_below_a_fifth(engine: Engine) -> None:
    tables.load(engine, {"lost": [200, 180, 160, 140], "not yet": [200, 180, 160, 139]}, lost_after={"lost": 140, "not yet": 140})
    build(engine)
    found = tables.rows(engine, "lifecycle")
    assert found["lost"] == {"stage": "win_back", "stage_since": tables.AS_OF, "stage_reason": "p_alive"}
    assert found["not yet"]["stage"] == "retention"


def test_without_a_model_silence_beyond_the_limit_and_beyond_all_earlier_gaps_loses_a_customer(engine: Engine) -> None:
    tables.load(engine, {"silent": [500, 450, 201], "yearly": [900, 600, 290], "still": [450, 300, 200]})
    build(engine)
    found = tables.rows(engine, "lifecycle")
    assert found["silent"]["stage"] == "retention"  # 201 days, but once it was 249
    assert found["yearly"]["stage"] == "retention"  # 290 days, but once it was 310
    assert found["still"]["stage"] == "retention"  # 200 days are the limit
    tables.load(engine, {"silent": [300, 250, 201]})
    build(engine)
    assert tables.rows(engine, "lifecycle")["silent"] == {"stage": "win_back", "stage_since": tables.AS_OF, "stage_reason": "silent"}


def test_who_came_back_is_in_the_stage_since_the_return(engine: Engine) -> None:
    tables.load(engine, {"back": [700, 680, 660, 640, 620, 100, 80]}, lost_after={"back": 150})
    build(engine)
    assert tables.rows(engine, "lifecycle")["back"] == {"stage": "retention", "stage_since": tables.ago(100), "stage_reason": "purchases"}


def test_a_contract_that_runs_binds_and_one_that_ended_loses_whoever_stays_away(engine: Engine) -> None:
    tables.load(
        engine,
        {"runs": [700], "ended": [400, 300, 200, 100], "ended but buys": [400, 300, 200, 20], "bought since": [400, 300, 200, 30]},
        lost_after=dict.fromkeys(["runs", "ended", "ended but buys", "bought since"], 500),
        without=["service only", "service over"],
    )
    day = tables.ago
    contracts(
        engine,
        [
            ("runs", day(600), None),
            ("ended", day(600), day(90)),
            ("ended but buys", day(600), day(10)),
            ("bought since", day(600), day(40)),
            ("service only", day(50), day(-300)),
            ("service over", day(500), day(50)),
        ],
    )
    build(engine)
    found = tables.rows(engine, "lifecycle")
    assert found["runs"] == {"stage": "retention", "stage_since": day(600), "stage_reason": "contract_runs"}
    assert found["ended"] == {"stage": "win_back", "stage_since": day(89), "stage_reason": "contract_ended"}
    assert found["ended but buys"]["stage"] == "retention"
    assert found["bought since"]["stage"] == "retention"
    assert found["service only"] == {"stage": "retention", "stage_since": day(50), "stage_reason": "contract_runs"}
    assert found["service over"] == {"stage": "win_back", "stage_since": day(49), "stage_reason": "contract_ended"}


def test_nothing_bought_or_all_taken_back_is_acquisition(engine: Engine) -> None:
    tables.load(engine, {"buys": [10]}, without=["took back"])
    build(engine)
    assert tables.rows(engine, "lifecycle")["took back"] == {"stage": "acquisition", "stage_since": None, "stage_reason": "no_purchase"}


def test_the_matrix_tells_who_moved_in_a_year_by_the_rules_and_the_log_of_then(engine: Engine) -> None:
    days = {"won": [100], "grew": [400, 390, 100, 90], "left": [900, 880, 860, 840, 500], "stays": [900, 700, 500, 300, 100]}
    tables.load(engine, days, lost_after={"won": 200, "grew": 320, "left": 300, "stays": 400})
    facts = build(engine).facts
    assert sorted(map(tuple, facts["moves"])) == [
        ("acquisition", "development", 1),
        ("development", "retention", 1),
        ("retention", "retention", 1),
        ("retention", "win_back", 1),
    ]
    assert facts["transitions"]["retention"] == {"acquisition": 0.0, "development": 0.0, "retention": 0.5, "win_back": 0.5}
    assert facts["stages"]["retention"]["customers"] == 2


@given(st.lists(st.tuples(st.sampled_from(STAGES), st.sampled_from(STAGES), st.integers(1, 10**6)), max_size=40))
def test_each_row_of_the_matrix_sums_to_one(moves: list[tuple[str, str, int]]) -> None:
    found = transitions(moves)
    assert set(found) == {before for before, *_ in moves}
    for row in found.values():
        assert sum(row.values()) == pytest.approx(1.0, abs=1e-12)
        assert set(row) == set(STAGES)


def test_each_customer_is_in_exactly_one_stage_whatever_the_history(engine: Engine) -> None:
    import random

    draw = random.Random(4)
    days = {f"c{n:03}": sorted({draw.randrange(900) for _ in range(draw.randrange(1, 9))}, reverse=True) for n in range(200)}
    tables.load(engine, days, lost_after={one: draw.randrange(20, 500) for one in days if draw.random() < 0.7}, without=["none"])
    built = build(engine)
    found = tables.rows(engine, "lifecycle")
    assert len(found) == 201
    assert {row["stage"] for row in found.values()} == set(STAGES)
    for one, row in found.items():
        assert (row["stage_since"] is None) == (row["stage"] == "acquisition")
        assert row["stage_since"] is None or tables.ago(max(days[one])) <= row["stage_since"] <= tables.AS_OF
    assert sum(entry["customers"] for entry in built.facts["stages"].values()) == 201


def test_the_sentence_names_stage_and_day() -> None:
    line: Any = registry.load(room.ROOM, "lifecycle").line
    told = line({"stage": "win_back", "stage_reason": "p_alive", "stage_since": date(2025, 1, 2)})
    assert str(told).startswith("Stage win-back since 2025-01-02")
    assert line({"stage": None, "stage_reason": None, "stage_since": None}) is None
