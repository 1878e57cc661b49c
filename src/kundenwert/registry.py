"""Finds the plug-ins of a room. The file name is the public name; there is no list to keep by hand.

A plug-in is a module without a leading underscore that assigns `PLUGIN`.
"""

from __future__ import annotations

import importlib
from functools import cache
from importlib import resources
from typing import Any

from kundenwert.errors import UnknownName


@cache
def names(room: str) -> tuple[str, ...]:
    """The names of all plug-ins of a room such as `models.purchases`, in alphabetical order."""
    files = resources.files(f"kundenwert.{room}").iterdir()
    modules = (file.name.removesuffix(".py") for file in files if file.name.endswith(".py"))
    return tuple(sorted(name for name in modules if not name.startswith("_")))


def load(room: str, name: str) -> Any:
    """The plug-in `name` of a room. Its module is imported now, not before."""
    if name not in names(room):
        raise UnknownName(name, room, names(room))
    return importlib.import_module(f"kundenwert.{room}.{name}").PLUGIN
