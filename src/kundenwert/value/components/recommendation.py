"""Who buys again and who recommends, by cohort, and what a complaint does to the next purchase (R27, R62, R88)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import whole
from kundenwert.value.components._reading import words

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
    }
    return Built(facts, tuple(_notices(complaints)))


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
    return None


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
    ),
    line=_line,
)
