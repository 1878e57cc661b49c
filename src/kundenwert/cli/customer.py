"""kundenwert customer ID: history, how the value comes about, why it changed, what would change it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click


@click.command()
@click.argument("customer_id", metavar="ID")
@click.option("--project", "folder", type=click.Path(path_type=Path), default=Path(), help="The project folder; without it this one.")
@click.option("--run", "name", help="The run to look at; without it the current one.")
@click.option(
    "--pdf", type=click.Path(path_type=Path), metavar="FILE", help="Write the page of the customer as PDF, one page A4 as a rule."
)
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="The same as one HTML page.")
@click.option("--letter", is_flag=True, help="With --pdf or --html: the letter that answers an access request (Art. 15 GDPR).")
@click.option("--lines", is_flag=True, help="The customer result with every record behind each figure.")
@click.option("--year", type=int, help="With --lines: one calendar year; without it all of them.")
@click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language.")
@click.option("--json", "as_json", is_flag=True, help="For programs: JSON, with the whole history.")
def customer(
    customer_id: str,
    folder: Path,
    name: str | None,
    pdf: Path | None,
    html: Path | None,
    letter: bool,
    lines: bool,
    year: int | None,
    lang: str,
    as_json: bool,
) -> None:
    """Show how a customer's value comes about.

    The history comes from the ledger; the lines of the explanation add up to the value, to the cent. With --pdf or --html: a page with
    course, contribution, points, what else is known, why the value changed since the last run, what would change it, and which data
    went in. With --lines: contribution I to IV, and the sales lines, payments, visits, complaints ... that add up to each figure.
    """
    from kundenwert import registry
    from kundenwert.cli import _show
    from kundenwert.flows.customer import customer as look
    from kundenwert.flows.customer_lines import lines_of

    files = _files(pdf, html)
    _refuse(files, letter=letter, lines=lines, year=year)
    found = lines_of(folder, customer_id, year=year, run=name) if lines else look(folder, customer_id, run=name)
    if files:
        _write(found, files, lang, letter=letter)
    elif as_json:
        click.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False, default=str))
    else:
        _show.say(registry.load("reports", "result_lines" if lines else "explanation")(found, lang))


def _files(pdf: Path | None, html: Path | None) -> list[Path]:
    """The files asked for; each ending must be that of its option."""
    for path, ending in ((pdf, ".pdf"), (html, ".html")):
        if path is not None and path.suffix.lower() != ending:
            raise click.UsageError(f"--{ending[1:]} {path.name}: the name must end in {ending}.")
    return [path for path in (pdf, html) if path is not None]


def _refuse(files: list[Path], *, letter: bool, lines: bool, year: int | None) -> None:
    if year is not None and not lines:
        raise click.UsageError("--year goes with --lines.")
    if files and lines:
        raise click.UsageError("--lines is shown here; it goes with neither --pdf nor --html.")
    if letter and not files:
        raise click.UsageError("--letter goes with --pdf or --html.")


def _write(found: object, files: list[Path], lang: str, *, letter: bool) -> None:
    from kundenwert.cli import _show
    from kundenwert.flows.customer_files import open_points, write_customer
    from kundenwert.records import Explained

    if not isinstance(found, Explained):
        return
    for path in write_customer(found, files, language=lang, letter=letter):
        _show.say(f"Written: {path}")
    if letter and (missing := open_points(found)):
        names = ", ".join(missing)
        _show.say(f"Before it is sent: not recorded under [privacy] in kundenwert.toml: {names}. The letter says so.", err=True)


PLUGIN = customer
