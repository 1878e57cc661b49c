"""kundenwert measure: what came of a plan or a campaign, told by those who were held out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kundenwert.records.measured import Measured
    from kundenwert.reports.language import Language

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("plan", metavar="[PLAN]", required=False)
@click.option("--project", "folder", type=click.Path(path_type=Path), default=Path(), help="The project folder; without it this one.")
@click.option("--campaign", metavar="ID", help="Not a plan, but a campaign of the table measures.")
@click.option("--action", metavar="NAME", help="Of a campaign: the action of the project whose effect it tells.")
@click.option("--run", metavar="NAME", help="Whose invoices are looked at; without it those of the current run.")
@click.option("--since", type=_DAY, metavar="DATE", help="Measured after this day; without it the plan's day, or the first treatment.")
@click.option("--until", type=_DAY, metavar="DATE", help="Last day measured; without it the run's as-of day.")
@click.option("--segment", metavar="COLUMN", help="A column by which customers are told apart, such as industry.")
@click.option("--level", type=click.FloatRange(0.01, 0.99), default=0.9, show_default=True, help="Level of the intervals.")
@click.option("--lang", type=click.Choice(["de", "en"]), default="en", show_default=True, help="Language of the answer.")
@click.option("--json", "as_json", is_flag=True, help="For programs: JSON.")
@click.option("--quiet", is_flag=True, help="No progress.")
def measure(
    plan: str | None,
    folder: Path,
    campaign: str | None,
    action: str | None,
    run: str | None,
    since: datetime | None,
    until: datetime | None,
    segment: str | None,
    level: float,
    lang: str,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """Tell what a plan has brought, against those held out.

    Who was treated is set against who was left out by chance. Run the project with the newer invoices first. PLAN is the name of a plan or
    the beginning of it; without it the newest. What is learned of an action counts in the next plan.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.measure import measure as measure_flow
    from kundenwert.reports.language import Language

    if plan and campaign:
        raise click.UsageError("Give either a PLAN or --campaign, not both.")
    found = measure_flow(
        folder,
        plan,
        campaign=campaign,
        action=action,
        run=run,
        since=_date(since),
        until=_date(until),
        segment=segment,
        level=level,
        clock=datetime.now(UTC),
        progress=_show.progress(quiet=quiet or as_json),
    )
    _show.say(_json(found) if as_json else "\n\n".join(_text(found, Language(lang))))


def _date(given: datetime | None) -> date | None:
    return given.date() if given else None


def _json(found: Measured) -> str:
    import json

    from kundenwert.flows.measured_effects import as_json

    return json.dumps(as_json(found), indent=2, ensure_ascii=False, default=str)


def _text(found: Measured, language: Language) -> Iterator[str]:
    from kundenwert.cli import _show
    from kundenwert.reports import _measured as told

    yield "  " + told.message(found, language)
    yield _show.table(told.outcomes(found, language), right=(1, 2, 3, 4))
    yield _show.table(told.money(found, language), right=(1,))
    if found.segments:
        yield _show.table(told.segments(found, language), right=(1, 2, 3, 4, 5))
    if found.learned:
        yield _show.table(told.learned(found, language), right=(1, 2, 3, 4))
    yield "\n".join(f"  {sentence}" for sentence in told.to_know(found, language))


PLUGIN = measure
