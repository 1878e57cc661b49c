"""A page of the register's log, newest first, read from its end: its time does not grow with the log unless hardly anything fits."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kundenwert.flows.audit import Entry
from kundenwert.flows.pseudonyms import known_as
from kundenwert.register import keys
from kundenwert.register.book import TABLES, Register
from kundenwert.register.keys import Key

_BLOCK = 1 << 16
_NUMBER, _AT = re.compile(rb'"entry":\s*(\d+)'), re.compile(rb'"at":\s*"([^"]+)"')
_KEPT: dict[str, Any] = {}
_GUARD = threading.Lock()


@dataclass(frozen=True)
class Wanted:
    """Which entries are shown. by, customer: exact names; first, last: moments in UTC as ISO text, as far
    as they go (2026-09 is a month), both included; before: only older numbers."""

    action: str = ""
    by: str = ""
    customer: str = ""
    first: str = ""
    last: str = ""
    before: int | None = None


@dataclass(frozen=True)
class AuditPage:
    """Entries, newest first, with one word of detail each; whether older ones follow; how many the log has."""

    entries: tuple[Entry, ...]
    details: tuple[str, ...]
    has_more: bool
    count: int


def audit_page(folder: Path, wanted: Wanted, *, people: Iterable[str] = (), size: int = 50) -> AuditPage:
    """Up to `size` entries. people: names the program knows, as the log has only their keyed hashes."""
    register, key = Register(folder), keys.read(folder)
    if key is None or not register.exists:
        return AuditPage((), (), has_more=False, count=0)
    register.finish()
    names, customers = _known(register, key)
    names = {**{key.of(name.strip()): name for name in people}, **names}
    search = _Search(wanted, by=key.of(wanted.by.strip()) if wanted.by else "", subject=_subject(folder, key, wanted.customer))
    if wanted.customer:
        customers = {**customers, search.subject: wanted.customer}
    found: list[dict[str, Any]] = []
    count = 0
    for line in _backwards(register.audit_file):
        if not count:
            count = int((_read(line) or {}).get("entry", 0))
        if search.may_fit(line) and (one := _read(line)) is not None and search.fits(one):
            found.append(one)
            if len(found) > size:
                break
    shown = found[:size]
    return AuditPage(
        tuple(_entry(one, names, customers) for one in shown),
        tuple(str(one.get("details", {}).get("what", "")) for one in shown),
        has_more=len(found) > size,
        count=count,
    )


def _entry(one: dict[str, Any], names: Mapping[str, str], customers: Mapping[str, str]) -> Entry:
    who, whom = names.get(one["by"], ""), customers.get(one["subject"], "")
    return Entry(one["entry"], one["at"], who, one["action"], whom, one["table"], one["row"])


def _subject(folder: Path, key: Key, customer: str) -> str:
    return key.of(known_as(folder, customer)) if customer else ""


def _known(register: Register, key: Key) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Names of people and of customers by their keyed hashes, from the rows of the register."""
    stamps = []
    for table in TABLES:
        file = register.table_file(table)
        state = file.stat() if file.is_file() else None
        stamps.append((state.st_mtime_ns, state.st_size) if state else (0, 0))
    return _hashed(register, key, tuple(stamps))


def _hashed(register: Register, key: Key, stamps: tuple[tuple[int, int], ...]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    # One project at a time, and nothing of erased persons: their rows change, and with them the stamps.
    with _GUARD:
        if _KEPT.get("stamps") != (register.folder, key, stamps):
            rows = [row for table in TABLES for row in register.rows(table)]
            names = {key.of(name): name for name in {row.by for row in rows}}
            customers = {key.of(who): who for who in {row.content.get("customer_id") for row in rows} if who}
            _KEPT.update(stamps=(register.folder, key, stamps), names=names, customers=customers)
        return _KEPT["names"], _KEPT["customers"]


@dataclass(frozen=True)
class _Search:
    """What is looked for, with the keyed hashes of its names. `may_fit` looks at the bytes of a line, as reading each one takes long."""

    wanted: Wanted
    by: str
    subject: str

    def may_fit(self, line: bytes) -> bool:
        """False only for lines that surely do not fit."""
        wanted = self.wanted
        if any(word.encode() not in line for word in (self.by, self.subject, json.dumps(wanted.action) if wanted.action else "")):
            return False
        if wanted.before is not None and all(int(number) >= wanted.before for number in _NUMBER.findall(line)):
            return False
        return not (wanted.first or wanted.last) or any(self._is_then(at.decode()) for at in _AT.findall(line))

    def fits(self, one: dict[str, Any]) -> bool:
        """Whether an entry is what is looked for."""
        wanted = self.wanted
        return (
            (wanted.before is None or one["entry"] < wanted.before)
            and (not wanted.action or one["action"] == wanted.action)
            and (not self.by or one["by"] == self.by)
            and (not self.subject or one["subject"] == self.subject)
            and self._is_then(str(one.get("at", "")))
        )

    def _is_then(self, at: str) -> bool:
        first, last = self.wanted.first, self.wanted.last
        return (not first or at[: len(first)] >= first) and (not last or at[: len(last)] <= last)


def _backwards(file: Path) -> Iterator[bytes]:
    """The lines of the log from its end."""
    rest = b""
    with file.open("rb") as stream:
        place = stream.seek(0, 2)
        while place > 0:
            step = min(_BLOCK, place)
            place -= step
            stream.seek(place)
            lines = (stream.read(step) + rest).split(b"\n")
            rest = lines[0] if place else b""
            yield from (line for line in reversed(lines[1:] if place else lines) if line.strip())


def _read(line: bytes) -> dict[str, Any] | None:
    """An entry; None for a damaged line, of which the check of the chain tells."""
    try:
        one = json.loads(line)
    except ValueError:
        return None
    return one if isinstance(one, dict) and "entry" in one else None
