"""Other ways to spend the same as a previewed plan; of very many customers by those who stand for others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kundenwert.decisions._allocation_others import evenly, practice, served, sum_before
from kundenwert.decisions._limits import Bound
from kundenwert.decisions._response import Response
from kundenwert.records.plans import Practice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.decisions._preview_ready import Ready, Thin
    from kundenwert.records.arrays import Floats, Integers

    Flags = NDArray[np.bool_]


def compared(ready: Ready, limits: Sequence[Bound]) -> tuple[Practice, ...]:
    """Other ways to spend the same: evenly, most to the biggest, as today."""
    found = ready.response
    ways: dict[str, Any] = {
        "even": evenly(found, limits, ready.least, ready.most),
        "biggest": served(found, limits, ready.most, ready.least),
    }
    if ready.today is not None:
        ways["today"] = served(found, limits, ready.today, ready.least)
    return tuple(practice(name, found, counts) for name, counts in ways.items())


def compared_nearly(ready: Ready, limits: Sequence[Bound]) -> tuple[Practice, ...]:
    """The same by customers who stand for others."""
    thin, found = ready.thin, ready.thin.response
    least, most = ready.least[thin.rows], ready.most[thin.rows]
    ways: dict[str, Any] = {
        "even": _evenly(found, thin, limits, least, most),
        "biggest": _served(found, thin, limits, most, least),
    }
    if ready.today is not None:
        ways["today"] = _served(found, thin, limits, ready.today[thin.rows], least)
    return tuple(
        Practice(
            name,
            round(float(thin.weight @ found.net(counts)), 2),
            round(float(thin.weight @ (counts @ found.costs)), 2),
            round(float(thin.weight @ np.minimum(counts.max(axis=1, initial=0), 1))),
        )
        for name, counts in ways.items()
    )


def _evenly(found: Response, thin: Thin, limits: Sequence[Bound], least: Integers, most: Integers) -> Floats:
    """As `_allocation_others.evenly`, for customers who stand for others."""
    parts = most.astype(np.float64)
    for limit in limits:
        one, code = found.taken(limit.resource), limit.of(len(thin.weight)) if limit.codes is None else limit.codes[thin.rows]
        size = len(limit.amounts)
        room = np.maximum(limit.amounts - np.bincount(code, weights=thin.weight * (least @ one), minlength=size), 0.0)
        sharing = max(1, int((one > 0).sum()))
        for place in np.flatnonzero(one > 0):
            can = np.bincount(code, weights=thin.weight * (most[:, place] > least[:, place]), minlength=size)
            each = np.where(can > 0, room / np.maximum(can, 1) / sharing / one[place], 0.0)
            parts[:, place] = np.minimum(parts[:, place], least[:, place] + each[code])
    return np.clip(parts, least, most)


def _served(found: Response, thin: Thin, limits: Sequence[Bound], wanted: Integers, least: Integers) -> Integers:
    """As `_allocation_others.served`, for customers who stand for others; rows stand in the order in which customers are served."""
    given = least.copy()
    taken = [found.taken(limit.resource) for limit in limits]
    codes = [limit.of(len(thin.weight)) if limit.codes is None else limit.codes[thin.rows] for limit in limits]
    room = [
        limit.amounts - np.bincount(code, weights=thin.weight * (least @ one), minlength=len(limit.amounts))
        for limit, one, code in zip(limits, taken, codes, strict=True)
    ]
    for place in range(wanted.shape[1]):
        more = np.maximum(wanted[:, place] - least[:, place], 0)
        for one, left, code in zip(taken, room, codes, strict=True):
            if one[place] > 0:
                need = thin.weight * one[place]
                fits = np.floor((left[code] - sum_before(more * need, code)) / need + 1e-9)
                more = np.clip(fits, 0, more).astype(np.int64)
        given[:, place] += more
        for limit, one, left, code in zip(limits, taken, room, codes, strict=True):
            left -= np.bincount(code, weights=thin.weight * more * one[place], minlength=len(limit.amounts))
    return given
