"""Reports of a finished run as files: the customer result, and how ready the data are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kundenwert import registry
from kundenwert.errors import CallError, Problem, StorageError
from kundenwert.flows import contribution
from kundenwert.flows.accounts import account
from kundenwert.flows.assumptions import assumptions
from kundenwert.flows.flat_sheet import FlatSheet, write_flat_sheet
from kundenwert.flows.portfolio_workbook import write_portfolio_workbook
from kundenwert.flows.readiness import from_json
from kundenwert.flows.result_workbook import write_result_workbook
from kundenwert.records import GradedRun
from kundenwert.runs import storage, store

# What a year may be beside a number.
LAST_WHOLE, ALL = "last", "all"
FORMATS, WORKBOOK = ("html", "pdf"), "xlsx"
# What each report answers, for lists.
REPORTS = {
    "base": "The report of the run as it stands: what the base is worth, who the customers are, what to expect. For paper, or to pass on.",
    "result": "What is left of the customers' money step by step, who costs more than they bring, and why.",
    "portfolio": "Customers by attractiveness and our position, and their points on each criterion, as a workbook to rate in.",
    "flat": "One row a customer and month, ready for pivot tables: as workbook, CSV or Parquet.",
    "account": "A key account and its group on one page: value, result, potential, contacts, points, people.",
    "assumptions": "What discount rate, horizon, margin and returns are worth: each down and up, in money and in who stands on top.",
    "readiness": "How far the data can be trusted: the grade with its reasons, and what missing pieces would add.",
}
_NAMES = {
    "base": {"de": "kundenstamm", "en": "customer-base"},
    "result": {"de": "kundenergebnis", "en": "customer-result"},
    "portfolio": {"de": "kundenportfolio", "en": "customer-portfolio"},
    "flat": {"de": "kunden-nach-monat", "en": "customers-by-month"},
    "account": {"de": "kundenblatt", "en": "account"},
    "assumptions": {"de": "annahmen", "en": "assumptions"},
    "readiness": {"de": "datenbereitschaft", "en": "readiness"},
}


@dataclass(frozen=True)
class Reported:
    """A written report: where, of which run and year (None: all), and the years the run knows."""

    path: Path
    run: str
    year: int | None = None
    years: tuple[int, ...] = ()


def base_report(project: Path, out: Path | None = None, *, run: str | None = None) -> Reported:
    """Writes the report that a run made, as .pdf or as .html for passing on; in the language of the run, as nothing is reckoned again.

    Raises CallError for another ending, StorageError for a run without its report.
    """
    source = store.read(project, run)
    made = source.folder / "report.html"
    if not made.is_file():
        raise StorageError(
            Problem(f"Run {source.name} has no report.html.", "a run with its report.", "make a new run with `kundenwert run`.")
        )
    page = made.read_text(encoding="utf-8")
    path = out or Path(f"{_NAMES['base'][source.manifest['settings'].get('language', 'de')]}.pdf")
    if _kind(path, FORMATS) == "pdf":
        created = datetime.fromisoformat(source.manifest["created"])
        _write(path, registry.load("reports", "customer_base_pdf")(page, created))
    else:
        _write(path, page.encode())
    return Reported(path, source.name)


def result_report(
    project: Path, out: Path | None = None, *, run: str | None = None, year: int | str = LAST_WHOLE, language: str = "de"
) -> Reported:
    """Writes the customer result of a run. year: a calendar year, "all", or "last": the last whole one if the log has one, else all.

    out: .html, .pdf or .xlsx; without it a page in the current folder that says what it is. Raises CallError for another ending or year.
    """
    kind = _kind(out, (*FORMATS, WORKBOOK))
    source = store.read(project, run)
    chosen = _year(project, source.name, year)
    if out and kind == WORKBOOK:
        return Reported(
            out, source.name, chosen, write_result_workbook(project, out, run=source.name, year=chosen, language=language).years
        )
    found = contribution.result(project, run=source.name, year=chosen)
    path = out or Path(f"{_NAMES['result'][language]}-{chosen or _all_years(found.years)}.html")
    if kind == "pdf":
        made: bytes = registry.load("reports", "customer_result_pdf")(found, language)
    else:
        made = registry.load("reports", "customer_result")(found, language).encode()
    _write(path, made)
    return Reported(path, source.name, chosen, found.years)


def readiness_report(project: Path, out: Path | None = None, *, run: str | None = None, language: str = "de") -> Reported:
    """Writes how ready the data of a run are, as .html or .pdf. Raises StorageError for a run that was not graded."""
    kind = _kind(out, FORMATS)
    source = store.read(project, run)
    graded = source.manifest.get("readiness")
    if graded is None:
        came = f"Run {source.name} has no grade of its data."
        raise StorageError(Problem(came, "a run that graded them.", "make a new run with `kundenwert run DIR`."))
    content = source.manifest
    found = GradedRun(
        run=source.name,
        title=content["title"],
        as_of=source.as_of,
        created=datetime.fromisoformat(content["created"]),
        version=content["version"],
        readiness=from_json(graded),
    )
    path = out or Path(f"{_NAMES['readiness'][language]}.html")
    _write(path, registry.load("reports", "readiness")(found, language, paper=kind == "pdf"))
    return Reported(path, source.name)


def portfolio_report(project: Path, out: Path | None = None, *, run: str | None = None, language: str = "de") -> Reported:
    """Writes portfolio and points of a run as a workbook, .xlsx. Raises StorageError for a run without points."""
    path = out or Path(f"{_NAMES['portfolio'][language]}.xlsx")
    _kind(path, (WORKBOOK,))
    return Reported(path, write_portfolio_workbook(project, path, run=run, language=language))


def flat_report(
    project: Path, out: Path | None = None, *, run: str | None = None, language: str = "de", numbers: str | None = None
) -> FlatSheet:
    """Writes one row a customer and month: .xlsx, .csv or .parquet. Raises CallError for another ending or too many rows for Excel."""
    return write_flat_sheet(project, out or Path(f"{_NAMES['flat'][language]}.xlsx"), run=run, language=language, numbers=numbers)


def account_report(project: Path, customer_id: str, out: Path | None = None, *, run: str | None = None, language: str = "de") -> Reported:
    """Writes the sheet of a key account, one page, .pdf. Raises UnknownName for an unknown customer, DataError for who objected."""
    path = out or Path(f"{_NAMES['account'][language]}.pdf")
    _kind(path, ("pdf",))
    found = account(project, customer_id, run=run)
    _write(path, registry.load("reports", "account_sheet")(found, language))
    return Reported(path, str(found.manifest["run"]))


def assumptions_report(project: Path, out: Path | None = None, *, run: str | None = None, language: str = "de") -> Reported:
    """Writes what the assumptions of a run are worth, as .html or .pdf. Raises StorageError for a run that does not tell."""
    kind = _kind(out, FORMATS)
    found = assumptions(project, run)
    path = out or Path(f"{_NAMES['assumptions'][language]}.html")
    _write(path, registry.load("reports", "assumptions")(found, language, paper=kind == "pdf"))
    return Reported(path, found.run)


def _kind(out: Path | None, formats: tuple[str, ...]) -> str:
    kind = "html" if out is None else out.suffix.lower().removeprefix(".")
    if kind not in formats:
        raise CallError(f"{out.name if out else ''!r} has no known ending. Available: {', '.join('.' + name for name in formats)}.")
    return kind


def _year(project: Path, run: str, year: int | str) -> int | None:
    if isinstance(year, int):
        return year
    if year == ALL:
        return None
    if year == LAST_WHOLE:
        return contribution.last_whole_year(project, run)
    if year.isdecimal():
        return int(year)
    raise CallError(f"{year!r} is no year. Expected: a calendar year such as 2025, or {ALL} for all years.")


def _all_years(years: tuple[int, ...]) -> str:
    return f"{years[0]}-{years[-1]}" if len(years) > 1 else str(*years)


def _write(path: Path, content: bytes) -> None:
    """The file whole or not at all."""
    with storage.told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with storage.building(path.parent, "report") as building, storage.told(path):
        (building / path.name).write_bytes(content)
        storage.rename(building / path.name, path)
