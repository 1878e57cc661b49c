"""What retention reads: silence, complaints, ends of contracts of each customer, and what came of complaints so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundenwert.flows.plan_tables._basis import Basis, Tables

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def _tables(engine: Engine, basis: Basis) -> Tables:
    return {
        "customers": engine.arrays("value/plans/retention_customers.sql", as_of=basis.as_of),
        "complaints": engine.arrays("value/plans/retention_complaints.sql", as_of=basis.as_of),
    }


PLUGIN = _tables
