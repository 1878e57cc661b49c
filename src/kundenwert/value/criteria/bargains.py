"""Bargain hunting (Schnäppchenfaktor), turned round: who buys all the year round, not only what is reduced."""

from __future__ import annotations

from kundenwert.records import Notice
from kundenwert.value.criteria._rule import Rule

PLUGIN = Rule(
    step="value/criteria/bargains.sql",
    about="10 x (1 - share of contribution bought on promotion); the share of revenue where promotions leave no contribution.",
    basis=Notice("points_bargains", "Bought on promotion or well below the usual price: {fact_1:.0%}."),
    needs=(("features.promotion_share", "features.bargain_share"),),
)
