"""kundenwert backtest: how good would the forecasts have been?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kundenwert.cli import _options

if TYPE_CHECKING:
    from kundenwert.records import Backtest, Origin, Scored

_HEADINGS = ("forecast", "log score", "CRPS", "purchases", "bias", "RMSE", "MAE", "Spearman", "Gini", "top tenth")
# Settings that say how value is reckoned or shown; purchases are what is compared here.
_WITHOUT = ("title", "value_horizon", "discount_rate", "model", "unit", "margin", "language", "class_limits")


@click.command()
@_options.project
@click.option(
    "--origin",
    "origins",
    multiple=True,
    metavar="DAY",
    type=click.DateTime(["%Y-%m-%d"]),
    help="A day to forecast from, instead of those of the rule. May be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs: everything as JSON, problems too.")
@_options.quiet
@_options.settings(without=_WITHOUT)
def backtest(folder: Path, origins: tuple[datetime, ...], as_json: bool, quiet: bool, **flags: Any) -> None:
    """How good would the forecasts have been?

    Goes back to earlier days of the log, forecasts from what was known then, with every purchase model and with naive rules, and
    holds the forecasts against what came. Nothing is written into runs.
    """
    from kundenwert.cli import _show
    from kundenwert.errors import DataError
    from kundenwert.flows.backtest import backtest_project

    progress = _show.progress(quiet=quiet or as_json)
    days = tuple(origin.date() for origin in origins)
    try:
        found = backtest_project(folder, flags, clock=_options.now(), progress=progress, origins=days)
    except DataError as err:
        if as_json:
            click.echo(_show.problems_as_json(err))
        raise
    click.echo(_json(found) if as_json else found.verdict if quiet else _text(found))


def _json(found: Backtest) -> str:
    import json
    from dataclasses import asdict

    notices = [{"key": notice.key, "text": str(notice)} for notice in found.notices]
    return json.dumps({**asdict(found), "notices": notices}, indent=2, ensure_ascii=False, default=str)


def _text(found: Backtest) -> str:
    from kundenwert.cli import _show

    if not found.origins:
        return f"\n  {found.verdict}"
    parts = ["", *(_origin(one) for one in found.origins)]
    if len(found.origins) > 1:
        parts += [f"  All {len(found.origins)} origins together:\n{_scores(found.pooled)}\n"]
    parts += [f"  Intervals of counts: held, expected by the forecast itself, inside by PIT\n{_intervals(found.pooled)}\n"]
    if found.notices:
        parts += [_show.notices(found.notices) + "\n"]
    return "\n".join([*parts, f"  {found.verdict}"])


def _origin(one: Origin) -> str:
    head = f"  From {one.origin}, {one.days} days to {one.until}: {one.customers:,} customers, {one.purchases:,} purchases came"
    return f"{head}\n{_scores(one.forecasts)}\n"


def _scores(forecasts: tuple[Scored, ...]) -> str:
    from kundenwert.cli import _show

    rows = [
        (
            one.name,
            f"{one.log_score:.4f}",
            f"{one.crps:.4f}",
            f"{one.expected_purchases:,.1f}",
            _figure(one.bias, "+.1%"),
            f"{one.rmse:.4f}",
            f"{one.mae:.4f}",
            _figure(one.spearman, ".3f"),
            _figure(one.gini, ".3f"),
            _figure(one.top_decile_value, ".1%"),
        )
        for one in forecasts
    ]
    return _show.table([_HEADINGS, *rows], right=range(1, len(_HEADINGS)))


def _figure(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _intervals(forecasts: tuple[Scored, ...]) -> str:
    from kundenwert.cli import _show

    levels = [level.level for level in forecasts[0].levels]
    rows = [("forecast", *(text for level in levels for text in (f"{level:.0%} held", "expected", "PIT")))]
    rows += [
        (one.name, *(f"{share:.3f}" for level in one.levels for share in (level.held, level.expected, level.pit))) for one in forecasts
    ]
    return _show.table(rows, right=range(1, 1 + 3 * len(levels)))


PLUGIN = backtest
