"""kundenwert consent ID CHANNEL yes|no|withdrawn: who may be sent what."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.command()
@click.argument("customer_id", metavar="ID")
@click.argument("channel", metavar="CHANNEL")
@click.argument("status", metavar="yes|no|withdrawn")
@click.option("--source", default="", metavar="TEXT", help="Where this can be seen: the form, letter or call and its day. Needed.")
@_options.by
@_options.project_option
def consent(customer_id: str, channel: str, status: str, source: str, by: str, folder: Path) -> None:
    """Record what a customer agreed to.

    Advertising on a channel: email, phone, sms, post or visit.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.register import consent as write

    found = write(folder, customer_id, channel, status, source=source, by=by, clock=_options.now())
    content = found.content
    _show.say(f"{content['customer_id']}: {content['channel']} {content['status']}. Entry {found.entry} of the register.")


PLUGIN = consent
