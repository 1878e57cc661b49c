"""Do the measures of value agree? Ranks by revenue, contribution, clv, RFM and score side by side (R08, R29)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from kundenwert.engines._engine import Reading
from kundenwert.records import Notice
from kundenwert.value.components._component import Basis, Built, Component
from kundenwert.value.models_compared import compared, order_of, places

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

MEASURES: Final = ("revenue", "db1", "db2", "db3", "db4", "past", "clv", "value", "rfm", "score")
"""What is compared, as far as it is known; rfm is the sum of the three scores."""
# Fewer customers are in any order by chance.
_FEWEST: Final = 3


def _build(engine: Engine, basis: Basis) -> Built:
    import numpy as np

    measures = _open(engine, basis)
    found = engine.arrays("value/components/agreement_values.sql")
    values = {name: np.ma.filled(found[name].astype(float), np.nan) for name in measures}
    told = {name: one for name, one in values.items() if (~np.isnan(one)).sum() >= _FEWEST}
    # Of one measure only some are known: its places cannot stand beside those of all.
    ranked = [name for name, one in told.items() if not np.isnan(one).any()]
    orders = {name: order_of(one) for name, one in told.items()}
    ranks = (
        np.stack([places(told[name], orders[name]) for name in ranked]) if ranked else np.zeros((1, len(found["place"])), dtype=np.int64)
    )
    best, worst = ranks.argmin(axis=0), ranks.argmax(axis=0)
    row = np.arange(ranks.shape[1])
    columns = {"best": ranks[best, row], "best_by": best, "worst": ranks[worst, row], "worst_by": worst}
    engine.load("agreement_ranks", {"place": found["place"], **columns})
    engine.table("component_agreement", "value/components/agreement.sql", names=ranked)
    for name in ("agreement_customers", "agreement_ranks"):
        engine.drop(name)
    return Built({**compared(told, orders).as_json(), "ranked": ranked})


def _open(engine: Engine, basis: Basis) -> tuple[str, ...]:
    """Makes table `agreement_customers` with a column for each of MEASURES, null where unknown; gives those that are known."""
    others = [name for name in ("rfm", "score") if f"component.{name}" in basis.given]
    known = engine.columns("judged")
    if "rfm" in others:
        parts = {name: Reading((name,)) for name in ("customer_id", "rfm_recency", "rfm_frequency", "rfm_money")}
        engine.project("agreement_rfm", "component_rfm", parts)
    if "score" in others:
        engine.project("agreement_score", "component_score", {name: Reading((name,)) for name in ("customer_id", "score")})
    engine.beside("agreement_wide", "judged", [f"agreement_{name}" for name in others], "customer_id")
    money = [name for name in MEASURES[:8] if name in known]
    readings = {name: Reading((name,) if name in money else (), type="double") for name in MEASURES[:8]}
    for name in ("rfm_recency", "rfm_frequency", "rfm_money"):
        readings[name] = Reading((name,) if "rfm" in others else (), type="double")
    readings["score"] = Reading(("score",) if "score" in others else (), type="double")
    engine.project("agreement_read", "agreement_wide", {name: Reading((name,)) for name in ("customer_id", "level")} | readings)
    engine.table("agreement_customers", "value/components/agreement_customers.sql")
    return tuple(name for name in MEASURES if name in money or name in others)


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["rank_best"] is None or row["rank_best"] == row["rank_worst"]:
        return None
    text = "Place {best:,} by the measure of value that is kindest to this customer, place {worst:,} by the harshest."
    return Notice("agreement", text, {"best": row["rank_best"], "worst": row["rank_worst"]})


PLUGIN = Component(
    title="Agreement of the measures",
    formula="Spearman's rank correlation of each pair of measures; share of the first 20 and of the first tenth they have in common",
    source="Spearman 1904; comparison of value models on one page",
    columns={
        "rank_best": "The best place of the customer by any measure known of all, 1 for the highest; equal values share the best place.",
        "rank_best_by": "The measure by which that is.",
        "rank_worst": "The worst place.",
        "rank_worst_by": "The measure by which that is.",
    },
    build=_build,
    needs=(("value.money",),),
    reads=("rfm", "score"),
    line=_line,
)
