"""What the sections of the customer result share: the figures, the language, and how periods, steps, causes and drivers are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kundenwert.records import CustomerResult
from kundenwert.reports._steps import Step, period_name, shown_steps, step_names
from kundenwert.reports.charts._words import measure
from kundenwert.reports.language import Language


@dataclass(frozen=True)
class ResultBasis:
    """A customer result and the language it is told in."""

    result: CustomerResult
    language: Language

    @property
    def period(self) -> str:
        """The year, or from when to when."""
        return period_name(self.result.totals, self.language)

    @property
    def before(self) -> str:
        """The year before, where there is something to compare with."""
        return str(self.result.year - 1) if self.result.year is not None and self.result.before else ""

    @property
    def unit(self) -> str:
        """The sign of the currency, or nothing."""
        return self.language.symbol(self.result.currency)

    @property
    def last(self) -> str:
        """The last step that is known."""
        return "db4" if self.result.is_served else "db1"

    def name(self, step: str) -> str:
        """A step as people call it, at the beginning of a line."""
        name = step_names(self.language)[step]
        return name[:1].upper() + name[1:]

    def last_name(self) -> str:
        """The last known step inside a sentence."""
        return measure(self.last, self.language).noun

    def customers_before(self, name: str) -> Decimal | None:
        """A step of all customers in the year before."""
        return next((step.customers for step in self.result.before if step.name == name), None)

    def with_unit(self, heading: str) -> str:
        """A column heading with its unit, if one is known."""
        return self.language.with_unit(heading, self.result.currency)

    def amount(self, value: Any, *, sign: bool = False) -> str:
        """A figure of a table whose heading names the unit."""
        return self.language.number(value, 0, sign=sign)

    def short(self, value: Any) -> str:
        """An amount in a sentence."""
        return self.language.short(value, self.result.currency)

    def share(self, part: Any, whole: Any, *, sign: bool = False, digits: int = 1) -> str:
        """A part of a positive whole in percent; a dash where there is none."""
        return self.language.percent(part / whole if whole and whole > 0 else None, digits, sign=sign)

    def customers(self, name: str) -> Decimal:
        """A step of all customers; unknown is nothing."""
        return self.result.step(name).customers or Decimal(0)

    def steps(self) -> tuple[Step, ...]:
        """The known steps."""
        return shown_steps(self.result.totals, self.language)


def short_names(language: Language) -> Mapping[str, str]:
    """Sums as headings of narrow columns."""
    text = language.text
    return {
        "revenue": text("Revenue"),
        "db1": text("Contr. I"),
        "db2": text("Contr. II"),
        "db3": text("Contr. III"),
        "db4": text("Contr. IV"),
    }


def cause_names(language: Language) -> Mapping[str, str]:
    """Why a customer loses money."""
    text = language.text
    return {
        "discount": text("price concessions"),
        "small_orders": text("small orders"),
        "visits": text("visits"),
        "returns": text("returns"),
        "complaints": text("complaints"),
        "none": text("too little sales"),
    }


def owner_names(language: Language) -> Mapping[str, str]:
    """Why something belongs to no customer."""
    text = language.text
    return {
        "without_customer": text("Lines without a customer number"),
        "unknown_customer": text("Cost of customers that neither lines nor customer records know"),
        "without_day": text("Payments without a day"),
    }
