"""Actions of a project written from a screen: what a visit, a call or a letter costs, and what somebody takes its effect to be.

The sections are put at the end of the project file, everything else in it stays to the letter; the log tells who did it and when.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kundenwert.errors import DataError, Problem
from kundenwert.flows import plan_settings
from kundenwert.flows.actions import FILE
from kundenwert.register.book import Decision, Register
from kundenwert.runs import storage

ACTION = "describe actions"
# Kind of contact -> channel, and what it changes unless somebody says otherwise in the file.
KINDS: Mapping[str, tuple[str, str]] = {"visit": ("visit", "chance"), "call": ("phone", "chance"), "letter": ("post", "chance")}
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")
_MOST_MONEY, _MOST_MINUTES, _MOST_TIMES = 1_000_000.0, 100_000.0, 50


@dataclass(frozen=True)
class Described:
    """An action as somebody describes it on a screen.

    name: visit, call or letter, also the name of its section. money: what one costs; minutes: the time one takes. low, likely, high: the
    rise of the chance to buy in percentage points (3 is 3 points), None where nobody knows. most: how many for one customer in a plan.
    """

    name: str
    money: float
    minutes: float = 0.0
    low: float | None = None
    likely: float | None = None
    high: float | None = None
    most: int = 1


def describe(project: Path, actions: Sequence[Described], *, by: str, clock: datetime) -> int:
    """Writes actions the project does not have yet into its file; gives the entry of the log.

    by: who assumes these effects; stands beside them in every plan. Raises DataError with every problem, SettingsError for a wrong file.
    """
    there = plan_settings.of_folder(project).actions
    if problems := [*_problems(actions, there, by)]:
        raise DataError(*problems)
    path = project / FILE
    old = path.read_text(encoding="utf-8-sig")
    new = f"{old.rstrip()}\n\n" + "\n".join(_section(one, by.strip(), clock.date()) for one in actions)
    _refuse_other(old, new, actions)
    details = {"actions": [one.name for one in actions], "known": [one.name for one in actions if one.likely is not None]}
    storage.write_text(path, new)
    try:
        # What is written must be a project's file whole.
        plan_settings.of_folder(project)
        (entry,) = Register(project).record([Decision(ACTION, details=details)], at=clock, by=by.strip())
    except BaseException:
        storage.write_text(path, old)
        raise
    return entry


def _problems(actions: Sequence[Described], there: Mapping[str, Any], by: str) -> Iterator[Problem]:
    if not actions:
        yield Problem("No action is described.", "at least one.", "fill in what one visit, call or letter costs.")
    if not by.strip():
        yield Problem("It is not said who assumes this.", "a name.", "say who.")
    for one in actions:
        if one.name not in KINDS or not _NAME.match(one.name):
            yield Problem(f"{one.name!r} is no kind of action.", f"one of {', '.join(KINDS)}.", "choose one.")
        if one.name in there:
            yield Problem(f"The project has an action {one.name} already.", "one that it does not have.", f"change it in {FILE}.")
        if not 0 <= one.money <= _MOST_MONEY:
            yield Problem(f"{one.name}: a cost of {one.money:g}.", "an amount from 0 on.", "correct it.")
        if not 0 <= one.minutes <= _MOST_MINUTES:
            yield Problem(f"{one.name}: {one.minutes:g} minutes.", "a time from 0 on.", "correct it.")
        if not 1 <= one.most <= _MOST_TIMES:
            yield Problem(f"{one.name}: {one.most} times a customer.", f"a number from 1 to {_MOST_TIMES}.", "correct it.")
        yield from _effect_problems(one)


def _effect_problems(one: Described) -> Iterator[Problem]:
    given = (one.low, one.likely, one.high)
    if all(value is None for value in given):
        return
    if any(value is None for value in given):
        yield Problem(f"{one.name}: the effect is not whole.", "at least, most likely and at most; or none of them.", "fill in all three.")
        return
    low, likely, high = (float(value) for value in given if value is not None)
    if not 0 <= low <= likely <= high <= 100:
        came = f"{one.name}: an effect of {low:g}, {likely:g} and {high:g} points."
        yield Problem(came, "numbers from 0 to 100 that rise.", "correct them.")


def _section(one: Described, by: str, day: date) -> str:
    channel, changes = KINDS[one.name]
    costs = {"money": one.money}
    if one.minutes:
        costs["hours"] = round(one.minutes / 60, 4)
    if one.name == "visit":
        costs["visits"] = 1
    lines = [
        f"[actions.{one.name}]",
        f'channel = "{channel}"',
        f'changes = "{changes}"',
        "costs = {" + ", ".join(f"{name} = {amount:g}" for name, amount in costs.items()) + "}",
    ]
    if one.likely is not None:
        sizes = ", ".join(
            f"{name} = {round((value or 0.0) / 100, 8)!r}" for name, value in (("low", one.low), ("likely", one.likely), ("high", one.high))
        )
        lines.append(f'effect = {{{sizes}, source = "assumption", by = {json.dumps(by, ensure_ascii=False)}, on = {day.isoformat()}}}')
    if one.most > 1:
        lines.append(f"most = {one.most}")
    return "\n".join(lines) + "\n"


def _refuse_other(old: str, new: str, actions: Sequence[Described]) -> None:
    """What the file said before it says after, and no more than the actions beside it."""
    before, after = tomllib.loads(old), tomllib.loads(new)
    added = {one.name: after.get("actions", {}).pop(one.name, None) for one in actions}
    if not after.get("actions", True):
        after.pop("actions")
    if before != after or not all(added.values()):
        came = "The actions cannot be put at the end of the project file."
        raise DataError(Problem(came, "a file that ends outside of a table.", f"write them into {FILE} yourself."))


__all__ = ["KINDS", "Described", "describe"]
