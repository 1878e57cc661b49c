"""Care effort (Betreuungsaufwand), turned round: cost of visits, orders, deliveries, service against net revenue."""

from __future__ import annotations

from kundenwert.records import Notice
from kundenwert.value.criteria._rule import Rule

PLUGIN = Rule(
    step="value/criteria/care.sql",
    about="10 x (1 - percentile of cost to serve over net revenue).",
    basis=Notice("points_care", "Cost to serve {fact_1:,.0f¤} for net revenue of {fact_2:,.0f¤}."),
    needs=(("contribution.db4",),),
    compares=True,
)
