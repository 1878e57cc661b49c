"""Customers by number of repeat purchases: as they are, and as the fit expects of customers observed as long as they."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.models.diagnostics._checks import histories_of, usable
from kundenwert.records import FrequencyCounts, Histories

Floats = NDArray[np.float64]

# Bars: so many at least and at most, and the share of customers that needs no more.
_LEAST, _MOST, _SHARE = 7, 20, 0.98
# Ages are joined to so many groups of equal size: the counts are sums over them.
_AGES: Final = 200


def frequency(fit: Any, base: Any, *, most: int | None = None) -> FrequencyCounts:
    """base: a customer base or histories. most: the last bar, which holds all with so many repeat purchases or more."""
    h: Histories = histories_of(base)
    usable(fit, method="mass")
    last = most if most is not None else _last(h)
    actual = np.bincount(np.minimum(h.frequency, last), h.count, last + 1)
    ages, customers = _ages(h)
    n, p = np.arange(last), fit.parameters_in_days
    expected = np.zeros(last)
    for age, count in zip(ages.tolist(), customers.tolist(), strict=True):
        expected += count * fit.model.mass(p, n, age)
    rest = max(float(customers.sum() - expected.sum()), 0.0)
    return FrequencyCounts(fit.model.name, tuple(range(last + 1)), tuple(int(each) for each in actual.tolist()), (*expected.tolist(), rest))


def _last(h: Histories) -> int:
    order = np.argsort(h.frequency, kind="stable")
    reached = np.cumsum(h.count[order]) / h.count.sum()
    enough = int(h.frequency[order][min(int(np.searchsorted(reached, _SHARE)), len(order) - 1)])
    return min(max(enough, _LEAST), _MOST)


def _ages(h: Histories) -> tuple[Floats, Floats]:
    """Times observed in groups of about as many customers, with the mean time and the customers of each."""
    order = np.argsort(h.T, kind="stable")
    ages, count = h.T[order].astype(np.float64), h.count[order].astype(np.float64)
    group = np.minimum((np.cumsum(count) - count / 2) / count.sum() * _AGES, _AGES - 1).astype(np.intp)
    customers: Floats = np.bincount(group, count, _AGES).astype(np.float64)
    mean = np.bincount(group, ages * count, _AGES) / np.maximum(customers, 1.0)
    used = customers > 0
    return mean[used], customers[used]


PLUGIN = frequency
