"""Weighted sums of forecasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from kundenwert.records import PurchaseForecast

Floats = NDArray[np.float64]
Weights = Sequence[float | Floats]


def mixed_forecast(weights: Weights, members: Sequence[PurchaseForecast]) -> PurchaseForecast:
    """All outputs as weighted sums; weights: numbers or arrays of shape (n,) that add up to 1.

    A member that does not know P(alive) is left out of it and the others' weights fill its place; None if nobody knows. What lies beyond
    is None if any member has no such number.
    """

    def mixed(part: Callable[[PurchaseForecast], Floats | None]) -> Floats | None:
        known = [(weight, found) for weight, one in zip(weights, members, strict=True) if (found := part(one)) is not None]
        return _sum(known) if len(known) == len(members) else None

    knowing = [(weight, one.p_alive) for weight, one in zip(weights, members, strict=True) if one.p_alive is not None]
    total = sum((weight for weight, _ in knowing), np.zeros(()))
    return PurchaseForecast(
        p_alive=_sum(knowing) / np.maximum(total, 1e-300) if knowing else None,
        expected_purchases=_sum([(w, one.expected_purchases) for w, one in zip(weights, members, strict=True)]),
        discounted_purchases=_sum([(w, one.discounted_purchases) for w, one in zip(weights, members, strict=True)]),
        discounted_beyond=mixed(lambda one: one.discounted_beyond),
        usual_gap=_sum([(w, one.usual_gap) for w, one in zip(weights, members, strict=True)]),
    )


def _sum(parts: Sequence[tuple[float | Floats, Floats]]) -> Floats:
    total = np.zeros(len(parts[0][1]))
    for weight, part in parts:
        total += weight * part
    return total
