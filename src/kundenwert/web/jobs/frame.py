"""What every page tells of jobs: the one that this reader started and that still runs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kundenwert.web.jobs.models import RUNNING, WAITING, Job


def running_job(request: HttpRequest) -> dict[str, Any]:
    """For all templates: `running_job`, asked for with one question, and only by pages that show the frame."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"running_job": None}

    def find() -> Job | None:
        return Job.objects.filter(by=user.pk, state__in=(WAITING, RUNNING)).defer("arguments", "log").order_by("created").first()

    return {"running_job": SimpleLazyObject(find)}
