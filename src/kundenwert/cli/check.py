"""kundenwert check: read, check, reconcile; nothing is valued."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kundenwert.cli import _options

if TYPE_CHECKING:
    from kundenwert.flows.load import Loaded
    from kundenwert.flows.progress import Progress


@click.command()
@click.argument("paths", metavar="[DIR | FILE...]", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs: everything as JSON, problems too.")
@click.option("--rejects", type=click.Path(path_type=Path), help="A CSV file to write: every record that cannot be booked, and why.")
@_options.tables
@_options.quiet
@_options.reading
@_options.settings()
def check(paths: tuple[Path, ...], as_json: bool, rejects: Path | None, tables: tuple[str, ...], quiet: bool, **options: Any) -> None:
    """Read, check and reconcile; nothing is valued.

    Without DIR or FILE the project in this folder. Shows how each file was read and why, which lines were left out, and that
    nothing is lost.
    """
    from kundenwert.cli import _show, _tables
    from kundenwert.errors import DataError

    chosen = _options.chosen(options)
    progress = _show.progress(quiet=quiet or as_json)
    try:
        loaded = _loaded(paths, chosen, progress, rejects, tables)
    except DataError as err:
        if as_json:
            click.echo(_show.problems_as_json(err))
        raise
    if as_json:
        click.echo(_show.check_as_json(loaded))
        return
    for entry in () if quiet else loaded.files:
        _show.say("\n" + _show.mapping(entry))
    _show.say("\n" + _show.bridge(loaded.reconcile(), loaded.currency))
    if loaded.rejects:
        _show.say("\n" + _show.rejects(loaded, rejects))
    if loaded.company:
        _show.say("\n" + _tables.shown(loaded.company, mappings=not quiet))
    if loaded.readiness:
        _show.say("\n" + _tables.graded(loaded.readiness, whole=not quiet))
    if loaded.all_notices:
        _show.say("\n" + _show.notices(loaded.all_notices))


def _loaded(paths: tuple[Path, ...], chosen: _options.Chosen, progress: Progress, rejects: Path | None, tables: tuple[str, ...]) -> Loaded:
    from kundenwert.flows.check import check_files, check_project
    from kundenwert.flows.company_files import named_files, sorted_inputs

    if len(paths) <= 1 and not tables and (not paths or paths[0].is_dir()):
        chosen.refuse_reading("check DIR")
        return check_project(paths[0] if paths else Path(), chosen.flags, progress=progress, rejects=rejects)
    found = sorted_inputs(paths, chosen.wanted, named_files(tables))
    return check_files([entry.item for entry in found], chosen.flags, progress=progress, rejects=rejects)


PLUGIN = check
