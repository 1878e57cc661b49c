"""Reads, checks and reconciles; nothing is valued and nothing is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.flows.ledger import bridge_as_json
from kundenwert.flows.load import Loaded, load
from kundenwert.flows.project import read, settings_with
from kundenwert.flows.reading import Input, with_content

if TYPE_CHECKING:
    from kundenwert.flows.progress import Progress


def check_files(inputs: Sequence[Input], flags: Mapping[str, Any], *, progress: Progress) -> Loaded:
    """Checks files on their own."""
    return _check(inputs, settings_with(flags), progress=progress)


def check_project(folder: Path, flags: Mapping[str, Any], *, progress: Progress) -> Loaded:
    """Checks the sources of a project with its settings."""
    project = read(folder, flags)
    return _check(project.inputs, project.settings, progress=progress)


def _check(inputs: Sequence[Input], settings: Any, *, progress: Progress) -> Loaded:
    spill = Path(settings.spill) if settings.spill else None
    with (
        tempfile.TemporaryDirectory(prefix="kundenwert-") as scratch,
        open_engine(spill=spill, memory=settings.memory or None, threads=settings.threads or None) as engine,
    ):
        return load(engine, [with_content(item) for item in inputs], settings, scratch=Path(scratch), progress=progress)


def as_json(loaded: Loaded) -> dict[str, Any]:
    """Lines, classes with counts and totals, flags, difference, and how each file was read."""
    return {
        **bridge_as_json(loaded.reconcile()),
        "currency": loaded.currency,
        "files": [
            {
                **asdict(entry.file),
                "format": [dict(fact) for fact in entry.facts],
                "columns": [dict(guess) for guess in entry.guesses],
                "unmapped": list(entry.unmapped),
            }
            for entry in loaded.files
        ],
        "warnings": [{"key": notice.key, "text": str(notice)} for notice in loaded.notices],
    }
