"""Whom a customer has brought (R14, R88): counted, never added to the own value."""

from __future__ import annotations

from kundenwert.base.features._feature import Feature

PLUGIN = Feature(
    step="base/features/recommendations.sql",
    about="Whom a customer has brought by recommendation; what they buy is their own value, not his.",
    needs=(("referrals.recommender_id",), ("referrals.customer_id",)),
    columns={
        "recommended_customers": "Customers who came by recommendation of this one up to the as-of day.",
        "recommended_revenue": "What these have bought up to the as-of day, in the reporting currency; it is their revenue.",
    },
)
