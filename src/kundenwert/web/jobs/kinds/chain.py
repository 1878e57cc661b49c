"""Goes through the whole audit log of a project: whether any entry, row or certificate was changed, added or taken away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kundenwert.flows.progress import Progress
from kundenwert.web.jobs.kind import Kind


def run(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> dict[str, Any]:
    """Raises DataError with every trace of a change."""
    from django.urls import reverse

    from kundenwert.flows.audit import check

    with progress.phase("Checking the log") as phase:
        phase.rows = check(arguments["project"])
    return {"entries": phase.rows, "next": reverse("administration:audit")}


PLUGIN = Kind("chain", "Check of the audit log", run, can_resume=True)
