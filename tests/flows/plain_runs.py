"""Runs for tests that look at tables: without the pages of a report, whose drawing takes a quarter of a small run and has its own tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kundenwert import registry
from kundenwert.flows import run as running
from kundenwert.flows.progress import Progress
from kundenwert.flows.run import Ran
from kundenwert.value import components as room


@contextmanager
def without_pages() -> Iterator[None]:
    """While this lasts a run writes an empty page in place of its report."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "_write_reports", lambda to, *_: (to / "report.html").write_text("<html></html>\n", encoding="utf-8"))
        yield


def value(folder: Path, *, clock: datetime, definition: int | None = None, components: Sequence[str] = (), **flags: Any) -> Ran:
    """Values a project on one thread, with a fixed model, without pages; settings as flags.

    components: the only ones to reckon, for they take most of the time of a small run; all without.
    """
    own = {name: registry.load(room.ROOM, name) for name in components}
    with without_pages(), pytest.MonkeyPatch.context() as patch:
        if own:
            patch.setattr(room, "components", lambda: own)
        return running.run(folder, {"threads": "1", "model": "mbg_nbd", **flags}, clock=clock, progress=Progress(), definition=definition)
