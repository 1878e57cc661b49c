"""Limits of parameters and the transforms that let an optimiser walk on the whole line."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Limit:
    """The values a parameter may take, with the map to the whole real line.

    to_line, to_value: the map and its inverse. slope: d value / d line, given the value. contains: is a value allowed.
    """

    name: str
    to_line: Callable[[float], float]
    to_value: Callable[[float], float]
    slope: Callable[[float], float]
    contains: Callable[[float], bool]


POSITIVE: Final = Limit("above 0", math.log, math.exp, lambda value: value, lambda value: 0 < value < math.inf)
