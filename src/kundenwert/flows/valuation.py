"""From booked lines to the value of each customer: base, fit, forecast, money. Serves every flow that values something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kundenwert.base import customer_base
from kundenwert.base.as_of import day_number
from kundenwert.base.customer_base import BaseSummary, LogFacts
from kundenwert.base.reversals import Matched
from kundenwert.errors import Bug
from kundenwert.flows.forecasts import Learned, forecast_of, load_forecast
from kundenwert.flows.known_log import apart, as_of_day, horizons_of, log_facts, refuse_nothing_to_value, short_log
from kundenwert.flows.money import NO_SPEND, Amounts, amounts_of, spend_of
from kundenwert.flows.value_table import forecasts_at
from kundenwert.records import Horizons, ModelCard, Notice
from kundenwert.tables.reconciliation import OF_CUSTOMERS

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.intervals import Outlook
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.progress import Progress
    from kundenwert.settings import Settings


@dataclass(frozen=True)
class Valued:
    """A valued base; its tables stand in the engine. `fits`: the fitted models, purchases first. `outlook`: the distributions behind the
    forecasts, `keys`: the histories they are of. `levels`: those of the intervals, beside that of the columns without a suffix.
    """

    as_of: date
    facts: LogFacts
    summary: BaseSummary
    matched: Matched | None
    fits: tuple[Any, ...]
    horizons: Horizons
    amounts: Amounts
    currency: str
    notices: tuple[Notice, ...]
    outlook: Outlook
    levels: tuple[float, ...] = ()

    @property
    def is_recent(self) -> bool:
        """Whether customers are valued by the rate of the last 12 months."""
        return bool(self.fits[0].model.needs == "recent_histories")

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        """What a run keeps of the fits."""
        return tuple(fit.card() for fit in self.fits)


def value(engine: Engine, loaded: Loaded, settings: Settings, *, clock: date, progress: Progress, learned: Learned | None = None) -> Valued:
    """Values the booked lines of `engine` on the as-of day; table `customers` and view `customer_forecasts` stand ready after it.

    learned: what earlier days taught; without it the model of the settings is fitted, and amounts are expected as the paper does.
    """
    from kundenwert.flows.intervals import LEVEL

    as_of = as_of_day(loaded, settings, clock)
    facts = log_facts(loaded, as_of)
    with progress.phase("Building the customer base") as phase:
        summary, matched = customer_base.build(
            engine,
            facts,
            as_of=day_number(as_of),
            collective=bool(settings.collective),
            apart=loaded.sets_apart,
            has_days=bool(learned and learned.has_days),
        )
        phase.rows = summary.customers
    known = (*settings.collective, *settings.not_collective)
    customer_base.refuse_unknown_collective(engine, facts, summary, as_of=day_number(as_of), known=known)
    refuse_nothing_to_value(loaded, summary, as_of)
    _check_tie(loaded, summary, as_of)
    horizons = horizons_of(settings, as_of)
    with progress.phase("Fitting the models") as phase:
        made = forecast_of(engine, settings, horizons, learned)
        way = learned.amounts if learned else ""
        spend = spend_of(engine, summary, way, small=made.is_recent) if loaded.has_amounts else NO_SPEND
        engine.remember("counts_first", spend.counts_first)
        phase.rows = summary.modelled
    with progress.phase("Finding the intervals"):
        outlook = made.outlook(horizons, spend)
        levels = tuple(one for one in settings.interval_levels if one != LEVEL)
        for level in (*levels, LEVEL):
            load_forecast(engine, {**made.columns, **outlook.bounds(level)}, small=made.is_recent)
            engine.rename("forecasts", forecasts_at(level))
        engine.rename(forecasts_at(LEVEL), "forecasts")
    with progress.phase("Turning purchases into money"):
        share = learned.return_share if learned else None
        amounts, more = amounts_of(engine, loaded, settings, summary, as_of, spend, share)
    return Valued(
        as_of=as_of,
        facts=facts,
        summary=summary,
        matched=matched,
        fits=(made.fit, *(() if spend.fit is None else (spend.fit,))),
        horizons=horizons,
        amounts=amounts,
        currency=loaded.currency,
        notices=(*made.notices, *short_log(loaded, settings, as_of), *spend.notices, *more, *apart(loaded)),
        outlook=outlook,
        levels=levels,
    )


def _check_tie(loaded: Loaded, summary: BaseSummary, as_of: date) -> None:
    classes = loaded.reconcile(as_of).classes
    booked = sum((total.amount for total in classes if total.line_class in OF_CUSTOMERS), Decimal(0))
    if loaded.has_amounts and booked != summary.revenue:
        raise Bug(f"The customers' revenue {summary.revenue} does not tie to the ledger's {booked}. Please report this.")
