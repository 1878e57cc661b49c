"""How a finished run is told on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kundenwert.cli import _show

if TYPE_CHECKING:
    from kundenwert.flows.run import Ran
    from kundenwert.records import RunFigures


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
    told = list(_components(figures))
    if told:
        parts += ["", "  Who the customers are (more in the report):", _show.table(told)]
    if figures.notices:
        parts += ["", _show.notices(figures.notices)]
    state = "the current run" if result.is_current else "kept; an earlier run with a later as-of day stays current (--publish changes that)"
    return "\n".join([*parts, "", f"  Run {result.folder.name}: {state}.", f"  Report: {result.folder / 'report.html'}"])


def _components(figures: RunFigures) -> Iterator[tuple[str, str]]:
    """What the components of value found, a line each; those that found nothing have none."""
    classes, facts = figures.concentration.classes, figures.components
    if classes:
        yield "classes", ", ".join(f"{one.name} {one.customers:,}" for one in classes) + " customers"
    if tiers := [one for one in (facts.get("tiers") or {}).get("tiers", ()) if one["name"] is not None]:
        yield "tiers", _counted({one["name"]: one["customers"] for one in tiers})
    if fields := (facts.get("portfolio") or {}).get("fields"):
        yield "portfolio", _counted({name: fields[name]["customers"] for name in _FIELDS if name in fields})
    if stages := (facts.get("lifecycle") or {}).get("stages"):
        yield "stages", _counted({name: one["customers"] for name, one in stages.items()})
    if rungs := (facts.get("ladder") or {}).get("counts"):
        yield "ladder", _counted(rungs)
    if (alert := facts.get("alert")) and alert["judged"]:
        yield "overdue", _alert(alert, figures.currency)
    if (score := facts.get("score")) and score["rated"]:
        yield "score", f"{score['rated']:,} of {score['customers']:,} customers, mean {score['mean_score']:.1f} of 10"
    reach = sum((Decimal(str(one["within_reach"])) for one in (facts.get("potential") or {}).get("potentials", ())), Decimal(0))
    if reach > 0:
        yield "potential", f"{_show.money(reach, figures.currency)} a year within reach, part of no value"


_FIELDS = ("star", "question", "earning", "incidental")


def _counted(customers: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in customers.items())


def _alert(alert: dict[str, Any], currency: str) -> str:
    """How many stay away for too long, what is at stake, and how often the alert was right when it was tried."""
    stake = "" if alert["loss"] is None else f", {_show.money(Decimal(alert['loss']), currency)} at stake"
    tried = alert.get("tried")
    if not tried or tried["precision"] is None:
        return f"{alert['alerted']:,} of {alert['judged']:,} customers{stake}"
    right = (
        f"; tried on {tried['day']} it was right in {tried['precision']:.0%} of the cases (of all, {tried['base_rate']:.0%} stayed away)"
    )
    return f"{alert['alerted']:,} of {alert['judged']:,} customers{stake}{right}"
