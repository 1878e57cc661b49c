"""The course of purchases over calendar time that a fit expects of customers known by their first purchase only.

Fader, Hardie & Lee 2005, Marketing Science 24(2), section 5: repeat purchases by week are the sum over customers of E[X(t - first)].
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kundenwert.records import Histories
from kundenwert.stats import distinct

Floats = NDArray[np.float64]
# Times handled at once.
_BLOCK = 1_000_000


def expected_course(fit: Any, histories: Histories, ends: Floats) -> Floats:
    """Expected repeat purchases of all customers until each end, cumulated from their first purchases; shape as `ends`.

    ends: days from the as-of day, negative for days before it. A fit may have a method `expected_course(histories, ends)` of its own.
    """
    if hasattr(fit, "expected_course"):
        own: Floats = fit.expected_course(histories, ends)
        return own
    ages, of_age = distinct.codes(histories.T)
    customers = distinct.sums(histories.count.astype(np.float64), of_age, len(ages))
    p, total = fit.parameters_in_days, np.empty(len(ends))
    size = max(1, _BLOCK // max(len(ages), 1))
    for start in range(0, len(ends), size):
        time = np.maximum(ages[None, :] + ends[start : start + size, None], 0.0)
        total[start : start + size] = fit.model.unconditional_purchases(p, time) @ customers
    return total
