"""Class A, B or C of a customer by the share of value before it (ABC analysis)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.value.components._component import Basis, Built, Component

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def _build(engine: Engine, basis: Basis) -> Built:
    a, b = basis.class_limits
    engine.table("component_value_class", "value/components/value_class.sql", a=a, b=b)
    return Built()


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["class"] is None:
        return None
    text = "Class {name}: the customers before this one carry {share:.1%} of the residual value."
    return Notice("class", text, {"name": row["class"], "share": row["share_before"]})


PLUGIN = Component(
    title="Class by value (ABC)",
    formula="A while the cumulative share before the customer is below the first limit, B below the second, else C",
    source="ABC analysis (Dickie 1951); definitions: the class goes by the share before the customer",
    columns={
        "class": "A, B or C by residual value (clv; expected purchases where there is no money).",
        "share_before": "Share of the total that all customers of higher value carry together.",
    },
    build=_build,
    line=_line,
)
