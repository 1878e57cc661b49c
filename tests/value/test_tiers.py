"""Value tiers and segments: members once, shares that add up, potential, concentration, moves since the last run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.errors import SettingsError
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built

MONEY = pa.decimal128(18, 2)
TEN = [500, 200, 100, 70, 50, 30, 20, 15, 10, 5]
SHAPE = {
    "customer_id": pa.string(), "level": pa.string(), "revenue": MONEY, "db4": MONEY, "past": MONEY, "clv": MONEY, "value": MONEY,
    "expected_purchases": pa.float64(),
}  # fmt: skip
RECORD = {name: pa.string() for name in ("customer_id", "segment", "industry", "region", "kind", "account_manager")}
Rows = Sequence[Mapping[str, Any]]


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=2) as engine:
        engine.remember("collective", [])
        yield engine


def worth(*clv: float, level: str = "customer") -> list[dict[str, Any]]:
    """Customers c0, c1 ... with these residual values; revenue is double, past and db4 are equal to it."""
    return [
        {"customer_id": f"c{n}", "level": level, "revenue": 2 * one, "db4": one, "past": one, "clv": one, "value": 2 * one}
        for n, one in enumerate(clv)
    ]


def frame(rows: Rows, shape: Mapping[str, pa.DataType]) -> pa.Table:
    def cell(value: Any) -> Any:
        return round(Decimal(str(value)), 2) if isinstance(value, int | float) else value  # All numbers here are money.

    return pa.table({name: pa.array([cell(row.get(name)) for row in rows], kind) for name, kind in shape.items()})


def found(
    engine: Engine,
    name: str,
    rows: Rows,
    *,
    records: Rows = (),
    earlier: Rows | None = None,
    gaps: Mapping[str, float] | None = None,
    **options: Any,
) -> tuple[dict[str, dict[str, Any]], Built]:
    """Rows of the component by customer. earlier: the run before, with tier and class. gaps: what is missing to the potential."""
    engine.open_frame("valued_customers", frame(rows, SHAPE))
    engine.view("judged", "value/components/judged.sql")
    engine.open_frame("ledger_customers", frame(records, RECORD))
    given = {"value.money"} | {f"customers.{role}" for role in RECORD if any(row.get(role) for row in records)}
    if earlier is not None:
        engine.open_frame("previous_customers", frame(earlier, {"customer_id": pa.string(), "tier": pa.string(), "class": pa.string()}))
        given |= {"previous.run", "previous.tier", "previous.class"}
    if gaps is not None:
        engine.open_frame(
            "component_potential",
            frame([{"customer_id": one, "gap": gap} for one, gap in gaps.items()], {"customer_id": pa.string(), "gap": MONEY}),
        )
        given |= {"component.potential"}
    component = registry.load(room.ROOM, name)
    read = read_options(options, component.options, name)
    basis = Basis(date(2026, 6, 30), 365.0, 1826.0, 0.1, "contribution", "EUR", frozenset(given), 0.3, options=read)
    registry.load(room.ROOM, "value_class").build(engine, basis)
    built = component.build(engine, basis)
    engine.rename(f"component_{name}", "exported")
    told = {row.pop("customer_id"): row for row in engine.rows("value/exported.sql")}
    engine.drop("exported")
    return told, built


def by_name(rows: Rows, grouping: str = "tier") -> dict[Any, Any]:
    return {row["name"]: row for row in rows if row["grouping"] == grouping}


# ---------- tiers ----------


def test_tiers_go_by_the_share_of_customers_who_are_worth_more(engine: Engine) -> None:
    rows, built = found(engine, "tiers", worth(*TEN))
    assert [rows[f"c{n}"]["tier"] for n in range(10)] == ["I", "II", "III", "III", "III", "IV", "IV", "IV", "IV", "IV"]
    assert rows["c2"]["customers_above"] == pytest.approx(0.2)
    assert [(row["name"], row["customers"], row["sums"]["clv"]) for row in built.facts["tiers"]] == [
        ("I", 1, "500.00"), ("II", 1, "200.00"), ("III", 3, "220.00"), ("IV", 5, "80.00"),
    ]  # fmt: skip


def test_each_customer_counts_once_and_shares_add_up_to_all(engine: Engine) -> None:
    nobody = {"customer_id": "x", "level": "none", "revenue": -12, "db4": -3, "past": -3, "clv": 0, "value": -3}
    rows, built = found(engine, "tiers", [*worth(*TEN), nobody])
    tiers = built.facts["tiers"]
    assert "x" not in rows
    assert tiers[-1]["name"] is None
    assert sum(row["customers"] for row in tiers) == 11
    for name in ("revenue", "db4", "past", "clv", "value"):
        assert sum(row["shares"][name] for row in tiers) == pytest.approx(1.0)
    assert sum(row["customer_share"] for row in tiers) == pytest.approx(1.0)
    assert sum(Decimal(row["sums"]["revenue"]) for row in tiers) == 2 * sum(TEN) - 12


def test_equal_customers_are_in_one_tier(engine: Engine) -> None:
    rows, _ = found(engine, "tiers", worth(*[10.0] * 40))
    assert {row["tier"] for row in rows.values()} == {"I"}


def test_tiers_by_amount_have_names_and_one_for_all_below(engine: Engine) -> None:
    rows, built = found(engine, "tiers", worth(*TEN), money={"key": 200, "core": 50}, below="small")
    assert [rows[f"c{n}"]["tier"] for n in (0, 1, 2, 4, 5)] == ["key", "key", "core", "core", "small"]
    assert [row["name"] for row in built.facts["tiers"]] == ["key", "core", "small"]


def test_tiers_go_by_another_measure_and_say_so_where_it_is_not_known(engine: Engine) -> None:
    rows = worth(*TEN)
    rows[9]["revenue"] = 5000
    told, _ = found(engine, "tiers", rows, measure="revenue")
    assert told["c9"]["tier"] == "I"
    told, built = found(engine, "tiers", rows, measure="db2")
    assert built.facts["measure"] == "clv"
    assert [notice.key for notice in built.notices] == ["tiers_measure"]
    assert told["c0"]["tier"] == "I"


def test_potential_is_summed_where_it_is_known(engine: Engine) -> None:
    _, built = found(engine, "tiers", worth(*TEN), gaps={"c0": 7.5, "c1": 2.5, "c2": 1})
    tiers = by_name(built.facts["tiers"])
    assert [tiers[name]["sums"]["potential"] for name in ("I", "II", "III", "IV")] == ["7.50", "2.50", "1.00", None]
    _, built = found(engine, "tiers", worth(*TEN))
    assert "potential" not in built.facts["tiers"][0]["sums"]


def test_concentration_of_each_measure_is_that_of_the_textbook(engine: Engine) -> None:
    _, built = found(engine, "tiers", worth(*TEN))
    for name in ("revenue", "db4", "past", "clv", "value"):
        spread = built.facts["concentration"][name]
        assert spread["gini"] == pytest.approx(0.638)
        assert spread["hhi"] == pytest.approx(0.30905)
        assert [spread["classes"][one]["customers"] for one in "ABC"] == [3, 3, 4]
        assert spread["lorenz"][0] == [0.0, 0.0]
        assert spread["lorenz"][-1] == pytest.approx([1.0, 1.0])


def test_customers_who_cost_money_lift_the_whale_curve_above_all(engine: Engine) -> None:
    rows = worth(*TEN)
    for row, own in zip(rows, (100, 50, 20, 0, 0, 0, 0, 0, -30, -40), strict=True):
        row["db4"] = own
    _, built = found(engine, "tiers", rows)
    spread = built.facts["concentration"]["db4"]
    assert spread["peak"] == {"customers": pytest.approx(0.3), "share": pytest.approx(1.7)}
    assert spread["negative"] == 2
    assert built.facts["concentration"]["clv"]["negative"] == 0


def test_moves_since_the_last_run_count_everybody_once(engine: Engine) -> None:
    earlier = [
        {"customer_id": "c0", "tier": "II", "class": "B"},
        {"customer_id": "c1", "tier": "II", "class": "A"},
        {"customer_id": "gone", "tier": "I", "class": "A"},
        {"customer_id": "objector", "tier": "I", "class": "A"},
    ]
    objector = {"customer_id": "objector", "level": "objected", "clv": 9999}
    _, built = found(engine, "tiers", [*worth(500, 20, 10), objector], earlier=earlier)
    moves = {(row["before"], row["now"]): (row["customers"], row["clv"]) for row in built.facts["moves"]}
    assert moves == {("II", "I"): (1, "500.00"), ("II", "III"): (1, "20.00"), (None, "IV"): (1, "10.00"), ("I", None): (1, None)}
    classes = {(row["before"], row["now"]): row["customers"] for row in built.facts["class_moves"]}
    assert classes == {("B", "A"): 1, ("A", "B"): 1, (None, "C"): 1, ("A", None): 1}


def test_the_first_run_knows_no_moves(engine: Engine) -> None:
    _, built = found(engine, "tiers", worth(*TEN))
    assert built.facts["moves"] is None
    assert built.facts["class_moves"] is None


WRONG: tuple[Mapping[str, Any], ...] = (
    {"shares": {"a": 0.5, "b": 0.4, "c": 1}},
    {"shares": {"a": 0.5}},
    {"shares": {}},
    {"shares": [0.1, 1]},
    {"shares": {"a": "x", "b": 1}},
    {"shares": {"a": 0, "b": 1}},
    {"money": {"a": 1, "b": 2}},
    {"money": {"a": True}},
    {"money": {"": 1}},
    {"below": ""},
    {"measure": "db5"},
)


@pytest.mark.parametrize("options", WRONG, ids=str)
def test_wrong_tiers_are_refused(options: Mapping[str, Any]) -> None:
    with pytest.raises(SettingsError):
        read_options(options, registry.load(room.ROOM, "tiers").options, "components.tiers")


# ---------- segments ----------


def branches(count: int, manager: int = 6) -> list[dict[str, Any]]:
    kinds = ("Bau", "Handel", "Bau", None)
    return [
        {
            "customer_id": f"c{n}",
            "industry": kinds[n % 4],
            "kind": "b2c" if n == 0 else "b2b",
            "region": "Nord" if n < 5 else " Süd ",
            "account_manager": f"m{n % manager}",
        }
        for n in range(count)
    ]


def test_the_value_of_a_segment_is_the_sum_of_its_members(engine: Engine) -> None:
    """R02: also of those whose value is the mean of their group."""
    rows = worth(*TEN)
    rows[1]["level"] = "segment"
    told, built = found(engine, "segments", rows, records=branches(10))
    by = by_name(built.facts["segments"], "industry")
    for name, group in by.items():
        members = [n for n in range(10) if branches(10)[n]["industry"] == name]
        assert group["customers"] == len(members)
        assert Decimal(group["sums"]["clv"]) == sum(TEN[n] for n in members)
        if name:
            assert all(told[f"c{n}"]["segment_customers"] == len(members) for n in members)
            assert all(told[f"c{n}"]["segment_mean_clv"] == round(Decimal(sum(TEN[n] for n in members)) / len(members), 2) for n in members)
    assert built.facts["by"] == ["industry", "region", "kind"]


def test_segments_of_each_attribute_add_up_to_all_customers(engine: Engine) -> None:
    told, built = found(engine, "segments", worth(*TEN), records=branches(8))
    for grouping in ("industry", "region", "kind"):
        groups = by_name(built.facts["segments"], grouping).values()
        assert sum(one["customers"] for one in groups) == 10
        assert sum(one["shares"]["db4"] for one in groups) == pytest.approx(1.0)
    assert told["c9"]["segment_name"] is None
    assert told["c9"]["segment_by"] is None


def test_regions_of_private_persons_are_not_looked_at(engine: Engine) -> None:
    _, built = found(engine, "segments", worth(*TEN), records=branches(10))
    regions = by_name(built.facts["segments"], "region")
    assert {name: group["customers"] for name, group in regions.items()} == {"Süd": 5, "Nord": 4, None: 1}


def test_many_segments_stand_together_after_the_largest(engine: Engine) -> None:
    records = [{"customer_id": f"c{n}", "industry": f"i{max(n, 5)}"} for n in range(10)]
    _, built = found(engine, "segments", worth(*TEN), records=records, most=2)
    assert [(row["name"], row["customers"]) for row in built.facts["segments"]] == [("i5", 6), ("i6", 1), ("…", 3)]


def test_the_order_of_the_setting_says_which_segment_is_a_customers_own(engine: Engine) -> None:
    told, _ = found(engine, "segments", worth(*TEN), records=branches(10), by=["kind", "industry"])
    assert told["c1"]["segment_by"] == "kind"
    assert told["c1"]["segment_name"] == "b2b"
    assert told["c1"]["segment_customers"] == 9


def test_nothing_is_told_by_account_manager_unless_teams_are_named(engine: Engine) -> None:
    _, built = found(engine, "segments", worth(*TEN), records=branches(10))
    assert "m1" not in str(built.facts)
    assert built.facts["teams"] is None
    _, built = found(engine, "segments", worth(*TEN), records=branches(10, manager=5), teams={"all": [f"m{n}" for n in range(5)]})
    assert {name: group["customers"] for name, group in by_name(built.facts["segments"], "team").items()} == {"all": 10}


def test_a_team_or_a_rest_of_fewer_than_five_people_hides_all_teams(engine: Engine) -> None:
    rest, built = found(engine, "segments", worth(*TEN), records=branches(10, manager=6), teams={"most": [f"m{n}" for n in range(5)]})
    assert not by_name(built.facts["segments"], "team")
    assert [notice.key for notice in built.notices] == ["segments_teams"]
    assert rest["c1"]["segment_by"] == "industry"
    paper = {"paper": ["m0", "x1", "x2", "x3", "x4"]}
    _, built = found(engine, "segments", worth(*TEN), records=branches(10, manager=1), teams=paper)
    assert built.facts["teams"] is False


@pytest.mark.parametrize(
    "teams", [{"small": ["a", "b"]}, {"north": list("abcde"), "south": list("efghi")}, ["a"], {"north": "abcde"}, {"": list("abcde")}]
)
def test_wrong_teams_are_refused(teams: Any) -> None:
    with pytest.raises(SettingsError):
        read_options({"teams": teams}, registry.load(room.ROOM, "segments").options, "components.segments")
