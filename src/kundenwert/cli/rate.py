"""kundenwert rate CUSTOMER CRITERION POINTS: what people know and no figure shows."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.command()
@click.argument("customer_id", metavar="CUSTOMER", required=False)
@click.argument("criterion", required=False)
@click.argument("points", required=False)
@click.option("--reason", default="", metavar="TEXT", help="Why: a sentence others can follow. Needed.")
@click.option(
    "--from",
    "workbook",
    type=click.Path(path_type=Path),
    metavar="FILE.xlsx",
    help="Takes over what was typed into a workbook that `kundenwert report portfolio` wrote, in place of a single rating.",
)
@_options.by
@_options.project_option
def rate(
    customer_id: str | None, criterion: str | None, points: str | None, reason: str, workbook: Path | None, by: str, folder: Path
) -> None:
    """Rate a customer on a criterion, from 0 to 10 points.

    10 is always favourable, also where the criterion sounds like a cost. Criteria may be called by their German or English names. The
    rating is added to the register of the project; an earlier one stays and can be seen.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.register import rate as write

    if workbook is not None:
        if customer_id or reason:
            raise click.UsageError("--from takes all ratings of a workbook; customer, criterion, points and --reason go without it.")
        _from_workbook(folder, workbook, by)
        return
    if customer_id is None or criterion is None or points is None:
        raise click.UsageError("Name CUSTOMER, CRITERION and POINTS, or a workbook with --from FILE.xlsx.")
    found = write(folder, customer_id, criterion, points, reason=reason, by=by, clock=_options.now())
    content = found.content
    _show.say(f"{content['customer_id']}: {content['criterion']} {content['points']} of 10. Entry {found.entry} of the register.")


def _from_workbook(folder: Path, workbook: Path, by: str) -> None:
    from kundenwert.cli import _show
    from kundenwert.flows.workbook_import import rate_from

    found = rate_from(folder, workbook, by=by, clock=_options.now())
    known = f" {found.known:,} were known already." if found.known else ""
    _show.say(f"{found.written:,} new ratings from sheet {found.sheet} stand in the register.{known} The next run counts them.")
    if found.changed_weights:
        _show.say(
            f"Weights were changed in the workbook ({', '.join(found.changed_weights)}) and stay there. "
            "To keep them, write them into kundenwert.toml under [criteria.weights]."
        )


PLUGIN = rate
