"""How often, for how much and for how long a customer buys (R05)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.settings import Setting
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.components._options import whole

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def plain_value(orders_a_year: float, order_value: float, years: float, margin: float) -> float:
    """What a customer brings over some years, by hand: without interest, doubt or change; in the unit of `order_value`.

    Four orders a year of 60, for three years, at 30 % contribution:

    >>> round(plain_value(4, 60.0, 3, 0.3), 10)
    216.0
    """
    return orders_a_year * order_value * years * margin


def _build(engine: Engine, basis: Basis) -> Built:
    if "future.years" in basis.given:
        engine.table("loyalty_years", "value/components/loyalty_years.sql")
    else:
        engine.table("loyalty_years", "value/components/loyalty_no_years.sql")
    engine.table("component_loyalty", "value/components/loyalty.sql", least=basis.options["least_days"])
    (found,) = engine.rows("value/components/loyalty_facts.sql")
    engine.drop("loyalty_years")
    middle = {name: None if one is None else float(one) for name, one in found.items() if name != "customers"}
    return Built({"customers": found["customers"], "has_years": "future.years" in basis.given, "median": middle})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["orders_a_year"] is None or row["order_value"] is None:
        return None
    values = {"orders": row["orders_a_year"], "amount": row["order_value"], "tenure": row["tenure_years"]}
    if row["expected_years"] is None:
        return Notice("loyalty", "{orders:.1f} orders a year of {amount:,.2f¤} each, a customer for {tenure:.1f} years.", values)
    text = (
        "{orders:.1f} orders a year of {amount:,.2f¤} each, a customer for {tenure:.1f} years; "
        "{ahead:.1f} more years are expected within the value horizon."
    )
    return Notice("loyalty_ahead", text, {**values, "ahead": row["expected_years"]})


PLUGIN = Component(
    title="How often, how much, how long",
    formula="orders a year = purchases / years as a customer; order value = revenue / purchases; years ahead = P(alive) x purchases of the "
    "value horizon / purchases of a year",
    source="lifetime value by hand: orders a year x order value x years x margin",
    columns={
        "orders_a_year": "Purchases per year as a customer; empty for customers of less time than the setting asks.",
        "order_value": "Booked revenue per purchase, returns taken off, in the reporting currency; empty without amounts.",
        "tenure_years": "Years from the first purchase to the as-of day.",
        "expected_years": "Mean of the years for which the customer goes on buying within the value horizon, with the chance to have left "
        "already; empty where no model says who leaves.",
    },
    build=_build,
    needs=(("rhythm.now",),),
    options=(Setting("least_days", 180, "From how many days after the first purchase on orders a year are told.", whole(1, 3650)),),
    line=_line,
)
