"""Gathers what a report of a run shows, from the tables of the run's engine."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import __version__
from kundenwert.base.as_of import day_number, day_of
from kundenwert.engines._engine import Reading
from kundenwert.records import Concentration, FlagTotal, MonthOfPurchases, Reconciliation, RunFigures, TotalForecast, Totals
from kundenwert.tables.reconciliation import document_days
from kundenwert.value.concentration import concentration

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.learning import Evident
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.valuation import Valued
    from kundenwert.settings import Settings

_TOP = 20
# Bubbles of the portfolio's picture, and customers of each kind of conflict between value and score.
_SPOTS, _CONFLICTS = 100, 5


@dataclass(frozen=True)
class Figures:
    """The parts of a report that come from customers.parquet. of_objectors: the part of the totals that no row holds."""

    totals: Totals
    concentration: Concentration
    top: tuple[dict[str, Any], ...]
    at_risk: tuple[dict[str, Any], ...]
    at_risk_count: int
    at_risk_loss: Decimal | float
    of_objectors: dict[str, Any] | None = None
    lists: Mapping[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)

    def means(self) -> dict[str, float]:
        """The totals as published, by measure of records.TotalForecast."""
        sums = {"purchases": self.totals.expected_purchases, "revenue": self.totals.expected_revenue, "clv": self.totals.clv}
        return {measure: float(total) for measure, total in sums.items() if total is not None}


def gather(engine: Engine, customers: Path, valued: Valued, settings: Settings) -> Figures:
    """Reads back customers.parquet and sums, sorts and classes it; table `forecasts` of the engine is used for the usual gaps."""
    engine.open_parquet("valued_customers", [customers], numbered=False)
    (sums,) = engine.rows("value/totals.sql")
    at_risk = engine.rows("value/at_risk.sql", as_of=valued.as_of, count=_TOP)
    loss = at_risk[0]["found_loss"] if at_risk else 0.0
    is_money = valued.amounts.yardstick != "purchases"
    spread = engine.arrays("value/measures.sql")
    return Figures(
        totals=_totals(sums),
        concentration=concentration(
            spread["value"],
            measure="clv" if is_money else "expected_purchases",
            customers=spread["customers"],
            limits=settings.class_limits,
        ),
        top=tuple(engine.rows("value/top.sql", count=_TOP)),
        at_risk=tuple({name: value for name, value in row.items() if not name.startswith("found")} for row in at_risk),
        at_risk_count=at_risk[0]["found"] if at_risk else 0,
        at_risk_loss=Decimal(f"{loss:.2f}") if is_money else float(loss),
        of_objectors=_of_objectors(sums),
        lists=_lists(engine),
    )


def _lists(engine: Engine) -> dict[str, tuple[dict[str, Any], ...]]:
    """What the pictures of components show, of those whose columns the value table has."""
    known, found = engine.columns("valued_customers"), {}
    if "portfolio" in known:
        found.update(_portfolio(engine, known))
    if "score" in known:
        found["score"] = tuple(engine.rows("value/score_bands.sql"))
        found["conflicts"] = tuple(engine.rows("value/score_conflicts.sql", count=_CONFLICTS))
    return found


def _portfolio(engine: Engine, known: Collection[str]) -> dict[str, tuple[dict[str, Any], ...]]:
    """The largest customers with their places, and the contribution IV of each field where it is known."""
    readings = {name: Reading((name,)) for name in ("customer_id", "portfolio", "portfolio_nine", "position", "attractiveness", "level")}
    money = {"past": Reading(("past",)), "frequency": Reading(("frequency",)), "db4": Reading(("db4",) if "db4" in known else ())}
    engine.project("portfolio_money", "valued_customers", {**readings, **money})
    shares = tuple(row for row in engine.rows("value/portfolio_shares.sql") if row["amount"] is not None) if "db4" in known else ()
    spots = tuple(engine.rows("value/portfolio_spots.sql", count=_SPOTS, measure="db4" if _sum_of(shares) > 0 else "past"))
    engine.drop("portfolio_money")
    return {"portfolio": spots, **({"portfolio_db4": shares} if _sum_of(shares) > 0 else {})}


def _sum_of(shares: tuple[dict[str, Any], ...]) -> Decimal:
    """The amounts of all fields together; bubbles and shares stand for it where it is above zero."""
    return sum((row["amount"] for row in shares), Decimal(0))


def _totals(sums: Mapping[str, Any]) -> Totals:
    levels = {level: sums[level] for level in ("customer", "segment", "none", "objected") if level != "objected" or sums[level]}
    rest = {name: value for name, value in sums.items() if not name.startswith("objected") and name not in levels}
    return Totals(levels=levels, **rest)


def _of_objectors(sums: Mapping[str, Any]) -> dict[str, Any] | None:
    """What totals count for customers who objected: the mean of all others, for as many as they are; None without any."""
    if not sums["objected"]:
        return None
    in_money = sums["clv"] is not None
    found = {"customers": sums["objected"], "expected_purchases": round(sums["objected_purchases"], 6)}
    names = {"expected_revenue": "revenue", "clv": "clv", "clv_beyond": "beyond"}
    return {**found, **{name: str(sums[f"objected_{column}"]) if in_money else None for name, column in names.items()}}


def months(engine: Engine, loaded: Loaded, evident: Evident) -> tuple[MonthOfPurchases, ...]:
    """Purchases and revenue by month up to the as-of day; the first and last month are complete if the log covers them."""
    valued = evident.valued
    rows = evident.months or engine.rows("base/months.sql", as_of=day_number(valued.as_of))
    days = document_days(loaded.days)
    first = day_of(days[0]) if days else valued.as_of
    return tuple(
        MonthOfPurchases(
            row["month"], row["purchases"], row["first_purchases"], row["revenue"], _is_complete(row["month"], first, valued.as_of)
        )
        for row in rows
    )


def _is_complete(month: str, first: date, last: date) -> bool:
    year, number = int(month[:4]), int(month[5:])
    end = date(year, number, calendar.monthrange(year, number)[1])
    # A month whose first document is on the 1st to 3rd is taken as whole: shops rest on New Year and Sundays.
    return date(year, number, 3) >= first and end <= last


def _with_unmatched(bridge: Reconciliation, valued: Valued) -> Reconciliation:
    if valued.matched is None or not valued.matched.unmatched_lines:
        return bridge
    unmatched = FlagTotal("unmatched_cancellation", valued.matched.unmatched_lines, valued.matched.unmatched_amount)
    return replace(bridge, flags=(*bridge.flags, unmatched))


def run_figures(
    figures: Figures,
    monthly: tuple[MonthOfPurchases, ...],
    loaded: Loaded,
    evident: Evident,
    settings: Settings,
    *,
    intervals: tuple[TotalForecast, ...],
    run: str,
    created: datetime,
    title: str,
) -> RunFigures:
    """All a report of a run needs."""
    valued = evident.valued
    return RunFigures(
        title=title,
        run=run,
        version=__version__,
        created=created,
        as_of=valued.as_of,
        horizon=settings.horizon,
        value_horizon=settings.value_horizon,
        discount_rate=settings.discount_rate,
        yardstick=valued.amounts.yardstick,
        currency=loaded.currency,
        files=tuple(entry.file for entry in loaded.files),
        reconciliation=_with_unmatched(loaded.reconcile(valued.as_of), valued),
        totals=figures.totals,
        concentration=figures.concentration,
        top=figures.top,
        at_risk=figures.at_risk,
        at_risk_count=figures.at_risk_count,
        at_risk_loss=figures.at_risk_loss,
        lists=figures.lists,
        months=monthly,
        models=valued.cards,
        notices=(*loaded.all_notices, *valued.notices),
        intervals=intervals,
        backtest=evident.backtest,
        readiness=loaded.readiness,
    )
