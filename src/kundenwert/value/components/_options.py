"""How the options of components are read: numbers within limits, names out of a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kundenwert.settings import _number as number
from kundenwert.settings import _whole as whole

__all__ = ["number", "some_of", "whole", "yes_or_no"]


def yes_or_no(value: Any) -> bool:
    """Reads true or false.

    >>> yes_or_no(True)
    True
    """
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def some_of(*choices: str) -> Callable[[Any], tuple[str, ...]]:
    """Reads a list of different names out of `choices`; its order counts.

    >>> some_of("industry", "region")(["region"])
    ('region',)
    """

    def read(value: Any) -> tuple[str, ...]:
        names = [name.strip() for name in value.split(",")] if isinstance(value, str) else value
        if not isinstance(names, list | tuple) or not names or not set(names) <= set(choices) or len(set(names)) < len(names):
            raise ValueError(f"a list of different names out of {', '.join(choices)}")
        return tuple(names)

    return read
