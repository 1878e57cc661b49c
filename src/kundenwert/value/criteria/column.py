"""A column of the value table or of the features that a project has chosen as its own criterion."""

from __future__ import annotations

from kundenwert.records import Notice
from kundenwert.value.criteria._rule import Rule

PLUGIN = Rule(
    step="value/criteria/column.sql",
    about='10 x the percentile of the column, turned round where best = "low".',
    basis=Notice("points_column", "The column of this criterion holds {fact_1:,.4f}."),
    binds=("sign",),
    compares=True,
)
