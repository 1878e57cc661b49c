"""The page of one customer, and the letter that answers an access request, as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kundenwert import registry
from kundenwert.errors import CallError
from kundenwert.records import Explained
from kundenwert.runs import storage

FORMATS = ("html", "pdf")


def write_customer(explained: Explained, files: Sequence[Path], *, language: str = "de", letter: bool = False) -> tuple[Path, ...]:
    """Writes the page of a customer, or the letter of information, as .html or .pdf; returns the files. Raises CallError for another
    ending, before anything is written.
    """
    for path in files:
        if path.suffix.lower().removeprefix(".") not in FORMATS:
            raise CallError(f"{path.name!r} has no known ending. Available: .html, .pdf.")
    draw = registry.load("reports", "access_letter" if letter else "customer_page")
    for path in files:
        _write(path, draw(explained, language, paper=path.suffix.lower() == ".pdf"))
    return tuple(files)


def open_points(explained: Explained) -> tuple[str, ...]:
    """What must be recorded under [privacy] before the letter says all it has to."""
    from kundenwert.reports.access_letter import open_points as found

    return found(explained)


def _write(path: Path, content: bytes) -> None:
    """The file whole or not at all."""
    with storage.told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with storage.building(path.parent, "customer") as building, storage.told(path):
        (building / path.name).write_bytes(content)
        storage.rename(building / path.name, path)
