"""From booked lines to the value of each customer: base, fit, forecast, money. Serves every flow that values something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import registry
from kundenwert.base import customer_base
from kundenwert.base.as_of import day_number, day_of, last_plausible
from kundenwert.base.customer_base import BaseSummary, LogFacts
from kundenwert.base.reversals import Matched
from kundenwert.errors import Bug, NothingToValue, Problem, SettingsError
from kundenwert.records import Horizons, ModelCard, Notice
from kundenwert.settings import AUTOMATIC, Duration
from kundenwert.tables.reconciliation import OF_CUSTOMERS, document_days

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.intervals import Outlook
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.progress import Progress
    from kundenwert.models.purchases.recent_rate import RecentHistories
    from kundenwert.models.spending import AmountLaw
    from kundenwert.records import Histories, PurchaseForecast
    from kundenwert.settings import Settings

_UNIT_DAYS = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}
# Without a spend model the own mean counts by its purchases, the mean of the base like two purchases.
_PLAIN_WEIGHT = 2.0
# A customer's own margin counts by its revenue, the margin of the base like four average purchases.
_MARGIN_PURCHASES = 4.0
_LARGEST_RETURN_SHARE = 0.95
# The model where none is named and no earlier day was asked (definitions.md, Origins).
_WITHOUT_EVIDENCE = "mbg_nbd"
_WITH_BOUNDS = ("expected_purchases", "expected_revenue", "clv")
VALUE_IS = "past + clv; clv is residual, from the as-of day on"


@dataclass(frozen=True)
class Amounts:
    """How purchases become money: expected amount (weight mean + p spend) / (p days + weight), returns, margin."""

    p: float
    weight: float
    population_mean: float
    return_share: float
    margin: float
    margin_weight: float
    estimated_share: float | None
    yardstick: str

    def values(self) -> dict[str, Any]:
        """The values that value/customers.sql binds."""
        names = ("p", "weight", "population_mean", "return_share", "margin", "margin_weight", "yardstick")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Learned:
    """What earlier days taught. fitted: makes the purchase fit of the histories of the base. amounts: the way to expect the amount of a
    purchase, as in records.SpendEvidence; "" if nothing is known of it. return_share: None likewise. has_days: as in customer_base.build.
    """

    fitted: Callable[[Histories], Any]
    amounts: str = ""
    return_share: float | None = None
    has_days: bool = False

    @property
    def counts_first(self) -> bool:
        """Whether the first purchase tells of the next."""
        return self.amounts.endswith("+first")


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
    _refuse_nothing_to_value(loaded, summary, as_of)
    _check_tie(loaded, summary, as_of)
    horizons = _horizons(settings, as_of)
    with progress.phase("Fitting the models") as phase:
        made = _forecast(engine, settings, horizons, learned)
        way = learned.amounts if learned else ""
        spend = _spend(engine, summary, way, small=made.is_recent) if loaded.has_amounts else _NO_SPEND
        engine.remember("counts_first", spend.counts_first)
        phase.rows = summary.modelled
    with progress.phase("Finding the intervals"):
        outlook = made.outlook(horizons, spend)
        levels = tuple(one for one in settings.interval_levels if one != LEVEL)
        for level in (*levels, LEVEL):
            load_forecast(engine, {**made.columns, **outlook.bounds(level)}, small=made.is_recent)
            engine.rename("forecasts", _forecasts_at(level))
        engine.rename(_forecasts_at(LEVEL), "forecasts")
    with progress.phase("Turning purchases into money"):
        share = learned.return_share if learned else None
        amounts, more = _amounts(engine, loaded, settings, summary, as_of, spend, share)
    return Valued(
        as_of=as_of,
        facts=facts,
        summary=summary,
        matched=matched,
        fits=(made.fit, *(() if spend.fit is None else (spend.fit,))),
        horizons=horizons,
        amounts=amounts,
        currency=loaded.currency,
        notices=(*made.notices, *_short_log(loaded, settings, as_of), *spend.notices, *more, *_apart(loaded)),
        outlook=outlook,
        levels=levels,
    )


def header_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    """What the header of a run's value table says (see `write_customers`), from its manifest."""
    days = {name: f"{manifest[name]:g}" for name in ("horizon_days", "value_horizon_days")}
    words = {name: str(manifest[name]) for name in ("yardstick", "currency", "as_of", "value_is")}
    return {**words, **days, "discount_rate": f"{manifest['settings']['discount_rate']:g}"}


def header(valued: Valued, value_is: str = VALUE_IS) -> dict[str, str]:
    """What the header of a value table says: yardstick, as-of day, horizons, rate and what the value adds up from."""
    return {
        "yardstick": valued.amounts.yardstick,
        "currency": valued.currency,
        "as_of": valued.as_of.isoformat(),
        "horizon_days": f"{valued.horizons.horizon_days:g}",
        "value_horizon_days": f"{valued.horizons.value_horizon_days:g}",
        "discount_rate": f"{valued.horizons.discount_rate:g}",
        "value_is": value_is,
    }


def write_customers(engine: Engine, valued: Valued, path: Path, *, more: str = "") -> int:
    """Writes customers.parquet; returns how many rows. Its header names yardstick, as-of day, horizons and rate.

    more: a step that gives table `at_levels` further columns.
    """
    about = header(valued)
    values = {"as_of": day_number(valued.as_of), **valued.amounts.values()}
    if not valued.levels and not more:
        return engine.write(path, "value/customers.sql", about=about, **values)
    engine.table("at_levels", "value/customers.sql", **values)
    if valued.levels:
        _join_levels(engine, valued, values)
    if more:
        engine.table("with_more", more)
        engine.drop("at_levels")
        engine.rename("with_more", "at_levels")
    return engine.write(path, "value/at_levels.sql", about=about)


def _join_levels(engine: Engine, valued: Valued, values: dict[str, Any]) -> None:
    """Gives the value table `at_levels` the bounds at further levels: reckoned once more with the bounds of each."""
    from kundenwert.engines._engine import Reading

    engine.rename("forecasts", "usual_forecasts")
    for level in valued.levels:
        engine.rename(_forecasts_at(level), "forecasts")
        engine.table("level_table", "value/customers.sql", **values)
        engine.rename("forecasts", _forecasts_at(level))
        names = [f"{name}_{side}" for name in _WITH_BOUNDS for side in ("lower", "upper")]
        readings = {f"{name}_{suffix(level)}": Reading((name,)) for name in names}
        engine.project("level_columns", "level_table", {"of_customer": Reading(("customer_id",)), **readings})
        engine.table("joined_levels", "value/with_level.sql")
        for name in ("level_columns", "level_table", "at_levels"):
            engine.drop(name)
        engine.rename("joined_levels", "at_levels")
    engine.rename("usual_forecasts", "forecasts")


def suffix(level: float) -> str:
    """What stands behind the names of columns at a level: 50 for 0.5, 97_5 for 0.975."""
    return f"{100 * level:.6g}".replace(".", "_")


def _forecasts_at(level: float) -> str:
    return f"forecasts_{suffix(level)}"


def log_facts(loaded: Loaded, as_of: date) -> LogFacts:
    """What the booked lines of customers up to the as-of day look like as a whole."""
    known = [entry for entry in loaded.days if entry.is_booked and entry.day is not None and entry.day <= day_number(as_of)]
    own = [entry for entry in known if entry.line_class in OF_CUSTOMERS]
    return LogFacts(
        lines=sum(entry.lines for entry in own),
        document_days=len(document_days(known)),
        money=sum((2 * entry.positive_amount - entry.amount for entry in own), Decimal(0)),
        reversals=sum(entry.lines for entry in own if entry.line_class != "kept"),
        special_lines=sum(entry.free_lines + entry.non_product_lines + entry.negative_price_lines for entry in own),
    )


def is_plain(loaded: Loaded, settings: Settings, as_of: date) -> bool:
    """Whether each line up to a day is a paid purchase that stands: then `customer_base.plain_days` tells all of it."""
    return log_facts(loaded, as_of).is_plain and not settings.collective


def as_of_day(loaded: Loaded, settings: Settings, clock: date) -> date:
    """The as-of day: chosen, or the last plausible document day."""
    days = document_days(loaded.days)
    if settings.as_of is None:
        return last_plausible(days, clock)
    chosen: date = settings.as_of
    if chosen > clock:
        came = f"As-of is {chosen}, after today ({clock})."
        raise SettingsError(Problem(came, "a day up to today: later lines cannot be known yet.", "choose an earlier --as-of."))
    if not days or day_number(chosen) < days[0]:
        first = f"The first document day is {day_of(days[0])}" if days else "No line has a readable date"
        raise NothingToValue(Problem(f"{first}, as-of is {chosen}.", "an as-of day after the first document.", "choose a later --as-of."))
    return chosen


def _horizons(settings: Settings, as_of: date) -> Horizons:
    return Horizons(
        horizon_days=float(Duration.parse(settings.horizon).days(as_of)),
        value_horizon_days=float(Duration.parse(settings.value_horizon).days(as_of)),
        discount_rate=float(settings.discount_rate),
    )


def _refuse_nothing_to_value(loaded: Loaded, summary: BaseSummary, as_of: date) -> None:
    if summary.modelled == 0:
        raise NothingToValue(
            Problem(
                f"No purchase is left on {as_of}: {summary.customers:,} customers have nothing but cancellations or returns.",
                "at least two customers with purchases.",
                "check the sign of the amounts and the customer column with `kundenwert check`.",
            )
        )
    if loaded.has_amounts and summary.revenue <= 0:
        raise NothingToValue(
            Problem(
                f"The booked revenue of all customers is {summary.revenue:,.2f}.",
                "a positive total.",
                "check the sign of the amounts: are credits exported as positive, or invoices as negative numbers?",
            )
        )
    if summary.modelled == 1:
        raise NothingToValue(
            Problem(
                "All purchases belong to one customer.",
                "at least two customers; one alone cannot be compared with others.",
                "check the customer column (--map customer_id=COLUMN).",
            )
        )
    if summary.repeat_purchases == 0:
        raise NothingToValue(
            Problem(
                f"None of {summary.modelled:,} customers bought on a second day, so nothing says how often customers come back.",
                "at least one repeat purchase.",
                "check that the customer column is not the document number (--map customer_id=COLUMN), or load a longer period.",
            )
        )


def _check_tie(loaded: Loaded, summary: BaseSummary, as_of: date) -> None:
    classes = loaded.reconcile(as_of).classes
    booked = sum((total.amount for total in classes if total.line_class in OF_CUSTOMERS), Decimal(0))
    if loaded.has_amounts and booked != summary.revenue:
        raise Bug(f"The customers' revenue {summary.revenue} does not tie to the ledger's {booked}. Please report this.")


@dataclass(frozen=True)
class _Forecast:
    """A purchase fit and what it says of each history: of `histories` as the fit sees them, in the order of `keys`."""

    fit: Any
    histories: Any
    keys: dict[str, Any]
    forecast: PurchaseForecast
    notices: tuple[Notice, ...] = ()

    @property
    def is_recent(self) -> bool:
        """Whether customers are valued by the rate of the last 12 months."""
        return bool(self.fit.model.needs == "recent_histories")

    @property
    def columns(self) -> dict[str, Any]:
        """Histories and forecasts by name."""
        return {**self.keys, **columns_of(self.forecast)}

    def outlook(self, horizons: Horizons, spend: _Spend) -> Outlook:
        """The distributions behind the forecast."""
        from kundenwert.flows.intervals import look_ahead

        fit = spend.fit if spend.is_model else None
        paid = self.keys["frequency"] + int(spend.counts_first)
        return look_ahead(self.fit, self.histories, paid, self.forecast, horizons, spend.law, fit)


def unit_days_of(settings: Settings) -> float:
    """The days of the unit in which parameters are shown."""
    return _UNIT_DAYS[settings.unit]


def _forecast(engine: Engine, settings: Settings, horizons: Horizons, learned: Learned | None) -> _Forecast:
    """The purchase fit, its forecast of each history, and what a reader must know of it."""
    from kundenwert.models.small_base import is_small

    model = registry.load("models.purchases", _WITHOUT_EVIDENCE if settings.model == AUTOMATIC else settings.model)()
    if model.needs == "recent_histories":
        return _forecast_recent(engine, settings, horizons)
    histories = customer_base.histories(engine)
    if is_small(histories):
        text = (
            "Too few for a population model: {customers} customers with {repeat} repeat purchases. "
            "Valued by the rate of the last 12 months."
        )
        found = {"customers": histories.customers, "repeat": int(histories.frequency @ histories.count)}
        return _forecast_recent(engine, settings, horizons, Notice("small_base", text, found))
    fit = learned.fitted(histories) if learned else model.fit(histories, unit_days=unit_days_of(settings))
    if not fit.outcome.is_usable:
        text = "The model {model} could not be used: {sentence} Valued by the rate of the last 12 months."
        found = {"model": fit.model.name, "sentence": fit.sentence}
        return _forecast_recent(engine, settings, horizons, Notice("model_unusable", text, found))
    keys = {"frequency": histories.frequency, "recency": histories.recency, "t": histories.T}
    return _Forecast(fit, histories, keys, fit.forecast_histories(histories, horizons), tuple(_doubts(fit)))


def _doubts(fit: Any) -> list[Notice]:
    """What a reader must know of a fit that can be used, but not without a word."""
    if fit.outcome.name == "CONVERGED":
        return []
    text = "The purchase model is not settled by these data: its parameters and standard errors should not be read one by one ({name})."
    return [Notice("model_not_settled", text, {"name": fit.model.name})]


def _short_log(loaded: Loaded, settings: Settings, as_of: date) -> list[Notice]:
    days = [day for day in document_days(loaded.days) if day <= day_number(as_of)]
    covered = days[-1] - days[0] + 1
    if covered >= Duration.parse(settings.value_horizon).days(as_of):
        return []
    text = "The log covers {years:.1f} years; the value looks further ahead than that. The data cannot show who stays that long."
    return [Notice("short_log", text, {"years": covered / 365.25})]


def _apart(loaded: Loaded) -> Iterator[Notice]:
    if loaded.objected:
        text = (
            "{count} customers objected to being valued: they have no forecast of their own and stand in no list. Totals count the "
            "mean of all others for them."
        )
        yield Notice("objected", text, {"count": loaded.objected})
    if loaded.erased:
        text = "{lines} lines belong to erased persons. Their money stands in one row, by year, so that totals hold."
        yield Notice("erased", text, {"lines": loaded.erased})


def recent_histories(engine: Engine) -> tuple[RecentHistories, dict[str, Any]]:
    """The distinct histories with the repeat purchases of the last 12 months, and their keys for the join."""
    import numpy as np

    from kundenwert.models.purchases.recent_rate import RECENT_DAYS, RecentHistories

    arrays = engine.arrays("base/recent_histories.sql")
    keys = {name: arrays[name] for name in ("frequency", "recency", "t", "recent")}
    return RecentHistories(arrays["recent"], np.minimum(arrays["t"], RECENT_DAYS), arrays["customers"]), keys


def _forecast_recent(engine: Engine, settings: Settings, horizons: Horizons, *notices: Notice) -> _Forecast:
    recent, keys = recent_histories(engine)
    fit = registry.load("models.purchases", "recent_rate")().fit(recent, unit_days=unit_days_of(settings))
    return _Forecast(fit, recent, keys, fit.forecast_histories(recent, horizons), notices)


def columns_of(forecast: PurchaseForecast) -> dict[str, Any]:
    """The arrays of a forecast by name; what a model does not know is not a number."""
    import numpy as np

    size = len(forecast.expected_purchases)
    names = ("p_alive", "expected_purchases", "discounted_purchases", "discounted_beyond", "usual_gap")
    found = {name: getattr(forecast, name) for name in names}
    return {name: np.full(size, np.nan) if values is None else values for name, values in found.items()}


def load_forecast(engine: Engine, forecast: dict[str, Any], *, small: bool) -> None:
    """Gives the engine the forecast of each history, and each customer its forecast: view `customer_forecasts`."""
    import numpy as np

    keys: dict[str, Any] = {name: forecast[name].astype(np.int32) for name in ("frequency", "recency", "t", "recent") if name in forecast}
    engine.load("loaded_forecasts", {**forecast, **keys})
    engine.table("forecasts", "value/forecasts.sql")
    engine.drop("loaded_forecasts")
    engine.view("customer_forecasts", "value/forecasts_by_recent.sql" if small else "value/forecasts_by_history.sql")


def _amounts(
    engine: Engine, loaded: Loaded, settings: Settings, summary: BaseSummary, as_of: date, spend: _Spend, share: float | None
) -> tuple[Amounts, list[Notice]]:
    if not loaded.has_amounts:
        engine.view("sorted_customers", _plain_order(engine))
        text = "The input has no amounts: customers are valued in purchases, not in money."
        return Amounts(1.0, 1.0, 0.0, 0.0, 1.0, 0.0, None, "purchases"), [Notice("no_amounts", text)]
    notices = []
    margin, estimated = _margin(engine, loaded, settings, as_of)
    _round(engine, contribution=margin is not None)
    share = _return_share(engine, loaded, settings, as_of) if share is None else min(share, _LARGEST_RETURN_SHARE)
    weight = _MARGIN_PURCHASES * float(summary.revenue) / max(summary.purchases, 1)
    if margin is None:
        text = "Neither costs nor a margin are known, so all values are revenue. Give costs with the lines, or the setting margin."
        notices.append(Notice("no_margin", text))
    elif estimated:
        text = "{share:.0%} of the contribution margin is estimated from the margins of other lines or from the setting margin."
        notices.append(Notice("estimated_margin", text, {"share": estimated}))
    yardstick = "revenue" if margin is None else "contribution"
    return Amounts(*spend.expected, share, 1.0 if margin is None else margin, weight, estimated, yardstick), notices


@dataclass(frozen=True)
class _Spend:
    """The amount of a purchase. expected: p, weight and population mean of `Amounts`. law: how amounts spread; None without amounts.
    fit: the spend fit, if one was tried; is_model: whether amounts follow it. counts_first: whether first purchases tell of the next.
    """

    expected: tuple[float, float, float]
    law: AmountLaw | None
    fit: Any | None = None
    is_model: bool = False
    notices: tuple[Notice, ...] = ()
    counts_first: bool = False


_NO_SPEND = _Spend((1.0, 1.0, 0.0), None)


def _spend(engine: Engine, summary: BaseSummary, way: str, *, small: bool) -> _Spend:
    """The amount of a purchase in a way of records.SpendEvidence; "" is the paper's, which leaves the first purchase out."""
    from kundenwert.models.spending import AmountLaw

    first = way.endswith("+first") and not small
    histories = customer_base.spend_histories(engine, summary.spenders, first_counted=first)
    days = float((histories.spend_days * histories.count).sum())
    total = float((histories.spend_days * histories.mean * histories.count).sum())
    mean = total / days if days else float(summary.revenue) / max(summary.purchases, 1)
    plain = _Spend((1.0, _PLAIN_WEIGHT, mean), AmountLaw.plain(histories, _PLAIN_WEIGHT))
    if small or way == "plain":
        return plain
    fit = registry.load("models.spend", "gamma_gamma")().fit(histories)
    if not fit.outcome.is_usable:
        text = "The spend model could not be used: {sentence} Amounts are the customers' means, drawn to the mean of the base."
        return replace(plain, fit=fit, notices=(Notice("spend_unusable", text, {"sentence": fit.sentence}),), counts_first=first)
    found = fit.coefficients()
    expected = (found["p"], found["weight"], found["population_mean"])
    return _Spend(expected, AmountLaw.of(fit), fit, is_model=True, counts_first=first)


def _margin(engine: Engine, loaded: Loaded, settings: Settings, as_of: date) -> tuple[float | None, float | None]:
    """The margin of the base and the share of contribution that is estimated; None where no margin is known."""
    engine.script("value/contribution/macros.sql")
    if loaded.has_cost and engine.rows("value/has_cost.sql", as_of=day_number(as_of))[0]["found"]:
        engine.table("contributions", "value/contributions.sql", as_of=day_number(as_of), margin=settings.margin)
    elif settings.margin is not None:
        engine.table("contributions", "value/contributions_settled.sql", margin=float(settings.margin))
    else:
        return None, None
    (found,) = engine.rows("value/overall_margin.sql")
    return found["margin"], found["estimated_share"]


def _round(engine: Engine, *, contribution: bool) -> None:
    """Gives view `sorted_customers` revenue and contribution in cents that add up to the ledger's totals rounded once."""
    uneven = _hand_out_cents(engine, "cents", "value/unrounded_revenue.sql")
    if contribution:
        _hand_out_cents(engine, "cents_of_past", "value/unrounded_past.sql")
    else:
        engine.table("cents_of_past", "value/no_cents.sql")
        engine.table("contributions", "value/no_contributions.sql")
    engine.view("sorted_customers", "value/sorted.sql" if uneven or contribution else _plain_order(engine))


def _plain_order(engine: Engine) -> str:
    """The step that sorts by id; ids that are whole numbers stand in the same order as their texts would, but faster."""
    if engine.columns("customers")["customer_id"] != "BIGINT" or engine.rows("value/smallest_id.sql")[0]["smallest"] < 0:
        return "value/sorted_plain.sql"
    engine.script("tables/place_among_texts.sql")
    return "value/sorted_numbers.sql"


def _hand_out_cents(engine: Engine, table: str, unrounded: str) -> bool:
    """Keeps the ids that get one more cent as `table`; returns whether any amount was not whole cents."""
    engine.view("unrounded", unrounded)
    (parts,) = engine.rows("value/has_parts_of_cents.sql")
    engine.table(table, "value/cents.sql" if parts["found"] else "value/no_cents.sql")
    return bool(parts["found"])


def _return_share(engine: Engine, loaded: Loaded, settings: Settings, as_of: date) -> float:
    """The share of purchase money that reversals take beyond those already matched: measured over the last horizon of the log."""
    if is_plain(loaded, settings, as_of):
        return 0.0
    since = Duration.parse(settings.horizon).after(as_of, -1)
    (money,) = engine.rows("base/money_since.sql", since=day_number(since), as_of=day_number(as_of))
    if money["purchases"] <= 0:
        return 0.0
    return float(min(max(1 - money["revenue"] / money["purchases"], 0.0), _LARGEST_RETURN_SHARE))


def horizon_end(valued: Valued) -> date:
    """The last day of the horizon."""
    return valued.as_of + timedelta(days=int(valued.horizons.horizon_days))
