"""Jobs in the reader's words: what a phase is called, how long something took, what a job waits for."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from kundenwert.reports.language import UNKNOWN, Language
from kundenwert.web.jobs.models import CANCELLED, DONE, FAILED, RUNNING, WAITING, Job

# Phases of flows that name a file, a table or a day. A test reads the flows: none of their phases may be missing here.
PATTERNS = (
    "Reading {name} ({table})",
    "Reading {name}",
    "Checking {table}",
    "Writing {name}",
    "Going back to {day}",
    "Forecasting from {day} and {n} later days",
    "Forecasting from {day}",
    "Measures of {name}",
)
_PLACE = re.compile(r"\\\{(\w+)\\\}")
_MATCHES = tuple((text, re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(text)))) for text in PATTERNS)
STATE_WORDS = {WAITING: "waiting", RUNNING: "running", DONE: "done", FAILED: "failed", CANCELLED: "cancelled"}
HEADINGS = {
    WAITING: "{title}: waiting to begin",
    RUNNING: "{title}: {phase}",
    DONE: "{title}: done in {span}",
    FAILED: "{title} failed",
    CANCELLED: "{title} was cancelled",
}


def phase(text: str, language: Language) -> str:
    """The name of a phase; one that no language knows stays as the flow wrote it."""
    if language.knows(text):
        return language.text(text)
    for pattern, match in _MATCHES:
        if found := match.fullmatch(text):
            return language.text(pattern, **{name: _value(name, value, language) for name, value in found.groupdict().items()})
    return text


def _value(name: str, value: str, language: Language) -> str:
    if name == "day":
        with contextlib.suppress(ValueError):
            return language.date(date.fromisoformat(value))
    if name == "table":
        from kundenwert.reports._basis import table_name

        return table_name(value, language)
    return value


def span(seconds: float | None, language: Language) -> str:
    """12 s, 3 min 20 s, 1 h 5 min."""
    if seconds is None:
        return UNKNOWN
    if seconds < 10:
        return language.text("{n} s", n=language.number(seconds, 1))
    whole = round(seconds)
    if whole < 60:
        return language.text("{n} s", n=whole)
    if whole < 3600:
        return language.text("{m} min {n} s", m=whole // 60, n=whole % 60) if whole % 60 else language.text("{m} min", m=whole // 60)
    return language.text("{h} h {m} min", h=whole // 3600, m=whole % 3600 // 60)


def title(job: Job, language: Language) -> str:
    """What the job does."""
    return _told(job.title, job.words, language)


def heading(job: Job, language: Language) -> str:
    """The finding of a job's page."""
    took = (job.ended - job.started).total_seconds() if job.ended and job.started else None
    return language.text(HEADINGS[job.state], title=title(job, language), phase=now(job, language), span=span(took, language))


def now(job: Job, language: Language) -> str:
    """The phase that runs, in words."""
    running = [one for one in job.phases if not one["is_over"]]
    if not running:
        return language.text("running")
    words = phase(running[-1]["text"], language)
    return words[:1].lower() + words[1:] if language.code == "en" else words


def state(job: Job, language: Language) -> str:
    """One word for the list."""
    return language.text(STATE_WORDS[job.state])


def log(job: Job, language: Language) -> list[dict[str, Any]]:
    """The lines of the log, oldest first: what was done with the job. What it did itself are its phases."""
    lines = [(job.created, language.text("Put into the queue"))]
    if job.started:
        lines.append((job.started, language.text("Begun") if job.attempt < 2 else language.text("Begun, attempt {n}", n=job.attempt)))
    lines += [(datetime.fromisoformat(line["at"]), _told(line["text"], line.get("values", {}), language)) for line in job.log]
    if job.ended:
        lines.append((job.ended, language.text("Ended: {state}", state=state(job, language))))
    return [{"at": timezone.localtime(at), "text": text} for at, text in sorted(lines, key=lambda line: line[0])]


def _told(text: str, values: Mapping[str, Any], language: Language) -> str:
    try:
        return language.text(text, **values)
    except (KeyError, IndexError, ValueError, TypeError):
        return text
