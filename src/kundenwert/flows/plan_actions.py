"""Actions of a project written from a screen: what a visit, a call or a letter costs, and what somebody takes its effect to be.

New sections are put at the end of the project file, of others the lines change that say something else; all that is left stays to the
letter. The log tells who did it and when.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kundenwert.errors import DataError, Problem
from kundenwert.flows import plan_settings
from kundenwert.flows.actions import FILE, ProjectAction
from kundenwert.records.plans import MONEY
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

    name: of a new one visit, call or letter, also the name of its section. money: what one costs; minutes: the time one takes. low,
    likely, high: the rise of the chance to buy in percentage points (3 is 3 points), None where nobody knows; of an action that changes
    something else percent of that, or money. most: how many for one customer in a plan.
    """

    name: str
    money: float
    minutes: float = 0.0
    low: float | None = None
    likely: float | None = None
    high: float | None = None
    most: int = 1


def as_described(one: ProjectAction) -> Described:
    """An action of the file as it stands on a screen."""
    action, effect = one.action, one.action.effect
    minutes = round(60 * action.costs.get("hours", 0.0), 2)
    found = Described(action.name, action.costs.get(MONEY, 0.0), minutes, most=action.most)
    if effect.source == "none":
        return found
    unit = 1.0 if action.changes == MONEY else 100.0
    low, likely, high = (round(unit * size, 6) for size in (effect.low, effect.likely, effect.high))
    return replace(found, low=low, likely=likely, high=high)


def describe(project: Path, actions: Sequence[Described], *, by: str, clock: datetime) -> int:
    """Writes actions into the project file, those it has where they say something else; gives the entry of the log.

    by: who assumes the effects that are new; stands beside them in every plan. Raises DataError with every problem, SettingsError for a
    wrong file.
    """
    there = plan_settings.of_folder(project).actions
    fresh = [one for one in actions if one.name not in there]
    changed = [one for one in actions if one.name in there and one != as_described(there[one.name])]
    if problems := [*_problems(fresh, changed, by), *_wrong_effects(fresh, changed, there)]:
        raise DataError(*problems)
    path = project / FILE
    old = path.read_text(encoding="utf-8-sig")
    new = _with_changed(old, changed, there, by.strip(), clock.date())
    if fresh:
        new = f"{new.rstrip()}\n\n" + "\n".join(_section(one, by.strip(), clock.date()) for one in fresh)
    _refuse_other(_with_changes(old, changed, there, by.strip(), clock.date()), new, fresh)
    details = {
        "actions": [one.name for one in fresh],
        "known": [one.name for one in fresh if one.likely is not None],
        **({"changed": [one.name for one in changed]} if changed else {}),
    }
    storage.write_text(path, new)
    try:
        # What is written must be a project's file whole.
        plan_settings.of_folder(project)
        (entry,) = Register(project).record([Decision(ACTION, details=details)], at=clock, by=by.strip())
    except BaseException:
        storage.write_text(path, old)
        raise
    return entry


def _problems(fresh: Sequence[Described], changed: Sequence[Described], by: str) -> Iterator[Problem]:
    if not fresh and not changed:
        yield Problem("No action is described.", "at least one.", "fill in what one visit, call or letter costs.")
    if not by.strip():
        yield Problem("It is not said who assumes this.", "a name.", "say who.")
    for one in fresh:
        if one.name not in KINDS or not _NAME.match(one.name):
            yield Problem(f"{one.name!r} is no kind of action.", f"one of {', '.join(KINDS)}.", "choose one.")
    for one in (*fresh, *changed):
        if not 0 <= one.money <= _MOST_MONEY:
            yield Problem(f"{one.name}: a cost of {one.money:g}.", "an amount from 0 on.", "correct it.")
        if not 0 <= one.minutes <= _MOST_MINUTES:
            yield Problem(f"{one.name}: {one.minutes:g} minutes.", "a time from 0 on.", "correct it.")
        if not 1 <= one.most <= _MOST_TIMES:
            yield Problem(f"{one.name}: {one.most} times a customer.", f"a number from 1 to {_MOST_TIMES}.", "correct it.")


def _wrong_effects(fresh: Sequence[Described], changed: Sequence[Described], there: Mapping[str, ProjectAction]) -> Iterator[Problem]:
    for one in fresh:
        yield from _effect_problems(one, share=True)
    for one in changed:
        # What stood in the file already may be a loss, and stays.
        if _sizes(one) != _sizes(as_described(there[one.name])):
            yield from _effect_problems(one, share=there[one.name].action.changes != MONEY)


def _sizes(one: Described) -> tuple[float | None, ...]:
    return (one.low, one.likely, one.high)


def _effect_problems(one: Described, *, share: bool) -> Iterator[Problem]:
    given = _sizes(one)
    if all(value is None for value in given):
        return
    if any(value is None for value in given):
        yield Problem(f"{one.name}: the effect is not whole.", "at least, most likely and at most; or none of them.", "fill in all three.")
        return
    low, likely, high = (float(value) for value in given if value is not None)
    if not 0 <= low <= likely <= high:
        came = f"{one.name}: an effect of {low:g}, {likely:g} and {high:g}."
        yield Problem(came, "numbers from 0 on that rise.", "correct them.")
    elif share and high > 100:
        came = f"{one.name}: an effect of {low:g}, {likely:g} and {high:g} points."
        yield Problem(came, "numbers from 0 to 100 that rise.", "correct them.")


def _section(one: Described, by: str, day: date) -> str:
    channel, changes = KINDS[one.name]
    costs = {"money": one.money}
    if one.minutes:
        costs["hours"] = _hours(one)
    if one.name == "visit":
        costs["visits"] = 1
    lines = [f"[actions.{one.name}]", f'channel = "{channel}"', f'changes = "{changes}"', f"costs = {_costs_text(costs)}"]
    if one.likely is not None:
        lines.append(f"effect = {_effect_text(_effect(one, 100.0), by, day)}")
    if one.most > 1:
        lines.append(f"most = {one.most}")
    return "\n".join(lines) + "\n"


def _hours(one: Described) -> float:
    return round(one.minutes / 60, 4)


def _effect(one: Described, unit: float) -> dict[str, float]:
    return {key: round((size or 0.0) / unit, 8) for key, size in zip(("low", "likely", "high"), _sizes(one), strict=True)}


def _costs_text(costs: Mapping[str, float]) -> str:
    return (
        "{"
        + ", ".join(
            f"{_key(name)} = {amount!r}" if amount != int(amount) else f"{_key(name)} = {int(amount)}" for name, amount in costs.items()
        )
        + "}"
    )


def _effect_text(sizes: Mapping[str, float], by: str, day: date) -> str:
    shown = ", ".join(f"{name} = {size!r}" for name, size in sizes.items())
    return f'{{{shown}, source = "assumption", by = {json.dumps(by, ensure_ascii=False)}, on = {day.isoformat()}}}'


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


# ---- lines of actions that are there ---------------------------------------------------------------------------------------


def _new_values(one: Described, there: ProjectAction, by: str, day: date) -> dict[str, tuple[Any, str]]:
    """What another section says after: key -> value as it is read, and as it is written; (None, "") for a line that goes."""
    before, found = as_described(there), dict[str, tuple[Any, str]]()
    if (one.money, one.minutes) != (before.money, before.minutes):
        costs: dict[str, float] = {**there.action.costs, MONEY: one.money}
        if one.minutes != before.minutes:
            costs["hours"] = _hours(one)
        costs = {name: amount for name, amount in costs.items() if amount or name != "hours"}
        found["costs"] = (costs, _costs_text(costs))
    if _sizes(one) != _sizes(before):
        sizes = _effect(one, 1.0 if there.action.changes == MONEY else 100.0)
        known = {**sizes, "source": "assumption", "by": by, "on": day}
        found["effect"] = (None, "") if one.likely is None else (known, _effect_text(sizes, by, day))
    if one.most != before.most:
        found["most"] = (one.most, str(one.most))
    return found


def _with_changes(text: str, changed: Sequence[Described], there: Mapping[str, ProjectAction], by: str, day: date) -> dict[str, Any]:
    """What the file is to say."""
    content = deepcopy(tomllib.loads(text))
    for one in changed:
        section = content["actions"][one.name]
        for key, (value, _) in _new_values(one, there[one.name], by, day).items():
            if value is None:
                section.pop(key, None)
            else:
                section[key] = value
    return content


def _with_changed(text: str, changed: Sequence[Described], there: Mapping[str, ProjectAction], by: str, day: date) -> str:
    """The file with other lines."""
    lines = text.splitlines()
    for one in changed:
        head, end = _lines_of(lines, one.name)
        if head is None:
            # Written in another way: what is compared afterwards refuses it.
            continue
        for key, (_, written) in _new_values(one, there[one.name], by, day).items():
            place = next((number for number in range(head + 1, end) if re.match(rf"\s*{key}\s*=", lines[number])), None)
            new = [f"{key} = {written}"] if written else []
            if place is None:
                place = 1 + max(
                    number for number in range(head, end) if lines[number].strip() and not lines[number].lstrip().startswith("#")
                )
                lines[place:place] = new
            else:
                lines[place : place + 1] = new
            end = _lines_of(lines, one.name)[1]
    return "\n".join(lines) + "\n"


def _lines_of(lines: Sequence[str], name: str) -> tuple[int | None, int]:
    """The line of the heading [actions.NAME], None where there is none, and that after its section."""
    heading = re.compile(rf"""\s*\[\s*actions\s*\.\s*(?:{re.escape(name)}|"{re.escape(name)}"|'{re.escape(name)}')\s*\]\s*(?:#.*)?$""")
    head = next((number for number, line in enumerate(lines) if heading.match(line)), None)
    if head is None:
        return None, 0
    return head, next((number for number in range(head + 1, len(lines)) if lines[number].lstrip().startswith("[")), len(lines))


def _refuse_other(wanted: Mapping[str, Any], new: str, fresh: Sequence[Described]) -> None:
    """What the file is to say it says after, and no more than the new actions beside it."""
    try:
        after = tomllib.loads(new)
    except tomllib.TOMLDecodeError:
        after = {}
    added = {one.name: after.get("actions", {}).pop(one.name, None) for one in fresh}
    if not after.get("actions", True):
        after.pop("actions")
    if wanted != after or not all(added.values()):
        came = "The actions cannot be put at the end of the project file." if fresh else "The lines of these actions cannot be changed."
        expected = "a file that ends outside of a table." if fresh else "sections [actions.NAME], a setting a line."
        raise DataError(Problem(came, expected, f"write them into {FILE} yourself."))


__all__ = ["KINDS", "Described", "as_described", "describe"]
