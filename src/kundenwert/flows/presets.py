"""Presets of an industry: cost drivers with assumed rates, limits of the customer lifecycle, criteria; a project may change each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any

from kundenwert.errors import Problem, SettingsError, UnknownName

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

STAGES = ("marketing", "sales", "service", "logistics")
LIFECYCLE = ("development_days", "bound_purchases", "silent_days")
# Sections of kundenwert.toml that change a preset.
SECTIONS = ("drivers", "lifecycle", "criteria")
_FILE = "kundenwert.toml"


@dataclass(frozen=True)
class Driver:
    """A cost driver: money a unit and the stage of the customer result it belongs to.

    words: what activities call it, in lower case. basis: where the rate comes from. is_assumed: the rate is the preset's.
    """

    name: str
    rate: Decimal
    stage: str
    words: tuple[str, ...]
    basis: str = ""
    is_assumed: bool = False


@dataclass(frozen=True)
class Preset:
    """What an industry starts with. lifecycle: limits by name (see LIFECYCLE); criteria: names of what customers are judged on."""

    name: str
    about: str
    drivers: tuple[Driver, ...]
    lifecycle: Mapping[str, int]
    criteria: tuple[str, ...]

    def driver_of(self, word: str) -> Driver | None:
        """The driver that activities call by this word, if there is one."""
        plain = word.strip().lower()
        return next((driver for driver in self.drivers if plain == driver.name or plain in driver.words), None)


def names() -> tuple[str, ...]:
    """The presets there are."""
    files = resources.files("kundenwert").joinpath("presets").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def load(name: str) -> Preset:
    """The preset of that name. Raises UnknownName that lists which there are."""
    if name not in names():
        raise UnknownName(name, "presets", names())
    content = tomllib.loads(resources.files("kundenwert").joinpath("presets", f"{name}.toml").read_text(encoding="utf-8"))
    drivers = tuple(_driver(key, entry, is_assumed=True) for key, entry in content["drivers"].items())
    return Preset(name, content["about"], drivers, dict(content["lifecycle"]), tuple(content["criteria"]["names"]))


def _driver(name: str, entry: Mapping[str, Any], *, is_assumed: bool) -> Driver:
    words = tuple(word.lower() for word in entry.get("words", ()))
    return Driver(name, Decimal(str(entry["rate"])), entry["stage"], words, entry.get("basis", ""), is_assumed)


def of_project(content: dict[str, Any]) -> Preset | None:
    """Takes `preset`, [drivers], [lifecycle] and [criteria] out of a project file; None if there is none of them.

    A rate that the project names is its own; the others stay the preset's assumptions. Raises SettingsError with every problem.
    """
    own = {section: content.pop(section, None) for section in SECTIONS}
    name = content.pop("preset", None)
    if name is None and not any(value is not None for value in own.values()):
        return None
    if problems := [*_name_problems(name), *_problems(own, name)]:
        raise SettingsError(*problems)
    preset = load(name) if name else Preset("", "", (), {}, ())
    kept = {driver.name: driver for driver in preset.drivers}
    for key, entry in (own["drivers"] or {}).items():
        kept[key] = _changed(kept.get(key), key, entry)
    return replace(
        preset,
        drivers=tuple(kept.values()),
        lifecycle={**preset.lifecycle, **(own["lifecycle"] or {})},
        criteria=tuple((own["criteria"] or {}).get("names", preset.criteria)),
    )


def _changed(driver: Driver | None, name: str, entry: Mapping[str, Any]) -> Driver:
    """A driver as the project has it; what it does not say stays the preset's."""
    if driver is None:
        return _driver(name, entry, is_assumed=False)
    known = {"rate": driver.rate, "stage": driver.stage, "words": driver.words, "basis": ""}
    made = _driver(name, {**known, **entry}, is_assumed=False)
    # The rate that init has copied from the preset is still an assumption.
    return replace(made, basis=driver.basis, is_assumed=True) if made.rate == driver.rate and driver.is_assumed else made


def _name_problems(name: Any) -> Iterator[Problem]:
    if name is not None and name not in names():
        yield Problem(f"preset = {name!r}.", f"one of {', '.join(names())}.", "correct or remove it.", file=_FILE)


def _problems(own: Mapping[str, Any], preset: Any) -> Iterator[Problem]:
    for section, value in own.items():
        if value is not None and not isinstance(value, dict):
            yield Problem(f"{section} = {value!r}.", f"a section [{section}].", "correct it.", file=_FILE)
    drivers, lifecycle, criteria = (own[section] if isinstance(own[section], dict) else {} for section in SECTIONS)
    known = {driver.name for driver in load(preset).drivers} if preset in names() else set()
    for name, entry in drivers.items():
        yield from _driver_problems(name, entry)
        missing = [key for key in ("rate", "stage") if isinstance(entry, dict) and key not in entry and name not in known]
        if missing:
            yield Problem(f"[drivers.{name}] has no {' and no '.join(missing)}.", f"{_EXPECTED[missing[0]]}.", "add it.", file=_FILE)
    for name, value in lifecycle.items():
        if name not in LIFECYCLE or isinstance(value, bool) or not isinstance(value, int) or value < 1:
            expected = f"one of {', '.join(LIFECYCLE)}, with a whole number above 0."
            yield Problem(f"{name} = {value!r} under [lifecycle].", expected, "correct it.", file=_FILE)
    for name, value in criteria.items():
        if name != "names" or not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            yield Problem(f"{name} = {value!r} under [criteria].", 'names = ["Imagefaktor", ...].', "correct it.", file=_FILE)


def _driver_problems(name: str, entry: Any) -> Iterator[Problem]:
    where = f"[drivers.{name}]"
    if not isinstance(entry, dict):
        yield Problem(f"{name} = {entry!r} under [drivers].", f"{where} with rate and stage.", "correct it.", file=_FILE)
        return
    for key, value in entry.items():
        if not _FITS.get(key, lambda _: False)(value):
            expected = _EXPECTED.get(key, f"one of {', '.join(_EXPECTED)}")
            yield Problem(f"{key} = {value!r} under {where}.", f"{expected}.", "correct it.", file=_FILE)


_EXPECTED = {
    "rate": "a number that is not below 0",
    "stage": f"one of {', '.join(STAGES)}",
    "words": 'a list of texts, such as ["besuch"]',
    "basis": "a text",
}
_FITS = {
    "rate": lambda value: isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12,
    "stage": lambda value: value in STAGES,
    "words": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "basis": lambda value: isinstance(value, str),
}


def sections(preset: Preset) -> list[str]:
    """The preset as lines of a project file, each rate with what it rests on."""
    lines = ["", f"# What the preset {preset.name} assumes. Replace the rates by the figures of your own cost accounting."]
    for driver in preset.drivers:
        lines += [f"[drivers.{driver.name}]", f"# assumption: {driver.basis}", f"rate = {driver.rate}", f'stage = "{driver.stage}"', ""]
    lines += ["[lifecycle]", *(f"{name} = {value}" for name, value in preset.lifecycle.items()), ""]
    return [*lines, "[criteria]", "names = [", *(f'    "{name}",' for name in preset.criteria), "]"]


def load_rates(engine: Engine, preset: Preset | None) -> None:
    """Makes view `preset_rates`: word, driver, rate, stage, is_assumed; empty without a preset. Words are in lower case."""
    rows = [(word, driver) for driver in (preset.drivers if preset else ()) for word in dict.fromkeys((driver.name, *driver.words))]
    engine.load(
        "preset_rates_as_text",
        {
            "word": [word for word, _ in rows] or [""],
            "driver": [driver.name for _, driver in rows] or [""],
            "rate": [str(driver.rate) for _, driver in rows] or [""],
            "stage": [driver.stage for _, driver in rows] or [""],
            "is_assumed": [driver.is_assumed for _, driver in rows] or [False],
        },
    )
    engine.view("preset_rates", "tables/company/preset_rates.sql")
