"""Jobs whose worker died: begun anew once if their kind can, else marked failed, with the reason."""

from __future__ import annotations

import os
import socket
import sys
from datetime import timedelta

from django.utils import timezone

from kundenwert.errors import UnknownName
from kundenwert.web.jobs import kind as kinds
from kundenwert.web.jobs import queue
from kundenwert.web.jobs.models import RUNNING, Job, Worker

# A worker gives a sign of life every 3 seconds; one that is silent for so long is dead, or its machine sleeps.
SILENCE = timedelta(seconds=30)
DIED = "The worker that did this job ended unexpectedly."
TWICE = "The worker that did this job ended unexpectedly, twice. Often the machine is out of memory."
ANEW = "The worker ended unexpectedly; the job begins anew."
STOPPED = "The server was stopped while the job was running."
STOPPED_ANEW = "The server was stopped; the job begins anew."


def look(me: Worker) -> None:
    """Finds workers that died, and what they left."""
    for worker in Worker.objects.exclude(pk=me.pk):
        if is_dead(worker):
            for job in Job.objects.filter(worker=worker, state=RUNNING):
                take_care(job)
            worker.delete()
    # Jobs whose worker is not known any more; a fresh one may just be taken by a worker that this look did not see.
    for job in Job.objects.filter(state=RUNNING, worker=None, heartbeat__lt=timezone.now() - SILENCE):
        take_care(job)


def is_dead(worker: Worker) -> bool:
    """Whether a worker is silent for too long, or its process is gone from this machine."""
    if timezone.now() - worker.heartbeat > SILENCE:
        return True
    # A process of our own number that is not us: a container that was started again counts from the same number.
    return worker.host == socket.gethostname()[:255] and (worker.pid == os.getpid() or is_gone(worker.pid))


def is_gone(pid: int) -> bool:
    """Whether no process has that number. Where asking would end it (Windows) the answer is no."""
    if sys.platform == "win32":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def take_care(job: Job) -> None:
    """Begins a job anew whose worker died, or says why not."""
    if job.cancel_wanted:
        queue.finish(job, queue.CANCELLED)
    elif _can_resume(job) and not job.deaths:
        queue.release(job, ANEW, has_died=True)
    else:
        queue.finish(job, queue.FAILED, reason=TWICE if job.deaths else DIED)


def hand_back(job: Job) -> None:
    """A worker that stops in order puts its job back; that does not count as a death."""
    if job.cancel_wanted:
        queue.finish(job, queue.CANCELLED)
    elif _can_resume(job):
        queue.release(job, STOPPED_ANEW)
    else:
        queue.finish(job, queue.FAILED, reason=STOPPED)


def _can_resume(job: Job) -> bool:
    try:
        return kinds.find(job.kind).can_resume
    except UnknownName:
        return False
