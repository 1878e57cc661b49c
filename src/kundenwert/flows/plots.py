"""For the Python library: charts of a fit by name, `fit.plot.frequency(base)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

from kundenwert import registry
from kundenwert.base.as_of import day_number
from kundenwert.errors import CallError, UnknownName
from kundenwert.records import Backtest, Scored
from kundenwert.settings import Duration

if TYPE_CHECKING:
    from kundenwert.flows.customer_base import CustomerBase
    from kundenwert.records import Tracking
    from kundenwert.reports.charts import Chart

_RECORDS, _CHARTS = "models.diagnostics", "reports.charts"
# Charts that draw what a backtest has found.
_FROM_BACKTEST = ("calibration", "pit")
_FROM_BASE = ("tracking", "tracking_cumulative")


@final
class Plots:
    """Charts of a fit. Each is a method that gives a Chart; `dir(fit.plot)` lists them.

    frequency(base), timing(base), p_alive_matrix(base), purchases_matrix(base, horizon="12m"): of the base the fit was made of.
    heterogeneity(): of the parameters alone. posterior(): of draws. p_alive_path(purchases, until=None): of one customer's days with a
    purchase. tracking(base, later=None), tracking_cumulative(base, later=None): later is a base of a later day, to see what came.
    calibration(backtest), pit(backtest): of what a backtest says of this model.
    All take `lang` ("en", "de") and `width` in pixels.
    """

    def __init__(self, fit: Any) -> None:
        self._fit = fit

    def __dir__(self) -> list[str]:
        return list(names())

    def __repr__(self) -> str:
        return f"Charts of {self._fit.model.name}: {', '.join(names())}"

    def __getattr__(self, name: str) -> Plot:
        if name.startswith("_") or name not in names():
            raise NoSuchPlot(str(UnknownName(name, "fit.plot", names())))
        return Plot(self._fit, name)


class NoSuchPlot(CallError, AttributeError):
    """No chart has this name; the text lists those there are."""


@final
class Plot:
    """One chart of a fit, still to be drawn: call it."""

    def __init__(self, fit: Any, name: str) -> None:
        self._fit, self._name = fit, name
        self.__doc__ = registry.load(_RECORDS, name).__doc__ if name in registry.names(_RECORDS) else None

    def __call__(self, *given: Any, lang: str = "en", width: int = 560, **options: Any) -> Chart:
        """given, options: what the chart is of; see `Plots`."""
        from kundenwert.reports.charts import Chart

        record = self._record(*given, **options)
        return Chart(registry.load(_CHARTS, self._name)(record, lang, width=width), lang)

    def _record(self, *given: Any, **options: Any) -> Any:
        if self._name in _FROM_BACKTEST:
            return scored(self._fit, *given, **options)
        if self._name in _FROM_BASE:
            return tracked(self._fit, *given, **options)
        if "horizon" in options:
            options["days"] = _days(options.pop("horizon"), *given)
        return registry.load(_RECORDS, self._name)(self._fit, *given, **options)


def names() -> tuple[str, ...]:
    """All charts of a fit: those with a record of models.diagnostics, and those of a backtest."""
    return tuple(sorted({*registry.names(_RECORDS), *_FROM_BASE, *_FROM_BACKTEST}))


def _days(horizon: str, base: Any) -> float:
    """The days of a calendar-aware horizon from the as-of day of the base."""
    try:
        return float(Duration.parse(horizon).days(base.as_of))
    except ValueError as err:
        raise CallError(f"Horizon {horizon!r}. Expected: {err}.") from None
    except AttributeError:
        raise CallError("A horizon needs a customer base, whose as-of day it starts from. Expected: that, or `days=`.") from None


def scored(fit: Any, found: Backtest | Scored) -> Scored:
    """What a backtest says of the model of this fit, over all origins. Raises CallError if it says nothing."""
    if isinstance(found, Scored):
        return found
    if not isinstance(found, Backtest):
        raise CallError(f"{type(found).__name__} is no backtest. Expected: a Backtest, or the Scored of one forecast in it.")
    for one in found.pooled:
        if one.name == fit.model.name:
            return one
    known = ", ".join(one.name for one in found.pooled) or "none"
    raise CallError(f"The backtest has no forecast of {fit.model.name}. Expected: one with a fit of one of its forecasts: {known}.")


def tracked(fit: Any, base: CustomerBase, later: CustomerBase | None = None) -> Tracking:
    """Repeat purchases by week of the customers of `base`, until its as-of day or that of `later`, and what the fit expects."""
    last = base if later is None else later
    days, purchases = last.daily_repeat_purchases(known=base.as_of)
    found: Tracking = registry.load(_RECORDS, "tracking")(
        fit, base.histories, days, purchases, origin=day_number(base.as_of), until=day_number(last.as_of)
    )
    return found


PLUGIN = Plots
