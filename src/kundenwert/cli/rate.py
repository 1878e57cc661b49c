"""kundenwert rate CUSTOMER CRITERION POINTS: what people know and no figure shows."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.command()
@click.argument("customer_id", metavar="CUSTOMER")
@click.argument("criterion")
@click.argument("points")
@click.option("--reason", default="", metavar="TEXT", help="Why: a sentence others can follow. Needed.")
@_options.by
@_options.project_option
def rate(customer_id: str, criterion: str, points: str, reason: str, by: str, folder: Path) -> None:
    """Rate a customer on a criterion, from 0 to 10 points.

    10 is always favourable, also where the criterion sounds like a cost. Criteria may be called by their German or English names. The
    rating is added to the register of the project; an earlier one stays and can be seen.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.register import rate as write

    found = write(folder, customer_id, criterion, points, reason=reason, by=by, clock=_options.now())
    content = found.content
    _show.say(f"{content['customer_id']}: {content['criterion']} {content['points']} of 10. Entry {found.entry} of the register.")


PLUGIN = rate
