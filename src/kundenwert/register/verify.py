"""Looks for any change of the register: of a row, of an entry of the log, of their number or order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kundenwert.register import files, keys
from kundenwert.register.book import START, TABLES, Register, canonical, digest_of, hash_of


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written: in which file, at which line (0: the file as a whole), and what."""

    file: str
    line: int
    what: str


def verify(project: Path, anchors: Mapping[str, Mapping[str, Any]] | None = None) -> list[Finding]:
    """Every trace of a change; none if all is as it was written.

    anchors: states of the register that are kept elsewhere, by the name of what keeps them (a run): how many entries, and the hash of
    the last. Nothing is repaired here, apart from what a crashed writer had noted and not done.
    """
    register = Register(project)
    noted: list[Finding] = []
    if register.note_is_forged:
        noted.append(Finding("pending.json", 0, "tells of a step that was noted without the key; nothing of it was done"))
    else:
        register.finish()
    entries = _read(register.audit_file)
    found = [*noted, *_chain(entries, register.audit_file.name), *_head(register, entries)]
    found += [finding for table in TABLES for finding in _rows(register, table, entries)]
    beside = keys.remembered(project)
    kept = {**({"the folder of the key": beside} if beside else {}), **(anchors or {})}
    return [*found, *_anchored(kept, entries)]


def _read(path: Path) -> list[dict[str, Any] | None]:
    """The lines of a file as records; None where a line is none. A torn end counts as a line."""
    found: list[dict[str, Any] | None] = []
    for line in files.lines(path):
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        found.append(record if isinstance(record, dict) else None)
    return [*found, None] if files.is_torn(path) else found


def _chain(entries: Sequence[dict[str, Any] | None], file: str) -> Iterator[Finding]:
    before = START
    for number, entry in enumerate(entries, start=1):
        if entry is None:
            yield Finding(file, number, "cannot be read")
            before = ""
            continue
        if entry.get("entry") != number:
            yield Finding(file, number, f"is entry {entry.get('entry')}, not {number}: entries were removed, added or moved")
        if before and entry.get("before") != before:
            yield Finding(file, number, "does not follow from the entry before it")
        if entry.get("hash") != hash_of(entry):
            yield Finding(file, number, "was changed: its hash is another")
        before = str(entry.get("hash", ""))


def _head(register: Register, entries: Sequence[dict[str, Any] | None]) -> Iterator[Finding]:
    file = register.head_file.name
    heads = _read_whole(register.head_file)
    if heads is None:
        if entries or any(files.lines(register.table_file(table)) for table in TABLES):
            yield Finding(file, 0, "is missing or cannot be read")
        return
    told = {"entries": heads.get("entries"), "hash": heads.get("hash")}
    last = entries[-1] if entries else {"hash": START}
    if told != {"entries": len(entries), "hash": (last or {}).get("hash")}:
        yield Finding(file, 0, f"tells of {told['entries']} entries, the log has {len(entries)}, or ends otherwise")
    key = keys.read(register.project)
    if key is None:
        yield Finding(keys.key_file(register.project).name, 0, "is missing, so the seal of the head cannot be checked")
    elif heads.get("seal") != key.of(canonical(told)):
        yield Finding(file, 0, "does not carry the seal of this project")


def _read_whole(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _rows(register: Register, table: str, entries: Sequence[dict[str, Any] | None]) -> Iterator[Finding]:
    file = register.table_file(table)
    known = _digests(entries, table)
    erased = {number for entry in entries if entry for name, number in entry.get("blanked") or () if name == table}
    rows = _read(file)
    texts = files.lines(file)
    for number, row in enumerate(rows, start=1):
        if row is None:
            yield Finding(file.name, number, "cannot be read")
        elif row.get("row") != number:
            yield Finding(file.name, number, f"is row {row.get('row')}, not {number}: rows were removed, added or moved")
        elif number not in known:
            yield Finding(file.name, number, "is not in the log: it was added by hand")
        elif row.get("erased"):
            if number not in erased or row.get("digest") != known[number]:
                yield Finding(file.name, number, "was emptied, and no erasure tells of it")
        elif digest_of(texts[number - 1]) != known[number]:
            yield Finding(file.name, number, "was changed: its digest is another")
        elif number in erased:
            yield Finding(file.name, number, "belongs to an erased person and still has its content")
    for number in sorted(set(known) - set(range(1, len(rows) + 1))):
        yield Finding(file.name, number, "is gone; the log tells of it")


def _digests(entries: Sequence[dict[str, Any] | None], table: str) -> dict[int, Any]:
    """The digest of each row of a table as the log tells it last: a row that mentioned an erased person has another since."""
    known: dict[int, Any] = {}
    for entry in entries:
        if entry and entry.get("table") == table and entry.get("row"):
            known[entry["row"]] = entry.get("digest")
        for name, number, digest in (entry or {}).get("covered") or ():
            if name == table:
                known[number] = digest
    return known


def _anchored(anchors: Mapping[str, Mapping[str, Any]], entries: Sequence[dict[str, Any] | None]) -> Iterator[Finding]:
    """What a run remembers of the log must still stand in it: a log that was written anew does not match."""
    hashes = [START, *((entry or {}).get("hash") for entry in entries)]
    for name, state in anchors.items():
        count = state["entries"]
        if count >= len(hashes) or hashes[count] != state["hash"]:
            yield Finding("audit.jsonl", min(count, len(entries)), f"is not the log that {name} remembers ({count} entries)")
