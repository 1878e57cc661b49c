"""What nobody needs any more: tickets of jobs that are over, jobs of last year, sessions that have expired."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from kundenwert.web.jobs.models import CANCELLED, DONE, FAILED, Job

TICKETS, JOBS = timedelta(days=7), timedelta(days=365)


def tidy() -> None:
    """Removes them; what waits or runs is never touched."""
    now = timezone.now()
    ended = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)
    DBTaskResult.objects.filter(status__in=ended, enqueued_at__lt=now - TICKETS).delete()
    Job.objects.filter(state__in=(DONE, FAILED, CANCELLED), created__lt=now - JOBS).delete()
    call_command("clearsessions", verbosity=0)
