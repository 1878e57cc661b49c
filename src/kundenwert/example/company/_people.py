"""Who the customers are: what each is by nature, and which facts are planted in whom.

Everything here is a function of seed, size of the company and the customer's place, so any customer can be made at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import IntEnum
from typing import Any

import numpy as np

from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company._assortment import INDUSTRIES
from kundenwert.example.company._chance import Chance, Flags, Floats, Ints


class Role(IntEnum):
    """What is planted in a customer; each has one role."""

    ORDINARY = 0
    KEY_ACCOUNT = 1
    LOSS_DISCOUNT = 2
    LOSS_SMALL_ORDERS = 3
    LOSS_VISITS = 4
    LOSS_RETURNS = 5
    LOSS_COMPLAINTS = 6
    DISCOUNTER = 7
    PROMOTION_HUNTER = 8
    LATE_PAYER = 9
    RECOMMENDER = 10
    UPSET = 11
    OLD_TARIFF = 12
    ORIGINAL = 13
    DUPLICATE = 14
    SWISS = 15
    DOLLAR = 16


CAUSES: Mapping[Role, str] = {
    Role.LOSS_DISCOUNT: "discount",
    Role.LOSS_SMALL_ORDERS: "small_orders",
    Role.LOSS_VISITS: "visits",
    Role.LOSS_RETURNS: "returns",
    Role.LOSS_COMPLAINTS: "complaints",
}

# How many of 700 customers have each role; all of them are there from the beginning.
_OF_700: Mapping[Role, int] = {
    Role.KEY_ACCOUNT: 30,
    Role.LOSS_DISCOUNT: 5,
    Role.LOSS_SMALL_ORDERS: 5,
    Role.LOSS_VISITS: 5,
    Role.LOSS_RETURNS: 5,
    Role.LOSS_COMPLAINTS: 5,
    Role.DISCOUNTER: 12,
    Role.PROMOTION_HUNTER: 15,
    Role.LATE_PAYER: 20,
    Role.RECOMMENDER: 14,
    Role.UPSET: 16,
    Role.OLD_TARIFF: 40,
    Role.ORIGINAL: 12,
    Role.DUPLICATE: 12,
    Role.SWISS: 14,
    Role.DOLLAR: 6,
}  # fmt: skip
MEMBERS_A_GROUP = 3.75

# What a role changes: orders a year, size of an order against an ordinary one, lines an order, discount, visits a year,
# complaints an order, returns a line, leaving a year.
_PLANTED: Mapping[Role, Mapping[str, float]] = {
    Role.KEY_ACCOUNT: {"rate": 34.0, "size": 2.4, "visits": 14.0, "leaving": 0.015, "discount": 0.11},
    Role.LOSS_DISCOUNT: {"rate": 22.0, "size": 1.0, "discount": 0.33},
    Role.LOSS_SMALL_ORDERS: {"rate": 55.0, "size": 0.06, "lines": 1.35, "visits": 1.0},
    Role.LOSS_VISITS: {"rate": 9.0, "size": 0.8, "visits": 30.0},
    Role.LOSS_RETURNS: {"rate": 22.0, "size": 0.8, "returns": 0.40},
    Role.LOSS_COMPLAINTS: {"rate": 22.0, "size": 0.40, "complaints": 0.65},
    Role.DISCOUNTER: {"rate": 15.0, "discount": 0.15},
    Role.PROMOTION_HUNTER: {"rate": 12.0, "discount": 0.0, "visits": 0.5},
    Role.LATE_PAYER: {"rate": 13.0},
    Role.RECOMMENDER: {"rate": 16.0},
    Role.UPSET: {"rate": 15.0, "size": 1.4},
    Role.ORIGINAL: {"rate": 8.0},
    Role.DUPLICATE: {"rate": 5.0},
    Role.SWISS: {"rate": 12.0, "size": 1.3},
    Role.DOLLAR: {"rate": 9.0, "size": 1.8},
}

# Trading terms of these are what is planted: neither promotion prices nor free goods nor a service contract blur them.
_PLAIN_TERMS = (*CAUSES, Role.DISCOUNTER, Role.PROMOTION_HUNTER)

FOUNDING_SHARE = 0.78
"""Share of the customers of the first two years that are there from the beginning; the others come evenly over these years."""
_TWO_YEARS = 731.0
_OLD_TARIFF_UNTIL = calendar.number(date(2019, 1, 1))
NEW_TARIFF_FROM = calendar.number(date(2021, 1, 1))
OLD_PRICE, NEW_PRICE, SERVICE_COST = 89_00, 74_00, 41_00
"""Cents a month of the same service contract in the old and the new tariff, and what it costs."""

UPLIFT = (0.25, 0.70, 0.40, 0.80, 0.30, 0.00)
"""By how much the campaign raises the orders of a treated customer while it works, by industry."""

CITIES: tuple[tuple[str, str, int, str], ...] = (
    ("Hamburg", "Nord", 20095, "040 66969"),
    ("Berlin", "Ost", 10115, "030 23125"),
    ("Köln", "West", 50667, "0221 4710"),
    ("Frankfurt am Main", "Mitte", 60311, "069 90009"),
    ("München", "Süd", 80331, "089 99998"),
    ("Lübeck", "Nord", 23552, ""),
    ("Münster", "West", 48143, ""),
    ("Würzburg", "Süd", 97070, ""),
    ("Görlitz", "Ost", 2826, ""),
    ("Göttingen", "Mitte", 37073, ""),
    ("Zürich", "Ausland", 8001, ""),
    ("Rotterdam", "Ausland", 3011, ""),
)
"""City, sales region, a postcode there, and the start of phone numbers that the regulator keeps free for films and examples."""
DOMESTIC_CITIES = 10

CHANNELS = ("Außendienst", "Empfehlung", "Messe", "Onlineshop", "Anzeige", "Kaltakquise")
_ACQUISITION_COST = np.array([420.0, 90.0, 310.0, 60.0, 180.0, 260.0])

# Kinds of customers: firm, sole trader (a natural person), private person.
FIRM, SOLE_TRADER, PRIVATE = 0, 1, 2


@dataclass(frozen=True)
class Customers:
    """What customers are by nature; every array has one element a customer, in the order in which the company knows them.

    place: 0, 1, 2 ...; the founding customers first. number: the customer number. acquired: day of the first business. rate: orders
    a year without any contact. size: pieces a line against an ordinary customer. lines: lines an order. discount: share off the list
    price. visits, calls, mailings: a year, today's practice. complaints: an order. returns: a line. leaving: chance a year while
    content. content: usual satisfaction, 0 to 1. response: how strongly contacts work. elasticity: of orders to prices.
    delay: days of payment after the due day. contract: 0 none, 1 old tariff, 2 new tariff. twin: place of the original, -1.
    head: place of the group's head, -1. recommender: place of who recommended, -1. measured: eligible for the campaign.
    """

    place: Ints
    number: Ints
    role: Ints
    acquired: Ints
    kind: Ints
    industry: Ints
    city: Ints
    rate: Floats
    size: Floats
    lines: Floats
    discount: Floats
    visits: Floats
    calls: Floats
    complaints: Floats
    returns: Floats
    leaving: Floats
    content: Floats
    response: Floats
    elasticity: Floats
    delay: Floats
    terms: Ints
    takes_cash_discount: Flags
    contract: Ints
    contract_start: Ints
    twin: Ints
    head: Ints
    recommender: Ints
    channel: Ints
    acquisition_cost: Ints
    objects: Flags
    measured: Flags
    treated: Flags
    uplift: Floats

    def __len__(self) -> int:
        return len(self.place)

    def has(self, *roles: Role) -> Flags:
        """Which customers have one of these roles."""
        return np.isin(self.role, [int(role) for role in roles])

    @property
    def has_plain_terms(self) -> Flags:
        """Who gets neither promotion prices (hunters apart) nor free goods nor contracts."""
        return self.has(*_PLAIN_TERMS)

    @property
    def currency(self) -> Ints:
        """0 EUR, 1 CHF, 2 USD."""
        return np.where(self.has(Role.SWISS), 1, np.where(self.has(Role.DOLLAR), 2, 0))

    def joined(self, later: Customers) -> Customers:
        """These customers and those who came later."""
        return Customers(**{f.name: np.concatenate([getattr(self, f.name), getattr(later, f.name)]) for f in fields(self)})


@dataclass(frozen=True)
class Plan:
    """How large the company is. customers: of the first two years. activity: factor on all order rates, contacts and contracts."""

    seed: int
    customers: int
    activity: float = 1.0

    @property
    def founding(self) -> int:
        """Customers that are there from the beginning."""
        return round(FOUNDING_SHARE * self.customers)

    @property
    def first_number(self) -> int:
        """The number before the first customer number."""
        return int(10 ** max(4, len(str(self.customers))))

    def count(self, role: Role) -> int:
        """How many customers have a planted role."""
        return max(1, round(_OF_700[role] * self.customers / 700))

    @property
    def groups(self) -> int:
        """How many groups the key accounts form."""
        return max(1, round(self.count(Role.KEY_ACCOUNT) / MEMBERS_A_GROUP))

    def start(self, role: Role) -> int:
        """The first place with a role; places of one role follow each other."""
        earlier = [other for other in _OF_700 if other < role]
        return sum(self.count(other) for other in earlier)

    def arrivals(self, until: int) -> Ints:
        """Days on which new customers came before a day."""
        a_day = (self.customers - self.founding) / _TWO_YEARS
        start = calendar.number(calendar.START)
        places = np.arange(int(max(0.0, (until - start) * a_day)) + 2)
        even = Chance(self.seed).uniform("arrival", places)
        days = calendar.working(start + ((places + even) / a_day).astype(np.int64))
        return days[days < until]


def founders(plan: Plan) -> Customers:
    """The customers that are there from the beginning."""
    places = np.arange(plan.founding)
    role = np.zeros(plan.founding, dtype=np.int64)
    for planted in _OF_700:
        role[plan.start(planted) : plan.start(planted) + plan.count(planted)] = planted
    start = calendar.number(calendar.START)
    age = 30 + 5_400 * Chance(plan.seed).uniform("age", places) ** 1.4
    acquired = np.where(role == Role.OLD_TARIFF, _OLD_TARIFF_UNTIL - 60 - age / 3, start - age).astype(np.int64)
    number = np.empty(plan.founding, dtype=np.int64)
    number[np.lexsort((places, acquired))] = plan.first_number + 1 + places
    return _made(plan, places, role, acquired, number)


def newcomers(plan: Plan, known: int, until: int) -> Customers:
    """The customers from place `known` on that came before a day."""
    days = plan.arrivals(until)
    places = np.arange(known, plan.founding + len(days))
    return _made(plan, places, np.zeros(len(places), dtype=np.int64), days[places - plan.founding], plan.first_number + 1 + places)


def _made(plan: Plan, place: Ints, role: Ints, acquired: Ints, number: Ints) -> Customers:
    chance, is_new = Chance(plan.seed), place >= plan.founding
    is_ordinary = role == Role.ORDINARY
    ties = _ties(plan, place, role)
    # A duplicate is the same firm a second time: same trade, same town.
    firm = np.where(ties["twin"] >= 0, ties["twin"], place)
    industry = np.minimum((chance.uniform("industry", firm) * len(INDUSTRIES)).astype(np.int64), len(INDUSTRIES) - 1)
    objects = chance.uniform("objection", place) < 0.015
    kind = _kinds(chance, place, is_ordinary)
    spread = np.where(is_ordinary, 1.0, np.where(np.isin(role, [int(cause) for cause in CAUSES]), 0.25, 0.45))
    size = np.exp(spread * chance.bell("size", place) - 0.25) * np.where(kind == PRIVATE, 0.3, 1.0)
    rate = 6.8 * np.exp(np.where(is_ordinary, 0.85, 0.3) * chance.bell("rate", place)) * np.where(kind == PRIVATE, 0.4, 1.0)
    natural: dict[str, Any] = {
        "rate": rate,
        "size": size,
        "lines": 2.5 + 0.3 * chance.bell("lines", place),
        "discount": np.where(kind == PRIVATE, 0.0, np.clip(0.045 + 0.02 * np.log(size) + 0.02 * chance.bell("discount", place), 0, 0.12)),
        # Who buys more is visited more; beyond that representatives go where they like to go.
        "visits": np.where(
            kind == PRIVATE, 0.0, np.minimum(1.3 * np.sqrt(rate * size / 6.8) * np.exp(0.65 * chance.bell("visits", place)), 14.0)
        ),
        "complaints": 0.024 * np.exp(0.3 * chance.bell("complaints", place)),
        "returns": 0.014 * np.exp(0.4 * chance.bell("returns", place)),
        "leaving": np.where(is_ordinary, np.where(is_new, 0.22, 0.10) * np.exp(0.3 * chance.bell("leaving", place)), 0.02),
    }
    for planted, changes in _PLANTED.items():
        here = role == planted
        for name, level in changes.items():
            # Rates and sizes keep their spread around what is planted; the rest is planted exactly.
            typical = {"rate": 6.8, "size": np.exp(-0.25)}.get(name)
            natural[name] = np.where(here, natural[name] / typical * level if typical else level, natural[name])
    # Key accounts have bargained well or badly.
    natural["discount"] = natural["discount"] + np.where(role == Role.KEY_ACCOUNT, 0.035 * chance.bell("bargain", place), 0.0)
    natural["rate"] = natural["rate"] * plan.activity
    natural["visits"] = natural["visits"] * plan.activity
    return Customers(
        place=place, number=number, role=role, acquired=acquired, kind=kind, industry=industry, objects=objects,
        city=_cities(chance, firm, role),
        **natural,
        **_terms(chance, place, role, kind, acquired, is_new, plan),
        **ties,
        **_campaign(chance, place, industry, is_ordinary & ~is_new & ~objects & (kind != PRIVATE)),
    )  # fmt: skip


def _kinds(chance: Chance, place: Ints, is_ordinary: Flags) -> Ints:
    even = chance.uniform("kind", place)
    return np.where(is_ordinary & (even < 0.06), PRIVATE, np.where(is_ordinary & (even < 0.28), SOLE_TRADER, FIRM))


def _terms(chance: Chance, place: Ints, role: Ints, kind: Ints, acquired: Ints, is_new: Flags, plan: Plan) -> dict[str, Any]:
    is_key, is_late = role == Role.KEY_ACCOUNT, role == Role.LATE_PAYER
    chosen = chance.uniform("contract", place) < np.where(is_new, 0.10, 0.20) * plan.activity
    without = [int(other) for other in (*_PLAIN_TERMS, Role.LATE_PAYER, Role.SWISS, Role.DOLLAR)]
    may = (kind == FIRM) & ~np.isin(role, without)
    contract = np.where(role == Role.OLD_TARIFF, 1, np.where(may & chosen, 2, 0))
    began = np.maximum(acquired, NEW_TARIFF_FROM) + 60
    is_paid_promptly = ~is_late & ~is_key & (chance.uniform("cash discount", place) < 0.3)
    return {
        "calls": np.where(kind == PRIVATE, 0.0, 3.0) * plan.activity,
        "content": np.clip(0.74 + 0.09 * chance.bell("content", place), 0.3, 1.0),
        "response": 0.5 + chance.uniform("response", place),
        "elasticity": 0.5 + 1.5 * chance.uniform("elasticity", place),
        "delay": np.where(is_late, 38.0 + 7.0 * chance.bell("delay", place), 1.0 + 3.0 * chance.bell("delay", place)),
        "terms": np.where(kind == PRIVATE, 14, np.where(is_key, 45, 30)),
        "takes_cash_discount": is_paid_promptly & (kind != PRIVATE),
        "contract": contract,
        "contract_start": np.where(contract == 1, acquired + 30, np.where(contract == 2, began, 0)),
    }


def _cities(chance: Chance, place: Ints, role: Ints) -> Ints:
    city = np.minimum((chance.uniform("city", place) * DOMESTIC_CITIES).astype(np.int64), DOMESTIC_CITIES - 1)
    return np.where(role == Role.SWISS, DOMESTIC_CITIES, np.where(role == Role.DOLLAR, DOMESTIC_CITIES + 1, city))


def _ties(plan: Plan, place: Ints, role: Ints) -> dict[str, Any]:
    """Who belongs to whom: heads of groups, originals of duplicates, recommenders of newcomers."""
    chance, newcomer = Chance(plan.seed), place - plan.founding
    key_start, groups = plan.start(Role.KEY_ACCOUNT), plan.groups
    head = np.where(role == Role.KEY_ACCOUNT, key_start + (place - key_start) % groups, -1)
    twin = np.where(role == Role.DUPLICATE, place - plan.start(Role.DUPLICATE) + plan.start(Role.ORIGINAL), -1)
    # Every fourth newcomer is recommended; the recommenders take turns, after the first round now and then somebody else does.
    is_referred = (newcomer >= 0) & (newcomer % 4 == 0)
    turn = plan.start(Role.RECOMMENDER) + newcomer // 4 % plan.count(Role.RECOMMENDER)
    somebody = (chance.uniform("somebody", place) * plan.founding).astype(np.int64)
    is_first_round = newcomer // 4 < plan.count(Role.RECOMMENDER)
    recommender = np.where(is_referred, np.where(is_first_round | (chance.uniform("who", place) < 0.75), turn, somebody), -1)
    other = 2 + (chance.uniform("channel", place) * (len(CHANNELS) - 2)).astype(np.int64)
    channel = np.where(recommender >= 0, 1, np.where(chance.uniform("field", place) < 0.35, 0, other))
    cost = _ACQUISITION_COST[channel] * np.exp(0.35 * chance.bell("acquisition", place))
    return {
        "head": head, "twin": twin, "recommender": recommender, "channel": channel,
        "acquisition_cost": np.rint(100 * cost).astype(np.int64),
    }  # fmt: skip


def _campaign(chance: Chance, place: Ints, industry: Ints, eligible: Flags) -> dict[str, Any]:
    return {
        "measured": eligible,
        "treated": eligible & (chance.uniform("treated", place) < 0.5),
        "uplift": np.where(eligible, np.array(UPLIFT)[industry], 0.0),
    }
