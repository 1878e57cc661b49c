"""Files of a large customer list that are missing are made by a job, which prepares all pages of the run; the page says so and asks again.

Where no worker is at hand, or the job was cancelled, a thread beside the page makes them.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from django.utils import timezone

from kundenwert.errors import KundenwertError
from kundenwert.flows import customer_list, prepared
from kundenwert.web.jobs import preparation

AGAIN_SECONDS = 3
_LOG = logging.getLogger("kundenwert.web")
_RUNNING: dict[tuple[Path, str], threading.Thread] = {}
_GUARD = threading.Lock()


def is_preparing(project: Path, run: str, customers: int) -> bool:
    """Whether the list of a run has to be waited for; if so somebody is making it from now on."""
    if customers < prepared.MANY or customer_list.at_hand(project, run):
        return False
    if _has_worker() and (preparation.begin(project) or preparation.is_under_way(project)):
        return True
    place = (project.resolve(), run)
    with _GUARD:
        if place not in _RUNNING or not _RUNNING[place].is_alive():
            _RUNNING[place] = threading.Thread(target=_make, args=place, daemon=True, name="customer list")
            _RUNNING[place].start()
    return True


def _has_worker() -> bool:
    from kundenwert.web.jobs.models import Worker
    from kundenwert.web.jobs.orphans import SILENCE

    return Worker.objects.filter(heartbeat__gt=timezone.now() - SILENCE).exists()


def _make(project: Path, run: str) -> None:
    try:
        customer_list.build(project, run)
    except KundenwertError as error:
        # The page tries again and shows what is wrong where it can; the log has the kind alone.
        _LOG.warning("the customer list could not be laid out: %s", type(error).__name__)
