"""The alert against the own rhythm, and how often it would have been right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
import rhythm_tables as tables

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.errors import SettingsError
from kundenwert.settings import read_options
from kundenwert.stats.proportions import wilson
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built

GIVEN = frozenset({"rhythm.now", "rhythm.look_back", "value.money"})
BASIS = Basis(tables.AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", GIVEN, options={"first": (10, 20, 50)})


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def build(engine: Engine, basis: Basis = BASIS) -> Built:
    built: Built = registry.load(room.ROOM, "alert").build(engine, basis)
    return built


def test_overdue_is_who_stays_away_for_longer_than_the_own_usual_gap(engine: Engine) -> None:
    tables.load(engine, {"on time": [100, 60], "overdue": [100, 61], "once": [300]}, usual_gap=60.0, p_alive=0.8)
    build(engine)
    found = tables.rows(engine, "alert")
    assert found["on time"]["alert"] is False
    assert found["on time"]["days_overdue"] is None
    assert (found["overdue"]["alert"], found["overdue"]["days_overdue"]) == (True, 1)
    assert "once" not in found


def test_at_stake_is_what_the_value_would_be_if_the_customer_stayed_less_what_it_is(engine: Engine) -> None:
    tables.load(engine, {"a": [100, 90], "gone": [700, 690]}, p_alive=0.8, clv={"a": 400.0, "gone": 0.01})
    build(engine)
    found = tables.rows(engine, "alert")
    assert float(found["a"]["loss"]) == pytest.approx(400 / 0.8 - 400)
    assert found["gone"]["loss"] is None


def test_where_nobody_knows_who_left_nothing_is_said_of_the_loss(engine: Engine) -> None:
    tables.load(engine, {"a": [100, 90]}, p_alive=None)
    build(engine)
    found = tables.rows(engine, "alert")["a"]
    assert (found["alert"], found["loss"]) == (True, None)


def past(overdue_gone: int, overdue_back: int, fine_gone: int, fine_back: int) -> dict[str, list[int]]:
    """Customers a year ago: silent for 100 or for 10 days then; who came back bought 50 days ago."""
    days: dict[str, list[int]] = {}
    for name, count, last, back in (
        ("og", overdue_gone, 465, False),
        ("ob", overdue_back, 465, True),
        ("fg", fine_gone, 375, False),
        ("fb", fine_back, 375, True),
    ):
        days |= {f"{name}{n:02}": [600, last, *([50] if back else [])] for n in range(count)}
    return days


def test_the_alert_of_a_year_ago_is_held_against_who_stayed_away(engine: Engine) -> None:
    tables.load(engine, past(9, 3, 4, 24), usual_gap=60.0, p_alive=0.8)
    tried = build(engine).facts["tried"]
    assert (tried["customers"], tried["alerted"], tried["hits"], tried["stayed_away"]) == (40, 12, 9, 13)
    assert tried["base_rate"] == 13 / 40
    assert tried["precision"] == 0.75
    assert tried["interval"] == list(wilson(9, 12))
    assert tried["recall"] == 9 / 13
    assert [one["k"] for one in tried["first"]] == [10]
    assert tried["first"][0]["alerted"] == 10


def test_of_the_first_k_those_with_most_at_stake_are_taken(engine: Engine) -> None:
    days = past(10, 10, 0, 5)
    tables.load(engine, days, usual_gap=60.0, p_alive=0.8)
    stakes = {one: 50.0 if one.startswith("og") else 5.0 for one in days}
    engine.rename("rhythm_look_back", "exported")
    known = engine.arrow("value/exported.sql").drop_columns("record")
    amounts = pa.array([stakes[one] for one in known["customer_id"].to_pylist()])
    engine.open_frame("rhythm_look_back", known.set_column(known.column_names.index("mean_amount"), "mean_amount", amounts))
    tried = build(engine).facts["tried"]
    assert tried["first"][0] == {"k": 10, "alerted": 10, "hits": 10, "precision": 1.0, "interval": list(wilson(10, 10))}
    assert tried["precision"] == 0.5


def test_an_alert_no_better_than_chance_says_so(engine: Engine) -> None:
    tables.load(engine, past(5, 15, 5, 15), usual_gap=60.0, p_alive=0.8)
    built = build(engine)
    (notice,) = built.notices
    assert notice.key == "alert_tells_nothing"
    assert "25%" in str(notice)
    tables.load(engine, past(18, 2, 2, 18), usual_gap=60.0, p_alive=0.8)
    assert build(engine).notices == ()


def test_of_few_alerts_no_share_is_told(engine: Engine) -> None:
    tables.load(engine, past(5, 4, 1, 10), usual_gap=60.0, p_alive=0.8)
    tried = build(engine).facts["tried"]
    assert (tried["alerted"], tried["precision"], tried["interval"]) == (9, None, None)


def test_without_an_earlier_day_nothing_is_tried(engine: Engine) -> None:
    tables.load(engine, {"a": [100, 90]})
    basis = Basis(**{**BASIS.__dict__, "given": frozenset({"rhythm.now"})})
    assert build(engine, basis).facts["tried"] is None


def test_the_sentence_names_days_and_money() -> None:
    line: Any = registry.load(room.ROOM, "alert").line
    assert "Overdue by 7 days" in str(line({"alert": True, "days_overdue": 7, "loss": 12.5}))
    assert "12.50" in str(line({"alert": True, "days_overdue": 7, "loss": 12.5}))
    assert line({"alert": False, "days_overdue": None, "loss": None}) is None
    assert line({"alert": None, "days_overdue": None, "loss": None}) is None


@pytest.mark.parametrize("wrong", [[5], [50, 20], [20, 20], ["20"], 20, [True]])
def test_wrong_numbers_of_customers_are_refused(wrong: Any) -> None:
    with pytest.raises(SettingsError, match="rising whole numbers"):
        read_options({"first": wrong}, registry.load(room.ROOM, "alert").options, "components.alert")
