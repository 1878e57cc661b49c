"""The company's calendar: days as whole numbers since 1970, working days, the season of the building trade, promotion weeks."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from kundenwert.example.company._chance import Flags, Floats, Ints

EPOCH = date(1970, 1, 1)
START = date(2024, 1, 1)
YEAR = 365.25

# Sales of a building month against an average one.
SEASON = (0.58, 0.70, 0.98, 1.20, 1.26, 1.20, 1.02, 0.92, 1.20, 1.22, 1.02, 0.70)
_HOLIDAYS = ((1, 1), (5, 1), (10, 3), (12, 24), (12, 25), (12, 26), (12, 31))
# Four windows of 14 days a quarter year would be always; two are promotion weeks.
_WINDOW_STARTS = (15, 57)
WINDOW_DAYS = 14
# Three of the ten product groups are on promotion in each window, in turn.
WINDOW_GROUPS = 3


def number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def on(year: int, month: int, day: int) -> int:
    """The number of a day."""
    return number(date(year, month, day))


def day_of(days: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(days))


def quarter_end(start: int) -> int:
    """The first day after the calendar quarter in which a day lies."""
    day = day_of(start)
    month = 3 * ((day.month - 1) // 3) + 4
    return number(date(day.year + month // 13, (month - 1) % 12 + 1, 1))


def month_ends(start: int, end: int) -> list[int]:
    """Where the stretch [start, end) is cut so that no piece crosses the end of a month."""
    cuts = []
    day = start
    while day < end:
        there = day_of(day)
        following = number(date(there.year + there.month // 12, there.month % 12 + 1, 1))
        day = min(following, end)
        cuts.append(day)
    return cuts


def months_of(days: Ints) -> tuple[Ints, Ints]:
    """Years and months (1 .. 12) of days."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return 1970 + months // 12, months % 12 + 1


def years_of(days: Ints) -> Ints:
    """Calendar years of days."""
    return months_of(days)[0]


@lru_cache(maxsize=4096)
def _weights(start: int, end: int) -> Floats:
    days = np.arange(start, end)
    years, months = months_of(days)
    weights = np.array(SEASON)[months - 1] * np.where(_is_working(days, years), 1.0, 0.0)
    # Seven days hold five working days, and each year about five of these are holidays.
    return weights * YEAR / (YEAR * 5 / 7 - 5.0)


def _is_working(days: Ints, years: Ints) -> Flags:
    weekday = (days + 3) % 7
    holidays = [number(date(int(year), month, day)) for year in np.unique(years) for month, day in _HOLIDAYS]
    return np.asarray((weekday < 5) & ~np.isin(days, holidays))


def weights(start: int, end: int) -> Floats:
    """How busy each day of [start, end) is against an average day of the year: 0 on weekends and holidays."""
    return _weights(start, end)


def window_weights(start: int, end: int) -> Floats:
    """The same for who buys in promotion weeks only; on average over a year 1 too."""
    days = np.arange(start, end)
    share = len(_WINDOW_STARTS) * WINDOW_DAYS * 4 / YEAR
    return weights(start, end) * (windows(days) >= 0) / share


def windows(days: Ints) -> Ints:
    """The number of the promotion window in which each day lies, -1 outside."""
    years, months = months_of(days)
    quarter = (months - 1) // 3
    starts = ((years - 1970) * 12 + 3 * quarter).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    within = days - starts
    found = np.full(days.shape, -1, dtype=np.int64)
    for place, begin in enumerate(_WINDOW_STARTS):
        hit = (within >= begin) & (within < begin + WINDOW_DAYS)
        found[hit] = ((years * 4 + quarter) * len(_WINDOW_STARTS) + place)[hit]
    return found


def working(days: Ints) -> Ints:
    """Each day, or the next working day after it."""
    moved = days.copy()
    for _ in range(7):
        off = ~_is_working(moved, years_of(moved)) if moved.size else np.zeros(0, dtype=bool)
        if not off.any():
            break
        moved[off] += 1
    return moved


def drawn_days(start: int, end: int, weight: Floats, even: Floats) -> Ints:
    """Days of [start, end) drawn by weight; a stretch without weight gives its first day."""
    total = np.cumsum(weight)
    if not total.size or total[-1] <= 0:
        return np.full(even.shape, start, dtype=np.int64)
    return np.asarray(start + np.searchsorted(total, even * total[-1], side="right"))
