"""Whether a customer buys always or only what is on promotion (R22)."""

from __future__ import annotations

from kundenwert.base.features._feature import Feature

PLUGIN = Feature(
    step="base/features/promotion_share.sql",
    about="How much of what a customer buys is bought on promotion.",
    needs=(("transactions.promotion",),),
    columns={
        "promotion_share": "Share of the revenue with products that was sold on promotion, from 0 to 1.",
        "promotion_contribution_share": "Share of the contribution (amount less cost) of these lines; below 0 where promotions cost money.",
    },
)
