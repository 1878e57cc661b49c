"""Whether a customer buys what is reduced just then, told by prices where no line says promotion (R22)."""

from __future__ import annotations

from kundenwert.base.features._feature import Feature

PLUGIN = Feature(
    step="base/features/bargain_share.sql",
    about="How much of what a customer buys is bought clearly below the usual price, in weeks in which others too paid less.",
    needs=(("transactions.list_amount", "transactions.discount"), ("transactions.product_id", "transactions.product_group")),
    columns={
        "bargain_share": "Share of the revenue with products bought at least 5 % below the median share of the list price that all pay "
        "for the product, in weeks in which others too paid so much less for its group; from 0 to 1.",
        "bargain_contribution_share": "Share of the contribution (amount less cost) of these lines.",
    },
)
