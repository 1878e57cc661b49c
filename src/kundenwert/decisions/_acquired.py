"""What customers are worth who were won in sight of the ledger, from their first purchase on: each, and in groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from kundenwert.decisions._columns import numbers, table_numbers, table_texts
from kundenwert.stats.discount import factor, force_per_day
from kundenwert.stats.payback import decay, flown, paybacks
from kundenwert.stats.pooling import pool

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats, Integers
    from kundenwert.records.plans import Case, Texts
    from kundenwert.stats.pooling import Pooled

MONTH_DAYS = 365.25 / 12
# What customers, and partly leads, belong to: how they were won, quarter of the first purchase, product group of the first purchase ...
KEYS = ("channel", "industry", "region", "quarter", "product")
# Customers whose courses are laid out month by month at once.
_AT_ONCE = 100_000
# A flow without anything beyond its horizon: next to all of it comes within days.
_AT_ONCE_RATE = 1.0


@final
@dataclass(frozen=True)
class Acquired:
    """Customers won in sight of the ledger, arrays (n,). rows: their places in the case. age_days: since the first purchase. cost: of
    winning, not a number where unknown.

    past: contribution booked since. realised, realised_within: the same discounted to the first purchase, all, and within the value
    horizon. clv, beyond: expected from now on within the horizon and after it, discounted to now; `beyond` may be unknown. keys: name ->
    the code of what the customer belongs to, a place in `names` ("" is unknown).
    """

    rows: Integers
    age_days: Floats
    cost: Floats
    past: Floats
    realised: Floats
    realised_within: Floats
    clv: Floats
    beyond: Floats
    keys: Mapping[str, Integers]
    names: Mapping[str, Texts]

    @classmethod
    def of(cls, case: Case) -> Acquired:
        """Those of the case for whom the column won_age is known; names from its table "names" (key, code, name)."""
        age = numbers(case, "won_age")
        rows = np.flatnonzero(~np.isnan(age))
        names = names_of(case)
        return cls(
            rows=rows,
            age_days=age[rows],
            cost=numbers(case, "won_cost")[rows],
            past=np.nan_to_num(numbers(case, "past")[rows]),
            realised=np.nan_to_num(numbers(case, "won_realised")[rows]),
            realised_within=np.nan_to_num(numbers(case, "won_within")[rows]),
            clv=np.nan_to_num(numbers(case, "clv")[rows]),
            beyond=numbers(case, "clv_beyond")[rows],
            keys={key: np.nan_to_num(numbers(case, f"won_{key}")[rows]).astype(np.int64) for key in names},
            names=names,
        )


def names_of(case: Case) -> dict[str, Texts]:
    """Key -> names in the order of their codes, from the table "names"."""
    keys, codes, names = table_texts(case, "names", "key"), table_numbers(case, "names", "code"), table_texts(case, "names", "name")
    found = {}
    for key in KEYS:
        of_key = keys == key
        found[key] = np.append(names[of_key][np.argsort(codes[of_key], kind="stable")], [] if of_key.any() else [""]).astype(np.str_)
    return found


@final
@dataclass(frozen=True)
class Worth:
    """Of each customer (n,): contribution from the first purchase on, discounted to it, within the value horizon and without end (not a
    number where the run does not know it), and the rate a day at which what is expected falls.
    """

    within: Floats
    endless: Floats
    rate: Floats


def worth(acquired: Acquired, horizon_days: float, discount_rate: float) -> Worth:
    """What is booked since the first purchase, and of what is expected that part which falls into the horizon counted from then.

    The expected flow falls as exp(-g t), with g from what the run expects within and beyond its own horizon.
    """
    rate = decay(acquired.clv, acquired.beyond, horizon_days)
    rate = np.where(np.isinf(rate), _AT_ONCE_RATE, rate)
    at_first = factor(acquired.age_days, discount_rate)
    left = np.maximum(horizon_days - acquired.age_days, 0.0)
    within = acquired.realised_within + acquired.clv * flown(rate, left, horizon_days) * at_first
    return Worth(within, acquired.realised + (acquired.clv + acquired.beyond) * at_first, rate)


@final
@dataclass(frozen=True)
class Group:
    """Customers won, by one key; arrays (g,). value: worth within the horizon, partially pooled; sd: how far the truth may be from it.

    own_share: how much of it is the group's own. endless: without end, pooled with the same share. cost: mean of those of whom it is
    known, `costed` so many. payback, payback_discounted: months, 0: never within the horizon or cost unknown. nominal, discounted:
    (g, months) cumulated.
    """

    key: str
    names: Texts
    customers: Integers
    costed: Integers
    cost: Floats
    value: Floats
    sd: Floats
    own_share: Floats
    endless: Floats
    payback: Integers
    payback_discounted: Integers
    nominal: Floats
    discounted: Floats
    pooled: Pooled


def group(
    acquired: Acquired,
    valued: Worth,
    course: Mapping[str, NDArray[Any]],
    key: str,
    *,
    horizon_days: float,
    discount_rate: float,
    least: int,
) -> Group:
    """What customers are worth by one key, "" is all together. course: what is booked so many months (from 0) after the first purchase:
    key, code, month, nominal, discounted.

    Groups of fewer than `least` customers count with the mean of all.
    """
    code, names = (acquired.keys[key], acquired.names[key]) if key else (np.zeros(len(acquired.rows), dtype=np.int64), np.array([""]))
    count, worths, squares = (_sums(code, weights, len(names)) for weights in (None, valued.within, valued.within**2))
    pooled = pool(count, worths, squares, least=least)
    mean = float(worths.sum() / count.sum()) if count.sum() else 0.0
    # The centre weighs small groups more than the plain mean does: what stands for all customers is moved to it by one factor.
    scale = pooled.centre / mean if mean > 0 else 1.0
    booked = _booked(course, key, len(names), max(round(horizon_days / MONTH_DAYS), 1))
    booked = _tied(booked, _sums(code, acquired.realised_within, len(names)))
    for part, due in _expected(acquired, valued, booked.shape[2], horizon_days, discount_rate):
        for month in range(booked.shape[2]):
            booked[:, :, month] += [_sums(code[part], each[:, month], len(names)) for each in due]
    nominal, discounted, endless = (
        _blended(sums, count, pooled.own_share, scale) for sums in (*booked, _sums(code, valued.endless, len(names))[:, None])
    )
    costed, cost = _costs(acquired.cost, code, len(names))
    return Group(
        key=key,
        names=names,
        customers=count.astype(np.int64),
        costed=costed,
        cost=cost,
        value=pooled.mean,
        sd=pooled.sd,
        own_share=pooled.own_share,
        endless=endless[:, 0],
        payback=paybacks(cost, nominal),
        payback_discounted=paybacks(cost, discounted),
        nominal=nominal,
        discounted=discounted,
        pooled=pooled,
    )


def _sums(code: NDArray[np.integer[Any]], weights: Floats | None, groups: int) -> Floats:
    return np.bincount(code, weights=weights, minlength=groups).astype(np.float64)


def _costs(costs: Floats, code: NDArray[np.integer[Any]], groups: int) -> tuple[Integers, Floats]:
    """Of how many the cost is known, and its mean."""
    known = ~np.isnan(costs)
    costed = _sums(code[known], None, groups)
    mean = np.divide(_sums(code[known], costs[known], groups), costed, out=np.full(groups, np.nan), where=costed > 0)
    return costed.astype(np.int64), mean


def _blended(sums: Floats, count: Floats, own_share: Floats, scale: float) -> Floats:
    """Own mean and mean of all, with the shares that the value itself has, so that the last month of a course is the value."""
    own = np.divide(sums, count[:, None], out=np.zeros_like(sums), where=count[:, None] > 0)
    everyone = scale * sums.sum(axis=0) / max(float(count.sum()), 1.0)
    return own_share[:, None] * own + (1 - own_share[:, None]) * everyone


def _booked(course: Mapping[str, NDArray[Any]], key: str, groups: int, months: int) -> Floats:
    """What is booked of each group so many months after the first purchase, cumulated: (2, g, months), nominal and discounted."""
    found = np.zeros((2, groups, months))
    month = np.asarray(course.get("month", []), dtype=np.int64)
    # All together are those of any one key.
    inside = (month < months) & (np.asarray(course.get("key", []), dtype=np.str_) == (key or KEYS[0]))
    place = np.asarray(course.get("code", []), dtype=np.int64)[inside] if key else np.zeros(int(inside.sum()), dtype=np.int64)
    for into, what in zip(found, ("nominal", "discounted"), strict=True):
        np.add.at(into, (place, month[inside]), np.asarray(course.get(what, []), dtype=np.float64)[inside])
    cumulated: Floats = np.cumsum(found, axis=2)
    return cumulated


def _tied(booked: Floats, realised: Floats) -> Floats:
    """Courses that end at what the customers of the case have brought: others may stand in the ledger, and cents were rounded."""
    last = booked[1, :, -1]
    factors = np.divide(realised, last, out=np.ones_like(last), where=(last != 0) & (realised / np.where(last, last, 1.0) > 0))
    return booked * factors[None, :, None]


def _expected(
    acquired: Acquired, valued: Worth, months: int, horizon_days: float, discount_rate: float
) -> Iterator[tuple[slice, tuple[Floats, Floats]]]:
    """What each customer will have brought from now until so many months after the first purchase: nominal, and discounted to it."""
    force, ends = force_per_day(discount_rate), MONTH_DAYS * np.arange(1, months + 1)
    for start in range(0, len(acquired.rows), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        age, rate, clv = acquired.age_days[part, None], valued.rate[part, None], acquired.clv[part, None]
        ahead = np.clip(np.minimum(ends, horizon_days) - age, 0.0, None)
        discounted = clv * flown(rate, ahead, horizon_days)
        # The same flow before it is discounted falls more slowly: c exp(-(g - force) t).
        start_flow = clv * np.where(rate * horizon_days < 1e-12, 1 / horizon_days, rate / -np.expm1(-rate * horizon_days))
        slower = np.where(np.abs(rate - force) < 1e-12, 1e-12, rate - force)
        yield part, (start_flow * -np.expm1(-slower * ahead) / slower, discounted * np.exp(-force * age))


def months_until_paid(left: Floats, acquired: Acquired, valued: Worth, horizon_days: float, discount_rate: float) -> Floats:
    """In how many months from now the expected contribution covers what is left of the cost, (n,); infinite where it never will.

    left: money still open. The nominal flow from now on is c exp(-h t), with h the rate at which the discounted one falls less the force
    of interest.
    """
    force = force_per_day(discount_rate)
    start = acquired.clv * np.where(
        valued.rate * horizon_days < 1e-12, 1 / horizon_days, valued.rate / -np.expm1(-valued.rate * horizon_days)
    )
    slower = np.where(np.abs(valued.rate - force) < 1e-12, 1e-12, valued.rate - force)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(start > 0, left * slower / start, np.inf)
        days = np.where(share < 1, -np.log1p(-np.minimum(share, 1.0)) / slower, np.inf)
    return np.asarray(np.where(left > 0, days / MONTH_DAYS, 0.0), dtype=np.float64)
