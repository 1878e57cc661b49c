"""What happened at the company until a day, put together from what its months have left: invoices, lines, complaints, contacts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company import _effects as effects
from kundenwert.example.company import _names as words
from kundenwert.example.company import _worth as worth
from kundenwert.example.company._assortment import PRODUCTS
from kundenwert.example.company._chance import OWN, Chance, Flags, Floats, Ints, Keys
from kundenwert.example.company._columns import text
from kundenwert.example.company._people import CITIES, NEW_PRICE, OLD_PRICE, SERVICE_COST, Role
from kundenwert.example.company._trade import CANCELLATION, MAILING, RETURN, SALE, Chunk

if TYPE_CHECKING:
    from kundenwert.example.company import Company

BONUS_LINE, SERVICE_LINE = PRODUCTS + 1, PRODUCTS + 2
_FIRST_RATES = (1.0, 1.0600, 0.9150)
_INVOICES, _CREDITS, _CANCELLATIONS = 10**8, 4 * 10**8, 7 * 10**8
MOVED_SHARE = 0.10
"""Share of the customers whose letters come back."""


@dataclass(frozen=True)
class Lines:
    """All lines known on a day. Money in cents of EUR, rate: EUR for one unit of the line's currency (of the invoice's day).

    document: number. listed: money at list price. is_listed: whether there is a list price at all.
    """

    customer: Ints
    day: Ints
    document: Ints
    kind: Ints
    product: Ints
    quantity: Ints
    listed: Ints
    discount: Ints
    cost: Ints
    promotion: Flags
    rate: Floats


@dataclass(frozen=True)
class Invoices:
    """All invoices known on a day: orders and service contracts.

    net: cents of EUR. shown: cents of the invoice's own currency. cancelled: day, 0 if not. key: for draws.
    """

    customer: Ints
    day: Ints
    document: Ints
    net: Ints
    shown: Ints
    cancelled: Ints
    key: Keys
    is_service: Flags
    rate: Floats


class Story:
    """What happened until a day (included), put together; each part is made when it is first asked for."""

    def __init__(self, company: Company, day: int) -> None:
        self.company, self.day = company, day
        self.seed, self.plan = company.plan.seed, company.plan
        self.people = company.customers
        self.chance = Chance(self.seed)

    @cached_property
    def _chunks(self) -> tuple[Chunk, ...]:
        return self.company.chunks

    def _all(self, name: str) -> Any:
        return np.concatenate([getattr(chunk, name) for chunk in self._chunks])

    def _shifted(self, name: str) -> Ints:
        """Places of orders within a chunk as places among all orders."""
        starts = np.cumsum([0, *(len(chunk.order_day) for chunk in self._chunks[:-1])])
        return np.concatenate([getattr(chunk, name) + start for chunk, start in zip(self._chunks, starts, strict=True)])

    @cached_property
    def known(self) -> Ints:
        """Places of customers who had their first business until the day, by number."""
        places = np.flatnonzero(self.people.acquired <= self.day)
        return places[np.argsort(self.people.number[places], kind="stable")]

    @cached_property
    def ids(self) -> Any:
        """The number of each customer as text, by place."""
        return pa.array(self.people.number).cast(pa.string())

    @cached_property
    def order_count(self) -> int:
        return sum(len(chunk.order_day) for chunk in self._chunks)

    @cached_property
    def order_customer(self) -> Ints:
        found: Ints = self._all("order_customer")
        return found

    @cached_property
    def order_day(self) -> Ints:
        found: Ints = self._all("order_day")
        return found

    @cached_property
    def order_key(self) -> Keys:
        found: Keys = self._all("order_key")
        return found

    @cached_property
    def order_cancelled(self) -> Ints:
        days = self._all("order_cancelled")
        return np.where(days <= self.day, days, 0)

    @cached_property
    def services(self) -> tuple[Ints, Ints]:
        """Customer and day of the quarterly invoices of service contracts."""
        who = np.flatnonzero(self.people.contract > 0)
        ends = self.contract_end[who]
        day, quarters = calendar.number(calendar.START), []
        while day <= self.day:
            quarters.append(day)
            day = calendar.quarter_end(day)
        starts = np.array(quarters)
        booked = calendar.working(starts)
        runs = (self.people.contract_start[who][:, None] <= starts) & (starts < ends[:, None]) & (booked <= self.day)
        row, column = np.nonzero(runs)
        return who[row], booked[column]

    @cached_property
    def contract_end(self) -> Ints:
        """The day each contract ends: the quarter's end after a customer told that he leaves, NEVER if he has not until the day."""
        told = self.contract_told
        ends = {int(day): calendar.quarter_end(int(day)) for day in np.unique(told[told < effects.NEVER])}
        known = np.array(sorted(ends), dtype=np.int64)
        found = np.array([ends[int(day)] for day in known], dtype=np.int64)
        result = np.full(len(told), effects.NEVER, dtype=np.int64)
        has = told < effects.NEVER
        result[has] = found[np.searchsorted(known, told[has])] if known.size else effects.NEVER
        return result

    @cached_property
    def contract_told(self) -> Ints:
        """The day on which a contract was cancelled: three weeks after the customer left."""
        told = np.where(self.people.contract > 0, self.company.state.left, effects.NEVER) + 21
        return np.where(told <= self.day, told, effects.NEVER)

    @cached_property
    def _lines_of_orders(self) -> dict[str, Any]:
        names = [f.name for f in fields(Chunk) if f.name.startswith("line_") and f.name != "line_order"]
        columns = {name.removeprefix("line_"): self._all(name) for name in names} | {"order": self._shifted("line_order")}
        keep = columns["day"] <= self.day
        return {name: column[keep] for name, column in columns.items()}

    @cached_property
    def invoices(self) -> Invoices:
        orders = np.flatnonzero(self.order_day <= self.day)
        who, day = self.services
        customer = np.concatenate([self.order_customer[orders], who])
        days = np.concatenate([self.order_day[orders], day])
        key = np.concatenate([self.order_key[orders], self.chance.keys("service", self.people.place[who], day)])
        lines = self._lines_of_orders
        sold = lines["kind"] == SALE
        order, count = lines["order"][sold], self.order_count
        rate = self.rate_of(self.order_customer[order], self.order_day[order])
        # Each line is converted and rounded by itself, as the invoice shows it.
        listed, off = (foreign(lines[name][sold], rate) for name in ("list", "discount"))
        net = np.bincount(order, weights=(lines["list"] - lines["discount"])[sold], minlength=count)
        shown = np.bincount(order, weights=listed - off, minlength=count)
        service = 3 * self.tariff(who)
        return Invoices(
            customer=customer, day=days, document=_INVOICES + _ranks(days, customer, key),
            net=np.concatenate([np.rint(net[orders]).astype(np.int64), service]),
            shown=np.concatenate([np.rint(shown[orders]).astype(np.int64), service]),
            cancelled=np.concatenate([self.order_cancelled[orders], np.zeros(len(who), dtype=np.int64)]), key=key,
            is_service=np.arange(len(customer)) >= len(orders), rate=self.rate_of(customer, days),
        )  # fmt: skip

    def tariff(self, places: Ints) -> Ints:
        """Cents a month that customers pay for the service."""
        return np.where(self.people.contract[places] == 1, OLD_PRICE, NEW_PRICE)

    @cached_property
    def document_of_order(self) -> Ints:
        """The invoice number of each order (0 if it came later)."""
        numbers = np.zeros(self.order_count, dtype=np.int64)
        orders = np.flatnonzero(self.order_day <= self.day)
        numbers[orders] = self.invoices.document[: len(orders)]
        return numbers

    @cached_property
    def lines(self) -> Lines:
        """All lines in the order in which they were booked."""
        found, services, bonus = self._lines_of_orders, self.invoices.is_service, self.bonuses
        who, day = self.invoices.customer[services], self.invoices.day[services]
        cost = np.full(len(who), 3 * SERVICE_COST)
        none, one = np.zeros(len(who), dtype=np.int64), np.ones(len(who), dtype=np.int64)
        base = {name: found[name] for name in ("day", "kind", "product", "quantity", "discount", "cost", "promotion")}
        base |= {"listed": found["list"], "customer": self.order_customer[found["order"]], "document": self._documents(found)}
        contract = {
            "customer": who, "day": day, "document": self.invoices.document[services], "kind": none, "product": none + SERVICE_LINE,
            "quantity": one, "listed": 3 * self.tariff(who), "discount": none, "cost": cost, "promotion": none > 0,
        }  # fmt: skip
        whole = {name: np.concatenate([base[name], contract[name], bonus[name]]) for name in base}
        booked = np.concatenate([self.order_day[found["order"]], day, bonus["day"]])
        whole["rate"] = self.rate_of(whole["customer"], booked)
        order = np.lexsort((whole["document"], whole["day"]))
        return Lines(**{name: column[order] for name, column in whole.items()})

    def _documents(self, found: dict[str, Any]) -> Ints:
        """The document of each line of an order: the invoice, its cancellation, or a credit note for each day of returns."""
        document: Ints = self.document_of_order[found["order"]]
        cancels = np.flatnonzero(found["kind"] == CANCELLATION)
        cancelled = np.flatnonzero(self.order_cancelled)
        numbers = np.zeros(self.order_count, dtype=np.int64)
        numbers[cancelled] = _CANCELLATIONS + _ranks(self.order_cancelled[cancelled], self.document_of_order[cancelled])
        document[cancels] = numbers[found["order"][cancels]]
        document[found["kind"] == RETURN] = self.credits[0]
        return document

    @cached_property
    def credits(self) -> tuple[Ints, Ints, Ints]:
        """Credit notes: the number of each returned line; customer and day of each note for returns."""
        found = self._lines_of_orders
        back = found["kind"] == RETURN
        pairs = np.stack([found["day"][back], self.document_of_order[found["order"][back]]])
        notes, place = np.unique(pairs, axis=1, return_inverse=True)
        owner = np.zeros(notes.shape[1], dtype=np.int64)
        owner[place.ravel()] = self.order_customer[found["order"][back]]
        return _CREDITS + 1 + place.ravel(), owner, notes[0]

    @cached_property
    def bonuses(self) -> dict[str, Any]:
        """Yearly bonus lines of key accounts, on what they bought net in the year, booked on its last day."""
        found = self._lines_of_orders
        years = [year for year in range(calendar.START.year, calendar.day_of(self.day).year + 1) if _last(year) <= self.day]
        customer = self.order_customer[found["order"]]
        year_of = calendar.years_of(found["day"])
        is_key = self.people.has(Role.KEY_ACCOUNT)[customer] & (found["product"] < PRODUCTS)
        who, day, money = [], [], []
        for year in years:
            here = is_key & (year_of == year)
            net = np.bincount(customer[here], weights=(found["list"] - found["discount"])[here], minlength=len(self.people))
            paid = np.flatnonzero(net > 0)
            who.append(paid)
            day.append(np.full(len(paid), _last(year)))
            money.append(-np.rint(net[paid] * worth.BONUS_SHARE).astype(np.int64))
        empty = np.zeros(0, dtype=np.int64)
        customers, days, amounts = (np.concatenate(parts) if parts else empty for parts in (who, day, money))
        none = np.zeros(len(customers), dtype=np.int64)
        # Bonus notes have a range of their own, so that later credit notes do not move their numbers.
        number = 5 * 10**8 + 1 + np.arange(len(customers))
        return {
            "customer": customers, "day": days, "document": number, "kind": none + RETURN, "product": none + BONUS_LINE,
            "quantity": none, "listed": amounts, "discount": none, "cost": none, "promotion": none > 0,
        }  # fmt: skip

    @cached_property
    def rates(self) -> Floats:
        """EUR for one unit of each currency on each day from the start on, (3, days)."""
        days = np.arange(calendar.number(calendar.START), self.day + 1)
        path = [np.full(len(days), 1.0)]
        for place in (1, 2):
            steps = 0.0035 * self.chance.bell(f"rate {place}", days)
            path.append(_FIRST_RATES[place] * np.exp(np.cumsum(steps)))
        return np.round(np.stack(path), 4)

    def rate_of(self, customer: Ints, day: Ints) -> Floats:
        """The rate of each customer's currency on a day."""
        return np.asarray(self.rates[self.people.currency[customer], day - calendar.number(calendar.START)])

    @cached_property
    def complaints(self) -> dict[str, Any]:
        """Complaints known on the day, in their order."""
        columns = {name: self._all(f"complaint_{name}") for name in ("day", "well", "extra")}
        columns["order"] = self._shifted("complaint_order")
        keep = np.flatnonzero(columns["day"] <= self.day)
        order = keep[np.lexsort((self.document_of_order[columns["order"][keep]], columns["day"][keep]))]
        found = {name: column[order] for name, column in columns.items()}
        key = self.order_key[found["order"]]
        slow = np.where(found["well"], 2 + 6 * OWN.uniform("resolved", key), 24 + 40 * OWN.uniform("resolved", key))
        found["key"], found["resolved"] = key, calendar.working(found["day"] + slow.astype(np.int64))
        found["customer"] = self.order_customer[found["order"]]
        direct = 100 * worth.COMPLAINT_COST * np.exp(0.5 * OWN.bell("complaint cost", key) - 0.125)
        found["cost"] = np.rint(direct).astype(np.int64) + found["extra"]
        return found

    @cached_property
    def contacts(self) -> dict[str, Any]:
        """Contacts known on the day, in their order."""
        columns = {name: self._all(f"contact_{name}") for name in ("customer", "day", "channel", "key")}
        keep = np.flatnonzero(columns["day"] <= self.day)
        order = keep[np.lexsort((columns["key"][keep], columns["customer"][keep], columns["day"][keep]))]
        return {name: column[order] for name, column in columns.items()}

    @cached_property
    def comes_back(self) -> Flags:
        """Which of these contacts are letters that came back: the customer has moved, and the master data do not know where to."""
        found = self.contacts
        has_moved = self.chance.uniform("moved", self.people.place[found["customer"]]) < MOVED_SHARE
        letters: Flags = found["channel"] == MAILING
        return has_moved & letters

    def manager(self, places: Ints, none: Flags) -> Any:
        """Who of the field staff looks after each of these customers; empty where `none`."""
        regions = words.taken([entry[1] for entry in CITIES], self.people.city[places])
        name = words.joined("AD ", regions, " ", text(1 + self.people.place[places] % 2))
        return pc.if_else(pa.array(none), pa.scalar(None, pa.string()), name)


def _last(year: int) -> int:
    return calendar.on(year, 12, 31)


def _ranks(*keys: Any) -> Ints:
    """1 for the first in order of the keys (the first key counts most), and so on."""
    ranks = np.empty(len(keys[0]), dtype=np.int64)
    ranks[np.lexsort(tuple(reversed(keys)))] = np.arange(1, len(keys[0]) + 1)
    return ranks


def foreign(cents: Ints, rate: Floats) -> Ints:
    """EUR cents in the currency of the line."""
    abroad = rate != 1.0
    if not abroad.any():
        return cents
    converted = cents.copy()
    converted[abroad] = np.rint(cents[abroad] / rate[abroad]).astype(np.int64)
    return converted
