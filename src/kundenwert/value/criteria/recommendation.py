"""Recommendation (Empfehlungswert): new customers who came because of this one, else what he answered; else what people say."""

from __future__ import annotations

from kundenwert.records import Notice
from kundenwert.value.criteria._rule import Rule

PLUGIN = Rule(
    step="value/criteria/recommendation.sql",
    about=(
        "The more of 10 x (1 - 0.5 ^ n) for n recommended customers who bought and half of the own answer, 0 to 10, to the question "
        "whether he would recommend us; without both the rating, else 0 after a year as a customer."
    ),
    basis=Notice(
        "points_recommendation",
        "New customers who came on this recommendation and bought: {fact_1:,.0f}. Points for the own answer when asked: {fact_2:,.1f}.",
    ),
    needs=(("referrals.recommender_id",),),
    binds=("as_of", "referral_days"),
)
