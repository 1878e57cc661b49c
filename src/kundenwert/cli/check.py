"""kundenwert check: read, check, reconcile; nothing is valued."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kundenwert.cli import _options


@click.command()
@click.argument("paths", metavar="[DIR | FILE...]", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs: everything as JSON.")
@_options.quiet
@_options.reading
@_options.settings()
def check(paths: tuple[Path, ...], as_json: bool, quiet: bool, **options: Any) -> None:
    """Read, check and reconcile a project or files; nothing is valued.

    Shows how each file was read and why, which lines were left out, and that nothing is lost.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.check import check_files, check_project

    chosen = _options.chosen(options)
    progress = _show.progress(quiet=quiet or as_json)
    if len(paths) <= 1 and (not paths or paths[0].is_dir()):
        loaded = check_project(paths[0] if paths else Path(), chosen.flags, progress=progress)
    else:
        loaded = check_files(chosen.inputs(paths), chosen.flags, progress=progress)
    if as_json:
        click.echo(_show.check_as_json(loaded))
        return
    for entry in loaded.files:
        click.echo("\n" + _show.mapping(entry))
    click.echo("\n" + _show.bridge(loaded.reconcile(), loaded.currency))
    if loaded.notices:
        click.echo("\n" + _show.notices(loaded.notices))


PLUGIN = check
