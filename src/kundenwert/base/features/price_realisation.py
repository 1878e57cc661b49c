"""What a customer pays of the list price, against others for the same products, and where it goes (R16)."""

from __future__ import annotations

from kundenwert.base.features._feature import Feature

PLUGIN = Feature(
    step="base/features/price_realisation.sql",
    about="What a customer pays of the list price, against others who buy the same, and how that changes.",
    needs=(("transactions.list_amount", "transactions.discount"),),
    columns={
        "price_realisation": "Paid price over list price of all lines that have one, returns and cancellations taken off.",
        "price_against_peers": "The same over what all others pay for the same mix of product groups; 1 is the usual price.",
        "price_trend": "Paid over list price of the last 365 days less that of the 365 days before; -0.02 is two points more discount.",
    },
)
