"""What purchase models share: checked histories, their distinct structure, a sample, and the forecast of a Horizons record."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError
from kundenwert.models._base import AbstractModel
from kundenwert.models._histories import check_columns
from kundenwert.models._statement import Values
from kundenwert.records import Histories
from kundenwert.stats import discount, distinct, special

if TYPE_CHECKING:
    from kundenwert.records import Horizons, PurchaseForecast

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]
H = TypeVar("H")
D = TypeVar("D")

# Histories handled at once: their temporary arrays stay in the processor's cache, and their sums below the length (10,000) from
# which OpenBLAS starts threads, whose waiting costs far more than such a sum.
_BLOCK: Final = 8_192
# A third of a millionth a year: below that an endless future is worth more than anyone will see.
_LEAST_FORCE: Final = 1e-9


class AbstractPurchaseModel(AbstractModel[H, D]):
    """A model of how often customers buy: adds the forecast."""

    @abstractmethod
    def forecast(self, p: Values, histories: H, horizons: Horizons) -> PurchaseForecast:
        """What the model says of each history; parameters with the day as unit of time."""

    @abstractmethod
    def mass(self, p: Values, n: Integers, t: float) -> Floats:
        """The probability of n purchases of a new customer in a time t, in the unit of p; shape as n."""

    @abstractmethod
    def unconditional_purchases(self, p: Values, t: Floats) -> Floats:
        """Expected purchases of a new customer in a time t, in the unit of p; shape as t."""


@dataclass(frozen=True)
class Distinct:
    """Histories taken apart: the distinct frequencies, (frequency, T) and (frequency, recency) pairs, and their counts.

    x, by_x: distinct frequencies and customers of each. x_of_T, T, by_T and x_of_t, t: the pairs, as index into x and time in
    the unit. open_T, open_t, open: for each history that may have ended before T its two pairs and its customers.
    sure_T: customers of each (frequency, T) pair whose history cannot have ended.
    """

    x: Integers
    by_x: Floats
    x_of_T: Indices
    T: Floats
    by_T: Floats
    x_of_t: Indices
    t: Floats
    open_T: Indices
    open_t: Indices
    open: Floats
    sure_T: Floats


def take_apart(h: Histories, unit_days: float, *, from_purchases: int) -> Distinct:
    """The distinct structure of valid histories, found once for a fit; times in units of `unit_days`.

    from_purchases: the repeat purchases from which on a model thinks it possible that the customer has left.
    """
    check(h)
    if not 0 < unit_days < np.inf:
        raise CallError(f"unit_days is {unit_days}. Expected: the days of the unit of time, such as 7 for weeks.")
    x, of_x = distinct.codes(h.frequency.astype(np.float64))
    ages, of_age = distinct.codes(h.T)
    x_of_T, age, of_T = distinct.pairs(of_x, of_age)
    possible = h.frequency >= from_purchases
    times, of_time = distinct.codes(h.recency[possible])
    x_of_t, time, of_t = distinct.pairs(of_x[possible], of_time)
    count = h.count.astype(np.float64)
    return Distinct(
        x=x.astype(np.int64),
        by_x=distinct.sums(count, of_x, len(x)),
        x_of_T=x_of_T,
        T=ages[age] / unit_days,
        by_T=distinct.sums(count, of_T, len(age)),
        x_of_t=x_of_t,
        t=times[time] / unit_days,
        open_T=of_T[possible],
        open_t=of_t,
        open=count[possible],
        sure_T=distinct.sums(np.where(possible, 0.0, count), of_T, len(age)),
    )


def dot(weights: Floats, values: Floats) -> float:
    """The sum of weights times values, without the threads that OpenBLAS starts for long arrays and with fewer rounding errors."""
    return float(np.add.reduce(weights * values))


def mix(alive: Floats, gone: Floats, data: Distinct) -> tuple[float, Floats, Floats]:
    """The one term that each history needs: ln(e^alive + e^gone), summed over all customers.

    alive: log-likelihood of each (frequency, T) pair if still a customer. gone: of each (frequency, recency) pair if not.
    Gives the total, the customers alive of each (frequency, T) pair and those gone of each (frequency, recency) pair: by these
    the derivatives of `alive` and `gone` count in the gradient.
    """
    total, stayed, left = dot(data.by_T, alive), np.empty(len(data.open)), np.empty(len(data.open))
    for start in range(0, len(left), _BLOCK):
        cut = slice(start, start + _BLOCK)
        u = gone[data.open_t[cut]]
        u -= alive[data.open_T[cut]]
        value, slope, rest = special.softplus_and_slopes(u)
        total += float(value @ data.open[cut])
        np.multiply(slope, data.open[cut], out=left[cut])
        np.multiply(rest, data.open[cut], out=stayed[cut])
    return total, data.sure_T + distinct.sums(stayed, data.open_T, len(alive)), distinct.sums(left, data.open_t, len(gone))


def check(h: Histories) -> None:
    """Raise DataError that names each column of the histories that is wrong."""
    columns = {"frequency": h.frequency, "recency": h.recency, "T": h.T, "count": h.count}
    whole = np.issubdtype(h.frequency.dtype, np.integer)
    check_columns(
        "Histories",
        columns,
        {
            "frequency": ((h.frequency >= 0) & whole, "whole numbers, at least 0: purchases after the first."),
            "T": (np.isfinite(h.T) & (h.T >= 0), "days from the first purchase to the as-of day, at least 0."),
            "count": (h.count > 0, "customers with this history, at least 1."),
        },
    )
    order = (h.recency >= 0) & (h.recency <= h.T) & ((h.frequency > 0) | (h.recency == 0))
    expected = "days from the first to the last purchase: 0 to T, and 0 without a repeat purchase."
    check_columns("Histories", columns, {"recency": (order, expected)})


def take(h: Histories, kept: Indices, count: Integers) -> Histories:
    """Some of the histories, with new counts."""
    return Histories(h.frequency[kept], h.recency[kept], h.T[kept], count)


def check_days(name: str, days: float) -> None:
    """Raise CallError unless `days` is a finite time, at least 0."""
    if not 0 <= days < np.inf:
        raise CallError(f"{name} is {days}. Expected: a finite number of days, at least 0.")


def has_end(discount_rate: float) -> bool:
    """Does the discounted future without end have a finite value worth a number?"""
    return discount.force_per_day(discount_rate) >= _LEAST_FORCE


def endless_force(discount_rate: float) -> float:
    """The continuous rate a day; raises CallError where a future without end has no finite value."""
    force = discount.force_per_day(discount_rate)
    if force < _LEAST_FORCE:
        came = f"A future without end cannot be summed at a discount rate of {discount_rate:g}."
        raise CallError(f"{came} Expected: a rate above 0, or a horizon.")
    return force
