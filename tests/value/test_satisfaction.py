"""Value of the customer beside value for the customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import company_records as company
import pytest

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.records import Catalogue, Criterion, Scoring
from kundenwert.settings import read_options
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.satisfaction import field_of

PLUGIN = registry.load(room.ROOM, "satisfaction")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def build(
    engine: Engine,
    customers: Mapping[str, Mapping[str, Any]],
    scoring: Scoring | None = None,
    tables: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    **options: Any,
) -> tuple[dict[str, dict[str, Any]], Built]:
    company.load(engine, customers, **(tables or {}))
    chosen = read_options(options, PLUGIN.options, "components.satisfaction")
    given = frozenset({"value.money"})
    basis = Basis(company.AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", given, options=chosen, scoring=scoring or Scoring())
    built: Built = PLUGIN.build(engine, basis)
    return company.rows(engine, "satisfaction"), built


def rated(
    customer: str, points: float, person: str = "A", day: date = date(2025, 1, 1), criterion: str = "Zufriedenheit"
) -> dict[str, Any]:
    return {"customer_id": customer, "criterion": criterion, "points": points, "person": person, "date": day}


def complained(customer: str, satisfaction: float | None, day: date = date(2025, 1, 1), **more: Any) -> dict[str, Any]:
    return {"customer_id": customer, "date": day, "resolved_on": day, "satisfaction": satisfaction, **more}


WORTH: dict[str, dict[str, Any]] = {"best": {"clv": 900}, "good": {"clv": 500}, "poor": {"clv": 100}, "least": {"clv": 10}}


def test_value_and_satisfaction_make_four_fields_with_their_money(engine: Engine) -> None:
    ratings = [rated("best", 3), rated("good", 9), rated("poor", 2), rated("least", 6.5)]
    found, built = build(engine, WORTH, tables={"ratings": ratings})
    assert {name: row["satisfaction_field"] for name, row in found.items()} == {
        "best": "high_dissatisfied",
        "good": "high_satisfied",
        "poor": "low_dissatisfied",
        "least": "low_satisfied",
    }
    assert built.facts["fields"]["high_dissatisfied"] == {"customers": 1, "value": "1000.00", "clv": "900.00"}
    assert sum(field["customers"] for field in built.facts["fields"].values()) == 4


def test_the_fields_are_those_of_the_function(engine: Engine) -> None:
    grades = {"best": 6.4, "good": 6.5, "poor": 6.6, "least": 0.0}
    found, built = build(engine, WORTH, tables={"ratings": [rated(name, grade) for name, grade in grades.items()]})
    for name, grade in grades.items():
        assert found[name]["satisfaction_field"] == field_of(100 + WORTH[name]["clv"], grade, built.facts["value_limit"])


def test_who_has_the_value_of_the_limit_is_above_it(engine: Engine) -> None:
    found, _ = build(engine, WORTH, tables={"ratings": [rated("poor", 9), rated("least", 9)]}, value_limit=200)
    assert found["poor"]["satisfaction_field"] == "high_satisfied"
    assert found["least"]["satisfaction_field"] == "low_satisfied"


def test_of_each_person_the_newest_judgement_counts_and_persons_weigh_the_same(engine: Engine) -> None:
    ratings = [
        rated("best", 1, "A", date(2024, 6, 1)),
        rated("best", 9, "A", date(2025, 6, 1)),
        rated("best", 6, "B"),
        rated("best", 0, "B", date(2025, 7, 1)),
    ]
    found, _ = build(engine, WORTH, tables={"ratings": ratings})
    assert found["best"]["satisfaction"] == 7.5


def test_a_rating_of_the_register_is_newer_than_the_table_of_ratings(engine: Engine) -> None:
    mine = {"customer_id": "best", "criterion": "NPS", "points": 4, "rated_by": "a", "rated_at": "2025-06-20T10:00:00", "reason": "call"}
    tables = {"ratings": [rated("best", 9, "A", criterion="nps")], "ratings_of_register": [mine]}
    found, _ = build(engine, WORTH, tables=tables)
    assert found["best"]["satisfaction"] == 4


def test_a_criterion_of_the_catalogue_goes_by_all_its_names(engine: Engine) -> None:
    scoring = Scoring(Catalogue((Criterion("Stimmung", english="Mood"),)))
    found, _ = build(engine, WORTH, scoring, tables={"ratings": [rated("best", 2, criterion="mood")]}, criteria=["Stimmung"])
    assert found["best"]["satisfaction"] == 2


def test_the_grade_of_the_last_complaint_counts_where_nobody_judged(engine: Engine) -> None:
    complaints = [
        complained("best", 5, date(2024, 9, 1)),
        complained("best", 1, date(2025, 2, 1)),
        complained("good", 3),
        complained("poor", None),
    ]
    found, built = build(engine, WORTH, tables={"complaints": complaints, "ratings": [rated("good", 8)]})
    assert (found["best"]["satisfaction"], found["best"]["satisfaction_source"]) == (0.0, "complaints")
    assert (found["good"]["satisfaction"], found["good"]["satisfaction_source"]) == (8.0, "rating")
    assert "poor" not in found
    assert (built.facts["rated"], built.facts["from_complaints"], built.facts["high_value_unknown"]) == (1, 1, 0)


def test_a_grade_given_after_the_day_or_long_before_it_does_not_count(engine: Engine) -> None:
    late = complained("best", 1, date(2025, 6, 1), resolved_on=date(2025, 7, 1))
    found, _ = build(engine, WORTH, tables={"complaints": [late, complained("good", 1, date(2022, 1, 1))]})
    assert found == {}


def test_who_has_no_purchase_left_has_a_grade_but_no_field(engine: Engine) -> None:
    customers = {**WORTH, "none": {"level": "none", "clv": 0}}
    found, built = build(engine, customers, tables={"ratings": [rated("none", 1), rated("best", 9)]})
    assert found["none"]["satisfaction_field"] is None
    assert (built.facts["customers"], built.facts["known"]) == (4, 1)


def test_who_objected_stands_in_no_field(engine: Engine) -> None:
    customers = {**WORTH, "o": {"level": "objected"}}
    found, built = build(engine, customers, tables={"ratings": [rated("o", 1)]})
    assert found == {}
    assert built.facts["known"] == 0


def test_the_net_promoter_score_is_told_of_answers_only_and_not_of_complaints(engine: Engine) -> None:
    ratings = [rated("best", 10), rated("good", 8), rated("poor", 6), rated("least", 9)]
    _, built = build(engine, WORTH, tables={"ratings": ratings})
    assert built.facts["net_promoter_score"] == 0.25
    _, built = build(engine, WORTH, tables={"ratings": ratings[:2], "complaints": [complained("poor", 1)]})
    assert built.facts["net_promoter_score"] is None


def test_the_sentence_warns_where_value_is_high_and_satisfaction_low() -> None:
    row = {"satisfaction": 2.5, "satisfaction_source": "complaints", "satisfaction_field": "high_dissatisfied"}
    assert str(PLUGIN.line(row)) == "Of high value and dissatisfied: 2.5 of 10, by the grade for the last complaint."
    assert "Satisfaction: 2.5" in str(PLUGIN.line({**row, "satisfaction_field": "low_dissatisfied"}))
    assert PLUGIN.line({"satisfaction": None, "satisfaction_source": None, "satisfaction_field": None}) is None


def asked(customer: str, points: float, day: date = date(2025, 1, 1)) -> dict[str, Any]:
    return rated(customer, points, "Befragung", day, "Weiterempfehlungsbereitschaft")


def test_the_answer_whether_somebody_would_recommend_us_may_stand_in_ratings_or_in_the_records(engine: Engine) -> None:
    records = [
        {"customer_id": "good", "nps": 9, "nps_date": date(2025, 3, 1)},
        {"customer_id": "poor", "nps": 10, "nps_date": date(2025, 3, 1)},
        {"customer_id": "least", "nps": 10, "nps_date": date(2019, 3, 1)},
    ]
    answers = [asked("best", 6), asked("good", 3), asked("poor", 7, date(2025, 4, 1))]
    found, built = build(engine, WORTH, tables={"ratings": answers, "customers": records})
    told = {name: (row["recommends"], row["recommends_group"]) for name, row in found.items()}
    # The newer answer counts, and one of six years ago does not.
    assert told == {"best": (6.0, "detractor"), "good": (9.0, "promoter"), "poor": (7.0, "passive")}
    assert built.facts["asked"] == {"promoters": 1, "passives": 1, "detractors": 1, "score": 0.0, "interval": None}


def test_the_net_promoter_score_is_that_of_the_question_with_its_interval(engine: Engine) -> None:
    """12 promoters, 5 passives, 3 detractors: 0.45 +- 1.645 sqrt((0.75 - 0.2025) / 20)."""
    customers: dict[str, dict[str, Any]] = {f"c{place}": {} for place in range(20)}
    answers = [asked(name, 9 if place < 12 else 8 if place < 17 else 2) for place, name in enumerate(customers)]
    _, built = build(engine, customers, tables={"ratings": [*answers, rated("c0", 1)], "complaints": [complained("c1", 1)]})
    assert built.facts["net_promoter_score"] == pytest.approx(0.45)
    assert built.facts["asked"]["interval"] == pytest.approx((0.178, 0.722), abs=1e-3)


def test_a_complaint_after_the_answer_says_more_than_the_answer(engine: Engine) -> None:
    answers = [asked("best", 9), asked("good", 9)]
    complaints = [complained("best", 1, date(2025, 2, 1)), complained("good", 1, date(2024, 12, 1))]
    found, _ = build(engine, WORTH, tables={"ratings": answers, "complaints": complaints})
    assert (found["best"]["satisfaction"], found["best"]["satisfaction_source"]) == (0.0, "complaints")
    assert (found["good"]["satisfaction"], found["good"]["satisfaction_source"]) == (9.0, "rating")
