"""Purchase history (Kaufhistorie): for how long, how often, with what contribution to date."""

from __future__ import annotations

from kundenwert.records import Notice
from kundenwert.value.criteria._rule import Rule

PLUGIN = Rule(
    step="value/criteria/history.sql",
    about="10 x the mean of three percentiles: days as a customer, purchases, booked contribution; not of new customers.",
    basis=Notice("points_history", "Days as a customer: {fact_1:,.0f}, purchases: {fact_2:,.0f}, booked so far: {fact_3:,.0f¤}."),
    binds=("as_of", "new_days"),
    compares=True,
)
