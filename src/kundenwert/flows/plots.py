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
    purchase. tracking(base, later=None), tracking_cumulative(base, later=None): later is the base of a later day, to see what came.
    calibration(base, later), pit(base, later): of the same; or of what a Backtest says of this model, given instead.
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


def scored(fit: Any, found: Any, later: CustomerBase | None = None) -> Scored:
    """What a backtest says of the model of this fit, over all origins; or the fit of a base held against what a later base knows. Raises
    CallError if neither is given.
    """
    if later is not None:
        return _held(fit, found, later)
    if isinstance(found, Scored):
        return found
    if not isinstance(found, Backtest):
        came = f"{type(found).__name__} is no backtest."
        raise CallError(f"{came} Expected: a Backtest, the Scored of one forecast in it, or a base and a later one.")
    for one in found.pooled:
        if one.name == fit.model.name:
            return one
    known = ", ".join(one.name for one in found.pooled) or "none"
    raise CallError(f"The backtest has no forecast of {fit.model.name}. Expected: one with a fit of one of its forecasts: {known}.")


def _held(fit: Any, base: CustomerBase, later: CustomerBase) -> Scored:
    """Purchases after the as-of day of the base are those by which the frequency has grown until that of the later one."""
    import numpy as np

    from kundenwert.models.diagnostics._held import held

    _refuse_histories(base, later)
    before, after = (one.known_customers() for one in (base, later))
    ids, ids_after = (columns["customer_id"].astype(str) for columns in (before, after))
    order = np.argsort(ids_after, kind="stable")
    place = order[np.minimum(np.searchsorted(ids_after, ids, sorter=order), max(len(order) - 1, 0))] if len(order) else order
    grown = np.where(ids_after[place] == ids, after["frequency"][place] - before["frequency"], 0) if len(order) else np.zeros(len(ids))
    # A reversal that came later may have taken a purchase back.
    actual = np.maximum(grown, 0).astype(np.int64)
    days = (later.as_of - base.as_of).days
    return held(fit, before["frequency"], before["recency"], before["t"], actual, days=days)


def _refuse_histories(*given: Any) -> None:
    """Days of purchases are known to a base only. Raises CallError for anything else."""
    for one in given:
        if not hasattr(one, "daily_repeat_purchases"):
            raise CallError(f"{type(one).__name__} is no customer base. Expected: one that `customer_base` made, as it knows the days.")


def tracked(fit: Any, base: CustomerBase, later: CustomerBase | None = None) -> Tracking:
    """Repeat purchases by week of the customers of `base`, until its as-of day or that of `later`, and what the fit expects."""
    last = base if later is None else later
    _refuse_histories(base, last)
    days, purchases = last.daily_repeat_purchases(known=base.as_of)
    found: Tracking = registry.load(_RECORDS, "tracking")(
        fit, base.histories, days, purchases, origin=day_number(base.as_of), until=day_number(last.as_of)
    )
    return found


PLUGIN = Plots
