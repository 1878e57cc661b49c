"""The table customers.parquet: a row a customer with its bounds at each level, and what its header says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.base.as_of import day_number

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.valuation import Valued

_WITH_BOUNDS = ("expected_purchases", "expected_revenue", "clv")
VALUE_IS = "past + clv; clv is residual, from the as-of day on"


def header_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    """What the header of a run's value table says (see `write_customers`), from its manifest."""
    days = {name: f"{manifest[name]:g}" for name in ("horizon_days", "value_horizon_days")}
    words = {name: str(manifest[name]) for name in ("yardstick", "currency", "as_of", "value_is")}
    return {**words, **days, "discount_rate": f"{manifest['settings']['discount_rate']:g}"}


def header(valued: Valued, value_is: str = VALUE_IS) -> dict[str, str]:
    """What the header of a value table says: yardstick, as-of day, horizons, rate and what the value adds up from."""
    return {
        "yardstick": valued.amounts.yardstick,
        "currency": valued.currency,
        "as_of": valued.as_of.isoformat(),
        "horizon_days": f"{valued.horizons.horizon_days:g}",
        "value_horizon_days": f"{valued.horizons.value_horizon_days:g}",
        "discount_rate": f"{valued.horizons.discount_rate:g}",
        "value_is": value_is,
    }


def write_customers(engine: Engine, valued: Valued, path: Path, *, more: str = "") -> int:
    """Writes customers.parquet; returns how many rows. Its header names yardstick, as-of day, horizons and rate.

    more: a step that gives table `at_levels` further columns.
    """
    about = header(valued)
    values = {"as_of": day_number(valued.as_of), **valued.amounts.values()}
    if not valued.levels and not more:
        return engine.write(path, "value/customers.sql", about=about, **values)
    engine.table("at_levels", "value/customers.sql", **values)
    if valued.levels:
        _join_levels(engine, valued, values)
    if more:
        engine.table("with_more", more)
        engine.drop("at_levels")
        engine.rename("with_more", "at_levels")
    return engine.write(path, "value/at_levels.sql", about=about)


def _join_levels(engine: Engine, valued: Valued, values: dict[str, Any]) -> None:
    """Gives the value table `at_levels` the bounds at further levels: reckoned once more with the bounds of each."""
    from kundenwert.engines._engine import Reading

    engine.rename("forecasts", "usual_forecasts")
    for level in valued.levels:
        engine.rename(forecasts_at(level), "forecasts")
        engine.table("level_table", "value/customers.sql", **values)
        engine.rename("forecasts", forecasts_at(level))
        names = [f"{name}_{side}" for name in _WITH_BOUNDS for side in ("lower", "upper")]
        readings = {f"{name}_{suffix(level)}": Reading((name,)) for name in names}
        engine.project("level_columns", "level_table", {"of_customer": Reading(("customer_id",)), **readings})
        engine.table("joined_levels", "value/with_level.sql")
        for name in ("level_columns", "level_table", "at_levels"):
            engine.drop(name)
        engine.rename("joined_levels", "at_levels")
    engine.rename("usual_forecasts", "forecasts")


def suffix(level: float) -> str:
    """What stands behind the names of columns at a level: 50 for 0.5, 97_5 for 0.975."""
    return f"{100 * level:.6g}".replace(".", "_")


def forecasts_at(level: float) -> str:
    return f"forecasts_{suffix(level)}"
