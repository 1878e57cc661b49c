"""Runs that were not made by the app, such as those of the command line: a worker with nothing to do prepares them, each once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from django_tasks_db.utils import exclusive_transaction

from kundenwert.errors import KundenwertError
from kundenwert.flows import index, prepared
from kundenwert.register.book import Register
from kundenwert.runs import store
from kundenwert.web.jobs import queue
from kundenwert.web.jobs.models import RUNNING, WAITING, Job
from kundenwert.web.workspace.models import Project

KIND = "preparation"
# A job that has not begun by then stands behind others: the reader does not wait for it.
PATIENCE = timedelta(seconds=15)
_LOG = logging.getLogger("kundenwert.web")
# Of each project: what was there at the last look, and what was missing then. A look that finds the same asks no further.
_SEEN: dict[str, tuple[object, tuple[str, str]]] = {}
_GUARD = threading.Lock()


def look() -> list[Job]:
    """Begins what is missing in the projects that the app knows and that no other job works on."""
    begun = []
    busy = set(Job.objects.filter(state__in=(WAITING, RUNNING)).values_list("project", flat=True))
    for folder in Project.objects.values_list("folder", flat=True):
        if folder not in busy and (job := begin(Path(folder))):
            begun.append(job)
    return begun


def begin(project: Path) -> Job | None:
    """Puts the preparation of a project's current run into the queue; None where nothing is missing or it was begun before.

    What was cancelled or has failed is not begun again before the run, an erasure or the program changes something.
    """
    try:
        run, state = _missing(project)
    except (KundenwertError, OSError, ValueError, KeyError) as error:
        # A project that cannot be read tells so on its own pages.
        _LOG.warning("a project could not be looked at: %s", type(error).__name__)
        return None
    known = Job.objects.filter(kind=KIND, project=str(project), arguments__state=state)
    if not state or known.exists():
        return None
    with exclusive_transaction():
        # Whoever has the project's row looks once more: of several workers and readers one begins.
        if not list(Project.objects.select_for_update().filter(folder=str(project))) or known.exists():
            return None
        return queue.start(KIND, project, None, lock=f"{project}/{KIND}", run=run, state=state)


def is_under_way(project: Path) -> bool:
    """Whether the preparation of a project runs or is about to, so that a reader only has to wait for it."""
    jobs = Job.objects.filter(kind=KIND, project=str(project))
    return jobs.filter(state=RUNNING).exists() or jobs.filter(state=WAITING, created__gt=timezone.now() - PATIENCE).exists()


def _missing(project: Path) -> tuple[str, str]:
    """The current run and the state in which something of it is missing; "" where nothing is."""
    run = store.current(project) or ""
    key = (prepared.MANY, run, *_changes(project, run))
    with _GUARD:
        seen = _SEEN.get(str(project))
    if seen is not None and seen[0] == key:
        return seen[1]
    found = (run, prepared.missing(project, run) if run else "")
    with _GUARD:
        _SEEN[str(project)] = (key, found)
    return found


def _changes(project: Path, run: str) -> Iterator[int]:
    """When last was changed what the answer depends on."""
    kept = index.folder_of(project, run)
    for path in (
        store.runs_folder(project),
        store.runs_folder(project) / run / "manifest.json",
        Register(project).table_file("erased"),
        kept,
    ):
        yield path.stat().st_mtime_ns if path.exists() else 0
