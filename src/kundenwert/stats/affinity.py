"""Who buys what next: rates at which customers take up a group of products, by what they own already; arrays only.

A hazard is an expected number of first purchases over a span: the chance of at least one is 1 - exp(-hazard). It is a product of
three factors, each told by counting and pooled: the rate of the group, the factor of the customer's class (of activity and size of
basket), and what the basket says. For each pair of groups that is the ratio of the first purchases found among owners of the one to
those expected of them, over the same ratio among those without it; their logarithms are added up over the basket, less what an average
basket gives, and divided by the root of its size, since what groups say overlaps. How strongly that counts, the data settle.

Baskets are sparse matrices (customers, groups) of 0 and 1, in CSR form; activity is the class of each customer, from 0 on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# As how many expected first purchases the view counts that a group owned changes nothing.
POOLED = 10.0
# The same for the rates of groups and the factors of classes.
_POOLED_RATES = 5.0
_ROUNDS = 20
# How strongly the basket may count.
_WEIGHTS = np.arange(16) / 5.0
_CHUNK = 20_000


@final
@dataclass(frozen=True)
class Affinity:
    """Fitted rates. rates: (groups,), activity: (classes,), ratios: (groups owned, groups taken up), found over expected, pooled.

    from_owned: (groups, groups) change of the log hazard if a group is owned; average: (groups,) its sum over an average basket.
    weight: how strongly both are used; 0 leaves rates and activity alone.
    """

    rates: Floats
    activity: Floats
    ratios: Floats
    from_owned: Floats
    average: Floats
    weight: float = 0.0

    def log_hazards(self, owned: Any, activity: Ints) -> Floats:
        """Log hazard of each customer for each group, (customers, groups); those owned are minus infinity."""
        found: Floats = np.log(self.rates)[None, :] + np.log(self.activity)[activity][:, None]
        found += self.weight * self.by_basket(owned)
        found[owned.nonzero()] = -np.inf
        return found

    def by_basket(self, owned: Any) -> Floats:
        """The part of the log hazard that comes from the basket, at weight 1, (customers, groups)."""
        size = np.maximum(np.diff(owned.indptr), 1)
        return np.asarray((owned @ self.from_owned - self.average[None, :]) / np.sqrt(size)[:, None], dtype=np.float64)


@final
@dataclass(frozen=True)
class Suggested:
    """The likeliest groups of each customer, best first, (customers, length): group and reason are -1 where there is none.

    reason: the owned group that speaks most for it; times: how many times as often its owners took the group up.
    """

    group: Ints
    hazard: Floats
    reason: Ints
    times: Floats


@final
@dataclass(frozen=True)
class LookBack:
    """What the likeliest group of each customer was worth at an earlier day, against the most popular one that was not owned.

    hits, popular_hits: customers who took it up. only_ours, only_popular: where just one of both was right. expected, found: first
    purchases among the suggested groups, as expected and as they came.
    """

    customers: int
    hits: int
    popular_hits: int
    only_ours: int
    only_popular: int
    expected: float
    found: int

    @property
    def held(self) -> float:
        """By what the hazard of a suggested group is to be multiplied: of what was expected, how much came; never above 1.

        The likeliest of many chances is overrated, and the shorter log of an earlier day makes more groups seem to be lacking than were.
        Few purchases count for little.
        """
        return min(1.0, (self.found + POOLED) / (self.expected + POOLED))

    @property
    def p_value(self) -> float:
        """Exact one-sided McNemar test: the chance of so large an advantage if both were equally good."""
        return mcnemar(self.only_ours, self.only_popular)


def lift(customers: int, owners: int, others: int, both: int) -> tuple[float, float, float]:
    """Support, confidence and lift of two groups: counts of all customers, of owners of the first, of the second, and of both.

    >>> lift(1_000, 400, 150, 90)
    (0.09, 0.225, 1.5)
    """
    confidence = both / owners
    return both / customers, confidence, confidence / (others / customers)


def mcnemar(ours: int, theirs: int) -> float:
    """Chance of at least `ours` out of ours + theirs if both are equally likely.

    >>> mcnemar(3, 0), mcnemar(0, 3), mcnemar(0, 0)
    (0.125, 1.0, 1.0)
    """
    from scipy.special import bdtrc

    return float(bdtrc(ours - 1, ours + theirs, 0.5)) if ours else 1.0


def fit(owned: Any, taken: Any, activity: Ints, classes: int, *, most: int = 20_000) -> Affinity:
    """Rates from what customers owned on a day and took up within the span after it.

    taken: groups bought for the first time; none of them is owned. most: how many customers settle the weight; the rates rest on all.
    """
    whole = _counted(owned, taken, activity, classes)
    if not taken.nnz:
        return whole
    step = max(1, -(-owned.shape[0] // most))
    kept = np.arange(0, owned.shape[0], step)
    weighed = replace(whole, weight=_weight(owned[kept], taken[kept], activity[kept], classes))
    return _settled(weighed, owned[kept], taken[kept], activity[kept])


def _counted(owned: Any, taken: Any, activity: Ints, classes: int) -> Affinity:
    rates, factors = _margins(owned, taken, activity, classes)
    active = factors[activity]
    found = np.asarray(taken.sum(axis=0), dtype=np.float64).ravel()
    with_owner = np.asarray((owned.T @ taken).todense(), dtype=np.float64)
    weights = owned.multiply(active[:, None]).tocsr()
    both = np.asarray((owned.T @ weights).todense(), dtype=np.float64)
    owners = np.diagonal(both)
    # First purchases expected of the owners of a group (row) who lack another (column), from activity and rate alone.
    expected = rates[None, :] * (owners[:, None] - both)
    of_all = rates * (active.sum() - owners)
    if_owned = np.log((with_owner + POOLED) / (expected + POOLED))
    if_not = np.log((found[None, :] - with_owner + POOLED) / (np.maximum(of_all[None, :] - expected, 0.0) + POOLED))
    for ratio in (if_owned, if_not):
        np.fill_diagonal(ratio, 0.0)
    share = np.asarray(owned.sum(axis=0), dtype=np.float64).ravel() / max(owned.shape[0], 1)
    return Affinity(rates, factors, np.exp(if_owned), if_owned - if_not, share @ (if_owned - if_not))


def _margins(owned: Any, taken: Any, activity: Ints, classes: int) -> tuple[Floats, Floats]:
    """The rate of each group and the factor of each class of activity, so that both margins are met."""
    from scipy.sparse import csr_matrix

    size = len(activity)
    members = csr_matrix((np.ones(size), (activity, np.arange(size))), shape=(classes, size))
    lacking = np.asarray(members.sum(axis=1)) - np.asarray((members @ owned).todense(), dtype=np.float64)
    of_class = np.asarray((members @ taken).sum(axis=1), dtype=np.float64).ravel()
    of_group = np.asarray(taken.sum(axis=0), dtype=np.float64).ravel()
    # Never quite nothing, so that logarithms exist.
    mean = max(of_group.sum(), 0.5) / max(lacking.sum(), 1.0)
    factors = np.ones(classes)
    for _ in range(_ROUNDS):
        rates = (of_group + _POOLED_RATES * mean) / (factors @ lacking + _POOLED_RATES)
        factors = (of_class + _POOLED_RATES) / (lacking @ rates + _POOLED_RATES)
    return rates, factors


def _weight(owned: Any, taken: Any, activity: Ints, classes: int) -> float:
    """The weight under which the ratios of one half of the customers describe the other half best, and the other way round."""
    half = np.arange(owned.shape[0]) % 2 == 0
    gained = np.zeros(len(_WEIGHTS))
    for learning, judging in ((half, ~half), (~half, half)):
        rates = _counted(owned[learning], taken[learning], activity[learning], classes)
        gained += _log_likelihoods(rates, owned[judging], taken[judging], activity[judging])
    return float(_WEIGHTS[int(np.argmax(gained))])


def _log_likelihoods(rates: Affinity, owned: Any, taken: Any, activity: Ints) -> Floats:
    """Log likelihood of what was taken up, for each of the weights."""
    found = np.zeros(len(_WEIGHTS))
    for start in range(0, owned.shape[0], _CHUNK):
        part = slice(start, start + _CHUNK)
        plain, basket = rates.log_hazards(owned[part], activity[part]), rates.by_basket(owned[part])
        rows, columns = taken[part].nonzero()
        for place, weight in enumerate(_WEIGHTS):
            hazards = np.exp(plain + weight * basket)
            bought = hazards[rows, columns]
            # log(1 - exp(-h)) for those taken up, -h for the others.
            found[place] += np.log(-np.expm1(-bought)).sum() - (hazards.sum() - bought.sum())
    return found


def _settled(rates: Affinity, owned: Any, taken: Any, activity: Ints) -> Affinity:
    """The same with the rates of groups such that as many first purchases of each are expected as came: what baskets say has moved them,
    and who buys a group twice took it up once.
    """
    found = np.asarray(taken.sum(axis=0), dtype=np.float64).ravel()
    for _ in range(_ROUNDS):
        # Nearly a straight line below a chance of a half: a few steps meet it.
        step = (found + POOLED) / (_expected(rates, owned, activity) + POOLED)
        rates = replace(rates, rates=rates.rates * step)
        if np.abs(step - 1.0).max() < 1e-4:
            break
    return rates


def suggest(rates: Affinity, owned: Any, activity: Ints, length: int) -> Suggested:
    """The `length` likeliest groups of each customer that are not owned, best first."""
    customers, groups = owned.shape
    length = min(length, groups)
    group = np.full((customers, length), -1, dtype=np.int64)
    hazard, reason, times = np.zeros((customers, length)), group.copy(), np.ones((customers, length))
    for start in range(0, customers, _CHUNK):
        part = slice(start, start + _CHUNK)
        basket = owned[part]
        logs = rates.log_hazards(basket, activity[part])
        order, best = _largest(logs, length)
        group[part] = np.where(np.isfinite(best), order, -1)
        hazard[part] = np.exp(best)
        if rates.weight > 0:
            reason[part], times[part] = _reasons(rates, basket, order)
    return Suggested(group, hazard, np.where(group >= 0, reason, -1), times)


def _largest(logs: Floats, length: int) -> tuple[Ints, Floats]:
    """The places of the `length` largest of each row, and these; of equal ones the first, whatever the machine. Empties `logs` of them."""
    rows = np.arange(len(logs))
    order, best = np.empty((len(logs), length), dtype=np.int64), np.empty((len(logs), length))
    for rank in range(length):
        order[:, rank] = logs.argmax(axis=1)
        best[:, rank] = logs[rows, order[:, rank]]
        logs[rows, order[:, rank]] = -np.inf
    return order, best


def _reasons(rates: Affinity, owned: Any, group: Ints) -> tuple[Ints, Floats]:
    """For each suggestion the owned group whose owners took it up most often beyond what was expected; -1 if none did."""
    rows, columns = owned.nonzero()
    starts = owned.indptr[:-1]
    has_any = np.diff(owned.indptr) > 0
    reason, times = np.full(group.shape, -1, dtype=np.int64), np.ones(group.shape)
    for rank in range(group.shape[1]):
        ratios = rates.ratios[columns, group[rows, rank]]
        highest = np.zeros(len(starts))
        highest[has_any] = np.maximum.reduceat(ratios, starts[has_any])
        is_best = ratios == highest[rows]
        best = np.full(len(starts), -1, dtype=np.int64)
        # The first of equals: later ones are overwritten.
        best[rows[is_best][::-1]] = columns[is_best][::-1]
        speaks = highest > 1.0
        reason[:, rank], times[:, rank] = np.where(speaks, best, -1), np.where(speaks, highest, 1.0)
    return reason, times


def look_back(rates: Affinity, owned: Any, taken: Any, activity: Ints, length: int, *, most: int = 200_000) -> LookBack:
    """Holds rates learned before a day against what was taken up after it, for at most `most` customers, evenly chosen.

    owned: baskets on that day, (customers, groups).
    """
    popular = np.asarray(owned.sum(axis=0), dtype=np.float64).ravel()
    lacks = np.flatnonzero(np.diff(owned.indptr) < owned.shape[1])
    lacks = lacks[:: max(1, -(-len(lacks) // most))]
    owned, taken, activity = owned[lacks], taken[lacks], activity[lacks]
    ours = suggest(rates, owned, activity, length)
    hit = _taken_up(taken, ours.group)
    theirs = _taken_up(taken, _most_popular(owned, popular)[:, None])[:, 0]
    first = hit[:, 0]
    return LookBack(
        customers=len(activity),
        hits=int(first.sum()),
        popular_hits=int(theirs.sum()),
        only_ours=int((first & ~theirs).sum()),
        only_popular=int((theirs & ~first).sum()),
        expected=float(-np.expm1(-ours.hazard[ours.group >= 0]).sum()),
        found=int(hit.sum()),
    )


def _expected(rates: Affinity, owned: Any, activity: Ints) -> Floats:
    """First purchases to be expected of each group, (groups,)."""
    found = np.zeros(owned.shape[1])
    for start in range(0, owned.shape[0], _CHUNK):
        part = slice(start, start + _CHUNK)
        found += -np.expm1(-np.exp(rates.log_hazards(owned[part], activity[part]))).sum(axis=0)
    return found


def _taken_up(taken: Any, group: Ints) -> NDArray[np.bool_]:
    """Whether each suggested group was taken up, in the shape of `group`."""
    rows = np.repeat(np.arange(group.shape[0]), group.shape[1])
    columns = group.ravel()
    found = np.zeros(group.size, dtype=bool)
    there = columns >= 0
    if there.any():
        found[there] = np.asarray(taken[rows[there], columns[there]]).ravel() > 0
    return found.reshape(group.shape)


def _most_popular(owned: Any, popular: Floats) -> Ints:
    """The group with the most owners that each customer lacks."""
    found = np.zeros(owned.shape[0], dtype=np.int64)
    for start in range(0, owned.shape[0], _CHUNK):
        part = owned[start : start + _CHUNK]
        owners = np.repeat(popular[None, :], part.shape[0], axis=0)
        owners[part.nonzero()] = -1.0
        found[start : start + _CHUNK] = owners.argmax(axis=1)
    return found
