"""The ladder up to the recommender."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
import rhythm_tables as tables
from hypothesis import given
from hypothesis import strategies as st

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.errors import SettingsError
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.ladder import RUNGS, conversions, rung_of

DAYS = {"first": [30], "repeat": [40, 20], "regular": [90, 60, 30, 10], "told": [80], "friend": [10]}


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def build(engine: Engine, lifecycle: Mapping[str, int] | None = None, regular: int = 0) -> Built:
    basis = Basis(
        tables.AS_OF,
        365.0,
        1826.0,
        0.1,
        "contribution",
        "EUR",
        frozenset({"rhythm.now"}),
        lifecycle=lifecycle or {},
        options={"regular_purchases": regular},
    )
    built: Built = registry.load(room.ROOM, "ladder").build(engine, basis)
    return built


def referrals(engine: Engine, told: list[tuple[str, str | None, date]]) -> None:
    columns = {"recommender_id": [one for one, *_ in told], "customer_id": pa.array([who for _, who, _ in told], pa.string())}
    engine.open_frame("ledger_referrals", pa.table({**columns, "date": [day for *_, day in told]}))


@given(st.integers(0, 30), st.integers(0, 5), st.integers(0, 30), st.integers(0, 5), st.integers(2, 12))
def test_more_purchases_and_recommendations_never_lead_down(purchases: int, told: int, more: int, more_told: int, regular: int) -> None:
    before, after = (RUNGS.index(rung_of(n, k, regular)) for n, k in ((purchases, told), (purchases + more, told + more_told)))
    assert after >= before


def test_each_customer_stands_on_the_highest_rung_reached(engine: Engine) -> None:
    tables.load(engine, DAYS)
    referrals(engine, [("told", "friend", tables.ago(20)), ("repeat", "nobody yet", tables.ago(5)), ("first", "first", tables.ago(5))])
    facts = build(engine).facts
    found = tables.rows(engine, "ladder")
    told = {one: row["recommended"] for one, row in found.items()}
    assert told == {"first": 0, "repeat": 0, "regular": 0, "told": 1, "friend": 0}
    assert {one: row["rung"] for one, row in found.items()} == {one: rung_of(len(DAYS[one]), told[one]) for one in DAYS}
    assert facts["counts"] == {"prospect": 0, "first": 2, "repeat": 1, "regular": 1, "recommender": 1}


def test_a_recommendation_after_the_day_or_of_nobody_who_bought_counts_nothing(engine: Engine) -> None:
    tables.load(engine, DAYS)
    referrals(engine, [("told", "friend", tables.ago(-1)), ("regular", None, tables.ago(5))])
    build(engine)
    assert all(row["recommended"] == 0 for row in tables.rows(engine, "ladder").values())


def test_regular_is_what_the_option_then_the_lifecycle_says(engine: Engine) -> None:
    tables.load(engine, DAYS)
    assert build(engine, {"bound_purchases": 6}).facts["regular_purchases"] == 6
    assert tables.rows(engine, "ladder")["regular"]["rung"] == "repeat"
    assert build(engine, {"bound_purchases": 6}, regular=2).facts["regular_purchases"] == 2
    assert tables.rows(engine, "ladder")["repeat"]["rung"] == "regular"


def test_prospects_are_known_people_without_a_purchase_each_counted_once(engine: Engine) -> None:
    tables.load(engine, DAYS)
    day = tables.ago(40)
    engine.open_frame(
        "ledger_leads",
        pa.table(
            {
                "lead_id": ["1", "2", "3", "4", "5"],
                "customer_id": pa.array(["first", None, None, None, None], pa.string()),
                "date": [day, day, day, day, tables.ago(-3)],
                "stage": ["gewonnen", "qualifiziert", "verloren", None, "neu"],
            }
        ),
    )
    engine.open_frame(
        "ledger_offers",
        pa.table(
            {
                "lead_id": pa.array(["2", None, None], pa.string()),
                "customer_id": pa.array([None, "asked", "regular"], pa.string()),
                "date": [day] * 3,
                "decided_on": pa.array([None] * 3, pa.date32()),
                "outcome": ["open", "lost", "won"],
            }
        ),
    )
    engine.open_frame(
        "ledger_customers",
        pa.table(
            {
                "customer_id": ["first", "on file", "objects"],
                "acquired_on": pa.array([None, day, None], pa.date32()),
                "objection": pa.array([None, None, True], pa.bool_()),
            }
        ),
    )
    facts = build(engine).facts
    # Leads 2 and 4 and the record on file; lead 3 and the refused offer are none any more, the objector is not counted at all.
    assert facts["counts"]["prospect"] == 3
    assert facts["declined"] == 2
    assert (facts["leads"], facts["leads_who_bought"]) == (4, 1)
    assert facts["conversion"]["first"] == 0.25


@given(st.dictionaries(st.sampled_from(RUNGS[1:]), st.integers(0, 1000)))
def test_conversion_is_a_share_of_those_who_came_so_far(counts: dict[str, int]) -> None:
    found = conversions(counts)
    assert list(found) == list(RUNGS[2:])
    for share in found.values():
        assert share is None or 0 <= share <= 1


def test_the_sentence_and_wrong_limits() -> None:
    plugin: Any = registry.load(room.ROOM, "ladder")
    assert "2 recommended customers" in str(plugin.line({"rung": "recommender", "recommended": 2}))
    assert plugin.line({"rung": None, "recommended": None}) is None
    with pytest.raises(SettingsError, match="from 2 to 1000"):
        read_options({"regular_purchases": 1}, plugin.options, "components.ladder")
