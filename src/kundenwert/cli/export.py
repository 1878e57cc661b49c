"""kundenwert export: the value table of a run for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.command()
@_options.project
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write: .csv, .xlsx or .parquet.")
@click.option("--run", "name", help="The run to export; without it the current one.")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language of headings in Excel.")
@click.option("--numbers", type=click.Choice(["de", "en"]), help=_options.NUMBERS + " Default: as --lang.")
def export(folder: Path, out: Path, name: str | None, lang: str, numbers: str | None) -> None:
    """Write the customers of a run as CSV, Excel or Parquet."""
    from kundenwert.flows.export import export as export_flow

    result = export_flow(folder, out, run=name, language=lang, numbers=numbers)
    click.echo(f"{result.rows:,} customers in {result.path}")


PLUGIN = export
