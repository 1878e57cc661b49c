"""What all sections share: the figures, the language, and the words that follow the yardstick."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol

from kundenwert.records import Notice, RunFigures
from kundenwert.reports._criteria_names import criterion_name
from kundenwert.reports._page import Cell
from kundenwert.reports.charts._words import forecast_name
from kundenwert.reports.language import UNKNOWN, Language

NAME_LENGTH = 32
_TITLE_LENGTH = 300
# Values of a notice that name a model or a forecast.
_NAMES = ("name", "model", "rule")
# Notices that name criteria, and in which value.
_CRITERIA = {"portfolio_gaps": "names", "image_without_permission": "criteria"}
# Control characters cannot stand in HTML at all, and marks of writing direction could turn a row around.
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class Spoken(Protocol):
    """Whatever is told in a language."""

    @property
    def language(self) -> Language: ...


@dataclass(frozen=True)
class Words:
    """A language alone, for what needs no figures of a run."""

    language: Language


@dataclass(frozen=True)
class Basis:
    """The figures of a run and the language they are told in."""

    figures: RunFigures
    language: Language

    @property
    def in_money(self) -> bool:
        """Whether a value is an amount; else it is a number of purchases."""
        return self.figures.yardstick != "purchases"

    @property
    def is_contribution(self) -> bool:
        return self.figures.yardstick == "contribution"

    @property
    def unit(self) -> str:
        """The sign of the currency, or nothing."""
        return self.language.symbol(self.figures.currency)

    @property
    def years(self) -> str:
        return self.language.span(self.figures.value_horizon)

    @property
    def months(self) -> str:
        return self.language.span(self.figures.horizon)

    @property
    def within_years(self) -> str:
        return self.language.within(self.figures.value_horizon)

    @property
    def within_months(self) -> str:
        return self.language.within(self.figures.horizon)

    @property
    def day(self) -> str:
        return self.language.date(self.figures.as_of)

    def amount(self, value: Any, digits: int = 0) -> str:
        """A figure of a table whose heading names the unit."""
        return self.language.number(value, digits)

    def short(self, value: Any) -> str:
        """An amount in a sentence."""
        return self.language.short(value, self.figures.currency)

    def with_unit(self, heading: str) -> str:
        """A column heading with its unit, if one is known."""
        return self.language.with_unit(heading, self.figures.currency)

    def yardstick(self) -> str:
        """What the value is counted in, as a noun."""
        text = self.language.text
        if self.figures.yardstick == "purchases":
            return text("purchases")
        return text("contribution") if self.is_contribution else text("revenue")


def number(value: Any) -> float:
    """A figure for bars and comparisons; unknown counts as zero."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return 0.0
    return found if found == found and abs(found) != float("inf") else 0.0


def exact(value: Any) -> Decimal | None:
    """An amount that facts keep as exact text; unknown stays unknown."""
    return None if value is None else Decimal(str(value))


def told(basis: Spoken, notice: Notice) -> str:
    """A notice in the reader's language; models and horizons in it as people call them."""
    values = {key: _called(basis, key, value) for key, value in notice.values.items()}
    if (named := _CRITERIA.get(notice.key, "")) in values:
        values[named] = ", ".join(criterion_name(name, basis.language) for name in str(values[named]).split(", "))
    return basis.language.notice(replace(notice, values=values))


def _called(basis: Spoken, key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if key == "table":
        return table_name(value, basis.language)
    return forecast_name(value, basis.language) if key in _NAMES else basis.language.span(value) if key == "horizon" else value


def table_name(name: str, language: Language) -> str:
    """A table of the company as people call it; an unknown one by its own name."""
    text = language.text
    names = {
        "customers": text("Customer records"),
        "contacts": text("Contacts"),
        "complaints": text("Complaints"),
        "payments": text("Payments"),
        "contracts": text("Contracts"),
        "referrals": text("Referrals"),
        "ratings": text("Ratings"),
        "activities": text("Activities"),
        "activity_rates": text("Activity rates"),
        "offers": text("Offers"),
        "leads": text("Leads"),
        "measures": text("Measures"),
        "projects": text("Joint projects"),
        "growth": text("Growth of industries"),
        "budgets": text("Budgets"),
        "rates": text("Exchange rates"),
    }
    return names.get(name, name)


def customer(identity: Any, below: str = "") -> Cell:
    """The name of a customer: cut if long, whole on pointing at it, harmless whatever it holds."""
    whole = _UNSHOWABLE.sub("\ufffd", str(identity)).strip() or UNKNOWN
    if len(whole) <= NAME_LENGTH:
        return Cell(whole, narrow=below, name=True)
    return Cell(whole[: NAME_LENGTH - 1].rstrip() + "…", full=whole[:_TITLE_LENGTH], narrow=below, name=True)
