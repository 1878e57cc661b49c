"""What the split of a budget reads: customers won and leads as acquisition does, what was spent on whom in the last span, budgets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kundenwert.engines._engine import Reading
from kundenwert.flows.plan_tables._basis import Basis, Tables
from kundenwert.flows.plan_tables.acquisition import open_won

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def _tables(engine: Engine, basis: Basis) -> Tables:
    open_won(engine, basis)
    # The stage of life is told where the run has it.
    stage = Reading(("stage",), type="VARCHAR") if "stage" in engine.columns("valued_customers") else Reading(type="VARCHAR")
    engine.project(
        "plan_stages", "valued_customers", {**{name: Reading((name,)) for name in ("customer_id", "first_purchase")}, "stage": stage}
    )
    since = basis.as_of - timedelta(days=basis.span_days)
    return {
        "customers": engine.arrays("value/plans/acquisition_customers.sql"),
        "names": engine.arrays("value/plans/acquisition_named.sql"),
        "spent": engine.arrays("value/plans/budget_spent.sql", as_of=basis.as_of, since=since),
        "budgets": engine.arrays("value/plans/budget_budgets.sql", as_of=basis.as_of, since=since, currency=basis.currency),
        "leads": engine.arrays("value/plans/budget_leads.sql", span_days=basis.span_days),
    }


PLUGIN = _tables
