"""First purchases by day, and how far the first weeks of a log are out of line with the later ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.records import Calendar, Histories

Floats = NDArray[np.float64]

# A log is looked at in so many equal parts: the first against the later half.
_PARTS: Final = 8
_LEAST_DAYS: Final = 182


@dataclass(frozen=True)
class Arrivals:
    """First purchases of a log. days: its length. early_days: of the part that opens it. early, later: customers first seen in that part
    and in the later half; customers: all.
    """

    days: int
    early_days: float
    early: int
    later: int
    customers: int

    @staticmethod
    def of(histories: Histories, calendar: Calendar) -> Arrivals:
        """Counted by T: the first purchase of a history was T days before the as-of day."""
        days = calendar.as_of - calendar.log_start + 1
        since = calendar.as_of - histories.T - calendar.log_start
        early = histories.count[since < days / _PARTS].sum()
        return Arrivals(days, days / _PARTS, int(early), int(histories.count[since >= days / 2].sum()), histories.customers)

    @property
    def expected(self) -> float:
        """Customers that the flow of the later half would have brought in the opening part."""
        return self.later / (self.days / 2) * self.early_days

    @property
    def excess(self) -> float:
        """Customers in the opening part above what the later flow explains; at least 0."""
        return max(self.early - self.expected, 0.0)

    @property
    def is_short(self) -> bool:
        """Half a year is needed to see a later flow."""
        return self.days < _LEAST_DAYS

    @property
    def is_cohort(self) -> bool:
        """Hardly anybody arrives in the later half: there is no flow to compare with."""
        return self.later < 0.02 * self.customers

    @property
    def is_crowded(self) -> bool:
        """The log opens with half as many arrivals again as the later flow explains, and with more than chance."""
        return self.early > 1.5 * self.expected and self.excess > 4 * np.sqrt(max(self.early, 1))
