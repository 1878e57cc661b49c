"""A plan, made from the wishes of the planner; or the planner made ready for a large run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from kundenwert.flows.progress import Progress
from kundenwert.web.jobs.kind import Kind


def run(arguments: Mapping[str, Any], progress: Progress, clock: datetime) -> dict[str, Any]:
    """arguments: `name`, a section [plans.NAME] or a decision; `run`; `flags` as `flows.plans.plan` takes them, None: only make ready, for
    `span` if it is another one than the file's.
    """
    from django.urls import reverse

    from kundenwert.flows import plan_preview, plans

    project, name = Path(arguments["project"]), str(arguments["name"])
    if arguments["flags"] is None:
        plan_preview.build(project, arguments["run"], name, span=arguments.get("span", ""), progress=progress)
        return {"next": reverse("plans:planner")}
    made = plans.plan(project, name, {**arguments["flags"], "run": arguments["run"]}, clock=clock, progress=progress)
    return {"plan": made.name, "next": reverse("plans:plan", args=[made.name])}


PLUGIN = Kind("plan", "Plan", run, can_resume=True)
