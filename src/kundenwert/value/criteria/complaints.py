"""Complaints (Reklamationsbereitschaft), turned round: complaints without reason count, justified ones never do."""

from __future__ import annotations

from kundenwert.records import Notice
from kundenwert.value.criteria._rule import Rule

PLUGIN = Rule(
    step="value/criteria/complaints.sql",
    about="10 x (1 - percentile of rejected complaints per order); who never complained without reason has 10.",
    basis=Notice("points_complaints", "Complaints rejected as unjustified: {fact_1:,.0f} of {fact_2:,.0f}, in {fact_3:,.0f} orders."),
    needs=(("complaints.outcome",),),
    binds=("as_of",),
    compares=True,
)
