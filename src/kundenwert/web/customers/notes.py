"""Notes of people about a customer: added, never changed, gone with an erasure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kundenwert.flows.erased import is_erased
from kundenwert.web.workspace.models import Note

LONGEST = 2000
SHOWN = 50


def of(entry: Any, customer_id: str) -> list[Note]:
    """The notes about a customer, the newest first; none of who was erased, wherever the erasure was made."""
    found = list(Note.objects.filter(project=entry, customer_id=customer_id)[:SHOWN])
    return [] if found and is_erased(Path(entry.folder), [customer_id]) else found


def add(entry: Any, customer_id: str, author: str, text: str) -> str:
    """Adds a note; returns what is wrong with it, as a message to translate, or ""."""
    # PostgreSQL stores no such sign.
    words = text.replace("\0", "").strip()
    if not words:
        return "Nothing is written yet."
    if len(words) > LONGEST:
        return "A note has 2,000 characters at most."
    Note.objects.create(project=entry, customer_id=customer_id, author=author[:120], text=words)
    return ""
