"""Data by which customers are reached: addresses, mails and telephone numbers that are missing or none, letters that came back.

The issues serve to mend records. They are no feature: no value rests on an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundenwert.base.as_of import day_number

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from kundenwert.engines._engine import Engine
    from kundenwert.flows.load import Loaded

FILE = "contact_issues.parquet"
# The roles of customer records by which somebody is reached.
ROLES = ("street", "postcode", "city", "email", "phone")


@dataclass(frozen=True)
class ContactIssue:
    """One kind of issue: no_address, odd_postcode, odd_email, odd_phone, no_email_no_phone or undeliverable.

    records: how many customer records have it. examples: the first of them with what stands in the cell, "" if nothing does.
    """

    issue: str
    records: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ContactData:
    """What is wrong with the data by which customers are reached. records: all customer records; concerned: those with an issue."""

    records: int
    concerned: int
    issues: tuple[ContactIssue, ...]


def contact_data(engine: Engine, *, as_of: date | None = None) -> ContactData:
    """The issues of `ledger_customers` and `ledger_contacts`; the engine keeps them as table `contact_issues`.

    as_of: letters of later do not count.
    """
    engine.script("tables/company/reaching.sql")
    engine.table("contact_issues", "tables/company/contact_issues.sql", as_of=None if as_of is None else day_number(as_of))
    (count,) = engine.rows("tables/company/contact_issue_counts.sql")
    rows = engine.rows("tables/company/contact_issue_examples.sql")
    issues = (ContactIssue(row["issue"], row["records"], tuple(zip(row["customers"], row["cells"], strict=True))) for row in rows)
    return ContactData(count["records"], count["concerned"], tuple(issues))


def is_told(loaded: Loaded) -> bool:
    """Whether customer records hold anything by which somebody is reached."""
    records = loaded.company.of("customers") if loaded.company else None
    return records is not None and bool(records.roles & set(ROLES))


def write_contact_issues(engine: Engine, loaded: Loaded, as_of: date, *, customers: Path, path: Path) -> dict[str, Any] | None:
    """Writes contact_issues.parquet: customer_id and issue of each customer of customers.parquet without objection.

    Gives the counts for the manifest; without anything by which somebody is reached no file is written, and there are none.
    """
    if not is_told(loaded):
        return None
    found = contact_data(engine, as_of=as_of)
    engine.open_parquet("valued_customers", [customers], numbered=False)
    engine.write(path, "tables/company/contact_issues_of_valued.sql")
    engine.drop("contact_issues")
    counts = {one.issue: one.records for one in found.issues}
    return {"records": found.records, "concerned": found.concerned, "issues": counts}
