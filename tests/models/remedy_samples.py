"""Simulated logs for tests of remedies: whole purchase times of BG/NBD customers, cut to what a log holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundenwert.records import Calendar, Histories

# Days since 1970-01-01 of 2019-01-01.
START = 17_897
YEAR = 365
RATE = {"r": 0.8, "alpha": 48.0, "a": 0.8, "b": 4.0}


@dataclass(frozen=True)
class Log:
    """What may be known at the cut, and what came: days after the cut of the purchases of customers known by then; who was there before."""

    histories: Histories
    calendar: Calendar
    later: np.ndarray
    old: np.ndarray
    rate: np.ndarray


def simulated(customers, days, cut, *, before=0, speed=None, seed=0, p=RATE, joined=None):
    """A log of `days`, known until day `cut` (0 is the first). before: days of trade that the log misses. speed: of each day of the log.

    p: of BG/NBD (r, alpha, a, b) or Pareto/NBD (r, alpha, s, beta), in days.
    """
    rng = np.random.default_rng(seed)
    clock = np.concatenate(([0.0], np.cumsum(np.concatenate((np.ones(before), np.ones(days) if speed is None else speed)))))
    rate = rng.gamma(p["r"], 1 / p["alpha"], customers)
    leave = rng.beta(p["a"], p["b"], customers) if "a" in p else np.zeros(customers)
    who, time = np.arange(customers), rng.uniform(*(joined or (0, clock[-31])), customers)
    found, alive = [(who, time)], np.full(customers, np.inf)
    if "s" in p:
        alive = time + rng.exponential(size=customers) / np.maximum(rng.gamma(p["s"], 1 / p["beta"], customers), 1e-9)
    while len(who):
        time = time + rng.exponential(1 / np.maximum(rate[who], 1e-12))
        stays, buys = rng.random(len(who)) >= leave[who], time < np.minimum(clock[-1], alive[who])
        found.append((who[buys], time[buys]))
        alive[who[buys & ~stays]] = time[buys & ~stays]
        who, time = who[buys & stays], time[buys & stays]
    who, time = (np.concatenate(part) for part in zip(*found, strict=True))
    old = (time[:customers] < clock[before]) & (alive > clock[before])
    day = np.floor(np.interp(time, clock, np.arange(len(clock)))).astype(np.int64) - before
    who, day = np.divmod(np.unique((who * (days + 1) + day)[(day >= 0) & (day < days)]), days + 1)
    return _cut(who, day, cut, old, rate)


def _cut(who, day, cut, old, rate):
    known = day <= cut
    ids, start, n = np.unique(who[known], return_index=True, return_counts=True)
    first, last = day[known][start], day[known][start + n - 1]
    rows, count = np.unique(np.stack((n - 1, last - first, cut - first), axis=1), axis=0, return_counts=True)
    histories = Histories(rows[:, 0], rows[:, 1].astype(float), rows[:, 2].astype(float), count)
    months = np.arange(np.datetime64(START, "D").astype("M8[M]"), np.datetime64(START + cut, "D").astype("M8[M]") + 1)
    ends = np.append(months.astype("M8[D]").astype(np.int64), START + cut + 1)
    again = np.delete(day[known], start)
    calendar = Calendar(START + cut, START, ends, np.histogram(START + again, ends)[0])
    return Log(histories, calendar, day[~known & np.isin(who, ids)] - cut, old, rate)


def speed_of(factors, days):
    """How fast customers buy on each day of a log, by calendar month."""
    month = np.arange(START, START + days).astype("M8[D]").astype("M8[M]").astype(int) % 12
    return np.asarray(factors)[month]
