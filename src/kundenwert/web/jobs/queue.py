"""From start to end of a job: who may take it, and how it is told that it ended. Every change is one that only one process can win."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from kundenwert.web.jobs import kind as kinds
from kundenwert.web.jobs.models import CANCELLED, DONE, FAILED, RUNNING, WAITING, Job, Schedule, Worker
from kundenwert.web.jobs.tasks import work

# A ticket that cannot be taken now (its project is busy) lets those behind it pass; so many are looked at.
_LOOK = 50


def start(
    kind: str,
    project: Path | str | None,
    by: Any,
    *,
    title: str = "",
    words: Mapping[str, Any] | None = None,
    schedule: Schedule | None = None,
    lock: str = "",
    **arguments: Any,
) -> Job:
    """Puts a job in the queue and gives it back; a worker takes it within about a second.

    project: the folder, None without one. by: the account that starts it. title: an English sentence with a German entry and
    {places}, filled with `words`; without it the title of the kind. lock: of the jobs with one lock only one runs at a time; an exclusive
    kind has the project's. Raises UnknownName for a kind that does not exist.
    """
    found = kinds.find(kind)
    folder = str(project) if project is not None else ""
    job = Job(kind=kind, title=title or found.title, words=dict(words or {}), project=folder, arguments=arguments, by=by, schedule=schedule)
    job.lock = folder if found.is_exclusive else lock
    with transaction.atomic():
        job.ticket = UUID(work.enqueue(str(job.id)).id)
        job.save()
    return job


def cancel(job: Job) -> None:
    """Ends a job that waits; asks the worker of one that runs to end it."""
    with transaction.atomic():
        if Job.objects.filter(pk=job.pk, state=WAITING).update(state=CANCELLED, cancel_wanted=True, ended=timezone.now()):
            _end_ticket(job, was_good=True)
        else:
            Job.objects.filter(pk=job.pk, state=RUNNING).update(cancel_wanted=True)


def claim(worker: Worker) -> Job | None:
    """Takes the first job that may run now, for this worker alone. None: there is nothing to do."""
    tickets = DBTaskResult.objects.ready().filter(task_path=work.module_path)
    if not tickets.exists():  # the common case costs no lock
        return None
    with exclusive_transaction():
        for ticket in tickets.select_for_update(skip_locked=True)[:_LOOK]:
            number = ticket.args_kwargs["args"][0]
            if _take(number, worker):
                ticket.claim(str(worker.pk))
                return Job.objects.select_related("by").get(pk=number)
            if not Job.objects.filter(pk=number, state=WAITING).exists():
                ticket.set_failed(LookupError("the job of this ticket does not wait"))
    return None


def _take(number: str, worker: Worker) -> bool:
    now = timezone.now()
    try:
        with transaction.atomic():
            found = Job.objects.filter(pk=number, state=WAITING).update(
                state=RUNNING,
                worker=worker,
                started=now,
                heartbeat=now,
                phases=[],
                attempt=models.F("attempt") + 1,
            )
    except IntegrityError:  # another exclusive job of this project runs
        return False
    return bool(found)


def finish(
    job: Job,
    state: str,
    *,
    result: Mapping[str, Any] | None = None,
    problems: list[dict[str, str]] | None = None,
    reason: str = "",
    mistake: str = "",
) -> bool:
    """Writes how a running job ended. False: it has ended already, or a later attempt runs; then nothing is changed."""
    changed = {
        "state": state,
        "ended": timezone.now(),
        "result": dict(result or {}),
        "problems": problems or [],
        "reason": reason,
        "mistake": mistake,
    }
    with transaction.atomic():
        found = Job.objects.filter(pk=job.pk, state=RUNNING, attempt=job.attempt).update(**changed)
        if found:
            _end_ticket(job, was_good=state in {DONE, CANCELLED})
    return bool(found)


def release(job: Job, text: str, *, has_died: bool = False) -> bool:
    """Puts a running job back into the queue, with a line in its log. False: it has ended already, or a later attempt runs.

    has_died: its worker died, which is forgiven once.
    """
    job.refresh_from_db(fields=["log"])
    job.says(text)
    with transaction.atomic():
        found = Job.objects.filter(pk=job.pk, state=RUNNING, attempt=job.attempt).update(
            state=WAITING, worker=None, started=None, log=job.log, deaths=models.F("deaths") + has_died
        )
        if found:
            DBTaskResult.objects.filter(pk=job.ticket).update(status=TaskResultStatus.READY, started_at=None)
    return bool(found)


def _end_ticket(job: Job, *, was_good: bool) -> None:
    status = TaskResultStatus.SUCCESSFUL if was_good else TaskResultStatus.FAILED
    DBTaskResult.objects.filter(pk=job.ticket).update(status=status, finished_at=timezone.now())


__all__ = ["CANCELLED", "DONE", "FAILED", "cancel", "claim", "finish", "release", "start"]
