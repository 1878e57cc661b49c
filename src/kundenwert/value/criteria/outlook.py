"""Outlook (Zukunftsperspektive): how the customer's own purchases and his industry grow, and what people expect of him."""

from __future__ import annotations

from kundenwert.records import Notice
from kundenwert.value.criteria._rule import Rule

PLUGIN = Rule(
    step="value/criteria/outlook.sql",
    about=(
        "10 x the percentile of growth: revenue of the last 365 days against the 365 days before; the mean of it and the percentile of the "
        "industry's growth where the table growth names it; the mean of that and a rating."
    ),
    basis=Notice(
        "points_outlook",
        "Revenue of the last 365 days {fact_1:,.0f¤}, of the 365 days before {fact_2:,.0f¤}; growth of the industry by its table: "
        "{fact_3:,.1f} % (0 where it is not named).",
    ),
    needs=(("value.money",),),
    binds=("as_of",),
    compares=True,
    combines=True,
    varies_with=("growth.growth",),
)
