"""What a kind of job promises. A kind is one file in `jobs/kinds`; its file name is its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kundenwert import registry
from kundenwert.flows.progress import Progress

ROOM = "web.jobs.kinds"


@dataclass(frozen=True)
class Kind:
    """One kind of job.

    run: does the work in a process of its own and gives a result that JSON can hold; `next` in it is the address where the reader
    finds what came out, starting with a slash. Its arguments are those of `start` and two more: `project`, the folder as Path (None
    without one), and `by`, the mail address of whoever started it. The clock is the time the work began, in UTC. The process can be
    ended at any moment, so what it writes must be there whole or not at all.
    title: an English sentence with a German entry, such as "Valuation"; it says to people what is being done.
    is_exclusive: two jobs of exclusive kinds in one project wait for each other.
    can_resume: it may start anew after its worker died.
    can_repeat: people may have it done every day, week or month.
    """

    name: str
    title: str
    run: Callable[[Mapping[str, Any], Progress, datetime], Mapping[str, Any]]
    is_exclusive: bool = False
    can_resume: bool = False
    can_repeat: bool = False


def find(name: str) -> Kind:
    """The kind of that name. Raises UnknownName."""
    kind: Kind = registry.load(ROOM, name)
    return kind


def names() -> tuple[str, ...]:
    """All kinds there are."""
    return registry.names(ROOM)
