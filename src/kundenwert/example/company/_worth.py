"""What a customer's orders are worth on average, in closed form: the truth against which forecasts are held."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company import _effects as effects
from kundenwert.example.company import _trade as trade
from kundenwert.example.company._assortment import GROUPS, INDUSTRIES, PRICE_STEP, WINDOW_GROUPS, Assortment, assortment
from kundenwert.example.company._chance import Floats
from kundenwert.example.company._effects import State
from kundenwert.example.company._people import NEW_PRICE, OLD_PRICE, SERVICE_COST, Customers, Role

RATES: tuple[tuple[str, float, str], ...] = (
    ("visits", 175.0, "sales"),
    ("calls", 14.0, "sales"),
    ("orders", 16.5, "sales"),
    ("mailings", 1.8, "marketing"),
    ("deliveries", 24.0, "logistics"),
    ("returns", 38.0, "logistics"),
    ("complaints", 120.0, "service"),
    ("service_hours", 62.0, "service"),
)
"""Cost drivers: name, EUR for one, the stage in which the cost counts."""
RATE_STEP = 0.025
"""Activity rates rise by 2.5 % each first of January."""
SERVICE_HOURS_A_QUARTER = 1.0
CASH_DISCOUNT = 0.02
COMPLAINT_COST = 35.0
"""Typical direct cost of a complaint in EUR: goods replaced, taxi, credit; on top of the activity."""
BONUS_SHARE = 0.025
"""Yearly bonus of key accounts on the net revenue of their products."""

_SIZES = np.exp(np.linspace(np.log(0.02), np.log(400.0), 160))
_NODES = 256


@dataclass(frozen=True)
class Order:
    """An average line of each customer: EUR at list price and cost. promoted: share of the list amount in promotion weeks."""

    listed: Floats
    cost: Floats
    lines: Floats
    promoted: Floats


@lru_cache(maxsize=8)
def _tables(seed: int) -> tuple[Floats, Floats, Floats]:
    """List amount, cost and promoted list amount of an average line, by mix and size."""
    goods = assortment(seed)
    pieces = _mean_pieces()
    # (mix, product) x (product, size)
    amount = goods.weights @ (goods.price[:, None] * _pieces_of(goods, pieces))
    cost = goods.weights @ (goods.cost[:, None] * _pieces_of(goods, pieces))
    return amount, cost, _SIZES


def _pieces_of(goods: Assortment, pieces: Floats) -> Floats:
    wanted = np.log(goods.pieces[:, None] * _SIZES[None, :])
    grid = np.log(_grid())
    return np.interp(wanted, grid, pieces)


def _grid() -> Floats:
    return np.exp(np.linspace(np.log(0.005), np.log(60_000.0), 1_200))


@lru_cache(maxsize=1)
def _mean_pieces() -> Floats:
    """Mean of max(1, rounded pieces) by what is wanted, over the spread of quantities."""
    ones = np.ones(1)
    step = (np.arange(_NODES) + 0.5) / _NODES
    # Density of a sum of two even draws, twice convolved: the four draws of `Chance.bell`.
    box = ones.repeat(_NODES) / _NODES
    density = np.convolve(np.convolve(box, box), np.convolve(box, box))
    places = (np.arange(density.size) + 2.0) / _NODES
    bell = (places - 2.0) / np.sqrt(4 / 12)
    del step
    wanted = _grid()[:, None] * np.exp(trade.QUANTITY_SPREAD * bell)[None, :]
    pieces: Floats = np.maximum(1.0, np.rint(wanted)) @ (density / density.sum())
    return pieces


def order_of(seed: int, customers: Customers, state: State) -> Order:
    """The average order of each customer at the prices of the first year, before discounts."""
    amount, cost, sizes = _tables(seed)
    size = np.log(customers.size * state.bundle)
    hunts = customers.has(Role.PROMOTION_HUNTER)
    listed, spent = (np.empty(len(customers)) for _ in range(2))
    for mix in range(len(INDUSTRIES)):
        here = np.flatnonzero(customers.industry == mix)
        listed[here] = np.interp(size[here], np.log(sizes), amount[mix])
        spent[here] = np.interp(size[here], np.log(sizes), cost[mix])
    promoted = slice(len(INDUSTRIES), None)
    listed[hunts] = np.interp(size[hunts], np.log(sizes), amount[promoted].mean(axis=0))
    spent[hunts] = np.interp(size[hunts], np.log(sizes), cost[promoted].mean(axis=0))
    share = 2 * trade_window_share() * WINDOW_GROUPS / len(GROUPS) / 2
    on_offer = np.where(hunts, 1.0, np.where(customers.has_plain_terms, 0.0, share))
    return Order(listed, spent, np.maximum(customers.lines, 1.0), on_offer)


def trade_window_share() -> float:
    """Share of the year's business that falls into promotion weeks."""
    start = calendar.number(calendar.START)
    days = np.arange(start, start + 366)
    weight = calendar.weights(start, start + 366)
    return float(weight[calendar.windows(days) >= 0].sum() / weight.sum())


@dataclass(frozen=True)
class Expected:
    """What to expect of each customer from a day on if today's practice goes on. EUR. db1: after goods. db4: after activities too.

    orders, revenue, db1, db4: the next 365 days, not discounted. clv: db1 of the next five years at 10 % a year. stays: chance to be a
    customer after 365 days. rate: orders a year while a customer.
    """

    orders: Floats
    revenue: Floats
    db1: Floats
    db4: Floats
    clv: Floats
    stays: Floats
    rate: Floats


def expected(seed: int, customers: Customers, state: State, today: int) -> Expected:
    """The expectation of each customer in closed form, in months of equal business (the season averages out over a year)."""
    rate = customers.rate * effects.order_factor(customers, _settled(customers, state))
    leaving = _leaving(customers, state, rate)
    revenue, db1, activities = _per_order(seed, customers, state)
    a_year, service_db1, service_db4, service = _contract(customers)
    contacts = _contacts_a_year(customers, state)
    level = trade.price_level(calendar.day_of(today).year)
    here = np.where(state.is_here, 1.0, 0.0)
    times = (np.arange(60) + 0.5) / 12
    alive = here[:, None] * np.exp(-leaving[:, None] * times[None, :])
    # Prices step on each first of January; cost of activities likewise.
    start = today - calendar.number(calendar.date(calendar.day_of(today).year, 1, 1))
    steps = np.floor(times + start / calendar.YEAR)
    grown = alive * ((1 + PRICE_STEP) ** steps)[None, :] / 12
    dearer = alive * ((1 + RATE_STEP) ** (steps + calendar.day_of(today).year - calendar.START.year))[None, :] / 12
    plain = alive / 12
    year, interest = grown[:, :12].sum(axis=1) * level, np.power(1.10, -times)
    rates = {name: rate for name, rate, _ in RATES}
    cost = dearer[:, :12].sum(axis=1) * (rate * activities + contacts + service)
    first, del_goodwill = plain[:, :12].sum(axis=1), rate * customers.complaints * (COMPLAINT_COST + state.handling)
    del rates
    return Expected(
        orders=first * rate,
        revenue=year * rate * revenue + first * a_year,
        db1=year * rate * db1 + first * service_db1,
        db4=year * rate * db1 + first * (service_db4 - del_goodwill) - cost,
        clv=(grown @ interest) * level * rate * db1 + (plain @ interest) * service_db1,
        stays=here * np.exp(-leaving),
        rate=rate,
    )


def _settled(customers: Customers, state: State) -> State:
    """The state once what is remembered is what practice makes: the usual visits and calls."""
    usual = State.of(customers)
    return effects.replace(state, visit=usual.visit * state.plan, call=usual.call, mailing=np.zeros(len(customers)))


def _leaving(customers: Customers, state: State, rate: Floats) -> Floats:
    """Yearly hazard of leaving, complaints that are handled badly included."""
    upset = customers.has(Role.ORDINARY) * rate * (1 - trade.CANCELLED_SHARE) * customers.complaints
    return customers.leaving + upset * (1.0 - effects.good_handling_chance(state.handling)) * effects.LEAVES_UPSET


def _per_order(seed: int, customers: Customers, state: State) -> tuple[Floats, Floats, Floats]:
    """Net revenue, contribution after goods, and activity cost of an average order, at the first year's prices."""
    order = order_of(seed, customers, state)
    paid = np.minimum((1.0 - customers.discount) * state.price, 1.0)
    paid = paid * (1.0 - trade.PROMOTION_DISCOUNT * order.promoted)
    free = np.where(customers.has_plain_terms, 0.0, trade.FREE_SHARE * (order.lines - 1.0) / order.lines)
    back = customers.returns * 0.85
    worn = np.where(customers.has(Role.LOSS_RETURNS), trade.RESOLD_WORN, trade.RESOLD)
    kept = 1.0 - trade.CANCELLED_SHARE
    bonus = np.where(customers.has(Role.KEY_ACCOUNT), BONUS_SHARE, 0.0)
    deducted = np.where(customers.takes_cash_discount, CASH_DISCOUNT, 0.0)
    net = kept * order.lines * order.listed * paid * (1.0 - free) * (1.0 - back)
    goods = kept * order.lines * order.cost * (1.0 - back * worn)
    revenue = net * (1.0 - bonus)
    rates = {name: rate for name, rate, _ in RATES}
    activities = rates["orders"] + kept * (
        rates["deliveries"] + customers.complaints * rates["complaints"] + order.lines * customers.returns * rates["returns"]
    )
    return revenue, revenue - goods - net * deducted, activities


def _contacts_a_year(customers: Customers, state: State) -> Floats:
    rates = {name: rate for name, rate, _ in RATES}
    cost: Floats = customers.visits * state.plan * rates["visits"] + customers.calls * rates["calls"]
    return cost


def _contract(customers: Customers) -> tuple[Floats, Floats, Floats, Floats]:
    """Yearly revenue, contribution after goods (twice, for both stages) and activity cost of service contracts."""
    price = np.where(customers.contract == 1, OLD_PRICE, np.where(customers.contract == 2, NEW_PRICE, 0)) * 12 / 100
    cost = np.where(customers.contract > 0, SERVICE_COST, 0) * 12 / 100
    hours = np.where(customers.contract > 0, 4 * SERVICE_HOURS_A_QUARTER, 0.0)
    rates = {name: rate for name, rate, _ in RATES}
    return price, price - cost, price - cost, hours * rates["service_hours"]
