"""kundenwert value: one file in, one table out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kundenwert.cli import _options


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The table to write: .parquet, .csv or .xlsx. Default: customers.parquet.")
@click.option("--numbers", type=click.Choice(["de", "en"]), default="en", show_default=True, help=_options.NUMBERS)
@_options.quiet
@_options.reading
@_options.settings()
def value(files: tuple[Path, ...], out: Path | None, numbers: str, quiet: bool, **options: Any) -> None:
    """Value the customers in FILE: one table out, no project needed.

    Several files are valued together. The columns of the table are those of customers.parquet; an Excel table has headings in
    the language of --language.
    """
    from kundenwert.cli import _show
    from kundenwert.flows.value_file import value_file

    chosen = _options.chosen(options)
    result = value_file(
        chosen.inputs(files),
        chosen.flags,
        out or Path("customers.parquet"),
        clock=_options.now().date(),
        progress=_show.progress(quiet=quiet),
        numbers=numbers,
    )
    if quiet:
        return
    valued, loaded = result.valued, result.loaded
    _show.say("\n" + _show.bridge(loaded.reconcile(valued.as_of), loaded.currency))
    click.echo(f"\n  As of {valued.as_of}, yardstick {valued.amounts.yardstick}.")
    for fit in valued.fits:
        _show.say("\n" + "\n".join("  " + line for line in str(fit.summary()).splitlines()))
    found = (*loaded.notices, *valued.notices)
    if found:
        _show.say("\n" + _show.notices(found))
    click.echo(f"\n  {result.rows:,} customers in {result.path}")


PLUGIN = value
