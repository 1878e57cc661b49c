"""Simulated shops whose truth is known: each breaks one assumption of the models. Time runs in days from the first day of the log.

All customers take their next step together: the time to it is drawn in operational time, which a season or a shifted level bends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FIRST_DAY = date(2019, 1, 1)
DAY = timedelta(days=1)
YEAR = 365
WINDOW = 182
# Purchases a day of a mean customer, and how much customers differ (gamma shape).
RATE_SHAPE, RATE_DAYS = 0.8, 60.0
LEAVE, STAY = 0.8, 4.0
# Monthly factors of a shop that lives from Christmas; their mean is taken to 1.
SEASON = np.array([0.7, 0.6, 0.8, 0.9, 1.0, 0.9, 0.6, 0.6, 0.9, 1.1, 1.9, 2.2])


@dataclass(frozen=True)
class World:
    """A simulated log: who, on which day, for how much; `days` covered, the last `window` of them for judging."""

    name: str
    truth: str
    customer: NDArray[np.int64]
    day: NDArray[np.int64]
    amount: Floats
    days: int
    window: int

    @property
    def cut(self) -> date:
        """The last day that may be known to a forecast."""
        return FIRST_DAY + timedelta(days=self.days - self.window - 1)

    def table(self) -> Any:
        """One line a purchase, as an arrow table: customer_id, date, amount."""
        import pyarrow as pa

        days = np.datetime64(FIRST_DAY, "D") + self.day
        names = np.char.add("K", np.char.zfill(self.customer.astype(str), 6))
        cents = np.maximum(np.rint(self.amount * 100), 1) / 100
        return pa.table({"customer_id": names, "date": pa.array(days), "amount": cents})


def plain(rng: np.random.Generator, customers: int) -> World:
    return _world("as the models assume", "Poisson purchases, gamma rates, leaving after a purchase.", rng, customers)


def season(rng: np.random.Generator, customers: int) -> World:
    """The window is the half of the year that holds Christmas."""
    starts = np.arange(4 * YEAR) // YEAR
    inside = np.minimum((np.arange(4 * YEAR) - starts * YEAR) * 12 // YEAR, 11)
    level = (SEASON / SEASON.mean())[inside]
    return _world(
        "season", "Twice the mean in December, three fifths of it in July.", rng, customers, days=4 * YEAR, window=184, level=level
    )


def old_customers(rng: np.random.Generator, customers: int) -> World:
    """Ten years of trade of which the log holds the last three."""
    return _world("old customers", "Seven years of trade before the log began.", rng, customers, before=7 * YEAR, days=3 * YEAR)


def regular(rng: np.random.Generator, customers: int) -> World:
    return _world("regular timing", "Gaps are gamma distributed with shape 3: customers buy by the clock.", rng, customers, regularity=3.0)


def heavy_tails(rng: np.random.Generator, customers: int) -> World:
    rate = np.exp(rng.normal(np.log(1 / 150.0), 1.5, customers))
    return _world("heavy tails", "Log-normal rates (1.5) and amounts (1.2), one order of a million.", rng, customers, rate=rate, spread=1.2)


def level_shift(rng: np.random.Generator, customers: int) -> World:
    """Each half year, the last of them the window, has a level of its own: log-normal (0, 0.25)."""
    days = 3 * YEAR
    halves = np.exp(rng.normal(0, 0.25, days // WINDOW + 1))
    level = halves[(days - 1 - np.arange(days)) // WINDOW]
    return _world("level shift", "Each half year another level, log-normal (0, 0.25).", rng, customers, level=level)


def one_shift(rng: np.random.Generator, customers: int) -> World:
    """The level of the window is unlike that of all the log before it: log-normal (0, 0.25)."""
    days = 3 * YEAR
    level = np.ones(days)
    level[days - WINDOW :] = np.exp(rng.normal(0, 0.25))
    return _world("one shift", "Only what is to be forecast is shifted, log-normal (0, 0.25).", rng, customers, level=level)


WORLDS: tuple[Callable[[np.random.Generator, int], World], ...] = (plain, season, old_customers, regular, heavy_tails, level_shift)


def _world(
    name: str,
    truth: str,
    rng: np.random.Generator,
    customers: int,
    *,
    before: int = 0,
    days: int = 3 * YEAR,
    window: int = WINDOW,
    level: Floats | None = None,
    rate: Floats | None = None,
    regularity: float = 1.0,
    spread: float = 0.5,
) -> World:
    who, time = _purchases(rng, customers, before, days, level, rate, regularity)
    mean = np.exp(rng.normal(3.4, 0.6, customers))
    amount = mean[who] * np.exp(rng.normal(-(spread**2) / 2, spread, len(who)))
    if spread > 1:
        amount[rng.integers(len(who))] = 1_000_000.0
    return World(name, truth, who, np.floor(time).astype(np.int64), amount, days, window)


def _purchases(
    rng: np.random.Generator, customers: int, before: int, days: int, level: Floats | None, rate: Floats | None, regularity: float
) -> tuple[NDArray[np.int64], Floats]:
    """Who buys when within the log; customers join evenly from `before` days before it until shortly before its end."""
    own = rng.gamma(RATE_SHAPE, 1 / (RATE_SHAPE * RATE_DAYS), customers) if rate is None else rate
    leave = rng.beta(LEAVE, STAY, customers)
    # Operational time runs as fast as the level; before the log it runs evenly.
    speed = np.concatenate((np.ones(before), np.ones(days) if level is None else level))
    clock = np.concatenate(([0.0], np.cumsum(speed)))
    who = np.arange(customers)
    # Customers come as the level is high: evenly in operational time, none in the last 30 days of the log.
    time = rng.uniform(0, clock[-31], customers)
    found = [(who, time)]
    while len(who):
        gap = rng.gamma(regularity, 1 / regularity, len(who)) / np.maximum(own[who], 1e-12)
        time = time + gap
        stays = (time < clock[-1]) & (rng.random(len(who)) >= leave[who])
        buys = time < clock[-1]
        found.append((who[buys], time[buys]))
        who, time = who[stays], time[stays]
    all_who, all_time = (np.concatenate(part) for part in zip(*found, strict=True))
    day = np.interp(all_time, clock, np.arange(len(clock))) - before
    inside = (day >= 0) & (day < days)
    return all_who[inside], day[inside]
