"""Reads, checks and reconciles; nothing is valued and nothing is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.engines import open_engine
from kundenwert.flows.company_ledger import as_json as company_as_json
from kundenwert.flows.contact_data import contact_data, is_told
from kundenwert.flows.duplicates import find_duplicates
from kundenwert.flows.ledger import bridge_as_json
from kundenwert.flows.load import Loaded, load
from kundenwert.flows.project import read, settings_with
from kundenwert.flows.readiness import as_json as readiness_as_json
from kundenwert.flows.readiness import readiness
from kundenwert.flows.reading import Input, with_content
from kundenwert.runs import storage

if TYPE_CHECKING:
    from kundenwert.engines._engine import Engine
    from kundenwert.flows.progress import Progress
    from kundenwert.settings import Settings


def check_files(inputs: Sequence[Input], flags: Mapping[str, Any], *, progress: Progress, rejects: Path | None = None) -> Loaded:
    """Checks files on their own. rejects: a CSV file for every record that cannot be booked.

    Which table a file holds says `flows.company_files.sorted_inputs`.
    """
    return check_inputs(inputs, settings_with(flags), progress=progress, rejects=rejects)


def check_project(folder: Path, flags: Mapping[str, Any], *, progress: Progress, rejects: Path | None = None) -> Loaded:
    """Checks the sources of a project with its settings. rejects: a CSV file for every record that cannot be booked."""
    project = read(folder, flags)
    return check_inputs(project.inputs, project.settings, progress=progress, rejects=rejects)


def check_inputs(
    inputs: Sequence[Input],
    settings: Settings,
    *,
    progress: Progress,
    rejects: Path | None = None,
    look: Callable[[Engine, Loaded], None] | None = None,
) -> Loaded:
    """Checks inputs with given settings. look: sees the engine while it still holds the lines."""
    spill = Path(settings.spill) if settings.spill else None
    with (
        tempfile.TemporaryDirectory(prefix="kundenwert-") as scratch,
        open_engine(spill=spill, memory=settings.memory or None, threads=settings.threads or None) as engine,
    ):
        loaded = load(engine, [with_content(item) for item in inputs], settings, scratch=Path(scratch), progress=progress)
        loaded = replace(_with_customers_looked_at(engine, loaded), readiness=readiness(engine, loaded))
        if rejects:
            with storage.told(rejects):
                rejects.parent.mkdir(parents=True, exist_ok=True)
            with storage.building(rejects.parent, "rejects") as building:
                step = "tables/company/rejects_text.sql" if loaded.company else "tables/rejects_text.sql"
                engine.write_csv(building / rejects.name, step, delimiter=";")
                with storage.told(rejects):
                    storage.rename(building / rejects.name, rejects)
        if look:
            look(engine, loaded)
        return loaded


def _with_customers_looked_at(engine: Engine, loaded: Loaded) -> Loaded:
    """With the duplicates among customer records, and those by which nobody is reached."""
    if loaded.company is None or loaded.company.of("customers") is None:
        return loaded
    reached = contact_data(engine) if is_told(loaded) else None
    return replace(loaded, company=replace(loaded.company, duplicates=find_duplicates(engine), contact_data=reached))


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
        "rejects": [asdict(reject) for reject in loaded.rejects],
        "warnings": [{"key": notice.key, "text": str(notice)} for notice in loaded.all_notices],
        **({"readiness": readiness_as_json(loaded.readiness)} if loaded.readiness else {}),
        **({"company": company_as_json(loaded.company)} if loaded.company else {}),
    }
