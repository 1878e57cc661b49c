"""What a customer pays a month under contract, against others with the same product (R64)."""

from __future__ import annotations

from kundenwert.base.features._feature import Feature

PLUGIN = Feature(
    step="base/features/contract_terms.sql",
    about="What a customer pays under contract, against others for the same product.",
    needs=(("contracts.amount",), ("contracts.start",)),
    columns={
        "contracts": "Contracts that run on the as-of day.",
        "contract_amount": "What these bring a month, in the reporting currency.",
        "contract_price_against_others": "The same over the median of all running contracts for the same products; 1 is the usual price.",
    },
)
