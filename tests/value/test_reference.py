"""What a customer's word may bring or cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import company_records as company
import numpy as np
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.reference import reference_potential, reference_value, satisfaction_factor

PLUGIN = registry.load(room.ROOM, "reference")
SATISFACTION = registry.load(room.ROOM, "satisfaction")
# Grade 9.3 of 10 is a factor of 0.8, 6 of 10 points a leadership of 0.6.
ASKED = {"contacts": 30, "rate": 0.05, "volume": 1200}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def build(
    engine: Engine, customers: Mapping[str, Mapping[str, Any]], tables: Mapping[str, Sequence[Mapping[str, Any]]], **options: Any
) -> tuple[dict[str, dict[str, Any]], Built]:
    company.load(engine, customers, **tables)

    def basis(plugin: Any, given: Mapping[str, Any]) -> Basis:
        chosen = read_options(given, plugin.options, "components.reference")
        return Basis(company.AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", frozenset(), options=chosen)

    SATISFACTION.build(engine, basis(SATISFACTION, {}))
    built: Built = PLUGIN.build(engine, basis(PLUGIN, options))
    return company.rows(engine, "reference"), built


def rated(customer: str, criterion: str, points: float) -> dict[str, Any]:
    return {"customer_id": customer, "criterion": criterion, "points": points, "person": "A", "date": date(2025, 1, 1)}


def word(customer: str, leadership: float, satisfaction: float) -> list[dict[str, Any]]:
    return [rated(customer, "Empfehlungswert", leadership), rated(customer, "Zufriedenheit", satisfaction)]


def test_the_worked_example_comes_out(engine: Engine) -> None:
    """Value-models 3.11: 30 contacts x 0.6 x 0.8 = 14.4; x 5 % x 1,200 = 864."""
    potential = reference_potential(30, 0.6, satisfaction_factor(9.3))
    assert float(potential) == pytest.approx(14.4)
    assert float(reference_value(potential, 0.05, 1200)) == pytest.approx(864.0)
    found, built = build(engine, {"a": {}}, {"ratings": word("a", 6, 9.3)}, **ASKED)
    assert found["a"]["reference_potential"] == pytest.approx(14.4)
    assert found["a"]["reference_value"] == Decimal("864.00")
    assert (built.facts["value"], built.facts["missing"]) == ("864.00", [])


def test_the_word_of_a_detractor_is_below_zero(engine: Engine) -> None:
    found, built = build(engine, {"a": {}, "b": {}}, {"ratings": [*word("a", 6, 3), *word("b", 6, 9.3)]}, **ASKED)
    assert found["a"]["reference_value"] < 0 < found["b"]["reference_value"]
    assert built.facts["detractors"] == 1
    assert built.facts["detractors_value"] == str(found["a"]["reference_value"])
    assert "may cost" in str(PLUGIN.line(found["a"]))
    assert "may bring 864.00" in str(PLUGIN.line(found["b"]))


def test_the_factor_changes_its_sign_between_the_grades_of_detractors_and_passives_and_rises() -> None:
    factors = satisfaction_factor(np.arange(11))
    assert (factors[:7] < 0).all()
    assert (factors[7:] > 0).all()
    assert (np.diff(factors) > 0).all()
    assert factors[[0, 10]].tolist() == [-1.0, 1.0]


def test_contacts_of_the_record_go_before_those_of_the_settings(engine: Engine) -> None:
    ratings = [*word("a", 10, 10), *word("b", 10, 10)]
    found, _ = build(engine, {"a": {}, "b": {}}, {"ratings": ratings, "customers": [{"customer_id": "a", "network": 200}]}, **ASKED)
    assert (found["a"]["reference_potential"], found["b"]["reference_potential"]) == (200.0, 30.0)


def test_leadership_is_the_mean_of_the_criteria_that_are_known(engine: Engine) -> None:
    ratings = [*word("a", 8, 10), rated("a", "Imagefaktor", 4)]
    found, _ = build(engine, {"a": {}}, {"ratings": ratings}, **ASKED)
    assert found["a"]["reference_potential"] == pytest.approx(30 * 0.6)


@pytest.mark.parametrize(
    ("ratings", "contacts"),
    [
        ([("Zufriedenheit", 9)], 30),  # nobody knows how much the word weighs
        ([("Empfehlungswert", 9)], 30),  # nor what the customer says
        ([("Empfehlungswert", 9), ("Zufriedenheit", 9)], None),  # nor to whom
    ],
)
def test_without_an_input_nothing_is_invented(engine: Engine, ratings: list[tuple[str, float]], contacts: float | None) -> None:
    rows = [rated("a", criterion, points) for criterion, points in ratings]
    found, _ = build(engine, {"a": {}}, {"ratings": rows}, **{**ASKED, "contacts": contacts})
    assert found == {}


def test_without_rate_and_volume_the_reach_is_told_without_money(engine: Engine) -> None:
    found, built = build(engine, {"a": {}}, {"ratings": word("a", 6, 9.3)}, contacts=30)
    assert found["a"]["reference_potential"] == pytest.approx(14.4)
    assert found["a"]["reference_value"] is None
    assert built.facts["missing"] == ["rate", "volume"]
    assert [notice.key for notice in built.notices] == ["reference_missing"]
    assert PLUGIN.line(found["a"]) is None


def test_who_never_asked_for_it_is_not_told_what_is_missing(engine: Engine) -> None:
    _, built = build(engine, {"a": {}}, {"ratings": word("a", 6, 9.3)})
    assert built.notices == ()
    assert built.facts["customers"] == 0


def test_rate_and_volume_are_counted_from_recommendations_where_there_are_enough(engine: Engine) -> None:
    """Ten came in the year on the word of a reach of 100: 10 %; each is worth 200."""
    customers = {"r": {}, **{f"c{n}": {} for n in range(10)}}
    referrals = [{"recommender_id": "r", "customer_id": f"c{n}", "date": date(2024, 9, 1)} for n in range(10)]
    records = [{"customer_id": "r", "network": 100}]
    found, built = build(engine, customers, {"ratings": word("r", 10, 10), "referrals": referrals, "customers": records})
    assert (built.facts["rate"], built.facts["rate_source"]) == (0.1, "counted")
    assert (built.facts["volume"], built.facts["volume_source"]) == (200.0, "counted")
    assert found["r"]["reference_value"] == Decimal("2000.00")
    assert found["r"]["reference_basis"] == "counted"


def test_older_recommendations_do_not_make_a_rate_of_the_year(engine: Engine) -> None:
    customers = {"r": {}, **{f"c{n}": {} for n in range(10)}}
    referrals = [{"recommender_id": "r", "customer_id": f"c{n}", "date": date(2023, 9, 1)} for n in range(10)]
    records = [{"customer_id": "r", "network": 100}]
    _, built = build(engine, customers, {"ratings": word("r", 10, 10), "referrals": referrals, "customers": records})
    assert (built.facts["rate"], built.facts["volume"]) == (None, 200.0)


def test_who_objected_has_no_reference_value(engine: Engine) -> None:
    found, _ = build(engine, {"o": {"level": "objected"}}, {"ratings": word("o", 6, 9)}, **ASKED)
    assert found == {}


def test_it_is_a_potential_and_never_part_of_the_value() -> None:
    assert PLUGIN.standing == "potential"
