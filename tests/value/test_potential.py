"""Potential: the benchmark of comparable customers, demand and gap, contribution at the potential, open offers, the map."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.potential import gap_of

AS_OF = date(2025, 12, 31)
MONEY = pa.decimal128(18, 6)
ROLES = ("industry", "region", "kind", "segment", "employees", "potential")
GIVEN = frozenset({"value.money", "contribution.db4", "offers.offer_id", "leads.customer_id", *(f"customers.{role}" for role in ROLES)})
SHAPES: Mapping[str, Mapping[str, pa.DataType]] = {
    "judged": {"customer_id": pa.string(), "first_purchase": pa.date32(), "T": pa.int32(), "level": pa.string()},
    "booked": {"customer_id": pa.string(), "day": pa.int32(), "product_group": pa.string(), "amount": MONEY, "is_non_product": pa.bool_()},
    "sale_lines": {
        "customer_id": pa.string(), "date": pa.date32(), "revenue": MONEY, "goods": MONEY, "line_class": pa.string(),
        "is_non_product": pa.bool_(),
    },
    "cost_lines": {"customer_id": pa.string(), "date": pa.date32(), "amount": MONEY, "stage": pa.string()},
    "cash_discounts": {"customer_id": pa.string(), "date": pa.date32(), "amount": MONEY},
    "ledger_customers": {
        "customer_id": pa.string(), "industry": pa.string(), "region": pa.string(), "kind": pa.string(), "segment": pa.string(),
        "employees": pa.int32(), "potential": MONEY, "potential_source": pa.string(), "potential_date": pa.date32(),
    },
    "ledger_offers": {
        "offer_id": pa.string(), "customer_id": pa.string(), "date": pa.date32(), "amount": MONEY, "stage": pa.string(),
        "decided_on": pa.date32(), "outcome": pa.string(),
    },
    "ledger_leads": {"lead_id": pa.string(), "customer_id": pa.string(), "date": pa.date32()},
}  # fmt: skip
Rows = Sequence[Mapping[str, Any]]
Found = Callable[..., tuple[dict[str, dict[str, Any]], dict[str, Built]]]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=2) as engine:
        yield engine


def sold(customer: str, amount: float, goods: float = 0.0, *, day: date = date(2025, 6, 2), group: str = "A") -> dict[str, Any]:
    return {"customer_id": customer, "date": day, "amount": amount, "goods": goods, "group": group}


def basis(name: str, **more: Any) -> Basis:
    options = {key: value for key, value in more.items() if key not in {"yardstick", "given"}}
    known = registry.load(room.ROOM, name).options
    read = read_options({key: value for key, value in options.items() if key in {option.name for option in known}}, known, name)
    return Basis(
        AS_OF, 365.0, 1826.0, 0.1, more.get("yardstick", "contribution"), "EUR", more.get("given", GIVEN), margin=0.3, options=read
    )


@pytest.fixture
def found(engine: Engine) -> Found:
    """Rows by customer and what was built. sales: of `sold`; everybody in sales or records is judged and known for two years."""

    def found(sales: Rows, records: Rows = (), *, known_days: int = 730, **more: Any) -> tuple[dict[str, Any], dict[str, Built]]:
        ids = dict.fromkeys([row["customer_id"] for row in (*sales, *records)])
        first = AS_OF - timedelta(days=known_days)
        rows: dict[str, Rows] = {
            "judged": [{"customer_id": one, "first_purchase": first, "T": known_days, "level": "customer"} for one in ids],
            "booked": [
                {
                    "customer_id": row["customer_id"], "day": (row["date"] - date(1970, 1, 1)).days, "product_group": row["group"],
                    "amount": row["amount"], "is_non_product": False,
                }
                for row in sales
            ],
            "sale_lines": [{**row, "revenue": row["amount"], "line_class": "kept", "is_non_product": False} for row in sales],
            "ledger_customers": records,
        }  # fmt: skip
        for name in ("cost_lines", "cash_discounts", "ledger_offers", "ledger_leads"):
            rows[name] = more.pop(name, ())
        for view, shape in SHAPES.items():
            engine.open_frame(view, pa.table({name: column(rows[view], name, kind) for name, kind in shape.items()}))
        built = {name: registry.load(room.ROOM, name).build(engine, basis(name, **more)) for name in ("peers", "potential")}
        engine.beside("exported", "component_peers", ["component_potential"], "customer_id")
        return {row.pop("customer_id"): row for row in engine.rows("value/exported.sql")}, built

    return found


def column(rows: Rows, name: str, kind: pa.DataType) -> pa.Array:
    cells = [row.get(name) for row in rows]
    return pa.array([round(Decimal(str(cell)), 6) if cell is not None and pa.types.is_decimal(kind) else cell for cell in cells], kind)


def spread(customer: str, amount: float, goods: float) -> list[dict[str, Any]]:
    """A quarter of the money on each of four days."""
    return [sold(customer, amount / 4, goods / 4, day=date(2025, month, 3)) for month in (2, 5, 8, 11)]


def branch(industry: str, count: int, **more: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Customers of one industry who buy for 100, 200, 300 ..."""
    names = [f"{industry}{number:03}" for number in range(1, count + 1)]
    sales = [line for number, name in enumerate(names, 1) for line in spread(name, 100.0 * number, 70.0 * number)]
    return sales, [{"customer_id": name, "industry": industry, **more} for name in names]


# ---------- demand and gap ----------


def test_who_buys_a_fifth_of_its_demand_has_a_gap_of_four_times_its_contribution(found: Found) -> None:
    """R04, before the factor of reach."""
    costs = [{"customer_id": "k", "date": date(2025, 4, 1), "amount": 900, "stage": "sales"}]
    record = {"customer_id": "k", "potential": 100_000, "potential_source": "Marktstudie", "potential_date": date(2025, 3, 1)}
    row = found(spread("k", 20_000, 15_400), [record], cost_lines=costs)[0]["k"]
    assert (row["revenue_year"], row["potential_revenue"]) == (Decimal("20000.00"), Decimal("100000.00"))
    assert (row["share_of_wallet"], row["gap_revenue"]) == (0.2, Decimal("80000.00"))
    assert (row["db1_year"], row["gap"]) == (Decimal("4600.00"), 4 * Decimal("4600.00"))
    assert float(row["gap"]) == gap_of(20_000.0, 100_000.0, 4_600.0)
    assert (row["db4_year"], row["potential_db4"]) == (Decimal("3700.00"), 5 * Decimal("3700.00"))
    assert row["gap_within_reach"] == Decimal("4600.00")
    assert (row["potential_source"], row["potential_date"]) == ("Marktstudie", date(2025, 3, 1))


def test_a_potential_without_source_is_an_assumption_and_a_later_one_is_not_known_yet(found: Found) -> None:
    sales = [*spread("a", 400, 280), *spread("b", 400, 280)]
    records = [{"customer_id": "a", "potential": 800}, {"customer_id": "b", "potential": 800, "potential_date": date(2026, 1, 1)}]
    rows, built = found(sales, records)
    assert rows["a"]["potential_source"] == "assumption"
    assert rows["b"]["potential_revenue"] is None
    assert rows["b"]["potential_db1"] is None
    assert [notice.key for notice in built["potential"].notices] == ["potential_assumed"]
    told = registry.load(room.ROOM, "potential").line({**rows["a"]})
    assert str(told) == (
        "Demand of 800.00 a year, an assumption without a source; we have 50% of it. "
        "The gap is worth 120.00 a year, of which 30.00 count as within reach."
    )


def test_an_estimate_below_what_is_bought_leaves_no_gap_and_is_told(found: Found) -> None:
    rows, built = found(spread("a", 1_000, 700), [{"customer_id": "a", "potential": 500, "potential_source": "Besuch"}])
    assert (rows["a"]["gap"], rows["a"]["share_of_wallet"]) == (Decimal(0), 2.0)
    assert [notice.key for notice in built["potential"].notices] == ["potential_exceeded"]
    assert registry.load(room.ROOM, "potential").line(rows["a"]) is None


def test_each_step_of_contribution_is_at_most_the_one_before_also_at_the_potential(found: Found) -> None:
    """R12: DB IV <= DB III <= DB II <= DB I."""
    stages = ("marketing", "sales", "service", "logistics")
    names = [f"c{number}" for number in range(12)]
    sales = [line for number, name in enumerate(names) for line in spread(name, 50 + 37.13 * number, 60.07)][:-2]
    records = [{"customer_id": name, "potential": 900 + 7.7 * number} for number, name in enumerate(names)]
    costs = [
        {"customer_id": name, "date": date(2025, 3, 3), "amount": 3.33 * (number + 1), "stage": stages[number % 4]}
        for number, name in enumerate(names * 3)
    ]
    rows = found(sales, records, cost_lines=costs)[0].values()
    assert len(rows) == 12
    for row in rows:
        for kind in ("db{}_year", "potential_db{}"):
            steps = [row[kind.format(step)] for step in (1, 2, 3, 4)]
            assert steps == sorted(steps, reverse=True)


def test_few_purchases_earn_what_all_customers_earn_on_the_gap(found: Found) -> None:
    sales = [*spread("many", 900, 600), sold("once", 100, 99)]
    rows, _ = found(sales, [{"customer_id": "once", "potential": 1_100}])
    # All customers together: 301 of contribution on 1,000 of revenue.
    assert rows["once"]["gap"] == Decimal("301.00")
    rows, _ = found(sales, [{"customer_id": "once", "potential": 1_100}], least_purchases=1)
    assert rows["once"]["gap"] == Decimal("10.00")


def test_more_of_a_losing_business_is_told_as_a_loss(found: Found) -> None:
    row = found(spread("a", 1_000, 1_100), [{"customer_id": "a", "potential": 2_000, "potential_source": "Besuch"}])[0]["a"]
    assert row["gap"] == Decimal("-100.00")
    assert "100.00 less, not more" in str(registry.load(room.ROOM, "potential").line(row))


def test_where_no_cost_is_known_the_gap_is_revenue(found: Found) -> None:
    row = found(spread("a", 1_000, 700), [{"customer_id": "a", "potential": 3_000}], yardstick="revenue")[0]["a"]
    assert (row["gap"], row["db1_year"], row["potential_db1"]) == (Decimal("2000.00"), None, None)


def test_only_the_last_365_days_count_and_nothing_after_the_as_of_day(found: Found) -> None:
    days = (AS_OF - timedelta(days=365), AS_OF - timedelta(days=364), AS_OF, AS_OF + timedelta(days=1))
    sales = [sold("a", 10**place, 0.0, day=day) for place, day in enumerate(days)]
    assert found(sales)[0]["a"]["revenue_year"] == Decimal("110.00")


def test_scaling_all_money_scales_every_gap_and_splitting_an_order_changes_nothing(found: Found) -> None:
    record = {"customer_id": "a", "potential": 5_000}
    plain = found(spread("a", 1_000, 700), [record])[0]["a"]
    large = found(spread("a", 8_000, 5_600), [{**record, "potential": 40_000}])[0]["a"]
    assert [large[name] for name in ("gap", "potential_db4", "gap_within_reach")] == [
        8 * plain[name] for name in ("gap", "potential_db4", "gap_within_reach")
    ]
    halves = [{**line, "amount": line["amount"] / 2, "goods": line["goods"] / 2} for line in spread("a", 1_000, 700) for _ in range(2)]
    assert found(halves, [record])[0]["a"] == plain
    undone = [*spread("a", 1_000, 700), sold("a", 444, 300), sold("a", -444, -300)]
    assert found(undone, [record])[0]["a"]["gap"] == plain["gap"]


# ---------- comparable customers ----------


def test_the_benchmark_is_the_75_percent_quantile_of_the_industry(found: Found) -> None:
    sales, records = branch("Maler", 40)
    rows, _ = found(sales, records)
    assert (rows["Maler010"]["peer_revenue"], rows["Maler010"]["peer_gap"]) == (Decimal("3000.00"), Decimal("2000.00"))
    assert (rows["Maler010"]["peers"], rows["Maler010"]["peer_attributes"], rows["Maler010"]["peer_group"]) == (40, "industry", "Maler")
    assert rows["Maler035"]["peer_gap"] == 0
    # Without an estimate the benchmark is the potential: 30 % of 2,000 more revenue.
    assert (rows["Maler010"]["potential_source"], rows["Maler010"]["gap"]) == ("peers", Decimal("600.00"))
    assert rows["Maler010"]["potential_date"] == AS_OF


def test_a_group_that_is_too_small_gives_way_to_a_broader_one_and_says_so(found: Found) -> None:
    many, with_region = branch("Maler", 40, region="Nord")
    few, rare = branch("Dachdecker", 5, region="Nord")
    rows, built = found(
        [*many, *few], [*with_region[:38], {**with_region[38], "region": "Süd"}, {**with_region[39], "region": None}, *rare]
    )
    assert rows["Maler001"]["peer_attributes"] == "industry, region"
    assert (rows["Maler001"]["peer_group"], rows["Maler001"]["peers"]) == ("Maler, Nord", 38)
    assert (rows["Maler039"]["peer_attributes"], rows["Maler040"]["peer_attributes"]) == ("industry", "industry")
    assert (rows["Dachdecker001"]["peer_attributes"], rows["Dachdecker001"]["peers"]) == ("all", 45)
    assert [(notice.key, notice.values["count"]) for notice in built["peers"].notices] == [("peers_all", 5)]


def test_customers_of_one_size_are_compared_and_private_persons_not_by_their_region(found: Found) -> None:
    small, small_records = branch("Maler", 30, employees=4, region="Nord", kind="b2b")
    large, large_records = branch("Malerei", 30, employees=60, region="Nord", kind="b2c")
    records = [*small_records, *({**one, "industry": "Maler"} for one in large_records)]
    rows, _ = found([*small, *large], records)
    assert (rows["Maler001"]["peer_group"], rows["Malerei001"]["peer_group"]) == ("Maler, 0-9, Nord", "Maler, 50-249")


def test_who_is_new_or_bought_nothing_in_the_year_is_no_benchmark_and_has_none(found: Found) -> None:
    sales, records = branch("Maler", 35)
    silent = sold("still", 9_999, day=AS_OF - timedelta(days=500))
    rows, _ = found([*sales, silent], [*records, {"customer_id": "still", "industry": "Maler"}])
    assert (rows["still"]["peer_revenue"], rows["Maler001"]["peers"]) == (None, 35)
    rows, _ = found(sales, records, known_days=200)
    assert {row["peer_revenue"] for row in rows.values()} == {None}


def test_without_any_attribute_and_among_a_handful_nobody_is_compared(found: Found) -> None:
    sales, records = branch("Maler", 40)
    rows, _ = found(sales, given=frozenset({"value.money", "contribution.db4"}))
    assert {row["peer_revenue"] for row in rows.values()} == {None}
    rows, _ = found(sales[:80], records[:20])
    assert {row["potential_revenue"] for row in rows.values()} == {None}
    assert {row["peer_gap"] for row in rows.values()} == {None}


def test_a_wrong_list_of_attributes_and_a_wrong_quantile_are_refused_together() -> None:
    from kundenwert.errors import SettingsError

    options = registry.load(room.ROOM, "peers").options
    with pytest.raises(SettingsError, match="Haarfarbe") as caught:
        read_options({"by": ["industry", "Haarfarbe"], "quantile": 1.5}, options, "components.peers")
    assert len(caught.value.problems) == 2


# ---------- offers and leads ----------


def offer(
    number: int, outcome: str | None, *, customer: str = "a", amount: float = 100.0, stage: str = "", days: int = 30
) -> dict[str, Any]:
    day = AS_OF - timedelta(days=days)
    decided = day + timedelta(days=10) if outcome in {"won", "lost"} else None
    return {
        "offer_id": str(number), "customer_id": customer, "date": day, "amount": amount, "stage": stage, "outcome": outcome,
        "decided_on": decided,
    }  # fmt: skip


def test_open_offers_count_times_the_chance_of_their_stage(found: Found) -> None:
    decided = [offer(number, "won" if number < 10 else "lost", stage="Auftrag" if number < 10 else "Absage") for number in range(40)]
    talks = [offer(100 + number, "won", stage="Verhandlung") for number in range(10)]
    waiting = [offer(200, "open", amount=1_000, stage="versandt"), offer(201, None, amount=1_000, stage="Verhandlung", customer="b")]
    old = offer(202, "open", amount=1_000, days=300)
    rows, built = found([sold("a", 10), sold("b", 10)], ledger_offers=[*decided, *talks, *waiting, old])
    # Of 50 decided 20 were won: 0.4. Ten in negotiation were all won: (10 + 10 x 0.4) / 20.
    assert (rows["a"]["opportunities"], rows["b"]["opportunities"]) == (Decimal("400.00"), Decimal("700.00"))
    offers = built["potential"].facts["offers"]
    assert (offers["decided"], offers["won"], offers["chance"]) == (50, 20, 0.4)
    assert {row["stage"]: (row["open"], row["amount"]) for row in offers["open"]} == {
        "versandt": (1, "1000.00"),
        "Verhandlung": (1, "1000.00"),
    }


def test_an_offer_decided_after_the_as_of_day_is_still_open_on_it(found: Found) -> None:
    decided = [offer(number, "won" if number % 2 else "lost") for number in range(20)]
    late = offer(99, "lost", amount=300, days=5)
    assert found([sold("a", 10)], ledger_offers=[*decided, late])[0]["a"]["opportunities"] == Decimal("150.00")


def test_few_decided_offers_tell_no_chance(found: Found) -> None:
    few = [offer(number, "won") for number in range(19)]
    assert found([sold("a", 10)], ledger_offers=[*few, offer(99, "open")])[0]["a"]["opportunities"] is None


def test_open_leads_count_with_the_share_and_the_revenue_of_those_who_came(found: Found) -> None:
    long_ago, lately = AS_OF - timedelta(days=400), AS_OF - timedelta(days=20)
    older = [{"lead_id": str(number), "customer_id": "a" if number == 0 else None, "date": long_ago} for number in range(4)]
    leads = [*older, {"lead_id": "8", "customer_id": None, "date": lately}, {"lead_id": "9", "customer_id": None, "date": lately}]
    facts = found([sold("a", 600)], ledger_leads=leads)[1]["potential"].facts["leads"]
    assert facts == {"open": 2, "older": 4, "won": 1, "revenue_each": "600.00", "expected": "300.00"}


# ---------- the map ----------


def test_the_map_of_segments_and_groups_adds_up_to_the_gaps_of_all_customers(found: Found) -> None:
    """R50: totals tie to R04."""
    sales, records = branch("Maler", 37)
    more, others = branch("Dachdecker", 33)
    mixed = [{**line, "group": "ABC"[place % 3]} for place, line in enumerate([*sales, *more])]
    named = [{**one, "segment": "klein" if number % 5 else None} for number, one in enumerate([*records, *others])]
    rows, built = found(mixed, named)
    gaps = built["potential"].facts["map"]
    assert gaps["by"] == "segment"
    assert sum(Decimal(gap) for _, _, gap in gaps["gaps"]) == sum(row["gap"] for row in rows.values())
    assert {segment for segment, _, _ in gaps["gaps"]} == {"klein", None}


def test_the_map_points_at_the_group_that_customers_with_a_gap_lack(found: Found) -> None:
    sales, records = branch("Maler", 40)
    # From the 30th on nobody has a gap: they buy half of it in group B, the others all of it in A.
    number = {record["customer_id"]: place for place, record in enumerate(records, 1)}
    mixed = [{**line, "group": "B" if number[line["customer_id"]] >= 30 and place % 2 else "A"} for place, line in enumerate(sales)]
    built = found(mixed, records, given=GIVEN - {"customers.segment"})[1]["potential"]
    gaps = {group: Decimal(gap) for _, group, gap in built.facts["map"]["gaps"]}
    assert built.facts["map"]["by"] == "industry"
    # At 3,000 each and in halves the 29 below would buy 43,500 of A: just what they buy.
    assert gaps == {"A": Decimal(0), "B": Decimal("13050.00")}


def test_nobody_is_shown_who_is_not_judged(engine: Engine, found: Found) -> None:
    found(spread("a", 100, 70), [{"customer_id": "a", "potential": 900}])
    engine.open_frame("judged", pa.table({name: column([], name, kind) for name, kind in SHAPES["judged"].items()}))
    for name in ("peers", "potential"):
        registry.load(room.ROOM, name).build(engine, replace(basis(name)))
    engine.beside("exported", "component_peers", ["component_potential"], "customer_id")
    assert engine.rows("value/exported.sql") == []
