"""Does the jobs: python -m kundenwert.web.worker. Several workers may run; no two of them do one job.

Each job runs in a process of its own, so that it can be ended and gives its memory back. This process only watches: it takes jobs from
the queue, passes on the wish to cancel, gives a sign of life, and looks after jobs whose worker died.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kundenwert.errors import Problem, SettingsError

if TYPE_CHECKING:
    from kundenwert.web.jobs.models import Job, Worker

# How many jobs a worker does at the same time; the machine's memory is shared by them.
SLOTS = "KUNDENWERT_JOBS"
CHILD = (sys.executable, "-m", "kundenwert.web.jobs.child")
PAUSE_SECONDS = 0.5
BEAT_SECONDS = 3.0
LOOK_SECONDS = 5.0
TIDY_SECONDS = 3600.0
# An erasure on the command line is heeded by waiting imports within so long.
ERASED_SECONDS = 60.0
# A process that was told to end and does not is ended for good.
PATIENCE_SECONDS = 10.0
_LOG = logging.getLogger("kundenwert.web")


@dataclass
class Child:
    """A job and the process that does it; `told` is when it was told to end."""

    job: Job
    process: subprocess.Popen[bytes]
    told: float | None = None


@dataclass
class Watch:
    """The state of one worker: who it is and what it has in hand."""

    worker: Worker
    slots: int
    children: list[Child] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    due: dict[str, float] = field(default_factory=dict)

    def is_due(self, what: str, seconds: float) -> bool:
        """Whether `what` was last done at least so long ago; notes that it is done now."""
        now = time.monotonic()
        if now < self.due.get(what, 0.0):
            return False
        self.due[what] = now + seconds
        return True


def main(argv: list[str]) -> int:
    """Works until it is told to stop. --with-parent: also ends when the pipe at its standard input is closed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundenwert.web.settings")
    import django

    django.setup()
    from kundenwert.web.jobs.models import Worker

    watch = Watch(Worker(host=socket.gethostname()[:255], pid=os.getpid()), slots=slots())
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: watch.stop.set())
    if "--with-parent" in argv:
        threading.Thread(target=_stop_with_parent, args=(watch,), daemon=True).start()
    run(watch)
    return 0


def slots() -> int:
    """How many jobs at the same time. Raises SettingsError."""
    told = os.environ.get(SLOTS, "2")
    if told.isdigit() and int(told) > 0:
        return int(told)
    raise SettingsError(Problem(f"{SLOTS} is {told!r}.", "a whole number from 1", "Set it to 1 on a machine with little memory."))


def run(watch: Watch) -> None:
    """Turns until the wish to stop; then lets go of the jobs in hand."""
    from django.db import DatabaseError, close_old_connections

    while not watch.stop.is_set():
        try:
            close_old_connections()
            turn(watch)
        except DatabaseError as error:
            # The database is away for a moment: jobs in hand go on, and the next turn tries again.
            _LOG.warning("worker: the database does not answer (%s)", type(error).__name__)
        watch.stop.wait(PAUSE_SECONDS)
    let_go(watch)


def turn(watch: Watch) -> None:
    """One look at everything a worker looks after."""
    from kundenwert.web.imports import erased
    from kundenwert.web.jobs import orphans, preparation, queue, schedules, tidy

    if watch.is_due("beat", BEAT_SECONDS):
        beat(watch)
    look_at_children(watch)
    if watch.is_due("orphans", LOOK_SECONDS):
        orphans.look(watch.worker)
        schedules.start_due()
    if watch.is_due("erased", ERASED_SECONDS):
        erased.look()
    if watch.is_due("tidy", TIDY_SECONDS):
        tidy.tidy()
    while len(watch.children) < watch.slots and not watch.stop.is_set():
        job = queue.claim(watch.worker)
        if job is None and not watch.children and watch.is_due("preparation", LOOK_SECONDS) and preparation.look():
            continue
        if job is None:
            return
        watch.children.append(Child(job, begin(job)))


def beat(watch: Watch) -> None:
    """The sign of life of the worker and of its jobs."""
    from django.utils import timezone

    from kundenwert.web.jobs.models import RUNNING, Job, Worker

    now = timezone.now()
    if not Worker.objects.filter(pk=watch.worker.pk).update(heartbeat=now):
        # The first time; or another worker took this one for dead because the machine slept, and now it is here again.
        watch.worker.heartbeat = now
        watch.worker.save(force_insert=True)
    if watch.children:
        Job.objects.filter(worker=watch.worker, state=RUNNING).update(heartbeat=now)


def begin(job: Job) -> subprocess.Popen[bytes]:
    """The process for a job. What it says of itself goes to the log of the server, its standard input tells it that we live."""
    return subprocess.Popen([*CHILD, str(job.pk)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)


def look_at_children(watch: Watch) -> None:
    """Ends those that shall be cancelled, and keeps how those ended that did not say it themselves."""
    from kundenwert.web.jobs.models import RUNNING, Job

    if not watch.children:
        return
    known = Job.objects.filter(pk__in=[child.job.pk for child in watch.children]).values_list("pk", "state", "attempt", "cancel_wanted")
    states = {pk: (state, attempt, wanted) for pk, state, attempt, wanted in known}
    for child in list(watch.children):
        state, attempt, is_cancelled = states.get(child.job.pk, ("", -1, False))
        is_ours = state == RUNNING and attempt == child.job.attempt
        if child.process.poll() is not None:
            watch.children.remove(child)
            if is_ours:
                ended(child, is_cancelled=is_cancelled)
        elif is_cancelled or attempt != child.job.attempt:
            end(child)


def ended(child: Child, *, is_cancelled: bool) -> None:
    """A process is over and its job is not."""
    from kundenwert.web.jobs import queue

    if is_cancelled:
        queue.finish(child.job, queue.CANCELLED)
    else:
        _LOG.error("job %s: its process ended with code %s", child.job.pk, child.process.returncode)
        queue.finish(child.job, queue.FAILED, reason="The process of this job was ended from outside. Often the machine is out of memory.")


def end(child: Child) -> None:
    """Tells a process to end; one that does not within some seconds is ended for good."""
    if child.told is None:
        child.told = time.monotonic()
        child.process.terminate()
    elif time.monotonic() - child.told > PATIENCE_SECONDS:
        child.process.kill()


def let_go(watch: Watch) -> None:
    """Before the worker stops: its jobs go back to the queue if they can start anew, else they are marked failed."""
    from django.db import DatabaseError

    from kundenwert.web.jobs import orphans

    for child in watch.children:
        end(child)
    until = time.monotonic() + PATIENCE_SECONDS / 2
    for child in watch.children:
        _gone(child.process, until)
    try:
        for child in watch.children:
            child.job.refresh_from_db(fields=["cancel_wanted"])
            orphans.hand_back(child.job)
        watch.worker.delete()
    except DatabaseError as error:
        # The next worker finds what is left.
        _LOG.warning("worker: the database does not answer (%s)", type(error).__name__)


def _gone(process: subprocess.Popen[bytes], until: float) -> None:
    try:
        process.wait(max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _stop_with_parent(watch: Watch) -> None:
    while os.read(0, 1):
        pass
    watch.stop.set()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
