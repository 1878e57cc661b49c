"""kundenwert init: look at exports, guess, write kundenwert.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kundenwert.cli import _options


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--from", "files", multiple=True, required=True, type=click.Path(path_type=Path), help="An export to read. May be repeated.")
@_options.quiet
@_options.reading
@_options.settings()
def init(folder: Path, files: tuple[Path, ...], quiet: bool, **options: Any) -> None:
    """Look at exports and write DIR/kundenwert.toml.

    Guesses format and mapping, shows the reason for each guess, and keeps both for `run`. An existing file is never overwritten.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.init import init as init_flow

    chosen = _options.chosen(options)
    made = init_flow(folder, files, chosen.wanted, chosen.flags, progress=_show.progress(quiet=quiet))
    if not quiet:
        for entry in made.loaded.files:
            _show.say("\n" + _show.mapping(entry))
        _show.say("\n" + _show.bridge(made.loaded.reconcile(), made.loaded.currency))
        if made.loaded.notices:
            _show.say("\n" + _show.notices(made.loaded.notices))
        click.echo("")
    click.echo(f"  Wrote {made.file}. Look it through, then: kundenwert run {folder}")


PLUGIN = init
