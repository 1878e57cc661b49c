"""How a finished run is told on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundenwert.cli import _show

if TYPE_CHECKING:
    from kundenwert.flows.run import Ran


def ran(result: Ran, *, quiet: bool) -> str:
    """The bridge, the totals, what to know, and where the report stands."""
    figures = result.figures
    if quiet:
        return str(result.folder)
    totals, currency = figures.totals, figures.currency
    rows = [("customers", f"{totals.customers:,}"), ("expected purchases, " + figures.horizon, f"{totals.expected_purchases:,.0f}")]
    if totals.clv is not None:
        rows += [
            ("past (booked " + figures.yardstick + ")", _show.money(totals.past, currency)),
            ("expected revenue, " + figures.horizon, _show.money(totals.expected_revenue, currency)),
            (f"clv, residual over {figures.value_horizon} at {figures.discount_rate:.1%}", _show.money(totals.clv, currency)),
            ("value = past + clv", _show.money(totals.value, currency)),
        ]
    parts = [
        "",
        _show.bridge(figures.reconciliation, currency),
        "",
        f"  As of {figures.as_of}, yardstick {figures.yardstick}:",
        _show.table(rows, right=(1,)),
    ]
    if figures.notices:
        parts += ["", _show.notices(figures.notices)]
    state = "the current run" if result.is_current else "kept; an earlier run with a later as-of day stays current (--publish changes that)"
    return "\n".join([*parts, "", f"  Run {result.folder.name}: {state}.", f"  Report: {result.folder / 'report.html'}"])
