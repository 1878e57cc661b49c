"""Who buys again and who recommends, by cohort, and what a complaint does to the next purchase (R27, R62, R88)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import number, whole
from kundenwert.value.components._reading import if_given, words

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# Of fewer customers no share is told.
LEAST: Final = 10
# Cohorts are years where the log is longer than this, else quarters.
_QUARTERS_UP_TO: Final = 4 * 365.25
# Two years, a month less: the first purchase of a log is not on its first day.
_TWO_YEARS: Final = 2 * 365 - 31
_REVIEWS: Final = (
    "bewertung", "rezension", "kundenstimme", "referenz", "referenzbericht", "review", "testimonial", "case study", "reference",
)  # fmt: skip
_CHANNELS: Final = (*_REVIEWS, "bewertungen", "rezensionen", "referenzen", "kundenstimmen", "reviews", "testimonials", "bewertungsportal")


def worth_of_review(reviews: int, came: int, worth: float) -> float | None:
    """What a review has brought on average: the value of the customers who say that reviews brought them, shared by all reviews.

    None without a review or with fewer than ten such customers. An attribution: the value of these customers is theirs.

    >>> worth_of_review(40, 10, 60_000.0), worth_of_review(40, 9, 60_000.0)
    (1500.0, None)
    """
    return worth / reviews if reviews and came >= LEAST else None


def difference(again: int, of: int, other_again: int, other_of: int, level: float = 0.9) -> tuple[float, float, float]:
    """Difference of two shares, again / of less other_again / other_of, with its interval of `level`; both groups have at least one.

    Source: Newcombe 1998 (Statistics in Medicine 17), method 10: the intervals of Wilson of both, combined.

    >>> [round(part, 4) for part in difference(56, 70, 48, 80, 0.95)]
    [0.2, 0.0524, 0.3339]
    """
    from kundenwert.stats.proportions import wilson

    share, other = again / of, other_again / other_of
    (low, high), (other_low, other_high) = wilson(again, of, level), wilson(other_again, other_of, level)
    below, above = math.hypot(share - low, other_high - other), math.hypot(high - share, other - other_low)
    return share - other, share - other - below, share - other + above


def _build(engine: Engine, basis: Basis) -> Built:
    (log,) = engine.rows("value/components/recommendation_log.sql")
    options, now = basis.options, log["now"]
    spans = {"now": now, "settled": options["settled_days"], "window": options["complaint_days"]}
    engine.table("followed_complaints", "value/components/recommendation_complaints.sql", in_any_order=True, **spans)
    by_quarter = now - log["first_day"] < _QUARTERS_UP_TO
    (reviewed,) = engine.rows(
        "value/components/recommendation_reviews.sql",
        as_of=basis.as_of,
        reviews=list(options["reviews"]),
        channels=list(options["review_channels"]),
    )
    reviews = _reviews(reviewed, options)
    has_referrals = {"referrals.recommender_id", "referrals.customer_id"} <= basis.given
    engine.table(
        "component_recommendation",
        "value/components/recommendation.sql",
        in_any_order=True,
        as_of=basis.as_of,
        now=now,
        log_begins=log["first_day"],
        window=options["repurchase_days"],
        by_quarter=by_quarter,
        has_referrals=has_referrals,
        reviews=list(options["reviews"]),
        review_worth=reviews["each"],
    )
    (year,) = engine.rows("value/components/recommendation_year.sql", as_of=basis.as_of, now=now)
    window = {"now": now, "window": options["repurchase_days"]}
    cohorts = engine.rows("value/components/recommendation_cohorts.sql", as_of=basis.as_of, **window)
    handled = {row["name"]: row for row in engine.rows("value/components/recommendation_handled.sql")}
    engine.drop("followed_complaints")
    complaints, is_long = _complaints(handled, options), now - log["first_day"] >= _TWO_YEARS
    facts = {
        "repurchase_days": options["repurchase_days"],
        "year": _year(year, has_referrals=has_referrals, is_long=is_long, is_entry_known=is_long or "customers.acquired_on" in basis.given),
        "cohorts": [_cohort(row, has_referrals=has_referrals) for row in cohorts],
        "complaints": complaints,
        "reviews": reviews,
    }
    return Built(facts, (*_notices(complaints), *_notices_of(reviews)))


def _reviews(found: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Reviews with what one is worth: given, else counted from customers whom reviews brought, else not told."""
    given = options["review_worth"]
    counted = worth_of_review(found["reviews"], found["came"], found["worth"] or 0.0)
    each = counted if given is None else given
    source = "given" if given is not None else "unknown" if counted is None else "counted"
    told = {name: found[name] for name in ("reviews", "customers", "came")}
    return {**told, "each": None if each is None else round(each, 2), "source": source}


def _notices_of(reviews: Mapping[str, Any]) -> Iterator[Notice]:
    if reviews["reviews"] and reviews["each"] is None:
        text = (
            "Reviews and references of customers: {reviews}. They have no value in money: fewer than {least} customers say that reviews "
            "brought them. Name review_worth under [components.recommendation] to show one, as an assumption."
        )
        yield Notice("reviews_unpriced", text, {"reviews": reviews["reviews"], "least": LEAST})


def share_of(count: int, of: int) -> dict[str, Any]:
    """A share with its 90 % interval, both None where there are too few to tell."""
    from kundenwert.stats.proportions import wilson

    counted = {"count": count, "of": of}
    if of < LEAST:
        return {**counted, "share": None, "interval": None}
    return {**counted, "share": count / of, "interval": list(wilson(count, of))}


def _year(row: Mapping[str, int], *, has_referrals: bool, is_long: bool, is_entry_known: bool) -> dict[str, Any]:
    """Repurchase asks for two years of log; in a shorter one nobody knows who is new unless the records say it."""
    return {
        "repurchase": share_of(row["again"], row["before"]) if is_long else None,
        "recommendation": share_of(row["recommenders"], row["customers"]) if has_referrals else None,
        "new_by_recommendation": share_of(row["recommended"], row["new"]) if has_referrals and is_entry_known else None,
    }


def _cohort(row: Mapping[str, Any], *, has_referrals: bool) -> dict[str, Any]:
    told = {"cohort": row["cohort"], "customers": row["customers"], "repurchase": share_of(row["again"], row["observed"])}
    of_referrals = {
        "recommendation": share_of(row["recommenders"], row["customers"]),
        "by_recommendation": share_of(row["recommended"] if row["known"] else 0, row["known"]),
    }
    return told | (of_referrals if has_referrals else {})


def _complaints(handled: Mapping[str, Mapping[str, int]], options: Mapping[str, Any]) -> dict[str, Any]:
    shares = {name: share_of(row["again"], row["customers"]) for name, row in handled.items()}
    return {
        "settled_days": options["settled_days"],
        "days": options["complaint_days"],
        **shares,
        "settled_less_not": _less(handled["settled"], handled["not_settled"]),
        "well_less_badly": _less(handled["well"], handled["badly"]),
    }


def _less(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, Any] | None:
    if min(one["customers"], other["customers"]) < LEAST:
        return None
    found, low, high = difference(one["again"], one["customers"], other["again"], other["customers"])
    return {"difference": found, "interval": [low, high]}


def _notices(complaints: Mapping[str, Any]) -> Iterator[Notice]:
    found = complaints["well_less_badly"]
    if found and found["interval"][0] > 0:
        text = (
            "After a complaint that was handled well {well:.0%} bought again within {days} days, after one that was handled badly "
            "{badly:.0%}. The difference lies between {low:.0%} and {high:.0%} (90%)."
        )
        values = {"well": complaints["well"]["share"], "badly": complaints["badly"]["share"], "days": complaints["days"]}
        yield Notice("complaints_cost_customers", text, {**values, "low": found["interval"][0], "high": found["interval"][1]})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["complaint_followed"] is False:
        return Notice("complaint_not_followed", "Has not bought again in time after the last complaint that is old enough to tell.")
    if row["came_recommended"]:
        return Notice("came_recommended", "Came by recommendation.")
    if row.get("reviews"):
        return _line_of_reviews(row)
    return None


def _line_of_reviews(row: Mapping[str, Any]) -> Notice:
    if row.get("reviews_value") is None:
        return Notice("reviews", "Reviews and references this customer gave: {count}.", {"count": row["reviews"]})
    text = "Reviews and references this customer gave: {count}, worth {amount:,.2f¤} by what one brings on average; in no sum."
    return Notice("reviews_worth", text, {"count": row["reviews"], "amount": float(row["reviews_value"])})


PLUGIN = Component(
    title="Repurchase and recommendation",
    formula="shares by cohort with the 90 % interval of Wilson; complaints: share that buys again in the days after the settling time",
    source="Wilson 1927 (JASA 22); differences: Newcombe 1998 (Statistics in Medicine 17); settled by a fixed day: landmark method",
    columns={
        "cohort": "Quarter or year in which the customer came: acquired_on, else the first purchase; earlier: before the log begins.",
        "repurchased": "Whether the first purchase was repeated within repurchase_days; empty while it may still come or where not seen.",
        "came_recommended": "Whether the customer came by recommendation; empty where nobody noted how he came.",
        "complaint_followed": "Whether a purchase followed the last complaint within complaint_days after the settling time.",
        "reviews": "Reviews, testimonials and references the customer gave, by contacts and activities; empty where none is noted.",
        "reviews_value": "What they are worth, in money: by review_worth, else by those whom reviews brought; never in the value.",
    },
    build=_build,
    needs=(("rhythm.now",),),
    options=(
        Setting("repurchase_days", 365, "Within how many days of the first purchase the second must come.", whole(1, 3650)),
        Setting(
            "complaint_days",
            180,
            "Within how many days after the settling time a purchase counts as following a complaint.",
            whole(1, 3650),
        ),
        Setting("settled_days", 14, "Within how many days a complaint must be settled; counting of purchases starts then.", whole(0, 365)),
        Setting("reviews", _REVIEWS, "What a review is called: purposes of contacts, drivers of activities.", words),
        Setting(
            "review_worth",
            None,
            "What a review is worth, in the reporting currency, an assumption; left out: counted from the customers whom reviews brought.",
            if_given(number(0.0, 1e9)),
        ),
        Setting("review_channels", _CHANNELS, "Channels of the customer records that say: reviews brought this customer.", words),
    ),
    line=_line,
)
