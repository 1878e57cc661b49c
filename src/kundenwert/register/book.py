"""The register of a project: tables of decisions, one line a row, and the audit log that vouches for each of them.

Every write is one step that a crash cannot halve: it is noted whole in `pending.json` first, then done, and whoever opens the register
next finishes what is noted there. The note and the end of the log carry a seal that only the holder of the key can make: nobody else can
have a step done, or have a log continued that he wrote anew.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kundenwert.errors import Problem, StorageError
from kundenwert.register import files, keys

TABLES = ("ratings", "objections", "consents", "erased", "definitions", "approvals")
START = "0" * 64
_SALT_BYTES = 16


@dataclass(frozen=True)
class Decision:
    """What is to be recorded. action: a word such as "rate". content: the row of `table`; without a table only the log is written.

    subject: whom it is about, in the clear; the log keeps its keyed hash. details: facts for the log, nothing personal.
    """

    action: str
    table: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Covered:
    """A row of others that mentions an erased person: what it says from now on. The rest of the row stays as it was."""

    table: str
    number: int
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A row of a table: its number in it, when, by whom, and what was decided."""

    number: int
    at: str
    by: str
    content: dict[str, Any]


class Register:
    """The register of the project in a folder. Nothing is made on disk before the first decision."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.folder = project / "register"

    @property
    def exists(self) -> bool:
        """Whether anything was ever decided."""
        return self.audit_file.is_file() or self._pending.is_file()

    @property
    def audit_file(self) -> Path:
        """The log."""
        return self.folder / "audit.jsonl"

    @property
    def head_file(self) -> Path:
        """How many entries the log has, the hash of the last one, and a seal over both."""
        return self.folder / "head.json"

    @property
    def is_pending(self) -> bool:
        """Whether a step is noted that is not done yet."""
        return self._pending.is_file()

    @property
    def _pending(self) -> Path:
        return self.folder / "pending.json"

    def table_file(self, table: str) -> Path:
        """The file of a table."""
        return self.folder / f"{table}.jsonl"

    def rows(self, table: str) -> list[Row]:
        """The rows of a table as they were written; those of erased persons are left out."""
        self.finish()
        found = [parsed(line, self.table_file(table)) for line in files.lines(self.table_file(table))]
        return [Row(entry["row"], entry["at"], entry["by"], entry["content"]) for entry in found if not entry.get("erased")]

    def log(self) -> list[dict[str, Any]]:
        """The entries of the audit log, oldest first."""
        self.finish()
        return [parsed(line, self.audit_file) for line in files.lines(self.audit_file)]

    def state(self) -> dict[str, Any] | None:
        """How many entries the log has and the hash of the last one: what a run or plan keeps. None where nothing was decided."""
        self.finish()
        return self._head(files.lines(self.audit_file)) if self.exists else None

    def key(self) -> keys.Key:
        """The key, made with the first use. Raises StorageError where it is gone: a new one would not know the erased persons."""
        found = keys.read(self.project)
        if found is None and self.exists:
            raise StorageError(
                Problem(
                    "The key of the register is missing, so nobody knows any more who was erased.",
                    "the file that was made with the register.",
                    "restore it from your backup.",
                    file=str(keys.key_file(self.project)),
                )
            )
        return found or keys.make(self.project)

    def record(
        self,
        decisions: Sequence[Decision],
        *,
        at: datetime,
        by: str,
        blank: Sequence[tuple[str, int]] = (),
        cover: Sequence[Covered] = (),
    ) -> list[int]:
        """Appends decisions, all or none, each with an entry of the log; returns the numbers of their entries.

        at: the time, in UTC. by: who decided. blank: rows (table, number) of an erased person whose content goes with the first of
        the decisions; their numbers and digests stay, so that the log still vouches for every row. cover: rows of others that
        mention this person and are told without; the log vouches for what they say now.
        """
        with files.held(self.folder):
            self._roll_forward()
            entries = files.lines(self.audit_file)
            counts = {table: len(files.lines(self.table_file(table))) for table in {one.table for one in decisions if one.table}}
            self._refuse_damage(entries, counts)
            chained, added = _Chain(self._head(entries), _time(at), self.key()), []
            covered = [(one.table, one.number, self._covered(one)) for one in cover]
            for place, decision in enumerate(decisions):
                line = ""
                if decision.table:
                    counts[decision.table] += 1
                    line = canonical(_row(counts[decision.table], _time(at), by, decision.content))
                    added.append((decision.table, line))
                gone: Sequence[tuple[str, int]] = blank if place == 0 else ()
                told = [(table, number, digest_of(text)) for table, number, text in covered] if place == 0 else []
                chained.add(decision, counts.get(decision.table, 0), digest_of(line) if line else "", by, gone, told)
            step = {"rows": added, "blank": list(blank), "cover": covered, "audit": chained.lines}
            files.write(self._pending, json.dumps({"step": step, "seal": self.key().of(canonical(step))}, ensure_ascii=False))
            self._roll_forward()
            return chained.numbers

    def append_entry(self, decision: Decision, head: Mapping[str, Any], key: keys.Key, *, at: datetime, by: str) -> int:
        """Appends an entry without a row to a log that is known to end with `head` (register/trail.py); the lock is held by the caller."""
        chained = _Chain(head, _time(at), key)
        chained.add(decision, 0, "", by, ())
        step = {"rows": [], "blank": [], "cover": [], "audit": chained.lines}
        files.write(self._pending, json.dumps({"step": step, "seal": key.of(canonical(step))}, ensure_ascii=False))
        files.append(self.audit_file, chained.lines)
        end = chained.head
        files.write(self.head_file, json.dumps({**end, "seal": key.of(canonical(end))}, indent=2) + "\n")
        keys.remember(self.project, end)
        with files.told(self._pending):
            self._pending.unlink()
        return chained.numbers[-1]

    def _covered(self, one: Covered) -> str:
        entry = parsed(files.lines(self.table_file(one.table))[one.number - 1], self.table_file(one.table))
        return canonical({**entry, "content": dict(one.content), "salt": secrets.token_hex(_SALT_BYTES)})

    @property
    def note_is_forged(self) -> bool:
        """Whether a step is noted that nobody with the key has noted."""
        key = keys.read(self.project)
        return self._pending.is_file() and (key is None or self._noted(key) is None)

    def _noted(self, key: keys.Key) -> dict[str, Any] | None:
        """The step that is noted, None if its seal is not that of this project."""
        noted = parsed(self._pending.read_text(encoding="utf-8"), self._pending)
        step = noted.get("step")
        return step if isinstance(step, dict) and noted.get("seal") == key.of(canonical(step)) else None

    def finish(self) -> None:
        """Does what a crashed writer had noted but not done."""
        if self._pending.is_file():
            with files.held(self.folder):
                self._roll_forward()

    def _roll_forward(self) -> None:
        """Does what is noted; each part is left alone where it is done already."""
        if not self._pending.is_file():
            return
        step = self._noted(self.key())
        if step is None:
            raise self._damage(self._pending, "Somebody has noted a step of the register without its key.")
        for table in TABLES:
            self._append(self.table_file(table), [line for name, line in step["rows"] if name == table], "row")
            self._blank(table, {number for name, number in step["blank"] if name == table})
            self._replace(table, {number: line for name, number, line in step["cover"] if name == table})
        self._append(self.audit_file, step["audit"], "entry")
        entries = files.lines(self.audit_file)
        head = self._head(entries)
        seal = self.key().of(canonical(head))
        files.write(self.head_file, json.dumps({**head, "seal": seal}, indent=2) + "\n")
        self._remember(head, entries)
        with files.told(self._pending):
            self._pending.unlink()

    def _remember(self, head: Mapping[str, Any], entries: Sequence[str]) -> None:
        """Notes the end of the log beside the key, unless what stands there is no part of this log: that must be seen."""
        before = keys.remembered(self.project)
        if before is None or self._has(before, entries):
            keys.remember(self.project, head)

    def _has(self, state: Mapping[str, Any], entries: Sequence[str]) -> bool:
        count = state.get("entries", 0)
        return 0 < count <= len(entries) and parsed(entries[count - 1], self.audit_file).get("hash") == state.get("hash")

    def _head(self, entries: Sequence[str]) -> dict[str, Any]:
        """The end of the log: how many entries, and the hash of the last."""
        return {"entries": len(entries), "hash": parsed(entries[-1], self.audit_file).get("hash") if entries else START}

    def _append(self, path: Path, new: Sequence[str], number: str) -> None:
        if new:
            there = len(files.lines(path))
            files.append(path, [line for line in new if json.loads(line)[number] > there])

    def _blank(self, table: str, numbers: set[int]) -> None:
        if numbers:
            path = self.table_file(table)
            kept = [blanked(line) if place in numbers else line for place, line in enumerate(files.lines(path), start=1)]
            files.write(path, "".join(f"{line}\n" for line in kept))

    def _replace(self, table: str, new: Mapping[int, str]) -> None:
        if new:
            path = self.table_file(table)
            files.write(path, "".join(f"{new.get(place, line)}\n" for place, line in enumerate(files.lines(path), start=1)))

    def _refuse_damage(self, entries: Sequence[str], tables: Iterable[str]) -> None:
        """What does not end as it should would be continued on a wrong ground."""
        head = parsed(self.head_file.read_text(encoding="utf-8"), self.head_file) if self.head_file.is_file() else self._head([])
        torn = any(files.is_torn(self.table_file(table)) for table in tables) or files.is_torn(self.audit_file)
        told = {name: head.get(name) for name in ("entries", "hash")}
        # Without the seal a log that was written anew would get a good one with the next decision.
        unsealed = bool(entries) and head.get("seal") != self.key().of(canonical(told))
        if torn or unsealed or told != self._head(entries):
            raise self._damage(self.folder, "The register does not end as it was left: somebody has changed it.")

    def _damage(self, place: Path, came: str) -> StorageError:
        remedy = "see what is wrong with `kundenwert audit verify`, and restore the folder from your backup."
        return StorageError(Problem(came, "the register as kundenwert wrote it.", remedy, file=str(place)))


class _Chain:
    """New entries of the log, each with the hash of the one before."""

    def __init__(self, head: Mapping[str, Any], at: str, key: keys.Key) -> None:
        self._head, self._at, self._key = head, at, key
        self.lines: list[str] = []
        self.numbers: list[int] = []

    @property
    def head(self) -> dict[str, Any]:
        """The end of the log with these entries."""
        return dict(self._head)

    def add(
        self,
        decision: Decision,
        row: int,
        digest: str,
        by: str,
        blank: Iterable[tuple[str, int]],
        cover: Iterable[tuple[str, int, str]] = (),
    ) -> None:
        content: dict[str, Any] = {
            "entry": self._head["entries"] + 1,
            "at": self._at,
            "by": self._key.of(by),
            "action": decision.action,
            "subject": self._key.of(decision.subject) if decision.subject else "",
            "table": decision.table,
            "row": row,
            "digest": digest,
            "blanked": [[table, number] for table, number in blank],
            "covered": [list(one) for one in cover],
            "details": dict(decision.details),
            "before": self._head["hash"],
        }
        content["hash"] = hash_of(content)
        self._head = {"entries": content["entry"], "hash": content["hash"]}
        self.lines.append(canonical(content))
        self.numbers.append(content["entry"])


def canonical(content: Mapping[str, Any]) -> str:
    """A record as one line of JSON: the same record is the same line."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def hash_of(entry: Mapping[str, Any]) -> str:
    """The hash of an entry of the log: over all of it but the hash itself, so also over the hash of the entry before."""
    return hashlib.sha256(canonical({name: value for name, value in entry.items() if name != "hash"}).encode()).hexdigest()


def digest_of(line: str) -> str:
    """The digest of a row. Its salt goes with its content, so that an erased row cannot be guessed from the digest."""
    return hashlib.sha256(line.encode()).hexdigest()


def blanked(line: str) -> str:
    """What stays of a row whose person was erased."""
    entry = json.loads(line)
    if entry.get("erased"):
        return line
    return canonical({"row": entry["row"], "erased": True, "digest": digest_of(line)})


def parsed(line: str, path: Path) -> dict[str, Any]:
    """A record from its line; a damaged one is a problem with its file."""
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise StorageError(
            Problem(
                f"{path.name} of the register is damaged.",
                "lines as kundenwert wrote them.",
                "see where with `kundenwert audit verify`, and restore the folder from your backup.",
                file=str(path),
            )
        )
    return found


def _row(number: int, at: str, by: str, content: Mapping[str, Any]) -> dict[str, Any]:
    return {"row": number, "at": at, "by": by, "content": dict(content), "salt": secrets.token_hex(_SALT_BYTES)}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
