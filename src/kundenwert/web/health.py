"""Whether the app is well, for proxies and monitors: /health answers before sessions, rights and languages."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse

from kundenwert import __version__

PATH = "/health"
_GB = 1e9


class HealthMiddleware:
    """Answers /health: 200 if the database answers, else 503. It tells version, worker and disk, and nothing of the data."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return health() if request.path == PATH else self.get_response(request)


def health() -> HttpResponse:
    """Asks the database for its tables and for the last sign of life of a worker, and the folder of the app for its room."""
    from django.conf import settings
    from django.db import DatabaseError
    from django.db.migrations.recorder import MigrationRecorder
    from django.utils import timezone

    from kundenwert.web.jobs.models import Worker

    content = {"well": False, "version": __version__}
    try:
        content["well"] = MigrationRecorder.Migration.objects.exists()
        beat = Worker.objects.order_by("-heartbeat").values_list("heartbeat", flat=True).first()
        content["worker"] = _worker(beat, timezone.now())
        content["disk"] = _disk(settings.HOME.folder)
    except DatabaseError:
        content["well"] = False
    answer = JsonResponse(content, status=200 if content["well"] else 503)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _worker(beat: datetime | None, now: datetime) -> str:
    """For monitors, so in plain English."""
    if beat is None:
        return "no worker has given a sign of life: jobs wait"
    seconds = max(0, round((now - beat).total_seconds()))
    from kundenwert.web.jobs.orphans import SILENCE

    silent = ": jobs wait" if seconds > SILENCE.total_seconds() else ""
    return f"last sign of life {seconds} s ago{silent}"


def _disk(folder: Path) -> str:
    try:
        return f"{shutil.disk_usage(folder).free / _GB:,.1f} GB free"
    except OSError:
        return "not known"
