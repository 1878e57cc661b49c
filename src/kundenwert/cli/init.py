"""kundenwert init: look at exports, guess, write kundenwert.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kundenwert.cli import _options


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--from", "files", multiple=True, required=True, type=click.Path(path_type=Path), help="An export to read. May be repeated.")
@click.option("--preset", default="", metavar="NAME", help="What an industry starts with: wholesale or shop. Rates are assumptions.")
@click.option("--pseudonymised", is_flag=True, help="Work with pseudonyms: numbers replaced, names left out, the key beside the project.")
@_options.tables
@_options.quiet
@_options.reading
@_options.settings()
def init(
    folder: Path, files: tuple[Path, ...], preset: str, pseudonymised: bool, tables: tuple[str, ...], quiet: bool, **options: Any
) -> None:
    """Look at exports and write DIR/kundenwert.toml.

    Of several exports each is looked at: sales lines, customers, visits, complaints, payments and so on, by the names of their
    columns. Guesses format and mapping, shows the reason for each guess, and keeps both for `run`. An existing file is never overwritten.
    """
    from kundenwert.cli import _show, _tables
    from kundenwert.flows.company_files import named_files
    from kundenwert.flows.init import init as init_flow

    chosen = _options.chosen(options)
    progress = _show.progress(quiet=quiet)
    named = named_files(tables)
    made = init_flow(folder, files, chosen.wanted, chosen.flags, progress=progress, named=named, preset=preset, pseudonymised=pseudonymised)
    if not quiet:
        for entry in made.loaded.files:
            _show.say("\n" + _show.mapping(entry))
        _show.say("\n" + _show.bridge(made.loaded.reconcile(), made.loaded.currency))
        if made.loaded.company:
            _show.say("\n" + _tables.shown(made.loaded.company, mappings=True))
        if made.loaded.all_notices:
            _show.say("\n" + _show.notices(made.loaded.all_notices))
        click.echo("")
    click.echo(f"  Wrote {made.file}. Look it through, then: kundenwert run {folder}")


PLUGIN = init
