"""kundenwert definition: which value definitions a project has had."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kundenwert.cli import _options


@click.group()
def definition() -> None:
    """List, show or compare value definitions."""


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

    Sections of the project file that define value are part of it: with --json they stand as written.
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


@definition.command("compare")
@_options.project_option
@click.argument("one", type=int)
@click.argument("other", type=int)
@click.option("--json", "as_json", is_flag=True, help="For programs: JSON.")
def compare(folder: Path, one: int, other: int, as_json: bool) -> None:
    """Show what another definition changes.

    The newest run of each: rank correlation of the customers, and the share of the first tenth that both have in common.
    """
    from dataclasses import asdict

    from kundenwert.cli import _show
    from kundenwert.flows.definitions import compare as compare_flow

    found = compare_flow(folder, one, other)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False))
        return
    click.echo(f"\n  Definitions {one} and {other}: {', '.join(found.changed)} differ. {found.customers:,} customers.\n")
    rows = [("measure", f"sum by {one}", f"sum by {other}", "rank correlation", "first tenth in common")]
    for name, each in found.measures.items():
        shares = ["-" if each[part] is None else f"{each[part]:.2f}" for part in ("rank_correlation", "first_tenth")]
        rows.append((name, f"{each['one']:,.2f}", f"{each['other']:,.2f}", shares[0], shares[1]))
    click.echo(_show.table(rows, right=(1, 2, 3, 4)))
    click.echo(f"\n  Runs: {found.runs[0]} and {found.runs[1]}")


PLUGIN = definition
