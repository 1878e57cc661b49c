"""The value definitions a project has had, as its register keeps them: since when, what changed, and which runs were made with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import CallError, UnknownName
from kundenwert.flows.definition import Earlier
from kundenwert.records import Criterion
from kundenwert.register.book import Register
from kundenwert.runs import store
from kundenwert.value.models_compared import compared

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine

# What is held side by side where two definitions are compared.
_MEASURES = ("value", "clv", "expected_purchases", "score")


@dataclass(frozen=True)
class Defined:
    """A definition. number: 1 for the first; since: when the first run used it, in UTC; changed: what differs from the one before, such as
    "discount_rate" or "criteria.weights"; settings: in force; criteria: the catalogue, {} where none was kept; sections: those of the
    project file that define value, as written; runs: made with it.
    """

    number: int
    since: str
    changed: tuple[str, ...]
    settings: Mapping[str, Any]
    criteria: Mapping[str, Any]
    sections: Mapping[str, Any]
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
        found.append(Defined(place + 1, row.at, changed, row.content["settings"], criteria, row.content.get("sections", {}), runs))
        before = row.content
    return tuple(found)


def definition(project: Path, number: int | None = None) -> Defined:
    """One definition, the newest without a number. Raises UnknownName for one that there is not."""
    found = definitions(project)
    wanted = len(found) if number is None else number
    if not 1 <= wanted <= len(found):
        raise UnknownName(str(wanted), f"the definitions of {project}", [str(one.number) for one in found])
    return found[wanted - 1]


def earlier(project: Path, number: int) -> Earlier:
    """A definition to value by once more. Raises UnknownName for one that there is not."""
    found = definition(project, number)
    return Earlier(found.settings, found.sections)


@dataclass(frozen=True)
class DefinitionsCompared:
    """Two definitions over the same customers. runs: the newest of each; measures: name -> rank correlation, share of the first tenth in
    common, sums by one and by the other.
    """

    numbers: tuple[int, int]
    runs: tuple[str, str]
    customers: int
    changed: tuple[str, ...]
    measures: Mapping[str, Mapping[str, float | None]]


def compare(project: Path, one: int, other: int) -> DefinitionsCompared:
    """What another definition changes: the newest run of each, over the customers that both know and may judge.

    Raises UnknownName for a definition that there is not, CallError where no run of a definition is left or the as-of days differ.
    """
    found = [definition(project, number) for number in (one, other)]
    for each in found:
        if not each.runs:
            raise CallError(f"No run of definition {each.number} is left: make one with `kundenwert run --definition {each.number}`.")
    runs = [store.read(project, each.runs[-1]) for each in found]
    if runs[0].as_of != runs[1].as_of:
        days = " and ".join(f"{run.as_of} ({run.name})" for run in runs)
        raise CallError(f"The runs are of different days, {days}: value by one of them with --definition and --as-of.")
    with open_engine() as engine:
        for name, run in zip(("runs_one", "runs_other"), runs, strict=True):
            _open_measures(engine, name, run)
        arrays = engine.arrays("value/definitions_compared.sql")
    pairs = {name: _both(arrays, name) for name in _MEASURES}
    measures = {name: _agreement(*pair) for name, pair in pairs.items() if pair is not None}
    changed = _changed(*(_content(each) for each in found))
    return DefinitionsCompared((one, other), (runs[0].name, runs[1].name), len(arrays["customer_id"]), changed, measures)


def _content(found: Defined) -> dict[str, Any]:
    return {"settings": found.settings, "sections": found.sections, "criteria": {"catalogue": found.criteria}}


def _open_measures(engine: Engine, name: str, run: store.Run) -> None:
    """The measures of a run as view `name`, typed; null where the run does not have one."""
    engine.open_parquet(f"{name}_all", [run.customers], numbered=False)
    known = engine.columns(f"{name}_all")
    readings = {column: Reading((column,) if column in known else (), type="DOUBLE") for column in _MEASURES}
    engine.project(name, f"{name}_all", {"customer_id": Reading(("customer_id",)), "level": Reading(("level",)), **readings})


def _both(arrays: Mapping[str, Any], name: str) -> tuple[Any, Any] | None:
    import numpy as np

    pair = tuple(np.ma.filled(arrays[f"{name}_{side}"].astype(float), np.nan) for side in ("one", "other"))
    return None if any(np.isnan(values).all() for values in pair) else (pair[0], pair[1])


def _agreement(one: Any, other: Any) -> dict[str, float | None]:
    import numpy as np

    found = compared({"one": one, "other": other})

    def plain(matrix: Any) -> float | None:
        value = float(matrix[0, 1])
        return None if value != value else round(value, 4)

    sums = {"one": round(float(np.nansum(one)), 2), "other": round(float(np.nansum(other)), 2)}
    return {"rank_correlation": plain(found.spearman), "first_tenth": plain(found.tenth), **sums}


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs; the scale on which customers were compared moves with the data and is named only where nothing else changed."""
    parts = _differing(before["settings"], after["settings"])
    parts += _differing(*({**one.get("sections", {}), "criteria": None} for one in (before, after)))
    old, new = (one.get("criteria") or {} for one in (before, after))
    parts += [f"criteria.{name}" for name in _differing(old.get("catalogue", {}), new.get("catalogue", {}))]
    return tuple(parts) or ("scale",)


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
