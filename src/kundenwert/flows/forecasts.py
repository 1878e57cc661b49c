"""How often each customer will buy: the purchase model of the settings or of earlier days, and its forecast of each history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenwert import registry
from kundenwert.base import customer_base
from kundenwert.records import Horizons, Notice
from kundenwert.settings import AUTOMATIC

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.intervals import Outlook
    from kundenwert.flows.money import Spend
    from kundenwert.models.purchases.recent_rate import RecentHistories
    from kundenwert.records import Histories, PurchaseForecast
    from kundenwert.settings import Settings

_UNIT_DAYS = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}
# The model where none is named and no earlier day was asked (definitions.md, Origins).
_WITHOUT_EVIDENCE = "mbg_nbd"


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
class Forecast:
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

    def outlook(self, horizons: Horizons, spend: Spend) -> Outlook:
        """The distributions behind the forecast."""
        from kundenwert.flows.intervals import look_ahead

        fit = spend.fit if spend.is_model else None
        paid = self.keys["frequency"] + int(spend.counts_first)
        return look_ahead(self.fit, self.histories, paid, self.forecast, horizons, spend.law, fit)


def unit_days_of(settings: Settings) -> float:
    """The days of the unit in which parameters are shown."""
    return _UNIT_DAYS[settings.unit]


def forecast_of(engine: Engine, settings: Settings, horizons: Horizons, learned: Learned | None) -> Forecast:
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
    return Forecast(fit, histories, keys, fit.forecast_histories(histories, horizons), tuple(_doubts(fit)))


def _doubts(fit: Any) -> list[Notice]:
    """What a reader must know of a fit that can be used, but not without a word."""
    if fit.outcome.name == "CONVERGED":
        return []
    text = "The purchase model is not settled by these data: its parameters and standard errors should not be read one by one ({name})."
    return [Notice("model_not_settled", text, {"name": fit.model.name})]


def recent_histories(engine: Engine) -> tuple[RecentHistories, dict[str, Any]]:
    """The distinct histories with the repeat purchases of the last 12 months, and their keys for the join."""
    import numpy as np

    from kundenwert.models.purchases.recent_rate import RECENT_DAYS, RecentHistories

    arrays = engine.arrays("base/recent_histories.sql")
    keys = {name: arrays[name] for name in ("frequency", "recency", "t", "recent")}
    return RecentHistories(arrays["recent"], np.minimum(arrays["t"], RECENT_DAYS), arrays["customers"]), keys


def _forecast_recent(engine: Engine, settings: Settings, horizons: Horizons, *notices: Notice) -> Forecast:
    recent, keys = recent_histories(engine)
    fit = registry.load("models.purchases", "recent_rate")().fit(recent, unit_days=unit_days_of(settings))
    return Forecast(fit, recent, keys, fit.forecast_histories(recent, horizons), notices)


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
