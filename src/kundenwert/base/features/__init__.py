"""Features: what is known of customers beside their purchases, one file a feature; no model uses them yet.

A feature is a step `<name>.sql` with one row a customer (customer_id and the columns that `<name>.py` describes) as known on day $as_of,
over the views of a ledger: `ledger_lines` and `ledger_<table>`. It is computed only where the data for it exist.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from kundenwert import registry
from kundenwert.base.features._feature import Feature

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def known(given: Collection[str]) -> dict[str, Feature]:
    """Name -> feature, of those whose data exist. given: what there is, as "table.role"; sales lines are table "transactions"."""
    features = {name: registry.load("base.features", name) for name in registry.names("base.features")}
    return {name: feature for name, feature in features.items() if feature.can_be_told(given)}


def build(engine: Engine, features: Iterable[Feature], *, as_of: int) -> None:
    """Makes table `features`: one row a customer of view `featured_customers` and the columns of the features.

    as_of: day number; what happened later does not count.
    """
    engine.table("features", "base/featured_customers.sql")
    for feature in features:
        engine.table("feature", feature.step, as_of=as_of)
        engine.rename("features", "features_before")
        engine.table("features", "base/with_feature.sql")
        engine.drop("features_before")
        engine.drop("feature")
