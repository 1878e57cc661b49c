"""What customers need and say beside their orders: demand, size, whom they know, how they judge us, ideas, joint projects.

Nothing here moves what customers do; all draws have purposes of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company import _effects as effects
from kundenwert.example.company._chance import OWN, Chance, Flags, Floats, Ints
from kundenwert.example.company._effects import State
from kundenwert.example.company._people import FIRM, PRIVATE, Customers, Role
from kundenwert.example.company._trade import CALL, VISIT
from kundenwert.example.company._worth import order_of

if TYPE_CHECKING:
    from kundenwert.example.company._story import Story

SHARE_OF_WALLET = (0.15, 0.95)
"""Between these the share lies that a customer buys from us of what he needs; even, hidden."""
ESTIMATE_SPREAD = 0.20
"""The field staff misses the demand by a factor of exp(0.20 x a standard draw)."""
TURNOVER_A_HEAD = 9_000.0
"""EUR a year that one who works there uses of such goods."""
IDEA_GIVERS = 0.05
"""Share of the firms that bring ideas: one in three of their visits and calls is about one."""
_IDEAS = (0.002, 0.33)
_REVIEWS = (0.002, 0.06)
_ANSWERS = 0.45
SURVEY = (6, 16)
"""Month and day of the yearly survey."""
_USUAL, _BY_CONTENT = 7.9, 13.0
_PROJECTS_OF_700 = 12


def demand(seed: int, people: Customers) -> Floats:
    """EUR a year of what we sell that each customer needs, from us and from others: what is ordered in a year by today's practice, before
    promotions and returns, divided by the share of wallet.
    """
    state = State.of(people)
    order = order_of(seed, people, state)
    bought = people.rate * effects.order_factor(people, state) * order.listed * order.lines * (1.0 - people.discount)
    return np.asarray(bought / share_of_wallet(seed, people))


def share_of_wallet(seed: int, people: Customers) -> Floats:
    """Share of the demand that is bought from us; of a firm that is entered twice it is shared by both."""
    least, most = SHARE_OF_WALLET
    return least + (most - least) * Chance(seed).uniform("wallet", people.place)


@dataclass(frozen=True)
class Known:
    """What master data say of each customer. potential: EUR a year; estimated: day, NEVER where nobody estimated; 0 people or partners:
    not noted.
    """

    potential: Ints
    estimated: Ints
    by_staff: Flags
    employees: Ints
    network: Ints


def known(story: Story, people: Customers) -> Known:
    """Demand as estimated until the day (to 500 EUR), people who work there, firms the customer talks to about suppliers."""
    chance, place, needs = story.chance, people.place, demand(story.seed, people) / story.plan.activity
    by_staff = chance.uniform("estimated by", place) < 0.7
    later = (30 + 330 * chance.uniform("estimated on", place)).astype(np.int64)
    asked = calendar.working(np.maximum(people.acquired, calendar.number(calendar.START)) + later)
    has = (people.kind != PRIVATE) & (chance.uniform("estimated", place) < 0.75) & (asked <= story.day)
    guess = needs * story.plan.activity * np.exp(ESTIMATE_SPREAD * chance.bell("estimate", place))
    heads = np.rint(needs / TURNOVER_A_HEAD * np.exp(0.35 * chance.bell("employees", place))).astype(np.int64)
    heads = np.where(people.kind == FIRM, np.clip(heads, 2, 900), np.clip(heads, 1, 6))
    partners = np.rint(np.where(people.has(Role.RECOMMENDER), 28.0, 7.0) * np.exp(0.4 * chance.bell("network", place))).astype(np.int64)
    firms = people.kind != PRIVATE
    return Known(
        potential=np.maximum(500, 500 * np.rint(guess / 500).astype(np.int64)),
        estimated=np.where(has, asked, effects.NEVER),
        by_staff=by_staff,
        employees=np.where(firms & (chance.uniform("employees known", place) < 0.8), heads, 0),
        network=np.where(firms & (chance.uniform("network known", place) < 0.6), np.maximum(partners, 1), 0),
    )


def gives_ideas(seed: int, people: Customers) -> Flags:
    """Who brings ideas."""
    return np.asarray((people.kind == FIRM) & (people.twin < 0) & (Chance(seed).uniform("gives ideas", people.place) < IDEA_GIVERS))


def spoken(story: Story) -> tuple[Flags, Flags]:
    """Which contacts are about an idea of the customer, and which led to a reference report: visits and calls alone."""
    found, people = story.contacts, story.people
    who, key = found["customer"], found["key"]
    talked = np.isin(found["channel"], [VISIT, CALL])
    idea = OWN.uniform("idea", key) < np.where(gives_ideas(story.seed, people)[who], _IDEAS[1], _IDEAS[0])
    review = OWN.uniform("review", key) < np.where(people.has(Role.RECOMMENDER)[who], _REVIEWS[1], _REVIEWS[0])
    return talked & idea, talked & review & ~idea


def survey_days(story: Story) -> Ints:
    """The days of the yearly survey until the day."""
    years = range(calendar.START.year, calendar.day_of(story.day).year + 1)
    days = np.array([calendar.on(year, *SURVEY) for year in years], dtype=np.int64)
    return days[days <= story.day]


def answers(story: Story, day: int) -> tuple[Ints, Ints]:
    """Who answered the survey of a day, by place, and how likely they are to recommend us, 0 to 10."""
    people, chance = story.people, story.chance
    asked = story.known[(people.acquired[story.known] < day) & (story.company.state.left[story.known] > day)]
    who = asked[chance.uniform("answers", people.place[asked], day) < _ANSWERS]
    lifted = np.where(people.has(Role.RECOMMENDER)[who], 2.5, 0.0)
    middle = _USUAL + _BY_CONTENT * (content_on(story, day)[who] - 0.74) + lifted
    return who, np.clip(np.rint(middle + 1.1 * chance.bell("grade", people.place[who], day)), 0, 10).astype(np.int64)


def content_on(story: Story, day: int) -> Floats:
    """How content each customer is on a day, 0 to 1: what he usually is, and what complaints before that day have left of their effect."""
    found = story.complaints
    before = found["day"] < day
    left = np.exp(-(day - found["day"][before]) / effects.FORGIVING_DAYS)
    moved = np.where(found["well"][before], effects.GOOD_HANDLING, effects.BAD_HANDLING) * left
    total = np.bincount(found["customer"][before], weights=moved, minlength=len(story.people))
    return np.clip(story.people.content + total, 0.0, 1.0)


@dataclass(frozen=True)
class Projects:
    """Joint projects known on the day; one element each. chance: percent. benefit, effort: cents. is_sourced: whether the file says who
    says so.
    """

    customer: Ints
    number: Ints
    stated: Ints
    end: Ints
    chance: Ints
    benefit: Ints
    effort: Ints
    status: Ints
    is_sourced: Flags


STATUS = ("offen", "abgeschlossen", "abgebrochen")


def projects(story: Story) -> Projects:
    """Joint projects with key accounts and idea givers, one each at most."""
    people, chance = story.people, story.chance
    # Of those who were there from the beginning, so that whoever comes later changes nothing.
    near = people.has(Role.KEY_ACCOUNT) | gives_ideas(story.seed, people)
    may = np.flatnonzero(near & (people.kind == FIRM) & (people.place < story.plan.founding))
    count = max(1, round(_PROJECTS_OF_700 * story.plan.customers / 700))
    who = np.sort(may[np.argsort(chance.keys("project", people.place[may]), kind="stable")][:count])
    place = people.place[who]
    later = (60 + 540 * chance.uniform("project on", place)).astype(np.int64)
    stated = calendar.working(np.maximum(people.acquired[who], calendar.number(calendar.START)) + later)
    end = stated + (240 + 500 * chance.uniform("project end", place)).astype(np.int64)
    over, ends_well = end <= story.day, chance.uniform("project outcome", place) < 0.6
    benefit = 1_000_00 * np.rint(8 * np.exp(0.8 * chance.bell("project benefit", place)) + 1).astype(np.int64)
    share = 0.1 + 0.35 * chance.uniform("project effort", place)
    number = 1 + np.arange(len(who))
    found = Projects(
        customer=who,
        number=number,
        stated=stated,
        end=end,
        chance=5 * np.rint(4 + 13 * chance.uniform("project chance", place)).astype(np.int64),
        benefit=benefit,
        effort=np.where(over, 0, 100_00 * np.rint(benefit / 100_00 * share).astype(np.int64)),
        status=np.where(over, np.where(ends_well, 1, 2), 0),
        is_sourced=number % 8 != 5,
    )
    keep = stated <= story.day
    return Projects(**{name: column[keep] for name, column in vars(found).items()})
