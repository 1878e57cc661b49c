"""How further options of components are read: numbers that may be left out, lists of words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kundenwert.settings import _texts

__all__ = ["if_given", "words"]


def if_given(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Reads what is given; what is left out stays None, also where an earlier definition is read back.

    >>> if_given(float)("2.5"), if_given(float)(None)
    (2.5, None)
    """

    def read_or_none(value: Any) -> Any:
        return None if value is None else read(value)

    return read_or_none


def words(value: Any) -> tuple[str, ...]:
    """Reads a list of words, compared without capitals and outer spaces; an empty list is allowed.

    >>> words([" Idee", "Vorschlag"])
    ('idee', 'vorschlag')
    """
    return tuple(dict.fromkeys(word.lower() for word in _texts(value) if word))
