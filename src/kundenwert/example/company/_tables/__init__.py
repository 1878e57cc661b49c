"""The company's records as tables, as they were known on a day. One function a table; `TABLES` lists them.

A record that came later is not there, and neither is what was found out later: an invoice paid after that day is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kundenwert.example.company._story import Story
from kundenwert.example.company._tables import people, plans, sales, service

if TYPE_CHECKING:
    from kundenwert.example.company import Company

TABLES: Mapping[str, Callable[[Story], Any]] = {
    "transactions": sales.transactions,
    "customers": people.customers,
    "contacts": service.contacts,
    "complaints": service.complaints,
    "payments": sales.payments,
    "contracts": sales.contracts,
    "referrals": people.referrals,
    "ratings": people.ratings,
    "activities": service.activities,
    "activity_rates": service.activity_rates,
    "offers": plans.offers,
    "leads": people.leads,
    "measures": plans.measures,
    "budgets": plans.budgets,
    "projects": plans.projects,
    "rates": sales.rates,
}


def tables(company: Company, day: int) -> dict[str, Any]:
    """Every table as known at the end of a day."""
    story = Story(company, day)
    return {name: make(story) for name, make in TABLES.items()}
