"""The score and what it is worth in money: worked numbers, coverage, weights, pool, tariff, and what must not change anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from score_tables import POINTS, basis, build, customers, only, points, rated, ratings, table

from kundenwert import registry, sources
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.flows.catalogue import catalogue, read
from kundenwert.flows.company_tables import open_nothing
from kundenwert.records import Calibration, Criterion, Scoring
from kundenwert.reports.language import _catalog
from kundenwert.value import components as room
from kundenwert.value.components import score
from kundenwert.value.criteria import rules


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        engine.remember("collective", [])
        for name in sources.tables():
            open_nothing(engine, name)
        ratings(engine, [])
        yield engine


# ---- the score --------------------------------------------------------------------------------------------------------


def test_the_worked_example_is_exactly_6_77_and_79_of_120(engine: Engine) -> None:
    customers(engine, {"a": 100})
    ratings(engine, rated("a"))
    build(engine, basis(catalogue()))
    row = table(engine)["a"]
    assert (row["score"], row["coverage"]) == (6.77, 1.0)
    assert (row["points_total"], row["points_possible"]) == (79.0, 120)


def test_missing_criteria_do_not_count_and_below_60_percent_there_is_no_score(engine: Engine) -> None:
    customers(engine, {"enough": 1, "few": 1, "none": 1})
    enough = {"Deckungsbeitrag": 7, "Kaufhistorie": 8, "Empfehlungswert": 8, "Zukunftsperspektive": 6, "Zahlungsmentalität": 9}
    few = {"Deckungsbeitrag": 7, "Kaufhistorie": 8, "Empfehlungswert": 8, "Zukunftsperspektive": 6, "Imagefaktor": 9}
    ratings(engine, [*rated("enough", enough), *rated("few", few)])
    build(engine, basis(catalogue()))
    rows = table(engine)
    assert rows["enough"]["score"] == pytest.approx((1.4 + 0.96 + 0.8 + 0.6 + 0.72) / 0.60)
    assert rows["enough"]["coverage"] == pytest.approx(0.60)
    assert (rows["few"]["score"], rows["few"]["points_total"], rows["few"]["points_possible"]) == (None, 38.0, 50)
    assert rows["few"]["coverage"] == pytest.approx(0.58)
    assert (rows["none"]["score"], rows["none"]["coverage"], rows["none"]["points_possible"]) == (None, 0.0, 0)


def test_the_sum_does_not_depend_on_the_threads() -> None:
    found = []
    for threads in (1, 4):
        with open_engine(threads=threads) as engine:
            engine.remember("collective", [])
            for name in sources.tables():
                open_nothing(engine, name)
            rng = np.random.default_rng(1)
            customers(engine, {f"c{n:03}": float(n) for n in range(200)})
            many = [(f"c{n:03}", name, round(float(rng.uniform(0, 10)), 2), "Eva", "") for n in range(200) for name in POINTS]
            ratings(engine, many)
            build(engine, basis(catalogue(), "value.money"))
            found.append(table(engine))
    assert found[0] == found[1]


def test_a_criterion_without_weight_changes_nothing(engine: Engine) -> None:
    customers(engine, {"a": 100, "b": 50})
    ratings(engine, [*rated("a"), *rated("b"), ("a", "Innovationsfreude", 10, "Eva", "")])
    build(engine, basis(catalogue(), "value.money"))
    before = table(engine)
    with_own = read({"names": [*POINTS, "Innovationsfreude"]})
    build(engine, basis(with_own, "value.money"))
    assert table(engine) == before
    assert points(engine)["a", "Innovationsfreude"]["points"] == 10


def test_a_changed_weight_changes_score_and_money_and_no_points(engine: Engine) -> None:
    customers(engine, {"a": 100, "b": 50})
    ratings(engine, [*rated("a"), *rated("b", {**POINTS, "Imagefaktor": 2, "Kaufhistorie": 3})])
    build(engine, basis(catalogue(), "value.money"))
    before, points_before = table(engine), points(engine)
    weights = {one.name: float(one.weight) for one in catalogue().criteria if one.weight}
    build(engine, basis(read({"weights": {**weights, "Imagefaktor": 0.5}}), "value.money"))
    after, points_after = table(engine), points(engine)
    changed = {name for customer in after for name in after[customer] if after[customer][name] != before[customer][name]}
    assert changed == {"score", "score_ideational", "score_money"}
    same = ("points", "provenance", "basis", "facts")
    assert [[row[name] for name in same] for row in points_before.values()] == [
        [row[name] for name in same] for row in points_after.values()
    ]


def test_weights_count_as_shares_of_their_sum(engine: Engine) -> None:
    customers(engine, {"a": 100})
    ratings(engine, rated("a"))
    build(engine, basis(read({"weights": {"Imagefaktor": 3, "Kaufhistorie": 1}})))
    assert table(engine)["a"]["score"] == pytest.approx((3 * 9 + 8) / 4)
    assert points(engine)["a", "Imagefaktor"]["share"] == 0.75


# ---- money ------------------------------------------------------------------------------------------------------------


def by_image(engine: Engine, scores: Mapping[str, float], clv: Mapping[str, float] | None = None) -> None:
    customers(engine, clv or dict.fromkeys(scores, 1.0))
    ratings(engine, [(who, "Imagefaktor", value, "Eva", "permission of 3 May") for who, value in scores.items()])


ONLY_IMAGE: Mapping[str, Any] = {"weights": {"Imagefaktor": 1}}


def test_a_pool_is_shared_by_score_to_the_cent(engine: Engine) -> None:
    by_image(engine, {"a": 6.88, "b": 4.10, "c": 5.25, "d": 2.77})
    build(engine, basis(read({**ONLY_IMAGE, "pool": 190_000})))
    assert [row["score_money"] for row in table(engine).values()] == [Decimal(amount) for amount in ("68800", "41000", "52500", "27700")]


def test_the_usual_pool_is_the_clv_above_zero_of_who_has_a_score_and_comes_out_to_the_cent(engine: Engine) -> None:
    by_image(engine, {"a": 1, "b": 1, "c": 1}, {"a": 100.01, "b": -50, "c": 0, "unrated": 7_000})
    facts = build(engine, basis(read(ONLY_IMAGE), "value.money")).facts
    rows = table(engine)
    # 100.01 by three: the odd cents go to the first.
    assert [rows[who]["score_money"] for who in "abc"] == [Decimal("33.34"), Decimal("33.34"), Decimal("33.33")]
    assert rows["unrated"]["score_money"] is None
    assert facts["money_sum"] == "100.01"


def test_scaling_the_pool_scales_what_each_gets(engine: Engine) -> None:
    by_image(engine, {"a": 6.88, "b": 4.10, "c": 5.25})
    found = []
    for pool in (1_623_000, 16_230):
        build(engine, basis(read({**ONLY_IMAGE, "pool": pool})))
        found.append([row["score_money"] for row in table(engine).values()])
    assert found[0] == [100 * amount for amount in found[1]]


def test_nobody_with_points_above_zero_shares_nothing(engine: Engine) -> None:
    by_image(engine, {"a": 0, "b": 0})
    build(engine, basis(read({**ONLY_IMAGE, "pool": 100})))
    assert [row["score_money"] for row in table(engine).values()] == [None, None]


def test_a_tariff_is_points_times_amount_times_annuity_and_may_be_added(engine: Engine) -> None:
    by_image(engine, {"a": 8, "b": 0})
    ratings(
        engine,
        [
            ("a", "Imagefaktor", 8, "Eva", "Logo erlaubt"),
            ("b", "Imagefaktor", 8, "Eva", "bekannt"),
            ("b", "Informationswert", 5, "Eva", ""),
        ],
    )
    about = basis(read({"money": "tariff", "tariff": {"Image": 25, "Informationswert": 10}}), "criteria.tariff")
    build(engine, about)
    factor = score.annuity(0.1, 1826 / 365.25)
    assert factor == pytest.approx(3.79, abs=0.005)
    rows = table(engine)
    assert float(rows["a"]["score_money"]) == pytest.approx(8 * 25 * factor, abs=0.005)
    # A name that must not be used brings no money.
    assert float(rows["b"]["score_money"]) == pytest.approx(5 * 10 * factor, abs=0.005)
    ideational = registry.load(room.ROOM, "ideational")
    facts = ideational.build(engine, about).facts
    assert ideational.standing == "addable"
    assert Decimal(facts["sum"]) == sum(row["ideational_value"] for row in table(engine, "component_ideational").values())


def test_a_calibrated_score_is_a_forecast_with_bounds(engine: Engine) -> None:
    by_image(engine, {"a": 2, "b": 5, "c": 9, "d": 10})
    # By the place among all scores: a quarter has none higher than a, half none higher than b.
    learned = Calibration((0.25, 0.75), (100.0, 500.0), (0.0, 100.0), (300.0, 900.0), "2024-12-31", 200, 0.3, 0.9)
    found = read({**ONLY_IMAGE, "money": "calibrated"})
    facts = build(engine, basis(found, scoring=Scoring(found, calibration=learned))).facts
    rows = table(engine)
    names = ("score_money", "score_money_lower", "score_money_upper")
    assert [[float(rows[who][name]) for name in names] for who in "abcd"] == [
        [100, 0, 300],
        [300, 50, 600],
        [500, 100, 900],
        [500, 100, 900],
    ]
    assert facts["calibration"]["skill"] == 0.3


def test_what_an_earlier_day_could_not_teach_is_told_and_gives_no_money(engine: Engine) -> None:
    from kundenwert.flows.scores import learned_of

    by_image(engine, {"a": 2})
    found = read({**ONLY_IMAGE, "money": "calibrated"})
    learned = learned_of(np.ones(30), np.ones(30), "2024-12-31")
    built = build(engine, basis(found, scoring=Scoring(found, calibration=learned)))
    assert table(engine)["a"]["score_money"] is None
    assert "30 customers had a score on 2024-12-31, 100 are needed" in str(built.notices[0])


# ---- both axes --------------------------------------------------------------------------------------------------------


def test_the_ideational_score_leaves_out_what_is_money_already(engine: Engine) -> None:
    customers(engine, {"a": 100})
    ratings(engine, rated("a"))
    build(engine, basis(catalogue()))
    kept = {one.name: float(one.weight) for one in catalogue().criteria if not one.is_money and one.weight}
    assert set(kept) == {"Imagefaktor", "Empfehlungswert", "Zukunftsperspektive", "Zahlungsmentalität", "Bonität", "Sympathiefaktor"}
    expected = sum(POINTS[name] * weight for name, weight in kept.items()) / sum(kept.values())
    assert table(engine)["a"]["score_ideational"] == pytest.approx(expected)


def test_who_is_high_on_one_axis_and_low_on_the_other_is_a_conflict(engine: Engine) -> None:
    scores = {"rich_and_disliked": 1, "poor_and_dear": 9, "both_high": 8, "middle_1": 5, "middle_2": 4, "middle_3": 6}
    clv = {"rich_and_disliked": 9_000, "poor_and_dear": 1, "both_high": 8_000, "middle_1": 50, "middle_2": 60, "middle_3": 70}
    by_image(engine, scores, clv)
    facts = build(engine, basis(read(ONLY_IMAGE), "value.money")).facts
    found = {who: row["conflict"] for who, row in table(engine).items() if row["conflict"]}
    assert found == {"rich_and_disliked": "money_high", "poor_and_dear": "points_high"}
    assert (facts["money_high"], facts["points_high"]) == (1, 1)


# ---- who is judged, and words -----------------------------------------------------------------------------------------


def test_objectors_and_collective_customers_are_judged_nowhere(engine: Engine) -> None:
    engine.remember("collective", ["cash"])
    customers(engine, {"a": 1, "cash": 1, "objector": 1}, level=["customer", "none", "objected"])
    ratings(engine, [*rated("a"), *rated("cash"), *rated("objector")])
    facts = build(engine, basis(only("Imagefaktor"))).facts
    assert list(table(engine)) == ["a"]
    assert {who for who, _ in points(engine)} == {"a"}
    assert facts["customers"] == 1


def test_a_base_of_nobody_known_has_no_scores_and_says_so(engine: Engine) -> None:
    customers(engine, {"a": 1})
    built = build(engine, basis(catalogue()))
    assert table(engine)["a"]["score"] is None
    assert [notice.key for notice in built.notices] == ["no_score"]
    assert score.PLUGIN.line(table(engine)["a"]) is None


def test_every_basis_has_german_words_and_the_sentence_of_the_page_too() -> None:
    german = _catalog("de")
    assert [notice.text for notice in (*(rule.basis for rule in rules().values()), *score.BASES) if notice.text not in german] == []


def test_the_sentence_of_a_page_says_score_coverage_and_points() -> None:
    row = {"score": 6.77, "coverage": 1.0, "points_total": 79.0, "points_possible": 120}
    assert str(score.PLUGIN.line(row)) == "Score 6.77 of 10 (79 of 120 points); 100% of the weights are known."
    assert "too few for a score" in str(score.PLUGIN.line({**row, "score": None, "coverage": 0.5}))


def test_the_formula_for_people_who_program_is_that_of_the_step() -> None:
    weights = [float(one.weight) for one in catalogue().criteria if one.weight]
    found, coverage = score.weighted(list(POINTS.values()), weights)
    assert found == pytest.approx(6.77)
    assert coverage == pytest.approx(1.0)


def test_every_rule_says_what_it_is_and_every_rule_that_ships_exists() -> None:
    known = rules()
    assert {one.rule for one in catalogue().criteria if one.rule} == set(known) - {"column"}
    assert all(rule.about.endswith(".") and rule.step == f"value/criteria/{name}.sql" for name, rule in known.items())


def test_the_version_of_a_catalogue_goes_by_whatever_changes_points_or_money() -> None:
    usual = catalogue()
    others = [
        read({"scale": "2026"}),
        read({"pool": 5}),
        read({"weights": {"Imagefaktor": 1}}),
        replace(usual, criteria=(*usual.criteria, Criterion("x"))),
    ]
    assert len({usual.version, *(one.version for one in others)}) == 5
    assert catalogue().version == usual.version
