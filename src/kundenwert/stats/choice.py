"""At most one option a customer, so that the gains add up to most within limits: exact where that is possible, else with a proven gap.

A knapsack with several limits and one choice a customer (multiple-choice knapsack: Sinha & Zoltners 1979, Operations Research 27). Prices
of the limits come from the Lagrangian dual, which also bounds what any choice could gain; what the prices leave open is filled in order of
gain for what it takes, and the customers about whom prices do not decide are solved exactly by HiGHS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from kundenwert.errors import CallError
from kundenwert.stats import _choice_fill as fill
from kundenwert.stats import _choice_prices as dual
from kundenwert.stats._choice_core import mended
from kundenwert.stats._choice_prices import Floats, Integers, Problem

# Above so many customers a core is looked for no more: it would take longer than what it gains.
_CORE: Final = 200_000


@final
@dataclass(frozen=True)
class Chosen:
    """The options chosen. option: (n,). total: their gain. bound: what no choice within the limits can exceed.

    prices: of one unit more of each limit, by kind of limit an array over its groups. used: likewise. solved: how many options were left to
    the exact solver; its time grows with them.
    """

    option: Integers
    total: float
    bound: float
    prices: tuple[Floats, ...]
    used: tuple[Floats, ...]
    solved: int = 0

    @property
    def is_exact(self) -> bool:
        """Whether no choice can be better."""
        return self.bound - self.total <= 1e-9 * max(1.0, abs(self.total))

    @property
    def gap(self) -> float:
        """The share of what is possible at most that this choice may miss."""
        return max(0.0, (self.bound - self.total) / abs(self.bound)) if self.bound else 0.0


def choose(
    gain: NDArray[Any],
    uses: Sequence[NDArray[Any]],
    capacity: Sequence[Any],
    groups: Sequence[Integers | None] | None = None,
    *,
    start: Sequence[Integers] = (),
    thorough: bool = True,
) -> Chosen:
    """Chooses one option for each customer. Deterministic; among equal choices it depends on the order of the customers alone.

    gain: (n, m), minus infinity where an option is not allowed. Option 0 is the least that must be done (mostly nothing): allowed for all,
    and no option uses less. uses: one array for each kind of limit, (n, m), or (1, m) where it is the same for all customers. capacity: for
    each kind the amount, or an array (groups,), infinite where there is no limit. groups: for each kind the code (n,) of the customer's
    group, or None: one limit for all. start: choices (n,) known already; the result is at least as good as each of them that keeps the
    limits. thorough: whether customers whom prices leave undecided are solved exactly. Raises CallError where option 0 breaks a limit.

    Three customers, visits at 60 each, ten of them (5, 3, 2 are best):

    >>> visits = np.arange(11)
    >>> worth, rate = np.array([[1000], [600], [400]]), np.array([[0.25], [0.5], [0.3]])
    >>> found = choose(worth * (1 - np.exp(-rate * visits)) - 60 * visits, [visits[None, :]], [10])
    >>> found.option.tolist(), round(found.total, 4), found.is_exact
    ([5, 3, 2], 760.0925, True)
    """
    problem = _problem(gain, uses, capacity, groups)
    nothing = np.zeros(problem.count, dtype=np.int64)
    tolerance = fill.slack(problem.limits)
    _refuse(problem, nothing)
    if not problem.count:
        return _told(problem, nothing, np.zeros(len(problem.limits)), 0.0)
    prices = dual.prices(problem)
    ceiling = dual.bound(problem, prices)
    option, _ = fill.best(problem, prices)
    option = fill.filled(problem, fill.within(problem, option, prices), prices)
    for given in start:
        known = np.asarray(given, dtype=np.int64)
        if (problem.taken(known) <= problem.limits + tolerance).all() and problem.total(known) > problem.total(option):
            option = known
    size = 0
    if thorough and problem.count <= _CORE:
        core = mended(problem, option, prices, ceiling)
        option, ceiling, size = core.option, core.ceiling, core.size
    return _told(problem, option, prices, ceiling, size)


def _problem(
    gain: NDArray[Any], uses: Sequence[NDArray[Any]], capacity: Sequence[Any], groups: Sequence[Integers | None] | None
) -> Problem:
    count = gain.shape[0]
    codes: list[Integers] = []
    for each in groups or [None] * len(uses):
        found = np.zeros(count, dtype=np.int64) if each is None else np.asarray(each, dtype=np.int64)
        # One array for equal groupings: what they have in common is then seen at a glance.
        codes.append(next((known for known in codes if np.array_equal(known, found)), found))
    amounts = tuple(np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in capacity)
    if not len(codes) == len(uses) == len(amounts):
        raise CallError(f"{len(uses)} uses, {len(amounts)} capacities, {len(codes)} groups: one of each for every limit was expected.")
    for use, own, amount in zip(uses, codes, amounts, strict=True):
        if use.shape not in (gain.shape, (1, gain.shape[1])):
            raise CallError(f"Uses of shape {use.shape}: {gain.shape} or {(1, gain.shape[1])} was expected, as the gains are.")
        if own.shape != (count,) or (count and not 0 <= int(own.min()) <= int(own.max()) < len(amount)):
            raise CallError(f"Codes of groups must be {count} numbers from 0 to {len(amount) - 1}, the capacities given.")
    return Problem(gain, tuple(np.asarray(use) for use in uses), tuple(codes), amounts)


def _refuse(problem: Problem, nothing: Integers) -> None:
    if problem.count and not np.isfinite(problem.gain[:, 0]).all():
        raise CallError("Option 0 of a customer is not allowed: it must be, as the least that is done.")
    for use in problem.uses:
        if use.size and (use.min(axis=1) < use[:, 0]).any():
            raise CallError("An option uses less of a limit than option 0: that must be the least that is done.")
    over = problem.taken(nothing) > problem.limits + fill.slack(problem.limits)
    if over.any():
        kinds = sorted({int(np.searchsorted(problem.first, place, side="right")) - 1 for place in np.flatnonzero(over)})
        raise CallError(f"What must be done already breaks the limits of kind {', '.join(map(str, kinds))}.")


def _told(problem: Problem, option: Integers, prices: Floats, ceiling: float, solved: int = 0) -> Chosen:
    cut = problem.first[1:-1]
    total = problem.total(option) if problem.count else 0.0
    used = problem.taken(option)
    return Chosen(option, total, max(total, ceiling), tuple(np.split(prices, cut)), tuple(np.split(used, cut)), solved)
