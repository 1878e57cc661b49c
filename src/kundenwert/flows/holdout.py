"""Where the log goes on after the as-of day, it evaluates the forecast; it never enters base, fit, choice or width."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kundenwert.base.as_of import day_number
from kundenwert.tables.reconciliation import document_days

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.valuation import Valued


def holdout(engine: Engine, loaded: Loaded, valued: Valued) -> dict[str, Any] | None:
    """Forecast against what came, for customers of the base over the horizon; None if the log does not cover it.

    Purchases that came are customer-days with a sale, as booked; reversals of the holdout are not matched.
    """
    days = document_days(loaded.days)
    last_day = valued.as_of + timedelta(days=int(valued.horizons.horizon_days))
    end = day_number(last_day)
    if not days or days[-1] < end:
        return None
    (found,) = engine.rows("value/holdout.sql", as_of=day_number(valued.as_of), until=end)
    actual, forecast = found["actual_purchases"], found["expected_purchases"]
    return {
        "until": last_day.isoformat(),
        "customers": found["customers"],
        "actual_purchases": actual,
        "expected_purchases": round(forecast, 4),
        "bias": round(forecast / actual - 1, 6) if actual else None,
        "mae": round(found["mae"], 6),
        "rmse": round(found["rmse"], 6),
        "actual_revenue": None if found["actual_revenue"] is None else f"{found['actual_revenue']:.2f}",
    }
