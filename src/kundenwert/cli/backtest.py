"""kundenwert backtest: how good would the forecasts have been?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kundenwert.cli import _options

if TYPE_CHECKING:
    from kundenwert.records import Backtest, HeldTotal, Level, Origin, Scored

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
@click.option("--metrics", is_flag=True, help="Which measure of value would have chosen the better customers? Revenue to clv.")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language of --metrics.")
@click.option("--json", "as_json", is_flag=True, help="For programs: everything as JSON, problems too.")
@_options.quiet
@_options.settings(without=_WITHOUT)
def backtest(folder: Path, origins: tuple[datetime, ...], metrics: bool, lang: str, as_json: bool, quiet: bool, **flags: Any) -> None:
    """How good would the forecasts have been?

    Goes back to earlier days of the log, forecasts from what was known then, with every purchase model, remedies and naive rules, and
    holds the forecasts against what came: purchases, money, totals. Nothing is written into runs.

    With --metrics it asks which measure of value to choose customers by: revenue, contribution, RFM, points, clv.
    """
    from kundenwert.cli import _metrics, _show
    from kundenwert.errors import DataError
    from kundenwert.flows.backtest import backtest_project
    from kundenwert.flows.metrics import metrics_project

    progress = _show.progress(quiet=quiet or as_json)
    days = tuple(origin.date() for origin in origins)
    try:
        if metrics:
            compared = metrics_project(folder, flags, clock=_options.now(), progress=progress, origins=days)
            click.echo(_metrics.as_json(compared) if as_json else _metrics.text(compared, lang, short=quiet))
            return
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
    if found.pooled and found.pooled[0].money:
        parts += [_money(found), f"{_wrapped(found.spend.sentence)}\n" if found.spend else ""]
    if found.totals:
        parts += [_totals(found.totals)]
    if found.weights:
        parts += [_wrapped("stacking today: " + ", ".join(f"{name} {weight:.0%}" for name, weight in found.weights.items())) + "\n"]
    if found.sampled:
        parts += [f"  A sample of {found.sampled:,} customers served; it is the same every time.\n"]
    if found.notices:
        parts += [_show.notices(found.notices) + "\n"]
    return "\n".join([*parts, f"  {found.verdict}"])


def _wrapped(text: str) -> str:
    return click.wrap_text(text, width=100, initial_indent="  ", subsequent_indent="  ")


def _money(found: Backtest) -> str:
    from kundenwert.cli import _show

    scored = [(one.name, one.money) for one in found.pooled if one.money]
    rows = [
        (
            name,
            f"{it.expected_revenue:,.0f}",
            _figure(it.bias, "+.1%"),
            f"{it.rmse:,.2f}",
            f"{it.mae:,.2f}",
            _figure(it.spearman, ".3f"),
            _figure(it.gini, ".3f"),
            _figure(it.top_decile_value, ".1%"),
        )
        for name, it in scored
    ]
    heading = ("forecast", "revenue", "bias", "RMSE", "MAE", "Spearman", "Gini", "top tenth")
    shown = f"  In money: {scored[0][1].revenue:,.0f} came\n{_show.table([heading, *rows], right=range(1, len(heading)))}\n"
    for name, it in scored:
        if it.levels:
            shown += f"\n  Intervals of revenue by {name}: held, expected by the forecast itself, inside by PIT\n"
            shown += f"{_levels([(name, it.levels)])}\n"
    return shown


def _totals(totals: tuple[HeldTotal, ...]) -> str:
    from kundenwert.cli import _show

    heading = ("origin", "total of", "chosen then", "forecast", "from", "to", "came", "")
    rows = [
        (
            str(one.origin),
            one.forecast.measure,
            one.name,
            *(f"{value:,.0f}" for value in (one.forecast.mean, one.forecast.lower, one.forecast.upper, one.actual)),
            "held" if one.is_held else "missed",
        )
        for one in totals
    ]
    held = sum(one.is_held for one in totals)
    table = _show.table([heading, *rows], right=range(3, 7))
    return f"  Totals with {totals[0].forecast.level:.0%} intervals known at the origin: {held} of {len(totals)} held\n{table}\n"


def _origin(one: Origin) -> str:
    head = f"  From {one.origin}, {one.days} days to {one.until}: {one.customers:,} customers, {one.purchases:,} purchases came"
    return f"{head}\n{_scores(one.forecasts)}\n"


def _scores(forecasts: tuple[Scored, ...]) -> str:
    from kundenwert.cli import _show

    most = max(one.origins for one in forecasts)
    rows = [
        (
            one.name + ("" if one.origins == most else f" ({one.origins} of {most})"),
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
    return _levels([(one.name, one.levels) for one in forecasts])


def _levels(forecasts: list[tuple[str, tuple[Level, ...]]]) -> str:
    from kundenwert.cli import _show

    levels = [level.level for level in forecasts[0][1]]
    rows = [("forecast", *(text for level in levels for text in (f"{level:.0%} held", "expected", "PIT")))]
    rows += [(name, *(f"{share:.3f}" for one in own for share in (one.held, one.expected, one.pit))) for name, own in forecasts]
    return _show.table(rows, right=range(1, 1 + 3 * len(levels)))


PLUGIN = backtest
