"""Values the wholesaler that ships with the product, as a project of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kundenwert.example import online_retail
from kundenwert.flows.project import FILE
from kundenwert.flows.run import Ran, run
from kundenwert.runs import storage

if TYPE_CHECKING:
    from kundenwert.flows.progress import Progress

NAME = "kundenwert-demo"


def demo(parent: Path, *, clock: datetime, progress: Progress, language: str | None = None) -> Ran:
    """Makes the project `kundenwert-demo` in `parent` unless it is there, and runs it."""
    folder = parent / NAME
    if not (folder / FILE).is_file():
        with storage.building(parent, "demo") as building, storage.told(folder):
            online_retail.copy_to(building)
            storage.move_into(building, folder)
    return run(folder, {"language": language}, clock=clock, progress=progress)
