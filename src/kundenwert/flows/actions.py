"""What can be done to customers: [actions.NAME] of kundenwert.toml, and what experiments have found out about it since.

Nothing is assumed here: an effect stands in the project file with who assumed it and when, or it has none, and then no money is given out
for it. An effect that was measured takes the place of the assumption (`PROJECT/plans/effects.json`, written by `kundenwert measure`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from kundenwert.errors import Problem, SettingsError
from kundenwert.flows.register import CHANNELS
from kundenwert.records.plans import MONEY, Action, Changes, Curve, Effect, Source
from kundenwert.runs import storage

FILE = "kundenwert.toml"
SECTION = "actions"
# Beside the plans: what experiments have measured.
EFFECTS = "effects.json"
_KEYS = (
    "costs", "changes", "effect", "curve", "most", "half_life_days", "channel", "advertising", "groups", "counts_as", "consent_basis",
)  # fmt: skip
_EFFECT_KEYS = ("low", "likely", "high", "source", "by", "on")
_CURVES = ("each", "exponential", "hill", "table")
_CURVE_KEYS = {"each": (), "exponential": ("rate",), "hill": ("half", "slope"), "table": ("shares",)}
_SHARES = ("chance", "orders", "spend", "retention")
# As short as a sentence can be that names a ground of law.
_LEAST_BASIS = 15
_EXAMPLE = '{low = 0.01, likely = 0.03, high = 0.06, source = "assumption", by = "Sales", on = 2026-01-15}'
NOBODY_KNOWS = Effect(0.0, 0.0, 0.0, "none")


@dataclass(frozen=True)
class ProjectAction:
    """An action of a project, and what only flows need of it.

    counts_as: words of contacts and measures that are this action today, in small letters. consent_basis: the ground of law on which
    customers are addressed who have not agreed but not refused either; "" where consent is asked for as the channel demands.
    """

    action: Action
    counts_as: tuple[str, ...] = ()
    consent_basis: str = ""


@dataclass(frozen=True)
class Measured:
    """What experiments say of an action: of all customers, None where nothing, and by segment. plan: where it was measured."""

    effect: Effect | None
    groups: Mapping[str, Effect] = field(default_factory=dict)
    plan: str = ""


def of_content(content: dict[str, Any]) -> dict[str, ProjectAction]:
    """Takes [actions.NAME] out of a project file. Raises SettingsError with every problem."""
    given = content.pop(SECTION, {})
    if not isinstance(given, dict) or not all(isinstance(entry, dict) for entry in given.values()):
        raise SettingsError(Problem(f"{SECTION} = {given!r}.", "sections [actions.NAME].", "correct it.", file=FILE))
    found, problems = {}, []
    for name, entry in given.items():
        reader = _Section(name, entry)
        found[name] = reader.read()
        problems += reader.problems
    if problems:
        raise SettingsError(*problems)
    return found


def effects_file(project: Path) -> Path:
    """Where measured effects stand."""
    return project / "plans" / EFFECTS


def effects_measured(project: Path) -> dict[str, Measured]:
    """What experiments have found so far, by name of the action."""
    path = effects_file(project)
    if not path.is_file():
        return {}
    return {
        name: Measured(
            _effect_of(entry["effect"]) if entry.get("effect") else None,
            {group: _effect_of(one) for group, one in entry.get("groups", {}).items()},
            entry.get("plan", ""),
        )
        for name, entry in storage.read_json(path).items()
    }


def keep_effect(project: Path, name: str, measured: Measured) -> None:
    """Writes what an experiment found about an action; what was known of its other segments stays."""
    path = effects_file(project)
    content = storage.read_json(path) if path.is_file() else {}
    before = content.get(name, {})
    groups = {**before.get("groups", {}), **{group: effect_as_json(one) for group, one in measured.groups.items()}}
    effect = effect_as_json(measured.effect) if measured.effect else before.get("effect")
    path.parent.mkdir(parents=True, exist_ok=True)
    storage.write_json(path, {**content, name: {"effect": effect, "groups": groups, "plan": measured.plan}})


def with_measured(actions: Mapping[str, ProjectAction], measured: Mapping[str, Measured]) -> dict[str, ProjectAction]:
    """The actions with measured effects in the place of assumptions."""
    return {name: _measured(one, measured[name]) if name in measured else one for name, one in actions.items()}


def effect_as_json(effect: Effect) -> dict[str, Any]:
    """An effect for JSON."""
    return {
        "low": effect.low,
        "likely": effect.likely,
        "high": effect.high,
        "source": effect.source,
        "by": effect.by,
        "on": effect.on.isoformat() if effect.on else None,
    }


def _effect_of(content: Mapping[str, Any]) -> Effect:
    on = date.fromisoformat(content["on"]) if content.get("on") else None
    return Effect(content["low"], content["likely"], content["high"], content["source"], content.get("by", ""), on)


def _measured(planned: ProjectAction, measured: Measured) -> ProjectAction:
    action = planned.action
    groups = {**action.groups, **measured.groups}
    return replace(planned, action=replace(action, effect=measured.effect or action.effect, groups=groups))


class _Section:
    """One [actions.NAME]: what it says, and everything that is wrong with it."""

    def __init__(self, name: str, content: Mapping[str, Any]) -> None:
        self.name, self.content, self.where = name, content, f"[actions.{name}]"
        self.problems: list[Problem] = []

    def read(self) -> ProjectAction:
        """The action; what is wrong is in `problems`, and then the action is not to be used."""
        for key in sorted(set(self.content) - set(_KEYS)):
            self.wrong(f"{key} under {self.where}.", f"one of {', '.join(_KEYS)}.", "correct or remove it.")
        changes = self.one_of("changes", get_args(Changes), None)
        channel = self.channel()
        action = Action(
            name=self.name,
            changes=changes or "chance",
            effect=self.effect(self.content.get("effect"), changes, "effect"),
            costs=self.costs(),
            most=int(self.number("most", 1, low=1, high=1000, whole=True)),
            curve=self.curve(),
            half_life_days=self.number("half_life_days", 0.0, low=0, high=36_500),
            channel=channel,
            is_advertising=self.flag("advertising", otherwise=True),
            groups=self.groups(changes),
        )
        words = self.texts("counts_as")
        return ProjectAction(action, tuple(word.strip().lower() for word in words), self.consent_basis())

    def wrong(self, came: str, expected: str, remedy: str = "correct it.") -> None:
        self.problems.append(Problem(came, expected, remedy, file=FILE))

    def one_of(self, key: str, choices: tuple[str, ...], otherwise: Any) -> Any:
        value = self.content.get(key, otherwise)
        if value is None:
            self.wrong(f"{self.where} does not say {key}.", f"one of {', '.join(choices)}.", "add it.")
        elif value not in choices:
            self.wrong(f"{key} = {value!r} under {self.where}.", f"one of {', '.join(choices)}.")
            return None
        return value

    def number(
        self, key: str, otherwise: float, *, low: float, high: float, whole: bool = False, of: Mapping[str, Any] | None = None
    ) -> float:
        value = (self.content if of is None else of).get(key, otherwise)
        if not is_number(value, low, high) or (whole and value != int(value)):
            kind = "a whole number" if whole else "a number"
            self.wrong(f"{key} = {value!r} under {self.where}.", f"{kind} from {low:g} to {high:g}.")
            return otherwise
        return float(value)

    def flag(self, key: str, *, otherwise: bool) -> bool:
        value = self.content.get(key, otherwise)
        if not isinstance(value, bool):
            self.wrong(f"{key} = {value!r} under {self.where}.", "true or false.")
            return otherwise
        return value

    def texts(self, key: str) -> list[str]:
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            self.wrong(f"{key} = {value!r} under {self.where}.", 'a list of texts, such as ["Besuch"].')
            return []
        return value

    def channel(self) -> str:
        given = self.content.get("channel", "")
        found = channel_of(given) if isinstance(given, str) else None
        if given and not found:
            self.wrong(f"channel = {given!r} under {self.where}.", f"one of {', '.join(CHANNELS)}.")
        if not given and self.content.get("advertising", True) is True:
            text = f"{self.where} does not say how it reaches the customer, so nobody can tell whether it is allowed."
            self.wrong(text, f"channel, one of {', '.join(CHANNELS)}.", "add it, or write advertising = false if it is none.")
        return found or ""

    def consent_basis(self) -> str:
        given = self.content.get("consent_basis", "")
        if not isinstance(given, str) or (given and len(given.strip()) < _LEAST_BASIS):
            expected = 'a sentence with the ground of law, such as "Section 7 (3) UWG: own goods, address from the sale".'
            self.wrong(f"consent_basis = {given!r} under {self.where}.", expected)
            return ""
        return given.strip()

    def costs(self) -> dict[str, float]:
        given = self.content.get("costs")
        if not isinstance(given, dict) or not given:
            came = f"{self.where} does not say what it costs." if given is None else f"costs = {given!r} under {self.where}."
            self.wrong(came, "costs = {money = 60, visits = 1}; what costs nothing says money = 0.", "add it.")
            return {}
        for resource, amount in given.items():
            if not is_number(amount, 0, math.inf):
                self.wrong(f"{resource} = {amount!r} under costs of {self.where}.", "a number of 0 or more.")
        return {resource: float(amount) for resource, amount in given.items() if is_number(amount, 0, math.inf)}

    def curve(self) -> Curve:
        given = self.content.get("curve", "each")
        given = {"kind": given} if isinstance(given, str) else given
        kind = given.get("kind") if isinstance(given, dict) else None
        if kind not in _CURVES:
            self.wrong(
                f"curve = {given!r} under {self.where}.", f'{{kind = "exponential", rate = 0.5}}; kind is one of {", ".join(_CURVES)}.'
            )
            return Curve()
        for key in sorted(set(given) - {"kind", *_CURVE_KEYS[kind]}):
            allowed = ", ".join(_CURVE_KEYS[kind]) or "nothing else"
            self.wrong(f"{key} under curve of {self.where}.", f"for {kind}: {allowed}.", "remove it.")
        rate = self.number("rate", 1.0, low=1e-6, high=1000, of=given) if kind == "exponential" else 1.0
        half = self.number("half", 1.0, low=1e-6, high=1e6, of=given) if kind == "hill" else 1.0
        slope = self.number("slope", 1.0, low=1e-3, high=1.0, of=given) if kind == "hill" else 1.0
        return Curve(kind, rate, half, slope, self.shares(given) if kind == "table" else ())

    def shares(self, given: Mapping[str, Any]) -> tuple[float, ...]:
        shares = given.get("shares")
        if not isinstance(shares, list) or not shares or not all(is_number(one, 0, 1) for one in shares):
            self.wrong(
                f"shares = {shares!r} under curve of {self.where}.", "shares from 0 to 1 of one, two ... actions, such as [0.5, 0.8, 1]."
            )
            return (1.0,)
        steps = [now - before for before, now in pairwise([0.0, *shares])]
        if any(step < -1e-12 for step in steps) or any(later > before + 1e-12 for before, later in pairwise(steps)):
            self.wrong(
                f"shares = {shares!r} under curve of {self.where}.", "each further action adds something, but no more than the one before."
            )
        return tuple(float(one) for one in shares)

    def groups(self, changes: Any) -> dict[str, Effect]:
        given = self.content.get("groups", {})
        if not isinstance(given, dict):
            self.wrong(f"groups = {given!r} under {self.where}.", f"an effect for each segment: {{builders = {_EXAMPLE}}}.")
            return {}
        return {str(group): self.effect(entry, changes, f"groups.{group}") for group, entry in given.items()}

    def effect(self, given: Any, changes: Any, key: str) -> Effect:
        if given is None:
            return NOBODY_KNOWS
        if given == "none" or given == {"source": "none"}:
            return NOBODY_KNOWS
        if not isinstance(given, dict) or set(given) - set(_EFFECT_KEYS):
            self.wrong(f"{key} = {given!r} under {self.where}.", f'{_EXAMPLE}, or source = "none" where nobody knows.')
            return NOBODY_KNOWS
        source = given.get("source")
        if source not in get_args(Source):
            self.wrong(f"{key} under {self.where} names no source.", "source, one of experiment, assumption, none.", "add it.")
            return NOBODY_KNOWS
        on = given.get("on")
        day = on.date() if isinstance(on, datetime) else on if isinstance(on, date) else None
        by = given.get("by", "")
        if source == "none":
            return NOBODY_KNOWS
        if source == "assumption" and not (isinstance(by, str) and by.strip() and day):
            came = f"{key} under {self.where} is an assumption, and it is not said whose and from when."
            self.wrong(came, 'by = "Sales management" and on = 2026-01-15.', "add them.")
        return self.sizes(given, changes, key, source, str(by).strip(), day)

    def sizes(self, given: Mapping[str, Any], changes: Any, key: str, source: Any, by: str, day: date | None) -> Effect:
        sizes = [given.get(one) for one in ("low", "likely", "high")]
        if not all(is_number(one, -math.inf, math.inf) for one in sizes):
            self.wrong(f"{key} under {self.where} has no size.", f"low, likely and high: {_EXAMPLE}.", "add them.")
            return NOBODY_KNOWS
        low, likely, high = (float(one) for one in sizes if one is not None)
        if not low <= likely <= high:
            self.wrong(f"{key} under {self.where}: low {low:g}, likely {likely:g}, high {high:g}.", "numbers that rise.")
        if changes in _SHARES and not -1 <= low <= high <= 1:
            self.wrong(f"{key} under {self.where}: {low:g} to {high:g}.", f"shares from -1 to 1, as it changes {changes} (0.05: 5 %).")
        return Effect(low, likely, high, source, by, day)


def channel_of(word: str) -> str | None:
    """The channel of the register that a word means; None if it means none.

    >>> channel_of("Besuch")
    'visit'
    """
    plain = word.strip().lower()
    return next((name for name, words in CHANNELS.items() if plain in {name, *words}), None)


def is_number(value: Any, low: float, high: float) -> bool:
    """Whether a value of a file is a finite number within limits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high


def resources(actions: Mapping[str, ProjectAction]) -> tuple[str, ...]:
    """What the actions take, money first."""
    named = {resource for one in actions.values() for resource in one.action.costs}
    return (MONEY, *sorted(named - {MONEY}))
