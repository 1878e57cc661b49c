"""Features of the customers of a run: what is known beside their purchases, as a table of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kundenwert.base import features
from kundenwert.base.as_of import day_number
from kundenwert.flows.presets import load_credit

if TYPE_CHECKING:
    from datetime import date

    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.presets import Preset
    from kundenwert.flows.progress import Progress


def write_features(
    engine: Engine, loaded: Loaded, as_of: date, *, customers: Path, path: Path, progress: Progress, preset: Preset | None = None
) -> dict[str, str]:
    """Writes features.parquet: customer_id and each feature whose data exist, one row a customer of customers.parquet without objection.

    Gives column -> what it says; without data for any feature no file is written. The views of the ledger must stand in the engine.
    preset: what a credit index means.
    """
    credit = {"preset.credit"} if load_credit(engine, preset) else set()
    found = features.known(given_of(loaded) | credit)
    if not found:
        return {}
    with progress.phase("Writing the features") as phase:
        engine.open_parquet("featured_customers", [customers], numbered=False)
        features.build(engine, found.values(), as_of=day_number(as_of))
        phase.rows = engine.write(path, "base/features_table.sql")
    return {column: about for feature in found.values() for column, about in feature.columns.items()}


def given_of(loaded: Loaded) -> set[str]:
    """What the files of a project hold, as "table.role"; sales lines are table "transactions"."""
    lines = {f"transactions.{role}" for entry in loaded.files for role in entry.roles}
    tables = loaded.company.tables if loaded.company else ()
    return lines | {f"{table.name}.{role}" for table in tables for role in table.roles}
