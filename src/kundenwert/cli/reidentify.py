"""kundenwert reidentify: the customer numbers behind pseudonyms, for who has the key."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.command()
@click.argument("pseudonyms", metavar="PSEUDONYM...", nargs=-1, required=True)
@_options.by
@_options.project_option
def reidentify(pseudonyms: tuple[str, ...], by: str, folder: Path) -> None:
    """Tell the customer numbers behind pseudonyms.

    In a project with `pseudonymised = true` tables and reports show pseudonyms. The key and the links that lead back lie outside of the
    project; without them this fails. Each pseudonym told back is noted in the log of the register with your name.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.pseudonyms import reidentify as tell

    found = tell(folder, pseudonyms, by=by, clock=_options.now())
    rows: list[tuple[str, ...]] = [("pseudonym", "customer")]
    rows += [(one.pseudonym, one.customer_id or "not known here, or erased") for one in found]
    _show.say(_show.table(rows, right=()))


PLUGIN = reidentify
