"""Beyond plain models: remedies for what they get wrong, and the mixture of the best. They take part like any other forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert import registry
from kundenwert.models._histories import even_sample
from kundenwert.models.evidence.candidates import Candidates, lets_leave
from kundenwert.models.evidence.choice import Evidence, everywhere, mean_log_score
from kundenwert.models.evidence.made import by_fit
from kundenwert.records import Calendar, Histories

Floats = NDArray[np.float64]

STACKING: Final = "stacking"
# A mixture takes part from so many origins on; without an ended one its members have equal weights.
_LEAST_ORIGINS: Final = 2
_MEMBERS: Final = 3
# Remedies are fitted at an origin on so many customers, weights on so many outcomes.
_CUSTOMERS: Final = 20_000
_OUTCOMES: Final = 8_000
_FIRST_DAY: Final = date(1970, 1, 1)


def add_remedies(evidence: Sequence[Evidence], candidates: Candidates, unusable: dict[str, str]) -> None:
    """Adds the forecast of each remedy that can be tried on the data of the latest origin, where its fit can be used.

    A remedy is put on the best plain model that lets customers leave and that it knows how to help. unusable: takes name -> sentence of a
    remedy that could not be used at an earlier origin.
    """
    names = everywhere(evidence)
    plain = [model for model in candidates.models if model.name in names and lets_leave(model)]
    for remedy in candidates.remedies:
        fitting = [model for model in plain if remedy.fits(model)]
        latest = evidence[0].known
        if not fitting or remedy.applies(latest.histories, latest.calendar):
            continue
        model = max(fitting, key=lambda one: mean_log_score(evidence, one.name))
        for one in evidence:
            _add_remedy(one, model, remedy, unusable)


def _add_remedy(one: Evidence, model: Any, remedy: Any, unusable: dict[str, str]) -> None:
    name = f"{model.name}+{remedy.name}"
    histories, calendar = _few(one.known.histories, one.known.calendar)
    sentence = remedy.applies(histories, calendar)
    if not sentence:
        fit = remedy.fit(model, histories, calendar, 7.0)
        if fit.outcome.is_usable:
            one.made[name] = by_fit(fit, one.known, name=name, kind="remedy")
            return
        sentence = fit.sentence
    unusable.setdefault(name, f"{_FIRST_DAY + timedelta(days=one.origin)}: {sentence}")


def _few(h: Histories, calendar: Calendar) -> tuple[Histories, Calendar]:
    """An even choice of the customers of a large base, and their part of the calendar."""
    if h.customers <= _CUSTOMERS:
        return h, calendar
    kept, count = even_sample(h.count, _CUSTOMERS)
    few = Histories(h.frequency[kept], h.recency[kept], h.T[kept], count)
    part = float(few.frequency @ few.count) / max(float(h.frequency @ h.count), 1.0)
    return few, replace(calendar, repeat_purchases=np.round(calendar.repeat_purchases * part).astype(np.int64))


def add_stacking(evidence: Sequence[Evidence]) -> dict[str, float]:
    """Adds the mixture of at most three models and remedies; its weights at an origin are learned from windows that had ended by then.

    Returns the weights that all windows together teach, which are those of today; empty where no mixture takes part.
    """
    from kundenwert.models.remedies._stacking import stacked

    members = [name for name in everywhere(evidence) if evidence[0].made[name].kind != "baseline"]
    if len(evidence) < _LEAST_ORIGINS or len(members) < 2:
        return {}
    for one in evidence:
        ended = [other for other in evidence if other.until <= one.origin]
        weights = weights_of(ended, members) if ended else _equal(members, one)
        fit = stacked([one.made[name].fit for name in weights], list(weights.values()))
        one.made[STACKING] = by_fit(fit, one.known, name=STACKING, kind="remedy")
    return weights_of(evidence, members)


def weights_of(evidence: Sequence[Evidence], members: Sequence[str]) -> dict[str, float]:
    """The weights above 0 that outcomes at some origins teach, by name."""
    from kundenwert.models.remedies import _stacking

    scores = np.concatenate([np.stack([one.made[name].log_score for name in members]) for one in evidence], axis=1)
    count = np.concatenate([one.known.count for one in evidence])
    if len(count) > _OUTCOMES:
        kept, count = even_sample(count, _OUTCOMES)
        scores = scores[:, kept]
    found = _stacking.weights_of(scores, count)
    return {name: float(weight) for name, weight in zip(members, found, strict=True) if weight > 0}


def _equal(members: Sequence[str], one: Evidence) -> dict[str, float]:
    """Where nothing is known of how they do: the plain models that let customers leave, at most three."""
    plain = [name for name in members if one.made[name].kind == "model"]
    leaving = [name for name in plain if lets_leave(one.made[name].fit.model)]
    some = (leaving or plain)[:_MEMBERS]
    return {name: 1 / len(some) for name in some}


def fit_named(name: str, weights: Mapping[str, float], histories: Histories, calendar: Calendar, unit_days: float = 7.0) -> Any:
    """The fit of a forecast that a backtest names, on other histories: "bg_nbd", "mbg_nbd+season" or "stacking" with its weights.

    Look at its `outcome`, as at that of any fit. Raises UnknownName for a model or remedy that there is none of.
    """
    if name == STACKING:
        from kundenwert.models.remedies._stacking import stacked

        return stacked([fit_named(one, {}, histories, calendar, unit_days) for one in weights], list(weights.values()))
    plain, _, remedy = name.partition("+")
    model = registry.load("models.purchases", plain)()
    if not remedy:
        return model.fit(histories, unit_days=unit_days)
    return registry.load("models.remedies", remedy)().fit(model, histories, calendar, unit_days)
