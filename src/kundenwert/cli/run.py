"""kundenwert run: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kundenwert.cli import _options


@click.command()
@_options.project
@click.option("--publish", is_flag=True, help="Make this run the current one even if the current run has a later as-of day.")
@click.option("--definition", type=int, metavar="N", help="Value by definition N (see `definition list`) instead of the project file's.")
@_options.quiet
@_options.settings()
def run(folder: Path, publish: bool, definition: int | None, quiet: bool, **flags: Any) -> None:
    """Value a project: one immutable run with a report.

    Reads and checks the sources, builds ledger and customer base, fits the models and writes tables, manifest and report.html
    to DIR/runs. A run is whole or not there; earlier runs stay as they are.
    """
    from kundenwert.cli import _result, _show
    from kundenwert.flows.run import run as run_flow

    result = run_flow(folder, flags, clock=_options.now(), progress=_show.progress(quiet=quiet), publish=publish, definition=definition)
    click.echo(_result.ran(result, quiet=quiet))


PLUGIN = run
