"""Makes ready what screens keep of a large run that was not made by the app, such as one of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kundenwert.flows.progress import Progress
from kundenwert.web.jobs.kind import Kind


def run(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> dict[str, Any]:
    """arguments: `run`. What is ready already costs nothing; a run that is gone needs nothing any more."""
    from django.urls import reverse

    from kundenwert.flows.prepared import prepare
    from kundenwert.runs import store
    from kundenwert.web.workspace.models import Project

    if arguments["run"] in store.names(arguments["project"]):
        prepare(arguments["project"], arguments["run"], progress=progress)
    entry = Project.objects.filter(folder=str(arguments["project"])).first()
    return {"run": arguments["run"], **({"next": reverse("workspace:visit", args=[entry.pk])} if entry else {})}


PLUGIN = Kind("preparation", "Preparing the pages", run, can_resume=True)
