"""Customers who move between states of recency, and when to stop addressing them (Pfeifer & Carraway 2000)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenwert.errors import CallError
from kundenwert.value.parametric._checks import refuse

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class StopPolicy:
    """The best day to stop. stop_at: the first recency (1, 2 ...) that is no longer addressed, None if all are worth it.

    values: of a customer in each state under it, the last state being former.
    """

    stop_at: int | None
    values: Any


def transitions(chances: ArrayLike) -> Any:
    """The matrix P of states recency 1 .. n and former: who buys is in recency 1, who does not moves on one; former stays former.

    chances: (n,) of a purchase in each recency. Returns (n + 1, n + 1); rows sum to 1.
    """
    import numpy as np

    chance = np.asarray(chances, dtype=float)
    refuse(("chance of a purchase", chance, (chance >= 0) & (chance <= 1), "shares from 0 to 1"))
    states = len(chance) + 1
    matrix = np.diag(np.append(1 - chance, 0.0)[:-1], k=1)
    matrix[:-1, 0] += chance
    matrix[states - 1, states - 1] = 1.0
    return matrix


def rewards(states: int, *, contribution: float, cost: float) -> Any:
    """The vector R: recency 1 has just bought; every recency costs its address, former nothing. Returns (states + 1,)."""
    import numpy as np

    return np.concatenate([[contribution - cost], np.full(states - 1, -cost), [0.0]])


def migration_value(matrix: ArrayLike, reward: ArrayLike, rate: float, *, periods: int | None = None) -> Any:
    """V_T = sum_{t=0..T} [P / (1+d)]^t R; forever V = (I - P / (1+d))^-1 R. Pfeifer & Carraway (2000), eq. 3 and 4.

    matrix: P, (k, k). reward: R, (k,). rate: d a period, above 0 where forever is asked. periods: T. Returns (k,), money.

    >>> P, R = transitions([.3, .2, .15, .05]), rewards(4, contribution=40, cost=4)
    >>> [round(float(v), 4) for v in migration_value(P, R, .2, periods=4)]
    [50.115, 4.2199, 0.5921, -1.9801, 0.0]
    """
    import numpy as np

    step, gain = np.asarray(matrix, dtype=float) / (1 + rate), np.asarray(reward, dtype=float)
    if periods is None:
        if rate <= 0:
            raise CallError(f"rate = {rate:g}: a value forever needs interest above 0. Give a number of periods.")
        return np.linalg.solve(np.eye(len(step)) - step, gain)
    value = gain
    for _ in range(periods):
        value = gain + step @ value
    return value


def best_stop(chances: ArrayLike, *, contribution: float, cost: float, rate: float) -> StopPolicy:
    """From which recency on a customer should not be addressed any more: every policy is valued forever, the best is taken.

    >>> best_stop([.3, .2, .15, .05], contribution=40, cost=4, rate=.2).stop_at
    4
    """
    import numpy as np

    chance = np.asarray(chances, dtype=float)
    policies = [_stopped(chance, stop, contribution=contribution, cost=cost, rate=rate) for stop in range(2, len(chance) + 2)]
    best = max(policies, key=lambda policy: float(policy.values.sum()))
    return StopPolicy(None if best.stop_at == len(chance) + 1 else best.stop_at, best.values)


def _stopped(chance: Any, stop: int, *, contribution: float, cost: float, rate: float) -> StopPolicy:
    """Customers from recency `stop` on are let go: their row leads to former and costs nothing."""
    matrix, reward = transitions(chance), rewards(len(chance), contribution=contribution, cost=cost)
    matrix[stop - 1 : -1] = matrix[-1]
    reward[stop - 1 :] = 0.0
    return StopPolicy(stop, migration_value(matrix, reward, rate))
