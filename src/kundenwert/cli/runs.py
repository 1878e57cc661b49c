"""kundenwert runs: what was valued and when."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kundenwert.cli import _options


@click.group()
def runs() -> None:
    """List the runs of a project, or show one."""


@runs.command("list")
@_options.project
@click.option("--json", "as_json", is_flag=True, help="For programs: JSON.")
def list_runs(folder: Path, as_json: bool) -> None:
    """List all runs, oldest first; the current one is marked."""
    from kundenwert.cli import _show
    from kundenwert.flows.look import list_runs as look

    found = look(folder)
    if as_json:
        click.echo(json.dumps([entry.__dict__ for entry in found], indent=2, default=str))
        return
    rows = [("", "run", "as of", "customers", "yardstick", "clv", "currency")]
    rows += [
        (
            "*" if entry.is_current else "",
            entry.name,
            entry.as_of,
            f"{entry.customers:,}",
            entry.yardstick,
            _show.money(entry.clv),
            entry.currency,
        )
        for entry in found
    ]
    click.echo(_show.table(rows, right=(3, 5)) if found else f"No run in {folder} yet. Make one with `kundenwert run {folder}`.")


@runs.command("show")
@click.argument("name", required=False)
@click.option("--project", "folder", type=click.Path(path_type=Path), default=Path(), help="The project folder.")
def show_run(name: str | None, folder: Path) -> None:
    """Show the manifest of a run; without a name the current one."""
    from kundenwert.flows.look import manifest

    click.echo(json.dumps(manifest(folder, name), indent=2, ensure_ascii=False))


PLUGIN = runs
