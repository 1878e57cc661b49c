"""The one task of the queue: do a job."""

from __future__ import annotations

from django_tasks import task


@task()
def work(job: str) -> None:
    """Does the job of that id in this process. The worker takes the tickets itself and does each job in a process of its own."""
    from kundenwert.web.jobs.child import do

    do(job)
