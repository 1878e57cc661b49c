"""Operational time: a clock that runs as fast as customers buy in the month at hand, and agrees with the calendar over whole years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.records import Histories

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Days of January to December in the mean year of 365.25 days.
MONTH_DAYS: Final = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.float64)
# So far ahead the season is followed; beyond, the clock runs evenly.
_YEARS_AHEAD: Final = 60


def month_of(days: Integers) -> NDArray[np.intp]:
    """The calendar month of days since 1970-01-01, 0 for January; shape as days.

    >>> month_of(np.array([0, 31, -1])).tolist()
    [0, 1, 11]
    """
    found: NDArray[np.intp] = days.astype("M8[D]").astype("M8[M]").astype(np.intp) % 12
    return found


def balanced(factors: Floats) -> Floats:
    """Factors of the twelve months, scaled to a mean of 1 over the days of a year; shape (12,)."""
    scaled: Floats = factors / (factors @ MONTH_DAYS / MONTH_DAYS.sum())
    return scaled


@dataclass(frozen=True)
class Clock:
    """Operational time at the ends of months, linear in between. ends: days since 1970-01-01; time: operational days; shape (n,).

    As purchases are counted by whole days, a day's own stretch ends with it: a purchase on day d lies in (d - 1, d].
    """

    ends: Floats
    time: Floats

    @staticmethod
    def of(factors: Floats, first: int, as_of: int) -> Clock:
        """The clock of monthly factors from the month of `first` on. Operational time is 0 at the as-of day."""
        start = np.array(first, dtype="M8[D]").astype("M8[M]")
        stop = np.array(as_of, dtype="M8[D]").astype("M8[M]") + 12 * _YEARS_AHEAD
        months = start + np.arange(int((stop - start).astype(np.int64)) + 1)
        ends = months.astype("M8[D]").astype(np.float64) - 1
        speed = factors[months[:-1].astype(np.intp) % 12]
        time = np.concatenate(([0.0], np.cumsum(speed * np.diff(ends))))
        return Clock(ends, time - np.interp(as_of, ends, time))

    def at(self, day: Floats) -> Floats:
        """Operational time of days since 1970-01-01; shape as day. Outside the months known the clock runs evenly."""
        outside = np.minimum(day - self.ends[0], 0.0) + np.maximum(day - self.ends[-1], 0.0)
        found: Floats = np.interp(day, self.ends, self.time) + outside
        return found

    def day(self, time: Floats) -> Floats:
        """The day at which operational time is this: the inverse of `at`."""
        outside = np.minimum(time - self.time[0], 0.0) + np.maximum(time - self.time[-1], 0.0)
        found: Floats = np.interp(time, self.time, self.ends) + outside
        return found

    def histories(self, h: Histories, as_of: int) -> Histories:
        """The histories with recency and T in operational days."""
        first = self.at(as_of - h.T)
        age = self.at(np.full(1, float(as_of))) - first
        recency = np.where(h.frequency > 0, self.at(as_of - h.T + h.recency) - first, 0.0)
        return Histories(h.frequency, np.clip(recency, 0.0, age), np.maximum(age, 0.0), h.count)

    def month_ends(self, as_of: int, days: float) -> Floats:
        """The as-of day, the ends of months within the next `days`, and the end of these days; rising, days since 1970-01-01."""
        inside = self.ends[(self.ends > as_of) & (self.ends < as_of + days)]
        return np.concatenate(([as_of], inside, [as_of + days]))
