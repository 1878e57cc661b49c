"""Contribution to come (Deckungsbeitrag): what the customer is expected to leave within the horizon of the run, 12 months unless set."""

from __future__ import annotations

from kundenwert.records import Notice
from kundenwert.value.criteria._rule import Rule

PLUGIN = Rule(
    step="value/criteria/margin.sql",
    about="10 x the percentile of the contribution that is expected within the horizon of the run (revenue where no cost is known).",
    basis=Notice("points_margin", "Expected within the horizon of the run: {fact_1:,.0f¤}."),
    needs=(("value.money",),),
    compares=True,
)
