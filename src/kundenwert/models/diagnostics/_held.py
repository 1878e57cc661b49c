"""A fit held against what came after it: the record behind calibration and PIT."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError
from kundenwert.models.diagnostics._checks import usable
from kundenwert.models.evidence.known import Known
from kundenwert.models.evidence.made import by_fit, scored
from kundenwert.records import Calendar, Scored

Integers = NDArray[np.int64]


def held(fit: Any, frequency: Integers, recency: Integers, T: Integers, actual: Integers, *, days: int) -> Scored:
    """The scores of a fit on customers and their purchases of the next `days`. All arrays have shape (customers,), times in days."""
    usable(fit)
    if days < 1 or not len(actual):
        raise CallError(f"{len(actual)} customers, {days} days ahead. Expected: at least one customer, and a base of a later day.")
    none = np.zeros(len(actual), dtype=np.int64)
    columns = {"frequency": frequency, "recency": recency, "t": T, "recent": none, "actual": actual, "group": none}
    # Only remedies look at a calendar, and only when they are fitted.
    calendar = Calendar(0, -int(T.max()), np.array([-int(T.max()), 0]), np.array([int(frequency.sum())]))
    known = Known.of(columns, float(days), calendar)
    return scored([(known, by_fit(fit, known, name=fit.model.name, kind="model"))])
