"""Remedies: what can be done where a plain purchase model is known to fail, one file a remedy.

A remedy is a plug-in: `registry.load("models.remedies", name)()` is an AbstractRemedy. If `applies(histories, calendar)` is empty and
`fits(model)`, then `fit(model, histories, calendar, unit_days)` gives a fit with the face of a plain one: `model.name` such as
"mbg_nbd+season", `parameters`, `forecast_histories`, `future_counts`, `future_mass`, `expected_course`, `drawn`, `card`, `to_json`.
Histories are the plain ones, in days; dates follow from T, recency and the calendar's as-of day.

`stacked(fits, weights)` mixes at most three fits, plain or remedied, into one with the same face; `weights_of(log_scores, count)` finds
the weights. `read_fit(text)` reads what `to_json` of any fit wrote.
"""

from kundenwert.models.remedies._remedied import AbstractRemediedFit, AbstractRemedy, Face, PurchaseFit, read_fit
from kundenwert.models.remedies._stacking import StackedFit, stacked, weights_of

__all__ = ["AbstractRemediedFit", "AbstractRemedy", "Face", "PurchaseFit", "StackedFit", "read_fit", "stacked", "weights_of"]
