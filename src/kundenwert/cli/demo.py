"""kundenwert demo: the sales lines of a real wholesaler, valued."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.command()
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language of the report; without it German.")
@_options.quiet
def demo(lang: str | None, quiet: bool) -> None:
    """Value the sales lines of a real wholesaler that ship with the package, in ./kundenwert-demo."""
    from kundenwert.cli import _result, _show
    from kundenwert.flows.demo import demo as demo_flow

    result = demo_flow(Path(), clock=_options.now(), progress=_show.progress(quiet=quiet), language=lang)
    click.echo(_result.ran(result, quiet=quiet))


PLUGIN = demo
