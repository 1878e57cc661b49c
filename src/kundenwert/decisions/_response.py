"""What actions change at each customer, and what that is worth.

What is at stake: the contribution expected within the horizon (more orders, larger orders), the same if anything is bought at all (chance
to buy), what the customer is worth if it stays (retention). Effects on one customer that change the same combine as 1 - prod(1 - e).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, final

import numpy as np

from kundenwert.decisions._columns import numbers, texts
from kundenwert.records.plans import MONEY
from kundenwert.stats.experiments import share_left

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats, Integers
    from kundenwert.records.plans import Action, Case, Changes, Curve, Effect

# What is at stake, by what an action changes.
STAKES: Final[Mapping[Changes, str]] = {"orders": "earned", "spend": "earned", "chance": "buys", "retention": "stays", "money": "given"}


@final
@dataclass(frozen=True)
class Response:
    """The actions of a case whose effect is known, and what they do to its n customers.

    stake: by what is at stake (n,) money. room: by how much a chance can rise, (n,). effects: low, likely and high share, each by action
    (n,) or (1,), with what fades away taken off. rates: of exponential curves by action, (n,) or (1,).
    """

    actions: tuple[Action, ...]
    stake: Mapping[str, Floats]
    room: Mapping[str, Floats]
    effects: Mapping[str, tuple[Floats, ...]]
    rates: tuple[Floats, ...]

    @property
    def costs(self) -> Floats:
        """Money for one of each action, (actions,)."""
        return np.array([action.costs.get(MONEY, 0.0) for action in self.actions], dtype=np.float64)

    def taken(self, resource: str) -> Floats:
        """What one of each action takes of a resource, (actions,)."""
        return np.array([action.costs.get(resource, 0.0) for action in self.actions], dtype=np.float64)

    def gross(self, counts: Any, effects: tuple[Floats, ...] | None = None) -> Floats:
        """What so many actions bring, before their cost, (n,). counts: (n, actions) or (actions,), also in parts. effects: in the place of
        the likely ones.
        """
        table = np.atleast_2d(np.asarray(counts, dtype=np.float64))
        chosen = self.effects["likely"] if effects is None else effects
        left: dict[str, Any] = {}
        found: Any = 0.0
        for place, action in enumerate(self.actions):
            done = table[:, place]
            if not done.any():
                continue
            if action.changes == "money":
                found = found + chosen[place] * amount(action.curve, self.rates[place], done)
                continue
            kind = STAKES[action.changes]
            left[kind] = left.get(kind, 1.0) * unchanged(action.curve, self.rates[place], chosen[place], done)
        for kind, rest in left.items():
            found = found + self.stake[kind] * np.minimum(1 - rest, self.room[kind])
        return np.broadcast_to(np.asarray(found, dtype=np.float64), (max(len(table), len(self.stake["earned"])),))

    def net(self, counts: Any) -> Floats:
        """The same less its cost in money, (n,)."""
        return self.gross(counts) - np.atleast_2d(np.asarray(counts, dtype=np.float64)) @ self.costs


def response(case: Case) -> Response:
    """What the actions of a case do to its customers."""
    actions = tuple(action for action in case.actions if is_known(action))
    stake, room = at_stake(case)
    segment = texts(case, "segment") if any(action.groups for action in actions) else None
    effects = {name: tuple(_effect(case, action, segment, name) for action in actions) for name in ("low", "likely", "high")}
    return Response(actions, stake, room, effects, tuple(_rate(case, action) for action in actions))


def is_known(action: Action) -> bool:
    """Whether anybody says what the action does."""
    return any(effect.source != "none" for effect in (action.effect, *action.groups.values()))


def at_stake(case: Case) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """What is at stake at each customer, money, and by how much the chance of it can rise at most; by kind (n,), 0 where unknown."""
    earned = numbers(case, "at_stake")
    if "at_stake" not in case.columns:
        earned = numbers(case, "expected_revenue") * (1.0 if case.margin is None else case.margin)
    alive, expected, clv = numbers(case, "p_alive"), numbers(case, "expected_purchases"), numbers(case, "clv")
    with np.errstate(divide="ignore", invalid="ignore"):
        # Purchases of a customer who is still one come about evenly in time (Poisson).
        by_rate = alive * -np.expm1(-expected / alive)
        buys = np.where(np.isfinite(numbers(case, "buys_again")), numbers(case, "buys_again"), by_rate)
        if_buys = np.where(buys > 0, earned / buys, 0.0)
        if_stays = np.where(np.isfinite(numbers(case, "clv_if_stays")), numbers(case, "clv_if_stays"), clv / alive)
    if_goes = numbers(case, "clv_if_goes", 0.0)
    stays = numbers(case, "stays")
    stays = np.where(np.isfinite(stays), stays, alive)
    stake = {"earned": earned, "buys": if_buys, "stays": if_stays - if_goes, "given": np.ones(len(case.ids))}
    room = {
        "earned": np.full(len(case.ids), np.inf),
        "buys": np.where(np.isfinite(buys), np.clip(1 - buys, 0, 1), 1.0),
        "stays": np.where(np.isfinite(stays), np.clip(1 - stays, 0, 1), 1.0),
        "given": np.full(len(case.ids), np.inf),
    }
    return {kind: np.where(np.isfinite(money), money, 0.0) for kind, money in stake.items()}, room


def unchanged(curve: Curve, rate: Any, effect: Any, count: Any) -> Any:
    """1 less the share that `count` actions of full effect `effect` change. Below one action it falls in a straight line: a chance of one.

    >>> from kundenwert.records.plans import Curve
    >>> float(round(unchanged(Curve(), 1.0, 0.1, 2), 4)), float(round(unchanged(Curve("exponential", rate=0.25), 0.25, 1.0, 5), 4))
    (0.81, 0.2865)
    """
    whole = np.maximum(count, 1.0)
    rest = np.power(1 - np.minimum(effect, 1.0), whole) if curve.kind == "each" else 1 - effect * share(curve, rate, whole)
    return 1 - np.minimum(count, 1.0) * (1 - rest)


def amount(curve: Curve, rate: Any, count: Any) -> Any:
    """How often the full effect in money comes from `count` actions: each time, or by the share of the curve."""
    if curve.kind == "each":
        return count
    return np.minimum(count, 1.0) * share(curve, rate, np.maximum(count, 1.0))


def share(curve: Curve, rate: Any, count: Any) -> Any:
    """The share of the full effect that whole numbers of actions have."""
    if curve.kind == "exponential":
        return -np.expm1(-rate * count)
    if curve.kind == "hill":
        return np.power(count, curve.slope) / (curve.half**curve.slope + np.power(count, curve.slope))
    if curve.kind == "table":
        return np.interp(count, np.arange(len(curve.shares) + 1), (0.0, *curve.shares))
    return np.minimum(count, 1.0)


def effects_of(action: Action, segment: NDArray[np.str_] | None) -> tuple[list[Effect], Integers]:
    """The effects of an action by segment, and which of them each customer has; (n,), or (1,) where all have the same."""
    if segment is None or not action.groups:
        return [action.effect], np.zeros(1, dtype=np.int64)
    names, code = np.unique(segment, return_inverse=True)
    return [action.groups.get(str(name), action.effect) for name in names], code.astype(np.int64)


def _effect(case: Case, action: Action, segment: NDArray[np.str_] | None, name: str) -> Floats:
    found, code = effects_of(action, segment)
    fading = share_left(action.half_life_days, case.horizon_days) if STAKES[action.changes] == "earned" else 1.0
    sizes = np.array([0.0 if effect.source == "none" else getattr(effect, name) for effect in found], dtype=np.float64)
    return sizes[code] * fading


def _rate(case: Case, action: Action) -> Floats:
    """How fast the curve rises: a column of the customers where there is one, else as the action says."""
    for name in (f"response_rate_{action.name}", "response_rate"):
        if name in case.columns and action.curve.kind == "exponential":
            own = numbers(case, name)
            return np.where(np.isfinite(own), own, action.curve.rate)
    return np.array([action.curve.rate], dtype=np.float64)
