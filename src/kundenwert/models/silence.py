"""What silence means: after how long a customer counts as lost, and when the next purchase is to be expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from kundenwert.records import Histories

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LOST_BELOW: Final = 0.2
"""A customer counts as lost where the chance to be still one is below this (definitions.md, Lost)."""
# Nobody is waited for longer than a hundred years.
_NEVER: Final = 36_525
# Models whose chance to be a customer may be read so; BG/NBD calls every one-time buyer alive.
LEAVING_MODELS: Final = frozenset({"mbg_nbd", "pareto_nbd"})


def leaving_fit(fit: Any, histories: Histories, unit_days: float) -> Any:
    """A fit whose P(alive) may call somebody lost: `fit` if it is one, else MBG/NBD with the weak prior on the same histories.

    fit: that of a run, or None. Look at the `outcome` of what comes back.
    """
    from kundenwert import registry

    if fit is not None and fit.model.name in LEAVING_MODELS and hasattr(fit, "parameters_in_days"):
        return fit
    return registry.load("models.purchases", "mbg_nbd")().fit(histories, unit_days=unit_days, prior="weak")


def lost_after(fit: Any, frequency: Integers, recency: Floats, below: float = LOST_BELOW) -> Floats:
    """The days of silence after the last purchase from which on P(alive) is below a limit; infinite where a hundred years do not do.

    fit: of a model of LEAVING_MODELS. frequency: repeat purchases; recency: days from first to last purchase; shape (n,), as is the
    result: whole numbers, at least 1. P(alive) falls with silence, so the first such day is found by halving.
    """
    p, model = fit.parameters_in_days, fit.model
    low, high = np.zeros(len(frequency), dtype=np.int64), np.full(len(frequency), _NEVER, dtype=np.int64)
    # P(alive) is not below the limit at `low` (or low is 0), and below it at `high` (or high is the end).
    while len(low) and int((high - low).max()) > 1:
        middle = (low + high) // 2
        gone = model.p_alive(p, frequency, recency, recency + middle) < below
        low, high = np.where(gone, low, middle), np.where(gone, middle, high)
    return np.where(high < _NEVER, high, np.inf)


def next_gap(fit: Any, purchases: Integers, days: Floats, share: float = 0.5) -> Floats:
    """The days from today within which a share of customers with this history buy again, if they are still customers.

    purchases: those that tell of the rate, observed in `days`; shape (n,), as is the result. The rate is Gamma(r + purchases,
    alpha + days), so the wait is Lomax: (alpha + days) ((1 - share)^(-1 / (r + purchases)) - 1).
    """
    p = fit.parameters_in_days
    power = np.minimum(-np.log1p(-share) / (p["r"] + purchases), 600.0)
    result: Floats = (p["alpha"] + days) * np.expm1(power)
    return result
