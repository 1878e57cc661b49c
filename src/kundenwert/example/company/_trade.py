"""What happens in one stretch of time: orders, their lines, cancellations, returns, complaints, contacts, leaving."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company import _effects as effects
from kundenwert.example.company._assortment import PRICE_STEP, PRODUCTS, PRODUCTS_A_GROUP, Assortment, on_promotion, promotion_mix
from kundenwert.example.company._chance import Chance, Flags, Floats, Ints, Keys, spread
from kundenwert.example.company._effects import Ordered, State
from kundenwert.example.company._people import Customers, Role

SALE, RETURN, CANCELLATION = 0, 1, 2
FREIGHT_LINE: Final = PRODUCTS
"""Product place of a freight line; the products are 0 to 119."""

PROMOTION_DISCOUNT = 0.15
CANCELLED_SHARE = 0.02
FREE_SHARE = 0.008
FREIGHT_BELOW, FREIGHT_PRICE, FREIGHT_COST = 250_00, 9_90, 7_80
"""Cents: orders below carry freight, at this price and cost."""
RESOLD, RESOLD_WORN = 0.90, 0.40
"""Share of the cost of returned goods that the company gets back, and what it is for worn goods."""
QUANTITY_SPREAD = 0.5
_UPSET_FROM, _UPSET_SPAN = 150, 420

VISIT, CALL, MAILING = 0, 1, 2
_ORDERED = 1_000
"""From this number on a contact of a stretch was ordered; below it is today's practice."""
CHANNEL_NAMES = ("visit", "call", "mailing")


@dataclass(frozen=True)
class Chunk:
    """What happened in a stretch. Orders: customer, day, cancelled (day, 0 if not), key. Lines point to an order of the chunk.

    Money in cents of EUR; list, discount and cost of a returned or cancelled line are negative, as its quantity is.
    """

    order_customer: Ints
    order_day: Ints
    order_cancelled: Ints
    order_key: Keys
    line_order: Ints
    line_day: Ints
    line_kind: Ints
    line_product: Ints
    line_quantity: Ints
    line_list: Ints
    line_discount: Ints
    line_cost: Ints
    line_promotion: Flags
    complaint_order: Ints
    complaint_day: Ints
    complaint_well: Flags
    complaint_extra: Ints
    contact_customer: Ints
    contact_day: Ints
    contact_channel: Ints
    contact_key: Keys


@dataclass(frozen=True)
class _Orders:
    customer: Ints
    day: Ints
    key: Keys

    def kept(self, keep: Flags) -> _Orders:
        return _Orders(self.customer[keep], self.day[keep], self.key[keep])


def happened(
    luck: Chance,
    goods: Assortment,
    customers: Customers,
    state: State,
    ordered: Ordered,
    contact_span: tuple[int, int],
    start: int,
    end: int,
) -> tuple[Chunk, State]:
    """What happens in [start, end), which lies within one month, and the state at its end.

    contact_span: the days over which ordered contacts are spread; those that fall into this stretch are made here.
    """
    state = _left_by_chance(luck, customers, state, start, end)
    orders = _orders(luck, customers, state, start, end)
    orders = orders.kept(orders.day < state.left[orders.customer])
    cancelled = _cancelled(customers, orders)
    complaints = _complaints(luck, customers, state, orders, cancelled)
    left, cause = _left_upset(customers, state, orders, complaints)
    keep = orders.day < left[orders.customer]
    places = np.cumsum(keep) - 1
    complaints = complaints.kept(keep[complaints.order])
    complaints = replace(complaints, order=places[complaints.order])
    orders, cancelled = orders.kept(keep), cancelled[keep]
    lines = _lines(goods, customers, state, orders, cancelled, start)
    contacts, practised = _contacts(luck, customers, replace(state, left=left), ordered, contact_span, start, end)
    chunk = Chunk(
        order_customer=orders.customer, order_day=orders.day, order_cancelled=cancelled, order_key=orders.key,
        complaint_order=complaints.order, complaint_day=complaints.day, complaint_well=complaints.well,
        complaint_extra=np.rint(100 * state.handling[orders.customer[complaints.order]]).astype(np.int64),
        **lines, **contacts,
    )  # fmt: skip
    state = _after(
        customers, replace(state, left=left, cause=cause), orders.customer[complaints.order], complaints.well, practised, end - start
    )
    return chunk, state


def _left_by_chance(luck: Chance, customers: Customers, state: State, start: int, end: int) -> State:
    leaves = state.is_here & (luck.uniform("leaves", customers.place, start) < effects.leaving_chance(customers, state, end - start))
    day = start + (luck.uniform("leaving day", customers.place, start) * (end - start)).astype(np.int64)
    # Nobody leaves before the first order.
    day = np.maximum(day, customers.acquired + 1)
    return replace(state, left=np.where(leaves, day, state.left), cause=np.where(leaves, effects.JUST_LEFT, state.cause))


def _orders(luck: Chance, customers: Customers, state: State, start: int, end: int) -> _Orders:
    hunts = customers.has(Role.PROMOTION_HUNTER)
    mean = customers.rate / calendar.YEAR * effects.order_factor(customers, state)
    mean = mean * effects.passing_factor(customers, state, start, end) * (state.left > start)
    usual, promoted = (np.concatenate([[0.0], np.cumsum(of(start, end))]) for of in (calendar.weights, calendar.window_weights))
    since = np.clip(customers.acquired - start, 0, end - start)
    before = np.where(hunts, promoted[since], usual[since])
    mass = np.where(hunts, promoted[-1], usual[-1]) - before
    count = luck.counts(mean * mass, "orders", customers.place, start)
    customer = np.repeat(np.arange(len(customers)), count)
    key = luck.keys("order", customers.place[customer], start, spread(count))
    reached = before[customer] + Chance(0).uniform("day", key) * mass[customer]
    day = np.where(hunts[customer], np.searchsorted(promoted, reached, side="right"), np.searchsorted(usual, reached, side="right"))
    day = np.minimum(start - 1 + day, end - 1)
    # New customers come with their first order.
    first = np.flatnonzero(customers.acquired >= start)
    return _Orders(
        np.concatenate([customer, first]),
        np.concatenate([day, customers.acquired[first]]),
        np.concatenate([key, luck.keys("first order", customers.place[first])]),
    )


def _cancelled(customers: Customers, orders: _Orders) -> Ints:
    """The day on which each order is cancelled in full, 0 if it is not."""
    is_cancelled = Chance(0).uniform("cancelled", orders.key) < CANCELLED_SHARE
    later = (Chance(0).uniform("cancelling day", orders.key) * 10).astype(np.int64)
    # In foreign money on the same day, at the same rate.
    later = np.where(customers.currency[orders.customer] > 0, 0, later)
    return np.where(is_cancelled, calendar.working(orders.day + later), 0)


@dataclass(frozen=True)
class _Complaints:
    order: Ints
    day: Ints
    well: Flags
    forced: Flags

    def kept(self, keep: Flags) -> _Complaints:
        return _Complaints(self.order[keep], self.day[keep], self.well[keep], self.forced[keep])


def _complaints(luck: Chance, customers: Customers, state: State, orders: _Orders, cancelled: Ints) -> _Complaints:
    upset_from = calendar.number(calendar.START) + _UPSET_FROM + _UPSET_SPAN * luck.uniform("upset", customers.place)
    upset = customers.has(Role.UPSET)[orders.customer] & (orders.day >= upset_from[orders.customer])
    chance = customers.complaints[orders.customer]
    found = np.flatnonzero((cancelled == 0) & (upset | (Chance(0).uniform("complains", orders.key) < chance)))
    key, forced = orders.key[found], upset[found]
    day = calendar.working(orders.day[found] + 2 + (Chance(0).uniform("complaint day", key) * 16).astype(np.int64))
    good = effects.good_handling_chance(state.handling[orders.customer[found]])
    well = (Chance(0).uniform("handled", key) < good) & ~forced
    return _Complaints(found, day, well, forced)


def _left_upset(customers: Customers, state: State, orders: _Orders, complaints: _Complaints) -> tuple[Ints, Ints]:
    who = orders.customer[complaints.order]
    may = customers.has(Role.ORDINARY)[who] & (Chance(0).uniform("leaves upset", orders.key[complaints.order]) < effects.LEAVES_UPSET)
    leaves = complaints.forced | (may & ~complaints.well)
    left = state.left.copy()
    np.minimum.at(left, who[leaves], complaints.day[leaves] + 1)
    return left, np.where(left < state.left, effects.LEFT_UPSET, state.cause)


def _lines(goods: Assortment, customers: Customers, state: State, orders: _Orders, cancelled: Ints, start: int) -> dict[str, Any]:
    """All lines: sales, freight, cancellations and returns."""
    own = Chance(0)
    count = 1 + own.counts(np.maximum(customers.lines[orders.customer] - 1.0, 0.0), "lines", orders.key)
    order = np.repeat(np.arange(len(orders.day)), count)
    place = spread(count)
    who, key = orders.customer[order], own.keys("line", orders.key[order], place)
    window = calendar.windows(orders.day)[order]
    hunts = customers.has(Role.PROMOTION_HUNTER)[who]
    mix = np.where(hunts & (window >= 0), promotion_mix(window), customers.industry[who])
    product = _each_once(order, place, goods.drawn(mix, own.uniform("product", key)))
    quantity = _quantity(
        goods.pieces[product] * customers.size[who] * state.bundle[who] * np.exp(QUANTITY_SPREAD * own.bell("pieces", key))
    )
    promoted = on_promotion(window, goods.group[product]) & (hunts | ~customers.has_plain_terms[who])
    listed, cost = _priced(goods, product, quantity, start)
    discount = np.rint(listed * _off(customers, state, who, orders.day[order], promoted)).astype(np.int64)
    is_free = (place > 0) & ~customers.has_plain_terms[who] & (own.uniform("free", key) < FREE_SHARE)
    discount = np.where(is_free, listed, discount)
    sales = {
        "line_order": order, "line_day": orders.day[order], "line_kind": np.full(len(order), SALE), "line_product": product,
        "line_quantity": quantity, "line_list": listed, "line_discount": discount, "line_cost": cost, "line_promotion": promoted,
    }  # fmt: skip
    returns = _returned(customers, who, key, sales, cancelled[order] > 0)
    sales = _stacked(sales, _freight(customers, orders, sales))
    return _stacked(sales, _reversed(sales, cancelled), returns)


def _each_once(order: Ints, place: Ints, product: Ints) -> Ints:
    """Products with those that an order already holds moved on within their group: nobody writes a product down twice."""
    for _ in range(3):
        once = np.zeros(len(product), dtype=bool)
        once[np.unique(order * PRODUCTS + product, return_index=True)[1]] = True
        start = product - product % PRODUCTS_A_GROUP
        product = np.where(once, product, start + (product - start + place) % PRODUCTS_A_GROUP)
    return product


def _quantity(pieces: Floats) -> Ints:
    return np.maximum(1, np.rint(pieces)).astype(np.int64)


def price_level(year: int) -> float:
    """List prices and cost of a year against the first one."""
    return float((1.0 + PRICE_STEP) ** (year - calendar.START.year))


def _priced(goods: Assortment, product: Ints, quantity: Ints, start: int) -> tuple[Ints, Ints]:
    level = price_level(calendar.day_of(start).year)
    cents = np.rint(100 * goods.price * level).astype(np.int64)
    return quantity * cents[product], np.rint(quantity * (100 * goods.cost * level)[product]).astype(np.int64)


def _off(customers: Customers, state: State, who: Ints, day: Ints, promoted: Flags) -> Floats:
    """Share off the list price of each line; nobody pays more than the list price."""
    offered = np.where(day < state.offer_until[who], state.offer[who], 0.0)
    paid = (1.0 - customers.discount[who]) * state.price[who] * (1.0 - offered) * (1.0 - PROMOTION_DISCOUNT * promoted)
    return np.maximum(1.0 - paid, 0.0)


def _returned(customers: Customers, who: Ints, key: Keys, sales: dict[str, Any], is_cancelled: Flags) -> dict[str, Any]:
    own = Chance(0)
    paid = sales["line_list"] > sales["line_discount"]
    found = np.flatnonzero(paid & ~is_cancelled & (own.uniform("returned", key) < customers.returns[who]))
    key, sold = key[found], {name: column[found] for name, column in sales.items()}
    quantity = sold["line_quantity"]
    back = np.where(own.uniform("in full", key) < 0.7, quantity, (quantity + 1) // 2)
    share = back / quantity
    resold = np.where(customers.has(Role.LOSS_RETURNS)[who[found]], RESOLD_WORN, RESOLD)
    later = 5 + (own.uniform("returned on", key) * 36).astype(np.int64)
    return sold | {
        "line_day": calendar.working(sold["line_day"] + later),
        "line_kind": np.full(len(found), RETURN),
        "line_quantity": -back,
        "line_list": -np.rint(sold["line_list"] * share).astype(np.int64),
        "line_discount": -np.rint(sold["line_discount"] * share).astype(np.int64),
        "line_cost": -np.rint(sold["line_cost"] * share * resold).astype(np.int64),
    }


def _freight(customers: Customers, orders: _Orders, sales: dict[str, Any]) -> dict[str, Any]:
    net = np.bincount(sales["line_order"], weights=sales["line_list"] - sales["line_discount"], minlength=len(orders.day))
    pays = ~customers.has(Role.LOSS_SMALL_ORDERS, Role.KEY_ACCOUNT)[orders.customer]
    order = np.flatnonzero(pays & (net < FREIGHT_BELOW))

    def all_of(level: int) -> Ints:
        return np.full(len(order), level, dtype=np.int64)

    return {
        "line_order": order, "line_day": orders.day[order], "line_kind": all_of(SALE), "line_product": all_of(FREIGHT_LINE),
        "line_quantity": all_of(1), "line_list": all_of(FREIGHT_PRICE), "line_discount": all_of(0), "line_cost": all_of(FREIGHT_COST),
        "line_promotion": np.zeros(len(order), dtype=bool),
    }  # fmt: skip


def _reversed(sales: dict[str, Any], cancelled: Ints) -> dict[str, Any]:
    """The lines that cancel orders in full: the same with the other sign."""
    found = np.flatnonzero(cancelled[sales["line_order"]] > 0)
    sold = {name: column[found] for name, column in sales.items()}
    turned = {name: -sold[name] for name in ("line_quantity", "line_list", "line_discount", "line_cost")}
    return sold | turned | {"line_day": cancelled[sold["line_order"]], "line_kind": np.full(len(found), CANCELLATION)}


def _stacked(*parts: dict[str, Any]) -> dict[str, Any]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _contacts(
    luck: Chance, customers: Customers, state: State, ordered: Ordered, span: tuple[int, int], start: int, end: int
) -> tuple[dict[str, Any], list[Ints]]:
    """Today's practice, the contacts that actions ordered, and the letters of the campaign; and how many visits and calls of each
    customer are practice."""
    practice = customers.visits * state.plan, customers.calls
    days = (end - np.maximum(start, customers.acquired)) / calendar.YEAR * (state.left > start)
    found = [
        _practised(luck, customers, yearly * days, channel, start, end) for channel, yearly in zip((VISIT, CALL), practice, strict=True)
    ]
    found += [_made(luck, customers, getattr(ordered, kind), channel, span) for channel, kind in enumerate(CHANNEL_NAMES)]
    if start <= effects.CAMPAIGN_SENT < end:
        written = np.flatnonzero(customers.treated & (state.left > effects.CAMPAIGN_SENT))
        found.append(
            (written, np.full(len(written), effects.CAMPAIGN_SENT), np.full(len(written), MAILING), np.full(len(written), 2 * _ORDERED))
        )
    who, day, channel, place = (np.concatenate([part[position] for part in found]) for position in range(4))
    keep = (day >= start) & (day < end) & (day < state.left[who])
    who, day, channel, place = who[keep], day[keep], channel[keep], place[keep]
    by_practice = place < _ORDERED
    practised = [np.bincount(who[by_practice & (channel == kind)], minlength=len(customers)) for kind in (VISIT, CALL)]
    key = luck.keys("contact", customers.place[who], day, 8 * place + channel)
    return {"contact_customer": who, "contact_day": day, "contact_channel": channel, "contact_key": key}, practised


def _practised(luck: Chance, customers: Customers, mean: Floats, channel: int, start: int, end: int) -> tuple[Ints, Ints, Ints, Ints]:
    count = luck.counts(mean, f"contacts {channel}", customers.place, start)
    who, place = np.repeat(np.arange(len(customers)), count), spread(count)
    even = luck.uniform(f"contact day {channel}", customers.place[who], start, place)
    return who, calendar.drawn_days(start, end, _flat(start, end), even), np.full(len(who), channel), place


def _made(luck: Chance, customers: Customers, count: Ints, channel: int, span: tuple[int, int]) -> tuple[Ints, Ints, Ints, Ints]:
    """Ordered contacts, evenly spread over the whole stretch."""
    who, place = np.repeat(np.arange(len(customers)), count), spread(count)
    even = (place + luck.uniform(f"ordered {channel}", customers.place[who], span[0], place)) / np.maximum(count[who], 1)
    return who, calendar.drawn_days(*span, _flat(*span), even), np.full(len(who), channel), _ORDERED + place


def _flat(start: int, end: int) -> Floats:
    return (calendar.weights(start, end) > 0).astype(np.float64)


def _after(customers: Customers, state: State, complained: Ints, well: Flags, practised: list[Ints], days: int) -> State:
    """The state at the end: complaints have moved satisfaction, time has passed, the practised contacts are remembered."""
    good, bad = (np.bincount(complained[well == flag], minlength=len(customers)) for flag in (True, False))
    moved = effects.GOOD_HANDLING * good + effects.BAD_HANDLING * bad
    state = replace(state, satisfaction=np.clip(state.satisfaction + moved, 0.0, 1.0))
    state = effects.decayed(customers, state, days)
    return replace(state, visit=state.visit + practised[0], call=state.call + practised[1])
