"""What a customer pays less than others pay for the same product groups, in money a year, and how that changes (R16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.value.components._component import Basis, Built, Component

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def _build(engine: Engine, basis: Basis) -> Built:
    engine.table("component_price_gap", "value/components/price_gap.sql", as_of=basis.as_of)
    (facts,) = engine.rows("value/components/price_gap_facts.sql")
    return Built(facts)


def _line(row: Mapping[str, Any]) -> Notice | None:
    if not row["price_gap"]:
        return None
    values = {"gap": row["price_gap"], "change": row["price_gap_change"]}
    if row["price_gap_change"] is None:
        return Notice("price_gap", "Paid {gap:,.2f¤} less in the last year than others for the same product groups.", values)
    text = "Paid {gap:,.2f¤} less in the last year than others for the same product groups ({change:+,.2f¤} against the year before)."
    return Notice("price_gap_change", text, values)


PLUGIN = Component(
    title="Price gap",
    formula="list price of what was bought x the share of it that all others pay for the same product groups - what was paid, at least 0",
    source="price realisation (Marn and Rosiello 1992, pocket price); the feature price_against_peers in money",
    columns={
        "price_gap": "What the customer paid less in the last 365 days than others for the same mix of product groups, in the reporting "
        "currency; 0 at the usual price or above.",
        "price_gap_change": "Change against the 365 days before; empty without purchases at list price then.",
    },
    build=_build,
    needs=(("transactions.list_amount", "transactions.discount"), ("value.money",)),
    standing="potential",
    line=_line,
)
