"""What is wrong with a case, all of it at once; and limits that no choice can keep."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from kundenwert.errors import Problem

if TYPE_CHECKING:
    from kundenwert.records.plans import Action, Case, Changes, Effect


def wrong_case(case: Case, *, columns: tuple[str, ...]) -> list[Problem]:
    """Every problem of a case: customers, columns, limits, actions, and what is fixed."""
    return [*_of_customers(case, columns), *_of_limits(case), *_of_actions(case), *_of_counts(case)]


def wrong_one_each(case: Case, *, columns: tuple[str, ...]) -> list[Problem]:
    """The same of a decision that gives each customer at most one thing: nobody may have to get two."""
    return [*wrong_case(case, columns=columns), *_of_two(case)]


def _of_two(case: Case) -> Iterator[Problem]:
    wanted = np.zeros(len(case.ids), dtype=np.int64)
    for least in case.at_least.values():
        wanted += least > 0
    several = int((wanted > 1).sum()) + sum(sum(count > 0 for count in counts.values()) > 1 for counts in case.fixed.values())
    if several:
        text = f"{several} customers must get several actions, and a plan of this kind gives each one at most."
        yield Problem(text, "one action a customer that is fixed or has a minimum.", "keep one, or plan with allocation.")


def _of_customers(case: Case, columns: tuple[str, ...]) -> Iterator[Problem]:
    if len(np.unique(case.ids)) < len(case.ids):
        yield Problem("Customers stand in the case more than once.", "each customer once.", "leave out the repeated rows.")
    for name in columns:
        if name not in case.columns:
            yield Problem(f"The column {name} is missing.", f"the value table with its column {name}.", "make a run first.")
    for name, found in case.columns.items():
        if len(found) != len(case.ids):
            yield Problem(f"The column {name} has {len(found)} values.", f"{len(case.ids)}, one a customer.", "correct it.")


def _of_limits(case: Case) -> Iterator[Problem]:
    for limit in case.limits:
        if not limit.amount >= 0:
            of = f" of {limit.person}" if limit.person else ""
            yield Problem(f"The limit {limit.resource}{of} is {limit.amount:g}.", "0 or more.", "correct the limit.")


def _of_actions(case: Case) -> Iterator[Problem]:
    for action in case.actions:
        if not action.name.strip():
            yield Problem("An action has no name.", "a name such as visit.", "name it.")
        if not action.costs:
            yield Problem(f"The action {action.name} costs nothing.", "what one takes of each resource.", "give its costs.")
        if any(not math.isfinite(amount) or amount < 0 for amount in action.costs.values()):
            yield Problem(f"A cost of the action {action.name} is negative or no number.", "0 or more.", "correct its costs.")
        if action.most < 1:
            yield Problem(f"The action {action.name} may be done {action.most} times.", "1 or more.", "correct most.")
        yield from _of_effects(action)


def _of_effects(action: Action) -> Iterator[Problem]:
    for effect in (action.effect, *action.groups.values()):
        if effect.source == "none":
            continue
        if not effect.low <= effect.likely <= effect.high:
            text = f"The effect of {action.name} is {effect.low:g}, {effect.likely:g}, {effect.high:g}."
            yield Problem(text, "low, likely and high in rising order.", "correct the effect.")
        elif action.changes != "money" and not _is_share(effect, action.changes):
            yield Problem(f"The effect of {action.name} is {effect.high:g}.", "a share from -1 to 1.", "give 5 points as 0.05.")


def _is_share(effect: Effect, changes: Changes) -> bool:
    return effect.low >= -1 and (effect.high <= 1 or changes in ("orders", "spend"))


def _of_counts(case: Case) -> Iterator[Problem]:
    known = set(case.ids.tolist()) if case.fixed else set()
    most = {action.name: action.most for action in case.actions}
    unknown = [name for name in case.fixed if name not in known]
    if unknown:
        text = f"{len(unknown)} of the customers fixed are unknown, or may not be planned for: {', '.join(sorted(unknown)[:5])}."
        yield Problem(text, "customers of the run who have not objected.", "correct or remove them.")
    for customer, counts in case.fixed.items():
        for name, count in counts.items():
            if name not in most:
                yield Problem(f"The action {name} is fixed for customer {customer}.", f"one of {', '.join(most)}.", "correct it.")
            elif not 0 <= count <= most[name]:
                yield Problem(f"{name} is fixed at {count} for customer {customer}.", f"0 to {most[name]}.", "correct it.")
            elif count and customer in known and name in case.allowed and not case.allowed[name][case.ids == customer].all():
                text = f"{name} is fixed for customer {customer}, who has objected to it or has not consented."
                yield Problem(text, "actions that law and consent allow.", "remove it.")
    for name, least in case.at_least.items():
        if name not in most:
            yield Problem(f"A minimum is set for the action {name}.", f"one of {', '.join(most)}.", "correct it.")
            continue
        limit = np.minimum(case.at_most.get(name, np.full(len(least), most[name])), most[name])
        if (least > limit).any():
            text = f"{name}: at {int((least > limit).sum())} customers the minimum is above the maximum."
            yield Problem(text, "a minimum that can be done.", "lower the minimum or raise most.")
        if name in case.allowed and (least[~case.allowed[name]] > 0).any():
            text = f"{name}: a minimum is set for customers who have objected to it or have not consented."
            yield Problem(text, "actions that law and consent allow.", "remove the minimum.")
