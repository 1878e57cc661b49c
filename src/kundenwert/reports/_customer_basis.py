"""What the sections about one customer share: the record, the language, and how things are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kundenwert.records import Explained, Notice, Part, PointsOf
from kundenwert.reports.language import Language

# Sentences about the customer today come first, then those about the kind of customer, then what may come.
ORDER = (
    *(
        "alert",
        "lifecycle",
        "rhythm",
        "value_class",
        "tiers",
        "top_chance",
        "portfolio",
        "segments",
        "rfm",
        "score",
        "ideational",
        "agreement",
    ),
    *(
        "retention",
        "satisfaction",
        "ladder",
        "loyalty",
        "recommendation",
        "referral",
        "reference",
        "information",
        "cooperation",
        "credit_risk",
        "potential",
        "peers",
    ),
    *("price_gap", "cross_selling"),
)


@dataclass(frozen=True)
class CustomerBasis:
    """One customer and the language the page is in. paper: for a page that cannot be opened or moved."""

    explained: Explained
    language: Language
    paper: bool = False

    @property
    def row(self) -> dict[str, Any]:
        """The row of the value table."""
        return self.explained.row

    @property
    def currency(self) -> str:
        """The code of the currency, "" where none is known."""
        return str(self.explained.basis["currency"])

    @property
    def is_valued(self) -> bool:
        """Whether a forecast is made of this customer."""
        return self.row["level"] in {"customer", "segment"}

    @property
    def in_money(self) -> bool:
        """Whether the input has amounts."""
        return self.row["past"] is not None

    @property
    def day(self) -> str:
        """The as-of day."""
        return self.language.date(self.explained.basis["as_of"])

    @property
    def who(self) -> str:
        """The number, and the name where customer records have one."""
        name = self.explained.data.address.get("name", "")
        return f"{self.row['customer_id']}, {name}" if name else self.language.text("Customer {id}", id=self.row["customer_id"])

    def money(self, amount: Any, digits: int = 0) -> str:
        """An amount in a sentence."""
        return self.language.money(amount, self.currency, digits)

    def with_unit(self, heading: str) -> str:
        """A column heading with its unit."""
        return self.language.with_unit(heading, self.currency)

    def parts(self, *kinds: str) -> list[Part]:
        """The parts of these kinds."""
        return [part for part in self.explained.parts if part.kind in kinds]

    def total(self, *kinds: str) -> Decimal:
        """Their sum."""
        return sum((part.amount or Decimal(0) for part in self.parts(*kinds)), Decimal(0))

    def notice(self, notice: Notice) -> str:
        """A sentence in the reader's language."""
        return self.language.notice(notice.in_currency(self.currency))

    def criterion(self, one: PointsOf) -> str:
        """A criterion by the name readers know."""
        return one.criterion if self.language.code == "de" else one.english


def model_sentence(name: str, language: Language) -> str:
    """How purchases are forecast, in plain words."""
    text = language.text
    if name.startswith("recent_rate"):
        return text("Purchases are expected at the rate of the last twelve months.")
    return text(
        "How often somebody will buy is reckoned from the number of purchases, the first and the last day of one, and from how all "
        "customers buy and stop buying."
    )


def table_names(language: Language) -> Mapping[str, str]:
    """What the tables of a company are called."""
    text = language.text
    return {
        "transactions": text("Invoices"),
        "activities": text("Work for the customer"),
        "activity_rates": text("Cost rates"),
        "budgets": text("Budgets"),
        "projects": text("Joint projects"),
        "growth": text("Growth of industries"),
        "complaints": text("Complaints"),
        "contacts": text("Contacts"),
        "contracts": text("Contracts"),
        "customers": text("Customer records"),
        "leads": text("Leads"),
        "measures": text("Campaigns"),
        "offers": text("Offers"),
        "payments": text("Payments"),
        "rates": text("Exchange rates"),
        "ratings": text("Ratings by people"),
        "referrals": text("Referrals"),
    }


def attribute_names(language: Language) -> Mapping[str, str]:
    """Attributes that nobody may be valued by."""
    text = language.text
    return {
        "gender": text("gender"),
        "form of address or first name (tells gender and origin)": text("form of address and first name"),
        "age": text("age"),
        "origin": text("origin"),
        "religion or belief": text("religion or belief"),
        "disability or health": text("disability and health"),
        "sexual identity, marital status": text("sexual identity and marital status"),
        "politics or trade union": text("politics and trade union"),
        "address (tells origin and wealth)": text("address"),
        "name": text("name"),
        "social networks": text("social networks"),
        "payments in and out of bank accounts": text("what goes in and out of bank accounts"),
    }


def provenance_names(language: Language) -> Mapping[str, str]:
    """Where points come from."""
    text = language.text
    return {"data": text("data"), "rating": text("rating"), "both": text("data and rating"), "missing": text("missing")}
