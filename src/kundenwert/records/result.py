"""The customer result: contribution I to IV, losses, levers, yardsticks, and the records behind a figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kundenwert.records.notices import Notice
from kundenwert.records.run import Concentration


@dataclass(frozen=True)
class LossCause:
    """One cost that may be why a customer loses money: discount, small_orders, visits, returns or complaints.

    usual: what it costs comparable customers for the same sales at list price; excess = cost - usual. units: how many orders,
    visits ...; None for discount. target: where this cost alone would bring contribution IV to zero (a share of the list
    price for discount, else a count); None if it cannot. lever: that in words.
    """

    cause: str
    cost: Decimal
    usual: Decimal
    excess: Decimal
    units: float | None
    target: float | None
    lever: Notice


@dataclass(frozen=True)
class LossMaker:
    """A customer with a negative contribution IV over a period. causes: all five, the one furthest above the usual first.

    cause: the first one's name, "none" if no cost is above the usual. avoidable: what is above the usual in all causes together.
    """

    customer_id: str
    gross: Decimal
    net: Decimal
    db1: Decimal
    db2: Decimal
    db3: Decimal
    db4: Decimal
    cause: str
    avoidable: Decimal
    causes: tuple[LossCause, ...]

    @property
    def lever(self) -> Notice:
        """What would have to change, in words."""
        return self.causes[0].lever


@dataclass(frozen=True)
class ResultStep:
    """One step of the customer result: of customers, of what belongs to no customer, and of the company, which is their sum."""

    name: str
    customers: Decimal | None
    unallocated: Decimal | None

    @property
    def company(self) -> Decimal | None:
        """Customers and unallocated together."""
        return None if self.customers is None or self.unallocated is None else self.customers + self.unallocated


@dataclass(frozen=True)
class Yardstick:
    """One way to measure customers: its sum, customers below zero, the correlation of its places with those by revenue, and the
    share of the first fifth by revenue that stays in the first fifth."""

    name: str
    amount: Decimal
    below_zero: int
    agreement: float | None
    kept: float | None


@dataclass(frozen=True)
class RankChange:
    """A customer by all yardsticks: amounts and places by name (revenue, db1 .. db4); change: places won from revenue to the last one."""

    customer_id: str
    amounts: dict[str, Decimal]
    places: dict[str, int]
    change: int


@dataclass(frozen=True)
class ResultTotals:
    """The scheme over a period, as pictures and other reports show it. before: the steps of the year before, empty if there is nothing
    to compare with. below_zero, loss: customers whose last known step is negative, and their sum."""

    year: int | None
    first: date | None
    last: date | None
    currency: str
    steps: tuple[ResultStep, ...]
    before: tuple[ResultStep, ...] = ()
    below_zero: int = 0
    loss: Decimal = Decimal(0)


@dataclass(frozen=True)
class CustomerResult:
    """The customer result of a run over a year, or over all of them (None): the data of its report.

    steps: gross, discount, bonus, revenue, cash_discount, net, goods, db1, marketing, db2, sales, db3, service, logistics, db4;
    from marketing on None where nothing is known of cost to serve. owners: the same by owner ("customers" or the reason why
    something belongs to none) and year. drivers: cost to serve by driver, numbers as text. estimated: part of db1 that rests on
    margins of other lines. assumed: cost to serve at rates of the preset. whale: how db4 is spread. losses: customers below zero by cause:
    (cause, customers, db4, excess). left_out: objectors in none of the lists. first, last: the days the period covers in the data.
    before: the steps of the year before, empty unless both years are whole. created, version, grade (of the data): of the run.
    """

    run: str
    year: int | None
    years: tuple[int, ...]
    as_of: date
    currency: str
    title: str
    steps: tuple[ResultStep, ...]
    owners: tuple[dict[str, Any], ...]
    drivers: tuple[dict[str, Any], ...]
    estimated: Decimal
    assumed: Decimal
    whale: Concentration
    yardsticks: tuple[Yardstick, ...]
    movers: tuple[RankChange, ...]
    losses: tuple[tuple[str, int, Decimal, Decimal], ...]
    loss_makers: tuple[LossMaker, ...]
    notices: tuple[Notice, ...]
    left_out: int = 0
    first: date | None = None
    last: date | None = None
    before: tuple[ResultStep, ...] = ()
    created: datetime | None = None
    version: str = ""
    grade: str = ""

    @property
    def totals(self) -> ResultTotals:
        """The scheme alone."""
        loss = sum((row[2] for row in self.losses), Decimal(0))
        return ResultTotals(
            self.year, self.first, self.last, self.currency, self.steps, self.before, sum(row[1] for row in self.losses), loss
        )

    @property
    def is_served(self) -> bool:
        """Whether anything is known of cost to serve; else the scheme ends at contribution I."""
        return self.step("db4").customers is not None

    def step(self, name: str) -> ResultStep:
        """One step by its name."""
        return next(step for step in self.steps if step.name == name)


@dataclass(frozen=True)
class ResultLine:
    """One record behind a figure of a customer's result: where it stands, what it is, its exact money. mark: "estimated" or "assumed"."""

    figure: str
    day: date | None
    source: str
    file: str
    record: int
    what: str
    units: Decimal | None
    rate: Decimal | None
    amount: Decimal
    mark: str = ""


@dataclass(frozen=True)
class ResultLines:
    """A customer's result with the records behind it. figures: name -> money in cents, as in contribution.parquet; the lines of a
    figure add up to it, but for less than a cent a year from rounding. basis: run, as-of day, currency."""

    customer_id: str
    year: int | None
    figures: dict[str, Decimal | None]
    lines: tuple[ResultLine, ...]
    basis: dict[str, Any]

    def of(self, figure: str) -> tuple[ResultLine, ...]:
        """The lines behind one figure."""
        return tuple(line for line in self.lines if line.figure == figure)
