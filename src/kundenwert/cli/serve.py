"""kundenwert serve: the web app on this machine."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folders", metavar="[DIR]...", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; others than this machine need a public address.")
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True, help="The port.")
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Folder of accounts and jobs; without it ./kundenwert-web.")
@click.option("--open", "open_browser", is_flag=True, help="Open the browser as soon as the app answers.")
@click.option("--no-worker", is_flag=True, help="Jobs are done by another process: python -m kundenwert.web.worker.")
def serve(folders: tuple[Path, ...], host: str, port: int, home: Path | None, open_browser: bool, no_worker: bool) -> None:
    """Start the web app on this machine.

    DIR are project folders; without one the project in this folder, or kundenwert-demo and kundenwert-company-demo where they are.
    The app is reached from this machine alone. How to let others in stands in the documentation (deployment).
    """
    from kundenwert.web.serve import Address, prepare
    from kundenwert.web.serve import serve as run_server

    address = Address(host, port)
    prepare(home, list(folders) or _here())
    click.echo(f"kundenwert is at {address}  (stop with Ctrl-C)", err=True)
    raise SystemExit(run_server(address, workers=not no_worker, open_browser=open_browser))


def _here() -> list[Path]:
    from kundenwert.flows.project import FILE

    names = ("kundenwert-company-demo", "kundenwert-demo", ".")
    return [Path(name) for name in names if (Path(name) / FILE).is_file()]


PLUGIN = serve
