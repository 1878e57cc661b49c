"""kundenwert object ID: a customer objects to being valued."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.command("object")
@click.argument("customer_id", metavar="ID")
@click.option("--reason", default="", metavar="TEXT", help="What the customer wrote, in short.")
@click.option("--withdraw", is_flag=True, help="The customer takes the objection back.")
@_options.by
@_options.project_option
def object_(customer_id: str, reason: str, withdraw: bool, by: str, folder: Path) -> None:
    """Record that a customer objects to being valued.

    Article 21 GDPR. From the next run on the customer has no forecast of their own and stands in no list; totals count the mean of all
    others instead. Exports and explanations of earlier runs leave the forecast out at once.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.objection import objection

    found = objection(folder, customer_id, reason=reason, by=by, clock=_options.now(), withdraw=withdraw)
    done = "the objection is withdrawn" if withdraw else "objected; the next run makes no forecast of this customer"
    _show.say(f"{customer_id}: {done}. Entry {found.entry} of the register.")


PLUGIN = object_
