"""How long a job still takes, going by the last one of its kind in its project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from kundenwert.web.jobs.models import DONE, RUNNING, Job


@dataclass(frozen=True)
class Rest:
    """rest: seconds to go, at least 0. last: seconds the earlier job took. at: when that one ended."""

    rest: float
    last: float
    at: datetime


def rest(job: Job) -> Rest | None:
    """None: the job does not run, or no earlier one is known."""
    if job.state != RUNNING or job.started is None:
        return None
    earlier = (
        Job.objects.filter(kind=job.kind, project=job.project, state=DONE)
        .exclude(started=None)
        .order_by("-ended")
        .only("phases", "started", "ended")
        .first()
    )
    if earlier is None or earlier.started is None or earlier.ended is None:
        return None
    took = (earlier.ended - earlier.started).total_seconds()
    return Rest(max(0.0, took - _reached(job, earlier, took)), took, earlier.ended)


def _reached(job: Job, earlier: Job, took: float) -> float:
    """How far the job is, in seconds of the earlier one: its phases that are over, and of the one that runs no more than it took then."""
    then: dict[str, float] = {one["text"]: one["seconds"] for one in earlier.phases if not one["is_part"]}
    mine = [one for one in job.phases if not one["is_part"]]
    now = timezone.now()
    if not mine or any(one["text"] not in then for one in mine):
        # Other phases than last time: only the time that has passed can be compared.
        return (now - job.started).total_seconds() if job.started else 0.0
    reached = sum(then[one["text"]] for one in mine if one["is_over"])
    for one in mine:
        if not one["is_over"] and one["began"]:
            reached += min(then[one["text"]], (now - datetime.fromisoformat(one["began"])).total_seconds())
    return reached
