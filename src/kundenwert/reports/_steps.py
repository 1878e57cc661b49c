"""The steps of the customer result as reports and pictures show them: reductions below zero, bars from where the step before ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kundenwert.records import ResultStep, ResultTotals
from kundenwert.reports.language import Language

# Sums of the scheme; everything between two of them is a reduction.
SUMS = ("gross", "revenue", "net", "db1", "db2", "db3", "db4")


@dataclass(frozen=True)
class Step:
    """A step of all customers. amount: reductions are negative. before: the same a year earlier, None where nothing is to be compared."""

    name: str
    label: str
    amount: Decimal
    before: Decimal | None
    is_sum: bool

    @property
    def change(self) -> Decimal | None:
        """Against the year before; what is good for the result is positive."""
        return None if self.before is None else self.amount - self.before


def shown_steps(totals: ResultTotals, language: Language) -> tuple[Step, ...]:
    """The known steps; those that are nothing in both years are left out, as is a sum that repeats the one before it."""
    before = {step.name: step.customers for step in totals.before}
    known = [_step(step, before.get(step.name), language) for step in totals.steps if step.customers is not None]
    return tuple(step for step in known if step.is_sum or step.amount or step.before)


def _step(step: ResultStep, before: Decimal | None, language: Language) -> Step:
    is_sum = step.name in SUMS
    sign, name = (1 if is_sum else -1), step_names(language)[step.name]
    label = name[:1].upper() + name[1:]
    return Step(step.name, label, sign * (step.customers or Decimal(0)), None if before is None else sign * before, is_sum)


def spans(steps: Sequence[Step], *, before: bool = False) -> tuple[tuple[float, float], ...]:
    """From where to where the bar of each step reaches: sums from zero, reductions from where the step before ended."""
    found: list[tuple[float, float]] = []
    level = 0.0
    for step in steps:
        amount = float((step.before if before else step.amount) or 0)
        start = 0.0 if step.is_sum else level
        level = amount if step.is_sum else level + amount
        found.append((start, level))
    return tuple(found)


def period_name(totals: ResultTotals, language: Language) -> str:
    """The year, or from when to when."""
    return str(totals.year) if totals.year is not None else language.text("{first} to {last}", first=totals.first, last=totals.last)


def step_names(language: Language) -> Mapping[str, str]:
    """What each step is called inside a sentence."""
    text = language.text
    return {
        "gross": text("Sales at list price"),
        "discount": text("discount"),
        "bonus": text("bonus"),
        "revenue": text("Booked revenue"),
        "cash_discount": text("cash discount"),
        "net": text("Net revenue"),
        "goods": text("cost of goods"),
        "db1": text("Contribution I"),
        "marketing": text("marketing"),
        "db2": text("Contribution II"),
        "sales": text("sales cost"),
        "db3": text("Contribution III"),
        "service": text("service"),
        "logistics": text("logistics"),
        "db4": text("Contribution IV"),
    }
