"""What each customer brought in the last 365 days, by the best yardstick there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.value.components._component import Basis


def open_margin_year(engine: Engine, basis: Basis) -> str:
    """Makes table `margin_year`: customer_id, margin (what is left in the end), first_margin (contribution I), address_cost.

    address_cost: what marketing and sales cost, null where unknown.
    Gives what the margin is: "db4", "db1", or "revenue" where no cost is known.
    """
    if basis.yardstick != "contribution":
        engine.table("margin_year", "value/components/margin_year_revenue.sql", as_of=basis.as_of)
        return "revenue"
    open_contribution_year(engine, basis)
    engine.table("margin_year", "value/components/margin_year.sql")
    return "db4" if "contribution.db4" in basis.given else "db1"


def open_contribution_year(engine: Engine, basis: Basis) -> None:
    """Makes table `contribution_year`: contribution I to IV of the last 365 days; a run has made it once for all ("contribution.year")."""
    if "contribution.year" not in basis.given:
        is_served = "contribution.db4" in basis.given
        engine.table("contribution_year", "value/components/contribution_year.sql", as_of=basis.as_of, is_served=is_served)
