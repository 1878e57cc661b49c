"""kundenwert value: one file in, one table out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kundenwert.cli import _options


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The table to write: .parquet, .csv or .xlsx. Default: customers.parquet.")
@_options.quiet
@_options.reading
@_options.settings()
def value(files: tuple[Path, ...], out: Path | None, quiet: bool, **options: Any) -> None:
    """Value the customers in FILE: one table out, no project needed."""
    from kundenwert.cli import _show
    from kundenwert.flows.value_file import value_file

    chosen = _options.chosen(options)
    result = value_file(
        chosen.inputs(files),
        chosen.flags,
        out or Path("customers.parquet"),
        clock=_options.now().date(),
        progress=_show.progress(quiet=quiet),
    )
    if quiet:
        return
    valued, loaded = result.valued, result.loaded
    click.echo("\n" + _show.bridge(loaded.reconcile(valued.as_of), loaded.currency))
    click.echo(f"\n  As of {valued.as_of}, yardstick {valued.amounts.yardstick}.")
    for fit in valued.fits:
        click.echo("\n" + "\n".join("  " + line for line in str(fit.summary()).splitlines()))
    found = (*loaded.notices, *valued.notices)
    if found:
        click.echo("\n" + _show.notices(found))
    click.echo(f"\n  {result.rows:,} customers in {result.path}")


PLUGIN = value
