"""Points, score and what they are worth in money: worked numbers, polarity, coverage, and what must not change anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from kundenwert import registry, sources
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine, Reading
from kundenwert.errors import SettingsError
from kundenwert.flows.catalogue import catalogue, read
from kundenwert.flows.company_tables import open_nothing
from kundenwert.records import Calibration, Catalogue, Criterion, Scoring
from kundenwert.register.criteria import further
from kundenwert.reports.language import _catalog
from kundenwert.value import components as room
from kundenwert.value.components import score
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.criteria import rules
from kundenwert.value.criteria.payment import points_of as payment_points

AS_OF = date(2025, 12, 31)
POINTS = {
    "Kaufhistorie": 8, "Deckungsbeitrag": 7, "Imagefaktor": 9, "Empfehlungswert": 8, "Zukunftsperspektive": 6, "Preissensibilität": 3,
    "Schnäppchenfaktor": 5, "Zahlungsmentalität": 9, "Bonität": 8, "Betreuungsaufwand": 4, "Sympathiefaktor": 7,
    "Reklamationsbereitschaft": 5,
}  # fmt: skip
OPTIONS = {option.name: option.default for option in score.PLUGIN.options}
Rows = Mapping[str, Mapping[str, Any]]


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        engine.remember("collective", [])
        for name in sources.tables():
            open_nothing(engine, name)
        ratings(engine, [])
        yield engine


def customers(engine: Engine, clv: Mapping[str, float], *, kind: str = "b2b", **columns: Sequence[Any]) -> None:
    """Customers without purchases, so that people alone judge them; kind: of their records."""
    names = list(clv)
    given = {"customer_id": names, "clv": list(clv.values()), "level": ["customer"] * len(names), **columns}
    empty = {"first_purchase": "DATE", "frequency": "INTEGER", "past": "DECIMAL(18,2)", "expected_purchases": "DOUBLE"}
    engine.load("given_customers", given)
    types = {**dict.fromkeys(given, ""), "clv": "DECIMAL(18,2)", **({"first_purchase": "DATE"} if "first_purchase" in given else {})}
    readings = {name: Reading((name,), type=kind) for name, kind in types.items()}
    absent = {name: Reading(type=kind) for name, kind in empty.items() if name not in given}
    engine.project("valued_customers", "given_customers", {**readings, **absent})
    engine.view("judged", "value/components/judged.sql")
    engine.view("customer_features", "value/components/no_features.sql")
    engine.load("customer_forecasts", {"customer_id": [""], "discounted_purchases": [0.0]})
    sold(engine, [("", 0, "", 0.0)])
    engine.load("records", {"customer_id": names, "kind": [kind] * len(names)})
    held = {name: Reading(type=kind) for name, kind in engine.columns("ledger_customers").items()}
    engine.project("ledger_customers_given", "records", {**held, "customer_id": Reading(("customer_id",)), "kind": Reading(("kind",))})
    engine.drop("ledger_customers")
    engine.rename("ledger_customers_given", "ledger_customers")


def sold(engine: Engine, lines: Sequence[tuple[str, int, str, float]]) -> None:
    """Lines of sales: customer, days before the as-of day, document, amount."""
    last = (AS_OF - date(1970, 1, 1)).days
    engine.load("booked", {
        "customer_id": [line[0] for line in lines], "day": [last - line[1] for line in lines], "document_id": [line[2] for line in lines],
        "amount": [line[3] for line in lines], "line_class": ["kept"] * len(lines), "is_non_product": [False] * len(lines),
    })  # fmt: skip


def ratings(engine: Engine, rows: Sequence[tuple[str, str, float, str, str]]) -> None:
    """customer, criterion, points, person, reason."""
    names = ("customer_id", "criterion", "points", "rated_by", "reason")
    columns: dict[str, Any] = {name: [row[place] for row in rows] or [""] for place, name in enumerate(names)}
    columns["points"] = [float(row[2]) for row in rows] or [0.0]
    columns["rated_at"] = [f"2025-06-01T09:00:{place:02}Z" for place in range(len(rows))] or [""]
    engine.load("register_ratings", columns)


def rated(customer: str, points: Mapping[str, float] = POINTS) -> list[tuple[str, str, float, str, str]]:
    """Every criterion as two people see it."""
    return [(customer, name, value, person, "seen at the fair") for name, value in points.items() for person in ("Eva", "Jan")]


def only(*names: str) -> Catalogue:
    """A catalogue of a few criteria with even weights; few are judged faster."""
    kept = tuple(replace(one, weight=Decimal(1)) for one in catalogue().criteria if one.name in names)
    return Catalogue(kept)


def basis(found: Catalogue, *given: str, **more: Any) -> Basis:
    about = {"options": OPTIONS, "scoring": Scoring(found), **more}
    return Basis(AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", frozenset(given), 0.3, **about)


def build(engine: Engine, about: Basis) -> Built:
    return room._checked(engine, "score", score.PLUGIN, score.PLUGIN.build(engine, about))


def table(engine: Engine, name: str = "component_score") -> Rows:
    rows = engine._connection.sql(f"select * from {name} order by all").fetchall()  # type: ignore[attr-defined]
    columns = list(engine.columns(name))
    return {row[0]: dict(zip(columns, row, strict=True)) for row in rows}


def points(engine: Engine) -> dict[tuple[str, str], dict[str, Any]]:
    """Of each customer and criterion what a run keeps of it."""
    query = """
        select customer_id, criterion, points, provenance, basis, share, code = 4 as is_unpermitted, fact_1, fact_2, fact_3
        from criterion_points join criterion_list using (place, code) join criterion_customers using (row_place)
        order by customer_id, place
    """
    found = engine._connection.sql(query)  # type: ignore[attr-defined]
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    facts = [[row[name] for name in ("fact_1", "fact_2", "fact_3") if row[name] is not None] for row in rows]
    return {(row["customer_id"], row["criterion"]): {**row, "facts": known} for row, known in zip(rows, facts, strict=True)}


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
