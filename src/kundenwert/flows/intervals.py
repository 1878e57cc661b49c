"""Intervals: of each customer's purchases, revenue and value, and of their totals (docs/method/intervals.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from kundenwert.records import TotalForecast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine
    from kundenwert.flows.valuation import Valued
    from kundenwert.models.future import FutureCounts
    from kundenwert.models.spending import AmountLaw
    from kundenwert.records import Horizons, PurchaseForecast
    from kundenwert.settings import Settings

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

# The level of the columns without a suffix, and of totals.
LEVEL = 0.9
BOUNDS = (
    "expected_purchases_lower",
    "expected_purchases_upper",
    "spend_lower",
    "spend_upper",
    "discounted_spend_lower",
    "discounted_spend_upper",
)
# Expected amounts of a purchase: where the spread of spend is so wide that quantiles lie beyond, they are no forecast.
_MOST = 1e7
# Above so many histories customers whose ages differ by less than this part share a distribution of money (not of purchases).
_MANY = 20_000
_APART = 0.03
# What parameters may be is asked of so many customers, so many times.
_SAMPLE = 500
_DRAWS = 100
_SEED = 19_870_101


@dataclass(frozen=True)
class Outlook:
    """What a purchase fit says of the future of each history, as a distribution.

    frequency: purchases of each history that tell amounts: repeat ones, and the first if it counts. counts: purchases within the horizon.
    near, later: within the horizon and the value horizon for money, where customers of nearly the same age may share a table; moved: by
    what the mean of `near` must be multiplied to be that of `counts`; discount: the same of `later` for discounted purchases, which is
    what one within the value horizon is worth on average. law: how amounts spread; None without amounts. spend: the spend fit that it is
    from, if any. Arrays have shape (n,).
    """

    fit: Any
    histories: Any
    frequency: Integers
    horizons: Horizons
    counts: FutureCounts
    near: FutureCounts
    later: FutureCounts
    moved: Floats
    discount: Floats
    law: AmountLaw | None
    spend: Any | None

    def bounds(self, level: float) -> dict[str, Any]:
        """The columns BOUNDS of each history: purchases, and money as a number of expected amounts of a purchase; shape (n,) each."""
        import numpy as np

        from kundenwert.models.spending import spend_quantiles

        lower, upper = self.counts.interval(level)
        if self.law is None:
            money = [np.full(len(self.frequency), np.nan, dtype=np.float32)] * 4
        else:
            ends = ((1 - level) / 2, (1 + level) / 2)
            revenue = spend_quantiles(self.near, self.frequency, self.law, ends) * self.moved
            clv = spend_quantiles(self.later, self.frequency, self.law, ends) * self.discount
            money = [np.minimum(values, _MOST).astype(np.float32) for values in (*revenue, *clv)]
        return dict(zip(BOUNDS, (lower.astype(np.int32), upper.astype(np.int32), *money), strict=True))


def look_ahead(
    fit: Any, histories: Any, frequency: Integers, forecast: PurchaseForecast, horizons: Horizons, law: AmountLaw | None, spend: Any | None
) -> Outlook:
    """The distributions behind a forecast of each history. Raises CallError where the fit tells none."""
    import numpy as np

    from kundenwert.models.future import future_counts

    counts = future_counts(fit, histories, horizons.horizon_days, alive=forecast.p_alive)
    if law is None:
        ones = np.ones(len(frequency))
        return Outlook(fit, histories, frequency, horizons, counts, counts, counts, ones, ones, law, spend)
    # A remedied fit makes its tables itself, and would make the same ones twice.
    apart = _APART if len(frequency) > _MANY and not hasattr(fit, "future_counts") else 0.0

    def shared(days: float) -> FutureCounts:
        return future_counts(fit, histories, days, alive=forecast.p_alive, apart=apart)

    near = shared(horizons.horizon_days) if apart else counts
    later = near if horizons.value_horizon_days == horizons.horizon_days else shared(horizons.value_horizon_days)
    moved, discount = _ratio(forecast.expected_purchases, near.mean()), _ratio(forecast.discounted_purchases, later.mean())
    return Outlook(fit, histories, frequency, horizons, counts, near, later, moved, discount, law, spend)


def _ratio(wanted: Floats, mean: Floats) -> Floats:
    """What a mean must be multiplied by; 1 where nothing is expected."""
    import numpy as np

    result: Floats = np.where(mean > 0, wanted / np.where(mean > 0, mean, 1.0), 1.0)
    return result


def total_forecast(
    measure: str,
    mean: float,
    process_variance: float,
    means_of_draws: Floats | Sequence[float],
    log_errors: Sequence[float],
    settings: Settings,
    *,
    level: float = LEVEL,
    readings: float = 0.0,
) -> TotalForecast:
    """A total with its interval; see stats/totals.py for the arguments. Serves the whole, any group and any earlier day."""
    from kundenwert.stats.totals import width

    found = width(
        mean,
        process_variance,
        means_of_draws,
        log_errors,
        level_error=settings.level_error,
        level_weight=settings.level_error_weight,
        readings=readings,
    )
    lower, upper = found.bounds(mean, level)
    return TotalForecast(measure, mean, lower, upper, level, found.process, found.parameters, found.level, len(log_errors), readings)


def purchases_total(
    fit: Any,
    histories: Any,
    days: float,
    settings: Settings,
    *,
    customers: Integers | None = None,
    counts: FutureCounts | None = None,
    log_errors: Sequence[float] = (),
    level: float = LEVEL,
) -> TotalForecast:
    """The purchases of a group in the next `days` with their interval.

    customers: how many of the group have each history; without it all. counts: future_counts(fit, histories, days), where known already.
    log_errors: ln(what came / what was forecast) of earlier totals.
    """
    from kundenwert.models.future import future_counts
    from kundenwert.records import Horizons

    group = histories.count if customers is None else customers
    known = future_counts(fit, histories, days) if counts is None else counts
    drawn = _Drawn.of(fit, None, histories, group, Horizons(days, days, 0.0))
    return total_forecast(
        "purchases",
        float(known.mean() @ group),
        float(known.variance() @ group),
        drawn.expected @ drawn.count,
        log_errors,
        settings,
        level=level,
    )


def totals(
    engine: Engine,
    valued: Valued,
    settings: Settings,
    *,
    log_errors: Mapping[str, Sequence[float]] | None = None,
    means: Mapping[str, float] | None = None,
    readings: Mapping[str, float] | None = None,
) -> tuple[TotalForecast, ...]:
    """The totals of a valued base: purchases and, where there is money, revenue and clv; the tables of `value` must stand in the engine.

    log_errors: of each measure, ln(what came / what was forecast) of earlier totals; clv takes those of revenue where it has none.
    means: sums as published (of rounded rows), where they are to stand for the unrounded ones. readings: see stats/totals.py, by measure.
    """
    errors, published = log_errors or {}, means or {}
    look = valued.outlook
    count = look.histories.count.astype(float)
    drawn = _Drawn.of(look.fit, look.spend, look.histories, look.histories.count, look.horizons)
    found = [("purchases", float(look.counts.mean() @ count), float(look.counts.variance() @ count), drawn.expected @ drawn.count)]
    found += _money(engine, valued, drawn)
    errors = {"clv": errors.get("revenue", ()), **errors}
    return tuple(
        total_forecast(
            measure,
            published.get(measure, mean),
            variance,
            draws,
            errors.get(measure, ()),
            settings,
            readings=(readings or {}).get(measure, 0.0),
        )
        for measure, mean, variance, draws in found
    )


def _money(engine: Engine, valued: Valued, drawn: _Drawn) -> list[tuple[str, float, float, Floats]]:
    """Mean, variance and means of draws of revenue and clv; nothing without amounts."""
    look, law = valued.outlook, valued.outlook.law
    if law is None:
        return []
    step = "value/money_by_recent.sql" if look.fit.model.needs == "recent_histories" else "value/money_by_history.sql"
    money = engine.arrays(step, **valued.amounts.values())
    spread = law.variance(look.counts, look.frequency)
    later_spread = law.variance(look.later, look.frequency) * look.discount**2
    means, later = look.counts.mean(), look.later.mean() * look.discount
    revenue = float(means @ money["amount"]), float(spread @ money["square"]), drawn.money(drawn.expected, money, "amount")
    clv = (
        float(later @ money["contribution"]),
        float(later_spread @ money["contribution_square"]),
        drawn.money(drawn.later, money, "contribution"),
    )
    return [("revenue", *revenue), ("clv", *clv)]


@dataclass(frozen=True)
class _Drawn:
    """A sample of histories under draws of the parameters. rows: which histories; count: customers of the sample with each; expected,
    later: purchases within the horizon, and within as many days as the discounted value horizon is worth, shape (draws, sample); spend: as
    many spend fits, or none. Discounting itself hardly changes what the parameters do, and would take twenty times as long.
    """

    rows: NDArray[np.intp]
    count: Integers
    expected: Floats
    later: Floats
    spend: Sequence[Any]

    @staticmethod
    def of(fit: Any, spend: Any | None, histories: Any, customers: Integers, horizons: Horizons) -> _Drawn:
        """An even sample of the customers of a group."""
        import numpy as np

        from kundenwert.models._histories import even_sample
        from kundenwert.records import Horizons
        from kundenwert.stats.discount import annuity_days, force_per_day

        rows, count = np.flatnonzero(customers), customers[customers > 0]
        if len(rows) > _SAMPLE:
            kept, count = even_sample(count, _SAMPLE)
            rows = rows[kept]
        some = replace(histories, **{one.name: getattr(histories, one.name)[rows] for one in fields(histories)})
        worth = annuity_days(horizons.value_horizon_days, force_per_day(horizons.discount_rate))
        plain = Horizons(horizons.horizon_days, float(worth), 0.0)
        found = [one.forecast_histories(some, plain) for one in _draws_of(fit, _SEED)]
        expected = np.array([one.expected_purchases for one in found]).reshape(-1, len(rows))
        later = np.array([one.discounted_purchases for one in found]).reshape(-1, len(rows))
        return _Drawn(rows, count, expected, later, _draws_of(spend, _SEED + 1))

    def money(self, purchases: Floats, money: Mapping[str, Any], column: str) -> Floats:
        """The money of the sample under each draw: purchases times each history's mean amount as the drawn spend fit has it."""
        import numpy as np

        customers = money["customers"][self.rows]
        amount = money[column][self.rows] / customers
        days, spend = money["spend_days"][self.rows] / customers, money["spend"][self.rows] / customers

        def expected(fit: Any) -> Floats:
            c = fit.coefficients()
            result: Floats = (c["weight"] * c["population_mean"] + c["p"] * spend) / (c["p"] * days + c["weight"])
            return result

        if not len(self.spend):
            return np.asarray(purchases @ (amount * self.count))
        mean = np.mean([expected(one) for one in self.spend], axis=0)
        factors = np.stack([expected(one) / mean for one in self.spend])
        return np.asarray((purchases * factors) @ (amount * self.count))


def _draws_of(fit: Any | None, seed: int) -> Sequence[Any]:
    """Fits with drawn parameters; none of what has no draws, such as a fit without data."""
    if fit is None or getattr(fit, "memory", fit) is None:
        return ()
    found: Sequence[Any] = fit.drawn(_DRAWS, seed=seed)
    return found
