"""Limits of a case in the form in which options are chosen: of all, or of each person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from kundenwert.errors import Problem
from kundenwert.records.plans import MONEY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundenwert.records.arrays import Floats, Integers
    from kundenwert.records.plans import Action, Case


@final
@dataclass(frozen=True)
class Bound:
    """The limits of one resource: of all (persons is ("",) and codes None), or of the persons; codes (n,) into persons and amounts.

    The last of several persons is "": customers whom nobody with a limit looks after. They get none where there is no limit of all.
    """

    resource: str
    persons: tuple[str, ...]
    amounts: Floats
    codes: Integers | None

    def of(self, customers: int) -> Integers:
        """The code of each customer, (n,)."""
        return np.zeros(customers, dtype=np.int64) if self.codes is None else self.codes


def bounds(case: Case) -> tuple[Bound, ...]:
    """The limits of a case; of several for the same the smallest counts."""
    found = []
    for resource in dict.fromkeys(limit.resource for limit in case.limits):
        own = [limit for limit in case.limits if limit.resource == resource]
        whole = [limit.amount for limit in own if not limit.person]
        if whole:
            found.append(Bound(resource, ("",), np.array([min(whole)]), None))
        persons: dict[str, float] = {}
        for limit in own:
            if limit.person:
                persons[limit.person] = min(limit.amount, persons.get(limit.person, np.inf))
        if persons:
            names = (*sorted(persons), "")
            amounts = np.array([*(persons[name] for name in names[:-1]), np.inf if whole else 0.0])
            found.append(Bound(resource, names, amounts, _codes(case, names)))
    return tuple(found)


def _codes(case: Case, names: tuple[str, ...]) -> Integers:
    person = case.person if case.person is not None else np.full(len(case.ids), "")
    there, code = np.unique(person.astype(np.str_), return_inverse=True)
    place = {name: number for number, name in enumerate(names[:-1])}
    return np.array([place.get(str(name), len(names) - 1) for name in there], dtype=np.int64)[code]


def counts_allowed(case: Case, actions: tuple[Action, ...]) -> tuple[Integers, Integers]:
    """How often each action must be done and may be done at most; (n, actions) each. Law and consent go before every minimum."""
    size = len(case.ids)
    least, most = np.zeros((size, len(actions)), dtype=np.int64), np.zeros((size, len(actions)), dtype=np.int64)
    for place, action in enumerate(actions):
        most[:, place] = np.minimum(case.at_most[action.name], action.most) if action.name in case.at_most else action.most
        if action.name in case.allowed:
            most[~case.allowed[action.name], place] = 0
        if action.name in case.at_least:
            least[:, place] = case.at_least[action.name]
    if case.fixed:
        column_of = {action.name: place for place, action in enumerate(actions)}
        for row in np.flatnonzero(np.isin(case.ids, list(case.fixed))):
            for name, count in case.fixed[str(case.ids[row])].items():
                if name in column_of:
                    least[row, column_of[name]] = most[row, column_of[name]] = count
    return least, most


def clashes(case: Case, limits: tuple[Bound, ...], actions: tuple[Action, ...], least: NDArray[np.int64]) -> list[Problem]:
    """A problem for each limit that is smaller than what is fixed or must be done."""
    problems = []
    for bound in limits:
        one = np.array([action.costs.get(bound.resource, 0.0) for action in actions])
        need = np.bincount(bound.of(len(case.ids)), weights=least @ one, minlength=len(bound.amounts))
        for name, needed, amount in zip(bound.persons, need, bound.amounts, strict=True):
            if needed > amount * (1 + 1e-9) + 1e-9:
                whose = f" of {name}" if name else " of customers whom nobody with a limit looks after" if len(bound.persons) > 1 else ""
                unit = case.currency if bound.resource == MONEY else bound.resource
                came = f"What is fixed and what must be done at least take {needed:,.2f} {unit}; the limit{whose} is {amount:,.2f} {unit}."
                expected = "minimums within the limits."
                problems.append(Problem(came.replace(" ;", ";").replace(" .", "."), expected, "raise the limit or lower the minimums."))
    return problems
