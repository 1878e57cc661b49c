"""Backtests of invented shops, with one model, and how their lines and scores are looked up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import exports
import pytest

from kundenwert import registry
from kundenwert.flows.backtest import backtest_project
from kundenwert.flows.progress import Progress
from kundenwert.models.evidence import candidates
from kundenwert.records import Backtest, Scored

CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = date(2023, 1, 2)
SHOP = exports.shop()
SIMPLE = exports.shop(seed=4, returns=0.0)
Test = Callable[..., Backtest]


def bg_nbd_only(patch: pytest.MonkeyPatch) -> None:
    """Fits take longer than all the rest: every model is compared on CDNOW only."""
    patch.setattr(candidates, "models", lambda: [registry.load("models.purchases", "bg_nbd")()])


def run_in(folder: Path, lines: list[Any], *, origins: tuple[date, ...] = (), how: dict[str, Any] | None = None, **flags: Any) -> Backtest:
    folder.mkdir(exist_ok=True)
    exports.project(folder, lines)
    return backtest_project(folder, {"threads": "1"} | flags, clock=CLOCK, progress=Progress(), origins=origins, **(how or {}))


def line(customer: int, day: int, *, quantity: int = 1, invoice: str = "") -> tuple[Any, ...]:
    when = FIRST + timedelta(days=day)
    return (f"K{customer:04}", when, invoice or f"R{customer}-{day}", "A", quantity, f"{10 * quantity}.00", "")


def by_name(forecasts: tuple[Scored, ...]) -> dict[str, Scored]:
    return {one.name: one for one in forecasts}


def days_of(lines: list[Any]) -> dict[str, set[date]]:
    """Days with a sale, by customer."""
    found: dict[str, set[date]] = {}
    for customer, day, _, _, quantity, *_ in lines:
        if quantity > 0:
            found.setdefault(customer, set()).add(day)
    return found
