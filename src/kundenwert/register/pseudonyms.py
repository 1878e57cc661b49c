"""Pseudonyms: a project works with words in the place of customer numbers, and who has a key that is kept apart can tell them back."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from kundenwert.errors import Problem, StorageError
from kundenwert.register import files, keys

# 80 bits: among ten million customers two share one with a chance of 1 in 25 billion; that none do is checked all the same.
_DIGITS = 20
_PSEUDONYM = re.compile(rf"P-[0-9a-f]{{{_DIGITS}}}\Z")
_MARK = "pseudonyms.json"


@dataclass(frozen=True)
class Personal:
    """What stands for a person in a table: roles whose cells become pseudonyms, those of staff, those that are left out, and words that are
    kept. A text in none of the lists is left out too.
    """

    ids: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def leaves_out(self, role: str, *, is_text: bool) -> bool:
        """Whether the cells of a role are not read."""
        return role in self.left_out or (is_text and role not in {*self.ids, *self.staff, *self.kept})


@cache
def personal(table: str) -> Personal:
    """The field tags of a table ("transactions" or one of the company)."""
    text = resources.files("kundenwert").joinpath("register", "personal.toml").read_text(encoding="utf-8")
    found: Mapping[str, list[str]] = tomllib.loads(text).get(table, {})
    return Personal(**{name: tuple(roles) for name, roles in found.items()})


def is_pseudonym(text: str) -> bool:
    """Whether a text is written as pseudonyms are."""
    return _PSEUDONYM.match(text) is not None


@dataclass(frozen=True)
class Pseudonyms:
    """The pseudonyms of a project. key_file: where the key is, outside of the project."""

    project: Path
    key_file: Path

    @property
    def mark(self) -> Path:
        """The file that says the project works with pseudonyms, and with which key."""
        return self.project / _MARK

    @property
    def links_file(self) -> Path:
        """The table of pseudonyms and numbers, beside the key."""
        return self.key_file.with_name(f"{self.key_file.stem}.links.parquet")

    def key(self) -> keys.Key:
        """The key, made with the first use. Raises StorageError if it is gone or another: everybody would get another pseudonym."""
        found = keys.read_file(self.key_file)
        known = _fingerprint_kept(self.mark)
        if known and found is None:
            raise self._lost(f"The key of the pseudonyms is not where it should be ({self.key_file.name}).")
        if known and found is not None and _fingerprint(found) != known:
            raise self._lost(f"{self.key_file.name} is the key of another project.")
        return found if known and found is not None else self._begun()

    def _begun(self) -> keys.Key:
        """Makes the key, unless another process does so now; from here on the project belongs to it."""
        with files.held(self.project / "register"):
            found = keys.read_file(self.key_file) or keys.make_file(self.key_file)
            if not self.mark.is_file():
                files.write(self.mark, json.dumps({"key": _fingerprint(found)}) + "\n")
        return found

    def of(self, customer: str) -> str:
        """The pseudonym of a customer number; a pseudonym stays what it is."""
        text = customer.strip()
        return text if not text or is_pseudonym(text) else f"P-{self.key().of(text)[:_DIGITS]}"

    def _lost(self, came: str) -> StorageError:
        remedy = "put the key back in its place, or name the place with pseudonym_key in kundenwert.toml."
        return StorageError(Problem(came, "the key that this project was begun with.", remedy, file=str(self.key_file)))


def is_marked(project: Path) -> bool:
    """Whether a project was begun with pseudonyms."""
    return (project / _MARK).is_file()


def default_key_file(project: Path) -> Path:
    """Where the key is if nobody says otherwise: beside the project folder, not in it."""
    folder = project.resolve()
    return folder.parent / f"{folder.name}.key"


def _fingerprint(key: keys.Key) -> str:
    return key.of("the key of the pseudonyms")[:16]


def _fingerprint_kept(mark: Path) -> str:
    try:
        return str(json.loads(mark.read_text(encoding="utf-8"))["key"])
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise StorageError(
            Problem(f"{mark.name} cannot be read.", "the file as kundenwert wrote it.", "restore it from your backup.", file=str(mark))
        ) from err
