"""How likely a customer is to buy again within a time, and to be a customer at its end, with how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from kundenwert.records import Histories

Floats = NDArray[np.float64]

_DRAWS: Final = 30
# That of the intervals of totals, so that the draws are made once.
_SEED: Final = 19_870_101
# Of more histories the spread of so many tells that of the others, by the chance it belongs to.
_SAMPLE: Final = 5_000
_BANDS: Final = 50


def buys_again(fit: Any, histories: Any, days: float) -> Floats:
    """P(at least one purchase in the next `days`) of each history; a fit of any purchase model. Shape (n,)."""
    from kundenwert.models.future import future_mass_of

    return np.asarray(1.0 - future_mass_of(fit, histories, days, 0)[:, 0])


def stays(fit: Any, histories: Histories, days: float) -> Floats:
    """P(customer at the end of the next `days`) of each history; a fit of a model that knows who leaves. Shape (n,)."""
    found: Floats = fit.model.p_alive_later(fit.parameters_in_days, histories, days)
    return found


def spreads(fit: Any, histories: Histories, days: float) -> tuple[Floats, Floats]:
    """Standard deviations of `buys_again` and `stays` over the posterior of the parameters; 0 for a fit without draws. Shapes (n,).

    Of more than 5,000 histories an even sample is drawn for; the others have the mean spread of the sampled ones of like chance.
    """
    if getattr(fit, "memory", None) is None:
        return np.zeros(len(histories)), np.zeros(len(histories))
    some = np.linspace(0, len(histories) - 1, min(len(histories), _SAMPLE)).astype(np.intp)
    few = type(histories)(histories.frequency[some], histories.recency[some], histories.T[some], histories.count[some])
    fits = fit.drawn(_DRAWS, seed=_SEED)
    found = []
    for chance in (buys_again, stays):
        drawn = np.stack([chance(one, few, days) for one in fits])
        own = drawn.std(axis=0)
        found.append(own if len(some) == len(histories) else _of_like(chance(fit, few, days), own, chance(fit, histories, days)))
    return found[0], found[1]


def _of_like(known: Floats, spread: Floats, wanted: Floats) -> Floats:
    """The mean spread of the known chances near each wanted one."""
    order = np.argsort(known, kind="stable")
    bands = np.array_split(order, min(_BANDS, len(order)))
    middle = np.array([known[band].mean() for band in bands])
    near: Floats = np.interp(wanted, middle, np.array([spread[band].mean() for band in bands]))
    return near
