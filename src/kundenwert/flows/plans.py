"""From a run to a plan: a decision on limited means, with who is held out to measure it, kept for good under `PROJECT/plans/`."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert import __version__
from kundenwert.engines import open_engine
from kundenwert.errors import Bug, DataError, Problem
from kundenwert.flows import plan_settings
from kundenwert.flows.actions import FILE, effect_as_json, effects_measured, with_measured
from kundenwert.flows.erasure import finish_erasures
from kundenwert.flows.plan_case import CLASS, WITHOUT_PRACTICE, Prepared, prepare, rows_of
from kundenwert.records import Notice
from kundenwert.register.book import Register
from kundenwert.register.erased import count_objections, erased, steady
from kundenwert.runs import plans_store, storage, store
from kundenwert.settings import MACHINE_SETTINGS, Duration, gather, read_project_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundenwert.decisions._decision import Decision
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.actions import ProjectAction
    from kundenwert.flows.plan_settings import PlanSettings
    from kundenwert.flows.progress import Progress
    from kundenwert.records.plans import Case, Plan

    Lines = Mapping[str, NDArray[Any]]

# What every line has; a decision adds its own.
NEEDED = ("customer_id", "action", "count", "gain", "cost", "reason")
# What is kept of a line that was meant for somebody before anybody was held out.
_MEANT = ("customer_id", "action", "count", "gain", "cost")
# Lines that can be set against those who are held out: the customer was among those who were drawn from.
COMPARED = "compared"


@dataclass(frozen=True)
class Planned:
    """A plan that was made: its folder and what stands in plan.json."""

    folder: Path
    content: dict[str, Any]

    @property
    def name(self) -> str:
        """By what it is called."""
        return self.folder.name


@dataclass(frozen=True)
class _Decided:
    """A plan, its lines, who is held out and who was drawn from and is not, each with what was meant for them before anybody was held out.
    drawn_from: how many customers could have been held out.
    """

    plan: Plan
    lines: Lines
    held: Lines
    drawn: Lines
    drawn_from: int


def plan(folder: Path, name: str, flags: Mapping[str, Any], *, clock: datetime, progress: Progress) -> Planned:
    """Makes the plan `name`: a section [plans.NAME], or a decision with its defaults. clock: the time of the call, in UTC.

    flags: run, limits (resource -> amount), span, hold_out, seed, actions (names), only (account managers whose customers are planned
    for), positive; absent or None: not given. Raises UnknownName, SettingsError, and DataError with everything that is wrong with the
    case, or the limits that clash.
    """
    from kundenwert.decisions import decisions

    settings = plan_settings.chosen(plan_settings.of_folder(folder), name, flags)
    settings = replace(settings, actions=with_measured(settings.actions, effects_measured(folder)))
    decision = decisions()[settings.decision]
    finish_erasures(folder, clock=clock)
    forgotten = erased(folder) if Register(folder).exists else None
    objections = count_objections(folder)
    source = store.read(folder, flags.get("run"))
    # Before the objections are read: a decision of the next moment belongs to the next plan.
    register = Register(folder).state()
    with plans_store.building(folder) as building:
        with _engine(folder, building / "spill") as engine:
            with progress.phase("Reading the run") as phase:
                prepared = prepare(engine, folder, source, settings, decision)
                phase.rows = len(prepared.case.ids)
            with progress.phase("Deciding") as phase:
                decided = _decide(decision, prepared.case, settings)
                phase.rows = len(decided.lines["customer_id"])
            _write(engine, building, decided)
        storage.remove(building / "spill")
        content = _content(source, settings, decision, prepared, decided, building)
        content |= {"content": _digest_of(content)}
        content |= {"created": clock.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "version": __version__, "register": register}
        parent = plans_store.plans_folder(folder)
        free = storage.free_name(parent, clock, content["content"])
        storage.write_json(building / plans_store.CONTENT, {"plan": free, **content, "timings": progress.timings()})
        with steady(folder, forgotten, objections=objections):
            made = storage.publish(building, parent, free)
    return Planned(made, storage.read_json(made / plans_store.CONTENT))


def _engine(folder: Path, spill: Path) -> Engine:
    """An engine that works as the project says a machine works: memory, threads, where to put what does not fit."""
    content = read_project_file(folder / FILE)
    settings = gather({name: content[name] for name in MACHINE_SETTINGS if name in content}, {})
    chosen = Path(settings.spill) if settings.spill else spill
    return open_engine(spill=chosen, memory=settings.memory or None, threads=settings.threads or None)


# ---- deciding, and holding out -----------------------------------------------------------------------------------------


def _decide(decision: Decision, case: Case, settings: PlanSettings) -> _Decided:
    """The plan. With a control group: who would be in the plan is drawn from, then decided is anew without those who are held out, so that
    nothing stays unspent; both groups are alike but for chance.
    """
    import numpy as np

    first = _checked(decision.decide(case))
    if first.held is not None:
        return _with_own_groups(first, first.held, settings)
    nobody = {name: first.lines[name][:0] for name in _MEANT}
    drawn_from = _drawn_from(first, case, settings) if settings.hold_out else case.ids[:0]
    if not len(drawn_from):
        return _Decided(first, {**first.lines, COMPARED: np.zeros(len(first.lines["customer_id"]), dtype=np.bool_)}, nobody, nobody, 0)
    held = drawn_from[_held_out(drawn_from, case, settings)]
    second = _checked(decision.decide(_without(case, held)))
    if np.isin(second.lines["customer_id"], held).any():
        raise Bug(f"{settings.decision} planned for somebody who is held out. Please report this.")
    compared = np.isin(second.lines["customer_id"], drawn_from)
    # Whoever was drawn from stays in the comparison, also if the second plan does nothing for them: else only the best were treated.
    planned = (first.lines["action"] != "") & np.isin(first.lines["customer_id"], drawn_from)
    is_held = np.isin(first.lines["customer_id"], held)
    meant, drawn = ({name: first.lines[name][planned & rows] for name in _MEANT} for rows in (is_held, ~is_held))
    return _Decided(second, {**second.lines, COMPARED: compared}, meant, drawn, len(drawn_from))


def _with_own_groups(found: Plan, held: Lines, settings: PlanSettings) -> _Decided:
    """A decision that draws who is held out itself: all of its lines are compared but those of customers who were set already."""
    import numpy as np

    if settings.hold_out:
        came = f"hold_out = {settings.hold_out:g}: {settings.decision} draws by itself who is held out."
        raise DataError(Problem(came, "hold_out = 0.", "leave it out."))
    ids = found.lines["customer_id"]
    compared = ~np.isin(ids, np.asarray([*settings.fixed], dtype=np.str_))
    drawn = {name: found.lines[name][compared] for name in _MEANT}
    return _Decided(found, {**found.lines, COMPARED: compared}, held, drawn, int(compared.sum()) + len(held["customer_id"]))


def _drawn_from(first: Plan, case: Case, settings: PlanSettings) -> NDArray[np.str_]:
    """For whom something would be done and who is not fixed. Raises DataError for a plan that is not made of customers."""
    import numpy as np

    listed = np.unique(first.lines["customer_id"][first.lines["action"] != ""].astype(np.str_))
    if not np.isin(listed, case.ids).all():
        came = f"hold_out = {settings.hold_out:g}: {settings.decision} does not plan for single customers, so there is nobody to hold out."
        raise DataError(Problem(came, "hold_out = 0.", "leave it out."))
    return listed[~np.isin(listed, np.asarray([*case.fixed], dtype=np.str_))]


def _held_out(ids: NDArray[np.str_], case: Case, settings: PlanSettings) -> NDArray[np.bool_]:
    """Who of `ids` is held out: by chance, the same share of each class of value."""
    import numpy as np

    from kundenwert.stats.experiments import held_out

    classes = case.columns.get(CLASS)
    strata = None
    if classes is not None:
        strata = np.unique(classes, return_inverse=True)[1].astype(np.int64)[np.searchsorted(case.ids, ids)]
    return held_out(ids, settings.hold_out, seed=settings.seed, strata=strata)


def _without(case: Case, held: NDArray[np.str_]) -> Case:
    """The case without some customers."""
    import numpy as np

    return rows_of(case, ~np.isin(case.ids, held))


def _checked(found: Plan) -> Plan:
    """A plan whose lines are whole: each has what every line needs, and a reason that is written out."""
    import numpy as np

    lengths = {len(values) for values in found.lines.values()}
    missing = [name for name in NEEDED if name not in found.lines]
    if missing or len(lengths) != 1:
        raise Bug(f"The plan of {found.decision} has lines of {len(lengths)} lengths and lacks {missing}. Please report this.")
    if lost := sorted(set(np.unique(found.lines["reason"].astype(np.str_)).tolist()) - set(found.reasons)):
        raise Bug(f"The plan of {found.decision} names reasons without a sentence: {lost}. Please report this.")
    return found


# ---- what is kept ------------------------------------------------------------------------------------------------------


def _write(engine: Engine, building: Path, decided: _Decided) -> None:
    engine.load("plan_lines", decided.lines)
    engine.write(building / plans_store.LINES, "value/plans/lines.sql")
    engine.load("plan_held_out", decided.held)
    engine.write(building / plans_store.HELD_OUT, "value/plans/held_out.sql")
    engine.load("plan_drawn", decided.drawn)
    engine.write(building / plans_store.DRAWN, "value/plans/drawn.sql")


def _content(
    source: store.Run, settings: PlanSettings, decision: Decision, prepared: Prepared, decided: _Decided, building: Path
) -> dict[str, Any]:
    """What plan.json says, without the time of the call: the same run, settings and seed give the same."""
    found, case, manifest = decided.plan, prepared.case, source.manifest
    uses = _uses(decided.lines)
    # A decision that does without the project's actions is told without them.
    relevant = settings.actions if decision.needs_actions or uses.keys() & settings.actions.keys() else {}
    notices = [one for one in prepared.notices if relevant or one.key != WITHOUT_PRACTICE]
    return {
        "name": settings.name,
        "decision": settings.decision,
        "title": decision.title,
        "company": manifest["title"],
        "purpose": decision.purpose,
        "legal_basis": decision.legal_basis,
        "run": source.name,
        "as_of": case.as_of.isoformat(),
        "until": Duration.parse(settings.span).after(case.as_of).isoformat(),
        "span": settings.span,
        "span_days": case.span_days,
        "horizon": manifest["horizon"],
        "value_horizon": manifest["value_horizon"],
        "counts_within": decision.counts_within,
        "about": decision.about,
        "horizon_days": case.horizon_days,
        "value_horizon_days": case.value_horizon_days,
        "discount_rate": case.discount_rate,
        "yardstick": manifest["yardstick"],
        "currency": case.currency,
        "settings": plan_settings.as_json(settings),
        "actions": [_action_as_json(one) for one in relevant.values()],
        "uses": uses,
        "customers": len(case.ids),
        "lines": len(decided.lines["customer_id"]),
        "planned": _planned(decided.lines),
        "gain": _cents(found.gain),
        "cost": _cents(found.cost),
        "lower": _cents(found.lower),
        "upper": _cents(found.upper),
        "bound": _cents(found.bound),
        "gap": _plain(found.gap),
        "used": [_plain(asdict(one)) for one in found.used],
        "compared": [_plain(asdict(one)) for one in found.compared],
        "curve": {name: [_cents(float(one)) for one in values] for name, values in found.curve.items()},
        "chance_better": _plain(found.chance_better),
        "facts": _plain(dict(found.facts)),
        "left_out": {reason: int(count) for reason, count in {**prepared.left_out, **found.left_out}.items() if count},
        "not_allowed": {name: dict(reasons) for name, reasons in prepared.barred.items() if name in relevant},
        "held_out": {"share": settings.hold_out, "drawn_from": decided.drawn_from, "customers": _distinct(decided.held)},
        "notices": [_notice(one) for one in (*notices, *found.notices, *_nobody_held_out(settings, decided))],
        "assumes": [_notice(one) for one in (*_assumed(relevant), *found.assumes)],
        "reasons": dict(found.reasons),
        "columns": dict(found.columns),
        "tables": {path.name: _digest(path) for path in sorted(building.glob("*.parquet"))},
    }


def _action_as_json(one: ProjectAction) -> dict[str, Any]:
    action = one.action
    return {
        "name": action.name,
        "changes": action.changes,
        "effect": effect_as_json(action.effect),
        "groups": {name: effect_as_json(effect) for name, effect in action.groups.items()},
        "costs": dict(action.costs),
        "most": action.most,
        "curve": {name: list(one) if isinstance(one, tuple) else one for name, one in asdict(action.curve).items()},
        "half_life_days": action.half_life_days,
        "channel": action.channel,
        "advertising": action.is_advertising,
        "counts_as": list(one.counts_as),
        "consent_basis": one.consent_basis,
    }


def _nobody_held_out(settings: PlanSettings, decided: _Decided) -> list[Notice]:
    if not settings.hold_out or decided.drawn_from:
        return []
    text = "Nothing is done for anybody, so nobody is held out and nothing can be measured."
    return [Notice("plan_without_control", text)]


def _uses(lines: Lines) -> dict[str, int]:
    """How often the plan does what: name of an action -> count."""
    import numpy as np

    names, places = np.unique(lines["action"].astype(np.str_), return_inverse=True)
    counts = np.bincount(places, weights=lines["count"], minlength=len(names))
    return {str(name): int(count) for name, count in zip(names, counts, strict=True) if name}


def _assumed(actions: Mapping[str, ProjectAction]) -> list[Notice]:
    """On which ground customers are addressed who have not agreed; how large effects are taken to be stands with the actions."""
    text = "{action}: customers who have not agreed are addressed all the same, on this ground: {basis}"
    return [
        Notice("consent_basis", text, {"action": name, "basis": one.consent_basis}) for name, one in actions.items() if one.consent_basis
    ]


def _notice(notice: Notice) -> dict[str, Any]:
    return {"key": notice.key, "text": notice.text, "values": _plain(dict(notice.values))}


def _planned(lines: Lines) -> int:
    """For how many something is done; of a ranking, how many stand in it."""
    done = lines["count"] > 0
    return _distinct({"customer_id": lines["customer_id"][done]} if done.any() else lines)


def _distinct(lines: Lines) -> int:
    import numpy as np

    return len(np.unique(lines["customer_id"]))


def _cents(amount: float) -> float | None:
    return round(float(amount), 2) if math.isfinite(amount) else None


def _plain(value: Any) -> Any:
    """A value ready for JSON: what is not known or no number is null."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _digest_of(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
