"""The key of a project's register: it turns a name into a word that only its holder can recognise (HMAC-SHA256, RFC 2104)."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kundenwert.errors import Problem, StorageError
from kundenwert.register import files

_BYTES = 32
_BLOCK = 64


@dataclass(frozen=True)
class Key:
    """A secret of 32 bytes."""

    secret: bytes

    def of(self, word: str) -> str:
        """The keyed hash of a word: 64 hexadecimal digits."""
        return hmac.new(self.secret, word.encode(), "sha256").hexdigest()

    def pads(self) -> tuple[bytes, bytes]:
        """The inner and the outer pad of the HMAC, for an engine that hashes many words itself (register/keyed.sql)."""
        block = self.secret.ljust(_BLOCK, b"\0")
        return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def key_file(project: Path) -> Path:
    """Where the key is: apart from the register, so that the register can be handed on without it."""
    return project / "keys" / "register.key"


def read(project: Path) -> Key | None:
    """The key of a project, None if there is none."""
    return read_file(key_file(project))


def read_file(path: Path) -> Key | None:
    """The key in a file, None if there is none."""
    with files.told(path):
        if not path.is_file():
            return None
        text = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != _BYTES:
        raise StorageError(
            Problem(f"{path.name} is damaged.", f"{2 * _BYTES} hexadecimal digits.", "restore it from your backup.", file=str(path))
        )
    return Key(secret)


def make(project: Path) -> Key:
    """A new key, written to its file."""
    return make_file(key_file(project))


def make_file(path: Path) -> Key:
    """A new key, written to a file that only its owner may read."""
    key = Key(secrets.token_bytes(_BYTES))
    files.write(path, key.secret.hex() + "\n", private=True)
    return key


def head_file(project: Path) -> Path:
    """Where the end of the log is noted once more: a register that was put back to an earlier state does not fit it."""
    return project / "keys" / "register.head"


def remember(project: Path, head: Mapping[str, Any]) -> None:
    """Notes the end of the log: how many entries, and the hash of the last."""
    files.write(head_file(project), json.dumps(dict(head)) + "\n", private=True)


def remembered(project: Path) -> dict[str, Any] | None:
    """The end of the log as it was noted last; None if nothing readable was."""
    try:
        found = json.loads(head_file(project).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"entries", "hash"} <= set(found) else None
