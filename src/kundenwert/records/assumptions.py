"""What the assumptions behind the values are worth: each moved down and up, the others as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Case:
    """An assumption moved. setting: its value then; total: sum of clv; change: against the run; share: the same as a part of the run's
    total (None where that is 0); top_changed: share of the top tenth by clv that would be others.
    """

    setting: float
    total: float
    change: float
    share: float | None
    top_changed: float


@dataclass(frozen=True)
class Assumption:
    """name: discount_rate (a year, 0.1 is 10 %), value_horizon (years), margin or return_share (shares). base: of the run."""

    name: str
    base: float
    down: Case
    up: Case

    @property
    def span(self) -> float:
        """By how much the total differs between both cases."""
        return abs(self.up.total - self.down.total)


@dataclass(frozen=True)
class Assumptions:
    """Of a run. total: sum of clv of the customers valued on their own; chosen: how many a tenth of them is; rows: widest first."""

    run: str
    title: str
    as_of: date
    created: datetime
    version: str
    currency: str
    yardstick: str
    customers: int
    chosen: int
    total: float
    rows: tuple[Assumption, ...]
