"""Values a project from the files it names, and makes the run its current one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kundenwert.flows.progress import Progress
from kundenwert.web.jobs.kind import Kind


def run(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> dict[str, Any]:
    """arguments: none of its own. Files that patterns of the project file meet are read anew each time."""
    from django.urls import reverse

    from kundenwert.flows.prepared import prepare
    from kundenwert.flows.run import run as run_flow
    from kundenwert.web.workspace.known import know

    made = run_flow(arguments["project"], {}, clock=clock, progress=progress)
    prepare(arguments["project"], made.folder.name, progress=progress)
    entry = know(arguments["project"])
    return {"run": made.folder.name, "is_current": made.is_current, "next": reverse("workspace:visit", args=[entry.pk])}


PLUGIN = Kind("valuation", "Valuation", run, is_exclusive=True, can_resume=True, can_repeat=True)
