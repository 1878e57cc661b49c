"""Why customers leave: the catalogue that ships, and what a project changes in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, final


@final
@dataclass(frozen=True)
class Reason:
    """Why somebody left. needed: whether the customer will need again what we sell. words: texts that mean it, in small letters.

    chance: low, likely and high chance to regain who left for it, as a project assumes it; None: that of the action.
    """

    name: str
    label: str
    needed: bool
    words: tuple[str, ...] = ()
    chance: tuple[float, float, float] | None = None


@cache
def _shipped() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("kundenwert").joinpath("decisions", "win_back_reasons.toml").read_text(encoding="utf-8"))


@cache
def shipped() -> Mapping[str, Reason]:
    """The reasons that ship, by name, in the order in which they are looked for."""
    return {
        name: Reason(name, entry["label"], bool(entry["needed"]), tuple(entry["words"])) for name, entry in _shipped()["reasons"].items()
    }


def words_of_old_address() -> tuple[str, ...]:
    """What contacts say where a letter came back."""
    return tuple(_shipped()["address_is_old"])


def read_reasons(given: Any) -> dict[str, Any]:
    """What a project changes in the catalogue, as it is given. Raises ValueError with what was expected."""
    catalogue(given)
    return {str(name): dict(entry) for name, entry in given.items()}


def catalogue(given: Any) -> dict[str, Reason]:
    """The catalogue with the reasons of a project, which come first. Raises ValueError with what was expected.

    >>> found = catalogue({"price": {"chance": [0.1, 0.2, 0.3]}, "hygiene": {"needed": False, "words": ["Hygiene"]}})
    >>> found["price"].chance, found["hygiene"].words, next(iter(found))
    ((0.1, 0.2, 0.3), ('hygiene',), 'price')
    """
    if not isinstance(given, Mapping) or not all(isinstance(entry, Mapping) for entry in given.values()):
        raise ValueError("sections such as [plans.NAME.options.reasons.price] with needed, words, label and chance")
    known = shipped()
    return {str(name): _changed(str(name), entry, known.get(name)) for name, entry in given.items()} | {
        name: one for name, one in known.items() if name not in given
    }


def _changed(name: str, entry: Mapping[str, Any], base: Reason | None) -> Reason:
    wrong = sorted(set(entry) - {"needed", "words", "label", "chance"})
    if wrong:
        raise ValueError(f"of the reason {name} nothing but needed, words, label and chance; not {', '.join(wrong)}")
    found = base or Reason(name, str(entry.get("label", name)), needed=True)
    if base is None and "needed" not in entry:
        raise ValueError(f"of the new reason {name} whether the customer will need again what we sell: needed = true or false")
    if not isinstance(entry.get("needed", True), bool):
        raise ValueError(f"of the reason {name}: needed = true or false")
    words = entry.get("words", list(found.words))
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) and word.strip() for word in words):
        raise ValueError(f'of the reason {name}: words = a list of texts, such as ["price"]')
    return replace(
        found,
        label=str(entry.get("label", found.label)),
        needed=entry.get("needed", found.needed),
        words=tuple(word.strip().lower() for word in words),
        chance=_chance(name, entry.get("chance")),
    )


def _chance(name: str, given: Any) -> tuple[float, float, float] | None:
    if given is None:
        return None
    try:
        low, likely, high = (float(share) for share in given)
    except (TypeError, ValueError):
        low, likely, high = 1.0, 0.0, 0.0
    if not 0 <= low <= likely <= high <= 1:
        raise ValueError(f"of the reason {name}: chance = [low, likely, high], rising shares from 0 to 1")
    return low, likely, high
