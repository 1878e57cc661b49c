"""Who looked at the data of a single person, and who took data out: entries of the log that nobody can change unseen.

The log keeps keyed hashes of both names (register/book.py). Who has the key and the name of a customer can look up who saw him; after an
erasure nobody knows the name any more.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kundenwert.errors import Bug
from kundenwert.flows.pseudonyms import known_as
from kundenwert.register import keys, trail
from kundenwert.register.book import Decision, Register
from kundenwert.register.keys import Key

READ, EXPORT = "read", "export"
# A look at the same customer by the same person is told once an hour: what else would be told is how often a page was reloaded.
_HOUR = len("2026-09-30T14")
# What this process has told in the current hour, by register: hashes of who, whom and what.
_TOLD: dict[Path, tuple[str, set[tuple[str, str, str]]]] = {}
_GUARD = threading.Lock()


@dataclass(frozen=True)
class Look:
    """A look at a customer: when (UTC), by whom ("" if the name is not known here), whether read or taken out, and what."""

    at: str
    by: str
    action: str
    what: str


def seen(project: Path, customer_id: str, by: str, what: str, clock: datetime) -> int | None:
    """Notes that a person looked at a customer: the number of the entry, None where the same was noted in this hour already.

    what: which screen or paper, one word of the program; nothing personal.
    """
    register = Register(project)
    key, customer = register.key(), known_as(project, customer_id)
    mark, hour = (key.of(by.strip()), key.of(customer), what), _hour(clock)
    with _GUARD:
        told = _told(register, hour)
        if mark in told:
            return None
        told.add(mark)
    try:
        return trail.note(register, Decision(READ, subject=customer, details={"what": what}), at=clock, by=_name(by))
    except BaseException:
        with _GUARD:
            told.discard(mark)
        raise


def taken_out(project: Path, by: str, what: str, clock: datetime, *, customers: int, customer_id: str = "") -> int:
    """Notes that a person exported data: of how many customers, or of which one. Returns the number of the entry."""
    subject = known_as(project, customer_id) if customer_id else ""
    decision = Decision(EXPORT, subject=subject, details={"what": what, "customers": customers})
    return trail.note(Register(project), decision, at=clock, by=_name(by))


def looks(project: Path, customer_id: str, people: Iterable[str] = ()) -> list[Look]:
    """Who looked at a customer and when, the newest first. people: names the program knows, as the log has only their hashes."""
    register, key = Register(project), keys.read(project)
    if key is None or not register.exists:
        return []
    subject, names = key.of(known_as(project, customer_id)), _names(key, people)
    return list(_looks([entry for entry in reversed(register.log()) if entry["subject"] == subject], names))


def _looks(entries: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[Look]:
    for entry in entries:
        if entry["action"] in {READ, EXPORT}:
            yield Look(entry["at"], names.get(entry["by"], ""), entry["action"], str(entry["details"].get("what", "")))


def _names(key: Key, people: Iterable[str]) -> dict[str, str]:
    return {key.of(name.strip()): name for name in people}


def _name(by: str) -> str:
    if not by.strip():
        raise Bug("A look was noted without a name. Please report this.")
    return by.strip()


def _hour(clock: datetime) -> str:
    return clock.astimezone(UTC).isoformat()[:_HOUR]


def _told(register: Register, hour: str) -> set[tuple[str, str, str]]:
    """What was noted in this hour; after a start of the program from the end of the log."""
    known = _TOLD.get(register.folder)
    if known is None or known[0] != hour:
        entries = trail.last_entries(register) if known is None else []
        reads = [one for one in entries if one.get("action") == READ and str(one.get("at", "")).startswith(hour)]
        known = hour, {(one["by"], one["subject"], str(one["details"].get("what", ""))) for one in reads}
        _TOLD[register.folder] = known
    return known[1]
