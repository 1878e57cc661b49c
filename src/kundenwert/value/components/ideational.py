"""What image, outlook, likeability and information are worth by the tariff of a project: points that nobody else owns (R19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.value.components._component import Basis, Built, Component

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def _build(engine: Engine, basis: Basis) -> Built:
    engine.table("component_ideational", "value/components/ideational.sql")
    (found,) = engine.rows("value/components/ideational_facts.sql")
    tariff = {name: str(amount) for name, amount in basis.scoring.catalogue.tariff.items()}
    return Built({"tariff": tariff, "customers": found["customers"], "sum": str(found["total"])})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["ideational_value"] is None:
        return None
    text = "By the tariff of the value definition image, outlook, likeability and information are worth {amount:,.2f¤}; an assumption."
    return Notice("ideational", text, {"amount": float(row["ideational_value"])})


PLUGIN = Component(
    title="Ideational value by tariff",
    formula="sum of points x amount a point and year x (1 - (1 + i) ^ -n) / i; n the value horizon in years, i the discount rate",
    source="definitions, Points, rule (c): for image, outlook, likeability and information only",
    columns={"ideational_value": "Points times tariff over the value horizon, in the reporting currency; what the value may add."},
    build=_build,
    needs=(("criteria.tariff",),),
    after=("score",),
    standing="addable",
    amount="ideational_value",
    line=_line,
)
