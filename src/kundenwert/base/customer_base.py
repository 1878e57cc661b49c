"""Builds the customer base of a day from the booked lines of an engine, and the histories in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from kundenwert.base import reversals
from kundenwert.errors import AmbiguousInput, Problem
from kundenwert.records import Histories, SpendHistories

if TYPE_CHECKING:
    from kundenwert.base.reversals import Matched
    from kundenwert.engines._engine import Engine

# Amounts become whole millionths held in doubles: up to 2^51 of them the product is off by less than a quarter before it is rounded.
_EXACT_MONEY = Decimal(2**51) / 1_000_000
# Above this many customers with repeat spend, spend histories are kept in narrow bins (error of the log-likelihood below 1e-8).
_EXACT_SPENDERS = 200_000
# Collective customers are looked for in bases of this size (definitions.md).
_COLLECTIVE_BASE = 200
_COLLECTIVE_DAYS = 0.8
_COLLECTIVE_LINES = 0.01


@dataclass(frozen=True)
class LogFacts:
    """What reconciliation knows of the booked lines up to the as-of day; it decides how the base can be built."""

    lines: int
    document_days: int
    money: Decimal
    reversals: int
    special_lines: int

    @property
    def is_plain(self) -> bool:
        """No line needs a closer look: no reversal, no free line, no non-product, no negative price."""
        return self.reversals == 0 and self.special_lines == 0 and self.money < _EXACT_MONEY


@dataclass(frozen=True)
class BaseSummary:
    """The base in a few figures; `modelled` customers have a purchase left and are no collective customers."""

    customers: int
    modelled: int
    repeat_purchases: int
    purchases: int
    revenue: Decimal
    spenders: int


@contextmanager
def plain_days(engine: Engine, *, as_of: int, wanted: bool = True) -> Iterator[None]:
    """While this lasts table `plain_days` holds the days of the customers of view `booked` up to a day; the log must be plain.

    wanted: whether it is not there already.
    """
    if not wanted:
        yield
        return
    engine.remember("days_until", as_of)
    engine.table("plain_days", "base/plain_days.sql", in_any_order=True)
    try:
        yield
    finally:
        engine.drop("plain_days")


def build(
    engine: Engine,
    facts: LogFacts,
    *,
    as_of: int,
    collective: bool,
    apart: bool = False,
    has_days: bool = False,
    days_step: str = "base/purchase_days.sql",
) -> tuple[BaseSummary, Matched | None]:
    """Makes table `customers` from view `booked` as known on day `as_of`; reversals are matched first.

    collective: whether collective customers are named in the settings. apart: whether table `customers_apart` names customers that
    models must not see. has_days: whether `plain_days` stands ready up to that day or a later one, of a plain log.
    days_step: gives the purchase days of a log that is not plain.
    Returns the summary and how reversals matched.
    """
    matched = None
    if facts.is_plain and not collective:
        if not has_days:
            # Read once only: then a table of millions of days costs more than it saves.
            engine.remember("days_until", as_of)
            engine.view("plain_days", "base/plain_days.sql")
        engine.table("customers", "base/customers_plain.sql", in_any_order=True, as_of=as_of)
        if not has_days:
            engine.drop("plain_days")
    else:
        matched = reversals.match(engine, as_of=as_of)
        engine.view("movements", "base/movements.sql")
        engine.view("purchase_days", days_step)
        engine.table("customers", "base/customers.sql", in_any_order=True, as_of=as_of)
    if apart:
        engine.rename("customers", "customers_alike")
        engine.table("customers", "base/customers_apart.sql", in_any_order=True)
        engine.drop("customers_alike")
    (summary,) = engine.rows("base/summary.sql")
    return BaseSummary(**summary), matched


def refuse_unknown_collective(
    engine: Engine, facts: LogFacts, summary: BaseSummary, *, as_of: int, known: tuple[str, ...], step: str = "base/collective.sql"
) -> None:
    """Asks about customers who look like many people behind one number, unless settings name them (definitions.md).

    step: finds them, where `customers` is other than usual.
    """
    if summary.customers < _COLLECTIVE_BASE:
        return
    found = engine.rows(step, as_of=as_of, days=_COLLECTIVE_DAYS * facts.document_days, lines=_COLLECTIVE_LINES * facts.lines)
    problems = [
        Problem(
            f"Customer {row['customer_id']} bought on {row['purchase_days']:,} of {facts.document_days:,} document days"
            f" ({row['lines']:,} lines).",
            "to know whether this is one customer, or many behind one number (cash sale, guest, marketplace).",
            f"--collective {row['customer_id']} or --not-collective {row['customer_id']}.",
        )
        for row in found
        if row["customer_id"] not in known
    ]
    if problems:
        raise AmbiguousInput(*problems)


def histories(engine: Engine) -> Histories:
    """The distinct purchase histories of table `customers`, in ascending order."""
    arrays = engine.arrays("base/histories.sql")
    return Histories(arrays["frequency"], arrays["recency"], arrays["t"], arrays["customers"])


def spend_histories(engine: Engine, spenders: int, *, first_counted: bool = False) -> SpendHistories:
    """The distinct spend histories of table `customers`; narrow bins in large bases.

    spenders: how many customers have one. first_counted: whether the first purchase is among the days and their mean.
    """
    import numpy as np

    if spenders <= _EXACT_SPENDERS:
        exact = engine.arrays("base/spend_histories.sql", first_counted=first_counted)
        return SpendHistories(exact["spend_days"], exact["mean"], exact["customers"], np.zeros(len(exact["mean"])))
    bins = engine.arrays("base/spend_bins.sql", first_counted=first_counted)
    inside = bins["inside"] / bins["customers"]
    spread = np.maximum(bins["inside_squared"] / bins["customers"] - inside**2, 0.0)
    mean = np.exp(bins["log_start"] + inside) / bins["spend_days"]
    return SpendHistories(bins["spend_days"], mean, bins["customers"], spread)
