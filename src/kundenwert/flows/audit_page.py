"""A page of the register's log, newest first, read from its end: its time does not grow with the log unless hardly anything fits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kundenwert.flows.audit import Entry
from kundenwert.flows.pseudonyms import known_as
from kundenwert.register import keys
from kundenwert.register.book import TABLES, Register
from kundenwert.register.keys import Key

_BLOCK = 1 << 16


@dataclass(frozen=True)
class Wanted:
    """Which entries are shown. by, customer: exact names; first, last: days as ISO text, both included; before: only older numbers."""

    action: str = ""
    by: str = ""
    customer: str = ""
    first: str = ""
    last: str = ""
    before: int | None = None


@dataclass(frozen=True)
class AuditPage:
    """Entries, newest first; whether older ones follow; how many the log has; the actions that occur in its tables' rows and here."""

    entries: tuple[Entry, ...]
    details: tuple[str, ...]
    has_more: bool
    count: int


def audit_page(folder: Path, wanted: Wanted, *, people: Iterable[str] = (), size: int = 50) -> AuditPage:
    """Up to `size` entries. people: names the program knows, as the log has only their keyed hashes."""
    register, key = Register(folder), keys.read(folder)
    if key is None or not register.exists:
        return AuditPage((), (), has_more=False, count=0)
    rows = [row for table in TABLES for row in register.rows(table)]
    names = {key.of(name.strip()): name for name in (*people, *(row.by for row in rows))}
    customers = {key.of(who): who for row in rows if (who := row.content.get("customer_id"))}
    if wanted.customer:
        customers[key.of(known_as(folder, wanted.customer))] = wanted.customer
    found, count = [], 0
    for one in _backwards(register.audit_file):
        count = count or int(one.get("entry", 0))
        if _fits(one, wanted, folder, key):
            found.append(one)
        if len(found) > size:
            break
    shown = found[:size]
    return AuditPage(
        tuple(
            Entry(
                one["entry"],
                one["at"],
                names.get(one["by"], ""),
                one["action"],
                customers.get(one["subject"], ""),
                one["table"],
                one["row"],
            )
            for one in shown
        ),
        tuple(str(one.get("details", {}).get("what", "")) for one in shown),
        has_more=len(found) > size,
        count=count,
    )


def _fits(one: dict[str, Any], wanted: Wanted, folder: Path, key: Key) -> bool:
    day = str(one.get("at", ""))[:10]
    return (
        (wanted.before is None or one["entry"] < wanted.before)
        and (not wanted.action or one["action"] == wanted.action)
        and (not wanted.by or one["by"] == key.of(wanted.by.strip()))
        and (not wanted.customer or one["subject"] == key.of(known_as(folder, wanted.customer)))
        and (not wanted.first or day >= wanted.first)
        and (not wanted.last or day <= wanted.last)
    )


def _backwards(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of the log from its end; damaged ones are left out, the check of the chain tells of them."""
    rest = b""
    with file.open("rb") as stream:
        place = stream.seek(0, 2)
        while place > 0:
            step = min(_BLOCK, place)
            place -= step
            stream.seek(place)
            lines = (stream.read(step) + rest).split(b"\n")
            rest = lines[0] if place else b""
            yield from _read(reversed(lines[1:] if place else lines))


def _read(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.strip():
            try:
                one = json.loads(line)
            except ValueError:
                continue
            if isinstance(one, dict) and "entry" in one:
                yield one
