"""What acquisition reads: customers won in sight of the ledger with cost and what they have brought, month by month, and leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundenwert.flows.plan_tables._basis import Basis, Tables

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def open_won(engine: Engine, basis: Basis) -> None:
    """Makes plan_won, plan_won_product, plan_money, plan_leads, plan_names and plan_codes."""
    engine.table("plan_won", "value/plans/acquisition_won.sql", as_of=basis.as_of, settled_days=basis.options["settled_days"])
    engine.table("plan_won_product", "value/plans/acquisition_product.sql")
    engine.table(
        "plan_money",
        "value/plans/acquisition_money.sql",
        value_horizon_days=basis.value_horizon_days,
        rate=basis.discount_rate,
        in_any_order=True,
    )
    engine.table("plan_leads", "value/plans/acquisition_leads.sql", as_of=basis.as_of)
    engine.table("plan_names", "value/plans/acquisition_names.sql")
    engine.table("plan_codes", "value/plans/acquisition_codes.sql", in_any_order=True)


def _tables(engine: Engine, basis: Basis) -> Tables:
    open_won(engine, basis)
    return {
        "customers": engine.arrays("value/plans/acquisition_customers.sql"),
        "names": engine.arrays("value/plans/acquisition_named.sql"),
        "course": engine.arrays("value/plans/acquisition_course.sql"),
        "leads": engine.arrays("value/plans/acquisition_open.sql"),
        "funnel": engine.arrays("value/plans/acquisition_funnel.sql"),
    }


PLUGIN = _tables
