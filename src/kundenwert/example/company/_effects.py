"""What the company can do, what state its customers are in, and how the one changes the other.

Every effect is concave: the second visit of a quarter does less than the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final, Literal

import numpy as np

from kundenwert.errors import CallError
from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company._chance import Flags, Floats, Ints
from kundenwert.example.company._people import Customers

Kind = Literal["visit", "call", "mailing", "offer", "handling", "price", "minimum_order", "visit_plan"]

NEVER: Final = 2**31
"""The day on which a customer leaves that has not left."""
STAYED, JUST_LEFT, LEFT_UPSET = 0, 1, 2


@dataclass(frozen=True)
class Action:
    """Something the company does to customers at the beginning of a stretch of time.

    kind: what. customers: customer numbers; None means all. amount: how much of it for each customer:
    visit, call, mailing: how many, spread over the stretch. offer: share off the price for 60 days, such as 0.05.
    handling: EUR spent on each complaint from now on, on top of today's. price: change of the customer's net prices from now on,
    such as 0.03. minimum_order: EUR below which orders are no longer taken. visit_plan: factor on the visits of today's practice.

    >>> Action("visit", ("10007",), 2).amount
    2
    """

    kind: Kind
    customers: tuple[str, ...] | None = None
    amount: float = 1.0

    def __post_init__(self) -> None:
        low, high = _LIMITS.get(self.kind, (1.0, 0.0))
        if not low <= self.amount <= high:
            known = ", ".join(f"{kind} ({low:g} to {high:g})" for kind, (low, high) in _LIMITS.items())
            raise CallError(f"There is no action {self.kind!r} with the amount {self.amount!r}. Possible: {known}.")


_LIMITS: Mapping[str, tuple[float, float]] = {
    "visit": (0, 100), "call": (0, 100), "mailing": (0, 100), "offer": (0, 0.5), "handling": (0, 1_000), "price": (-0.5, 0.5),
    "minimum_order": (0, 10_000), "visit_plan": (0, 10),
}  # fmt: skip


@dataclass(frozen=True)
class Contact:
    """How one kind of contact works. top: the most it adds to the orders. scale: contacts until about two thirds of that.

    half_life: days after which half of a contact is forgotten.
    """

    top: float
    scale: float
    half_life: float


CONTACTS: Mapping[str, Contact] = {
    "visit": Contact(top=0.30, scale=2.0, half_life=90.0),
    "call": Contact(top=0.12, scale=2.0, half_life=45.0),
    "mailing": Contact(top=0.06, scale=1.5, half_life=30.0),
}
OFFER_TOP, OFFER_SCALE, OFFER_DAYS = 0.60, 0.06, 60
"""An offer of a share p off the price raises the orders by 0.60 * response * (1 - exp(-p / 0.06)) for 60 days."""
HANDLED_WELL, HANDLING_TOP, HANDLING_SCALE = 0.70, 0.27, 40.0
"""Chance that a complaint is handled well: 0.70 + 0.27 * (1 - exp(-EUR / 40))."""
LEAVES_UPSET = 0.30
"""Chance that a customer leaves for good once a complaint was handled badly."""
GOOD_HANDLING, BAD_HANDLING, PRICE_ANGER, UNWANTED_MAIL = 0.04, -0.25, -0.8, -0.04
"""What lifts or lowers satisfaction (0 to 1); anger about prices for each 100 % more."""
LEAVING_BY_CONTENT = 4.0
"""The yearly chance to leave is multiplied by exp(4 * (usual satisfaction - satisfaction))."""
FORGIVING_DAYS = 180.0
"""Time in which satisfaction comes back to the usual by two thirds."""
CAMPAIGN_SENT, CAMPAIGN_FROM, CAMPAIGN_TO = (calendar.on(2025, month, day) for month, day in ((2, 28), (3, 1), (6, 1)))
"""The campaign goes out on 28 February 2025 and works in March, April and May."""


@dataclass(frozen=True)
class State:
    """What changes about customers; arrays as in `Customers`.

    satisfaction: 0 to 1. left: day of leaving, NEVER while here. cause: 0 here, 1 just left, 2 upset by a complaint.
    visit, call, mailing: contacts not yet forgotten. price: factor on net prices. offer, offer_until: share off and its last day.
    handling: EUR more a complaint. bundle: how many former orders one order holds. plan: factor on today's visits.
    """

    satisfaction: Floats
    left: Ints
    cause: Ints
    visit: Floats
    call: Floats
    mailing: Floats
    price: Floats
    offer: Floats
    offer_until: Ints
    handling: Floats
    bundle: Floats
    plan: Floats

    @classmethod
    def of(cls, customers: Customers) -> State:
        """The state in which customers are before anything happens: today's practice has gone on for long."""
        zeros, ones = np.zeros(len(customers)), np.ones(len(customers))
        usual = {kind: _usual(yearly, kind) for kind, yearly in (("visit", customers.visits), ("call", customers.calls))}
        never = np.full(len(customers), NEVER, dtype=np.int64)
        return cls(
            satisfaction=customers.content, left=never, cause=np.zeros(len(customers), dtype=np.int64), mailing=zeros, price=ones,
            offer=zeros, offer_until=np.zeros(len(customers), dtype=np.int64), handling=zeros, bundle=ones, plan=ones, **usual,
        )  # fmt: skip

    def joined(self, later: State) -> State:
        """The state of these and of later customers."""
        return State(**{f.name: np.concatenate([getattr(self, f.name), getattr(later, f.name)]) for f in fields(self)})

    @property
    def is_here(self) -> Flags:
        """Who has not left."""
        return np.asarray(self.left == NEVER)


def _usual(yearly: Floats, kind: str) -> Floats:
    """Contacts in memory if they go on at this pace for ever."""
    return np.asarray(yearly / calendar.YEAR * CONTACTS[kind].half_life / np.log(2))


def contact_factor(stock: Floats, response: Floats, kind: str) -> Floats:
    """By what the orders are multiplied while `stock` contacts are remembered: 1 + top * response * (1 - exp(-stock / scale))."""
    contact = CONTACTS[kind]
    return 1.0 + contact.top * response * -np.expm1(-stock / contact.scale)


def order_factor(customers: Customers, state: State) -> Floats:
    """By what the natural order rate is multiplied in a state, offers and the campaign apart."""
    factor = np.power(state.price, -customers.elasticity) / state.bundle
    for kind in CONTACTS:
        factor = factor * contact_factor(getattr(state, kind), customers.response, kind)
    # Somebody whose small orders are no longer taken buys a little elsewhere.
    return factor * np.exp(-0.05 * (state.bundle - 1.0))


def passing_factor(customers: Customers, state: State, start: int, end: int) -> Floats:
    """By what offers and the campaign multiply the orders between two days."""
    days = end - start
    under_offer = np.clip(state.offer_until - start, 0, days) / days
    offer = OFFER_TOP * customers.response * -np.expm1(-state.offer / OFFER_SCALE)
    in_campaign = max(0, min(end, CAMPAIGN_TO) - max(start, CAMPAIGN_FROM)) / days
    return (1.0 + under_offer * offer) * (1.0 + in_campaign * customers.uplift * customers.treated)


def leaving_chance(customers: Customers, state: State, days: int) -> Floats:
    """Chance to leave within some days, complaints apart."""
    a_year = customers.leaving * np.exp(LEAVING_BY_CONTENT * (customers.content - state.satisfaction))
    return -np.expm1(-a_year * days / calendar.YEAR)


def good_handling_chance(handling: Floats) -> Floats:
    """Chance that a complaint is handled well, given the EUR spent on top."""
    return HANDLED_WELL + HANDLING_TOP * -np.expm1(-handling / HANDLING_SCALE)


def decayed(customers: Customers, state: State, days: int) -> State:
    """The state some days later: contacts are forgotten, anger and delight fade."""
    kept = {kind: getattr(state, kind) * 0.5 ** (days / contact.half_life) for kind, contact in CONTACTS.items()}
    fading = np.exp(-days / FORGIVING_DAYS)
    return replace(state, satisfaction=customers.content + (state.satisfaction - customers.content) * fading, **kept)


@dataclass(frozen=True)
class Ordered:
    """Contacts that actions order: how many a customer in the stretch, by kind."""

    visit: Ints
    call: Ints
    mailing: Ints

    def longer(self, more: int) -> Ordered:
        """The same with some customers more who get none."""
        none = np.zeros(more, dtype=np.int64)
        return Ordered(*(np.concatenate([getattr(self, f.name), none]) for f in fields(self)))


def act(customers: Customers, state: State, actions: Sequence[Action], today: int, order_value: Floats) -> tuple[State, Ordered]:
    """The state after actions, and the contacts to be made. order_value: EUR of an average order of each customer."""
    ordered = {kind: np.zeros(len(customers), dtype=np.int64) for kind in CONTACTS}
    for action in actions:
        hit = _meant(customers, action) & state.is_here
        if action.kind in ordered:
            ordered[action.kind] += np.where(hit, round(action.amount), 0)
        else:
            state = _changed(customers, state, action, hit, today, order_value)
    for kind, count in ordered.items():
        state = replace(state, **{kind: getattr(state, kind) + np.where(_ignores(customers, kind), 0, count)})
    unwanted = UNWANTED_MAIL * ordered["mailing"] * customers.objects
    return replace(state, satisfaction=np.clip(state.satisfaction + unwanted, 0.0, 1.0)), Ordered(**ordered)


def _ignores(customers: Customers, kind: str) -> Flags:
    return customers.objects & (kind == "mailing")


def _meant(customers: Customers, action: Action) -> Flags:
    if action.customers is None:
        return np.ones(len(customers), dtype=bool)
    wanted = np.array(action.customers, dtype=np.str_).astype(np.int64)
    unknown = np.setdiff1d(wanted, customers.number)
    if unknown.size:
        raise CallError(f"The action names customer {unknown[0]}, who is not a customer of this company.")
    return np.isin(customers.number, wanted)


def _changed(customers: Customers, state: State, action: Action, hit: Flags, today: int, order_value: Floats) -> State:
    if action.kind == "offer":
        until = np.where(hit, today + OFFER_DAYS, state.offer_until)
        return replace(state, offer=np.where(hit, action.amount, state.offer), offer_until=until)
    if action.kind == "handling":
        return replace(state, handling=np.where(hit, action.amount, state.handling))
    if action.kind == "visit_plan":
        return replace(state, plan=np.where(hit, action.amount, state.plan))
    if action.kind == "minimum_order":
        bundle = np.clip(action.amount / np.maximum(order_value, 1e-9), 1.0, 6.0)
        return replace(state, bundle=np.where(hit, np.maximum(bundle, state.bundle), state.bundle))
    anger = np.where(hit, PRICE_ANGER * action.amount, 0.0)
    content = np.clip(state.satisfaction + np.minimum(anger, 0.05), 0.0, 1.0)
    return replace(state, price=np.where(hit, state.price * (1.0 + action.amount), state.price), satisfaction=content)
