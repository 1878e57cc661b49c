"""How sure a previewed plan is: what its bundles change, in draws of the effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._allocation_chance import three_points
from kundenwert.decisions._response import STAKES, amount, unchanged
from kundenwert.stats.experiments import share_left

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.decisions._preview_ready import Ready
    from kundenwert.records.arrays import Floats, Integers

    Flags = NDArray[np.bool_]

_DRAWS: Final = 600
# Customers whose chances can rise about as much are put together.
ROOMS: Final = (0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.2, 0.4)
# As in all plans: 9 of 10 should lie inside.
_LOWER, _UPPER = 0.05, 0.95


def by_bundle(ready: Ready, rows: Integers, place: Integers, weight: Floats) -> dict[str, Floats]:
    """What is at stake with the customers of each bundle and room, by kind (bundles, rooms). place: of each customer's bundle."""
    size = len(ready.menu.counts), len(ROOMS) + 1
    found = {}
    for kind, money in ready.response.stake.items():
        code = place * size[1] + ready.rooms[kind][rows]
        found[kind] = np.asarray(np.bincount(code, weights=weight * money[rows], minlength=size[0] * size[1]), dtype=np.float64)
    return found


@final
class Shares:
    """The share of what is at stake that each bundle changes, in draws of the effects; segments have the effect of all here.

    changed: by kind (1 + draws, bundles x rooms), first at the likely effects; a chance rises by no more than its room.
    """

    def __init__(self, ready: Ready) -> None:
        case, found = ready.case, ready.response
        rng = np.random.default_rng([case.seed, len(found.actions)])
        left: dict[str, Any] = {}
        given = np.zeros((_DRAWS + 1, len(ready.menu.counts)))
        self.is_known = False
        for place, action in enumerate(found.actions):
            effect = action.effect
            if effect.source == "none":
                effect = next(iter(action.groups.values()))
            self.is_known |= effect.low < effect.high
            fading = share_left(action.half_life_days, case.horizon_days) if STAKES[action.changes] == "earned" else 1.0
            drawn = three_points(effect.low, effect.likely, effect.high, rng.standard_normal(_DRAWS))
            sizes = np.concatenate(([effect.likely], drawn))[:, None] * fading
            done = ready.menu.counts[:, place][None, :].astype(np.float64)
            rate = float(np.mean(found.rates[place]))
            if action.changes == "money":
                given += sizes * amount(action.curve, rate, done)
                continue
            kind = STAKES[action.changes]
            left[kind] = left.get(kind, 1.0) * unchanged(action.curve, rate, sizes, done)
        every = {"given": given, **{kind: 1 - rest for kind, rest in left.items()}}
        self.changed = {}
        for kind, changed in every.items():
            room = self._mean_rooms(ready, kind)
            self.changed[kind] = np.minimum(changed[:, :, None], room[None, None, :]).reshape(len(changed), -1)

    @staticmethod
    def _mean_rooms(ready: Ready, kind: str) -> Floats:
        """The mean room of the customers in each class of it, by what is at stake with them."""
        rows, weight = ready.thin.rows, ready.thin.weight
        room, code = ready.response.room[kind][rows], ready.rooms[kind][rows]
        if not np.isfinite(room).all():
            return np.full(len(ROOMS) + 1, np.inf)
        stake = weight * ready.response.stake[kind][rows] + 1e-12
        size = len(ROOMS) + 1
        return np.asarray(np.bincount(code, stake * room, size) / np.maximum(np.bincount(code, stake, size), 1e-12), dtype=np.float64)

    def of_stakes(self, stakes: Mapping[str, Floats], gain: float, spent: float) -> tuple[float, float]:
        """The interval of a gain, by what is at stake with each bundle."""
        if not self.is_known or not stakes or not np.isfinite(gain):
            return float("nan"), float("nan")
        brought = sum((self.changed[kind] @ money for kind, money in stakes.items() if kind in self.changed), np.zeros(_DRAWS + 1))
        if not brought[0] > 0:
            return gain, gain
        # Draws move what the plan brings; what it costs is sure.
        low, high = np.quantile(brought[1:] / brought[0], (_LOWER, _UPPER)) * (gain + spent) - spent
        return float(min(low, gain)), float(max(high, gain))

    def interval(self, ready: Ready, who: Integers, counts: Integers, gain: float, cost: float) -> tuple[float, float]:
        """The interval of a whole plan."""
        radix = np.cumprod(np.concatenate(([1], ready.menu.counts.max(axis=0, initial=0)[:-1] + 1)))
        codes = ready.menu.counts @ radix
        order = np.argsort(codes)
        place = order[np.searchsorted(codes[order], counts @ radix)]
        return self.of_stakes(by_bundle(ready, who, place, np.ones(len(who))), gain, cost)
