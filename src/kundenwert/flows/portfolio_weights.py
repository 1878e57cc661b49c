"""The weights of the portfolio's criteria in the project file: read, and changed with an entry in the log. The next run takes them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kundenwert.errors import DataError, Problem, SettingsError
from kundenwert.flows.project import FILE
from kundenwert.register.book import Decision, Register
from kundenwert.runs import storage
from kundenwert.settings import read_options, read_project_file
from kundenwert.value.components.portfolio import PLUGIN

SIDES = ("attractiveness", "position")
ACTION = "change weights"
_SECTION = "components.portfolio"
_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")
_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_KEY = re.compile(r"\s*(attractiveness|position)\s*=")
_LONGEST_REASON = 500
# Axis -> criterion -> weight.
Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class WeightsChanged:
    """A change of weights: the number of its entry in the log, and each criterion that changed: axis, name, before, after; shares."""

    entry: int
    changes: tuple[tuple[str, str, float, float], ...]


def weights(project: Path) -> dict[str, dict[str, float]]:
    """Axis -> criterion -> weight, as the next valuation will take them. Raises SettingsError where the project file is wrong."""
    given = read_project_file(project / FILE).get("components", {})
    options = read_options(given.get("portfolio", {}) if isinstance(given, dict) else {}, PLUGIN.options, _SECTION)
    return {side: dict(options[side]) for side in SIDES}


def change_weights(project: Path, given: Weights, *, reason: str, by: str, clock: datetime) -> WeightsChanged | None:
    """Writes weights into the project file, whole or not at all, and notes who did it, when and why.

    given: axis -> criterion -> weight; only criteria that the axis already has, at least 0 and not all 0. by: who. clock: the time, in
    UTC. Returns None where nothing changes. Raises DataError with every problem, SettingsError for a file in a form that cannot be
    changed here.
    """
    before = weights(project)
    if problems := list(_problems(before, given, reason, by)):
        raise DataError(*problems)
    after = {side: {name: float(given.get(side, {}).get(name, weight)) for name, weight in before[side].items()} for side in SIDES}
    changes = tuple(_changes(before, after))
    if not changes:
        return None
    path = project / FILE
    old = path.read_text(encoding="utf-8-sig")
    new = _written(old, after)
    details = {"reason": reason.strip(), "changes": [[side, name, round(one, 6), round(other, 6)] for side, name, one, other in changes]}
    storage.write_text(path, new)
    try:
        (entry,) = Register(project).record([Decision(ACTION, details=details)], at=clock, by=by.strip())
    except BaseException:
        # A change that nobody can look up is none.
        storage.write_text(path, old)
        raise
    return WeightsChanged(entry, changes)


def _problems(before: Weights, given: Weights, reason: str, by: str) -> Iterator[Problem]:
    for side, wanted in given.items():
        known = before.get(side, {})
        for name, weight in wanted.items():
            if name not in known:
                yield Problem(f"{name!r} is no criterion of {side}.", f"one of {', '.join(known)}.", "leave it out.")
            elif isinstance(weight, bool) or not 0 <= weight <= 1000:
                yield Problem(f"{name}: {weight} is no weight.", "a number from 0 to 1000.", "correct it.")
        if known and sum({**known, **wanted}.values()) <= 0:
            yield Problem(f"All weights of {side} are 0.", "at least one above 0.", "give one a weight.")
    if not reason.strip():
        yield Problem("No reason is given.", "why the weights change; it stands in the log.", "write it down.")
    if len(reason) > _LONGEST_REASON:
        yield Problem(f"The reason has {len(reason)} signs.", f"at most {_LONGEST_REASON}.", "shorten it.")
    if not by.strip():
        yield Problem("It is not said who changes this.", "a name.", "say who.")


def _changes(before: Weights, after: Weights) -> Iterator[tuple[str, str, float, float]]:
    """What changed in the shares of an axis; 2 and 2 weigh like 1 and 1."""
    for side in SIDES:
        old, new = (_shares(one[side]) for one in (before, after))
        if any(abs(old[name] - new[name]) > 1e-9 for name in old):
            yield from ((side, name, old[name], new[name]) for name in old if abs(old[name] - new[name]) > 1e-9)


def _shares(axis: Mapping[str, float]) -> dict[str, float]:
    total = sum(axis.values()) or 1.0
    return {name: weight / total for name, weight in axis.items()}


def changes(project: Path) -> tuple[dict[str, Any], ...]:
    """Changes of weights in the log, the newest first: when (UTC), why, and what."""
    register = Register(project)
    found = [one for one in register.log() if one["action"] == ACTION] if register.exists else []
    return tuple({"at": one["at"], **one.get("details", {})} for one in reversed(found))


# ---------- the file ----------


def _written(text: str, after: Weights) -> str:
    """The project file with these weights; everything else stays to the letter."""
    expected = tomllib.loads(text)
    expected.setdefault("components", {}).setdefault("portfolio", {}).update({side: dict(after[side]) for side in SIDES})
    lines = [f"{side} = {_table(after[side])}\n" for side in SIDES]
    kept, place = _without(text)
    if place is None:
        kept = [*kept, *(["\n"] if kept and kept[-1].strip() else []), f"[{_SECTION}]\n"]
        place = len(kept)
    new = "".join((*kept[:place], *lines, *kept[place:]))
    try:
        fits = tomllib.loads(new) == expected
    except tomllib.TOMLDecodeError:
        fits = False
    if not fits:
        came = "The weights of the portfolio stand in the project file in a form that is not changed here."
        raise SettingsError(Problem(came, f"a section [{_SECTION}].", "change them in the file itself.", file=FILE))
    return new


def _without(text: str) -> tuple[list[str], int | None]:
    """The lines of the file without the weights, and where the section's own lines begin; None without the section."""
    kept: list[str] = []
    section, place = "", None
    for line in text.splitlines(keepends=True):
        if found := _HEADER.match(line.rstrip("\r\n")):
            section = re.sub(r"\s*\.\s*", ".", found[1])
        if section in {f"{_SECTION}.{side}" for side in SIDES} or (section == _SECTION and _KEY.match(line)):
            continue
        kept.append(line if line.endswith("\n") else f"{line}\n")
        if found and section == _SECTION:
            place = len(kept)
    return kept, place


def _table(axis: Mapping[str, float]) -> str:
    names = {name: name if _BARE.match(name) else json.dumps(name, ensure_ascii=False) for name in axis}
    return "{" + ", ".join(f"{names[name]} = {weight!r}" for name, weight in axis.items()) + "}"
