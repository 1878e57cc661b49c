"""kundenwert demo: the sales lines of a real wholesaler, valued."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.command()
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language of the report; without it German.")
@_options.quiet
def demo(lang: str | None, quiet: bool) -> None:
    """Value a real wholesaler in ./kundenwert-demo.

    The sales lines ship with the package: Online Retail II, December 2009 to December 2010.
    """
    from kundenwert.cli import _result, _show
    from kundenwert.flows.demo import demo as demo_flow

    result = demo_flow(Path(), clock=_options.now(), progress=_show.progress(quiet=quiet), language=lang)
    click.echo(_result.ran(result, quiet=quiet))


PLUGIN = demo
