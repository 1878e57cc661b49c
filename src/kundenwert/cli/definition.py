"""kundenwert definition: which value definitions a project has had."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kundenwert.cli import _options


@click.group()
def definition() -> None:
    """List the value definitions of a project, or show one."""


@definition.command("list")
@_options.project
@click.option("--json", "as_json", is_flag=True, help="For programs: JSON, with all settings and criteria.")
def list_definitions(folder: Path, as_json: bool) -> None:
    """List all definitions, oldest first, with what changed.

    Beside each stands how many runs were made with it.
    """
    from dataclasses import asdict

    from kundenwert.cli import _show
    from kundenwert.flows.definitions import definitions

    found = definitions(folder)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return
    rows = [("", "since", "runs", "changed")]
    rows += [(str(one.number), one.since, str(len(one.runs)), ", ".join(one.changed) or "the first") for one in found]
    empty = f"No definition in {folder} yet: the first run keeps the one it was made with."
    click.echo(_show.table(rows, right=(0, 2)) if found else empty)


@definition.command("show")
@_options.project_option
@click.argument("number", type=int, required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs: JSON.")
def show(folder: Path, number: int | None, as_json: bool) -> None:
    """Show definition NUMBER, without it the newest.

    Each setting, each criterion with its weight, and the runs made with it.

    Options of components, and what they add to the value, stand in the manifest of each run under "definition".
    """
    from dataclasses import asdict

    from kundenwert.cli import _show
    from kundenwert.flows.definitions import definition as look

    found = look(folder, number)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
        return
    settings = [(name, json.dumps(value, ensure_ascii=False)) for name, value in sorted(found.settings.items())]
    click.echo(f"\n  Definition {found.number}, since {found.since}\n\n{_show.table(settings)}")
    weights = [(name, f"{weight:g}") for name, weight in found.weights.items()]
    if weights:
        click.echo(f"\n{_show.table([('criterion', 'weight'), *weights], right=(1,))}")
    click.echo(f"\n  Runs made with it: {', '.join(found.runs) or 'none'}")


PLUGIN = definition
