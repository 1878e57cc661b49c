"""Sales lines in other currencies become money of the reporting currency, at the rate of their day from the company's table of rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kundenwert.errors import AmbiguousInput, Problem
from kundenwert.flows.company_tables import CompanyTables
from kundenwert.records import Notice

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.settings import Settings

# Over Easter four days are without a rate; a week also covers the holidays of others.
OLDEST_RATE_DAYS = 7
_MISSING_RATES = 50


def convert_lines(engine: Engine, company: CompanyTables, settings: Settings) -> tuple[Notice, ...]:
    """Replaces view `read_lines` by one with all money in the reporting currency, if there are rates and lines in other currencies.

    A line takes its day's rate, or the last one at most seven days before. Raises AmbiguousInput that names every day and
    currency without one.
    """
    if company.of("rates") is None:
        return ()
    engine.drop("lines_as_read")
    engine.rename("read_lines", "lines_as_read")
    found = engine.rows("tables/company/line_currencies.sql")
    reporting = _reporting_currency(found, settings)
    foreign = [row for row in found if row["currency"] not in {"", reporting}]
    if not reporting or not foreign:
        engine.rename("lines_as_read", "read_lines")
        return ()
    engine.remember("reporting_currency", reporting)
    engine.table("line_rates", "tables/company/line_rates.sql")
    missing = engine.rows("tables/company/missing_rates.sql", oldest=OLDEST_RATE_DAYS)
    if missing:
        raise AmbiguousInput(*_rate_problems(missing, company, reporting))
    engine.view("read_lines", "tables/company/converted_lines.sql")
    return tuple(
        Notice(
            "converted",
            "{lines} lines in {currency} ({amount:.2f}) are converted into {reporting} at the rate of their day.",
            {"lines": row["lines"], "currency": row["currency"], "amount": float(row["amount"]), "reporting": reporting},
        )
        for row in foreign
    )


def _reporting_currency(found: Sequence[Mapping[str, Any]], settings: Settings) -> str:
    """The setting, or the only currency of the lines for which there is no rate."""
    if settings.currency:
        return str(settings.currency).upper()
    without = [row["currency"] for row in found if row["currency"] and not row["has_rates"]]
    if len(without) == 1:
        return str(without[0])
    if len([row for row in found if row["currency"]]) <= 1:
        return ""
    listed = ", ".join(f"{row['currency']} ({row['lines']:,} lines)" for row in found if row["currency"])
    came = f"The lines are in {listed}; " + ("for none of them a rate is missing." if not without else "several have no rate.")
    raise AmbiguousInput(
        Problem(came, "one reporting currency, and rates for all others.", "name it with --currency CODE, also in kundenwert.toml.")
    )


def _rate_problems(missing: Sequence[Mapping[str, Any]], company: CompanyTables, reporting: str) -> Iterator[Problem]:
    rates = company.of("rates")
    file = ", ".join(entry.file.name for entry in rates.files) if rates else ""
    for row in missing[:_MISSING_RATES]:
        last = f"the last one before is of {row['last_rate']}" if row["last_rate"] else "there is none before"
        yield Problem(
            f"No rate of {row['currency']} for {row['day']} ({row['lines']:,} lines): {last}.",
            f"a rate of that day, or of at most {OLDEST_RATE_DAYS} days before, in {reporting} for one {row['currency']}.",
            "add it to the rates.",
            file=file,
        )
    if len(missing) > _MISSING_RATES:
        yield Problem(
            f"{len(missing) - _MISSING_RATES:,} more days and currencies have no rate.",
            "a rate for each.",
            "add them to the rates.",
            file=file,
        )
