"""Points from data and from people: their formulas, what goes before what, and who is never judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from score_tables import basis, build, customers, only, points, rated, ratings, sold, table

from kundenwert import sources
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine, Reading
from kundenwert.errors import SettingsError
from kundenwert.flows.catalogue import read
from kundenwert.flows.company_tables import open_nothing
from kundenwert.records import Catalogue, Scoring
from kundenwert.register.criteria import further
from kundenwert.value.criteria.payment import points_of as payment_points


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        engine.remember("collective", [])
        for name in sources.tables():
            open_nothing(engine, name)
        ratings(engine, [])
        yield engine


# ---- points from data -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "disputed", "expected"), [(0, 0, 10), (38, 0, 10 - 38 / 6), (0, 0.1, 9), (12, 0.25, 5.5), (90, 0, 0), (6, 1, 0)]
)
def test_a_sixth_of_a_point_a_day_late_and_one_point_for_each_tenth_disputed(days: float, disputed: float, expected: float) -> None:
    assert payment_points(days, disputed) == pytest.approx(expected)


def features(engine: Engine, **columns: Sequence[Any]) -> None:
    engine.load("customer_features_given", columns)
    engine.drop("customer_features")
    engine.project("customer_features", "customer_features_given", {name: Reading((name,)) for name in columns})


def test_the_step_gives_the_points_of_the_formula(engine: Engine) -> None:
    customers(engine, {"a": 1, "b": 1})
    features(engine, customer_id=["a", "b"], days_beyond_terms=[12.0, 90.0], disputed_share=[0.25, 0.0])
    build(engine, basis(only("Zahlungsmentalität"), "features.days_beyond_terms"))
    found = points(engine)
    assert float(found["a", "Zahlungsmentalität"]["points"]) == pytest.approx(payment_points(12.0, 0.25))
    assert float(found["b", "Zahlungsmentalität"]["points"]) == 0
    assert found["a", "Zahlungsmentalität"]["provenance"] == "data"


def test_data_go_before_a_rating_and_a_rating_before_nothing(engine: Engine) -> None:
    customers(engine, {"a": 1, "b": 1, "c": 1})
    features(engine, customer_id=["a"], days_beyond_terms=[12.0])
    ratings(engine, [(who, "payment behaviour", 3, "Eva", "") for who in "ab"])
    build(engine, basis(only("Zahlungsmentalität"), "features.days_beyond_terms"))
    found = {who: points(engine)[who, "Zahlungsmentalität"] for who in "abc"}
    assert [found[who]["provenance"] for who in "abc"] == ["data", "rating", "missing"]
    assert [float(found[who]["points"]) for who in "ab"] == [8, 3]


def test_comparisons_take_ties_at_the_better_end_and_ten_is_for_the_best(engine: Engine) -> None:
    customers(engine, dict.fromkeys("abcde", 1))
    engine.load("contribution", {
        "customer_id": list("abcde"), "unallocated": np.ma.masked_all(5, dtype="U1"), "net": [100.0] * 5,
        "marketing": [0.0] * 5, "sales": [10.0, 10.0, 20.0, 40.0, 0.0], "service": [0.0] * 5, "logistics": [0.0] * 5,
    })  # fmt: skip
    engine._connection.execute("update contribution set unallocated = null")  # type: ignore[attr-defined]
    build(engine, basis(only("Betreuungsaufwand"), "contribution.db4"))
    found = [float(points(engine)[who, "Betreuungsaufwand"]["points"]) for who in "abcde"]
    # Who costs least has 10 points: care effort is turned round.
    assert found == pytest.approx([8, 8, 4, 2, 10])


def test_complaints_with_a_reason_are_never_held_against_a_customer(engine: Engine) -> None:
    customers(engine, {"often_right": 1, "once_wrong": 1, "never": 1})
    sold(engine, [(who, n, f"{who}{n}", 1.0) for who in ("often_right", "once_wrong", "never") for n in range(10)])
    engine.drop("ledger_complaints")
    engine.load("complained", {
        "customer_id": ["often_right"] * 8 + ["once_wrong"], "outcome": ["Gutschrift"] * 8 + ["Als unberechtigt abgelehnt"],
        "date": ["2025-03-01"] * 9,
    })  # fmt: skip
    readings = {name: Reading((name,)) for name in ("customer_id", "outcome")}
    engine.project("ledger_complaints", "complained", {**readings, "date": Reading(("date",), type="DATE")})
    build(engine, basis(only("Reklamationsbereitschaft"), "complaints.outcome"))
    found = {who: float(points(engine)[who, "Reklamationsbereitschaft"]["points"]) for who in ("often_right", "once_wrong", "never")}
    assert found == {"often_right": 10, "never": 10, "once_wrong": pytest.approx(10 / 3)}


def own_column(name: str, **how: str) -> Catalogue:
    found = read({"weights": {"Imagefaktor": 1}, "own": {name: {"column": "worth", **how}}})
    return replace(found, criteria=tuple(one for one in found.criteria if one.name == name))


def test_a_scale_is_used_again_and_places_new_customers_on_it(engine: Engine) -> None:
    own = own_column("Preistreue", best="high")
    customers(engine, dict.fromkeys("abcd", 1), worth=[1.0, 2.0, 3.0, 4.0])
    kept = build(engine, basis(own)).kept["breaks"]
    assert [float(points(engine)[who, "Preistreue"]["points"]) for who in "abcd"] == [2.5, 5, 7.5, 10]
    customers(engine, dict.fromkeys("vwxyz", 1), worth=[0.5, 2.0, 2.5, 4.0, 99.0])
    again = build(engine, basis(own, scoring=Scoring(own, kept)))
    # By a line between 2 (half of the customers up to it) and 3 (half of them below it).
    assert [float(points(engine)[who, "Preistreue"]["points"]) for who in "vwxyz"] == [0, 5, 5, 10, 10]
    assert again.kept["breaks"] == kept
    build(engine, basis(own))
    assert float(points(engine)["y", "Preistreue"]["points"]) == 8


def test_a_long_scale_is_cut_to_a_hundred_values_and_stays_within_a_tenth_of_a_point(engine: Engine) -> None:
    rng = np.random.default_rng(3)
    worth = np.concatenate([np.zeros(2000), rng.gamma(0.5, 100, 3000)])
    own = own_column("Eigen")
    customers(engine, {f"c{n:04}": 1 for n in range(5000)}, worth=worth)
    kept = build(engine, basis(own)).kept["breaks"]["column worth high"]
    assert 50 < len(kept) <= 101
    found = points(engine)
    exact = [10 * np.mean(worth <= value) for value in worth]
    assert max(abs(float(found[f"c{n:04}", "Eigen"]["points"]) - exact[n]) for n in range(5000)) < 0.11
    # Ties in the middle of the scale are exact.
    assert float(found["c0000", "Eigen"]["points"]) == pytest.approx(4.0)


def test_low_may_be_best_and_a_column_that_is_no_number_is_refused(engine: Engine) -> None:
    customers(engine, dict.fromkeys("abcd", 1), worth=[1.0, 2.0, 3.0, 4.0])
    build(engine, basis(own_column("Eigen", best="low")))
    assert [float(points(engine)[who, "Eigen"]["points"]) for who in "abcd"] == [10, 7.5, 5, 2.5]
    with pytest.raises(SettingsError, match="'level', which is no number of this run"):
        build(engine, basis(own_column("Eigen", column="level")))


def found_points(engine: Engine, criterion: str, *given: str) -> dict[str, tuple[float | None, str]]:
    build(engine, basis(only(criterion), *given))
    rows = {who: row for (who, name), row in points(engine).items() if name == criterion}
    return {who: (None if row["points"] is None else float(row["points"]), row["provenance"]) for who, row in rows.items()}


def test_new_customers_have_no_points_on_their_history_instead_of_few(engine: Engine) -> None:
    days = ["2023-01-01", "2024-06-01", "2025-12-01"]
    customers(engine, dict.fromkeys("abc", 1), first_purchase=days, frequency=[20, 4, 0], past=[900.0, 100.0, 5.0])
    assert found_points(engine, "Kaufhistorie") == {"a": (10, "data"), "b": (5, "data"), "c": (None, "missing")}


def test_contribution_to_come_is_that_of_the_horizon_not_of_the_whole_clv(engine: Engine) -> None:
    # The same clv, but the second buys later: its contribution of the next 12 months is half.
    first = ["2023-01-01"] * 2
    customers(engine, {"soon": 400, "late": 400}, first_purchase=first, frequency=[1, 1], expected_purchases=[4.0, 2.0])
    engine.load("customer_forecasts", {"customer_id": ["soon", "late"], "discounted_purchases": [10.0, 10.0]})
    assert found_points(engine, "Deckungsbeitrag", "value.money") == {"soon": (10, "data"), "late": (5, "data")}
    assert points(engine)["late", "Deckungsbeitrag"]["facts"] == [80.0]


def test_recommenders_rise_with_each_customer_who_bought_and_none_counts_after_a_year_only(engine: Engine) -> None:
    first = ["2020-01-01", "2020-01-01", "2025-11-01", "2025-06-01", "2020-01-01"]
    customers(engine, dict.fromkeys(["two", "nobody", "new", "guest", "rated"], 1), first_purchase=first, frequency=[1] * 5)
    engine.drop("ledger_referrals")
    brought = {
        "recommender_id": ["two", "two", "two", "nobody"],
        "customer_id": ["new", "guest", "stranger", "nobody"],
        "date": ["2025-01-01"] * 4,
    }
    engine.load("brought", brought)
    engine.project("ledger_referrals", "brought", {**{name: Reading((name,)) for name in brought}, "date": Reading(("date",), type="DATE")})
    ratings(engine, [("rated", "Empfehlungswert", 6, "Eva", "")])
    assert found_points(engine, "Empfehlungswert", "referrals.recommender_id") == {
        "two": (7.5, "data"),
        "nobody": (0, "data"),
        "rated": (6, "rating"),
        "new": (None, "missing"),
        "guest": (None, "missing"),
    }


def test_outlook_is_growth_and_a_rating_counts_half(engine: Engine) -> None:
    customers(engine, dict.fromkeys(["grows", "falls", "new"], 1), first_purchase=["2023-01-01", "2023-01-01", "2025-01-01"])
    sold(
        engine,
        [("grows", 10, "", 200.0), ("grows", 400, "", 100.0), ("falls", 10, "", 50.0), ("falls", 720, "", 100.0), ("new", 9, "", 9.0)],
    )
    ratings(engine, [(who, "Outlook", 2, "Eva", "") for who in ("falls", "new")])
    found = found_points(engine, "Zukunftsperspektive", "value.money")
    assert found == {"grows": (10, "data"), "falls": (3.5, "both"), "new": (2, "rating")}


def test_who_pays_less_than_others_and_who_buys_on_promotion_has_few_points(engine: Engine) -> None:
    customers(engine, dict.fromkeys("abc", 1))
    features(
        engine,
        customer_id=["a", "b", "c"],
        price_realisation=[0.85, 0.95, 0.97],
        price_against_peers=[0.9, 1.0, 1.1],
        promotion_share=[1.0, 0.2, 0.3],
        # A promotion below cost says nothing as a share of contribution.
        promotion_contribution_share=[1.0, 0.1, -0.4],
    )
    given = [f"features.{name}" for name in ("price_realisation", "price_against_peers", "promotion_share")]
    price = found_points(engine, "Preissensibilität", *given)
    assert [price[who][0] for who in "abc"] == pytest.approx([10 / 3, 20 / 3, 10], abs=1e-6)
    bargains = found_points(engine, "Schnäppchenfaktor", *given)
    assert [bargains[who][0] for who in "abc"] == pytest.approx([0, 9, 7])


def test_the_best_band_of_the_credit_index_has_ten_and_the_worst_none(engine: Engine) -> None:
    customers(engine, dict.fromkeys("abc", 1))
    engine.load("credit_bands", {"above": [99.9, 200.0, 300.0], "up_to": [200.0, 300.0, 600.0], "chance": [0.01, 0.05, 1.0]})
    features(engine, customer_id=["a", "b", "c"], credit_index=[100.0, 300.0, 600.0], default_probability=[0.01, 0.05, 1.0])
    found = found_points(engine, "Bonität", "features.credit_index", "features.default_probability")
    assert found == {"a": (10, "data"), "b": (5, "data"), "c": (0, "data")}


# ---- points from people -----------------------------------------------------------------------------------------------


def test_likeability_is_the_mean_of_at_least_two_people(engine: Engine) -> None:
    customers(engine, {"one": 1, "two": 1})
    ratings(
        engine, [("one", "Sympathiefaktor", 9, "Eva", ""), ("two", "likeability", 9, "Eva", ""), ("two", "Sympathiefaktor", 4, "Jan", "")]
    )
    build(engine, basis(only("Sympathiefaktor")))
    one, two = (points(engine)[who, "Sympathiefaktor"] for who in ("one", "two"))
    assert (one["points"], one["provenance"], one["facts"]) == (None, "missing", [1.0, 2.0])
    assert (float(two["points"]), two["provenance"]) == (6.5, "rating")


def test_of_each_person_the_newest_rating_counts(engine: Engine) -> None:
    customers(engine, {"a": 1})
    ratings(engine, [("a", "Imagefaktor", 2, "Eva", ""), ("a", "Imagefaktor", 8, "eva ", ""), ("a", "Image", 4, "Jan", "")])
    build(engine, basis(only("Imagefaktor")))
    assert float(points(engine)["a", "Imagefaktor"]["points"]) == 6


@pytest.mark.parametrize("kind", ["b2b", "b2c"])
def test_private_persons_are_judged_neither_on_likeability_nor_on_creditworthiness(engine: Engine, kind: str) -> None:
    customers(engine, {"a": 1}, kind=kind)
    ratings(engine, rated("a"))
    build(engine, basis(only("Imagefaktor", "Bonität", "Sympathiefaktor")))
    found = {name: points(engine)["a", name]["provenance"] for name in ("Sympathiefaktor", "Bonität", "Imagefaktor")}
    expected = "rating" if kind == "b2b" else "missing"
    assert found == {"Sympathiefaktor": expected, "Bonität": expected, "Imagefaktor": "rating"}


def test_creditworthiness_of_whom_nothing_tells_to_be_a_company_stays_open(engine: Engine) -> None:
    customers(engine, {"a": 1}, kind="")
    ratings(engine, rated("a"))
    build(engine, basis(only("Bonität")))
    assert points(engine)["a", "Bonität"]["provenance"] == "missing"
    assert points(engine)["a", "Bonität"]["basis"] == "Not judged: this is for companies only."


@pytest.mark.parametrize(
    ("reason", "is_noted"),
    [
        ("Referenzkunde, Logo schriftlich erlaubt am 3. Mai", True),
        ("written permission of 3 May", True),
        ("großer Name", False),
        ("Logo ist nicht erlaubt", False),
        ("ohne schriftliche Erlaubnis", False),
    ],
)
def test_image_without_a_note_of_permission_counts_and_is_told(engine: Engine, reason: str, is_noted: bool) -> None:
    customers(engine, {"a": 1})
    ratings(engine, [("a", "Imagefaktor", 8, "Eva", reason)])
    told = build(engine, basis(only("Imagefaktor")))
    row = points(engine)["a", "Imagefaktor"]
    assert float(row["points"]) == 8
    assert row["is_unpermitted"] is not is_noted
    assert ("image_without_permission" in {notice.key for notice in told.notices}) is not is_noted


def test_a_lead_customer_is_flagged_by_a_rating_and_counts_for_nothing(engine: Engine) -> None:
    customers(engine, {"lead": 1, "not": 1, "nobody": 1})
    ratings(engine, [("lead", "Vorreiterkunde", 8, "Eva", "tests every prototype"), ("not", "lead customer", 2, "Eva", "waits")])
    facts = build(engine, basis(replace(only(), criteria=further()))).facts
    rows = table(engine)
    assert [rows[who]["lead_customer"] for who in ("lead", "not", "nobody")] == [True, False, None]
    assert facts["lead_customers"] == 1
    assert rows["lead"]["points_possible"] == 0


def test_a_renamed_criterion_keeps_its_rule_and_what_people_gave_it(engine: Engine) -> None:
    renamed = read({"rename": {"Imagefaktor": "Renommee"}})
    customers(engine, {"a": 1})
    ratings(engine, rated("a"))
    build(engine, basis(renamed))
    assert float(points(engine)["a", "Renommee"]["points"]) == 9
    assert table(engine)["a"]["score"] == 6.77
