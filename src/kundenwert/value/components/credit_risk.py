"""What a company's clv loses if it defaults: each year's margin m becomes m x (1 - chance of a default within a year) (R24)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kundenwert.records import Notice
from kundenwert.value.components._component import Basis, Built, Component

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine


def _build(engine: Engine, _: Basis) -> Built:
    engine.table("component_credit_risk", "value/components/credit_risk.sql")
    (facts,) = engine.rows("value/components/credit_risk_facts.sql")
    bands = [[row["up_to"], row["chance"]] for row in engine.rows("value/components/credit_risk_bands.sql")]
    return Built({**facts, "loss": str(facts["loss"]), "bands": bands}, tuple(_notices(facts)))


def _notices(facts: Mapping[str, Any]) -> Iterator[Notice]:
    if facts["not_companies"]:
        text = (
            "{count} customers with a credit index are natural persons or not known to be companies: their index is not used. "
            "To use it needs a written reason under [credit]."
        )
        yield Notice("credit_of_persons", text, {"count": facts["not_companies"]})
    if facts["outside"]:
        text = "Credit indexes outside the bands of [credit]: {count}. They say nothing."
        yield Notice("credit_outside", text, {"count": facts["outside"]})


def _line(row: Mapping[str, Any]) -> Notice | None:
    if row["credit_loss"] is None:
        return None
    text = "Expected loss by a default: {loss:,.2f¤} of the residual value; the credit index stands for {chance:.2%} a year."
    return Notice("credit_loss", text, {"loss": float(-row["credit_loss"]), "chance": row["credit_default_chance"]})


PLUGIN = Component(
    title="Credit risk",
    formula="clv x (1 - PD): the margin of each year times the chance that the company does not default within a year",
    source="external credit index of companies, by the bands of [credit]; value-models: risk-adjusted margin m x (1 - PD)",
    columns={
        "credit_default_chance": "Chance of a default within a year (PD), from 0 to 1; empty without a usable credit index.",
        "credit_loss": "Expected loss of residual value by a default: - PD x clv, in the reporting currency; what the value may add.",
        "risk_adjusted_clv": "clv x (1 - PD), in the reporting currency.",
    },
    build=_build,
    needs=(("features.default_probability",), ("value.money",)),
    standing="addable",
    amount="credit_loss",
    line=_line,
)
