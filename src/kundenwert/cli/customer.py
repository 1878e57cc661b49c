"""kundenwert customer ID: history, and how the value comes about."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click


@click.command()
@click.argument("customer_id", metavar="ID")
@click.option("--project", "folder", type=click.Path(path_type=Path), default=Path(), help="The project folder; without it this one.")
@click.option("--run", "name", help="The run to look at; without it the current one.")
@click.option("--lines", is_flag=True, help="The customer result with every record behind each figure.")
@click.option("--year", type=int, help="With --lines: one calendar year; without it all of them.")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language.")
@click.option("--json", "as_json", is_flag=True, help="For programs: JSON, with the whole history.")
def customer(customer_id: str, folder: Path, name: str | None, lines: bool, year: int | None, lang: str, as_json: bool) -> None:
    """Show how a customer's value comes about.

    The history comes from the ledger; the lines of the explanation add up to the value, to the cent. With --lines: contribution I to
    IV, and the sales lines, payments, visits, complaints ... that add up to each figure.
    """
    from kundenwert import registry
    from kundenwert.cli import _show
    from kundenwert.flows.customer import customer as look
    from kundenwert.flows.customer_lines import lines_of

    if year is not None and not lines:
        raise click.UsageError("--year goes with --lines.")
    found = lines_of(folder, customer_id, year=year, run=name) if lines else look(folder, customer_id, run=name)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False, default=str))
    else:
        _show.say(registry.load("reports", "result_lines" if lines else "explanation")(found, lang))


PLUGIN = customer
