"""One of the two examples that ship with the product, valued and opened: a real wholesaler's sales lines, or an invented company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from kundenwert.flows.progress import Progress
from kundenwert.web.jobs.kind import Kind


def run(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> dict[str, Any]:
    """arguments: `parent`, the folder for it; `company`: the invented one; `language` of its report."""
    from django.urls import reverse

    from kundenwert.flows.demo import demo
    from kundenwert.flows.prepared import prepare
    from kundenwert.web.workspace.known import know

    made = demo(
        Path(arguments["parent"]), clock=clock, progress=progress, language=arguments.get("language"), company=bool(arguments["company"])
    )
    prepare(made.folder.parents[1], made.folder.name, progress=progress)
    entry = know(made.folder.parents[1])
    return {"run": made.folder.name, "project": entry.pk, "next": reverse("workspace:visit", args=[entry.pk])}


PLUGIN = Kind("example", "Example", run, can_resume=True)
