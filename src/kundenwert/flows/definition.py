"""The value definition of a project: which components are reckoned how, and which of them the value adds."""

from __future__ import annotations

import copy
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from kundenwert.errors import Problem, SettingsError
from kundenwert.flows.catalogue import catalogue
from kundenwert.records import Catalogue
from kundenwert.settings import read_options
from kundenwert.value.components import components

_FILE = "kundenwert.toml"
# Sections of kundenwert.toml.
SECTIONS = ("components", "definition")
# The component that may be added where points have a tariff.
IDEATIONAL = "ideational"


# Settings that say how a value is reckoned; the others say what is read, who counts, and how a machine works.
SETTINGS = (
    "horizon", "value_horizon", "discount_rate", "model", "unit", "interval_levels", "level_error", "level_error_weight", "margin",
    "class_limits",
)  # fmt: skip


@dataclass(frozen=True)
class Earlier:
    """A definition as the register keeps it. settings: all that were in force; sections: those of the project file that define value."""

    settings: Mapping[str, Any]
    sections: Mapping[str, Any]

    def applied(self, content: Mapping[str, Any], sections: Collection[str]) -> dict[str, Any]:
        """A project file's content with this definition in the place of its own. sections: the names of those that define value."""
        kept = {name: part for name, part in content.items() if name not in {*SETTINGS, *sections}}
        given = {name: self.settings[name] for name in SETTINGS if self.settings.get(name) not in (None, "")}
        return {**kept, **given, **copy.deepcopy(dict(self.sections))}


@dataclass(frozen=True)
class Definition:
    """What counts. adds: components whose money is part of the value beside past and clv. options: of each component by its name.

    criteria: what customers are judged on.
    """

    adds: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    criteria: Catalogue = field(default_factory=catalogue)

    def as_json(self) -> dict[str, Any]:
        """The definition for manifest and register."""
        content = {"adds": self.adds, "options": self.options, "criteria": self.criteria.as_json()}
        plain: dict[str, Any] = json.loads(json.dumps(content, default=str))
        return plain

    @property
    def value_is(self) -> str:
        """The sum in words, as files and manifests name it."""
        return " + ".join(("past", "clv", *self.adds)) + "; clv is residual, from the as-of day on"


def of_project(content: dict[str, Any]) -> Definition:
    """Takes [components.NAME] and [definition] out of a project file. Raises SettingsError with every problem."""
    given, chosen = content.pop("components", {}), content.pop("definition", {})
    problems: list[Problem] = []
    options = _options(given, problems)
    adds = _adds(chosen, problems)
    if problems:
        raise SettingsError(*problems)
    return Definition(adds, options)


def _options(given: Any, problems: list[Problem]) -> dict[str, dict[str, Any]]:
    known = components()
    if not isinstance(given, dict):
        problems.append(Problem(f"components = {given!r}.", "sections [components.NAME].", "correct it.", file=_FILE))
        return {}
    for name in sorted(set(given) - set(known)):
        problems.append(Problem(f"[components.{name}].", f"one of {', '.join(known)}.", "correct or remove it.", file=_FILE))
    options = {}
    for name, component in known.items():
        try:
            options[name] = read_options(given.get(name, {}), component.options, f"components.{name}")
        except SettingsError as err:
            problems += err.problems
    return options


def _adds(chosen: Any, problems: list[Problem]) -> tuple[str, ...]:
    addable = [name for name, component in components().items() if component.standing == "addable"]
    if not isinstance(chosen, dict) or set(chosen) - {"adds"}:
        problems.append(Problem(f"[definition] {chosen!r}.", "adds = [...] and nothing else.", "correct it.", file=_FILE))
        return ()
    adds = chosen.get("adds", [])
    if not isinstance(adds, list) or not all(isinstance(name, str) for name in adds):
        problems.append(Problem(f"adds = {adds!r} under [definition].", "a list of names of components.", "correct it.", file=_FILE))
        return ()
    for name in adds:
        if name not in addable:
            which = ", ".join(addable) or "none of them"
            text = f"{name!r} under [definition] adds nothing of its own: every euro has one owner."
            problems.append(Problem(text, f"components that may be added: {which}.", "remove it.", file=_FILE))
    return tuple(dict.fromkeys(adds))
