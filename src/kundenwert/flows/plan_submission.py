"""From a made plan to one that holds: somebody submits it, a second person approves it or gives it back. Each step stands in the register.

Who may see which plans is asked here too: field sales see plans made for their own customers, and of others their own lines alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.errors import DataError, Problem, UnknownName
from kundenwert.flows import kept_plans
from kundenwert.records.kept_plan import KeptPlan
from kundenwert.register.book import Decision, Register
from kundenwert.runs import plans_store

if TYPE_CHECKING:
    from kundenwert.runs.plans_store import StoredPlan

DRAFT, SUBMITTED, RETURNED, APPROVED = "draft", "submitted", "returned", "approved"
_TABLE = "approvals"
_LONGEST_REASON = 500


@dataclass(frozen=True)
class Standing:
    """How far a plan is. state: draft, submitted, returned or approved. submitted_by, at: who submitted it last and when (UTC), "" where
    nobody has; decided_by, decided_at: who approved it or gave it back; reason: why it came back.
    """

    state: str
    submitted_by: str = ""
    submitted_at: str = ""
    decided_by: str = ""
    decided_at: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Listed:
    """A plan in a list. managers: whose customers it plans for, None: all. is_own_part: the reader sees some of its lines alone."""

    name: str
    content: Mapping[str, Any]
    standing: Standing
    managers: tuple[str, ...] | None
    is_own_part: bool


def standing(folder: Path, stored: StoredPlan) -> Standing:
    """How far a plan is."""
    found = Standing(DRAFT)
    if not Register(folder).exists:
        return found
    wanted = _key(stored)
    for row in Register(folder).rows(_TABLE):
        if not wanted.items() <= row.content.items():
            continue
        if row.content["status"] == SUBMITTED:
            found = Standing(SUBMITTED, row.by, row.at)
        else:
            found = replace(found, state=RETURNED, decided_by=row.by, decided_at=row.at, reason=str(row.content.get("reason", "")))
    if approved := kept_plans.approval(folder, stored):
        found = replace(found, state=APPROVED, decided_by=approved.by, decided_at=approved.at, reason="")
    return found


def submit(folder: Path, name: str, *, by: str, clock: datetime) -> int:
    """Submits a plan for approval; gives the entry of the register. Raises DataError where it is submitted or approved already."""
    stored = plans_store.read(folder, name)
    now = standing(folder, stored)
    problems = _who(by)
    if now.state in (SUBMITTED, APPROVED):
        came = f"{stored.name} is {now.state} already, by {now.decided_by or now.submitted_by}."
        problems.append(Problem(came, "a plan that is not.", "nothing; or make another plan."))
    if problems:
        raise DataError(*problems)
    return _record(folder, stored, "submit plan", {"status": SUBMITTED}, by=by, clock=clock)


def approve(folder: Path, name: str, *, by: str, clock: datetime) -> int:
    """Approves a submitted plan. Raises DataError where nobody submitted it, and where the same person did: two look at a plan.

    by: what tells persons apart for certain, such as a mail address, the same as at `submit`.
    """
    stored = plans_store.read(folder, name)
    problems = _second(stored, standing(folder, stored), by)
    if problems:
        raise DataError(*problems)
    return kept_plans.approve(folder, stored.name, by=by, clock=clock)


def give_back(folder: Path, name: str, *, reason: str, by: str, clock: datetime) -> int:
    """Gives a submitted plan back with a reason; whoever submitted it may take it back the same way."""
    stored = plans_store.read(folder, name)
    now = standing(folder, stored)
    problems = _who(by)
    if now.state != SUBMITTED:
        problems.append(Problem(f"{stored.name} is not submitted.", "a submitted plan.", "look at its state."))
    if not reason.strip():
        problems.append(Problem("It is not said why.", "a reason.", "write one."))
    if len(reason) > _LONGEST_REASON:
        problems.append(Problem(f"The reason has {len(reason)} signs.", f"at most {_LONGEST_REASON}.", "shorten it."))
    if problems:
        raise DataError(*problems)
    return _record(folder, stored, "return plan", {"status": RETURNED, "reason": reason.strip()}, by=by, clock=clock)


# ---- who sees what -------------------------------------------------------------------------------------------------------


def listed(folder: Path, *, managers: frozenset[str] | None) -> list[Listed]:
    """The plans a reader sees, newest first. managers: the reader's own, None: everybody's customers."""
    found = []
    for stored in reversed(kept_plans.plans(folder)):
        entry = _listed(folder, stored, managers)
        if entry is not None:
            found.append(entry)
    return found


def seen(folder: Path, name: str, *, managers: frozenset[str] | None, most: int | None = None) -> tuple[KeptPlan, Listed]:
    """A plan as a reader sees it. Of a plan that is not made for the reader's customers alone only their lines are there, and no sum of
    others. Raises UnknownName where there is none for this reader.
    """
    import numpy as np

    stored = plans_store.read(folder, name)
    entry = _listed(folder, stored, managers)
    if entry is None:
        raise UnknownName(name, "your plans", [one.name for one in listed(folder, managers=managers)])
    if not entry.is_own_part:
        return kept_plans.kept(folder, stored.name, most=most), entry
    whole = kept_plans.kept(folder, stored.name)
    own = _own_lines(whole, managers or frozenset())
    lines = {key: values[own][:most] for key, values in whole.lines.items()}
    gain, cost = (float(np.round(whole.lines[key][own].sum(), 2)) for key in ("gain", "cost"))
    content = {**entry.content, "gain": gain, "cost": cost, "lines": int(own.sum())}
    return KeptPlan(whole.name, content, lines, {}), replace(entry, content=content)


def may_export(entry: Listed) -> bool:
    """Whether the whole plan may go into a file for this reader."""
    return not entry.is_own_part


# What of a plan for everybody says nothing of customers the reader may not see.
_OPEN = (
    "plan", "name", "decision", "title", "company", "purpose", "legal_basis", "run", "as_of", "until", "span", "span_days", "horizon",
    "value_horizon", "counts_within", "yardstick", "currency", "actions", "reasons", "columns", "created", "version", "content", "assumes",
)  # fmt: skip


def _listed(folder: Path, stored: StoredPlan, managers: frozenset[str] | None) -> Listed | None:
    content = stored.content
    only = content["settings"].get("only")
    planned_for = None if only is None else tuple(only)
    now = standing(folder, stored)
    if managers is None or (planned_for is not None and planned_for and set(planned_for) <= managers):
        return Listed(stored.name, content, now, planned_for, is_own_part=False)
    # Drafts of others are nobody's list yet.
    overlaps = planned_for is None or bool(set(planned_for) & managers)
    if not managers or not overlaps or now.state != APPROVED:
        return None
    return Listed(stored.name, {key: content[key] for key in _OPEN if key in content}, now, planned_for, is_own_part=True)


def _own_lines(plan: KeptPlan, managers: frozenset[str]) -> Any:
    import numpy as np

    # Whose customer it is now counts, as in the customer list.
    person = plan.lines.get("account_manager", plan.lines.get("person"))
    if person is None:
        return np.zeros(plan.length, dtype=np.bool_)
    return np.isin(np.asarray(person, dtype=np.str_), sorted(managers))


def _second(stored: StoredPlan, now: Standing, by: str) -> list[Problem]:
    problems = _who(by)
    if now.state != SUBMITTED:
        problems.append(Problem(f"{stored.name} is not submitted.", "a submitted plan.", "submit it first."))
    elif _same(now.submitted_by, by):
        came = f"{by.strip()} submitted this plan."
        problems.append(Problem(came, "approval by a second person.", "ask somebody else."))
    return problems


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _who(by: str) -> list[Problem]:
    return [] if by.strip() else [Problem("It is not said who decides.", "a name.", "say who.")]


def _key(stored: StoredPlan) -> dict[str, str]:
    return {"submission": stored.name, "digest": stored.content["content"]}


def _record(folder: Path, stored: StoredPlan, action: str, content: Mapping[str, str], *, by: str, clock: datetime) -> int:
    facts = {**_key(stored), **content}
    details = {key: value for key, value in facts.items() if key != "reason"}
    (entry,) = Register(folder).record([Decision(action, _TABLE, facts, details=details)], at=clock, by=by.strip())
    return entry
