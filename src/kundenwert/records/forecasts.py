"""What models see and say: distinct histories in, forecasts of each out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kundenwert.records.arrays import Floats, Integers


@dataclass(frozen=True)
class Histories:
    """The distinct purchase histories of a base and how many customers have each.

    frequency: purchases after the first. recency: days from the first to the last purchase.
    T: days from the first purchase to the as-of day. count: customers with this history.
    All arrays have shape (n,); frequency and count are int64, recency and T float64 days.
    """

    frequency: Integers
    recency: Floats
    T: Floats
    count: Integers

    def __len__(self) -> int:
        return len(self.frequency)

    @property
    def customers(self) -> int:
        """How many customers stand behind the histories."""
        return int(self.count.sum())


@dataclass(frozen=True)
class SpendHistories:
    """Distinct spend histories: how many repeat purchase days with a positive amount, their mean amount, the count.

    For large bases the rows may be narrow bins of x * mean: then `spread` is the variance of log(x * mean) within each bin
    and `mean` is exp of the bin's mean log, divided by x. Exact rows have spread 0. All arrays have shape (n,).
    """

    spend_days: Integers
    mean: Floats
    count: Integers
    spread: Floats

    @property
    def customers(self) -> int:
        """How many customers stand behind the histories."""
        return int(self.count.sum())


@dataclass(frozen=True)
class PurchaseForecast:
    """What a purchase model says of each history; one entry a history, shape (n,).

    p_alive: probability to be still a customer at the as-of day; None from a model that does
    not know it. expected_purchases: over the horizon, undiscounted.
    discounted_purchases: over the value horizon, each discounted from its expected day.
    discounted_beyond: the same from the end of the value horizon on, without end; None without discounting, as it has no limit.
    usual_gap: days; the 90 % quantile of the gap after the last purchase if the customer is alive.
    """

    p_alive: Floats | None
    expected_purchases: Floats
    discounted_purchases: Floats
    discounted_beyond: Floats | None
    usual_gap: Floats


@dataclass(frozen=True)
class Horizons:
    """How far a forecast looks and how it discounts. Days; rate per year, effective (0.1 is 10 %)."""

    horizon_days: float
    value_horizon_days: float
    discount_rate: float


@dataclass(frozen=True)
class ModelCard:
    """What a run keeps of a fitted model. Parameters are in `unit`; a standard error of None is "not defined"."""

    family: str
    name: str
    unit: str
    parameters: dict[str, float]
    standard_errors: dict[str, float | None]
    log_likelihood: float
    customers: int
    histories: int
    outcome: str
    sentence: str
