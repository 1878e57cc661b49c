"""The process that does one job: python -m kundenwert.web.jobs.child JOB. Its worker can end it at any moment.

Its standard input is a pipe held by the worker: when that ends, the worker is dead, and this process ends itself at once, so that the
next attempt does not work beside it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundenwert.errors import KundenwertError

if TYPE_CHECKING:
    from kundenwert.web.jobs.models import Job

# Seconds between the tries to keep how a job ended.
PAUSES = (0.5, 1, 2, 4, 8, 16, 32)


def main(number: str) -> None:
    """Does the job of that id and ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundenwert.web.settings")
    end_with_parent()
    # As an exception, so that flows tidy up what is half built.
    signal.signal(signal.SIGTERM, _stop)
    # Ctrl-C in the terminal of the worker is for the worker.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import django

    django.setup()
    do(number)


def do(number: str) -> None:
    """Runs the kind of a job that is claimed and keeps how it ended."""
    from django.db import DatabaseError

    from kundenwert.web import language
    from kundenwert.web.jobs import kind as kinds
    from kundenwert.web.jobs import queue
    from kundenwert.web.jobs.models import RUNNING, Job
    from kundenwert.web.jobs.progress import Reporter
    from kundenwert.web.workspace.erase import forget_erased

    job = Job.objects.select_related("by").get(pk=number)

    def write(phases: list[dict[str, Any]]) -> None:
        # Progress may be lost while the database is away; the work goes on.
        with contextlib.suppress(DatabaseError):
            Job.objects.filter(pk=job.pk, state=RUNNING, attempt=job.attempt).update(phases=phases)

    if job.by:
        # What flows say of problems is for whoever started the job.
        language.use(job.by.language, job.by.numbers)
    try:
        kind = kinds.find(job.kind)
        with Reporter(write) as progress:
            result = kind.run(_arguments(job), progress, datetime.now(UTC))
        _finish(job, queue.DONE, result=result)
    except KundenwertError as error:
        _problems(job, error)
    except Exception as error:  # noqa: BLE001 (whatever fails is told to whoever started it)
        _mistake(job, error)
    if job.project:
        # Somebody may have been erased on the command line since the last job.
        forget_erased(Path(job.project))


def _finish(job: Job, state: str, **told: Any) -> None:
    """Keeps the end of a job; a database that is away for a minute does not cost the work of an hour."""
    from django.db import DatabaseError, connection

    from kundenwert.web.jobs import queue

    for pause in PAUSES:
        try:
            queue.finish(job, state, **told)
            return
        except DatabaseError:
            connection.close_if_unusable_or_obsolete()
            time.sleep(pause)
    queue.finish(job, state, **told)


def _arguments(job: Job) -> Mapping[str, Any]:
    return {**job.arguments, "project": Path(job.project) if job.project else None, "by": job.by.email if job.by else ""}


def _problems(job: Job, error: KundenwertError) -> None:
    from kundenwert.web.jobs import queue
    from kundenwert.web.problems import raw

    # As flows write them: whoever opens the page of the job reads them in his own language.
    _finish(job, queue.FAILED, problems=raw(error))


def _mistake(job: Job, error: Exception) -> None:
    from kundenwert.web.jobs import queue
    from kundenwert.web.jobs.mistake import number_of

    if isinstance(error, MemoryError):
        _finish(job, queue.FAILED, reason="The machine ran out of memory.")
    else:
        _finish(job, queue.FAILED, mistake=number_of(error))


def end_with_parent() -> None:
    """Ends this process as soon as the pipe at its standard input is closed, which happens whenever its parent dies."""
    threading.Thread(target=_wait_for_end, name="parent", daemon=True).start()


def _wait_for_end() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


def _stop(signum: int, frame: object) -> None:
    raise SystemExit(128 + signum)


if __name__ == "__main__":
    main(sys.argv[1])
