"""What coverage reads: when each customer was last contacted, and last part of a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundenwert.flows.plan_tables._basis import Basis, Tables

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def _tables(engine: Engine, basis: Basis) -> Tables:
    if not {"contacts", "measures"} & basis.given:
        return {}
    return {"customers": engine.arrays("value/plans/coverage_customers.sql", as_of=basis.as_of)}


PLUGIN = _tables
