"""An invented company: a German wholesaler of building supplies whose truth is known.

"Muster & Beispiel Baubedarf GmbH" does not exist, nor do its customers, staff, prices and papers: all of it is drawn by chance from
a seed. What is planted (who loses money and why, who pays late, whom a campaign moved ...) is known to the last customer, so
whatever the product finds can be held against it. How the company works is told in docs/method/example-company.md.

>>> company = Company.founded(seed=1, customers=120).advance("quarter")
>>> company.last_day
datetime.date(2024, 3, 31)
>>> company.tables()["transactions"].column_names[:3]
['customer_id', 'date', 'document_id']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, final

import numpy as np

from kundenwert.errors import CallError
from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company import _effects as effects
from kundenwert.example.company import _people as people
from kundenwert.example.company._assortment import NON_PRODUCTS, assortment
from kundenwert.example.company._chance import Chance
from kundenwert.example.company._effects import Action, State
from kundenwert.example.company._people import Customers, Plan
from kundenwert.example.company._trade import Chunk, happened
from kundenwert.example.company._worth import order_of

if TYPE_CHECKING:
    from kundenwert.example.company._truth import Truth

__all__ = ["FILES", "NAME", "NON_PRODUCTS", "SEED", "START", "Action", "Company", "first_two_years"]

NAME = "Muster & Beispiel Baubedarf GmbH"
"""The name of the invented company."""
SEED = 2024
"""The seed of the company whose first two years ship with the product."""
START = calendar.START
"""The first day of the company's records."""
FILES = Path(__file__).parent / "files"
"""The folder of the files that ship: the first two years, as `export` writes them."""

_SMALLEST = 100


@final
@dataclass(frozen=True, eq=False)
class Company:
    """The company on a day: its customers, their state, and all that happened so far. It never changes; `advance` gives a new one.

    plan: seed and size. luck: what chance has in store. today: the first day that has not happened yet, as a number.
    """

    plan: Plan
    luck: Chance
    today: int
    customers: Customers
    state: State
    chunks: tuple[Chunk, ...] = ()

    @classmethod
    def founded(cls, seed: int = SEED, *, customers: int = 700, activity: float = 1.0) -> Company:
        """The company on its first day, before anything is sold.

        customers: how many there will be after two years (at least 100). activity: factor on orders, contacts and contracts of all;
        0.1 gives about five lines a customer in two years.
        """
        if customers < _SMALLEST or activity <= 0:
            raise CallError(
                f"A company with {customers} customers and activity {activity}. Possible: 100 customers or more, activity above 0."
            )
        plan = Plan(seed, customers, activity)
        founders = people.founders(plan)
        return cls(plan, Chance(seed), calendar.number(START), founders, State.of(founders))

    @property
    def last_day(self) -> date:
        """The last day that has happened."""
        return calendar.day_of(self.today - 1)

    def advance(self, span: int | Literal["quarter"] = "quarter", actions: Sequence[Action] = ()) -> Company:
        """The company some days later, or at the end of the calendar quarter. Actions take place at the beginning.

        The same span and actions always give the same; other actions change what they cause and nothing else.
        """
        end = calendar.quarter_end(self.today) if span == "quarter" else self.today + int(span)
        if end <= self.today:
            raise CallError(f"The company cannot be advanced by {span!r}. Possible: 'quarter' or a number of days above 0.")
        value = order_value(self) if any(action.kind == "minimum_order" for action in actions) else np.zeros(len(self.customers))
        state, ordered = effects.act(self.customers, self.state, actions, self.today, value)
        company, contact_span = replace(self, state=state), (self.today, end)
        for cut in calendar.month_ends(self.today, end):
            company, ordered = company._with_newcomers(ordered, cut)
            chunk, state = happened(
                self.luck, assortment(self.plan.seed), company.customers, company.state, ordered, contact_span, company.today, cut
            )
            company = replace(company, state=state, today=cut, chunks=(*company.chunks, chunk))
        return company

    def _with_newcomers(self, ordered: effects.Ordered, until: int) -> tuple[Company, effects.Ordered]:
        later = people.newcomers(self.plan, len(self.customers), until)
        if not len(later):
            return self, ordered
        joined = replace(self, customers=self.customers.joined(later), state=self.state.joined(State.of(later)))
        return joined, ordered.longer(len(later))

    def with_future(self, future: int) -> Company:
        """The same company with another future: what has happened stays, what will happen is drawn anew."""
        return replace(self, luck=Chance((self.plan.seed + 7_919 * (future + 1)) & 0x7FFFFFFF))

    def tables(self, until: date | None = None) -> dict[str, Any]:
        """The company's records as Arrow tables with the product's own column names, as they were known at the end of a day.

        Money is net in the currency of the line, all decimals with six places. until: default the last day that has happened.
        """
        from kundenwert.example.company._tables import tables

        return tables(self, self._known(until))

    def export(self, folder: Path, until: date | None = None, *, dirty: bool = True, packed: bool = False) -> tuple[Path, ...]:
        """Writes the records as the company's systems would: German CSV files, with all the small faults of real ones if `dirty`.

        packed: with gzip. Gives the files written. What the faults are is told by `truth().dirt`.
        """
        from kundenwert.example.company._export import export

        return export(self, folder, self._known(until), dirty=dirty, packed=packed)

    def truth(self, until: date | None = None) -> Truth:
        """What is planted and what is so, although no file says it. until: the day of the export whose faults are told."""
        from kundenwert.example.company._truth import truth

        return truth(self, self._known(until))

    def _known(self, until: date | None) -> int:
        day = self.today - 1 if until is None else calendar.number(until)
        if not calendar.number(START) <= day < self.today:
            raise CallError(f"Nothing is known of {until}. Possible: a day from {START} to {self.last_day}.")
        return day


def order_value(company: Company) -> Any:
    """EUR at list price of an average order of each customer."""
    order = order_of(company.plan.seed, company.customers, company.state)
    return order.listed * order.lines * (1.0 - company.customers.discount)


def first_two_years(seed: int = SEED, *, customers: int = 700, activity: float = 1.0) -> Company:
    """The company after its first two years without any action of ours."""
    company = Company.founded(seed, customers=customers, activity=activity)
    for _ in range(8):
        company = company.advance()
    return company
