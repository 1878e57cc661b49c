"""Jobs in templates, `{% load jobs %}`: words for a job and its phases, spans of time, the part that repeats a job."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from kundenwert.web.language import current

register = template.Library()


@register.filter
def job_title(job: Any) -> str:
    """What the job does."""
    from kundenwert.web.jobs import wording

    return wording.title(job, current())


@register.filter
def job_heading(job: Any) -> str:
    """The finding of the page of a job."""
    from kundenwert.web.jobs import wording

    return wording.heading(job, current())


@register.filter
def job_state(job: Any) -> str:
    """running, done ..."""
    from kundenwert.web.jobs import wording

    return wording.state(job, current())


@register.filter
def job_log(job: Any) -> list[dict[str, Any]]:
    """The lines of the log."""
    from kundenwert.web.jobs import wording

    return wording.log(job, current())


@register.filter
def phase_words(text: str) -> str:
    """The name of a phase."""
    from kundenwert.web.jobs import wording

    return wording.phase(text, current())


@register.filter
def seconds(value: float | None) -> str:
    """3 min 20 s."""
    from kundenwert.web.jobs import wording

    return wording.span(value, current())


@register.filter
def moment_seconds(value: Any) -> str:
    """Day and time to the second, for logs."""
    return f"{current().date(value.date())}, {value:%H:%M:%S}"


@register.filter
def day_of(value: Any) -> str:
    """The day of a moment, in the zone of the server."""
    return current().date(timezone.localtime(value).date())


@register.filter
def took(job: Any) -> float | None:
    """Seconds from begin to end; None before the end."""
    return (job.ended - job.started).total_seconds() if job.ended and job.started else None


@register.filter
def said(text: str) -> str:
    """An English sentence that was kept, in the reader's language."""
    return current().text(text) if text else ""


@register.filter
def told(problems: list[dict[str, str]]) -> list[dict[str, str]]:
    """Problems that were kept with a job, in the reader's language."""
    from kundenwert.web.problems import told as in_words

    return in_words(problems)


@register.filter
def of(key: str, mapping: dict[str, str]) -> str:
    """{{ job.project|of:titles }}"""
    return mapping.get(key, "")


@register.filter
def schedule_words(schedule: Any) -> str:
    """Every Monday at 05:00."""
    from kundenwert.web.jobs.forms import in_words

    return in_words(schedule)


@register.filter
def schedule_title(schedule: Any) -> str:
    """What is repeated, as the title of its kind."""
    from kundenwert.errors import UnknownName
    from kundenwert.web.jobs import kind as kinds

    try:
        return kinds.find(schedule.kind).title
    except UnknownName:
        return str(schedule.kind)


@register.inclusion_tag("jobs/_schedule.html", takes_context=True)
def schedule_of(context: template.Context, kind: str) -> dict[str, Any]:
    """{% schedule_of "valuation" %}: when this kind is repeated for the open project, and the form to change it."""
    from kundenwert.web.jobs.forms import ScheduleForm
    from kundenwert.web.jobs.models import Schedule

    request = context["request"]
    project = str(request.room.project)
    kept = Schedule.objects.filter(kind=kind, project=project).first()
    form = ScheduleForm(instance=kept or Schedule(kind=kind, project=project))
    return {
        "form": form,
        "schedule": kept,
        "kind_name": kind,
        "request": request,
        "back": request.path,
        "csrf_token": context["csrf_token"],
    }
