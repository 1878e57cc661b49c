"""Attributes that no model, feature or criterion may use: a list of words and of values, as data."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

# Longer words are known inside a compound too (Kundengeschlecht); shorter ones would be found where they are not meant (Verwalter).
_SURE_IN_COMPOUNDS = 8
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True)
class Attribute:
    """A blocked attribute. basis: the law; words: by what columns and criteria call it, in small letters.

    of_people: words that mean it only where they stand beside persons (the title of a book is no title). values: cells that give it away
    whatever the column is called. kind: how its values are compared: "word", "number", "area" (by the first digit), or "unique"
    (everybody has another).
    """

    name: str
    basis: str
    words: tuple[str, ...]
    of_people: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    kind: str = "word"


@cache
def attributes() -> tuple[Attribute, ...]:
    """The block list that ships."""
    text = resources.files("kundenwert").joinpath("register", "blocked.toml").read_text(encoding="utf-8")
    return tuple(_attribute(entry) for entry in tomllib.loads(text)["attributes"])


def _attribute(entry: Mapping[str, Any]) -> Attribute:
    words, of_people, values = (tuple(map(folded, entry.get(name, ()))) for name in ("words", "of_people", "values"))
    return Attribute(entry["name"], entry["basis"], words, of_people, values, entry.get("kind", "word"))


def folded(text: str) -> str:
    """A text in small letters, with umlauts written out, however they were typed.

    >>> folded("Nationalita\u0308t")
    'nationalitaet'
    """
    return unicodedata.normalize("NFKC", text).strip().lower().translate(_FOLDED)


def blocked(name: str, *, of_people: bool = False) -> Attribute | None:
    """The blocked attribute that a column or criterion is called by: the whole name, or one word of it ("Kunde_Geschlecht").

    of_people: whether the column stands in a table of persons.
    """
    parts = [part for part in re.split(r"[^0-9a-z]+", folded(re.sub(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])", "_", name))) if part]
    said = {*parts, "".join(parts)}
    return next((one for one in attributes() if _is_said(one, said, of_people=of_people)), None)


def _is_said(one: Attribute, said: Collection[str], *, of_people: bool) -> bool:
    words = {*one.words, *(one.of_people if of_people else ())}
    if words & set(said):
        return True
    sure = tuple(word for word in words if len(word) >= _SURE_IN_COMPOUNDS)
    return any(part.startswith(sure) or part.endswith(sure) for part in said) if sure else False


def given_away(cells: Collection[str]) -> Attribute | None:
    """The blocked attribute that the different cells of a column tell, whatever it is called: at least two, and all of them its values.

    >>> given_away(["m", "w", "d"]).name
    'gender'
    >>> given_away(["S", "M", "L"]) is None
    True
    """
    found = {folded(cell) for cell in cells} - {""}
    return next((one for one in attributes() if len(found) > 1 and found <= set(one.values)), None)
