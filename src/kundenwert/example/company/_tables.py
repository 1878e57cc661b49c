"""The company's records as tables, as they were known on a day. One function a table; `TABLES` lists them.

A record that came later is not there, and neither is what was found out later: an invoice paid after that day is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from kundenwert.example.company._assortment import (
    BONUS,
    FREIGHT,
    GROUPS,
    INDUSTRIES,
    NON_PRODUCT_GROUP,
    PRODUCTS,
    PRODUCTS_A_GROUP,
    SERVICE,
    SERVICE_GROUP,
)
from kundenwert.example.company._chance import Chance, Flags, Floats, Ints, Keys
from kundenwert.example.company._people import CHANNELS, CITIES, FIRM, NEW_PRICE, OLD_PRICE, PRIVATE, SERVICE_COST, Role
from kundenwert.example.company._trade import CALL, CANCELLATION, MAILING, RETURN, SALE, VISIT, Chunk

if TYPE_CHECKING:
    from kundenwert.example.company import Company

BONUS_LINE, SERVICE_LINE = PRODUCTS + 1, PRODUCTS + 2
CURRENCIES = ("EUR", "CHF", "USD")
_FIRST_RATES = (1.0, 1.0600, 0.9150)
_INVOICES, _CREDITS, _CANCELLATIONS = 10**8, 4 * 10**8, 7 * 10**8
_OWN = Chance(0)
MOVED_SHARE = 0.10
"""Share of the customers whose letters come back."""

CRITERIA = (
    "Kaufhistorie", "Deckungsbeitrag", "Imagefaktor", "Empfehlungswert", "Zukunftsperspektive", "Preissensibilität",
    "Schnäppchenfaktor", "Zahlungsmentalität", "Bonität", "Betreuungsaufwand", "Sympathiefaktor", "Reklamationsbereitschaft",
)  # fmt: skip
KINDS = {SALE: "sale", RETURN: "return", CANCELLATION: "cancellation"}


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
        slow = np.where(found["well"], 2 + 6 * _OWN.uniform("resolved", key), 24 + 40 * _OWN.uniform("resolved", key))
        found["key"], found["resolved"] = key, calendar.working(found["day"] + slow.astype(np.int64))
        found["customer"] = self.order_customer[found["order"]]
        direct = 100 * worth.COMPLAINT_COST * np.exp(0.5 * _OWN.bell("complaint cost", key) - 0.125)
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


def _last(year: int) -> int:
    return calendar.on(year, 12, 31)


def _ranks(*keys: Any) -> Ints:
    """1 for the first in order of the keys (the first key counts most), and so on."""
    ranks = np.empty(len(keys[0]), dtype=np.int64)
    ranks[np.lexsort(tuple(reversed(keys)))] = np.arange(1, len(keys[0]) + 1)
    return ranks


# Arrow columns


def money(cents: Any, missing: Flags | None = None) -> Any:
    """Cents as decimals with six places."""
    return decimals(np.asarray(cents, dtype=np.int64) * 10_000, missing)


def decimals(millionths: Ints, missing: Flags | None = None) -> Any:
    """Millionths as decimals with six places, laid out as Arrow keeps them: two 64-bit words, the lower first."""
    pairs = np.empty((len(millionths), 2), dtype=np.int64)
    pairs[:, 0] = millionths
    pairs[:, 1] = millionths >> 63
    valid = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little").tobytes())
    return pa.Array.from_buffers(pa.decimal128(18, 6), len(millionths), [valid, pa.py_buffer(pairs)])


def days(numbers: Any, missing: Flags | None = None) -> Any:
    """Day numbers as dates."""
    return pa.array(np.asarray(numbers).astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())


def text(numbers: Any, missing: Flags | None = None) -> Any:
    """Numbers as text."""
    return pa.array(numbers, mask=missing).cast(pa.string())


def foreign(cents: Ints, rate: Floats) -> Ints:
    """EUR cents in the currency of the line."""
    abroad = rate != 1.0
    if not abroad.any():
        return cents
    converted = cents.copy()
    converted[abroad] = np.rint(cents[abroad] / rate[abroad]).astype(np.int64)
    return converted


def _product_names() -> list[str]:
    # Leading zeros, as real article numbers have them.
    goods = [f"{1 + place // PRODUCTS_A_GROUP:02d}{1 + place % PRODUCTS_A_GROUP:02d}0" for place in range(PRODUCTS)]
    return [*goods, FREIGHT, BONUS, SERVICE]


def _group_names() -> list[str]:
    goods = [GROUPS[place // PRODUCTS_A_GROUP][0] for place in range(PRODUCTS)]
    return [*goods, NON_PRODUCT_GROUP, NON_PRODUCT_GROUP, SERVICE_GROUP]


# Tables


def transactions(story: Story) -> Any:
    """Invoice lines."""
    lines = story.lines
    listed, off, cost = (foreign(cents, lines.rate) for cents in (lines.listed, lines.discount, lines.cost))
    no_list = lines.product >= PRODUCTS
    return pa.table({
        "customer_id": story.ids.take(pa.array(lines.customer)),
        "date": days(lines.day),
        "document_id": text(lines.document),
        "product_id": words.taken(_product_names(), lines.product),
        "product_group": words.taken(_group_names(), lines.product),
        "quantity": decimals(lines.quantity * 1_000_000, lines.quantity == 0),
        "amount": money(listed - off),
        "list_amount": money(listed, no_list),
        "discount": money(off, no_list),
        "cost": money(cost),
        "currency": words.taken(CURRENCIES, story.people.currency[lines.customer]),
        "kind": words.taken(list(KINDS.values()), lines.kind),
        "promotion": pa.array(lines.promotion),
    })  # fmt: skip


def customers(story: Story) -> Any:
    """Master data."""
    places, people = story.known, story.people
    known = type(people)(**{f.name: getattr(people, f.name)[places] for f in fields(people)})
    head = known.head
    is_member = (head >= 0) & (head != known.place)
    address = words.addresses(story.chance, known)
    natural = known.kind != FIRM
    index = np.rint(240 + 60 * story.chance.bell("index", known.place) + 60 * (known.delay > 15)).astype(np.int64)
    no_index = natural | (story.chance.uniform("no index", known.place) < 0.35)
    regions = [entry[1] for entry in CITIES]
    large = known.rate * known.size * known.lines
    segment = np.where(known.has(Role.KEY_ACCOUNT), 0, np.where(large > 40 * story.plan.activity, 1, 2))
    industry = words.taken([entry[0] for entry in INDUSTRIES], known.industry)
    return pa.table({
        "customer_id": story.ids.take(pa.array(places)),
        "name": words.entered_again(known, words.names(story.chance, known)),
        "parent_id": story.ids.take(pa.array(head, mask=~is_member)),
        # Every second branch has its invoices paid by the head of its group.
        "payer_id": story.ids.take(pa.array(head, mask=~(is_member & (known.place // story.plan.groups % 2 == 0)))),
        "kind": words.taken(["b2b", "b2c"], (known.kind == PRIVATE).astype(np.int64)),
        "legal_form": words.taken(["Firma", "Einzelunternehmen", "Privatperson"], known.kind),
        "industry": pc.if_else(pa.array(known.kind == PRIVATE), pa.scalar(None, pa.string()), industry),
        "region": words.taken(regions, known.city),
        **address,
        "acquired_on": days(known.acquired),
        "channel": words.taken(CHANNELS, known.channel),
        "acquisition_cost": money(known.acquisition_cost, known.acquired < calendar.number(calendar.START) - 730),
        "account_manager": words.joined("AD ", words.taken(regions, known.city), " ", text(1 + known.place % 2)),
        "segment": words.taken(["Schlüsselkunde", "Stammkunde", "Kleinkunde"], segment),
        "external_rating": pa.array(index.astype(np.float64), mask=no_index),
        "do_not_contact": pa.array(known.objects),
        "objection": pa.array(natural & (story.chance.uniform("profiling", known.place) < 0.05)),
    })  # fmt: skip


def contacts(story: Story) -> Any:
    """Visits, calls and letters."""
    found = story.contacts
    key, channel = found["key"], found["channel"]
    campaign = (channel == MAILING) & (found["day"] == effects.CAMPAIGN_SENT)
    purpose = np.where(channel == MAILING, np.where(campaign, 4, 3), (3 * _OWN.uniform("purpose", key)).astype(np.int64))
    minutes = np.where(channel == VISIT, 45 + 15 * _OWN.bell("minutes", key), 9 + 3 * _OWN.bell("minutes", key))
    return pa.table({
        "contact_id": text(1 + np.arange(len(key))),
        "customer_id": story.ids.take(pa.array(found["customer"])),
        "date": days(found["day"]),
        "channel": words.taken(["visit", "call", "mailing"], channel),
        "purpose": words.taken(["Beratung", "Bedarf", "Betreuung", "Angebot", "Frühjahrsaktion 2025"], purpose),
        "direction": words.taken(["out", "in"], ((channel == CALL) & (_OWN.uniform("in", key) < 0.4)).astype(np.int64)),
        "outcome": pc.if_else(
            pa.array(channel == MAILING),
            words.taken(["delivered", "returned"], story.comes_back.astype(np.int64)),
            pa.scalar(None, pa.string()),
        ),
        "duration_minutes": pa.array(np.maximum(2, np.rint(minutes)).astype(np.int64), mask=channel == MAILING),
        # What contacts cost stands in activities and rates; it is not told twice.
        "cost": money(np.zeros(len(key)), np.ones(len(key), dtype=bool)),
        "person": _manager(story, found["customer"], channel == MAILING),
    })  # fmt: skip


def _manager(story: Story, places: Ints, none: Flags) -> Any:
    people = story.people
    name = words.joined("AD ", words.taken([entry[1] for entry in CITIES], people.city[places]), " ", text(1 + people.place[places] % 2))
    return pc.if_else(pa.array(none), pa.scalar(None, pa.string()), name)


def complaints(story: Story) -> Any:
    """Complaints and how they were handled."""
    found = story.complaints
    key, well = found["key"], found["well"]
    is_open = found["resolved"] > story.day
    grade = np.where(well, 4 + (_OWN.uniform("grade", key) < 0.55), 1 + (_OWN.uniform("grade", key) < 0.4))
    silent = is_open | (_OWN.uniform("no grade", key) < 0.3)
    category = np.minimum((5 * _OWN.uniform("category", key)).astype(np.int64), 4)
    outcome = np.where(well, (2 * _OWN.uniform("outcome", key)).astype(np.int64), 2 + (_OWN.uniform("outcome", key) < 0.5))
    return pa.table({
        "complaint_id": text(20_001 + np.arange(len(key))),
        "customer_id": story.ids.take(pa.array(found["customer"])),
        "date": days(found["day"]),
        "document_id": text(story.document_of_order[found["order"]]),
        "category": words.taken(["Ware beschädigt", "Falschlieferung", "Liefertermin", "Rechnung", "Qualität"], category),
        "cost": money(found["cost"], is_open),
        "resolved_on": days(found["resolved"], is_open),
        "satisfaction": pa.array(grade, mask=silent),
        "outcome": pc.if_else(pa.array(is_open), None, words.taken(["Ersatz", "Gutschrift", "abgelehnt", "ohne Ergebnis"], outcome)),
    })  # fmt: skip


def paid(story: Story) -> dict[str, Any]:
    """How each invoice that was not cancelled is paid: day, late days, cash discount, all as known on the day."""
    invoices, people = story.invoices, story.people
    keep = np.flatnonzero((invoices.cancelled == 0) & (invoices.net > 0))
    customer, day, key = invoices.customer[keep], invoices.day[keep], invoices.key[keep]
    net = invoices.shown[keep]
    direct = invoices.is_service[keep]
    due = day + np.where(direct, 7, people.terms[customer])
    takes = people.takes_cash_discount[customer] & ~direct
    unduly = takes & (_OWN.uniform("unduly", key) < 0.12)
    late = people.delay[customer] + 4.0 * _OWN.bell("late", key)
    early = np.where(unduly, 14 + 8 * _OWN.uniform("early", key), 4 + 5 * _OWN.uniform("early", key))
    would = np.maximum(np.where(takes, day + early, due + np.where(direct, 0, np.rint(late))).astype(np.int64), day + 1)
    disputed = (_OWN.uniform("disputed", key) < 0.004) | (_complained_on(story)[keep] < would)
    paid_on = calendar.working(would + np.where(disputed, 20, 0))
    is_open = paid_on > story.day
    cash = np.where(takes, np.rint(net * worth.CASH_DISCOUNT).astype(np.int64), 0)
    over = np.minimum(paid_on, story.day) - due
    return {
        "customer": customer, "document": invoices.document[keep], "day": day, "due": due, "paid_on": paid_on,
        "is_open": is_open, "net": net, "cash": np.where(is_open, 0, cash),
        "level": (over > 10).astype(np.int64) + (over > 25) + (over > 45), "disputed": disputed,
        "rate": invoices.rate[keep],
    }  # fmt: skip


def _complained_on(story: Story) -> Ints:
    """The day of the first complaint about each invoice that is not handled well; NEVER if there is none."""
    found, first = story.complaints, np.full(story.order_count, effects.NEVER, dtype=np.int64)
    bad = ~found["well"]
    np.minimum.at(first, found["order"][bad], found["day"][bad])
    orders = np.flatnonzero(story.order_day <= story.day)
    services = len(story.invoices.day) - len(orders)
    return np.concatenate([first[orders], np.full(services, effects.NEVER, dtype=np.int64)])


def payments(story: Story) -> Any:
    """Open and paid items, net of tax like the invoices."""
    found = paid(story)
    order = np.argsort(found["document"], kind="stable")
    found = {name: column[order] for name, column in found.items()}
    return pa.table({
        "document_id": text(found["document"]),
        "customer_id": story.ids.take(pa.array(found["customer"])),
        "invoice_date": days(found["day"]),
        "due_date": days(found["due"]),
        "paid_on": days(found["paid_on"], found["is_open"]),
        "amount": money(found["net"]),
        "paid_amount": money(np.where(found["is_open"], 0, found["net"] - found["cash"])),
        "cash_discount": money(found["cash"]),
        "dunning_level": pa.array(found["level"]),
        "disputed": pa.array(found["disputed"]),
        "currency": words.taken(CURRENCIES, story.people.currency[found["customer"]]),
    })  # fmt: skip


def contracts(story: Story) -> Any:
    """Service contracts. The old tariff costs more for the same."""
    people = story.people
    places = story.known[(people.contract[story.known] > 0) & (people.contract_start[story.known] <= story.day)]
    told, end = story.contract_told[places], story.contract_end[places]
    stays = told == effects.NEVER
    status = np.where(stays, 0, np.where(end > story.day, 1, 2))
    return pa.table({
        "contract_id": words.joined("V", text(people.number[places])),
        "customer_id": story.ids.take(pa.array(places)),
        "product": pa.array(["Werkzeugservice"] * len(places), pa.string()),
        "start": days(people.contract_start[places]),
        "end": days(np.where(stays, 0, end), stays),
        "amount": money(story.tariff(places)),
        "period": pa.array(["month"] * len(places), pa.string()),
        "status": words.taken(["active", "cancelled", "ended"], status),
        "cancelled_on": days(np.where(stays, 0, told), stays),
        "tariff": words.taken(["Alt", "Neu"], (people.contract[places] == 2).astype(np.int64)),
    })  # fmt: skip


def referrals(story: Story) -> Any:
    """Who recommended whom."""
    places = story.known[story.people.recommender[story.known] >= 0]
    return pa.table({
        "referral_id": text(1 + np.arange(len(places))),
        "recommender_id": story.ids.take(pa.array(story.people.recommender[places])),
        "customer_id": story.ids.take(pa.array(places)),
        "date": days(story.people.acquired[places] - 9),
        "kind": pa.array(["Kunde wirbt Kunde"] * len(places), pa.string()),
    })  # fmt: skip


def ratings(story: Story) -> Any:
    """Points from 0 to 10 that the field staff gave to key accounts, recommenders and some others, each November."""
    people, known = story.people, story.known
    rated = known[people.has(Role.KEY_ACCOUNT, Role.RECOMMENDER)[known] | (story.chance.uniform("rated", people.place[known]) < 0.05)]
    rows = []
    for year in range(calendar.START.year, calendar.day_of(story.day).year + 1):
        day = calendar.on(year, 11, 15)
        if day <= story.day:
            rows.append(_rated(story, rated[people.acquired[rated] < day], day))
    return pa.concat_tables(rows) if rows else _rated(story, rated[:0], story.day)


def _rated(story: Story, places: Ints, day: int) -> Any:
    people, count = story.people, len(CRITERIA)
    who, criterion = np.repeat(places, count), np.tile(np.arange(count), len(places))
    middle = np.full(len(who), 5.5)
    for place, lifted in ((3, Role.RECOMMENDER), (2, Role.KEY_ACCOUNT)):
        middle += 3.0 * (people.has(lifted)[who] & (criterion == place))
    middle -= np.clip(people.delay[who] / 8, 0, 5) * (criterion == 7)
    points = np.clip(np.rint(middle + 1.6 * story.chance.bell("points", people.place[who], day, criterion)), 0, 10)
    # Not everything is rated.
    keep = story.chance.uniform("unrated", people.place[who], day, criterion) < 0.8
    who, criterion, points = who[keep], criterion[keep], points[keep].astype(np.int64)
    reasons = ["Gespräch mit Inhaber", "Eindruck beim Besuch", "Jahresgespräch", "Rückfrage Innendienst"]
    return pa.table({
        "customer_id": story.ids.take(pa.array(who)),
        "criterion": words.taken(CRITERIA, criterion),
        "points": pa.array(points),
        "date": days(np.full(len(who), day)),
        "person": _manager(story, who, np.zeros(len(who), dtype=bool)),
        "reason": words.taken(reasons, (people.place[who] + criterion) % 4),
    })  # fmt: skip


DRIVERS = tuple(name for name, _, _ in worth.RATES)


def activities(story: Story) -> Any:
    """How often each cost driver was caused by a customer in a month (dated on its last day)."""
    invoices, contacts_, complained = story.invoices, story.contacts, story.complaints
    ordered = ~invoices.is_service
    delivered = ordered & (invoices.cancelled == 0)
    _, returned_by, returned_on = story.credits
    who, booked = story.services
    events = {
        "visits": (contacts_["customer"][contacts_["channel"] == VISIT], contacts_["day"][contacts_["channel"] == VISIT]),
        "calls": (contacts_["customer"][contacts_["channel"] == CALL], contacts_["day"][contacts_["channel"] == CALL]),
        "mailings": (contacts_["customer"][contacts_["channel"] == MAILING], contacts_["day"][contacts_["channel"] == MAILING]),
        "orders": (invoices.customer[ordered], invoices.day[ordered]),
        "deliveries": (invoices.customer[delivered], invoices.day[delivered]),
        "returns": (returned_by, returned_on),
        "complaints": (complained["customer"], complained["day"]),
        "service_hours": (who, booked),
    }
    customer = np.concatenate([events[driver][0] for driver in DRIVERS])
    day = np.concatenate([events[driver][1] for driver in DRIVERS])
    driver = np.repeat(np.arange(len(DRIVERS)), [len(events[name][0]) for name in DRIVERS])
    years, months = calendar.months_of(day)
    codes = (story.people.number[customer] * len(DRIVERS) + driver) * 4_096 + (years - 2000) * 12 + months - 1
    found, first, count = np.unique(codes, return_index=True, return_counts=True)
    month = found % 4_096
    last = ((month + 30 * 12 + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)) - 1
    return pa.table({
        "customer_id": story.ids.take(pa.array(customer[first])),
        "driver": words.taken(DRIVERS, found // 4_096 % len(DRIVERS)),
        "date": days(np.minimum(last, story.day)),
        "count": decimals(count * 1_000_000),
    })  # fmt: skip


def activity_rates(story: Story) -> Any:
    """What one of each driver costs, from each first of January."""
    years = np.arange(calendar.START.year, calendar.day_of(story.day).year + 1)
    driver, year = np.tile(np.arange(len(DRIVERS)), len(years)), np.repeat(years, len(DRIVERS))
    return pa.table({
        "driver": words.taken(DRIVERS, driver),
        "rate": money(rate_cents(year)[np.arange(len(year)), driver]),
        "stage": words.taken([stage for _, _, stage in worth.RATES], driver),
        "valid_from": days([calendar.on(int(entry), 1, 1) for entry in year]),
    })  # fmt: skip


def rate_cents(years: Ints) -> Ints:
    """Cents for one of each driver in each year, (years, drivers)."""
    first = np.array([rate for _, rate, _ in worth.RATES])
    level = (1.0 + worth.RATE_STEP) ** (years - calendar.START.year)
    return np.asarray(np.rint(100 * first[None, :] * level[:, None]), dtype=np.int64)


def leads(story: Story) -> Any:
    """Firms that asked or were asked: each newcomer was one, and some never came."""
    plan, chance, start = story.plan, story.chance, calendar.number(calendar.START)
    came = plan.arrivals(story.day + 60)
    newcomer = np.repeat(np.arange(len(came)), 3)
    turn = np.tile(np.arange(3), len(came))
    day = calendar.working(
        came[newcomer] - np.where(turn == 0, 25, 12 * turn) - (15 * chance.uniform("lead", newcomer, turn)).astype(np.int64)
    )
    keep = (day <= story.day) & (day >= start) & ((turn == 0) | (chance.uniform("no lead", newcomer, turn) < 0.7))
    newcomer, turn, day = newcomer[keep], turn[keep], day[keep]
    is_won = (turn == 0) & (came[newcomer] <= story.day)
    age = story.day - day
    stage = np.where(is_won, 3, np.where(turn == 0, 2, np.where(age > 60, 4, np.where(age > 20, 1, 0))))
    place = plan.founding + newcomer
    invented = words.joined("Interessent ", text(place), words.taken(["", "-B", "-C"], turn))
    industry = np.minimum((6 * chance.uniform("lead industry", newcomer, turn)).astype(np.int64), 5)
    source = 2 + (chance.uniform("lead source", newcomer, turn) * 4).astype(np.int64)
    return pa.table({
        "lead_id": words.joined("L", text(10 * (1 + newcomer) + turn)),
        "name": invented,
        "source": words.taken(CHANNELS, np.minimum(source, 5)),
        "date": days(day),
        "industry": words.taken([entry[0] for entry in INDUSTRIES], industry),
        "region": words.taken(["Nord", "Ost", "West", "Mitte", "Süd"], place % 5),
        "stage": words.taken(["neu", "qualifiziert", "Angebot", "gewonnen", "verloren"], stage),
        "customer_id": story.ids.take(pa.array(np.where(is_won, place, 0), mask=~is_won)),
    })  # fmt: skip


def offers(story: Story) -> Any:
    """Offers that became orders, and those that did not (their customer ordered something else at that time)."""
    invoices = story.invoices
    orders = np.flatnonzero(~invoices.is_service & (invoices.net > 0))
    even = _OWN.uniform("offer", invoices.key[orders])
    won, lost = orders[even < 0.04], orders[(even >= 0.04) & (even < 0.11)]
    place, is_won = np.concatenate([won, lost]), np.repeat([True, False], [len(won), len(lost)])
    key, day = invoices.key[place], invoices.day[place]
    made = np.where(is_won, day - 12, day)
    decided = np.where(is_won, day, calendar.working(day + 10 + (30 * _OWN.uniform("decided", key)).astype(np.int64)))
    amount = np.where(is_won, invoices.net[place], np.rint(invoices.net[place] * (0.7 + 1.6 * _OWN.uniform("offered", key)) / 100) * 100)
    order = np.lexsort((invoices.document[place], day))
    place, is_won, key, made, decided, amount = (column[order] for column in (place, is_won, key, made, decided, amount))
    is_open = decided > story.day
    outcome = np.where(is_open, 2, np.where(is_won, 0, 1))
    reason = np.minimum((4 * _OWN.uniform("reason", key)).astype(np.int64), 3)
    return pa.table({
        "offer_id": text(30_001 + np.arange(len(place))),
        "customer_id": story.ids.take(pa.array(invoices.customer[place])),
        "lead_id": pa.nulls(len(place), pa.string()),
        "date": days(made),
        "amount": money(amount),
        "stage": words.taken(["Auftrag", "abgelehnt", "offen"], outcome),
        "decided_on": days(decided, is_open),
        "outcome": words.taken(["won", "lost", "open"], outcome),
        "reason": pc.if_else(pa.array(outcome == 1), words.taken(["Preis", "Liefertermin", "Wettbewerber", "kein Bedarf"], reason), None),
    })  # fmt: skip


def measures(story: Story) -> Any:
    """The spring campaign of 2025: who got the letter and who was held out at random."""
    people = story.people
    places = story.known[people.measured[story.known]] if story.day >= effects.CAMPAIGN_SENT else story.known[:0]
    return pa.table({
        "measure_id": pa.array(["M2025-01"] * len(places), pa.string()),
        "customer_id": story.ids.take(pa.array(places)),
        "date": days(np.full(len(places), effects.CAMPAIGN_SENT)),
        "kind": pa.array(["mailing"] * len(places), pa.string()),
        "treated": pa.array(people.treated[places]),
        "cost": money(np.where(people.treated[places], 4_50, 0)),
    })  # fmt: skip


_BUDGETS = (("Außendienst", "visits", 300.0), ("Innendienst", "calls", 400.0), ("Werbung", "EUR", 6_000.0), ("Kulanz", "EUR", 2_500.0))


def budgets(story: Story) -> Any:
    """What is planned to be spent, by quarter."""
    scale = story.plan.customers / 700 * story.plan.activity
    starts, day = [], calendar.number(calendar.START)
    while day <= story.day:
        starts.append(day)
        day = calendar.quarter_end(day)
    periods = [f"{calendar.day_of(start).year}-Q{(calendar.day_of(start).month + 2) // 3}" for start in starts]
    rows = [(name, period, resource, round(level * scale)) for period in periods for name, resource, level in _BUDGETS]
    return pa.table({
        "name": pa.array([row[0] for row in rows], pa.string()),
        "period": pa.array([row[1] for row in rows], pa.string()),
        "resource": pa.array([row[2] for row in rows], pa.string()),
        "amount": money(100 * np.array([row[3] for row in rows], dtype=np.int64)),
    })  # fmt: skip


def rates(story: Story) -> Any:
    """EUR for one unit of a foreign currency, each day."""
    count = story.rates.shape[1]
    numbers = np.repeat(calendar.number(calendar.START) + np.arange(count), 2)
    values = story.rates[1:].T.ravel()
    return pa.table({
        "date": days(numbers),
        "currency": words.taken(CURRENCIES, np.tile([1, 2], count)),
        "rate": decimals(np.rint(values * 1_000_000).astype(np.int64)),
    })  # fmt: skip


TABLES: Mapping[str, Callable[[Story], Any]] = {
    "transactions": transactions, "customers": customers, "contacts": contacts, "complaints": complaints, "payments": payments,
    "contracts": contracts, "referrals": referrals, "ratings": ratings, "activities": activities, "activity_rates": activity_rates,
    "offers": offers, "leads": leads, "measures": measures, "budgets": budgets, "rates": rates,
}  # fmt: skip


def tables(company: Company, day: int) -> dict[str, Any]:
    """Every table as known at the end of a day."""
    story = Story(company, day)
    return {name: make(story) for name, make in TABLES.items()}
