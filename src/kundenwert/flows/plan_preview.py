"""A plan while it is being thought about: sliders for money and hours, and at once what they would bring.

What does not depend on the sliders is read once for a run and kept under `PROJECT/index/<run>/`; an erasure removes it, and objections,
consents, actions and limits that have changed since ask for it anew. What is looked at stays in memory, as much as has room.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.errors import DataError, StorageError
from kundenwert.flows import index, plan_settings, plan_top
from kundenwert.flows.actions import FILE, effects_file, effects_measured, with_measured
from kundenwert.flows.plan_case import RESULT, Prepared, narrowed, prepare
from kundenwert.flows.plan_top import TopLine, top
from kundenwert.flows.progress import Progress
from kundenwert.records import Notice
from kundenwert.records.plans import MONEY, Case, Limit, Practice
from kundenwert.register.book import Register
from kundenwert.runs import storage, store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.decisions._allocation_preview import Preview, Ready
    from kundenwert.flows.plan_settings import PlanSettings

DECISION = "allocation"
_PREFIX, _ARRAYS, _CONTENT = "plan-", "case.npz", "case.json"
_SHAPE = 1
# Customers of all cases that stay in memory together; one case may be larger.
_IN_MEMORY = 1_500_000
# Runs of more customers are made ready as a job.
AT_ONCE = 60_000
# Lengths of sliders end on round numbers.
_ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True)
class Wishes:
    """What somebody chose. name: a section [plans.NAME] that allocates, or "allocation". limits: resource -> amount, in the place of those
    of the file. hold_out: share. actions: names, None: all. managers: account managers, None: everybody's customers. positive: only
    customers whose contribution IV is not below 0. span: how long the plan spends, such as "3m"; "": as the file says.
    """

    name: str = DECISION
    limits: Mapping[str, float] = field(default_factory=dict)
    hold_out: float = 0.0
    actions: tuple[str, ...] | None = None
    managers: frozenset[str] | None = None
    positive: bool = False
    span: str = ""


@dataclass(frozen=True)
class Slider:
    """The length of a slider: from 0 to `end` in steps of `step`; `value` where it stands, `needed` what can be used at most."""

    resource: str
    end: float
    step: float
    value: float
    needed: float


@dataclass(frozen=True)
class Board:
    """What the planner shows before anything is moved. actions: all there are, by name; known: those whose effect somebody knows.
    sliders: money first. managers: whose customers can be planned for, with how many. has_result: whether contribution IV is known.
    customers: planned for. span: how long it spends, from as_of on, until then. left_out: reason -> customers.
    notices: what a reader must know.
    """

    name: str
    sections: tuple[str, ...]
    actions: Mapping[str, Any]
    known: tuple[str, ...]
    sliders: tuple[Slider, ...]
    managers: tuple[tuple[str, int], ...]
    has_result: bool
    customers: int
    as_of: date
    span: str
    until: date
    currency: str
    hold_out: float
    left_out: Mapping[str, int]
    barred: Mapping[str, Mapping[str, int]]
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class Answer:
    """What a plan with these wishes would bring. found: figures (`decisions._allocation_preview.Preview`). top: the first lines. today:
    the practice of today, None where it is not known.
    """

    found: Preview
    top: tuple[TopLine, ...]
    budget: float | None

    def practice(self, name: str) -> Practice | None:
        """One of the other ways to spend the same."""
        return next((one for one in self.found.compared if one.name == name), None)


# ---- asked by screens ----------------------------------------------------------------------------------------------------


def sections(project: Path) -> tuple[str, ...]:
    """The plans of the project file that allocate, and the decision with its defaults."""
    named = plan_settings.of_folder(project).plans
    return (*(name for name, one in named.items() if one.decision == DECISION), DECISION)


def has_actions(project: Path) -> bool:
    """Whether the project says what can be done at all."""
    return bool(plan_settings.of_folder(project).actions)


def is_ready(project: Path, run: str, name: str = DECISION, span: str = "") -> bool:
    """Whether the planner answers at once; else `build` makes it ready, which may take as long as reading the run."""
    source = store.read(project, run)
    return int(source.manifest["totals"]["customers"]) <= AT_ONCE or _whole(_place(project, source, name, span))


def build(project: Path, run: str | None = None, name: str = DECISION, *, span: str = "", progress: Progress | None = None) -> None:
    """Reads from a run what the planner needs, and keeps it."""
    _prepared(project, store.read(project, run), name, span, progress=progress)


def board(project: Path, run: str | None, wishes: Wishes) -> Board:
    """What the planner shows around the answer. Raises UnknownName, SettingsError, DataError."""
    source = store.read(project, run)
    settings = _settings(project, wishes)
    prepared, made = _ready(project, source, wishes)
    everybody = _prepared(project, source, wishes.name, wishes.span) if made is None else prepared
    case = everybody.case
    return Board(
        name=wishes.name,
        sections=sections(project),
        actions=_settings(project, Wishes(wishes.name)).actions,
        known=tuple(name for name, one in _settings(project, Wishes(wishes.name)).actions.items() if _is_known(one.action)),
        sliders=_sliders(settings, made, case, wishes) if made else (),
        managers=_managers(project, source, wishes),
        has_result=RESULT in case.columns and bool(_finite(case.columns[RESULT])),
        customers=len(case.ids),
        as_of=source.as_of,
        span=settings.span,
        until=_until(settings, source),
        currency=case.currency,
        hold_out=settings.hold_out,
        left_out=prepared.left_out,
        barred=prepared.barred,
        notices=prepared.notices,
    )


def answer(project: Path, run: str | None, wishes: Wishes) -> Answer | None:
    """What a plan with these wishes would bring; None where nobody knows the effect of any action.

    Raises DataError with the limits that clash with what is fixed, and where there is nobody to plan for.
    """
    from kundenwert.decisions import _allocation_preview as preview

    source = store.read(project, run)
    settings = _settings(project, wishes)
    prepared, made = _ready(project, source, wishes)
    if made is None:
        return None
    limits = {**settings.limits, **wishes.limits}
    kept = tuple(one for one in prepared.case.limits if one.person)
    length = next((one.end for one in _sliders(settings, made, prepared.case, wishes) if one.resource == MONEY), 0.0)
    every = (*(Limit(resource, amount) for resource, amount in limits.items()), *kept)
    found = preview.preview(made, every, hold_out=wishes.hold_out, length=length)
    return Answer(found, top(project, found), limits.get(MONEY))


# ---- what is kept --------------------------------------------------------------------------------------------------------

_GUARD = threading.Lock()
_LOCKS: dict[str, threading.Lock] = {}
_KEPT: OrderedDict[tuple[Any, ...], tuple[Prepared, Ready | None]] = OrderedDict()


def forget() -> None:
    """Drops what is kept in memory."""
    with _GUARD:
        _KEPT.clear()
    plan_top.forget()


def _settings(project: Path, wishes: Wishes) -> PlanSettings:
    flags = {"actions": wishes.actions, "limits": dict(wishes.limits), "hold_out": wishes.hold_out or None, "span": wishes.span or None}
    settings = plan_settings.chosen(plan_settings.of_folder(project), wishes.name, flags)
    return replace(settings, actions=with_measured(settings.actions, effects_measured(project)))


def _ready(project: Path, source: store.Run, wishes: Wishes) -> tuple[Prepared, Ready | None]:
    """The case of these wishes without their limits, from memory where it is there."""
    from kundenwert.decisions import _allocation_preview as preview

    place = _place(project, source, wishes.name, wishes.span)
    key = (place, wishes.actions, wishes.managers, wishes.positive)
    with _GUARD:
        lock = _LOCKS.setdefault(str(place), threading.Lock())
    with lock:
        with _GUARD:
            if key in _KEPT:
                _KEPT.move_to_end(key)
                return _KEPT[key]
        prepared = narrowed(_prepared(project, source, wishes.name, wishes.span), wishes.managers, positive=wishes.positive)
        case = prepared.case
        if wishes.actions is not None:
            case = replace(case, actions=tuple(one for one in case.actions if one.name in wishes.actions))
            taken = {resource for one in case.actions for resource in one.costs}
            case = replace(case, limits=tuple(one for one in case.limits if one.resource in taken))
            prepared = replace(prepared, case=case)
        found = (prepared, preview.ready(case))
        with _GUARD:
            _KEPT[key] = found
            while len(_KEPT) > 1 and sum(len(one.case.ids) for one, _ in _KEPT.values()) > _IN_MEMORY:
                _KEPT.popitem(last=False)
        return found


def _place(project: Path, source: store.Run, name: str, span: str) -> Path:
    """Where the case of a run lies: by all it was made of. span: another one than that of the file, or ""."""
    made = hashlib.sha256(f"{_SHAPE}/{index.stamp(project, source.name)}/{name}/{span}".encode())
    for path in (Register(project).table_file("consents"), project / FILE, effects_file(project)):
        content = path.read_bytes() if path.is_file() else b""
        made.update(hashlib.sha256(content).digest())
    # Who is reached and who refuses stands in the records of the current run.
    made.update((store.current(project) or "").encode())
    return index.folder_of(project, source.name) / f"{_PREFIX}{made.hexdigest()[:20]}"


def _whole(folder: Path) -> bool:
    return (folder / _CONTENT).is_file() and (folder / _ARRAYS).is_file()


def _prepared(project: Path, source: store.Run, name: str, span: str, *, progress: Progress | None = None) -> Prepared:
    """The case of a whole run, from disk where it is there and fits."""
    folder = _place(project, source, name, span)
    try:
        if _whole(folder):
            return _read(folder, _settings(project, Wishes(name, span=span)))
    except (StorageError, OSError, ValueError, KeyError):
        # Damaged: it is made again.
        storage.remove(folder)
    from kundenwert.decisions import decisions

    settings = replace(_settings(project, Wishes(name, span=span)), positive=True)
    with (progress or Progress()).phase("Reading the run") as phase:
        with open_engine() as engine:
            prepared = _everybody(engine, project, source, settings, decisions()[DECISION])
        phase.rows = len(prepared.case.ids)
    if _place(project, source, name, span) == folder:
        _write(project, folder, prepared)
    return prepared


def _everybody(engine: Any, project: Path, source: store.Run, settings: PlanSettings, decision: Any) -> Prepared:
    """The case of everybody, with the result by which some may be left out later."""
    return prepare(engine, project, source, settings, decision, narrow=False)


def _write(project: Path, folder: Path, prepared: Prepared) -> None:
    import numpy as np

    case = prepared.case
    arrays: dict[str, NDArray[Any]] = {"ids": case.ids, **({"person": case.person} if case.person is not None else {})}
    for kind in ("columns", "allowed", "today", "at_least", "at_most"):
        arrays |= {f"{kind}.{name}": np.asarray(values) for name, values in getattr(case, kind).items()}
    content = {
        "as_of": case.as_of.isoformat(),
        **{name: getattr(case, name) for name in _PLAIN},
        "limits": [asdict(one) for one in case.limits],
        "fixed": {customer: dict(one) for customer, one in case.fixed.items()},
        "left_out": dict(prepared.left_out),
        "barred": {name: dict(one) for name, one in prepared.barred.items()},
        "notices": [{"key": one.key, "text": one.text, "values": dict(one.values)} for one in prepared.notices],
    }
    try:
        with storage.building(folder.parent, "plan") as building:
            np.savez(building / _ARRAYS, **arrays)  # type: ignore[arg-type]
            (building / _CONTENT).write_text(json.dumps(content), encoding="utf-8")
            if not folder.exists():
                storage.rename(building, folder)
    except (StorageError, OSError):
        # Nothing can be kept: it is read again another time.
        return
    for other in folder.parent.glob(f"{_PREFIX}*"):
        if other != folder and not other.name.startswith("."):
            _remove_old(other)


_PLAIN = ("span_days", "horizon_days", "value_horizon_days", "discount_rate", "currency", "margin", "seed")
# Cases of other sections stay; so many in all.
_FOLDERS = 6


def _remove_old(folder: Path) -> None:
    """The oldest cases of a run go when there are many."""
    every = sorted(folder.parent.glob(f"{_PREFIX}*"), key=lambda one: one.stat().st_mtime if one.exists() else 0.0)
    if len(every) > _FOLDERS and folder in every[:-_FOLDERS]:
        storage.remove(folder)


def _read(folder: Path, settings: PlanSettings) -> Prepared:
    import numpy as np

    content = storage.read_json(folder / _CONTENT)
    with np.load(folder / _ARRAYS, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}

    def of(kind: str) -> dict[str, NDArray[Any]]:
        start = f"{kind}."
        return {name.removeprefix(start): values for name, values in arrays.items() if name.startswith(start)}

    case = Case(
        ids=arrays["ids"],
        columns=of("columns"),
        as_of=date.fromisoformat(content["as_of"]),
        **{name: content[name] for name in _PLAIN},
        actions=tuple(one.action for one in settings.actions.values()),
        limits=tuple(Limit(**one) for one in content["limits"]),
        options=settings.options,
        allowed=of("allowed"),
        today=of("today"),
        at_least=of("at_least"),
        at_most=of("at_most"),
        person=arrays.get("person"),
        fixed=content["fixed"],
    )
    notices = tuple(Notice(one["key"], one["text"], one["values"]) for one in content["notices"])
    return Prepared(case, content["left_out"], content["barred"], notices)


# ---- sliders and people ------------------------------------------------------------------------------------------------


def _sliders(settings: PlanSettings, made: Ready, case: Case, wishes: Wishes) -> tuple[Slider, ...]:
    """One for each resource: long enough for all that pays, and for the limit of the file."""
    found = []
    file = {one.resource: one.amount for one in case.limits if not one.person}
    for resource, needed in made.room.needs.items():
        if needed <= 0 and resource not in file:
            continue
        end = _round_up(max(needed * 1.25, file.get(resource, 0.0) * 1.5))
        step = _step(end)
        value = wishes.limits.get(resource, settings.limits.get(resource, file.get(resource, end)))
        found.append(Slider(resource, end, step, min(value, end), needed))
    return tuple(found)


def _round_up(amount: float) -> float:
    """The next round number.

    >>> _round_up(103.0), _round_up(1870.0), _round_up(0)
    (120.0, 2000.0, 10.0)
    """
    import math

    if amount <= 10:
        return 10.0
    power = 10.0 ** math.floor(math.log10(amount))
    return next(power * one for one in (*_ROUND, 12.0) if power * one >= amount * (1 - 1e-12))


def _step(end: float) -> float:
    """About two hundred steps, of a round size of 1 at least."""
    import math

    if end <= 400:
        return 1.0
    power = 10.0 ** math.floor(math.log10(end / 200))
    return max(1.0, next(power * one for one in (1.0, 2.0, 5.0, 10.0) if power * one >= end / 200 * (1 - 1e-12)))


def _managers(project: Path, source: store.Run, wishes: Wishes) -> tuple[tuple[str, int], ...]:
    """Account managers and how many customers each has; of everybody's, for a screen cuts them to its reader."""
    import numpy as np

    place = _place(project, source, wishes.name, wishes.span)
    with _GUARD:
        known = _COUNTED.get(place)
    if known is None:
        person = _prepared(project, source, wishes.name, wishes.span).case.person
        names, counts = np.unique(person if person is not None else np.zeros(0, dtype=np.str_), return_counts=True)
        known = tuple((str(name), int(count)) for name, count in zip(names, counts, strict=True) if name)
        with _GUARD:
            _COUNTED.clear()
            _COUNTED[place] = known
    return known


_COUNTED: dict[Path, tuple[tuple[str, int], ...]] = {}


def _until(settings: PlanSettings, source: store.Run) -> date:
    from kundenwert.settings import Duration

    return Duration.parse(settings.span).after(source.as_of)


def _is_known(action: Any) -> bool:
    return any(effect.source != "none" for effect in (action.effect, *action.groups.values()))


def _finite(values: NDArray[np.float64]) -> bool:
    import numpy as np

    return bool(np.isfinite(values).any())


__all__ = [
    "AT_ONCE", "DECISION", "Answer", "Board", "DataError", "Slider", "TopLine", "Wishes", "answer", "board", "build", "forget",
    "has_actions", "is_ready", "sections",
]  # fmt: skip
