"""How good forecasts were when we looked back: scores, origins, the choice, totals and their intervals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kundenwert.records.arrays import Integers
from kundenwert.records.notices import Notice


@dataclass(frozen=True)
class Level:
    """One level of intervals: the share of customers they held, the share the forecast itself expects, the share of PIT values inside."""

    level: float
    held: float
    expected: float
    pit: float


@dataclass(frozen=True)
class Decile:
    """A tenth of the customers by rising forecast: customers, and the mean purchases forecast and made."""

    customers: int
    forecast: float
    actual: float


@dataclass(frozen=True)
class MoneyScored:
    """Forecast revenue held against what came; scores as in stats/scores.py. levels: among customers whose interval is not [0, 0]."""

    expected_revenue: float
    revenue: float
    bias: float | None
    rmse: float
    mae: float
    spearman: float | None
    gini: float | None
    top_decile_value: float | None
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True)
class Scored:
    """One forecast held against what came; scores as in stats/scores.py, None where not defined. kind: "model", "remedy" or "baseline".

    deciles: tenths by rising forecast. pit: shares of the randomised PIT values in equal bins from 0 to 1; all alike for a true forecast.
    origins: at how many it was made; a remedy may need a longer log than there was at all of them, and its scores are over these.
    """

    name: str
    kind: str
    log_score: float
    crps: float
    expected_purchases: float
    bias: float | None
    rmse: float
    mae: float
    spearman: float | None
    gini: float | None
    top_decile_value: float | None
    levels: tuple[Level, ...]
    deciles: tuple[Decile, ...] = ()
    pit: tuple[float, ...] = ()
    money: MoneyScored | None = None
    origins: int = 1


@dataclass(frozen=True)
class Origin:
    """One day from which was forecast, the last day of the window, its customers, what they bought, and the forecasts."""

    origin: date
    until: date
    days: int
    customers: int
    purchases: int
    forecasts: tuple[Scored, ...]


@dataclass(frozen=True)
class Comparison:
    """A forecast against the one that stood before it: difference of the mean log scores, its 95 % interval, and the verdict."""

    name: str
    against: str
    difference: float
    lower: float
    upper: float
    agreeing_origins: int
    origins: int
    is_better: bool


@dataclass(frozen=True)
class Tracking:
    """Repeat purchases week by week of the customers known at an origin: what a fit of that day expects and what came.

    ends: last day of each week. expected and actual: in that week. From the origin on nothing was known to the fit.
    """

    model: str
    origin: date
    ends: tuple[date, ...]
    expected: tuple[float, ...]
    actual: tuple[int, ...]


@dataclass(frozen=True)
class TotalForecast:
    """A forecast of a sum over customers with its interval, and where the width comes from.

    measure: "purchases", "revenue" or "clv". level: the chance that the interval is meant to hold. process, parameters, level_error:
    variances of the logarithm of the total (definitions.md, Totals). origins: how many backtests stand behind level_error. readings: one
    more such variance, where the data can be read in two ways that differ in their totals.
    """

    measure: str
    mean: float
    lower: float
    upper: float
    level: float
    process: float
    parameters: float
    level_error: float
    origins: int
    readings: float = 0.0


@dataclass(frozen=True)
class HeldTotal:
    """The total forecast at one origin with its interval, and what came. name: the forecast that the evidence known at the origin chooses.

    Choice and width are learned from windows that had ended by the origin; without one the width is that expected beforehand.
    """

    origin: date
    forecast: TotalForecast
    actual: float
    is_held: bool
    name: str = ""


@dataclass(frozen=True)
class SpendScored:
    """A way to expect the amount of a purchase, held against the later amounts of those who bought again.

    log_score: mean log density of the customers' later spend, given its days. bias: of its total, given its days. rmse: of the mean amount.
    """

    name: str
    log_score: float
    bias: float | None
    rmse: float


@dataclass(frozen=True)
class SpendEvidence:
    """Which purchases tell the expected amount: "gamma_gamma" (repeat purchases), "gamma_gamma+first" (the first one too) or "plain" (no
    model: own mean drawn to the mean of the base). customers: those who bought again, at all origins together.
    """

    chosen: str
    customers: int
    scores: tuple[SpendScored, ...]
    comparisons: tuple[Comparison, ...]
    sentence: str


@dataclass(frozen=True)
class Backtest:
    """What earlier days say about the forecasts. Without an origin there is nothing but the verdict, which says why.

    horizon: as set; days: as looked ahead. pooled: all origins together, simplest forecast first. chosen: by the rule "better".
    best_model: the same choice without naive rules. weights: of the members of "stacking" today. totals: held or not; none with one
    origin only. log_errors: ln(what came / forecast) of the best model's total at each origin, latest first, by measure.
    tracking: of the best model at the latest origin. sampled: customers drawn, None if all. spend: None without amounts.
    return_share: of the money of purchases that reversals take, measured at earlier days.
    """

    as_of: date
    horizon: str
    days: int
    origins: tuple[Origin, ...] = ()
    pooled: tuple[Scored, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    chosen: str | None = None
    verdict: str = ""
    notices: tuple[Notice, ...] = ()
    totals: tuple[HeldTotal, ...] = ()
    tracking: Tracking | None = None
    sampled: int | None = None
    best_model: str | None = None
    weights: dict[str, float] = field(default_factory=dict)
    log_errors: dict[str, tuple[float, ...]] = field(default_factory=dict)
    spend: SpendEvidence | None = None
    return_share: float | None = None


@dataclass(frozen=True)
class Calendar:
    """What may be known of time beside the histories. Days are whole numbers since 1970-01-01, so that a customer's first purchase
    was on `as_of - T` and the last on `as_of - T + recency`.

    log_start: the first day of the log. months: first days of the calendar months of the log and the day after its last, shape (m + 1,);
    the first and the last month may be covered in part. repeat_purchases: purchases after the first in each month, shape (m,).
    """

    as_of: int
    log_start: int
    months: Integers
    repeat_purchases: Integers
