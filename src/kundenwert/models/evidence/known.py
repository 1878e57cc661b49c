"""What was known of the customers at an origin, and what came of them until the window ended."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.baselines import Seen
from kundenwert.records import Calendar, Histories
from kundenwert.stats.ranking import Outcomes

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]

# A customer is in the same group at every origin; the bootstrap draws groups.
GROUPS: Final = 1_000


@dataclass(frozen=True)
class Paid:
    """The money of customers, shape (n,): of all, or of an even choice of them in a large base.

    who: which customers of `Known`. spend_days, spend: repeat purchase days with a positive amount and their sum, known at the origin.
    first_amount: the positive amount of the first day, else 0. later_days, later_spend: purchase days of the window with a positive
    amount and their sum. revenue: booked in the window, net of reversals. return_share: known at the origin.
    """

    who: Indices
    spend_days: Integers
    spend: Floats
    first_amount: Floats
    later_days: Integers
    later_spend: Floats
    revenue: Floats
    return_share: float


@dataclass(frozen=True)
class Known:
    """The customers of an origin in three layers: rows are distinct histories, entries are rows with one outcome, then the customers.

    seen: the rows as naive rules see them (with `recent`, so that some rows are one history to a model). row, actual, count: of each
    entry. entry, group: of each customer. calendar: what may be known of time. paid: None without amounts.
    """

    seen: Seen
    row: Indices
    actual: Integers
    count: Integers
    entry: Indices
    group: Indices
    calendar: Calendar
    paid: Paid | None = None

    @staticmethod
    def of(columns: dict[str, Any], days: float, calendar: Calendar, paid: Paid | None = None) -> Known:
        """From columns of customers: frequency, recency, t, recent, actual, group; shape (n,)."""
        keys = [np.asarray(columns[name]).astype(np.int64) for name in ("frequency", "recency", "t", "recent", "actual")]
        entry, first = _distinct(keys)
        frequency, recency, t, recent, actual = (one[first] for one in keys)
        begins = np.ones(len(first), dtype=bool)
        begins[1:] = np.any([one[1:] != one[:-1] for one in (frequency, recency, t, recent)], axis=0)
        row, count = np.cumsum(begins) - 1, np.bincount(entry, minlength=len(first)).astype(np.int64)
        customers = np.bincount(row, count).astype(np.int64)
        histories = Histories(frequency[begins], recency[begins].astype(np.float64), t[begins].astype(np.float64), customers)
        return Known(Seen(histories, recent[begins], days), row, actual, count, entry, np.asarray(columns["group"]), calendar, paid)

    @property
    def days(self) -> float:
        """How far the forecasts look ahead."""
        return self.seen.days

    @property
    def customers(self) -> int:
        """How many customers were known."""
        return len(self.entry)

    @property
    def purchases(self) -> int:
        """How many purchases came."""
        return int(self.actual @ self.count)

    @cached_property
    def outcomes(self) -> Outcomes:
        """What came, by entry."""
        return Outcomes(self.actual, self.count)

    @cached_property
    def _models(self) -> tuple[Histories, Indices]:
        h = self.seen.histories
        begins = np.ones(len(h), dtype=bool)
        begins[1:] = np.any([one[1:] != one[:-1] for one in (h.frequency, h.recency, h.T)], axis=0)
        code = np.cumsum(begins) - 1
        count = np.bincount(code, h.count).astype(np.int64)
        return Histories(h.frequency[begins], h.recency[begins], h.T[begins], count), code

    @property
    def histories(self) -> Histories:
        """The histories as models want them: `recent` is no part of them."""
        return self._models[0]

    @property
    def history(self) -> Indices:
        """Which of `histories` each entry is."""
        return self._models[1][self.row]

    @cached_property
    def group_sizes(self) -> Floats:
        """Customers of each group; shape (GROUPS,)."""
        return np.bincount(self.group, minlength=GROUPS).astype(np.float64)

    def group_sums(self, score: Floats) -> Floats:
        """Sums over the customers of each group; score: of each entry."""
        return np.bincount(self.group, score[self.entry], GROUPS).astype(np.float64)


def _distinct(keys: list[Integers]) -> tuple[Indices, Indices]:
    """Which distinct combination each customer has, in ascending order, and one customer of each."""
    sizes = [int(one.max(initial=0)) + 1 for one in keys]
    if np.prod([float(size) for size in sizes]) > 2.0**62:
        # Numbers too large to be packed: the first keys become codes of their own.
        code, _ = _distinct(keys[:-2])
        return _distinct([code.astype(np.int64), *keys[-2:]])
    packed = np.zeros(len(keys[0]), dtype=np.int64)
    for one, size in zip(keys, sizes, strict=True):
        packed = packed * size + one
    _, first, code = np.unique(packed, return_index=True, return_inverse=True)
    return code, first
