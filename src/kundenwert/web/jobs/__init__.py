"""Work that takes longer than a page: jobs with progress, cancel and log.

`start` puts a job in the queue; `python -m kundenwert.web.worker` takes it and runs its kind (one file in `kinds`) in a process of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from kundenwert.web.jobs.models import Job


def start(kind: str, project: Path | str | None, by: Any, **arguments: Any) -> Job:
    """See `kundenwert.web.jobs.queue.start`; this one can be imported before Django is ready."""
    from kundenwert.web.jobs import queue

    return queue.start(kind, project, by, **arguments)
