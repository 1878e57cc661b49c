"""What a project says of its plans: [actions.NAME], [limits] and [plans.NAME] of kundenwert.toml, and the flags of a call.

Everything that is wrong is told at once: a negative budget, an action nobody has described, a resource no action takes ...
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.errors import Problem, SettingsError, UnknownName
from kundenwert.flows import actions as of_actions
from kundenwert.flows.actions import FILE, ProjectAction, is_number, resources
from kundenwert.settings import Duration, read_options, read_project_file

if TYPE_CHECKING:
    from kundenwert.decisions._decision import Decision

SECTIONS = ("actions", "limits", "plans")
# Words of the command line: no plan may be called so.
COMMANDS = ("list", "show", "compare", "export", "approve", "name")
SPAN = "12m"
# A plan that spends longer is none.
LONGEST_YEARS = 10
CLASSES = ("A", "B", "C")
_KEYS = (
    "decision", "actions", "limits", "per_person", "persons", "span", "at_least", "at_most", "fixed", "hold_out", "seed", "segment",
    "options",
)  # fmt: skip
_MOST_HELD_OUT = 0.9

# For all customers, or by class of value.
Counts = Mapping[str, int]


@dataclass(frozen=True)
class PlanSettings:
    """One plan as it is to be made.

    name: its section, or that of the decision. actions: by name, in the order of the file. limits: of all; per_person: of each person who
    looks after customers; persons: of one by name, in the place of `per_person`. at_least, at_most: name of an action -> class of value
    ("" for all) -> how many for one customer. fixed: customer -> action -> how many are set already. hold_out: share of those who would
    be in the plan that is left out by chance. segment: column whose groups have effects of their own. options: the decision's own.
    only: the account managers whose customers are planned for, None: all. positive: whether customers whose contribution IV of the
    last year is below 0 are left out.
    """

    name: str
    decision: str
    actions: Mapping[str, ProjectAction] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    per_person: Mapping[str, float] = field(default_factory=dict)
    persons: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    span: str = SPAN
    at_least: Mapping[str, Counts] = field(default_factory=dict)
    at_most: Mapping[str, Counts] = field(default_factory=dict)
    fixed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    hold_out: float = 0.0
    seed: int = 1
    segment: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    only: tuple[str, ...] | None = None
    positive: bool = False


@dataclass(frozen=True)
class Plans:
    """All a project says of plans: its actions, limits that hold for each plan, and the plans by name."""

    actions: Mapping[str, ProjectAction] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    plans: Mapping[str, PlanSettings] = field(default_factory=dict)


def of_folder(folder: Path) -> Plans:
    """What the project file in a folder says of plans."""
    return of_content(dict(read_project_file(folder / FILE)))


def of_content(content: dict[str, Any]) -> Plans:
    """Takes [actions], [limits] and [plans] out of a project file. Raises SettingsError with every problem."""
    problems: list[Problem] = []
    named = content.get(of_actions.SECTION, {})
    try:
        known = of_actions.of_content(content)
    except SettingsError as err:
        problems += err.problems
        # What is wrong with an action is told once; the plans that name it are looked at all the same.
        known = {}
    limits = _Amounts("[limits]", problems).read(content.pop("limits", {}))
    given = content.pop("plans", {})
    if not isinstance(given, dict) or not all(isinstance(entry, dict) for entry in given.values()):
        problems.append(Problem(f"plans = {given!r}.", "sections [plans.NAME].", "correct it.", file=FILE))
        given = {}
    names = tuple(named) if isinstance(named, dict) else ()
    # Whether a resource is known can be told only of actions that could be read.
    known_resources = resources(known) if len(known) == len(names) else None
    if known_resources is not None:
        _unknown_resources("[limits]", limits, known_resources, problems)
    plans = {name: _Section(name, entry, known, names, limits, problems).read() for name, entry in given.items()}
    if problems:
        raise SettingsError(*problems)
    return Plans(known, limits, plans)


def chosen(found: Plans, name: str, flags: Mapping[str, Any]) -> PlanSettings:
    """The plan of that name with the flags of a call: a section, or a decision with its defaults.

    flags: limits (resource -> amount), span, hold_out, seed, actions (names), only (account managers), positive; None or absent: not
    given. Raises UnknownName, SettingsError.
    """
    from kundenwert.decisions import decisions

    known = decisions()
    if name in found.plans:
        settings = found.plans[name]
    elif name in known:
        options = read_options({}, known[name].options, f"plans.{name}")
        limits = _of_resources(found.limits, resources(found.actions))
        settings = PlanSettings(name, name, dict(found.actions), limits, options=options)
    else:
        raise UnknownName(name, f"the plans of {FILE} and the decisions", [*found.plans, *known])
    problems: list[Problem] = []
    settings = _of_actions(settings, flags.get("actions"), problems)
    more = _Amounts("--limit", problems, file="").read(flags.get("limits") or {})
    _unknown_resources("--limit", more, resources(settings.actions), problems, file="")
    settings = replace(settings, limits={**settings.limits, **more})
    given = {key: flags[key] for key in ("span", "hold_out", "seed") if flags.get(key) is not None}
    reader = _Section(name, given, {}, (), {}, problems)
    settings = replace(
        settings,
        span=reader.span() if "span" in given else settings.span,
        hold_out=reader.hold_out() if "hold_out" in given else settings.hold_out,
        seed=reader.seed() if "seed" in given else settings.seed,
        only=tuple(sorted(flags["only"])) if flags.get("only") is not None else None,
        positive=bool(flags.get("positive")),
    )
    problems += _of_decision(settings, known[settings.decision])
    if problems:
        raise SettingsError(*problems)
    return settings


def _of_actions(settings: PlanSettings, names: Any, problems: list[Problem]) -> PlanSettings:
    """The plan with some of its actions alone, and with what says anything of them."""
    if names is None:
        return settings
    known = ", ".join(settings.actions) or "it has none"
    problems += [
        Problem(f"{name!r} is no action of {settings.name}.", f"one of {known}.", "correct it.")
        for name in names
        if name not in settings.actions
    ]
    kept = {name: one for name, one in settings.actions.items() if name in names}
    if not kept:
        problems.append(Problem("No action is chosen.", f"at least one of {known}.", "choose one."))
    return replace(
        settings,
        actions=kept,
        limits=_of_resources(settings.limits, resources(kept)),
        per_person=_of_resources(settings.per_person, resources(kept)),
        persons={person: _of_resources(amounts, resources(kept)) for person, amounts in settings.persons.items()},
        at_least={name: one for name, one in settings.at_least.items() if name in kept},
        at_most={name: one for name, one in settings.at_most.items() if name in kept},
        fixed={who: {name: count for name, count in one.items() if name in kept} for who, one in settings.fixed.items()},
    )


def _of_decision(settings: PlanSettings, decision: Decision) -> list[Problem]:
    """What a decision that plans with actions cannot do without."""
    if decision.needs_actions and not settings.actions:
        came = f"{settings.name} plans actions, and the project has none."
        return [Problem(came, "[actions.NAME] with what it costs, what it changes and how much.", "add one.", file=FILE)]
    return []


def _of_resources(limits: Mapping[str, float], known: tuple[str, ...]) -> dict[str, float]:
    """Limits of a project hold for each plan that takes of the resource."""
    return {resource: amount for resource, amount in limits.items() if resource in known}


def _unknown_resources(
    where: str, limits: Mapping[str, float], known: tuple[str, ...], problems: list[Problem], *, file: str = FILE
) -> None:
    for resource in limits:
        if resource not in known:
            came = f"{resource} under {where}: no action takes any of it."
            problems.append(
                Problem(came, f"one of {', '.join(known)}.", "correct the name, or name it under costs of an action.", file=file)
            )


@dataclass(frozen=True)
class _Amounts:
    """Reads resource -> amount; what is wrong is added to the problems."""

    where: str
    problems: list[Problem]
    file: str = FILE

    def read(self, given: Any) -> dict[str, float]:
        if not isinstance(given, Mapping):
            self.problems.append(Problem(f"{self.where} = {given!r}.", "{money = 20000, visits = 40}.", "correct it.", file=self.file))
            return {}
        for resource, amount in given.items():
            if not is_number(amount, 0, math.inf):
                self.problems.append(
                    Problem(f"{resource} = {amount!r} under {self.where}.", "a number of 0 or more.", "correct it.", file=self.file)
                )
        return {str(resource): float(amount) for resource, amount in given.items() if is_number(amount, 0, math.inf)}


@dataclass(frozen=True)
class _Section:
    """One [plans.NAME]. known: the actions that could be read; names: all that the file describes."""

    name: str
    content: Mapping[str, Any]
    known: Mapping[str, ProjectAction]
    names: tuple[str, ...]
    limits: Mapping[str, float]
    problems: list[Problem]

    @property
    def where(self) -> str:
        return f"[plans.{self.name}]"

    def wrong(self, came: str, expected: str, remedy: str = "correct it.") -> None:
        self.problems.append(Problem(came, expected, remedy, file=FILE))

    def read(self) -> PlanSettings:
        if self.name.lower() in COMMANDS:
            self.wrong(f"{self.where}: {self.name} is a word of the command line.", "another name.", "give the plan another one.")
        for key in sorted(set(self.content) - set(_KEYS)):
            self.wrong(f"{key} under {self.where}.", f"one of {', '.join(_KEYS)}.", "correct or remove it.")
        decision, options = self.decision()
        actions = self.actions(needed=decision is not None and decision.needs_actions)
        readable = {name: self.known[name] for name in actions if name in self.known}
        whole = len(readable) == len(actions)
        limits = {**_of_resources(self.limits, resources(readable)), **self.amounts("limits", readable, whole=whole)}
        return PlanSettings(
            name=self.name,
            decision=str(self.content.get("decision", "")),
            actions=readable,
            limits=limits,
            per_person=self.amounts("per_person", readable, whole=whole),
            persons=self.persons(readable, whole=whole),
            span=self.span(),
            at_least=self.counts("at_least", actions),
            at_most=self.counts("at_most", actions),
            fixed=self.fixed(actions),
            hold_out=self.hold_out(),
            seed=self.seed(),
            segment=self.segment(),
            options=options,
        )

    def decision(self) -> tuple[Decision | None, dict[str, Any]]:
        from kundenwert.decisions import decisions

        known = decisions()
        name = self.content.get("decision")
        if name not in known:
            came = f"decision = {name!r} under {self.where}." if name is not None else f"{self.where} names no decision."
            self.wrong(came, f"one of {', '.join(known)}.", "correct it.")
            return None, {}
        try:
            return known[name], read_options(self.content.get("options", {}), known[name].options, f"plans.{self.name}.options")
        except SettingsError as err:
            self.problems.extend(err.problems)
            return known[name], {}

    def actions(self, *, needed: bool) -> tuple[str, ...]:
        given = self.content.get("actions", list(self.names))
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            self.wrong(f"actions = {given!r} under {self.where}.", 'a list of names, such as ["visit", "call"].')
            return ()
        if needed and "actions" in self.content and not given:
            self.wrong(f"actions under {self.where} is empty.", "at least one action.", "name one, or leave the line out for all of them.")
        for name in given:
            if name not in self.names:
                known = ", ".join(sorted(self.names)) or "none is described yet"
                self.wrong(
                    f"{self.where} names the action {name!r}.", f"one of [actions.NAME]: {known}.", "describe it, or correct the name."
                )
        return tuple(dict.fromkeys(one for one in given if one in self.names))

    def amounts(self, key: str, actions: Mapping[str, ProjectAction], *, whole: bool) -> dict[str, float]:
        found = _Amounts(f"{key} of {self.where}", self.problems).read(self.content.get(key, {}))
        if whole:
            _unknown_resources(f"{key} of {self.where}", found, resources(actions), self.problems)
        return found

    def persons(self, actions: Mapping[str, ProjectAction], *, whole: bool) -> dict[str, dict[str, float]]:
        given = self.content.get("persons", {})
        if not isinstance(given, dict):
            self.wrong(f"persons = {given!r} under {self.where}.", '{"AD Nord" = {hours = 120}}.')
            return {}
        found = {}
        for person, amounts in given.items():
            found[str(person)] = _Amounts(f"persons of {self.where}", self.problems).read(amounts)
            if whole:
                _unknown_resources(f"persons of {self.where}", found[str(person)], resources(actions), self.problems)
        return found

    def span(self) -> str:
        given = self.content.get("span", SPAN)
        try:
            return span_of(str(given))
        except ValueError as err:
            self.wrong(f"span = {given!r} under {self.where}.", f"{err}.")
            return SPAN

    def hold_out(self) -> float:
        given = self.content.get("hold_out", 0.0)
        if not is_number(given, 0, _MOST_HELD_OUT):
            self.wrong(f"hold_out = {given!r} under {self.where}.", f"a share from 0 to {_MOST_HELD_OUT:g} (0.1 is 10 %).")
            return 0.0
        return float(given)

    def seed(self) -> int:
        given = self.content.get("seed", 1)
        if not is_number(given, 0, 2**31) or given != int(given):
            self.wrong(f"seed = {given!r} under {self.where}.", "a whole number from 0 on.")
            return 1
        return int(given)

    def segment(self) -> str:
        given = self.content.get("segment", "")
        if not isinstance(given, str):
            self.wrong(f"segment = {given!r} under {self.where}.", 'the name of a column, such as "industry".')
            return ""
        return given

    def counts(self, key: str, actions: tuple[str, ...]) -> dict[str, dict[str, int]]:
        """How many of an action for one customer: a number for all, or one for each class of value."""
        given = self.content.get(key, {})
        if not isinstance(given, dict):
            self.wrong(f"{key} = {given!r} under {self.where}.", "{visit = 2}, or {visit = {A = 4, B = 2}}.")
            return {}
        found = {}
        for action, entry in given.items():
            by_class = entry if isinstance(entry, dict) else {"": entry}
            fits = all(_is_count(one) for one in by_class.values()) and (not isinstance(entry, dict) or set(entry) <= set(CLASSES))
            if not fits:
                self.wrong(f"{action} = {entry!r} under {key} of {self.where}.", "a whole number, or one for class A, B, C.")
            elif action not in actions:
                self.wrong(f"{action} under {key} of {self.where}.", f"an action of this plan: {', '.join(actions) or 'it has none'}.")
            else:
                found[action] = {str(name): int(one) for name, one in by_class.items()}
        return found

    def fixed(self, actions: tuple[str, ...]) -> dict[str, dict[str, int]]:
        given = self.content.get("fixed", {})
        if not isinstance(given, dict) or not all(isinstance(entry, dict) for entry in given.values()):
            self.wrong(f"fixed = {given!r} under {self.where}.", '{"10001" = {visit = 2}}.')
            return {}
        for customer, entry in given.items():
            for action, count in entry.items():
                if action not in actions:
                    self.wrong(
                        f"{action} for {customer} under fixed of {self.where}.",
                        f"an action of this plan: {', '.join(actions) or 'it has none'}.",
                    )
                if not _is_count(count):
                    self.wrong(f"{action} = {count!r} for {customer} under fixed of {self.where}.", "a whole number of 0 or more.")
        return {
            str(customer): {name: count for name, count in entry.items() if name in actions and _is_count(count)}
            for customer, entry in given.items()
        }


def _is_count(value: Any) -> bool:
    return is_number(value, 0, 10_000) and value == int(value)


def span_of(text: str) -> str:
    """How long a plan spends, such as "3m". Raises ValueError with what was expected.

    >>> span_of(" 2W ")
    '2w'
    """
    found = Duration.parse(text)
    if found.count > LONGEST_YEARS * {"d": 366, "w": 53, "m": 12, "y": 1}[found.unit]:
        raise ValueError(f"at most {LONGEST_YEARS} years")
    return str(found)


def as_json(settings: PlanSettings) -> dict[str, Any]:
    """The settings of a plan for its file. Numbers of customers stand in lists, where an erasure finds them."""
    return {
        "name": settings.name,
        "actions": list(settings.actions),
        "limits": dict(settings.limits),
        "per_person": dict(settings.per_person),
        "persons": {person: dict(amounts) for person, amounts in settings.persons.items()},
        "span": settings.span,
        "at_least": {name: dict(one) for name, one in settings.at_least.items()},
        "at_most": {name: dict(one) for name, one in settings.at_most.items()},
        "fixed": [
            {"customer_id": customer, "action": action, "count": count}
            for customer, entry in sorted(settings.fixed.items())
            for action, count in sorted(entry.items())
        ],
        "hold_out": settings.hold_out,
        "seed": settings.seed,
        "segment": settings.segment,
        "options": {name: list(one) if isinstance(one, tuple) else one for name, one in settings.options.items()},
        **({"only": list(settings.only)} if settings.only is not None else {}),
        **({"positive": True} if settings.positive else {}),
    }
