"""Whether a customer buys what is cheap just then: lines well below what the product usually costs (R22, where no line says promotion)."""

from __future__ import annotations

from kundenwert.base.features._feature import Feature

PLUGIN = Feature(
    step="base/features/bargain_share.sql",
    about="How much of what a customer buys is bought well below the usual price of the product.",
    needs=(("transactions.list_amount", "transactions.discount"), ("transactions.product_id", "transactions.product_group")),
    columns={
        "bargain_share": "Share of the revenue with products sold at least 10 % below the usual price, from 0 to 1. The usual price is the "
        "median share of the list price that all customers pay for the product. Who has bargained for such prices counts too.",
        "bargain_contribution_share": "Share of the contribution (amount less cost) of these lines.",
    },
)
