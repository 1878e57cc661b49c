"""Evaluations by account manager: off until somebody releases them under an agreement, and off again when that is taken back.

Figures by person judge employees (§ 87(1) no. 6 BetrVG); until they are released only teams of at least five are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kundenwert.errors import DataError, Problem
from kundenwert.register.book import Decision, Register

GIVEN = "register.by_person"
"""What a component asks for that tells anything by account manager."""
_KEY = {"release": "by_person"}


@dataclass(frozen=True)
class Release:
    """A release in force. at: when, in UTC. by: who decided. agreement: under which one."""

    at: str
    by: str
    agreement: str


def release(folder: Path, *, agreement: str, by: str, clock: datetime) -> int:
    """Releases evaluations by account manager; gives the entry of the register. Raises DataError with everything that is missing."""
    problems = [] if agreement.strip() else [
        Problem("It is not said under which agreement.", "a works agreement or a decision, with its day.", "add it with --agreement.")
    ]  # fmt: skip
    problems += _who(by)
    if found := released(folder):
        came = f"Evaluations by account manager were released by {found.by} on {found.at[:10]}: {found.agreement}."
        problems.append(Problem(came, "no release in force.", "nothing; or take that one back with --withdraw first."))
    if problems:
        raise DataError(*problems)
    return _record(folder, "release", {"status": "released", "agreement": agreement.strip()}, by=by, clock=clock)


def withdraw(folder: Path, *, by: str, clock: datetime) -> int:
    """Takes the release back; gives the entry. Raises DataError where none is in force."""
    problems = _who(by)
    if released(folder) is None:
        problems.append(Problem("Evaluations by account manager are not released.", "a release in force.", "nothing to take back."))
    if problems:
        raise DataError(*problems)
    return _record(folder, "withdraw release", {"status": "withdrawn"}, by=by, clock=clock)


def released(folder: Path) -> Release | None:
    """The release in force, None where nobody has released anything or it was taken back."""
    if not Register(folder).exists:
        return None
    rows = [row for row in Register(folder).rows("approvals") if _KEY.items() <= row.content.items()]
    if not rows or rows[-1].content["status"] != "released":
        return None
    return Release(rows[-1].at, rows[-1].by, rows[-1].content["agreement"])


def _who(by: str) -> list[Problem]:
    return [] if by.strip() else [Problem("It is not said who decides.", "a name.", "add it with --by.")]


def _record(folder: Path, action: str, content: dict[str, str], *, by: str, clock: datetime) -> int:
    decision = Decision(action, "approvals", {**_KEY, **content}, details=_KEY)
    (entry,) = Register(folder).record([decision], at=clock, by=by.strip())
    return entry
