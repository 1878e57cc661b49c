"""Remedies: what can be done where a plain purchase model is known to fail, one file a remedy.

A remedy is a plug-in: `registry.load("models.remedies", name)()` is an AbstractRemedy. If `applies(histories, calendar)` is empty and
`fits(model)`, then `fit(model, histories, calendar, unit_days)` gives a fit with the face of a plain one: `model.name` such as
"mbg_nbd+season", `parameters`, `forecast_histories`, `future_counts`, `future_mass`, `expected_course`, `drawn`, `card`, `to_json`.
Histories are the plain ones, in days; dates follow from T, recency and the calendar's as-of day.
"""

from kundenwert.models.remedies._remedied import AbstractRemediedFit, AbstractRemedy, Face, PurchaseFit, read_fit

__all__ = ["AbstractRemediedFit", "AbstractRemedy", "Face", "PurchaseFit", "read_fit"]
