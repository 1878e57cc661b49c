"""Attributes that no model, feature or criterion may use: a list of words, as data."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Attribute:
    """A blocked attribute. basis: the law; words: by what columns and criteria call it, in small letters."""

    name: str
    basis: str
    words: tuple[str, ...]


@cache
def attributes() -> tuple[Attribute, ...]:
    """The block list that ships."""
    text = resources.files("kundenwert").joinpath("register", "blocked.toml").read_text(encoding="utf-8")
    return tuple(Attribute(entry["name"], entry["basis"], tuple(entry["words"])) for entry in tomllib.loads(text)["attributes"])


def blocked(name: str) -> Attribute | None:
    """The blocked attribute that a column or criterion is called by: the whole name, or one word of it ("Kunde_Geschlecht")."""
    parts = [part for part in re.split(r"[^0-9a-zäöüß]+", re.sub(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])", "_", name).lower()) if part]
    said = {*parts, "".join(parts)}
    return next((one for one in attributes() if said & set(one.words)), None)
