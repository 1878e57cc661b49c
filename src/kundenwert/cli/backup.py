"""kundenwert backup: everything the web app knows, in one file."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.command()
@click.argument("out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Folder of accounts and jobs; without it ./kundenwert-web.")
@click.option("--without-projects", is_flag=True, help="Only accounts, jobs, drafts and the key; projects are saved in another way.")
@_options.quiet
def backup(out: Path, home: Path | None, without_projects: bool, quiet: bool) -> None:
    """Save the web app into FILE (.zip or .tar.gz) while it runs.

    The file holds the key that signs sessions and the data of your customers: keep it as safe as the app itself. Files that a project
    reads from outside of its folder are not in it.
    """
    import os

    from kundenwert.web import home as homes
    from kundenwert.web.backup import backup as save

    if home is not None:
        os.environ[homes.HOME] = str(home.absolute())
    saved = save(out, clock=_options.now(), with_projects=not without_projects)
    if not quiet:
        projects = ", ".join(saved.projects) or "none"
        click.echo(f"Written: {saved.file} ({saved.files:,} files, {saved.size / 1e6:,.1f} MB before packing)\nProjects: {projects}")


PLUGIN = backup
