"""What decisions read beyond the value table, one file a decision: `PLUGIN = tables`, a function of engine and basis.

`tables(engine, basis)` gives tables by name, each of named arrays of equal length: `Case.tables`. The one named "customers" has
customer_id, once each, and further columns of customers: they are laid beside the value table and stand in `Case.columns`, not a number,
not a day or an empty text where a customer has no row. Steps stand in `value/plans`. A decision without a file here reads the value table
alone. The views there are:

- `valued_customers`: the value table of the run, with the columns of all components
- `plan_customers`: who may be planned for: no objectors, no collective customers, no row of erased persons, nobody without a forecast
- `customer_features`: what is known of each customer from the ledger (features.parquet of the run); customer_id alone where there is none
- `run_<name>`: any further table of the run, such as `run_cross_selling` and `run_contribution`; ask `basis.given`
- `booked`, `ledger_<table>`, `known_customers`, `customer_groups`: the ledger of the run; tables that nobody gave are empty and typed

Records after the as-of day are left out by the step (`date <= $as_of`). No array holds a Python object for each customer but texts.
"""

from __future__ import annotations

from kundenwert import registry
from kundenwert.flows.plan_tables._basis import Basis, Tables, TablesOf

ROOM = "flows.plan_tables"


def tables_of(decision: str) -> TablesOf | None:
    """The function that reads the tables of a decision; None where the value table is all it needs."""
    found: TablesOf | None = registry.load(ROOM, decision) if decision in registry.names(ROOM) else None
    return found


__all__ = ["Basis", "Tables", "TablesOf", "tables_of"]
