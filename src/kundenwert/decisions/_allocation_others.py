"""Other ways to spend the same means, to set a plan against: evenly, most to the biggest, as today; each cut to the limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kundenwert.records.plans import Practice

if TYPE_CHECKING:
    from kundenwert.decisions._limits import Bound
    from kundenwert.decisions._response import Response
    from kundenwert.records.arrays import Floats, Integers


def evenly(response: Response, limits: Sequence[Bound], least: Integers, most: Integers) -> Floats:
    """The same for all who may get it, in parts of an action; actions that take the same resource share it evenly. (n, actions)."""
    size, kinds = most.shape
    taken = [response.taken(limit.resource) for limit in limits]
    parts = most.astype(np.float64)
    for limit, one in zip(limits, taken, strict=True):
        code = limit.of(size)
        room = np.maximum(limit.amounts - np.bincount(code, weights=least @ one, minlength=len(limit.amounts)), 0.0)
        sharing = max(1, int((one > 0).sum()))
        for place in range(kinds):
            if one[place] <= 0:
                continue
            can = np.bincount(code, weights=(most[:, place] > least[:, place]).astype(float), minlength=len(limit.amounts))
            each = np.where(can > 0, room / np.maximum(can, 1) / sharing / one[place], 0.0)
            parts[:, place] = np.minimum(parts[:, place], least[:, place] + each[code])
    return np.clip(parts, least, most)


def served(response: Response, limits: Sequence[Bound], wanted: Integers, least: Integers) -> Integers:
    """What is wanted, customer after customer in the order of the arrays, until the limits are reached; (n, actions).

    The least that must be done is set aside first.
    """
    size, kinds = wanted.shape
    found = least.copy()
    taken = [response.taken(limit.resource) for limit in limits]
    room = [
        limit.amounts - np.bincount(limit.of(size), weights=least @ one, minlength=len(limit.amounts))
        for limit, one in zip(limits, taken, strict=True)
    ]
    for place in range(kinds):
        more = np.maximum(wanted[:, place] - least[:, place], 0)
        for limit, one, left in zip(limits, taken, room, strict=True):
            if one[place] > 0:
                before = sum_before(more * one[place], limit.of(size))
                fits = np.floor((left[limit.of(size)] - before) / one[place] + 1e-9)
                more = np.clip(fits, 0, more).astype(np.int64)
        found[:, place] += more
        for limit, one, left in zip(limits, taken, room, strict=True):
            left -= np.bincount(limit.of(size), weights=more * one[place], minlength=len(limit.amounts))
    return found


def practice(name: str, response: Response, counts: Integers | Floats) -> Practice:
    """What a way to spend gains net of its cost; customers in parts where they get parts of an action, rounded."""
    gain, cost = float(response.net(counts).sum()), float((counts @ response.costs).sum())
    return Practice(name, round(gain, 2), round(cost, 2), round(float(np.minimum(counts.max(axis=1, initial=0), 1).sum())))


def sum_before(amounts: Floats, code: Integers) -> Floats:
    """The sum of the amounts of those who stand before in the same group, (n,)."""
    order = np.argsort(code, kind="stable")
    whole = np.cumsum(amounts[order])
    own = code[order]
    start = np.flatnonzero(np.diff(own, prepend=-1))
    begin = np.repeat(whole[start] - amounts[order][start], np.diff(np.append(start, len(own)))) if len(own) else whole
    found = np.empty(len(amounts))
    found[order] = whole - amounts[order] - begin
    return found
