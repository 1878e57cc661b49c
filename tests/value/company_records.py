"""Small tables of a company and of valued customers for tests of components that read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from kundenwert import sources
from kundenwert.engines._engine import Engine
from kundenwert.flows.company_tables import open_nothing
from kundenwert.tables.company._shape import SQL_TYPES

AS_OF = date(2025, 6, 30)
_ARROW = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "DECIMAL(18,6)": pa.decimal128(18, 6),
    "DECIMAL(18,12)": pa.decimal128(18, 12),
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
}


def load(engine: Engine, valued: Mapping[str, Mapping[str, Any]], /, **tables: Sequence[Mapping[str, Any]]) -> None:
    """View `judged` of customers with past, clv, first_purchase, level (usual ones where nothing is said), and the tables of the company.

    Without `ratings_of_register` the register holds no rating.
    """
    engine.remember("collective", [])
    for name in sources.tables():
        open_nothing(engine, name)
    given = tables.pop("ratings_of_register", ())
    names = ("customer_id", "criterion", "rated_by", "rated_at", "reason")
    texts = {name: pa.array([row.get(name) for row in given], pa.string()) for name in names}
    points = pa.array([Decimal(str(row["points"])) for row in given], pa.decimal128(6, 3))
    engine.open_frame("register_ratings", pa.table({**texts, "points": points}))
    for name, rows in tables.items():
        load_table(engine, name, rows)
    _judged(engine, valued)


def load_table(engine: Engine, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """The table of the company with these records; roles that are not named are empty."""
    columns = {
        role.name: pa.array([_cell(row.get(role.name), SQL_TYPES[role.type]) for row in rows], _ARROW[SQL_TYPES[role.type]])
        for role in sources.tables()[name].roles
    }
    unknown = {key for row in rows for key in row} - set(columns)
    assert not unknown, unknown
    place = {"file_id": pa.array([0] * len(rows), pa.int32()), "record": pa.array(range(1, len(rows) + 1), pa.int64())}
    engine.open_frame(f"ledger_{name}", pa.table({**columns, **place}))


def _cell(value: Any, type_: str) -> Any:
    return Decimal(str(value)) if value is not None and type_.startswith("DECIMAL") else value


def _judged(engine: Engine, customers: Mapping[str, Mapping[str, Any]]) -> None:
    def money(name: str) -> list[Decimal]:
        return [Decimal(str(one.get(name, "100.00"))) for one in customers.values()]

    past, clv = money("past"), money("clv")
    cents = pa.decimal128(18, 2)
    engine.open_frame(
        "valued_customers",
        pa.table(
            {
                "customer_id": pa.array(list(customers), pa.string()),
                "first_purchase": pa.array([one.get("first_purchase", date(2024, 3, 1)) for one in customers.values()], pa.date32()),
                "level": [one.get("level", "customer") for one in customers.values()],
                "expected_purchases": pa.array([1.0] * len(customers)),
                "past": pa.array(past, cents),
                "clv": pa.array(clv, cents),
                "value": pa.array([a + b for a, b in zip(past, clv, strict=True)], cents),
            }
        ),
    )
    engine.view("judged", "value/components/judged.sql")


def rows(engine: Engine, name: str) -> dict[str, dict[str, Any]]:
    """What a component says, by customer."""
    engine.rename(f"component_{name}", "exported")
    found = {row.pop("customer_id"): row for row in engine.rows("value/exported.sql")}
    engine.rename("exported", f"component_{name}")
    return found
