"""A sentence for people, with its figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Notice:
    """Something a reader must know before trusting a figure: a key for programs, a sentence with its values for people.

    `text` is an English message with {named} places, the msgid of its translation; `values` fill them.
    """

    key: str
    text: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)
