"""How likely a company is to default, and what its contribution is worth with that risk (R24)."""

from __future__ import annotations

from kundenwert.base.features._feature import Feature

PLUGIN = Feature(
    step="base/features/credit_risk.sql",
    about="How likely a company is to default within a year, by the band of its credit index; natural persons have none.",
    needs=(("customers.external_rating",), ("preset.credit",)),
    columns={
        "credit_index": "The external credit index of a company; empty for natural persons, and where it lies outside the scale.",
        "default_probability": "Chance of a default within a year, from 0 to 1, by the bands of [credit].",
        "contribution_of_year": "Amount less cost of the lines with cost of the last 365 days, in the reporting currency.",
        "risk_adjusted_contribution": "The same times (1 - chance of a default).",
    },
)
