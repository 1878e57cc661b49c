"""The jobs: which there are, how far one is, and what is repeated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from kundenwert.errors import UnknownName
from kundenwert.web.jobs import estimate, schedules
from kundenwert.web.jobs import kind as kinds
from kundenwert.web.jobs.forms import ScheduleForm
from kundenwert.web.jobs.models import DONE, FAILED, RUNNING, WAITING, Job, Schedule, Worker
from kundenwert.web.jobs.orphans import SILENCE
from kundenwert.web.rights import ADMIN, MANAGER

# The list shows so many; what is older is of no use to anybody who looks for his job.
SHOWN = 100
_SEE_ALL = {MANAGER, ADMIN}


def visible(user: Any) -> QuerySet[Job]:
    """The jobs a person may see: managers and administrators all, everybody else his own."""
    jobs = Job.objects.select_related("by")
    return jobs if user.role in _SEE_ALL else jobs.filter(by=user)


@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """What runs and waits first, then what ended, newest first."""
    order = Case(When(state=RUNNING, then=Value(0)), When(state=WAITING, then=Value(1)), default=Value(2), output_field=IntegerField())
    found = list(visible(request.user).defer("phases", "log", "arguments").order_by(order, "-created")[:SHOWN])
    count = {state: sum(job.state == state for job in found) for state in (RUNNING, WAITING, FAILED)}
    content = {"jobs": found, "running": count[RUNNING], "waiting": count[WAITING], "sees_all": request.user.role in _SEE_ALL}  # type: ignore[union-attr]
    repeated = _schedules(request)
    return render(request, "jobs/list.html", {**content, "titles": _titles([*found, *repeated]), "schedules": repeated})


def _titles(found: Sequence[Job | Schedule]) -> dict[str, str]:
    from kundenwert.web.workspace.models import Project

    folders = {one.project for one in found if one.project}
    return dict(Project.objects.filter(folder__in=folders).values_list("folder", "title")) if folders else {}


def _schedules(request: HttpRequest) -> list[Schedule]:
    found = Schedule.objects.select_related("owner").order_by("next")
    return list(found if request.user.role in _SEE_ALL else found.filter(owner=request.user.pk))  # type: ignore[union-attr]


@require_GET
def job(request: HttpRequest, number: UUID) -> HttpResponse:
    """One job; the part with its progress asks for itself anew every second as long as it runs."""
    return render(request, "jobs/job.html", _content(request, number))


@require_GET
def progress(request: HttpRequest, number: UUID) -> HttpResponse:
    """The part of the page that changes."""
    return render(request, "jobs/_progress.html", {**_content(request, number), "is_part": True})


def _content(request: HttpRequest, number: UUID) -> dict[str, Any]:
    found = get_object_or_404(visible(request.user), pk=number)
    rows = [one for one in found.phases if not one["is_part"]]
    now = timezone.now()
    for one in found.phases:
        if not one["is_over"] and one["began"]:
            one["seconds"] = max(0.0, (now - datetime.fromisoformat(one["began"])).total_seconds())
    return {
        "job": found,
        "longest": max((one["seconds"] for one in rows), default=0.0),
        "rest": estimate.rest(found),
        "waits_for": _waits_for(found) if found.state == WAITING else "",
        "project_title": _titles([found]).get(found.project, ""),
        "elapsed": (now - found.started).total_seconds() if found.state == RUNNING and found.started else None,
    }


def _waits_for(job: Job) -> str:
    """Why a job has not begun, as an English sentence with a German entry."""
    if not Worker.objects.filter(heartbeat__gt=timezone.now() - SILENCE).exists():
        return "No worker is running, so nothing begins. Ask your administrator to start it."
    if job.lock and Job.objects.filter(lock=job.lock, state=RUNNING).exists():
        return "Another job of this project is running. This one begins when that one is over."
    if Job.objects.filter(state=RUNNING).exists():
        return "Other jobs are running. This one begins as soon as one of them is over."
    return "It begins within seconds."


@require_POST
def cancel(request: HttpRequest, number: UUID) -> HttpResponse:
    """Ends a job that waits or runs."""
    found = get_object_or_404(visible(request.user), pk=number)
    found.cancel()
    return redirect("jobs:job", number)


@require_GET
def notice(request: HttpRequest, number: UUID) -> HttpResponse:
    """The line on every page of whoever started a job: how far it is, and once that it is over."""
    return render(request, "jobs/_notice.html", {"running_job": get_object_or_404(visible(request.user), pk=number)})


def schedule(request: HttpRequest, kind: str) -> HttpResponse:
    """When a kind of job is repeated for the open project."""
    project, found = str(request.room.project), _repeatable(kind)  # type: ignore[attr-defined]
    kept = Schedule.objects.filter(kind=kind, project=project).first()
    form = ScheduleForm(request.POST or None, instance=kept or Schedule(kind=kind, project=project))
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made.owner, made.is_enabled = request.user, True  # type: ignore[assignment]
        schedules.keep(made)
        return redirect(_back(request))
    return render(request, "jobs/schedule.html", {"form": form, "schedule": kept, "kind": found, "back": _back(request)})


@require_POST
def unschedule(request: HttpRequest, number: int) -> HttpResponse:
    """Ends a repetition: of one's own, or any as manager or administrator."""
    found = get_object_or_404(Schedule, pk=number)
    if found.owner_id != request.user.pk and request.user.role not in _SEE_ALL:  # type: ignore[union-attr]
        raise PermissionDenied
    found.delete()
    return redirect(_back(request))


def _repeatable(kind: str) -> kinds.Kind:
    try:
        found = kinds.find(kind)
    except UnknownName as error:
        raise Http404 from error
    if not found.can_repeat:
        raise Http404
    return found


def _back(request: HttpRequest) -> str:
    address = request.POST.get("next") or request.GET.get("next") or ""
    # A path of ours; `redirect` would take other words for names of addresses.
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours else "/jobs/"


__all__ = ["DONE", "cancel", "job", "jobs", "notice", "progress", "schedule", "unschedule", "visible"]
