"""Values the examples that ship with the product, each as a project of its own: a real wholesaler, and an invented company."""

from __future__ import annotations

import gzip
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from kundenwert.example import online_retail
from kundenwert.flows.project import FILE
from kundenwert.flows.run import Ran, run
from kundenwert.runs import storage

if TYPE_CHECKING:
    from kundenwert.flows.progress import Progress

NAME = "kundenwert-demo"
COMPANY_NAME = "kundenwert-company-demo"
_PACKED = ".gz"


def demo(parent: Path, *, clock: datetime, progress: Progress, language: str | None = None, company: bool = False) -> Ran:
    """Makes the project `kundenwert-demo` in `parent` unless it is there, and runs it.

    company: the invented company with all its tables, as project `kundenwert-company-demo`, in place of the real wholesaler.
    """
    folder = parent / (COMPANY_NAME if company else NAME)
    if not (folder / FILE).is_file():
        with storage.building(parent, "demo") as building, storage.told(folder):
            if company:
                _company_to(building)
            else:
                online_retail.copy_to(building)
            storage.move_into(building, folder)
    return run(folder, {"language": language}, clock=clock, progress=progress)


def _company_to(folder: Path) -> None:
    """Writes the first two years of the invented company, unpacked as its systems exported them, and its project file."""
    # Not by way of the package itself: it would import the whole simulator.
    shipped = resources.files("kundenwert.example") / "company"
    (folder / "exports").mkdir()
    for file in sorted(shipped.joinpath("files").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(_PACKED):
            (folder / "exports" / file.name.removesuffix(_PACKED)).write_bytes(gzip.decompress(file.read_bytes()))
    (folder / FILE).write_bytes(shipped.joinpath(FILE).read_bytes())
