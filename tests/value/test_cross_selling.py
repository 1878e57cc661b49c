"""Cross-selling: what is suggested to whom, what it is worth, and that nothing is shown which a look back does not bear out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.cross_selling import expected_contribution

AS_OF = date(2025, 12, 31)
SPAN = 180
MONEY = pa.decimal128(18, 6)
SHAPE = {
    "customer_id": pa.string(), "day": pa.int32(), "product_group": pa.string(), "product_id": pa.string(), "quantity": MONEY,
    "amount": MONEY, "cost": MONEY, "line_class": pa.string(), "is_non_product": pa.bool_(),
}  # fmt: skip
Lines = Sequence[dict[str, Any]]
Suggested = Callable[..., tuple[dict[str, dict[str, Any]], dict[str, list[dict[str, Any]]], Built]]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=2) as engine:
        yield engine


def bought(customer: str, group: str, ago: int, amount: int = 100, *, cost: int | None = 60, **more: Any) -> dict[str, Any]:
    day = (AS_OF - date(1970, 1, 1)).days - ago
    money = {"quantity": Decimal(1), "amount": Decimal(amount), "cost": None if cost is None else Decimal(cost)}
    return {"customer_id": customer, "day": day, "product_group": group, "line_class": "kept", "is_non_product": False, **money, **more}


def basis(yardstick: str = "contribution", **options: Any) -> Basis:
    read = read_options(options, registry.load(room.ROOM, "cross_selling").options, "cross_selling")
    return Basis(AS_OF, float(SPAN), 1826.0, 0.1, yardstick, "EUR", frozenset({"transactions.product_group"}), margin=0.3, options=read)


@pytest.fixture
def suggested(engine: Engine) -> Suggested:
    """Columns by customer, the list by customer, and what was built."""

    def suggested(lines: Lines, *, left_out: str = "", **more: Any) -> tuple[dict[str, Any], dict[str, Any], Built]:
        engine.open_frame("booked", pa.table({name: pa.array([row.get(name) for row in lines], kind) for name, kind in SHAPE.items()}))
        engine.load("judged", {"customer_id": sorted({row["customer_id"] for row in lines} - {left_out})})
        built = registry.load(room.ROOM, "cross_selling").build(engine, basis(**more))
        engine.beside("exported", "component_cross_selling", [], "customer_id")
        columns = {row.pop("customer_id"): row for row in engine.rows("value/exported.sql")}
        ranked: dict[str, list[dict[str, Any]]] = {}
        for step in built.files.values():
            for row in engine.rows(step):
                ranked.setdefault(row.pop("customer_id"), []).append(row)
        return columns, ranked, built

    return suggested


@lru_cache
def _two_trades(customers: int) -> tuple[dict[str, Any], ...]:
    """Painters buy E and A every month, roofers E and C. In the course of 18 months a good half of the painters takes up B, of the roofers
    D, evenly spread. Z is what few buy.
    """
    drawn = random.Random(1)
    lines: list[dict[str, Any]] = []
    for number in range(customers):
        name, entry, later = (f"P{number:03}", "A", "B") if number % 2 else (f"R{number:03}", "C", "D")
        starts = drawn.randrange(-400, 500)
        for ago in range(1 + number % 20, 3 * SPAN + 30, 30):
            lines += [bought(name, "E", ago), bought(name, entry, ago)]
            if ago <= starts:
                lines.append(bought(name, later, ago, 200, cost=150))
        if number % 30 == 0:
            lines.append(bought(name, "Z", 100 + number))
    return tuple(lines)


def two_trades(customers: int = 130) -> list[dict[str, Any]]:
    return list(_two_trades(customers))


def test_the_worth_of_a_suggestion_is_that_of_value_models_3_14() -> None:
    """Chance 0.225, contribution 60, contact 2: 11.50. The chance here is the share of owners, a ceiling; it tests the arithmetic only."""
    assert expected_contribution(90 / 400, 60.0, contact_cost=2.0) == pytest.approx(11.50, abs=1e-12)


def test_who_buys_what_painters_buy_is_suggested_what_painters_take_up(suggested: Suggested) -> None:
    columns, ranked, built = suggested(two_trades())
    assert built.facts["shown"]
    assert built.facts["span_days"] == SPAN
    assert built.facts["look_back"]["hits"] > built.facts["look_back"]["popular_hits"]
    owned = {(row["customer_id"], row["product_group"]) for row in two_trades()}
    painters = {name for name in columns if name[0] == "P" and (name, "B") not in owned}
    roofers = {name for name in columns if name[0] == "R" and (name, "D") not in owned}
    assert painters
    assert {columns[name]["next_group"] for name in painters} == {"B"}
    assert {columns[name]["next_group"] for name in roofers} == {"D"}
    assert {columns[name]["next_group_reason"] for name in painters} == {"A"}
    assert not {(name, row["product_group"]) for name, rows in ranked.items() for row in rows} & owned
    told = str(registry.load(room.ROOM, "cross_selling").line(columns[min(painters)]))
    assert "of what was not bought yet: B, chance " in told
    assert "buyers of A often take it up" in told


def test_the_columns_are_those_of_the_list(suggested: Suggested) -> None:
    columns, ranked, built = suggested(two_trades())
    assert columns.keys() == ranked.keys()
    for name, rows in ranked.items():
        assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
        assert len(rows) <= 3
        assert [row["chance"] for row in rows] == sorted((row["chance"] for row in rows), reverse=True)
        assert (columns[name]["next_group"], columns[name]["next_group_chance"]) == (rows[0]["product_group"], rows[0]["chance"])
        assert columns[name]["cross_selling"] == sum(row["expected_db"] for row in rows)
    assert Decimal(built.facts["expected_db"]) == sum(row["cross_selling"] for row in columns.values())


def test_chances_are_those_of_customers_who_lacked_the_group_then(suggested: Suggested) -> None:
    """Of the owners of A without B half a year ago, how many have bought B since: not the share of owners of B."""
    lines = two_trades()
    columns, _, built = suggested(lines)
    day = (AS_OF - date(1970, 1, 1)).days - SPAN
    had = {row["customer_id"] for row in lines if row["product_group"] == "B" and row["day"] <= day}
    now = {row["customer_id"] for row in lines if row["product_group"] == "B"}
    lacked = {row["customer_id"] for row in lines if row["product_group"] == "A"} - had
    counted = len(now - had) / len(lacked)
    shown = {row["next_group_chance"] for name, row in columns.items() if name[0] == "P" and row["next_group"] == "B"}
    assert 0.2 < counted < 0.5
    assert all(0.6 * counted < chance < 1.2 * counted for chance in shown), (counted, shown)
    assert 0.6 < built.facts["look_back"]["held"] < 1.4


def test_expected_contribution_is_chance_times_what_a_buyer_brought_less_the_contact(suggested: Suggested) -> None:
    lines = two_trades()
    free = suggested(lines)[1]
    paid = suggested(lines, contact_cost=1.25)[1]
    for name, rows in paid.items():
        worth = {row["product_group"]: row["expected_db"] for row in free[name]}
        assert all(row["expected_db"] == worth[row["product_group"]] - Decimal("1.25") for row in rows)
        assert all(row["expected_db"] > 0 for row in rows)
    # Whoever took B up brought 50 a month with it from then on: 150 on average within 180 days, at most 300.
    name = next(name for name, rows in free.items() if rows[0]["product_group"] == "B")
    brought = float(free[name][0]["expected_db"]) / free[name][0]["chance"]
    assert 100 < brought < 250


def test_suggestions_that_do_not_cover_their_contact_are_left_out(suggested: Suggested) -> None:
    columns, ranked, built = suggested(two_trades(), contact_cost=10_000)
    assert (columns, ranked) == ({}, {})
    assert built.facts["shown"]


def test_money_scales_and_an_invoice_with_its_cancellation_leaves_no_trace(suggested: Suggested) -> None:
    lines = two_trades()
    plain = suggested(lines)[1]
    tenfold = suggested([{**row, "amount": 10 * row["amount"], "cost": 10 * row["cost"]} for row in lines])[1]
    for name, rows in plain.items():
        assert [row["chance"] for row in rows] == [row["chance"] for row in tenfold[name]]
        assert all(
            abs(10 * row["expected_db"] - more["expected_db"]) <= Decimal("0.05") for row, more in zip(rows, tenfold[name], strict=True)
        )
    name = next(name for name, rows in plain.items() if rows[0]["product_group"] == "B")
    back = {"quantity": Decimal(-1), "line_class": "cancellation"}
    undone = [bought(name, "B", 40, 500), bought(name, "B", 39, -500, cost=-60, **back)]
    assert suggested([*lines, *undone])[1][name][0]["product_group"] == "B"
    halves = [{**row, "amount": row["amount"] / 2, "cost": row["cost"] / 2, "quantity": Decimal("0.5")} for row in lines for _ in range(2)]
    assert suggested(halves)[1] == plain


def test_where_suggestions_are_no_better_than_the_most_popular_group_nothing_is_shown(suggested: Suggested) -> None:
    """All customers alike: baskets tell nothing."""
    drawn = random.Random(3)
    ago = range(1, 3 * SPAN + 30)
    lines = [bought(f"c{number:03}", drawn.choice("AAAABBBCCDEFGH"), drawn.choice(ago)) for number in range(150) for _ in range(12)]
    columns, ranked, built = suggested(lines)
    assert (columns, ranked, built.files) == ({}, {}, {})
    assert (built.facts["shown"], built.facts["why"]) == (False, "no_better")
    assert built.facts["look_back"]["p_value"] > 0.05
    assert [notice.key for notice in built.notices] == ["cross_selling_no_better"]


def test_a_short_log_a_handful_of_customers_and_a_single_group_are_told_nothing(suggested: Suggested) -> None:
    short = [bought(f"c{number}", "AB"[number % 2], number % 80) for number in range(50)]
    assert suggested(short)[2].facts["why"] == "short"
    handful = [row for row in two_trades() if row["customer_id"] in {"P001", "P003", "R004", "R006"}]
    assert suggested(handful)[2].facts["why"] == "no_better"
    alone = [{**row, "product_group": "A"} for row in two_trades(20)]
    assert suggested(alone)[2].facts["why"] == "groups"
    assert suggested([])[2].facts["why"] == "short"


def test_without_costs_chances_are_told_and_no_money(suggested: Suggested) -> None:
    columns, ranked, _ = suggested([{**row, "cost": None} for row in two_trades()], yardstick="revenue")
    assert columns
    assert {row["cross_selling"] for row in columns.values()} == {None}
    assert {row["expected_db"] for rows in ranked.values() for row in rows} == {None}


def test_lines_without_cost_take_the_margin_of_the_base(suggested: Suggested) -> None:
    lines = two_trades()
    at_margin = suggested([{**row, "cost": row["amount"] * Decimal("0.7")} for row in lines])[1]
    assert suggested([{**row, "cost": None} for row in lines])[1] == at_margin


def test_who_is_not_judged_or_has_not_bought_for_a_year_is_suggested_nothing(suggested: Suggested) -> None:
    lines = two_trades()
    silent = [bought("S", group, ago) for group in "AE" for ago in (400, 430, 500)]
    columns = suggested([*lines, *silent], left_out="P003")[0]
    assert "S" not in columns
    assert "P003" not in columns
    assert "P001" in columns


def test_only_the_groups_with_most_buyers_are_looked_at_and_that_is_said(suggested: Suggested) -> None:
    lines = [{**row, "product_id": row["product_group"], "product_group": None} for row in two_trades()]
    ranked, built = suggested(lines, most_groups=5)[1:]
    assert (built.facts["groups"], built.facts["all_groups"]) == (5, 6)
    assert {row["product_group"] for rows in ranked.values() for row in rows} <= set("ABCDE")
    assert [notice.key for notice in built.notices] == ["cross_selling_largest"]


def test_nothing_after_the_as_of_day_and_no_freight_counts(suggested: Suggested) -> None:
    lines = two_trades()
    plain = suggested(lines)[1]
    name = next(name for name, rows in plain.items() if rows[0]["product_group"] == "B")
    later = [bought(name, "B", -1), bought(name, "B", 20, is_non_product=True), bought(name, "FRACHT", 20, is_non_product=True)]
    assert suggested([*lines, *later])[1] == plain


def test_threads_do_not_change_a_figure() -> None:
    found = []
    for threads in (1, 4):
        with open_engine(threads=threads) as engine:
            engine.open_frame(
                "booked", pa.table({key: pa.array([row.get(key) for row in two_trades()], kind) for key, kind in SHAPE.items()})
            )
            engine.load("judged", {"customer_id": sorted({row["customer_id"] for row in two_trades()})})
            built = registry.load(room.ROOM, "cross_selling").build(engine, basis())
            found.append(([engine.rows(step) for step in built.files.values()], built.facts))
    assert found[0] == found[1]
    assert timedelta(days=SPAN) < AS_OF - date(2025, 1, 1)
