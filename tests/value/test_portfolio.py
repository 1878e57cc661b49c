"""The customer portfolio: two axes, four and nine fields, what is known of whom, and how customers moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
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
from kundenwert.value.components.portfolio import FIELDS, NINE, STRATEGIES, TITLES, axis, by_rank, field_of, nine_of

GIVEN = frozenset({"rhythm.now", "value.money", "transactions.product_group", "register.ratings"})
OPTIONS = registry.load(room.ROOM, "portfolio").options
POINTS = st.floats(0, 10)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def build(engine: Engine, given: frozenset[str] = GIVEN, **options: Any) -> Built:
    read = read_options(options, OPTIONS, "components.portfolio")
    basis = Basis(tables.AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", given, options={**read, "first": (10,), "regular_purchases": 0})
    for name in ("rhythm", "ladder"):
        registry.load(room.ROOM, name).build(engine, basis)
    built: Built = registry.load(room.ROOM, "portfolio").build(engine, basis)
    return built


def ratings(engine: Engine, given: Mapping[tuple[str, str], float]) -> None:
    engine.load(
        "register_ratings",
        {
            "customer_id": [one for one, _ in given] or [""],
            "criterion": [name for _, name in given] or [""],
            "rated_by": ["a"] * (len(given) or 1),
            "points": list(given.values()) or [0.0],
        },
    )


# ---- formulas ---------------------------------------------------------------------------------------------------------


def test_the_worked_example_is_a_question_mark_to_be_extended() -> None:
    """Value-models 3.5: attractiveness 6.8, position 3.9."""
    attractive, _ = axis(np.array([[8.0, 7.0, 5.0, 6.0]]), np.array([0.35, 0.30, 0.20, 0.15]))
    strong, _ = axis(np.array([[3.0, 5.0, 4.0, 4.0]]), np.array([0.4, 0.3, 0.2, 0.1]))
    assert (round(attractive[0], 12), round(strong[0], 12)) == (6.8, 3.9)
    assert field_of(attractive[0], strong[0]) == "question"
    assert nine_of(attractive[0], strong[0]) == "invest_to_extend"
    assert STRATEGIES["invest_to_extend"] == "Invest selectively to extend."


def test_on_the_limit_counts_as_high() -> None:
    assert field_of(5.0, 5.0) == "star"
    assert field_of(np.nextafter(5.0, 0), np.nextafter(5.0, 0)) == "incidental"
    assert nine_of(10 / 3, 20 / 3) == "extend_earn"
    assert nine_of(20 / 3, 10 / 3) == "invest_to_extend"


@given(POINTS, POINTS, POINTS)
def test_a_higher_axis_never_leads_to_a_lower_field(attractive: float, strong: float, more: float) -> None:
    rows = [name for row in NINE for name in row]
    before, after = (rows.index(nine_of(a, strong)) // 3 for a in (attractive, max(attractive, more)))
    assert after >= before
    assert FIELDS.index(field_of(max(attractive, more), strong)) <= FIELDS.index(field_of(attractive, strong))


@given(st.lists(st.tuples(POINTS, st.floats(0.01, 5)), min_size=1, max_size=8), st.floats(0.1, 10))
def test_an_axis_lies_among_its_criteria_and_no_scale_of_the_weights_changes_it(given: list[tuple[float, float]], scale: float) -> None:
    points, weights = np.array([[p for p, _ in given]]), np.array([w for _, w in given])
    score, coverage = axis(points, weights)
    assert points.min() - 1e-9 <= score[0] <= points.max() + 1e-9
    assert coverage[0] == pytest.approx(1)
    assert axis(points, weights * scale)[0][0] == pytest.approx(score[0])
    added, _ = axis(np.append(points, [[3.0]], axis=1), np.append(weights, 0.0))
    assert added[0] == score[0]


def test_an_unknown_criterion_is_left_out_and_lowers_the_coverage() -> None:
    score, coverage = axis(np.array([[8.0, np.nan], [np.nan, np.nan]]), np.array([0.75, 0.25]))
    assert (score[0], coverage[0], coverage[1]) == (8.0, 0.75, 0.0)
    assert np.isnan(score[1])


@given(st.lists(st.one_of(st.integers(-5, 5).map(float), st.just(float("nan"))), max_size=30))
def test_points_by_rank_are_five_on_average_and_equal_for_equals(values: list[float]) -> None:
    points = by_rank(np.array(values))
    known = points[~np.isnan(points)]
    assert len(known) == sum(value == value for value in values)
    if len(known):
        assert known.mean() == pytest.approx(5)
        assert len(set(known.tolist())) == len({value for value in values if value == value})
        assert by_rank(np.array(values), falling=True)[~np.isnan(points)] == pytest.approx(10 - known)


# ---- customers of a run -----------------------------------------------------------------------------------------------


def test_each_customer_stands_in_the_field_of_its_axes(engine: Engine) -> None:
    draw = np.random.default_rng(3)
    days = {f"c{n:02}": sorted({int(back) for back in draw.integers(0, 900, 1 + n)}, reverse=True) for n in range(40)}
    tables.load(engine, days, clv={one: float(draw.gamma(1, 100)) for one in days})
    ratings(engine, {(one, "Zukunftsperspektive"): float(draw.integers(0, 11)) for one in days})
    built = build(engine, attractiveness={"contribution": 1, "Zukunftsperspektive": 1}, position={"regularity": 2, "tenure": 1})
    found = tables.rows(engine, "portfolio")
    assert {row["portfolio"] for row in found.values()} == set(FIELDS)
    for row in found.values():
        assert row["portfolio"] == field_of(row["attractiveness"], row["position"])
        assert row["portfolio_nine"] == nine_of(row["attractiveness"], row["position"])
        assert row["attractiveness_coverage"] == row["position_coverage"] == 1
    assert sum(entry["customers"] for entry in built.facts["fields"].values()) == 40
    assert sum(float(entry["clv"]) for entry in built.facts["nine"].values()) == pytest.approx(
        sum(round(float(row["clv"]), 2) for row in engine.rows("value/components/judged.sql"))
    )


def test_limits_and_weights_are_settings(engine: Engine) -> None:
    tables.load(engine, {"a": [100, 10], "b": [100, 90]}, clv={"a": 10.0, "b": 20.0})
    ratings(engine, {})
    build(engine, attractiveness={"contribution": 1}, position={"tenure": 1}, limit=9, limits=[2.6, 9])
    found = tables.rows(engine, "portfolio")
    assert (found["a"]["attractiveness"], found["b"]["attractiveness"]) == (2.5, 7.5)
    assert found["b"]["portfolio"] == "incidental"
    assert (found["a"]["portfolio_nine"], found["b"]["portfolio_nine"]) == ("harvest", "withdraw_selectively")


def test_too_little_known_is_no_field_and_is_said(engine: Engine) -> None:
    tables.load(engine, {"known": [100, 10], "unknown": [90, 20]})
    ratings(engine, {("known", "Netzwerk"): 7.0})
    built = build(engine, attractiveness={"contribution": 0.4, "Netzwerk": 0.6}, position={"tenure": 0.6, "Nähe": 0.4})
    found = tables.rows(engine, "portfolio")
    assert (found["known"]["portfolio"], found["known"]["position_coverage"]) == ("star", 0.6)
    assert (found["unknown"]["portfolio"], found["unknown"]["attractiveness"], found["unknown"]["attractiveness_coverage"]) == (
        None,
        None,
        0.4,
    )
    (notice,) = built.notices
    assert notice.values == {"count": 1, "all": 2, "names": "Nähe"}


def test_ratings_count_by_the_newest_of_each_person_and_not_after_the_day(engine: Engine) -> None:
    tables.load(engine, {"a": [100, 10]})
    ratings(engine, {})
    day = tables.ago
    engine.open_frame(
        "ledger_ratings",
        pa.table(
            {
                "customer_id": ["a"] * 4,
                "criterion": ["netzwerk", "Netzwerk", "Netzwerk", "Netzwerk"],
                "person": ["x", "x", "y", "y"],
                "points": [1.0, 4.0, 8.0, 0.0],
                "date": [day(50), day(20), day(30), day(-1)],
            }
        ),
    )
    build(engine, attractiveness={"Netzwerk": 1}, position={"tenure": 1})
    assert tables.rows(engine, "portfolio")["a"]["attractiveness"] == 6.0


def test_potential_share_of_wallet_complaints_and_growth_are_read_where_given(engine: Engine) -> None:
    tables.load(engine, {"grows": [800, 700, 30, 20, 10], "falls": [800, 700, 600, 500, 10], "new": [90, 10]})
    ratings(engine, {})
    wallets = {
        "customer_id": ["grows", "falls", "new"],
        "potential": [60.0, 10.0, 40.0],
        "potential_date": pa.array([None] * 3, pa.date32()),
    }
    master = {"acquired_on": pa.array([None] * 3, pa.date32()), "objection": pa.array([None] * 3, pa.bool_())}
    engine.open_frame("ledger_customers", pa.table({**wallets, **master}))
    engine.load("customer_features", {"customer_id": ["grows", "falls"], "complaints_per_order": [0.0, 0.5]})
    given = GIVEN | {"customers.potential", "features.complaints_per_order"}
    position = {"share_of_wallet": 1, "complaints": 0}
    build(engine, given, attractiveness={"growth": 1, "potential": 0}, position=position, coverage=0.5)
    found = tables.rows(engine, "portfolio")
    assert found["grows"]["attractiveness"] > found["falls"]["attractiveness"]
    assert found["new"]["attractiveness"] is None
    assert {one: row["position"] for one, row in found.items()} == {"grows": 5.0, "falls": 10.0, "new": 5.0}
    build(engine, given, attractiveness={"potential": 1}, position={"complaints": 1})
    found = tables.rows(engine, "portfolio")
    assert found["grows"]["attractiveness"] > found["new"]["attractiveness"] > found["falls"]["attractiveness"]
    assert (found["grows"]["position"], found["falls"]["position"], found["new"]["position"]) == (7.5, 2.5, None)


def test_scaling_all_money_moves_nobody(engine: Engine) -> None:
    days = {f"c{n}": [200 + n, 100 - n, n] for n in range(12)}
    worth = {one: float(37 * n % 11) for n, one in enumerate(days)}
    found = []
    for scale in (1.0, 250.0):
        tables.load(engine, days, clv={one: scale * money for one, money in worth.items()})
        ratings(engine, {})
        build(engine, attractiveness={"contribution": 1}, position={"regularity": 1, "tenure": 1})
        found.append(tables.rows(engine, "portfolio"))
    assert found[0] == found[1]


def test_movement_since_the_earlier_run_is_counted(engine: Engine) -> None:
    tables.load(engine, {"a": [100, 10], "b": [100, 90], "c": [10, 5]}, clv={"a": 10.0, "b": 20.0, "c": 30.0})
    ratings(engine, {})
    engine.load("previous_customers", {"customer_id": ["a", "b"], "portfolio": ["star", "earning"]})
    built = build(engine, GIVEN | {"previous.portfolio"}, attractiveness={"contribution": 1}, position={"tenure": 1})
    assert built.facts["moves"] == [["earning", "star", 1], ["star", "earning", 1]]
    assert "moves" not in build(engine, attractiveness={"contribution": 1}, position={"tenure": 1}).facts


def test_the_sentence_names_field_axes_and_strategy() -> None:
    line: Any = registry.load(room.ROOM, "portfolio").line
    told = str(line({"portfolio": "question", "attractiveness": 6.8, "position": 3.9}))
    assert told == "Portfolio: question mark (attractiveness 6.8, our position 3.9). A big step or out."
    assert line({"portfolio": None, "attractiveness": None, "position": None}) is None
    assert set(STRATEGIES) == {*FIELDS, *(name for row in NINE for name in row)}
    assert set(TITLES) == set(FIELDS)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"attractiveness": {}}, "criteria with their weights"),
        ({"position": {"tenure": 0}}, "not all 0"),
        ({"position": {"tenure": -1}}, "at least 0"),
        ({"position": {"tenure": "much"}}, "criteria with their weights"),
        ({"attractiveness": {"Sympathiefaktor": 1}}, "places nobody"),
        ({"attractiveness": {"Bonität": 1}}, "places nobody"),
        ({"limit": 0}, "between 0 and 10"),
        ({"limits": [6, 3]}, "two rising numbers"),
        ({"limits": [6]}, "two rising numbers"),
        ({"coverage": 2}, "a share from 0 to 1"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any], expected: str) -> None:
    with pytest.raises(SettingsError, match=expected):
        read_options(wrong, OPTIONS, "components.portfolio")
