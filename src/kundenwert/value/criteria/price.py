"""Price sensitivity (Preissensibilität), turned round: who pays what others pay does not bargain."""

from __future__ import annotations

from kundenwert.records import Notice
from kundenwert.value.criteria._rule import Rule

PLUGIN = Rule(
    step="value/criteria/price.sql",
    about="10 x (1 - percentile of the discount): what is paid of the list price, against others for the same product groups.",
    basis=Notice("points_price", "Pays {fact_1:.1%} of the list price, {fact_2:.1%} of what others pay for the same."),
    needs=(("features.price_realisation",), ("features.price_against_peers",)),
    compares=True,
)
