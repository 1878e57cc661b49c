"""The few customers about whom prices do not decide, chosen exactly by HiGHS (Balas & Zemel 1980, Operations Research 28: the core)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np

from kundenwert.stats._choice_fill import Flags, slack
from kundenwert.stats._choice_prices import Floats, Integers, Problem

# Customers in a core that is solved to the end, in one that is solved as far as a few steps bring it, once the groups were mended one by
# one, and in one that only mends what the prices left.
_WHOLE: Final = 400
_LARGE: Final = 1_000
_PART: Final = 120
# Rules are told in small numbers: options that are whole but for a millionth then break none.
_UNIT: Final = 0.05
# Customers of one group that are solved together, and how many options all groups may have so that it does not take too long.
_OF_GROUP: Final = 40
_EFFORT: Final = 8_000
_NODES: Final = 300
_NODES_OF_LARGE: Final = 20
_NODES_OF_PART: Final = 50
# Status of a problem without any solution.
_IMPOSSIBLE: Final = 2
_ONE_AT_A_TIME: Final = threading.Lock()


@final
@dataclass(frozen=True)
class Mended:
    """A choice (n,), what no choice can exceed, and how many options went to the solver."""

    option: Integers
    ceiling: float
    size: int


def mended(problem: Problem, option: Integers, prices: Floats, ceiling: float) -> Mended:
    """A choice at least as good, and a ceiling no higher: proven to be the best where both are the same.

    Any better choice gives each customer an option that loses at most ceiling - total at these prices; who has one such option only is
    settled, the others are solved together.
    """
    size = 0
    for last in (False, True):
        gap = ceiling - problem.total(option)
        if gap <= 1e-9 * max(1.0, abs(ceiling)):
            break
        possible, lead, top = _survivors(problem, prices, gap)
        open_ = np.flatnonzero(possible > 1)
        if len(open_) <= (_LARGE if last else _WHOLE):
            nodes = _NODES if len(open_) <= _WHOLE else _NODES_OF_LARGE
            solved = _solved(problem, option, prices, ceiling, open_, top, nodes)
            return Mended(solved.option, solved.ceiling, size + solved.size)
        if not last:
            option, taken = _by_group(problem, option, lead)
            few = np.sort(open_[np.argsort(lead[open_], kind="stable")[:_PART]])
            option, more = _improved(problem, option, few)
            size += taken + more
    return Mended(option, ceiling, size)


def _by_group(problem: Problem, option: Integers, lead: Floats) -> tuple[Integers, int]:
    """The customers of one group after the other solved anew, the least decided ones of each, while that does not take too long."""
    kind = max(range(len(problem.groups)), key=lambda each: len(np.unique(problem.groups[each])))
    groups, size = len(problem.capacity[kind]), 0
    order = np.lexsort((lead, problem.groups[kind]))
    start = np.concatenate(([0], np.cumsum(np.bincount(problem.groups[kind], minlength=groups))))
    for group in range(groups):
        few = np.sort(order[start[group] : start[group + 1]][:_OF_GROUP])
        if len(few) == problem.count or not len(few):
            continue
        if size + len(few) * problem.gain.shape[1] > _EFFORT:
            break
        option, taken = _improved(problem, option, few)
        size += taken
    return option, size


def _improved(problem: Problem, option: Integers, few: Integers) -> tuple[Integers, int]:
    """The choice with these customers solved anew where that is better, and how many options that took."""
    if not len(few):
        return option, 0
    found = _core(problem, option, few, np.ones((len(few), problem.gain.shape[1]), dtype=np.bool_), _NODES_OF_PART)
    return (found.option if problem.total(found.option) > problem.total(option) else option), found.size


def _survivors(problem: Problem, prices: Floats, gap: float) -> tuple[Integers, Floats, Integers]:
    """How many options of each customer can still stand in a better choice, by how much the best leads, and which is best; (n,) each."""
    counts, leads, tops = [], [], []
    for part in problem.parts():
        worth = problem.priced(part, prices)
        row = np.arange(len(worth))
        top = worth.argmax(axis=1)
        loss = worth[row, top][:, None] - worth
        counts.append((loss <= gap * (1 + 1e-9) + 1e-9).sum(axis=1))
        loss[row, top] = np.inf
        leads.append(loss.min(axis=1))
        tops.append(top)
    return np.concatenate(counts), np.concatenate(leads), np.concatenate(tops).astype(np.int64)


def _solved(problem: Problem, option: Integers, prices: Floats, ceiling: float, open_: Integers, top: Integers, nodes: int) -> Mended:
    """The open customers solved together, the others settled at their best option `top`."""
    gap = ceiling - problem.total(option)
    settled = top.copy()
    settled[open_] = 0
    worth = problem.rows(open_).priced(slice(0, len(open_)), prices)
    possible = worth.max(axis=1, keepdims=True) - worth <= gap * (1 + 1e-9) + 1e-9
    found = _core(problem, settled, open_, possible, nodes)
    if found.is_feasible and problem.total(found.option) > problem.total(option):
        option = found.option
    return Mended(option, min(ceiling, max(problem.total(option), found.ceiling)), found.size)


@final
@dataclass(frozen=True)
class _Core:
    """The choice with the open customers solved, what no such choice exceeds, options in question, whether the choice keeps the limits."""

    option: Integers
    ceiling: float
    size: int
    is_feasible: bool


def _core(problem: Problem, option: Integers, open_: Integers, possible: Flags, nodes: int) -> _Core:
    """The best possible options (open, m) of the open customers, the others staying as they are."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    rest = option.copy()
    rest[open_] = 0
    own = problem.rows(open_)
    nothing = np.zeros(len(open_), dtype=np.int64)
    base = problem.total(rest) - own.total(nothing)
    # Noise in the last digits would only make the solver look for a choice that is nowhere.
    room = np.round(problem.limits - problem.taken(rest) + own.taken(nothing), 9)
    who, which = np.nonzero(possible & np.isfinite(own.gain))
    if not len(who):
        return _Core(option, base, 0, bool((room >= -slack(problem.limits)).all()))
    column = np.arange(len(who))
    rows, values = [], []
    for kind, use in enumerate(own.uses):
        rows.append(own.first[kind] + own.groups[kind][who])
        values.append(use[0 if use.shape[0] == 1 else who, which].astype(np.float64))
    size = (len(problem.limits), len(who))
    taken = csr_array((np.concatenate(values), (np.concatenate(rows), np.tile(column, len(own.uses)))), shape=size)
    most = taken.max(axis=1).toarray().ravel()
    matters = np.flatnonzero(np.isfinite(room) & (most > 0))
    each = csr_array((np.ones(len(who)), (who, column)), shape=(len(open_), len(who)))
    rules = [LinearConstraint(each * _UNIT, _UNIT, _UNIT)]
    if len(matters):
        unit = _UNIT / most[matters]
        rules.append(LinearConstraint(taken[matters] * unit[:, None], -np.inf, np.maximum(room[matters], 0.0) * unit))
    gain = own.gain[who, which].astype(np.float64)
    options: Any = {"node_limit": nodes, "mip_rel_gap": 0}
    with _silent():
        answer = milp(-gain, constraints=rules, integrality=np.ones(len(who), dtype=np.int64), bounds=Bounds(0, 1), options=options)
    ceiling = -np.inf if answer.status == _IMPOSSIBLE else np.inf if answer.mip_dual_bound is None else base - answer.mip_dual_bound
    if answer.x is None:
        return _Core(option, ceiling, len(who), is_feasible=False)
    found = rest.copy()
    chosen = answer.x > 0.5
    found[open_[who[chosen]]] = which[chosen]
    if (problem.taken(found) > problem.limits + slack(problem.limits)).any():
        return _Core(option, ceiling, len(who), is_feasible=False)
    return _Core(found, ceiling, len(who), is_feasible=True)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """HiGHS 1.12 prints a line of its own from C now and then, whatever it is told: that must not end up in what a command prints."""
    with _ONE_AT_A_TIME:
        try:
            sys.stdout.flush()
            kept = os.dup(1)
        except (OSError, ValueError, AttributeError):
            # Nobody is listening.
            yield
            return
        try:
            with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
                os.dup2(nowhere.fileno(), 1)
                yield
                with contextlib.suppress(OSError, AttributeError):
                    ctypes.CDLL("ucrtbase" if os.name == "nt" else None).fflush(None)
        finally:
            os.dup2(kept, 1)
            os.close(kept)
