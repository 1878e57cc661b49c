"""Presets of an industry: cost drivers with assumed rates, lifecycle limits, criteria, credit bands; a project may change each."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any

from kundenwert.errors import Problem, SettingsError, UnknownName
from kundenwert.flows import catalogue as criteria_of
from kundenwert.register.criteria import further

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.records import Catalogue

STAGES = ("marketing", "sales", "service", "logistics")
LIFECYCLE = ("development_days", "bound_purchases", "silent_days")
# Sections of kundenwert.toml that change a preset.
SECTIONS = ("drivers", "lifecycle", "criteria", "credit")
_FILE = "kundenwert.toml"
# As short as a reason can be that names a purpose and a legal basis.
_LEAST_REASON = 30


@dataclass(frozen=True)
class Credit:
    """The chance that a company defaults within a year, by band of an external credit index.

    least: where the scale begins. bands: (index up to which a band goes, chance), rising by index. basis: where the chances come from.
    natural_persons: why the index of natural persons may be used, in words; "" where it is not.
    """

    least: float
    bands: tuple[tuple[float, float], ...]
    basis: str = ""
    natural_persons: str = ""


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
    """What an industry starts with. lifecycle: limits by name (see LIFECYCLE); catalogue: what customers are judged on.

    credit: what an index of creditworthiness means, None where customers are not judged by one.
    """

    name: str
    about: str
    drivers: tuple[Driver, ...]
    lifecycle: Mapping[str, int]
    catalogue: Catalogue = field(default_factory=criteria_of.catalogue)
    credit: Credit | None = None

    @property
    def criteria(self) -> tuple[str, ...]:
        """The names of what customers are judged on; what ships without a weight only where it was given one."""
        return tuple(one.name for one in self.catalogue.criteria if one.weight or one not in further())

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
    credit = _credit(None, content["credit"]) if "credit" in content else None
    return Preset(name, content["about"], drivers, dict(content["lifecycle"]), criteria_of.catalogue(content["criteria"]["names"]), credit)


def _driver(name: str, entry: Mapping[str, Any], *, is_assumed: bool) -> Driver:
    words = tuple(word.lower() for word in entry.get("words", ()))
    return Driver(name, Decimal(str(entry["rate"])), entry["stage"], words, entry.get("basis", ""), is_assumed)


def _credit(known: Credit | None, entry: Mapping[str, Any]) -> Credit:
    """A section [credit]; what it does not say stays as it was known."""
    known = known or Credit(0.0, ())
    bands = tuple((float(limit), float(chance)) for limit, chance in entry.get("bands", known.bands))
    return Credit(
        least=float(entry.get("least", known.least)),
        bands=bands,
        # Bands of one's own do not rest on what those of the preset rest on; those that init has copied do.
        basis=entry.get("basis", known.basis if bands == known.bands else ""),
        natural_persons=entry.get("natural_persons", known.natural_persons).strip(),
    )


def of_project(content: dict[str, Any]) -> Preset | None:
    """Takes `preset`, [drivers], [lifecycle], [criteria] and [credit] out of a project file; None if there is none of them.

    A rate that the project names is its own; the others stay the preset's assumptions. Raises SettingsError with every problem.
    """
    own = {section: content.pop(section, None) for section in SECTIONS}
    name = content.pop("preset", None)
    if name is None and not any(value is not None for value in own.values()):
        return None
    if problems := [*_name_problems(name), *_problems(own, name)]:
        raise SettingsError(*problems)
    preset = load(name) if name else Preset("", "", (), {})
    kept = {driver.name: driver for driver in preset.drivers}
    for key, entry in (own["drivers"] or {}).items():
        kept[key] = _changed(kept.get(key), key, entry)
    return replace(
        preset,
        drivers=tuple(kept.values()),
        lifecycle={**preset.lifecycle, **(own["lifecycle"] or {})},
        catalogue=criteria_of.read(own["criteria"], _listed(preset)),
        credit=_credit(preset.credit, own["credit"]) if own["credit"] else preset.credit,
    )


def _listed(preset: Preset) -> tuple[str, ...]:
    """The criteria that count unless a project lists its own."""
    return tuple(one.name for one in preset.catalogue.criteria if one.weight)


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
    drivers, lifecycle, criteria, credit = (own[section] if isinstance(own[section], dict) else {} for section in SECTIONS)
    base = load(preset) if preset in names() else Preset("", "", (), {})
    known = {driver.name for driver in base.drivers}
    for name, entry in drivers.items():
        yield from _driver_problems(name, entry)
        missing = [key for key in ("rate", "stage") if isinstance(entry, dict) and key not in entry and name not in known]
        if missing:
            yield Problem(f"[drivers.{name}] has no {' and no '.join(missing)}.", f"{_EXPECTED[missing[0]]}.", "add it.", file=_FILE)
    for name, value in lifecycle.items():
        if name not in LIFECYCLE or isinstance(value, bool) or not isinstance(value, int) or value < 1:
            expected = f"one of {', '.join(LIFECYCLE)}, with a whole number above 0."
            yield Problem(f"{name} = {value!r} under [lifecycle].", expected, "correct it.", file=_FILE)
    try:
        criteria_of.read(criteria, _listed(base))
    except SettingsError as err:
        yield from err.problems
    yield from _credit_problems(credit, base.credit)


def _credit_problems(credit: Mapping[str, Any], known: Credit | None) -> Iterator[Problem]:
    for name, value in credit.items():
        if name not in _CREDIT:
            yield Problem(f"{name} = {value!r} under [credit].", f"one of {', '.join(_CREDIT)}.", "correct or remove it.", file=_FILE)
        elif not _CREDIT[name](value):
            remedy = "remove it, or write down why." if name == "natural_persons" else "correct it."
            yield Problem(f"{name} = {value!r} under [credit].", f"{_CREDIT_EXPECTED[name]}.", remedy, file=_FILE)
    if credit and known is None and "bands" not in credit:
        yield Problem("[credit] has no bands.", f"{_CREDIT_EXPECTED['bands']}.", "add them.", file=_FILE)
    least, bands = credit.get("least", known.least if known else 0), credit.get("bands", [])
    if _is_number(least) and _are_bands(bands) and bands and bands[0][0] < least:
        text = f"The first band under [credit] ends at {bands[0][0]:g}, the scale begins at {least:g}."
        yield Problem(text, "bands above the beginning of the scale.", "correct least or bands.", file=_FILE)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_bands(value: Any) -> bool:
    if not isinstance(value, list) or not all(isinstance(band, list) and len(band) == 2 and all(map(_is_number, band)) for band in value):
        return False
    limits = [limit for limit, _ in value]
    return limits == sorted(set(limits)) and all(0 <= chance <= 1 for _, chance in value)


_CREDIT: Mapping[str, Callable[[Any], bool]] = {
    "least": _is_number,
    "bands": lambda value: _are_bands(value) and bool(value),
    "basis": lambda value: isinstance(value, str),
    "natural_persons": lambda value: isinstance(value, str) and len(value.strip()) >= _LEAST_REASON,
}
_CREDIT_EXPECTED = {
    "least": "a number: the index with which the scale begins",
    "bands": "a list of [index up to which the band goes, chance of default from 0 to 1], rising by index",
    "basis": "a text",
    "natural_persons": (
        "in words the purpose, the legal basis, who decided and when: the index of natural persons is not used without (GDPR, § 31 BDSG)"
    ),
}


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
    lines = [*lines[:-1], *criteria_of.lines(preset.catalogue)]
    return lines + (_credit_lines(preset.credit) if preset.credit else [])


def _credit_lines(credit: Credit) -> list[str]:
    bands = (f"    [{limit:g}, {chance:g}]," for limit, chance in credit.bands)
    about = "# Chance of default within a year by band of the credit index: [index up to which the band goes, chance]."
    return ["", "[credit]", about, f"# assumption: {credit.basis}", f"least = {credit.least:g}", "bands = [", *bands, "]"]


def load_credit(engine: Engine, preset: Preset | None) -> bool:
    """Makes view `credit_bands`: above, up_to, chance; empty without a preset that has some. Gives whether there is any."""
    credit = preset.credit if preset else None
    # An index equal to the beginning of the scale belongs to the first band.
    edges = [credit.least - 1e-9, *(limit for limit, _ in credit.bands)] if credit else []
    columns = {"above": edges[:-1], "up_to": edges[1:], "chance": [chance for _, chance in credit.bands] if credit else []}
    engine.load("credit_bands", {name: values or [0.0] for name, values in columns.items()})
    engine.remember("has_credit_bands", credit is not None)
    engine.remember("credit_of_natural_persons", bool(credit and credit.natural_persons))
    engine.script("tables/company/persons.sql")
    return credit is not None


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
