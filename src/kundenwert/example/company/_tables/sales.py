"""What was sold and paid: invoice lines, payments, contracts, exchange rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company import _effects as effects
from kundenwert.example.company import _names as words
from kundenwert.example.company import _worth as worth
from kundenwert.example.company._assortment import (
    BONUS,
    FREIGHT,
    GROUPS,
    NON_PRODUCT_GROUP,
    PRODUCTS,
    PRODUCTS_A_GROUP,
    SERVICE,
    SERVICE_GROUP,
)
from kundenwert.example.company._chance import OWN, Ints
from kundenwert.example.company._columns import CURRENCIES, days, decimals, money, text
from kundenwert.example.company._story import foreign
from kundenwert.example.company._trade import CANCELLATION, RETURN, SALE

if TYPE_CHECKING:
    from kundenwert.example.company._story import Story

KINDS = {SALE: "sale", RETURN: "return", CANCELLATION: "cancellation"}


def _product_names() -> list[str]:
    # Leading zeros, as real article numbers have them.
    goods = [f"{1 + place // PRODUCTS_A_GROUP:02d}{1 + place % PRODUCTS_A_GROUP:02d}0" for place in range(PRODUCTS)]
    return [*goods, FREIGHT, BONUS, SERVICE]


def _group_names() -> list[str]:
    goods = [GROUPS[place // PRODUCTS_A_GROUP][0] for place in range(PRODUCTS)]
    return [*goods, NON_PRODUCT_GROUP, NON_PRODUCT_GROUP, SERVICE_GROUP]


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


def paid(story: Story) -> dict[str, Any]:
    """How each invoice that was not cancelled is paid: day, late days, cash discount, all as known on the day."""
    invoices, people = story.invoices, story.people
    keep = np.flatnonzero((invoices.cancelled == 0) & (invoices.net > 0))
    customer, day, key = invoices.customer[keep], invoices.day[keep], invoices.key[keep]
    net = invoices.shown[keep]
    direct = invoices.is_service[keep]
    due = day + np.where(direct, 7, people.terms[customer])
    takes = people.takes_cash_discount[customer] & ~direct
    unduly = takes & (OWN.uniform("unduly", key) < 0.12)
    late = people.delay[customer] + 4.0 * OWN.bell("late", key)
    early = np.where(unduly, 14 + 8 * OWN.uniform("early", key), 4 + 5 * OWN.uniform("early", key))
    would = np.maximum(np.where(takes, day + early, due + np.where(direct, 0, np.rint(late))).astype(np.int64), day + 1)
    disputed = (OWN.uniform("disputed", key) < 0.004) | (_complained_on(story)[keep] < would)
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
