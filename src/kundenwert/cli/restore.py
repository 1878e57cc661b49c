"""kundenwert restore: the web app from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--home", required=True, type=click.Path(path_type=Path), help="The new folder of the web app; it must be empty.")
@_options.quiet
def restore(file: Path, home: Path, quiet: bool) -> None:
    """Make the web app anew from a backup.

    Every file is checked before anything is written to its place. Projects lie in the new folder afterwards. Everybody signs in
    again; jobs that waited or ran are cancelled. Who was erased after the backup must be erased again.
    """
    from kundenwert.web.backup import restore as bring_back

    restored = bring_back(file, home)
    if not quiet:
        projects = ", ".join(restored.projects) or "none"
        click.echo(f"Restored: {restored.file} ({restored.files:,} files)\nProjects: {projects}")
        click.echo(f"Start it with: kundenwert serve --home {home}")


PLUGIN = restore
