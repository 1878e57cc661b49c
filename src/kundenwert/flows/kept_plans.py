"""Plans that were made: list, read back, compare, give to other programs. Who has objected or refused since stands in none of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import registry
from kundenwert.engines import open_engine
from kundenwert.engines._engine import Reading
from kundenwert.errors import CallError, DataError, Problem, StorageError
from kundenwert.flows.actions import NOBODY_KNOWS, ProjectAction
from kundenwert.flows.export import write_csv
from kundenwert.flows.permission import open_objectors, open_records, permissions
from kundenwert.flows.plan_arrays import arrays_of
from kundenwert.records.kept_plan import KeptPlan
from kundenwert.records.plans import Action
from kundenwert.register.book import Decision, Register
from kundenwert.reports.language import Language
from kundenwert.runs import plans_store, storage

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.runs.plans_store import StoredPlan

# Why lines were left out since the plan was made.
OBJECTED, REFUSED = "objected", "refused"
# More lines than a plan can have.
_ALL = 2**40
# What writes an ending, where it is there: (plug-in of reports). workbook: plug-in(plan, path, lang); page: plug-in(plan, lang) -> bytes.
_WORKBOOK, _PAGE = ("xlsx", "plan_workbook"), ("pdf", "plan_page")


@dataclass(frozen=True)
class Approval:
    """Who has approved a plan, and when."""

    by: str
    at: str


@dataclass(frozen=True)
class Exported:
    """A written list: its file, how many lines it holds, and why others were left out since the plan was made."""

    path: Path
    lines: int
    struck: Mapping[str, int]


@dataclass(frozen=True)
class PlanComparison:
    """What another plan does otherwise. settings: (name, in the first, in the second) of those that differ. actions: name -> how many in
    each and at what cost. both, only_first, only_second: customers, and the gain of their lines.
    """

    first: Mapping[str, Any]
    second: Mapping[str, Any]
    settings: tuple[tuple[str, Any, Any], ...]
    actions: Mapping[str, tuple[int, int, float, float]]
    customers: Mapping[str, tuple[int, float, float]]


def plans(folder: Path) -> list[StoredPlan]:
    """All plans of a project, oldest first."""
    return sorted((plans_store.read(folder, name) for name in plans_store.names(folder)), key=lambda one: one.content["created"])


def find(folder: Path, name: str | None = None) -> StoredPlan:
    """A plan by its name or the beginning of it; without one the newest."""
    return plans_store.read(folder, name)


def kept(folder: Path, name: str | None = None, *, most: int | None = None) -> KeptPlan:
    """A plan as it still holds; without a name the newest. most: how many lines at most, the first ones.

    Raises UnknownName for another name, StorageError for a plan that somebody changed.
    """
    stored = plans_store.read(folder, name)
    with open_engine() as engine:
        struck = _open(engine, folder, stored)
        own = engine.columns("plan_lines")
        engine.project("plan_columns", "plan_lines", {name: Reading((name,)) for name in own})
        lines = arrays_of(engine, "value/plans/kept_lines.sql", most=_ALL if most is None else most)
    lines.pop("record")
    return KeptPlan(stored.name, stored.content, lines, struck)


def compare(folder: Path, first: str, second: str) -> PlanComparison:
    """What the second plan does otherwise than the first."""
    one, other = kept(folder, first), kept(folder, second)
    return PlanComparison(one.content, other.content, tuple(_differing(one, other)), _by_action(one, other), _by_customer(one, other))


def formats() -> tuple[str, ...]:
    """The endings a plan can be written with."""
    there = registry.names("reports")
    return ("csv", *(ending for ending, plug_in in (_WORKBOOK, _PAGE) if plug_in in there))


def export(folder: Path, name: str | None, out: Path, *, language: str = "de", numbers: str | None = None) -> Exported:
    """Writes a plan to `out`, whole or not at all: .csv for mailing tools and lists, and what else `formats` names.

    A CSV file says whom to reach how, and nothing of anybody's value. Raises CallError for another ending.
    """
    kind = out.suffix.lower().removeprefix(".")
    if kind not in formats():
        raise CallError(f"{out.name!r} has no known ending. Available: {', '.join('.' + one for one in formats())}.")
    with storage.told(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with storage.building(out.parent, "export") as building, storage.told(out):
        made = building / out.name
        found = _csv(folder, name, made, language, numbers or language) if kind == "csv" else _report(folder, name, made, kind, language)
        storage.rename(made, out)
    return Exported(out, *found)


def approve(folder: Path, name: str | None, *, by: str, clock: datetime) -> int:
    """Records that somebody approves a plan; gives the number of the entry. Raises DataError where it is approved already or by nobody."""
    stored = plans_store.read(folder, name)
    problems = [] if by.strip() else [Problem("It is not said who approves.", "a name.", "add it with --by.")]
    if before := approval(folder, stored):
        came = f"{stored.name} was approved by {before.by} on {before.at[:10]}."
        problems.append(Problem(came, "a plan that nobody has approved.", "nothing: it holds."))
    if problems:
        raise DataError(*problems)
    content = {"plan": stored.name, "content": stored.content["content"]}
    (entry,) = Register(folder).record([Decision("approve plan", "approvals", content, details=content)], at=clock, by=by.strip())
    return entry


def approval(folder: Path, stored: StoredPlan) -> Approval | None:
    """Who approved a plan; None as long as nobody has."""
    if not Register(folder).exists:
        return None
    wanted = {"plan": stored.name, "content": stored.content["content"]}
    rows = [row for row in Register(folder).rows("approvals") if wanted.items() <= row.content.items()]
    return Approval(rows[0].by, rows[0].at) if rows else None


# ---- reading back ------------------------------------------------------------------------------------------------------


def _open(engine: Engine, folder: Path, stored: StoredPlan) -> dict[str, int]:
    """Makes `plan_lines`, the customer records of the newest run, and `plan_struck`, the lines that hold no more; gives why, as counts."""
    _refuse_changed(stored)
    engine.open_parquet("plan_lines", [stored.lines])
    engine.view("plan_customers", "value/plans/customers_of_lines.sql")
    engine.view("plan_known", "value/plans/customers_of_lines.sql")
    open_records(engine, folder)
    engine.view("plan_addresses", "value/plans/addresses.sql")
    open_objectors(engine, folder)
    return _strike(engine, folder, stored)


def _strike(engine: Engine, folder: Path, stored: StoredPlan) -> dict[str, int]:
    import numpy as np

    lines = arrays_of(engine, "value/plans/objected_since.sql")
    objected = lines["is_objected"].astype(np.bool_)
    refused = np.zeros(len(objected), dtype=np.bool_)
    ids = np.unique(lines["customer_id"])
    for name, permission in permissions(engine, folder, _actions(stored)).items():
        refused |= (lines["action"] == name) & ~permission.allowed[np.searchsorted(ids, lines["customer_id"])]
    refused &= ~objected
    # A table needs a row to have a type; no line has this number.
    engine.load("plan_struck", {"record": np.append(lines["record"][objected | refused], -1)})
    counts = {OBJECTED: int(objected.sum()), REFUSED: int(refused.sum())}
    return {reason: count for reason, count in counts.items() if count}


def _actions(stored: StoredPlan) -> list[ProjectAction]:
    """The actions of a plan, as far as consent is asked for them."""
    return [
        ProjectAction(
            Action(one["name"], one["changes"], NOBODY_KNOWS, {}, channel=one["channel"], is_advertising=one["advertising"]),
            consent_basis=one["consent_basis"],
        )
        for one in stored.content["actions"]
    ]


def _refuse_changed(stored: StoredPlan) -> None:
    """A plan is as it was made, or erased persons were taken out of it; anything else is told."""
    for name, digest in stored.content["tables"].items():
        path = stored.folder / name
        with storage.told(path), path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                came = f"{name} of plan {stored.name} is not what was written when the plan was made."
                raise StorageError(Problem(came, "a plan that nobody changes.", "restore the file, or make a new plan.", file=str(path)))


# ---- comparing ---------------------------------------------------------------------------------------------------------

_COMPARED = ("decision", "run", "as_of", "span", "horizon", "yardstick")


def _differing(one: KeptPlan, other: KeptPlan) -> list[tuple[str, Any, Any]]:
    pairs = [(name, one.content[name], other.content[name]) for name in _COMPARED]
    settings = (one.content["settings"], other.content["settings"])
    pairs += [(name, settings[0].get(name), settings[1].get(name)) for name in settings[0] if name not in ("name", *_COMPARED)]
    actions = [{each["name"]: each for each in plan.content["actions"]} for plan in (one, other)]
    for name in dict.fromkeys((*actions[0], *actions[1])):
        first, second = (each.get(name, {}) for each in actions)
        pairs += [(f"{name}: {key}", first.get(key), second.get(key)) for key in {**first, **second} if first and second]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _by_action(one: KeptPlan, other: KeptPlan) -> dict[str, tuple[int, int, float, float]]:
    import numpy as np

    names = np.unique(np.concatenate([one.lines["action"], other.lines["action"]])).tolist()
    found = {}
    for name in names:
        rows = [plan.lines["action"] == name for plan in (one, other)]
        counts = [int(plan.lines["count"][where].sum()) for plan, where in zip((one, other), rows, strict=True)]
        costs = [round(float(plan.lines["cost"][where].sum()), 2) for plan, where in zip((one, other), rows, strict=True)]
        found[name] = (counts[0], counts[1], costs[0], costs[1])
    return found


def _by_customer(one: KeptPlan, other: KeptPlan) -> dict[str, tuple[int, float, float]]:
    import numpy as np

    first, second = one.lines["customer_id"], other.lines["customer_id"]
    both = np.intersect1d(first, second)

    def gain(plan: KeptPlan, ids: Any, *, among: bool) -> float:
        where = np.isin(plan.lines["customer_id"], ids, invert=not among)
        return round(float(plan.lines["gain"][where].sum()), 2)

    return {
        "both": (len(both), gain(one, both, among=True), gain(other, both, among=True)),
        "only_first": (len(np.setdiff1d(first, second)), gain(one, both, among=False), 0.0),
        "only_second": (len(np.setdiff1d(second, first)), 0.0, gain(other, both, among=False)),
    }


# ---- other programs ----------------------------------------------------------------------------------------------------


def _csv(folder: Path, name: str | None, path: Path, language: str, numbers: str) -> tuple[int, dict[str, int]]:
    stored = plans_store.read(folder, name)
    with open_engine() as engine:
        struck = _open(engine, folder, stored)
        channels = [(one["name"], one["channel"]) for one in stored.content["actions"]] or [("", "")]
        engine.load("plan_channels", {"action": [one[0] for one in channels], "channel": [one[1] for one in channels]})
        words = Language(language)
        about: dict[str, Any] = {key: words.text(stored.content[key]) for key in ("purpose", "legal_basis")}
        table = path.with_name("mailing.parquet")
        engine.write(table, "value/plans/mailing.sql", **about)
        rows = write_csv(engine, table, path, language=language, numbers=numbers)
    return rows, struck


def _report(folder: Path, name: str | None, path: Path, kind: str, language: str) -> tuple[int, Mapping[str, int]]:
    found = kept(folder, name)
    if kind == _WORKBOOK[0]:
        registry.load("reports", _WORKBOOK[1])(found, path, language)
    else:
        path.write_bytes(registry.load("reports", _PAGE[1])(found, language))
    return found.length, found.struck
