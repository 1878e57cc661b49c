"""The check of the log for gaps and changes: a short log at once, a long one as a job; how the last one ended is kept as a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import timezone

from kundenwert.errors import DataError
from kundenwert.flows.progress import Progress
from kundenwert.register.book import Register
from kundenwert.web.jobs import kind as kinds
from kundenwert.web.jobs import queue
from kundenwert.web.jobs.models import DONE, FAILED, RUNNING, WAITING, Job
from kundenwert.web.problems import raw

KIND = "chain"
# About half a second of work; beyond it people see how far it is.
AT_ONCE_BYTES = 5_000_000


def last(project: Path) -> Job | None:
    """The newest check of a project's log that ended with a verdict, or runs now."""
    found: Job | None = Job.objects.filter(kind=KIND, project=str(project), state__in=(DONE, FAILED, RUNNING, WAITING)).first()
    return found


def begin(project: Path, by: Any) -> Job:
    """Checks the log: the job it gives back is over where the log is short, else it waits for a worker or runs already."""
    log = Register(project).audit_file
    if not log.is_file() or log.stat().st_size <= AT_ONCE_BYTES:
        return _at_once(project, by)
    known = last(project)
    return known if known is not None and not known.is_over else queue.start(KIND, project, by)


def _at_once(project: Path, by: Any) -> Job:
    kind, began = kinds.find(KIND), timezone.now()
    job = Job(kind=KIND, title=kind.title, project=str(project), by=by, ticket=uuid4(), created=began, started=began, attempt=1)
    try:
        job.result, job.state = dict(kind.run({"project": project, "by": by.email}, Progress(), began)), DONE
    except DataError as error:
        job.problems, job.state = raw(error), FAILED
    job.ended = timezone.now()
    job.save()
    return job
