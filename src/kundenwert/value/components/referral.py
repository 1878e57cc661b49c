"""What a customer has brought by recommending: the value of those who came is theirs, here it is attributed (R14, R62)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import number, whole
from kundenwert.value.components._reading import if_given, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from kundenwert.engines._engine import Engine

    Floats = NDArray[np.float64]

# Of fewer customers no mean cost of winning one is told.
LEAST: Final = 10
_NEW: Final = ("1", "typ 1", "typ1", "type 1", "type one", "type-one", "neu", "nur durch empfehlung", "would not have come", "new")
_ANYWAY: Final = (
    "2",
    "typ 2",
    "typ2",
    "type 2",
    "type two",
    "type-two",
    "ohnehin",
    "sowieso",
    "wäre ohnehin gekommen",
    "would have come",
    "anyway",
)


def referral_value(
    margin: ArrayLike, cost: ArrayLike, saved: ArrayLike, would_have_come: ArrayLike, *, rate: float, years: float
) -> Floats:
    """What each recommended customer is worth at the recommender; sum it over those who came. Amounts at the end of each year.

    margin: a year. cost: of the recommendation, each year of a customer who came for it, else once. saved: what winning the customer
    otherwise would have cost, once. would_have_come: whether the customer would have come anyway (type two): then only saved less cost.
    rate: a year, effective. Arrays broadcast. Source: Kumar, Petersen & Leone 2007 (HBR 85(10)), 2010 (J. of Marketing 74(5)).

    >>> one = referral_value([120, 120, 120], 15, 80, [False, False, True], rate=0.10, years=3)
    >>> one.round(7).tolist(), round(float(one.sum()), 7)
    ([333.8467318, 333.8467318, 59.0909091], 726.7843727)
    """
    import numpy as np

    a_year = np.asarray(margin, dtype=np.float64) - np.asarray(cost)
    of_all_years = (1.0 - (1.0 + rate) ** -years) / rate if rate else float(years)
    once = np.asarray(saved, dtype=np.float64) / (1.0 + rate)
    return np.where(would_have_come, once - np.asarray(cost) / (1.0 + rate), a_year * of_all_years + once)


def _build(engine: Engine, basis: Basis) -> Built:
    options = basis.options
    saved, source = _saved(engine, basis)
    engine.table(
        "came_by_recommendation",
        "value/components/referral_came.sql",
        in_any_order=True,
        as_of=basis.as_of,
        new_kinds=list(options["new_kinds"]),
        anyway_kinds=list(options["anyway_kinds"]),
        cost=options["cost"],
        late_days=options["late_days"],
        share_new=options["share_new"],
    )
    engine.table("component_referral", "value/components/referral.sql", in_any_order=True, saved=saved)
    (facts,) = engine.rows("value/components/referral_facts.sql")
    engine.drop("came_by_recommendation")
    money = {name: None if facts[name] is None else str(facts[name]) for name in ("past", "clv", "attributed", "saved", "value")}
    assumed = {"share_new": options["share_new"], "saved_each": saved, "saved_source": source}
    return Built({**facts, **money, **assumed}, tuple(_notices(facts, options, source)))


def _saved(engine: Engine, basis: Basis) -> tuple[float | None, str]:
    """What winning a customer costs who was not recommended, and where that comes from."""
    if basis.options["saved"] is not None:
        return basis.options["saved"], "given"
    (found,) = engine.rows("value/components/referral_saved.sql", as_of=basis.as_of)
    return (round(found["mean"], 2), "records") if found["customers"] >= LEAST else (None, "unknown")


def _notices(facts: Mapping[str, Any], options: Mapping[str, Any], source: str) -> Iterator[Notice]:
    if facts["unknown"]:
        text = (
            "Of {count} of {all} recommended customers nobody noted whether they would have come anyway; {share:.0%} of their value is "
            "attributed to the recommenders, an assumption."
        )
        yield Notice("referral_assumed", text, {"count": facts["unknown"], "all": facts["customers"], "share": options["share_new"]})
    if facts["customers"] and source == "unknown":
        text = (
            "What winning a customer costs is not known; what recommendations saved is left out. Note acquisition_cost with the customers."
        )
        yield Notice("referral_unsaved", text)


_LINES: Final = {
    "assumed": "Recommended customers: {count}. Of what they are worth {amount:,.2f¤} is attributed, by assumption; it is theirs.",
    "known": "Recommended customers: {count}. Of what they are worth {amount:,.2f¤} is attributed; it is theirs.",
}


def _line(row: Mapping[str, Any]) -> Notice | None:
    if not row["referrals"]:
        return None
    values = {"count": row["referrals"], "amount": float(row["referral_attributed"])}
    return Notice("referrals", _LINES[row["referral_basis"]], values)


PLUGIN = Component(
    title="Referral value",
    formula="came for it: past + clv of the recommended + saved acquisition - cost; would have come anyway: saved acquisition - cost",
    source="Kumar, Petersen & Leone 2007 (HBR 85(10)), 2010 (J. of Marketing 74(5)); definitions.md, Every euro has one owner",
    columns={
        "referrals": "Customers who came by recommendation of this one and bought, up to the as-of day.",
        "referral_attributed": "The part of their past + clv that would not be there without it, in the reporting currency; it is theirs.",
        "referral_saved": "What winning them otherwise would have cost less what the recommendations cost; empty where nobody knows.",
        "referral_value": "referral_attributed + referral_saved: beside the value, never part of it.",
        "referral_basis": "known: whether they would have come anyway is noted of all; assumed: of at least one it is not.",
    },
    build=_build,
    needs=(("referrals.recommender_id",), ("referrals.customer_id",), ("value.money",)),
    options=(
        Setting(
            "share_new",
            0.5,
            "Share of the recommended who would not have come otherwise, where nobody noted it: an assumption.",
            number(0.0, 1.0),
        ),
        Setting(
            "saved",
            None,
            "What winning a customer otherwise costs; left out: the mean of the customer records.",
            if_given(number(0.0, 1e9)),
        ),
        Setting(
            "cost", None, "What a recommendation costs where the record of who came names no acquisition_cost.", if_given(number(0.0, 1e9))
        ),
        Setting("new_kinds", _NEW, "Kinds in the table of referrals that say: would not have come otherwise.", words),
        Setting("anyway_kinds", _ANYWAY, "Kinds in the table of referrals that say: would have come anyway.", words),
        Setting("late_days", 30, "How many days after the first purchase a recommendation may still be noted.", whole(0, 3650)),
    ),
    line=_line,
)
