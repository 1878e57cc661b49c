"""What the tables of a decision may rest on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.engines._engine import Engine

Tables = Mapping[str, Mapping[str, "NDArray[np.generic]"]]


@dataclass(frozen=True)
class Basis:
    """The run a plan is made from. given: what there is: names of tables of the company that have records ("contacts"), of tables of the
    run ("run_cross_selling"), and "contribution" where money is contribution.

    span_days: how long the plan spends; horizon_days, value_horizon_days, discount_rate, margin (None where unknown): those of the run.
    options: the decision's own settings. manifest: of the run. seed: of everything drawn by chance.
    """

    as_of: date
    span_days: int
    horizon_days: float
    value_horizon_days: float
    discount_rate: float
    yardstick: str
    currency: str
    given: frozenset[str]
    margin: float | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    manifest: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 1


TablesOf = Callable[["Engine", Basis], Tables]
