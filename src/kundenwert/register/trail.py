"""Entries of the log that no row belongs to, such as who looked at a customer: written often, so in a time that does not grow with the log.

The step is noted, done and sealed as every other step of the register (register/book.py); only the log is not read as a whole for it.
Where anything is not exactly as the last step left it, the usual way is taken, which finishes, heals or refuses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kundenwert.register import files, keys
from kundenwert.register.book import Decision, Register, canonical
from kundenwert.register.keys import Key


def note(register: Register, decision: Decision, *, at: datetime, by: str) -> int:
    """Appends an entry to the log, and returns its number. decision: without a table."""
    with files.held(register.folder):
        key = keys.read(register.project)
        head = _end(register, key)
        if key is not None and head is not None:
            return register.append_entry(decision, head, key, at=at, by=by)
    return register.record([decision], at=at, by=by)[0]


def last_entries(register: Register, *, size: int = 1 << 18) -> list[dict[str, Any]]:
    """The newest entries of the log, as many as stand in its last `size` bytes, oldest first; damaged lines are left out."""
    found = []
    for line in files.last_lines(register.audit_file, size):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found


def _end(register: Register, key: Key | None) -> dict[str, Any] | None:
    """How many entries the log has and the hash of the last; None unless the log, its head and its seal agree and nothing is pending."""
    if key is None or register.is_pending or not register.head_file.is_file() or files.is_torn(register.audit_file):
        return None
    head, last = _whole(register), last_entries(register, size=1)
    told = {name: head.get(name) for name in ("entries", "hash")}
    agrees = bool(last) and told == {"entries": last[-1].get("entry"), "hash": last[-1].get("hash")}
    return told if agrees and head.get("seal") == key.of(canonical(told)) and keys.remembered(register.project) == told else None


def _whole(register: Register) -> Mapping[str, Any]:
    try:
        found = json.loads(register.head_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
