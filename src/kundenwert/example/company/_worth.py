"""What a customer's orders are worth on average, in closed form: the truth against which forecasts are held."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company import _effects as effects
from kundenwert.example.company import _trade as trade
from kundenwert.example.company._assortment import GROUPS, INDUSTRIES, PRICE_STEP, assortment
from kundenwert.example.company._calendar import WINDOW_GROUPS
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

_RATES = {name: rate for name, rate, _ in RATES}
# Grids on which averages are tabled: sizes of customers, pieces wanted, cells of an even draw.
_SIZES = np.exp(np.linspace(np.log(0.02), np.log(400.0), 160))
_WANTED = np.exp(np.linspace(np.log(0.005), np.log(60_000.0), 1_200))
_NODES = 256


@dataclass(frozen=True)
class Order:
    """An average line of each customer in EUR, and lines an order. promoted: share of the list amount at promotion prices."""

    listed: Floats
    cost: Floats
    lines: Floats
    promoted: Floats


@lru_cache(maxsize=8)
def _average_lines(seed: int) -> tuple[Floats, Floats]:
    """List amount and cost of an average line, by mix of products and by size."""
    goods = assortment(seed)
    wanted = np.log(goods.pieces[:, None] * _SIZES[None, :])
    pieces = np.interp(wanted, np.log(_WANTED), _mean_pieces())
    return goods.weights @ (goods.price[:, None] * pieces), goods.weights @ (goods.cost[:, None] * pieces)


@lru_cache(maxsize=1)
def _mean_pieces() -> Floats:
    """Mean of max(1, rounded pieces) over the spread of quantities, by what is wanted on average."""
    even = np.full(_NODES, 1.0 / _NODES)
    pair = np.convolve(even, even)
    density = np.convolve(pair, pair)
    # The four even draws of `Chance.bell`, each at the middle of its cell.
    bell = ((np.arange(density.size) + 2.0) / _NODES - 2.0) / np.sqrt(4 / 12)
    pieces = np.maximum(1.0, np.rint(_WANTED[:, None] * np.exp(trade.QUANTITY_SPREAD * bell)[None, :]))
    mean: Floats = pieces @ density
    return mean


def order_of(seed: int, customers: Customers, state: State) -> Order:
    """The average order of each customer at the prices of the first year, before discounts."""
    amount, cost = _average_lines(seed)
    size, hunts = np.log(customers.size * state.bundle), customers.has(Role.PROMOTION_HUNTER)
    listed, spent = np.empty(len(customers)), np.empty(len(customers))
    for mix in range(len(INDUSTRIES) + 1):
        # Who hunts promotions takes what is on promotion, in turn; all others the mix of their industry.
        here = np.flatnonzero(hunts if mix == len(INDUSTRIES) else ~hunts & (customers.industry == mix))
        of = slice(mix, None) if mix == len(INDUSTRIES) else slice(mix, mix + 1)
        listed[here] = np.interp(size[here], np.log(_SIZES), amount[of].mean(axis=0))
        spent[here] = np.interp(size[here], np.log(_SIZES), cost[of].mean(axis=0))
    usual = _promotion_weeks() * WINDOW_GROUPS / len(GROUPS)
    promoted = np.where(hunts, 1.0, np.where(customers.has_plain_terms, 0.0, usual))
    return Order(listed, spent, np.maximum(customers.lines, 1.0), promoted)


@lru_cache(maxsize=1)
def _promotion_weeks() -> float:
    """Share of the year's business that falls into promotion weeks."""
    start = calendar.number(calendar.START)
    weight = calendar.weights(start, start + 366)
    return float(weight[calendar.windows(np.arange(start, start + 366)) >= 0].sum() / weight.sum())


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
    """The expectation of each customer in closed form, in months of equal business (over a year the season averages out)."""
    rate = customers.rate * effects.order_factor(customers, _settled(customers, state))
    leaving = _leaving(customers, state, rate)
    here = np.where(state.is_here, 1.0, 0.0)
    times = (np.arange(60) + 0.5) / 12
    stays = here[:, None] * np.exp(-leaving[:, None] * times[None, :]) / 12
    # Prices and activity rates step on each first of January.
    year = calendar.day_of(today).year
    years = np.floor(times + (today - calendar.on(year, 1, 1)) / calendar.YEAR) + year - calendar.START.year
    grown, dearer = stays * (1 + PRICE_STEP) ** years, stays * (1 + RATE_STEP) ** years
    worth, service, interest = _per_order(seed, customers, state), _service(customers), np.power(1.10, -times)
    first, first_grown = stays[:, :12].sum(axis=1), grown[:, :12].sum(axis=1) * rate
    goodwill = rate * customers.complaints * (COMPLAINT_COST + state.handling)
    activities = rate * worth.activities + _contacts_a_year(customers, state) + service.activities
    db1 = first_grown * worth.db1 + first * service.db1
    return Expected(
        orders=first * rate,
        revenue=first_grown * worth.revenue + first * service.revenue,
        db1=db1,
        db4=db1 - first * goodwill - dearer[:, :12].sum(axis=1) * activities,
        clv=(grown @ interest) * rate * worth.db1 + (stays @ interest) * service.db1,
        stays=here * np.exp(-leaving),
        rate=rate,
    )


def _settled(customers: Customers, state: State) -> State:
    """The state once what is remembered is what practice makes: the usual visits and calls."""
    usual = State.of(customers)
    return replace(state, visit=usual.visit * state.plan, call=usual.call, mailing=np.zeros(len(customers)))


def _leaving(customers: Customers, state: State, rate: Floats) -> Floats:
    """Yearly hazard of leaving, complaints that are handled badly included."""
    upset = customers.has(Role.ORDINARY) * rate * (1 - trade.CANCELLED_SHARE) * customers.complaints
    return customers.leaving + upset * (1.0 - effects.good_handling_chance(state.handling)) * effects.LEAVES_UPSET


@dataclass(frozen=True)
class _Worth:
    """Net revenue, contribution after goods, and activity cost: of an order, or of a service contract in a year."""

    revenue: Floats
    db1: Floats
    activities: Floats


def _per_order(seed: int, customers: Customers, state: State) -> _Worth:
    """An average order at the first year's prices. Freight is left out: it is charged little above its cost."""
    order = order_of(seed, customers, state)
    paid = np.minimum((1.0 - customers.discount) * state.price, 1.0) * (1.0 - trade.PROMOTION_DISCOUNT * order.promoted)
    free = np.where(customers.has_plain_terms, 0.0, trade.FREE_SHARE * (order.lines - 1.0) / order.lines)
    # Seven of ten returned lines come back in full, the others by half.
    back = customers.returns * 0.85
    resold = np.where(customers.has(Role.LOSS_RETURNS), trade.RESOLD_WORN, trade.RESOLD)
    kept = 1.0 - trade.CANCELLED_SHARE
    net = kept * order.lines * order.listed * paid * (1.0 - free) * (1.0 - back)
    goods = kept * order.lines * order.cost * (1.0 - back * resold)
    revenue = net * (1.0 - np.where(customers.has(Role.KEY_ACCOUNT), BONUS_SHARE, 0.0))
    deducted = net * np.where(customers.takes_cash_discount, CASH_DISCOUNT, 0.0)
    after = _RATES["deliveries"] + customers.complaints * _RATES["complaints"] + order.lines * customers.returns * _RATES["returns"]
    return _Worth(revenue, revenue - goods - deducted, _RATES["orders"] + kept * after)


def _contacts_a_year(customers: Customers, state: State) -> Floats:
    cost: Floats = customers.visits * state.plan * _RATES["visits"] + customers.calls * _RATES["calls"]
    return cost


def _service(customers: Customers) -> _Worth:
    """A year of the service contracts."""
    has = customers.contract > 0
    price = np.where(customers.contract == 1, OLD_PRICE, np.where(has, NEW_PRICE, 0)) * 12 / 100
    hours = np.where(has, 4.0 * SERVICE_HOURS_A_QUARTER, 0.0)
    return _Worth(price, price - has * SERVICE_COST * 12 / 100, hours * _RATES["service_hours"])
