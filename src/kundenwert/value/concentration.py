"""Concentration: who carries the value. ABC classes, Lorenz curve, Gini, HHI, whale curve (value-models.md 3.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from kundenwert.records import Concentration, ValueClass

if TYPE_CHECKING:
    from kundenwert.records.arrays import Floats, Integers

_POINTS = 200


def concentration(
    values: Floats, *, measure: str, customers: Integers | None = None, limits: tuple[float, float] = (0.8, 0.95)
) -> Concentration:
    """How `values` (any order, in money or purchases) are spread.

    measure: the name of the column. customers: how many have each of the values; without it one. limits: a customer is in class A while
    the cumulative share *before* the customer is strictly below the first limit, in B below the second, else in C, so the biggest
    customer is always in A. Gini = sum((2k - n - 1) x_(k)) / (n sum x), x ascending; above 1 where negative values exist. HHI: sum of
    squared shares. Where the values sum to zero or less, shares mean nothing: Gini and HHI are 0 and everybody is in class C.
    """
    falling = _Falling.of(values, customers)
    n, total = falling.customers, falling.total
    if n == 0 or total <= 0:
        empty = tuple(ValueClass(name, n if name == "C" else 0, _money(total if name == "C" else 0), 0.0) for name in "ABC")
        return Concentration(measure, empty, 0.0, 0.0, ((0.0, 0.0), (1.0, 1.0)), ((0.0, 0.0), (1.0, 1.0)), (1.0, 1.0), limits)
    peak = int(falling.sums.argmax())
    whale = falling.points()
    return Concentration(
        measure=measure,
        classes=_classes(falling, limits),
        gini=falling.ranked() / (n * total),
        hhi=float(falling.counts @ (falling.values / total) ** 2),
        lorenz=falling.rising().points(),
        whale=whale,
        whale_peak=(int(falling.places[peak]) / n, float(falling.sums[peak] / total)),
        limits=limits,
    )


@dataclass(frozen=True)
class _Falling:
    """Values from the largest, how many customers have each, and the customers and the sum up to and with each; `rising`: the reverse."""

    values: Floats
    counts: Integers
    places: Integers
    sums: Floats

    @staticmethod
    def of(values: Floats, customers: Integers | None) -> _Falling:
        import numpy as np

        own = np.asarray(values, dtype=float)
        counts = np.ones(len(own), dtype=np.int64) if customers is None else np.asarray(customers, dtype=np.int64)
        order = np.argsort(-own, kind="stable")
        return _Falling._in_order(own[order], counts[order])

    @staticmethod
    def _in_order(values: Floats, counts: Integers) -> _Falling:
        return _Falling(values, counts, counts.cumsum(), (values * counts).cumsum())

    def rising(self) -> _Falling:
        """The same from the smallest value."""
        return self._in_order(self.values[::-1], self.counts[::-1])

    @property
    def customers(self) -> int:
        return int(self.places[-1]) if len(self.places) else 0

    @property
    def total(self) -> float:
        return float(self.sums[-1]) if len(self.sums) else 0.0

    def first(self, customers: Integers) -> Floats:
        """The sum of so many customers from the first; shape as given."""
        import numpy as np

        row = np.searchsorted(self.places, customers, side="left").clip(0, len(self.places) - 1)
        before = self.places[row] - self.counts[row]
        result: Floats = self.sums_before[row] + (customers - before) * self.values[row]
        return result

    @property
    def sums_before(self) -> Floats:
        """The sum of all before the first customer with each value."""
        import numpy as np

        result: Floats = np.concatenate(([0.0], self.sums[:-1]))
        return result

    def ranked(self) -> float:
        """Sum of (2k - n - 1) x over customers, k the rank from the smallest."""
        # Of c customers with one value the ranks add up to c times the middle one. The factors add up to nothing, so that a constant may be
        # taken off: of equal customers nothing is left then, not even a last digit.
        middle = self.customers - self.places + (self.counts + 1) / 2
        return float(((2 * middle - self.customers - 1) * self.counts) @ (self.values - self.values[-1]))

    def until(self, limit: float) -> int:
        """How many customers come before the first one with at least so much before it."""
        import numpy as np

        begin, last = self.sums_before, self.sums - self.values
        row = int(np.argmax(np.maximum(begin, last) >= limit))
        if max(begin[row], last[row]) < limit:
            return self.customers
        steps = max(math.ceil((limit - begin[row]) / self.values[row]), 0) if begin[row] < limit else 0
        return int(self.places[row] - self.counts[row]) + steps

    def points(self) -> tuple[tuple[float, float], ...]:
        """Share of customers and share of the total, evenly spaced."""
        import numpy as np

        n = self.customers
        places = np.unique(np.linspace(0, n, min(n, _POINTS) + 1).round().astype(np.int64))
        shares = np.where(places > 0, self.first(places) / self.total, 0.0)
        return tuple(zip((places / n).tolist(), shares.tolist(), strict=True))


def _classes(falling: _Falling, limits: tuple[float, float]) -> tuple[ValueClass, ...]:
    import numpy as np

    # The cumulative share is a sum of rounded parts: a limit that is met exactly must not be missed by the last digit.
    ends = [falling.until((limit - 1e-12) * falling.total) for limit in limits]
    bounds = np.array([0, *ends, falling.customers])
    sums = np.diff(np.where(bounds > 0, falling.first(bounds), 0.0))
    members = np.diff(bounds)
    return tuple(
        ValueClass(name, int(own), _money(amount), float(amount / falling.total))
        for name, own, amount in zip("ABC", members, sums, strict=True)
    )


def _money(amount: float) -> Decimal:
    return Decimal(round(float(amount), 2)).quantize(Decimal("0.01"))
