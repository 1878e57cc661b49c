"""Looks through the files of a waiting import for a person who was erased meanwhile, and removes it if it names that person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kundenwert.flows.progress import Progress
from kundenwert.web.jobs.kind import Kind


def run(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> dict[str, Any]:
    """arguments: `draft`, the number of the import."""
    from django.urls import reverse

    from kundenwert.web.imports.erased import forget
    from kundenwert.web.imports.models import OPEN, ImportDraft

    entry = ImportDraft.objects.filter(pk=arguments["draft"], state=OPEN).first()
    with progress.phase("Looking through the waiting files"):
        is_removed = entry is not None and forget(entry)
    return {"removed": is_removed, "next": reverse("imports:start")}


PLUGIN = Kind("erased_imports", "Erased persons in waiting files", run, can_resume=True)
