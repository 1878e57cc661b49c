"""Creditworthiness (Bonität) of companies, by the bands of an external index."""

from __future__ import annotations

from kundenwert.records import Notice
from kundenwert.value.criteria._rule import Rule

PLUGIN = Rule(
    step="value/criteria/credit.sql",
    about="10 in the best band of [credit], 0 in the worst, even steps between; natural persons are not judged on it.",
    basis=Notice("points_credit", "Credit index {fact_1:,.0f}: chance of a default within a year {fact_2:.2%}."),
    needs=(("features.credit_index",), ("features.default_probability",)),
)
