"""The default as-of day: the last plausible document day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from kundenwert.errors import AmbiguousInput, NothingToValue, Problem

_FIRST_DAY = date(1970, 1, 1)
# A last day so far from the others is a typing error, or the log has a hole; only a person knows.
_GAP_DAYS = 90
_GAP_FACTOR = 5


def day_number(day: date) -> int:
    """Days since 1970-01-01, the way days are kept in tables."""
    return (day - _FIRST_DAY).days


def day_of(number: int) -> date:
    """The date of a day number."""
    return _FIRST_DAY + timedelta(days=int(number))


def last_plausible(days: Sequence[int], clock: date) -> date:
    """The last document day that is not after the run's clock. `days`: distinct, ascending day numbers of booked lines."""
    past = [day for day in days if day <= day_number(clock)]
    if not past:
        came = f"The first document day is {day_of(days[0])}, after today ({clock})." if days else "No line has a readable date."
        raise NothingToValue(Problem(came, "document days in the past.", "check the date column and its format."))
    if len(past) >= 3:
        _refuse_far_last_day(past)
    return day_of(past[-1])


def _refuse_far_last_day(days: Sequence[int]) -> None:
    gap = days[-1] - days[-2]
    longest_before = max(later - earlier for earlier, later in pairwise(days[:-1]))
    if gap > _GAP_DAYS and gap > _GAP_FACTOR * longest_before:
        raise AmbiguousInput(
            Problem(
                f"The last document day {day_of(days[-1])} lies {gap} days after the one before it, {day_of(days[-2])}.",
                f"gaps of at most {max(_GAP_DAYS, _GAP_FACTOR * longest_before)} days (longest gap before it: {longest_before}).",
                f"say which day counts: --as-of {day_of(days[-2])} or --as-of {day_of(days[-1])}.",
            )
        )
