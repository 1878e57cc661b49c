"""kundenwert run: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kundenwert.cli import _options


@click.command()
@_options.project
@click.option("--publish", is_flag=True, help="Make this run the current one even if the current run has a later as-of day.")
@_options.quiet
@_options.settings()
def run(folder: Path, publish: bool, quiet: bool, **flags: Any) -> None:
    """Value a project: ledger, customer base, models, value table, report, as one immutable run."""
    from kundenwert.cli import _result, _show
    from kundenwert.flows.run import run as run_flow

    result = run_flow(folder, flags, clock=_options.now(), progress=_show.progress(quiet=quiet), publish=publish)
    click.echo(_result.ran(result, quiet=quiet))


PLUGIN = run
