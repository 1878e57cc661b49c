"""The value definitions a project has had, as its register keeps them: since when, what changed, and which runs were made with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kundenwert.errors import UnknownName
from kundenwert.records import Criterion
from kundenwert.register.book import Register
from kundenwert.runs import store


@dataclass(frozen=True)
class Defined:
    """A definition. number: 1 for the first; since: when the first run used it, in UTC; changed: what differs from the one before, such as
    "discount_rate" or "criteria.weights"; settings: in force; criteria: the catalogue, {} where none was kept; runs: made with it.
    """

    number: int
    since: str
    changed: tuple[str, ...]
    settings: Mapping[str, Any]
    criteria: Mapping[str, Any]
    runs: tuple[str, ...]

    @property
    def weights(self) -> dict[str, float]:
        """Criterion -> weight as written; a criterion that was kept without one has the usual."""
        usual = Criterion("").weight
        return {one["name"]: float(one.get("weight", usual)) for one in self.criteria.get("criteria", ())}


def definitions(project: Path) -> tuple[Defined, ...]:
    """All definitions, oldest first. A run belongs to the one that was in force when it was made."""
    register = Register(project)
    rows = register.rows("definitions") if register.exists else []
    made = [(store.read(project, name).manifest["created"], name) for name in store.names(project)]
    found: list[Defined] = []
    before: Mapping[str, Any] = {}
    for place, row in enumerate(rows):
        until = rows[place + 1].at if place + 1 < len(rows) else None
        runs = tuple(name for created, name in made if row.at <= created and (until is None or created < until))
        changed = _changed(before, row.content) if place else ()
        criteria = (row.content.get("criteria") or {}).get("catalogue", {})
        found.append(Defined(place + 1, row.at, changed, row.content["settings"], criteria, runs))
        before = row.content
    return tuple(found)


def definition(project: Path, number: int | None = None) -> Defined:
    """One definition, the newest without a number. Raises UnknownName for one that there is not."""
    found = definitions(project)
    wanted = len(found) if number is None else number
    if not 1 <= wanted <= len(found):
        raise UnknownName(str(wanted), f"the definitions of {project}", [str(one.number) for one in found])
    return found[wanted - 1]


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs; the scale on which customers were compared moves with the data and is named only where nothing else changed."""
    parts = _differing(before["settings"], after["settings"])
    old, new = (one.get("criteria") or {} for one in (before, after))
    parts += [f"criteria.{name}" for name in _differing(old.get("catalogue", {}), new.get("catalogue", {}))]
    return tuple(parts) or ("scale",)


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
