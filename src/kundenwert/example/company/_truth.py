"""What is true about the company although no file says it: what was planted, and what chance made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, final

import numpy as np

from kundenwert.example.company import _calendar as calendar
from kundenwert.example.company import _effects as effects
from kundenwert.example.company import _voice as voice
from kundenwert.example.company import _worth as worth
from kundenwert.example.company._assortment import INDUSTRIES
from kundenwert.example.company._chance import Ints
from kundenwert.example.company._people import CAUSES, NEW_PRICE, OLD_PRICE, Role

if TYPE_CHECKING:
    from kundenwert.example.company import Company
    from kundenwert.example.company._export import Dirt


@final
@dataclass(frozen=True, eq=False)
class Truth:
    """The planted facts by customer number, and what to expect of every customer.

    Facts that only show once something has been sold (leaving, referrals, overpaid service) are told as of the day.
    """

    company: Company
    day: int

    @property
    def as_of(self) -> date:
        """The day of the truth."""
        return calendar.day_of(self.day)

    def of(self, role: Role) -> tuple[str, ...]:
        """The numbers of the customers in whom something is planted."""
        return self._ids(np.flatnonzero(self._people.has(role)))

    @property
    def _people(self) -> Any:
        return self.company.customers

    def _ids(self, places: Ints) -> tuple[str, ...]:
        return tuple(str(number) for number in self._people.number[places].tolist())

    @cached_property
    def loss_makers(self) -> Mapping[str, str]:
        """Customers who lose money, with the cause: discount, small_orders, visits, returns or complaints."""
        return {customer: cause for role, cause in CAUSES.items() for customer in self.of(role)}

    @cached_property
    def discounters(self) -> Mapping[str, float]:
        """Customers who pay a fixed share of the list price on everything, 0.85; all others pay more or have it as their cause."""
        return dict.fromkeys(self.of(Role.DISCOUNTER), 0.85)

    @cached_property
    def promotion_hunters(self) -> tuple[str, ...]:
        """Customers who buy on promotion only."""
        return self.of(Role.PROMOTION_HUNTER)

    @cached_property
    def late_payers(self) -> Mapping[str, float]:
        """Customers who pay weeks late, with their mean days after the due day."""
        places = np.flatnonzero(self._people.has(Role.LATE_PAYER))
        return dict(zip(self._ids(places), self._people.delay[places].tolist(), strict=True))

    @cached_property
    def referred(self) -> Mapping[str, tuple[str, ...]]:
        """Everybody who recommended somebody until the day, with the customers who came."""
        places = np.flatnonzero((self._people.recommender >= 0) & (self._people.acquired <= self.day))
        found: dict[str, tuple[str, ...]] = {}
        for recommender, customer in zip(self._ids(self._people.recommender[places]), self._ids(places), strict=True):
            found[recommender] = (*found.get(recommender, ()), customer)
        return found

    @cached_property
    def recommenders(self) -> tuple[str, ...]:
        """The customers planted as recommenders."""
        return self.of(Role.RECOMMENDER)

    @cached_property
    def left(self) -> Mapping[str, date]:
        """Who has left for good until the day, and when."""
        places = np.flatnonzero(self.company.state.left <= self.day)
        days = self.company.state.left[places].tolist()
        return dict(zip(self._ids(places), (calendar.day_of(day) for day in days), strict=True))

    @cached_property
    def left_after_complaint(self) -> tuple[str, ...]:
        """Who left because a complaint was handled badly: those planted, and those whom it happened to."""
        state = self.company.state
        return self._ids(np.flatnonzero((state.cause == effects.LEFT_UPSET) & (state.left <= self.day)))

    @cached_property
    def duplicates(self) -> Mapping[str, str]:
        """Customer numbers that are the same firm a second time, with the number of the first."""
        places = np.flatnonzero(self._people.twin >= 0)
        return dict(zip(self._ids(places), self._ids(self._people.twin[places]), strict=True))

    @cached_property
    def moved(self) -> tuple[str, ...]:
        """Customers whose letters came back until the day: their address is an old one."""
        from kundenwert.example.company._story import Story

        story = Story(self.company, self.day)
        return self._ids(np.unique(story.contacts["customer"][story.comes_back]))

    @cached_property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Groups of key accounts: the head, and all members with it."""
        places = np.flatnonzero(self._people.head >= 0)
        heads = self._people.head[places]
        return {self._ids(np.array([head]))[0]: self._ids(places[heads == head]) for head in np.unique(heads).tolist()}

    @cached_property
    def old_tariff(self) -> tuple[str, ...]:
        """Customers who pay the old tariff for the same service."""
        return self._ids(np.flatnonzero(self._people.contract == 1))

    @property
    def old_tariff_excess(self) -> float:
        """EUR a month that the old tariff costs more than the new one."""
        return (OLD_PRICE - NEW_PRICE) / 100

    @cached_property
    def uplift(self) -> Mapping[str, float]:
        """By how much the campaign of spring 2025 raised the orders of treated customers in March to May, by industry; and `all`:
        on average, each eligible customer weighted with the orders to be expected without it."""
        people = self._people
        places = np.flatnonzero(people.measured)
        weight = people.rate[places]
        total = float((people.uplift[places] * weight).sum() / weight.sum())
        by_industry = {
            name: float(people.uplift[places][people.industry[places] == code].mean()) for code, (name, _) in enumerate(INDUSTRIES)
        }
        return by_industry | {"all": total}

    @cached_property
    def idea_givers(self) -> tuple[str, ...]:
        """Customers who bring ideas: one in three of their visits and calls is about one."""
        return self._ids(np.flatnonzero(voice.gives_ideas(self.company.plan.seed, self._people)))

    @cached_property
    def demand(self) -> Mapping[str, float]:
        """EUR a year that each customer needs of what the company sells, from it and from others; files hold an estimate at best."""
        places = np.arange(len(self._people))
        return dict(zip(self._ids(places), voice.demand(self.company.plan.seed, self._people).tolist(), strict=True))

    @cached_property
    def share_of_wallet(self) -> Mapping[str, float]:
        """The share of it that each customer buys here by today's practice."""
        places = np.arange(len(self._people))
        return dict(zip(self._ids(places), voice.share_of_wallet(self.company.plan.seed, self._people).tolist(), strict=True))

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """Customers with a joint project until the day, finished or not."""
        from kundenwert.example.company._story import Story

        return self._ids(voice.projects(Story(self.company, self.day)).customer)

    @cached_property
    def customers(self) -> Any:
        """Arrow table of every customer of the day: role, satisfaction, whether still a customer, and what to expect.

        Expected EUR as in `_worth.Expected`, from the company's last day on, if today's practice goes on and nothing else is done.
        """
        import pyarrow as pa

        people, state = self._people, self.company.state
        expected = worth.expected(self.company.plan.seed, people, state, self.company.today)
        order = np.argsort(people.number, kind="stable")
        columns: dict[str, Any] = {
            "customer_id": pa.array(people.number[order]).cast(pa.string()),
            "role": pa.array([role.name.lower() for role in Role], pa.string()).take(pa.array(people.role[order])),
            "is_customer": pa.array(state.is_here[order]),
            "satisfaction": pa.array(state.satisfaction[order]),
            "orders_a_year": pa.array(expected.rate[order]),
            "discount": pa.array(people.discount[order]),
            "uplift": pa.array(people.uplift[order]),
        }
        for name in ("orders", "revenue", "db1", "db4", "clv", "stays"):
            columns[f"expected_{name}"] = pa.array(getattr(expected, name)[order])
        return pa.table(columns)

    @cached_property
    def dirt(self) -> tuple[Dirt, ...]:
        """Every fault that `export` plants in the files of that day."""
        from kundenwert.example.company._export import files

        return tuple(dirt for file in files(self.company, self.day, dirty=True) for dirt in file.dirt)


def truth(company: Company, day: int) -> Truth:
    """The truth of a company on a day."""
    return Truth(company, day)
