"""Who buys again, who recommends, and what a complaint does to the next purchase."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import company_records as company
import pytest
import rhythm_tables as tables

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Engine
from kundenwert.settings import read_options
from kundenwert.stats.proportions import wilson
from kundenwert.value import components as room
from kundenwert.value.components._component import Basis, Built
from kundenwert.value.components.recommendation import difference

PLUGIN = registry.load(room.ROOM, "recommendation")
REFERRALS = frozenset({"rhythm.now", "referrals.recommender_id", "referrals.customer_id"})


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as engine:
        yield engine


def build(
    engine: Engine,
    days: Mapping[str, Sequence[int]],
    records: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    given: frozenset[str] = REFERRALS,
    **options: Any,
) -> tuple[dict[str, dict[str, Any]], Built]:
    """days: of each customer, how many days before the as-of day purchases were."""
    tables.load(engine, days)
    for name, rows in (records or {}).items():
        company.load_table(engine, name, rows)
    chosen = read_options(options, PLUGIN.options, "components.recommendation")
    built: Built = PLUGIN.build(engine, Basis(tables.AS_OF, 365.0, 1826.0, 0.1, "contribution", "EUR", given, options=chosen))
    return tables.rows(engine, "recommendation"), built


def complaint(customer: str, ago: int, settled_after: int | None, satisfaction: float | None = None) -> dict[str, Any]:
    day = tables.ago(ago)
    resolved = None if settled_after is None else day + timedelta(days=settled_after)
    return {"complaint_id": f"{customer}{ago}", "customer_id": customer, "date": day, "resolved_on": resolved, "satisfaction": satisfaction}


# ---------- repurchase ----------


def test_the_first_purchase_is_repeated_in_time_too_late_or_not_known_yet(engine: Engine) -> None:
    days = {"log": [1000], "in time": [800, 436], "late": [800, 434], "never": [800], "waits": [100], "quick": [100, 50]}
    found, _ = build(engine, days, repurchase_days=365)
    assert {name: row["repurchased"] for name, row in found.items() if name != "log"} == {
        "in time": True, "late": False, "never": False, "waits": None, "quick": True,
    }  # fmt: skip


def test_rates_count_only_customers_whose_time_is_over(engine: Engine) -> None:
    """Of those who came lately only the quick ones are known to have come back; they would make the rate too high."""
    days = {f"old{n}": [700, 690] if n < 6 else [700] for n in range(12)} | {f"new{n}": [80, 60] for n in range(12)}
    _, built = build(engine, days)
    old, new = built.facts["cohorts"]
    assert (old["repurchase"]["count"], old["repurchase"]["of"], old["repurchase"]["share"]) == (6, 12, 0.5)
    assert old["repurchase"]["interval"] == list(wilson(6, 12))
    assert (new["customers"], new["repurchase"]["of"], new["repurchase"]["share"]) == (12, 0, None)


def test_who_was_a_customer_before_the_log_begins_is_no_new_one(engine: Engine) -> None:
    days = {"old": [700, 690], "new": [600]}
    records = {"customers": [{"customer_id": "old", "acquired_on": date(2010, 1, 1)}]}
    found, built = build(engine, days, records)
    assert (found["old"]["cohort"], found["old"]["repurchased"], found["old"]["came_recommended"]) == ("earlier", None, None)
    assert (found["new"]["cohort"], found["new"]["came_recommended"]) == ("2023-Q4", False)
    assert [cohort["cohort"] for cohort in built.facts["cohorts"]] == ["earlier", "2023-Q4"]


def test_of_a_long_log_cohorts_are_years(engine: Engine) -> None:
    found, _ = build(engine, {"a": [2000], "b": [10]})
    assert [found[name]["cohort"] for name in "ab"] == ["2020", "2025"]


def test_the_rate_of_the_year_is_of_those_who_bought_the_year_before(engine: Engine) -> None:
    days = {f"stayed{n}": [500, 100] for n in range(9)} | {f"left{n}": [500] for n in range(3)} | {"new": [50], "log": [1000]}
    _, built = build(engine, days)
    assert (built.facts["year"]["repurchase"]["count"], built.facts["year"]["repurchase"]["of"]) == (9, 12)
    _, built = build(engine, {"a": [500, 100]})
    assert built.facts["year"]["repurchase"] is None


# ---------- recommendation ----------


def referrals() -> tuple[dict[str, list[int]], dict[str, list[dict[str, Any]]]]:
    """Twelve older customers of whom two recommend, twenty new ones of whom five come by them."""
    days = {f"old{n:02}": [700, 100] for n in range(12)} | {f"new{n:02}": [200] for n in range(20)}
    came = [{"recommender_id": f"old{n % 2:02}", "customer_id": f"new{n:02}", "date": tables.ago(205)} for n in range(5)]
    return days, {"referrals": came}


def test_the_share_of_new_customers_by_recommendation_and_of_recommenders_is_told_with_intervals(engine: Engine) -> None:
    days, records = referrals()
    found, built = build(engine, days, records)
    year = built.facts["year"]
    assert (year["new_by_recommendation"]["share"], year["new_by_recommendation"]["of"]) == (0.25, 20)
    assert year["new_by_recommendation"]["interval"] == list(wilson(5, 20))
    assert (year["recommendation"]["count"], year["recommendation"]["of"]) == (2, 32)
    old, new = built.facts["cohorts"]
    assert (old["recommendation"]["share"], new["recommendation"]["share"]) == (2 / 12, 0.0)
    assert new["by_recommendation"]["share"] == 0.25
    assert sum(bool(row["came_recommended"]) for row in found.values()) == 5


def test_without_a_table_of_referrals_nothing_is_said_of_them(engine: Engine) -> None:
    days, _ = referrals()
    found, built = build(engine, days, given=frozenset({"rhythm.now"}))
    assert {row["came_recommended"] for row in found.values()} == {None}
    assert built.facts["year"]["recommendation"] is None
    assert "recommendation" not in built.facts["cohorts"][0]


def test_of_few_customers_no_share_is_told(engine: Engine) -> None:
    _, built = build(engine, {f"c{n}": [700, 690] for n in range(9)})
    assert built.facts["cohorts"][0]["repurchase"] == {"count": 9, "of": 9, "share": None, "interval": None}


def test_reviews_are_counted_by_their_names(engine: Engine) -> None:
    contacts = [
        {"customer_id": "a", "date": tables.ago(5), "purpose": " Rezension"},
        {"customer_id": "a", "date": tables.ago(5), "purpose": "Bedarf"},
    ]
    activities = [{"customer_id": "a", "date": tables.ago(5), "driver": "Kundenstimme", "count": 1}]
    found, _ = build(engine, {"a": [100], "b": [100]}, {"contacts": contacts, "activities": activities})
    assert (found["a"]["reviews"], found["b"]["reviews"]) == (2, None)


def review(customer: str) -> dict[str, Any]:
    return {"customer_id": customer, "date": tables.ago(5), "purpose": "Referenzbericht"}


def test_a_review_is_worth_what_the_project_says_or_what_those_brought_who_came_by_reviews(engine: Engine) -> None:
    """Customers of 200 each (past and clv 100): ten came by reviews, of which there are four: 500 a review."""
    days = {f"c{place}": [100] for place in range(14)}
    contacts = [review("c12"), review("c12"), review("c12"), review("c13")]
    came = [{"customer_id": f"c{place}", "channel": "Bewertungsportal"} for place in range(10)]
    found, built = build(engine, days, {"contacts": contacts, "customers": came})
    assert built.facts["reviews"] == {"reviews": 4, "customers": 2, "came": 10, "each": 500.0, "source": "counted"}
    assert (found["c12"]["reviews_value"], found["c0"]["reviews_value"]) == (Decimal("1500.00"), None)
    found, built = build(engine, days, {"contacts": contacts, "customers": came}, review_worth=80)
    assert (found["c12"]["reviews_value"], built.facts["reviews"]["source"]) == (Decimal("240.00"), "given")


def test_reviews_without_anybody_whom_they_brought_are_counted_and_it_is_said_why(engine: Engine) -> None:
    found, built = build(engine, {"a": [100]}, {"contacts": [review("a")]})
    assert (found["a"]["reviews"], found["a"]["reviews_value"]) == (1, None)
    assert [notice.key for notice in built.notices] == ["reviews_unpriced"]
    _, built = build(engine, {"a": [100]})
    assert built.notices == ()


# ---------- after a complaint ----------


def complained(well_again: int, well_gone: int, badly_again: int, badly_gone: int) -> tuple[dict[str, list[int]], list[dict[str, Any]]]:
    days: dict[str, list[int]] = {}
    rows = []
    groups = (("wa", well_again, 5, True), ("wg", well_gone, 5, False), ("ba", badly_again, 40, True), ("bg", badly_gone, 40, False))
    for name, count, settled_after, again in groups:
        for n in range(count):
            days[f"{name}{n}"] = [400, 320, *([200] if again else [])]
            rows.append(complaint(f"{name}{n}", 310, settled_after))
    return days, rows


def test_repurchase_after_complaints_settled_and_not_is_told_with_difference_and_interval(engine: Engine) -> None:
    days, rows = complained(18, 2, 8, 12)
    _, built = build(engine, days, {"complaints": rows})
    found = built.facts["complaints"]
    assert (found["settled"]["share"], found["not_settled"]["share"]) == (0.9, 0.4)
    assert found["settled"]["interval"] == list(wilson(18, 20))
    expected = difference(18, 20, 8, 20)
    assert found["settled_less_not"] == {"difference": expected[0], "interval": list(expected[1:])}
    assert found["well_less_badly"] == found["settled_less_not"]
    assert expected[1] > 0
    (notice,) = built.notices
    assert str(notice).startswith(
        "After a complaint that was handled well 90% bought again within 180 days, after one that was handled badly 40%."
    )


def test_without_a_difference_no_notice_is_given(engine: Engine) -> None:
    days, rows = complained(12, 3, 11, 4)
    _, built = build(engine, days, {"complaints": rows})
    assert built.facts["complaints"]["well_less_badly"]["interval"][0] < 0
    assert built.notices == ()


def test_a_bad_grade_makes_a_settled_complaint_a_badly_handled_one(engine: Engine) -> None:
    days = {f"c{n}": [400] for n in range(20)}
    rows = [complaint(f"c{n}", 310, 5, satisfaction=1 if n < 10 else 4) for n in range(20)]
    _, built = build(engine, days, {"complaints": rows})
    found = built.facts["complaints"]
    assert (found["settled"]["of"], found["not_settled"]["of"]) == (20, 0)
    assert (found["well"]["of"], found["badly"]["of"]) == (10, 10)


def test_only_purchases_after_the_settling_time_count_and_only_in_time(engine: Engine) -> None:
    days = {"before": [400, 305], "after": [400, 295], "late": [400, 100]}
    found, _ = build(engine, days, {"complaints": [complaint(name, 310, 5) for name in days]}, settled_days=14, complaint_days=180)
    assert {name: row["complaint_followed"] for name, row in found.items()} == {"before": False, "after": True, "late": False}


def test_a_complaint_of_lately_says_nothing_yet(engine: Engine) -> None:
    found, built = build(engine, {"a": [400, 100]}, {"complaints": [complaint("a", 120, 5)]})
    assert found["a"]["complaint_followed"] is None
    assert built.facts["complaints"]["settled"]["of"] == 0


def test_each_customer_counts_once_with_the_first_complaint_of_its_kind(engine: Engine) -> None:
    """Who stays complains more often: counting every complaint would make staying look more likely."""
    days = {"a": [700, 680, 600, 550, 380, 300]}
    rows = [complaint("a", ago, 5) for ago in (670, 590, 540, 370)] + [complaint("a", 290, None)]
    _, built = build(engine, days, {"complaints": rows})
    found = built.facts["complaints"]
    assert (found["settled"]["count"], found["settled"]["of"]) == (1, 1)
    assert (found["not_settled"]["count"], found["not_settled"]["of"]) == (0, 1)


def test_where_nobody_notes_settlements_grades_alone_tell(engine: Engine) -> None:
    days = {"a": [400, 200], "b": [400]}
    rows = [complaint("a", 310, None, satisfaction=5), complaint("b", 310, None, satisfaction=1)]
    _, built = build(engine, days, {"complaints": rows})
    found = built.facts["complaints"]
    assert (found["settled"]["of"], found["not_settled"]["of"]) == (0, 0)
    assert (found["well"]["of"], found["badly"]["of"]) == (1, 1)


def test_the_difference_of_two_shares_is_that_of_newcombe() -> None:
    """Newcombe 1998, table II, method 10: 56/70 less 48/80, 9/10 less 3/10, 10/10 less 0/10."""
    assert [round(part, 4) for part in difference(56, 70, 48, 80, 0.95)] == [0.2, 0.0524, 0.3339]
    assert [round(part, 4) for part in difference(9, 10, 3, 10, 0.95)] == [0.6, 0.1705, 0.8090]
    assert [round(part, 4) for part in difference(10, 10, 0, 10, 0.95)] == [1.0, 0.6075, 1.0]


def test_the_sentences() -> None:
    nothing = {"complaint_followed": None, "came_recommended": None}
    assert PLUGIN.line(nothing) is None
    assert PLUGIN.line({**nothing, "complaint_followed": True}) is None
    assert "Has not bought again" in str(PLUGIN.line({**nothing, "complaint_followed": False}))
    assert str(PLUGIN.line({**nothing, "came_recommended": True})) == "Came by recommendation."
    of_reviews = {**nothing, "reviews": 2, "reviews_value": None}
    assert str(PLUGIN.line(of_reviews)) == "Reviews and references this customer gave: 2."
    assert "worth 160.00" in str(PLUGIN.line({**of_reviews, "reviews_value": Decimal("160.00")}))
