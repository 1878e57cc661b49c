"""What the earlier days of a log teach a valuation: which model to use, how wide its totals are, and what no data of this log can tell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from kundenwert import registry
from kundenwert.base import customer_base
from kundenwert.base.as_of import day_number
from kundenwert.flows.backtest import backtest, calendar_of, refit
from kundenwert.flows.forecasts import Learned, unit_days_of
from kundenwert.flows.intervals import totals
from kundenwert.flows.known_log import as_of_day, is_plain
from kundenwert.flows.valuation import value
from kundenwert.records import Backtest, Notice
from kundenwert.settings import AUTOMATIC

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.progress import Progress
    from kundenwert.flows.valuation import Valued
    from kundenwert.records import Calendar, Histories, TotalForecast
    from kundenwert.settings import Settings

# A run looks back from so many days at most, the latest; `kundenwert backtest` from all.
MOST_ORIGINS = 6
_OLD, _OLD_KEY = "old_customers", "old_customers_taken_for_new"
# A second reading of the data is made of so many customers.
_CUSTOMERS = 20_000


@dataclass(frozen=True)
class Evident:
    """A valued base with the evidence behind its forecast. readings: see stats/totals.py, by measure. months: rows of
    base/months_plain.sql of a plain log.
    """

    valued: Valued
    backtest: Backtest
    readings: dict[str, float]
    months: list[dict[str, Any]]

    def totals(self, engine: Engine, settings: Settings, means: Mapping[str, float]) -> tuple[TotalForecast, ...]:
        """The totals with their intervals; means: as published. The tables of the valuation must stand in the engine."""
        return totals(engine, self.valued, settings, log_errors=self.backtest.log_errors, means=means, readings=self.readings)


def value_by_evidence(engine: Engine, loaded: Loaded, settings: Settings, *, clock: date, progress: Progress) -> Evident:
    """Looks back, chooses, and values with what was chosen; the tables of `value` stand ready in the engine after it."""
    as_of = as_of_day(loaded, settings, clock)
    plain = is_plain(loaded, settings, as_of)
    calendars: list[Calendar] = []
    months: list[dict[str, Any]] = []
    with customer_base.plain_days(engine, as_of=day_number(as_of), wanted=plain):
        found = _look_back(engine, loaded, settings, clock=clock, progress=progress, has_days=plain)

        def fitted(histories: Histories) -> Any:
            calendars.append(calendar_of(engine, as_of, histories, is_plain=plain))
            return _fit(found, settings, histories, calendars[-1])

        learned = Learned(fitted, found.spend.chosen if found.spend else "", found.return_share, has_days=plain)
        valued = value(engine, loaded, settings, clock=clock, progress=progress, learned=learned)
        if plain:
            months += engine.rows("base/months_plain.sql", as_of=day_number(as_of))
    unknown: tuple[Notice, ...] = ()
    readings: dict[str, float] = {}
    if calendars and not valued.is_recent:
        with progress.phase("Asking what the data cannot tell"):
            unknown = _unknown(engine, valued, calendars[-1])
            readings = _readings(valued, calendars[-1], unknown)
    # What is said in words of its own need not be said in general.
    told = {"model_not_settled"} if any(one.key.startswith("flat") for one in unknown) else set()
    general = [one for one in valued.notices if one.key not in told]
    notices = (*general, *_unproven(found, settings, valued), *found.notices, *unknown)
    return Evident(replace(valued, notices=notices), found, readings, months)


def _look_back(engine: Engine, loaded: Loaded, settings: Settings, *, clock: date, progress: Progress, has_days: bool) -> Backtest:
    """The backtest of all candidates, or of the one model that the settings name."""
    from kundenwert.models.evidence.candidates import Candidates

    every = Candidates.all()
    if settings.model != AUTOMATIC:
        named = registry.load("models.purchases", settings.model)()
        every = Candidates(every.baselines, tuple(model for model in every.models if model.name == named.name))
    return backtest(
        engine, loaded, settings, clock=clock, progress=progress, candidates=every, most_origins=MOST_ORIGINS, has_days=has_days
    )


def _fit(found: Backtest, settings: Settings, histories: Histories, calendar: Calendar) -> Any:
    """What the backtest chose; without any, the model of the settings, held by the prior where nothing was chosen by anybody."""
    unit_days = unit_days_of(settings)
    chosen = refit(found, histories, calendar, unit_days)
    if chosen is not None:
        return chosen
    if settings.model == AUTOMATIC:
        return registry.load("models.purchases", "mbg_nbd")().fit(histories, unit_days=unit_days, prior="weak")
    return registry.load("models.purchases", settings.model)().fit(histories, unit_days=unit_days)


def _unknown(engine: Engine, valued: Valued, calendar: Calendar) -> tuple[Notice, ...]:
    from kundenwert.models.identification import identify

    spend = customer_base.spend_histories(engine, valued.summary.spenders) if valued.amounts.yardstick != "purchases" else None
    return identify(valued.outlook.histories, calendar, valued.fits[0], spend=spend if spend is not None and len(spend.count) else None)


def _readings(valued: Valued, calendar: Calendar, unknown: tuple[Notice, ...]) -> dict[str, float]:
    """Where old customers may be taken for new and no earlier day proved it: how far apart the totals of both readings are."""
    fit, histories = valued.fits[0], valued.outlook.histories
    remedy = registry.load("models.remedies", _OLD)()
    if all(one.key != _OLD_KEY for one in unknown) or not hasattr(fit, "parameters_in_days") or not remedy.fits(fit.model):
        return {}
    few = fit.model.sample(histories, _CUSTOMERS) if histories.customers > _CUSTOMERS else histories
    if remedy.applies(few, calendar):
        return {}
    other = remedy.fit(fit.model, few, calendar, fit.unit_days)
    if not other.outcome.is_usable:
        return {}
    first, second = (one.forecast_histories(few, valued.horizons) for one in (fit, other))
    near = _squared_log_ratio(second.expected_purchases @ few.count, first.expected_purchases @ few.count)
    far = _squared_log_ratio(second.discounted_purchases @ few.count, first.discounted_purchases @ few.count)
    return {"purchases": near, "revenue": near, "clv": far}


def _squared_log_ratio(one: float, other: float) -> float:
    return math.log(one / other) ** 2 if one > 0 and other > 0 else 0.0


def _unproven(found: Backtest, settings: Settings, valued: Valued) -> list[Notice]:
    """That nothing could be chosen by evidence, and why; and that a naive rule would have done as well."""
    if valued.is_recent:
        return []
    if not found.origins:
        text = "No earlier day of this log could be forecast from, so the model was not chosen by evidence: {model}. {verdict}"
        return [Notice("no_evidence", text, {"model": valued.fits[0].model.name, "verdict": found.verdict})]
    naive = [one.name for one in found.pooled if one.kind == "baseline"]
    if found.chosen in naive and settings.model == AUTOMATIC:
        text = (
            "Looking back, no model beats the naive rule {rule}. The values rest on {model}, the best of the models: "
            "read them as no better than that rule."
        )
        return [Notice("no_better_than_naive", text, {"rule": found.chosen, "model": valued.fits[0].model.name})]
    return []
