"""What ideas of customers are worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import company_records as company
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.records import Catalogue, Scoring
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.information import information_value

PLUGIN = registry.load(room.ROOM, "information")
PRICED = {"usable": 1 / 3, "benefit": 900, "handling": 40}
DAY = date(2025, 1, 1)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def build(
    engine: Engine, tables: Mapping[str, Sequence[Mapping[str, Any]]], scoring: Scoring | None = None, **options: Any
) -> tuple[dict[str, dict[str, Any]], Built]:
    company.load(engine, {"a": {}, "b": {}, "o": {"level": "objected"}}, **tables)
    chosen = read_options(options, PLUGIN.options, "components.information")
    basis = Basis(company.AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", frozenset(), options=chosen, scoring=scoring or Scoring())
    built: Built = PLUGIN.build(engine, basis)
    return company.rows(engine, "information"), built


def ideas(customer: str, count: float, driver: str = "Idee", day: date = DAY) -> dict[str, Any]:
    return {"customer_id": customer, "driver": driver, "date": day, "count": count}


def test_the_worked_example_comes_out(engine: Engine) -> None:
    """Value-models 3.13: 6 ideas, a third usable at 900, 40 for handling each: 1,560."""
    assert float(information_value(6, 1 / 3, 900, 40)) == pytest.approx(1560.0)
    found, built = build(engine, {"activities": [ideas("a", 4), ideas("a", 2, "Verbesserungsvorschlag")]}, **PRICED)
    assert found["a"] == {"ideas": 6.0, "information_value": Decimal("1560.00"), "information_basis": "counted"}
    assert (built.facts["ideas"], built.facts["value"]) == (6.0, "1560.00")


def test_ideas_of_which_few_can_be_used_cost_more_than_they_bring(engine: Engine) -> None:
    found, _ = build(engine, {"activities": [ideas("a", 10)]}, usable=0.01, benefit=900, handling=40)
    assert found["a"]["information_value"] == Decimal("-310.00")


def test_an_idea_noted_in_two_tables_counts_once(engine: Engine) -> None:
    tables = {
        "activities": [ideas("a", 2)],
        "contacts": [{"customer_id": "a", "date": DAY, "purpose": " Idee"}] * 3,
        "complaints": [
            {"customer_id": "a", "date": DAY, "category": "Vorschlag"},
            {"customer_id": "b", "date": DAY, "category": "Qualität"},
        ],
    }
    found, _ = build(engine, tables, **PRICED)
    assert found["a"]["ideas"] == 3
    assert "b" not in found


def test_other_activities_and_ideas_of_later_do_not_count(engine: Engine) -> None:
    found, _ = build(engine, {"activities": [ideas("a", 1, "Besuch"), ideas("a", 1, day=date(2025, 7, 1))]}, **PRICED)
    assert found == {}


def test_without_prices_ideas_are_counted_and_not_valued(engine: Engine) -> None:
    found, built = build(engine, {"activities": [ideas("a", 3)]})
    assert (found["a"]["ideas"], found["a"]["information_value"]) == (3.0, None)
    assert [notice.key for notice in built.notices] == ["information_unpriced"]
    assert str(PLUGIN.line(found["a"])) == "Ideas this customer gave: 3."


def test_points_stand_for_ideas_only_where_the_project_says_so_and_no_table_counts(engine: Engine) -> None:
    def rated(customer: str, points: float) -> dict[str, Any]:
        return {"customer_id": customer, "criterion": "Informationswert", "points": points, "person": "A", "date": DAY}

    tables = {"activities": [ideas("a", 3)], "ratings": [rated("a", 9), rated("b", 4)]}
    found, built = build(engine, tables, ideas_per_point=0.5, **PRICED)
    assert {name: (row["ideas"], row["information_basis"]) for name, row in found.items()} == {"a": (3.0, "counted"), "b": (2.0, "rated")}
    assert built.facts["rated"] == 1
    found, _ = build(engine, tables, **PRICED)
    assert set(found) == {"a"}


def test_money_that_the_tariff_of_the_criteria_pays_is_not_paid_again(engine: Engine) -> None:
    scoring = Scoring(Catalogue(money="tariff", tariff={"Informationswert": Decimal(50)}))
    found, built = build(engine, {"activities": [ideas("a", 3)]}, scoring, **PRICED)
    assert (found["a"]["ideas"], found["a"]["information_value"]) == (3.0, None)
    assert built.facts["is_in_tariff"]
    assert [notice.key for notice in built.notices] == ["information_in_tariff"]


def test_who_objected_is_not_valued_by_ideas(engine: Engine) -> None:
    found, built = build(engine, {"activities": [ideas("o", 3)]}, **PRICED)
    assert found == {}
    assert built.facts["ideas"] == 0


def test_money_times_a_factor_is_value_times_the_factor(engine: Engine) -> None:
    one, _ = build(engine, {"activities": [ideas("a", 6)]}, usable=0.5, benefit=90, handling=4)
    ten, _ = build(engine, {"activities": [ideas("a", 6)]}, usable=0.5, benefit=900, handling=40)
    assert ten["a"]["information_value"] == 10 * one["a"]["information_value"]


def test_it_may_be_added_to_the_value() -> None:
    assert (PLUGIN.standing, PLUGIN.amount) == ("addable", "information_value")
