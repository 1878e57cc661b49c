"""kundenwert erase ID: a person is erased, the totals stay."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kundenwert.cli import _options


@click.command()
@click.argument("customer_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Without asking; needed where nobody can be asked.")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language of the certificate.")
@_options.by
@_options.project_option
def erase(customer_id: str, yes: bool, lang: str, by: str, folder: Path) -> None:
    """Erase a person from a project.

    Article 17 GDPR. This cannot be undone.

    Takes the person out of ledgers, rejected records, runs, reports and the register. Money goes to one row without a name, so that totals
    stay. Prints a certificate and keeps it in the register. The files the project is loaded from are not touched; loaded again, the person
    stays erased.
    """
    from kundenwert import registry
    from kundenwert.cli import _show
    from kundenwert.flows.erasure import as_json
    from kundenwert.flows.erasure import erase as flow

    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Erasing cannot be undone. Say --yes.")
        click.confirm(f"Erase {customer_id} from {folder.resolve().name}? This cannot be undone.", abort=True)
    certificate = flow(folder, customer_id, by=by, clock=_options.now(), language=lang)
    _show.say(registry.load("reports", "erasure_certificate")(as_json(certificate), lang))


PLUGIN = erase
