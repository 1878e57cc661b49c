"""kundenwert runs: what was valued and when, and how the value went on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kundenwert.cli import _options

if TYPE_CHECKING:
    from kundenwert.flows.history import Day


@click.group()
def runs() -> None:
    """List or show runs, and how the value went on."""


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


@runs.command("history")
@_options.project
@click.option("--json", "as_json", is_flag=True, help="For programs: JSON.")
def show_history(folder: Path, as_json: bool) -> None:
    """Show the value by as-of day, and why it changed.

    Of each day the newest run counts. Nothing is computed anew and no run is changed.
    """
    from dataclasses import asdict

    from kundenwert.cli import _show
    from kundenwert.flows.history import history

    days = history(folder)
    if as_json:
        found = [{**asdict(day), "is_comparable": day.is_comparable} for day in days]
        click.echo(json.dumps(found, indent=2, ensure_ascii=False, default=str))
        return
    if not days:
        click.echo(f"No run in {folder} yet. Make one with `kundenwert run {folder}`.")
        return
    _show.say("\n\n".join(part for part in (_course(days), _bridges(days)) if part))


def _course(days: tuple[Day, ...]) -> str:
    from kundenwert.cli import _show

    rows: list[tuple[str, ...]] = [("as of", "customers", "past", "clv", "value", "currency", "yardstick", "changed beside time")]
    for day in days:
        money = (_show.money(amount) for amount in (day.past, day.clv, day.value))
        rows.append((day.as_of, f"{day.customers:,}", *money, day.currency, day.yardstick, ", ".join(day.reasons)))
    return _show.table(rows, right=(1, 2, 3, 4))


def _bridges(days: tuple[Day, ...]) -> str:
    """From each value to the next; empty where no two days count the same money."""
    from kundenwert.cli import _show

    steps = [(day.as_of, day.bridge) for day in days if day.bridge is not None]
    if not steps:
        return ""
    rows: list[tuple[str, ...]] = [("until", "value before", "new customers", "gone", "booked since", "expected now", "other", "value")]
    for as_of, one in steps:
        changes = (f"{amount:+,.2f}" for amount in (one.new, one.gone, one.past, one.clv, one.other))
        rows.append((as_of, _show.money(one.first), *changes, _show.money(one.second)))
    table = _show.table(rows, right=tuple(range(1, 8)))
    return f"{table}\n  A change of settings, definition, model or version moves the value too: `kundenwert compare RUN RUN` says how."


@runs.command("show")
@click.argument("name", required=False)
@click.option("--project", "folder", type=click.Path(path_type=Path), default=Path(), help="The project folder.")
def show_run(name: str | None, folder: Path) -> None:
    """Show the manifest of a run; without a name the current one."""
    from kundenwert.flows.look import manifest

    click.echo(json.dumps(manifest(folder, name), indent=2, ensure_ascii=False))


PLUGIN = runs
