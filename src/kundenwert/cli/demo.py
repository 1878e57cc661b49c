"""kundenwert demo: examples that ship with the package, valued."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options


@click.command()
@click.option("--company", is_flag=True, help="Value an invented company with all its tables.")
@click.option("--lang", type=click.Choice(["de", "en"]), help="Language of the report; without it German.")
@_options.quiet
def demo(company: bool, lang: str | None, quiet: bool) -> None:
    """Value a real wholesaler in ./kundenwert-demo.

    The sales lines ship with the package: Online Retail II, December 2009 to December 2010.

    With --company: an invented wholesaler in ./kundenwert-company-demo, with invoices, customers, contacts, complaints, payments
    and ten other tables.
    """
    from kundenwert.cli import _result, _show
    from kundenwert.flows.demo import demo as demo_flow

    result = demo_flow(Path(), clock=_options.now(), progress=_show.progress(quiet=quiet), language=lang, company=company)
    click.echo(_result.ran(result, quiet=quiet))
    if company and not quiet:
        click.echo(_about_company(result.folder.parents[1]))


def _about_company(project: Path) -> str:
    files = len(list((project / "exports").iterdir()))
    return (
        f"\n  Written: {project}, with {files} exports, the project file kundenwert.toml, the ledger and the run."
        "\n  The company is invented, its customers, people and papers too: nothing in it is real."
        "\n  What is planted in its data, for you to find, stands in the documentation (the example company)."
    )


PLUGIN = demo
