"""What customers are worth who were won in sight of the ledger, from their first purchase on: each, and in groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
# Rates a day between which flows are told: even ones, and those of which next to all comes within days.
_EVEN_RATE, _AT_ONCE_RATE = 1e-12, 1.0


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
    rate = np.clip(rate, _EVEN_RATE, _AT_ONCE_RATE)
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
    (g, months) cumulated; sums: (2, g, months) of them over the customers as they are.
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
    sums: Floats
    pooled: Pooled


def groups(
    acquired: Acquired,
    valued: Worth,
    course: Mapping[str, NDArray[Any]],
    keys: Sequence[str],
    *,
    horizon_days: float,
    discount_rate: float,
    least: int,
) -> dict[str, Group]:
    """What customers are worth by each key, and all together under "". course: what is booked so many months (from 0) after the first
    purchase: key, code, month, nominal, discounted.

    Groups of fewer than `least` customers count with the mean of all.
    """
    months = max(round(horizon_days / MONTH_DAYS), 1)
    sizes = {key: len(acquired.names[key]) for key in keys}
    expected = {key: np.zeros((2, size, months)) for key, size in sizes.items()}
    for part, due in _expected(acquired, valued, months, horizon_days, discount_rate):
        for key, size in sizes.items():
            code = acquired.keys[key][part]
            for month in range(months):
                expected[key][:, :, month] += [_sums(code, each[month], size) for each in due]
    found = {}
    for key in keys:
        booked = _tied(_booked(course, key, sizes[key], months), _sums(acquired.keys[key], acquired.realised_within, sizes[key]))
        found[key] = _group(acquired, valued, key, acquired.keys[key], acquired.names[key], booked + expected[key], least)
    together, code = found[keys[0]].sums.sum(axis=1, keepdims=True), np.zeros(len(acquired.rows), dtype=np.int64)
    return {"": _group(acquired, valued, "", code, np.array([""]), together, least), **found}


def _group(acquired: Acquired, valued: Worth, key: str, code: Integers, names: Texts, sums: Floats, least: int) -> Group:
    """One key. sums: (2, g, months) of the cumulated courses of its customers, nominal and discounted."""
    count, worths, squares = (_sums(code, weights, len(names)) for weights in (None, valued.within, valued.within**2))
    pooled = pool(count, worths, squares, least=least)
    mean = float(worths.sum() / count.sum()) if count.sum() else 0.0
    # The centre weighs small groups more than the plain mean does: what stands for all customers is moved to it by one factor.
    scale = pooled.centre / mean if mean > 0 else 1.0
    nominal, discounted, endless = (
        _blended(each, count, pooled.own_share, scale) for each in (*sums, _sums(code, valued.endless, len(names))[:, None])
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
        sums=sums,
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
    blended: Floats = own_share[:, None] * own + (1 - own_share[:, None]) * everyone
    return blended


def _booked(course: Mapping[str, NDArray[Any]], key: str, groups: int, months: int) -> Floats:
    """What is booked of each group so many months after the first purchase, cumulated: (2, g, months), nominal and discounted."""
    found = np.zeros((2, groups, months))
    month = np.asarray(course.get("month", []), dtype=np.int64)
    inside = (month < months) & (np.asarray(course.get("key", []), dtype=np.str_) == key)
    place = np.asarray(course.get("code", []), dtype=np.int64)[inside]
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
    """What each customer will have brought from now until so many months after the first purchase, (months, part): nominal, and discounted
    to it.
    """
    force, ends = force_per_day(discount_rate), np.minimum(MONTH_DAYS * np.arange(1, months + 1), horizon_days)
    for start in range(0, len(acquired.rows), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        age, rate = acquired.age_days[part], valued.rate[part]
        ahead = np.maximum(ends[:, None] - age, 0.0)
        flow, slower = _start(acquired.clv[part], rate, horizon_days), _nominal(rate, force)
        nominal = np.expm1(-slower * ahead) * (-flow / slower)
        yield part, (nominal, np.expm1(-rate * ahead) * (-flow / rate * np.exp(-force * age)))


def _start(clv: Floats, rate: Floats, horizon_days: float) -> Floats:
    """What a flow c exp(-g t) that brings `clv` within the horizon brings on its first day."""
    return np.asarray(clv * rate / -np.expm1(-rate * horizon_days), dtype=np.float64)


def _nominal(rate: Floats, force: float) -> Floats:
    """The rate of the same flow before it is discounted; a flow that neither falls nor rises falls by next to nothing."""
    slower = rate - force
    return np.where(np.abs(slower) < _EVEN_RATE, _EVEN_RATE, slower)


def months_until_paid(left: Floats, acquired: Acquired, valued: Worth, horizon_days: float, discount_rate: float) -> Floats:
    """In how many months from now the expected contribution covers what is left of the cost, (n,); infinite where it never will.

    left: money still open. The nominal flow from now on is c exp(-h t), with h the rate at which the discounted one falls less the force
    of interest.
    """
    start, slower = _start(acquired.clv, valued.rate, horizon_days), _nominal(valued.rate, force_per_day(discount_rate))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(start > 0, left * slower / start, np.inf)
        days = np.where(share < 1, -np.log1p(-np.minimum(share, 1.0)) / slower, np.inf)
    return np.asarray(np.where(left > 0, days / MONTH_DAYS, 0.0), dtype=np.float64)
