"""The figures of a run, as reports see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kundenwert.records.assumptions import Assumptions
from kundenwert.records.evidence import Backtest, TotalForecast
from kundenwert.records.forecasts import ModelCard
from kundenwert.records.lines import InputFile, Reconciliation
from kundenwert.records.notices import Notice
from kundenwert.records.readiness import Readiness

if TYPE_CHECKING:
    from kundenwert.records.result import ResultTotals


@dataclass(frozen=True)
class ValueClass:
    """Customers and value of class A, B or C; share is the part of the total value."""

    name: str
    customers: int
    value: Decimal
    share: float


@dataclass(frozen=True)
class Concentration:
    """How value is spread over the customers; `measure` names the column it was taken from.

    lorenz and whale are (share of customers, share of value) points from (0, 0) on, at most some hundred of them. Lorenz:
    customers by rising value. Whale curve: by falling value, so it rises above 1 where customers of negative value exist.
    """

    measure: str
    classes: tuple[ValueClass, ...]
    gini: float
    hhi: float
    lorenz: tuple[tuple[float, float], ...]
    whale: tuple[tuple[float, float], ...]
    whale_peak: tuple[float, float]
    limits: tuple[float, float] = (0.8, 0.95)


@dataclass(frozen=True)
class MonthOfPurchases:
    """One calendar month: purchases, how many of them first ones, booked revenue; complete if the log covers it wholly."""

    month: str
    purchases: int
    first_purchases: int
    revenue: Decimal
    complete: bool


@dataclass(frozen=True)
class Totals:
    """Sums over customers.parquet; money None where the yardstick is purchases."""

    customers: int
    levels: dict[str, int]
    purchases: int
    expected_purchases: float
    revenue: Decimal | None
    past: Decimal | None
    expected_revenue: Decimal | None
    clv: Decimal | None
    clv_beyond: Decimal | None
    value: Decimal | None


@dataclass(frozen=True)
class RunFigures:
    """All a report of a run needs: what came in, what the base is worth, who carries it, who is at risk, how it was reckoned.

    top and at_risk hold rows of customers.parquet as dicts (customer_id, first_purchase, last_purchase, frequency, revenue,
    p_alive, expected_purchases, expected_revenue, clv, value, level); at_risk rows also gap_days, usual_gap_days,
    clv_if_alive and loss (= clv_if_alive - clv; in purchases where the yardstick is purchases).
    yardstick: "revenue", "contribution" or "purchases". currency: "" if none is known. components: what each component of value
    found, by its name. lists: rows of customers, or of groups of them, that the components' pictures show, by name. result: the
    customer result of the last whole year, or of all years, where costs are known. assumptions: what they are worth, where values are
    money.
    """

    title: str
    run: str
    version: str
    created: datetime
    as_of: date
    horizon: str
    value_horizon: str
    discount_rate: float
    yardstick: str
    currency: str
    files: tuple[InputFile, ...]
    reconciliation: Reconciliation
    totals: Totals
    concentration: Concentration
    top: tuple[dict[str, Any], ...]
    at_risk: tuple[dict[str, Any], ...]
    at_risk_count: int
    at_risk_loss: Decimal | float
    months: tuple[MonthOfPurchases, ...]
    models: tuple[ModelCard, ...]
    notices: tuple[Notice, ...]
    intervals: tuple[TotalForecast, ...] = ()
    backtest: Backtest | None = None
    readiness: Readiness | None = None
    components: Mapping[str, Any] = field(default_factory=dict)
    result: ResultTotals | None = None
    assumptions: Assumptions | None = None
    lists: Mapping[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)
