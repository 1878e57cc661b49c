"""Prices of limits: the Lagrangian dual of choosing one option a customer, minimised by Newton steps on a smoothed copy.

D(p) = sum_i max_j (gain_ij - sum_k p_k use_kij) + sum_k p_k capacity_k is convex and bounds every choice from above for any p >= 0
(Fisher 1981, Management Science 27). With T log sum exp(./T) in place of the maximum it is smooth; T falls step by step.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Customers looked at together: their arrays stay in the processor's cache.
_ROWS: Final = 8192
_SAMPLE: Final = 40_000
# From this many numbers on, half the digits do: what is claimed is reckoned with all of them in the end.
_LARGE: Final = 400_000
_COOLING: Final = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
_STEPS: Final = 25
_FAR: Final = 5.0
_ENOUGH: Final = 1e-7
# Blocks of second derivatives between two ways of grouping are left out beyond this size: the steps are then more, not wrong.
_BLOCK: Final = 2_000_000
_DENSE: Final = 1_500


@final
@dataclass(frozen=True)
class Problem:
    """What is chosen from. gain: (n, m). uses: K arrays (n, m) or (1, m). groups: K arrays (n,) of codes. capacity: K arrays (groups,)."""

    gain: NDArray[Any]
    uses: tuple[NDArray[Any], ...]
    groups: tuple[Integers, ...]
    capacity: tuple[Floats, ...]

    @property
    def count(self) -> int:
        """Customers."""
        return int(self.gain.shape[0])

    @cached_property
    def first(self) -> Integers:
        """Where the limits of each kind begin among all limits, and their number; shape (K + 1,)."""
        return np.concatenate(([0], np.cumsum([len(each) for each in self.capacity]))).astype(np.int64)

    @cached_property
    def limits(self) -> Floats:
        """All capacities in one row."""
        return np.concatenate(self.capacity) if self.capacity else np.zeros(0)

    def rows(self, chosen: Integers) -> Problem:
        """The same for some customers; capacities stay as they are."""
        uses = tuple(use if use.shape[0] == 1 else use[chosen] for use in self.uses)
        return Problem(self.gain[chosen], uses, tuple(codes[chosen] for codes in self.groups), self.capacity)

    def parts(self) -> Iterator[slice]:
        """The customers in pieces."""
        return (slice(begin, min(begin + _ROWS, self.count)) for begin in range(0, self.count, _ROWS))

    def priced(self, part: slice, prices: Floats) -> Floats:
        """What each option of some customers gains less the price of what it uses; shape (rows, m)."""
        found = self.gain[part].astype(np.float64)
        for kind, use in enumerate(self.uses):
            own = prices[self.first[kind] : self.first[kind + 1]]
            if own.any():
                found -= own[self.groups[kind][part]][:, None] * (use if use.shape[0] == 1 else use[part])
        return found

    def taken(self, option: Integers) -> Floats:
        """What a choice uses of each limit; option: (n,); shape (limits,)."""
        return _joined(
            np.bincount(codes, weights=self.use_of(kind, option), minlength=len(own))
            for kind, (codes, own) in enumerate(zip(self.groups, self.capacity, strict=True))
        )

    def use_of(self, kind: int, option: Integers) -> Floats:
        """What the option of each customer uses; shape (n,)."""
        use = self.uses[kind]
        row = np.zeros(len(option), dtype=np.int64) if use.shape[0] == 1 else np.arange(len(option))
        return use[row, option].astype(np.float64)

    def total(self, option: Integers) -> float:
        """The gain of a choice."""
        return float(self.gain[np.arange(self.count), option].sum(dtype=np.float64))


def in_threads(work: Callable[[slice], Any], parts: Iterator[slice]) -> list[Any]:
    """The work on each piece, in the order of the pieces. numpy lets go of the interpreter while it reckons."""
    every = list(parts)
    if len(every) < 8:
        return [work(part) for part in every]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(work, every))


def bound(problem: Problem, prices: Floats) -> float:
    """D(p): no choice within the limits gains more."""
    tops = in_threads(lambda part: float(problem.priced(part, prices).max(axis=1).sum()), problem.parts())
    open_ended = np.isinf(problem.limits)
    return float(np.sum(tops)) + float((prices * np.where(open_ended, 0.0, problem.limits)).sum())


def prices(problem: Problem) -> Floats:
    """Prices near those that minimise the dual, 0 where a limit cannot bind; shape (limits,)."""
    found = np.zeros(len(problem.limits))
    binding = _can_bind(problem)
    if not binding.any():
        return found
    scale = _worth(problem)
    if not scale > 0:
        return found
    begin = 0
    if problem.count > 3 * _SAMPLE:
        # An even sample tells the prices nearly; limits shrink as their groups do.
        few = np.arange(0, problem.count, -(-problem.count // _SAMPLE))
        found = _cooled(_Smooth(_shrunk(problem, few), binding), found, scale, _COOLING)
        begin = len(_COOLING) - 3
    return _cooled(_Smooth(problem, binding), found, scale, _COOLING[begin:])


def _can_bind(problem: Problem) -> NDArray[np.bool_]:
    most = _joined(
        np.bincount(codes, weights=np.broadcast_to(use.max(axis=1), len(codes)), minlength=len(own))
        for use, codes, own in zip(problem.uses, problem.groups, problem.capacity, strict=True)
    )
    return np.asarray(most > problem.limits)


def _joined(parts: Iterable[NDArray[Any]]) -> Floats:
    return np.concatenate([np.zeros(0), *parts])


def _worth(problem: Problem) -> float:
    """What the best option gains over the first, on average of those for whom it gains something."""
    over = np.where(np.isfinite(problem.gain), problem.gain, -np.inf).max(axis=1) - problem.gain[:, 0]
    return float(over[over > 0].mean()) if (over > 0).any() else 0.0


def _shrunk(problem: Problem, few: Integers) -> Problem:
    part = problem.rows(few)
    shares = [
        np.bincount(short, minlength=len(own)) / np.maximum(np.bincount(long, minlength=len(own)), 1)
        for short, long, own in zip(part.groups, problem.groups, problem.capacity, strict=True)
    ]
    return Problem(part.gain, part.uses, part.groups, tuple(own * share for own, share in zip(problem.capacity, shares, strict=True)))


@final
class _Smooth:
    """The smoothed dual of a problem: its value, slope and bend at given prices of the limits that can bind.

    Options lie along the first axis: sums over them are then sums of long rows. Uses are told in units of their mean.
    """

    def __init__(self, problem: Problem, binding: NDArray[np.bool_]) -> None:
        kind = np.float32 if problem.gain.size > _LARGE else np.float64
        self.kinds = [k for k in range(len(problem.uses)) if binding[problem.first[k] : problem.first[k + 1]].any()]
        self.gain = np.ascontiguousarray(np.where(np.isfinite(problem.gain), problem.gain, -1e30).T, dtype=kind)
        self.unit = [float(np.abs(problem.uses[k]).mean(dtype=np.float64)) or 1.0 for k in self.kinds]
        self.uses = [np.ascontiguousarray((problem.uses[k] / unit).T, dtype=kind) for k, unit in zip(self.kinds, self.unit, strict=True)]
        self.groups = [problem.groups[k] for k in self.kinds]
        self.sizes = [len(problem.capacity[k]) for k in self.kinds]
        self.first = np.concatenate(([0], np.cumsum(self.sizes))).astype(np.int64)
        self.places = np.concatenate([np.arange(problem.first[k], problem.first[k + 1]) for k in self.kinds])
        self.units = np.repeat(self.unit, self.sizes)
        self.binding = binding[self.places]
        self.capacity = np.where(self.binding, problem.limits[self.places], 0.0) / self.units
        self.parts = list(problem.parts())

    def look(self, price: Floats, heat: float, *, bends: bool = True) -> tuple[float, Floats, list[tuple[int, int, Any]]]:
        """Value, slope (limits,), and blocks of the bend by pair of kinds."""
        pairs = [(a, b) for a in range(len(self.kinds)) for b in range(a, len(self.kinds))] if bends else []
        results = in_threads(lambda part: self._piece(part, price, heat, pairs), iter(self.parts))
        value = float(np.sum([one[0] for one in results])) + float(price @ self.capacity)
        used = [np.concatenate([one[1][k] for one in results]) for k in range(len(self.kinds))]
        slope = self.capacity - np.concatenate(
            [np.bincount(codes, weights=use, minlength=size) for codes, use, size in zip(self.groups, used, self.sizes, strict=True)]
        )
        blocks = []
        for place, (a, b) in enumerate(pairs):
            spread = np.concatenate([one[2][place] for one in results]).astype(np.float64) / heat
            block = self._block(a, b, spread)
            if block is not None:
                blocks.append((a, b, block))
        return value, slope, blocks

    def _piece(self, part: slice, price: Floats, heat: float, pairs: list[tuple[int, int]]) -> tuple[float, list[Any], list[Any]]:
        value: Any = self.gain[:, part].copy()
        for k, use in enumerate(self.uses):
            own = price[self.first[k] : self.first[k + 1]].astype(value.dtype)
            value -= own[self.groups[k][part]] * self._own(use, part)
        top = value.max(axis=0)
        value -= top
        value /= value.dtype.type(heat)
        chance = np.exp(value, out=value)
        whole = chance.sum(axis=0)
        chance /= whole
        worth = float(top.sum(dtype=np.float64)) + heat * float(np.log(whole).sum(dtype=np.float64))
        weighted = [chance * self._own(use, part) for use in self.uses]
        mean = [each.sum(axis=0) for each in weighted]
        return worth, mean, [(weighted[a] * self._own(self.uses[b], part)).sum(axis=0) - mean[a] * mean[b] for a, b in pairs]

    @staticmethod
    def _own(use: NDArray[Any], part: slice) -> NDArray[Any]:
        return use if use.shape[1] == 1 else use[:, part]

    def _block(self, a: int, b: int, spread: Floats) -> tuple[NDArray[Any], NDArray[Any], Floats] | None:
        """Rows, columns and values of the bend between two kinds of limits."""
        one, other = self.groups[a], self.groups[b]
        if a == b or (one is other and self.sizes[a] == self.sizes[b]):
            size = np.arange(self.sizes[a], dtype=np.int64)
            return self.first[a] + size, self.first[b] + size, np.bincount(one, weights=spread, minlength=self.sizes[a]).astype(np.float64)
        if self.sizes[a] * self.sizes[b] > _BLOCK:
            return None
        both = one * self.sizes[b] + other
        found = np.bincount(both, weights=spread, minlength=self.sizes[a] * self.sizes[b]).astype(np.float64)
        at = np.flatnonzero(found).astype(np.int64)
        return self.first[a] + at // self.sizes[b], self.first[b] + at % self.sizes[b], found[at]


def _cooled(smooth: _Smooth, start: Floats, scale: float, heats: tuple[float, ...]) -> Floats:
    """Minimises while the heat falls; start and result in the units of the problem, shape (limits,)."""
    price = start[smooth.places] * smooth.units
    for heat in heats:
        price = _descend(smooth, price, heat * scale)
    found = np.zeros(len(start))
    found[smooth.places] = price / smooth.units
    return found


def _descend(smooth: _Smooth, price: Floats, heat: float) -> Floats:
    """Newton steps onto prices of 0 or more, each shortened until the value falls (Bertsekas 1982, SIAM J. Control 20).

    No price moves further in a step than what the heat blurs: where nobody is undecided a limit seems to have no bend at all.
    """
    value, slope, blocks = smooth.look(price, heat)
    for _ in range(_STEPS):
        free = smooth.binding & ((price > 0) | (slope < 0))
        if not free.any() or np.abs(slope[free]).max() <= 1e-4 * max(1.0, float(np.abs(smooth.capacity).max())):
            break
        step = np.clip(_newton(slope, blocks, free), -_FAR * heat, _FAR * heat)
        if float(slope @ step) >= 0:
            step = np.where(free, -np.sign(slope) * heat, 0.0)
        length = 1.0
        while length > 1e-3:
            moved = np.maximum(price + length * step, 0.0)
            new = smooth.look(moved, heat)
            if new[0] <= value + 1e-4 * float(slope @ (moved - price)):
                break
            length /= 3
        else:
            break
        gone = value - new[0]
        price, (value, slope, blocks) = moved, new
        if gone <= _ENOUGH * max(abs(value), 1e-12):
            break
    return price


def _newton(slope: Floats, blocks: list[tuple[int, int, Any]], free: NDArray[np.bool_]) -> Floats:
    """The step - bend^-1 slope on the free prices."""
    size = len(slope)
    rows = np.concatenate([block[0] for _, _, block in blocks])
    columns = np.concatenate([block[1] for _, _, block in blocks])
    values = np.concatenate([block[2] for _, _, block in blocks])
    own = rows == columns
    diagonal = np.bincount(rows[own], weights=values[own], minlength=size)
    # Where nobody is undecided there is no bend: a step as long as for the least bent of the others.
    least = max(float(diagonal[free].max()) * 1e-6, 1e-12)
    ridge = np.maximum(diagonal * 1e-8, np.where(diagonal < least, least, 0.0))
    at = np.flatnonzero(free)
    step = np.zeros(size)
    if size <= _DENSE:
        bend = np.zeros((size, size))
        np.add.at(bend, (rows, columns), values)
        bend = bend + bend.T - np.diag(np.diag(bend)) + np.diag(ridge)
        step[at] = -np.linalg.solve(bend[np.ix_(at, at)], slope[at])
        return step
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import spsolve

    both = np.concatenate((rows, columns[~own], np.arange(size))), np.concatenate((columns, rows[~own], np.arange(size)))
    whole = coo_array((np.concatenate((values, values[~own], ridge)), both), shape=(size, size)).tocsc()
    step[at] = -np.asarray(spsolve(whole[at][:, at], slope[at]))
    return step
