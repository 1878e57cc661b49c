"""What development reads: open offers of each customer, product groups suggested to it, and how many offers are won."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundenwert.flows.plan_tables._basis import Basis, Tables

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def _tables(engine: Engine, basis: Basis) -> Tables:
    found = {
        "customers": engine.arrays("value/plans/development_customers.sql", as_of=basis.as_of),
        "decided": engine.arrays("value/plans/development_decided.sql", as_of=basis.as_of),
    }
    if "run_cross_selling" in basis.given:
        found["offers"] = engine.arrays("value/plans/development_offers.sql")
    return found


PLUGIN = _tables
