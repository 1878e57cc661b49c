"""The criteria of a project: those that ship, as [criteria] of its file changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from kundenwert.errors import Problem, SettingsError
from kundenwert.records import Catalogue, Criterion
from kundenwert.records.criteria import MONEY_RULES
from kundenwert.register.criteria import criteria, further

_FILE = "kundenwert.toml"
_KEYS = ("names", "weights", "money", "pool", "scale", "tariff", "own", "rename")
_OWN_KEYS = ("english", "ten", "column", "best", "companies_only")
_MOST_WEIGHT = 1000


def catalogue(names: Sequence[str] = ()) -> Catalogue:
    """The catalogue of these criteria with their usual weights, of the 12 that ship where none are named."""
    return read({}, names)


def read(section: Mapping[str, Any] | None, names: Sequence[str] = ()) -> Catalogue:
    """The catalogue of a section [criteria]. names: the criteria where the section lists none. Raises SettingsError with every problem."""
    section = section or {}
    if problems := list(_problems(section)):
        raise SettingsError(*problems)
    found = Catalogue(
        criteria=_criteria(section, names),
        money=section.get("money", "pool"),
        pool=Decimal(str(section["pool"])) if "pool" in section else None,
        scale=section.get("scale", "").strip(),
    )
    found = replace(found, tariff=_tariff(section, found))
    if problems := [*_unknown_names(section, found), *_too_heavy(found), *_double_counting(section, found)]:
        raise SettingsError(*problems)
    return found


def _known() -> tuple[Criterion, ...]:
    return (*criteria(), *further())


def _criteria(section: Mapping[str, Any], names: Sequence[str]) -> tuple[Criterion, ...]:
    """What is named, in that order, then own criteria, then those that can be rated without counting."""
    weights, own = section.get("weights", {}), section.get("own", {})
    listed = section.get("names") or list(weights) or list(names) or [one.name for one in criteria()]
    listed = [*listed, *(name for name in weights if "names" in section), *own]
    found: dict[str, Criterion] = {}
    for word in listed:
        one = next((known for known in _known() if known.is_called(word)), Criterion(word.strip()))
        found.setdefault(one.name.casefold(), one)
    for one in further():
        found.setdefault(one.name.casefold(), one)
    kept = [_described(one, own) for one in found.values()]
    return tuple(_renamed(_weighed(one, weights), section.get("rename", {})) for one in kept)


def _described(one: Criterion, own: Mapping[str, Any]) -> Criterion:
    entry = next((entry for word, entry in own.items() if one.is_called(word)), None)
    if entry is None:
        return one
    return replace(one, **entry, rule="column" if "column" in entry else "")


def _weighed(one: Criterion, weights: Mapping[str, Any]) -> Criterion:
    given = next((weight for word, weight in weights.items() if one.is_called(word)), None)
    return one if given is None else replace(one, weight=Decimal(str(given)))


def _renamed(one: Criterion, new_names: Mapping[str, str]) -> Criterion:
    new = next((new for word, new in new_names.items() if one.is_called(word)), None)
    return one if new is None else replace(one, name=new.strip(), also=(*one.also, one.name))


def _tariff(section: Mapping[str, Any], found: Catalogue) -> dict[str, Decimal]:
    entries = ((found.called(word), amount) for word, amount in section.get("tariff", {}).items())
    return {one.name: Decimal(str(amount)) for one, amount in entries if one is not None}


# ---- what is wrong ----------------------------------------------------------------------------------------------------


def _problems(section: Mapping[str, Any]) -> Iterator[Problem]:
    """What is no value of its kind."""
    for name, value in section.items():
        if name not in _KEYS:
            yield Problem(f"{name} = {value!r} under [criteria].", f"one of {', '.join(_KEYS)}.", "correct or remove it.", file=_FILE)
        elif not _FITS[name](value):
            yield Problem(f"{name} = {value!r} under [criteria].", f"{_EXPECTED[name]}.", "correct it.", file=_FILE)
    weights = section.get("weights", {})
    for name, weight in weights.items() if isinstance(weights, dict) else ():
        if not _is_number(weight) or not 0 <= weight <= _MOST_WEIGHT:
            expected = f"a number from 0 to {_MOST_WEIGHT}; weights count as shares of their sum."
            yield Problem(f"{name} = {weight!r} under [criteria.weights].", expected, "correct it.", file=_FILE)
    tariff = section.get("tariff", {})
    for name, amount in tariff.items() if isinstance(tariff, dict) else ():
        if not _is_number(amount) or not -1e9 <= amount <= 1e9:
            expected = "an amount of money a point and year."
            yield Problem(f"{name} = {amount!r} under [criteria.tariff].", expected, "correct it.", file=_FILE)
    own = section.get("own", {})
    for name, entry in own.items() if isinstance(own, dict) else ():
        yield from _own_problems(name, entry)


def _own_problems(name: str, entry: Any) -> Iterator[Problem]:
    where = f'[criteria.own."{name}"]'
    if not isinstance(entry, dict):
        yield Problem(f"{name} = {entry!r} under [criteria.own].", f"a section {where}.", "correct it.", file=_FILE)
        return
    if any(one.is_called(name) for one in _known()):
        expected = "a name of its own; what ships keeps its rule."
        yield Problem(f"{where} describes a criterion that ships.", expected, "choose another name, or use [criteria.rename].", file=_FILE)
    for key, value in entry.items():
        if not _OWN_FITS.get(key, lambda _: False)(value):
            expected = _OWN_EXPECTED.get(key, f"one of {', '.join(_OWN_KEYS)}")
            yield Problem(f"{key} = {value!r} under {where}.", f"{expected}.", "correct it.", file=_FILE)
    if "best" in entry and "column" not in entry:
        yield Problem(f"{where} says what is best of no column.", 'column = "price_trend" beside it.', "add or remove it.", file=_FILE)


def _unknown_names(section: Mapping[str, Any], found: Catalogue) -> Iterator[Problem]:
    """Names under [criteria.tariff] and [criteria.rename] that are no criterion; two criteria of one name."""
    original = [*found.criteria, *_known()]
    for part in ("tariff", "rename"):
        for word in section.get(part, {}):
            if not any(one.is_called(word) for one in original):
                names = ", ".join(found.names)
                yield Problem(f"{word!r} under [criteria.{part}] is no criterion.", f"one of {names}.", "correct the name.", file=_FILE)
    called = [name.casefold() for one in found.criteria for name in one.names]
    for name in sorted({name for name in called if called.count(name) > 1}):
        yield Problem(f"Two criteria are called {name!r}.", "a name for each.", "rename one of them.", file=_FILE)


def _too_heavy(found: Catalogue) -> Iterator[Problem]:
    for one in found.criteria:
        share = found.share(one)
        if one.most is not None and share > float(one.most) + 1e-9:
            came = f"{one.name} has {share:.1%} of all weights."
            expected = f"at most {float(one.most):.0%}: what people feel about a customer must not decide what he is worth."
            yield Problem(came, expected, "lower its weight under [criteria.weights].", file=_FILE)


def _double_counting(section: Mapping[str, Any], found: Catalogue) -> Iterator[Problem]:
    """A tariff where it does not belong: its money would have two owners."""
    tariff = section.get("tariff", {})
    allowed = ", ".join(one.name for one in found.criteria if one.has_tariff)
    for word in tariff:
        one = found.called(word)
        if one is not None and not one.has_tariff:
            why = "is already in contribution or clv" if one.is_money else "would count money that others own"
            came = f"A tariff for {one.name} {why}: every euro has one owner."
            yield Problem(came, f"a tariff for {allowed or 'none of your criteria'} only.", "remove it from [criteria.tariff].", file=_FILE)
    if found.money == "tariff" and not tariff:
        came = 'money = "tariff" under [criteria] without any tariff.'
        yield Problem(came, "[criteria.tariff] with money a point and year.", "add it.", file=_FILE)
    if found.money != "tariff" and tariff:
        came = f'[criteria.tariff] beside money = "{found.money}".'
        yield Problem(came, 'money = "tariff", or no tariff.', "decide for one.", file=_FILE)
    if found.money != "pool" and found.pool is not None:
        came = f'pool = {found.pool} beside money = "{found.money}".'
        yield Problem(came, 'money = "pool", or no pool.', "decide for one.", file=_FILE)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "names": lambda value: isinstance(value, list) and bool(value) and all(_is_text(item) for item in value),
    "weights": lambda value: isinstance(value, dict),
    "money": lambda value: value in MONEY_RULES,
    "pool": lambda value: _is_number(value) and 0 <= value <= 1e15,
    "scale": lambda value: isinstance(value, str),
    "tariff": lambda value: isinstance(value, dict),
    "own": lambda value: isinstance(value, dict),
    "rename": lambda value: isinstance(value, dict) and all(_is_text(new) for new in value.values()),
}
_EXPECTED = {
    "names": 'names = ["Imagefaktor", ...]',
    "weights": "[criteria.weights] with a number for each criterion",
    "money": f"one of {', '.join(MONEY_RULES)}",
    "pool": "an amount of money that is not below 0",
    "scale": "a text: the name of the scale on which customers are compared",
    "tariff": "[criteria.tariff] with money a point and year for each criterion",
    "own": '[criteria.own."Name"] with english, ten, column, best, companies_only',
    "rename": '[criteria.rename] with "old name" = "new name"',
}
_OWN_FITS: Mapping[str, Callable[[Any], bool]] = {
    "english": _is_text,
    "ten": _is_text,
    "column": _is_text,
    "best": lambda value: value in ("high", "low"),
    "companies_only": lambda value: isinstance(value, bool),
}
_OWN_EXPECTED = {
    "english": "a text",
    "ten": "a text: what 10 points mean",
    "column": "the name of a column of numbers in customers.parquet or features.parquet",
    "best": '"high" or "low": what is favourable',
    "companies_only": "true or false",
}


# ---- the file ---------------------------------------------------------------------------------------------------------


def lines(found: Catalogue) -> list[str]:
    """The catalogue as lines of a project file: every criterion with its weight and what 10 points mean."""
    listed = [one for one in found.criteria if one.weight]
    wide = max((len(one.name) for one in listed), default=0) + 2
    rows = [f"{_quoted(one.name):<{wide}} = {one.weight:<4} # 10: {one.ten}" for one in listed]
    return [
        "",
        "# What customers are judged on beside money, from 0 to 10 points.",
        "# 10 is always favourable, also where the name sounds like a cost.",
        "# A criterion that is taken out of the weights does not count any more; the weights count as shares of their sum.",
        "[criteria]",
        '# How the score becomes money: "pool" shares the clv above 0, "calibrated" forecasts, "tariff" takes [criteria.tariff].',
        f'money = "{found.money}"',
        "# The scale on which customers are compared is kept. Write another name here to make it anew at the next run.",
        f'scale = "{found.scale}"',
        "",
        "[criteria.weights]",
        *rows,
    ]


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
