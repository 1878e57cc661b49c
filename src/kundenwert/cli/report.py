"""kundenwert report: reports of a finished run as files for people."""

from __future__ import annotations

from pathlib import Path

import click

from kundenwert.cli import _options

_run = click.option("--run", "name", help="The run to report; without it the current one.")
_lang = click.option("--lang", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Language.")
_out = click.option("--out", type=click.Path(path_type=Path), help="The file to write: .html or .pdf. Default: a page in this folder.")
_any_out = click.option("--out", type=click.Path(path_type=Path), help="The file: .html, .pdf or .xlsx. Default: a page in this folder.")


@click.group()
def report() -> None:
    """Write a report of a finished run."""


@report.command("list")
def list_reports() -> None:
    """List the reports there are."""
    from kundenwert.cli import _show
    from kundenwert.flows.report import REPORTS

    click.echo(_show.table([(name, about) for name, about in REPORTS.items()]))


@report.command("base")
@_options.project
@_run
@click.option("--out", type=click.Path(path_type=Path), help="The file: .pdf or .html. Default: a PDF in this folder.")
def base(folder: Path, name: str | None, out: Path | None) -> None:
    """Write the report of the run (Kundenstamm) for paper.

    What the base is worth, who the customers are, how they buy, what to expect, what it rests on; as the run wrote it, in its language.
    """
    from kundenwert.flows.report import base_report

    click.echo(f"Report of the run: {base_report(folder, out, run=name).path}")


@report.command("result")
@_options.project
@_run
@click.option("--year", default="last", metavar="YEAR", help="A calendar year, or all. Default: the last whole year of the log, else all.")
@_any_out
@_lang
def result(folder: Path, name: str | None, year: str, out: Path | None, lang: str) -> None:
    """Write the customer result (Kundenergebnis).

    Contribution I to IV step by step against the year before, the customers who cost more than they bring with cause and lever, how
    the result is spread, and whose place changes when not revenue counts but what is left of it.
    """
    from kundenwert.flows.report import result_report

    found = result_report(folder, out, run=name, year=year, language=lang)
    others = [str(one) for one in found.years if one != found.year] + (["all"] if found.year else [])
    period = f"the year {found.year}" if found.year else "all years"
    click.echo(f"Customer result of {period}: {found.path}" + (f" (--year: {', '.join(others)})" if others else ""))


@report.command("readiness")
@_options.project
@_run
@_out
@_lang
def readiness(folder: Path, name: str | None, out: Path | None, lang: str) -> None:
    """Write how ready the data are.

    The grade, its reasons, and what missing pieces would add.
    """
    from kundenwert.flows.report import readiness_report

    click.echo(f"Readiness of the data: {readiness_report(folder, out, run=name, language=lang).path}")


@report.command("assumptions")
@_options.project
@_run
@_out
@_lang
def assumptions(folder: Path, name: str | None, out: Path | None, lang: str) -> None:
    """Write what the assumptions (Annahmen) are worth.

    Discount rate, horizon, margin and returns, each down and up.
    """
    from kundenwert.flows.report import assumptions_report

    click.echo(f"Assumptions and what they are worth: {assumptions_report(folder, out, run=name, language=lang).path}")


@report.command("portfolio")
@_options.project
@_run
@click.option("--out", type=click.Path(path_type=Path), help="The .xlsx file. Default: a workbook in this folder that says what it is.")
@_lang
def portfolio(folder: Path, name: str | None, out: Path | None, lang: str) -> None:
    """Write portfolio and points as a workbook to rate in.

    One row a customer with all criteria from 0 to 10 under their weights, the score as a formula, and the portfolio as a diagram.
    `kundenwert rate --from FILE.xlsx` takes over what was typed.
    """
    from kundenwert.flows.report import portfolio_report

    click.echo(f"Portfolio and points: {portfolio_report(folder, out, run=name, language=lang).path}")


@report.command("flat")
@_options.project
@_run
@click.option("--out", type=click.Path(path_type=Path), help="The file: .xlsx, .csv or .parquet. Default: a workbook in this folder.")
@click.option("--numbers", type=click.Choice(["de", "en"]), help=_options.NUMBERS)
@_lang
def flat(folder: Path, name: str | None, out: Path | None, numbers: str | None, lang: str) -> None:
    """Write one row a customer and month, for pivot tables.

    Revenue, margin, purchases, quantity, and class, stage, region of the customer. A sheet of Excel holds 1,048,575 rows; for more
    write .csv or .parquet.
    """
    from kundenwert.flows.report import flat_report

    found = flat_report(folder, out, run=name, language=lang, numbers=numbers)
    click.echo(f"Customers by month: {found.path} ({found.rows:,} rows)")


@report.command("account")
@click.argument("customer_id", metavar="CUSTOMER")
@_options.project_option
@_run
@click.option("--out", type=click.Path(path_type=Path), help="The .pdf file. Default: a file in this folder.")
@_lang
def account(customer_id: str, folder: Path, name: str | None, out: Path | None, lang: str) -> None:
    """Write a key account and its group on one page.

    Value with its range, contribution I to IV by year, potential, group, points, contacts, complaints, measures, and who looks after them.
    """
    from kundenwert.flows.report import account_report

    click.echo(f"Key account: {account_report(folder, customer_id, out, run=name, language=lang).path}")


PLUGIN = report
