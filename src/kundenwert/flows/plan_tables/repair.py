"""What repair reads: the customer result of a year by stage, and the causes of losses beside comparable customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundenwert.flows.plan_tables._basis import Basis, Tables

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def _tables(engine: Engine, basis: Basis) -> Tables:
    if "run_contribution" not in basis.given:
        return {}
    engine.view("contribution", "value/plans/repair_contribution.sql")
    year = whole_year(basis)
    engine.table("period", "value/contribution/period.sql", year=year)
    engine.table("loss_causes", "value/contribution/loss_causes.sql")
    return {"customers": engine.arrays("value/plans/repair_customers.sql", year=year, as_of=basis.as_of)}


def whole_year(basis: Basis) -> int | None:
    """The last calendar year that ended by the as-of day, give or take the holidays; None where none is booked: all years together."""
    owners = (basis.manifest.get("contribution") or {}).get("owners", ())
    years = {int(row["year"]) for row in owners if row.get("year") is not None}
    ended = basis.as_of.year if (basis.as_of.month, basis.as_of.day) >= (12, 22) else basis.as_of.year - 1
    return max((year for year in years if year <= ended), default=None)


PLUGIN = _tables
