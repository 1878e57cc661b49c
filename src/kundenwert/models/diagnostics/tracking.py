"""Repeat purchases week by week, beside those that a fit expects of customers known by their first purchase."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError
from kundenwert.models.course import expected_course
from kundenwert.models.diagnostics._checks import histories_of, usable
from kundenwert.records import Tracking

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_WEEK: Final = 7


def tracking(fit: Any, base: Any, days: Integers, purchases: Integers, *, origin: int, until: int) -> Tracking:
    """base: the customers known at the origin, or their histories. days, purchases: their repeat purchases by day; days are numbers
    since 1970-01-01, as are the origin, the last day the fit knew, and `until`, the last day shown. Weeks end on the origin's weekday.
    """
    from datetime import date, timedelta

    h = histories_of(base)
    usable(fit)
    if until < origin:
        raise CallError(f"The last day shown is {origin - until} days before the day of the fit. Expected: a later base, or the same.")
    before = -(-int(h.T.max()) // _WEEK)
    weeks = np.arange(-max(before, 1), (until - origin) // _WEEK + 1)
    course = expected_course(fit, h, weeks.astype(np.float64) * _WEEK)
    place = np.ceil((days - origin) / _WEEK).astype(np.int64) - (weeks[0] + 1)
    inside = (place >= 0) & (place < len(weeks) - 1)
    actual = np.bincount(place[inside], purchases[inside], len(weeks) - 1).astype(np.int64)
    first = date(1970, 1, 1)
    ends = tuple(first + timedelta(days=origin + int(week) * _WEEK) for week in weeks[1:].tolist())
    return Tracking(
        fit.model.name, first + timedelta(days=origin), ends, tuple(np.diff(course).tolist()), tuple(int(each) for each in actual.tolist())
    )


PLUGIN = tracking
