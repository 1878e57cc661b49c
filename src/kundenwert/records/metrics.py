"""Which measure of value would have led to better decisions: what a backtest of measures found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kundenwert.records.notices import Notice


@dataclass(frozen=True)
class Estimate:
    """A figure with the interval that holds 95 %."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class MetricScore:
    """How well a measure would have chosen. earned: money that the top tenth by it brought in the window; shares of what the best possible
    tenth and of what all customers brought (None where those brought nothing); spearman: rank correlation with what came (None where
    either is the same for everybody). known: customers with a figure of the measure.
    """

    name: str
    earned: float
    known: int
    of_best: Estimate | None
    of_total: Estimate | None
    spearman: Estimate | None


@dataclass(frozen=True)
class MetricComparison:
    """One measure against another: by how much more its top tenth brought in a window, and whether that is better (definitions.md)."""

    name: str
    against: str
    money: Estimate
    agreeing: int
    origins: int
    is_better: bool
    is_worse: bool


@dataclass(frozen=True)
class MetricsAt:
    """An earlier day. chosen: how many customers a tenth is; came, best: money of all customers, and of the best possible tenth."""

    origin: date
    until: date
    customers: int
    chosen: int
    came: float
    best: float
    scores: tuple[MetricScore, ...]


@dataclass(frozen=True)
class MetricsCompared:
    """Measures of value held against what came. yardstick: the money that came: db4, db1 or revenue. titles: measure -> what it is.
    pooled: over all origins. comparisons: each measure with last year's revenue. recommended: None where nothing could be compared.
    agreement: of the measures at the latest origin, as in value/models_compared.py.
    """

    as_of: date
    horizon: str
    days: int
    yardstick: str
    currency: str
    titles: dict[str, str]
    origins: tuple[MetricsAt, ...]
    pooled: tuple[MetricScore, ...]
    comparisons: tuple[MetricComparison, ...]
    recommended: str | None
    verdict: Notice
    notices: tuple[Notice, ...] = ()
    agreement: dict[str, object] | None = None
