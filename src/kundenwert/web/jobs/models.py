"""Jobs, the workers that do them, and what is repeated."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
STATES = tuple((state, state) for state in (WAITING, RUNNING, DONE, FAILED, CANCELLED))
DAY, WEEK, MONTH = "day", "week", "month"


class Worker(models.Model):
    """A process that does jobs. As long as it lives, its heartbeat is some seconds old."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started = models.DateTimeField(default=timezone.now)
    heartbeat = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.id)


class Job(models.Model):
    """Work that somebody started, what it has done so far, and how it ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)  # English sentence; {places} are filled with `words`
    words = models.JSONField(default=dict)
    project = models.CharField(max_length=1000, blank=True, default="")  # its folder; "" without one
    arguments = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs")
    state = models.CharField(max_length=10, choices=STATES, default=WAITING)
    lock = models.CharField(max_length=1000, blank=True, default="")  # the project, for exclusive kinds: only one of them runs
    phases = models.JSONField(default=list)  # [{text, rows, seconds, is_over, is_part, began}]
    log = models.JSONField(default=list)  # [{at, text, values}]: English sentences with places
    result = models.JSONField(default=dict)
    problems = models.JSONField(default=list)  # [{came, expected, remedy, place}], as flows write them
    reason = models.CharField(max_length=300, blank=True, default="")  # why it failed, if no problem of the data says it
    mistake = models.CharField(max_length=16, blank=True, default="")  # the number of a mistake of ours, as in the log of the server
    created = models.DateTimeField(default=timezone.now)
    started = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(null=True)
    cancel_wanted = models.BooleanField(default=False)
    attempt = models.PositiveSmallIntegerField(default=0)  # what an earlier attempt still writes is not heard
    deaths = models.PositiveSmallIntegerField(default=0)  # workers that died over it; one is forgiven
    worker = models.ForeignKey(Worker, null=True, on_delete=models.SET_NULL, related_name="jobs")
    ticket = models.UUIDField()  # its place in the queue
    schedule = models.ForeignKey("Schedule", null=True, on_delete=models.SET_NULL, related_name="jobs")

    class Meta:
        ordering: ClassVar = ["-created"]
        indexes: ClassVar = [models.Index(fields=["by", "state"]), models.Index(fields=["state"]), models.Index(fields=["-created"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lock"], condition=models.Q(state=RUNNING) & ~models.Q(lock=""), name="one_exclusive_job_a_project"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {DONE, FAILED, CANCELLED}

    @property
    def next(self) -> str:
        """The address of what came out; "" without one."""
        address = str(self.result.get("next", ""))
        return address if address.startswith("/") and not address.startswith("//") else ""

    @property
    def remedy(self) -> str:
        """What to do about the reason, as an English sentence with a German entry."""
        return "Start it once more. If that happens again, ask your administrator to look at memory and disk of the server."

    def cancel(self) -> None:
        """Ends it: at once if it waits, else as soon as its worker sees the wish, which takes about a second."""
        from kundenwert.web.jobs.queue import cancel

        cancel(self)
        self.refresh_from_db()

    def says(self, text: str, **values: Any) -> None:
        """Adds a line to the log; it is kept with the next save."""
        self.log = [*self.log, {"at": timezone.now().isoformat(), "text": text, "values": values}]


class Schedule(models.Model):
    """What is repeated: a kind of job for a project, every day, week or month at an hour of the server's time zone."""

    kind = models.CharField(max_length=40)
    project = models.CharField(max_length=1000)
    arguments = models.JSONField(default=dict)
    every = models.CharField(max_length=5, choices=((DAY, DAY), (WEEK, WEEK), (MONTH, MONTH)), default=DAY)
    day = models.PositiveSmallIntegerField(default=1)  # of the week (Monday is 1) or of the month (the last one where it is shorter)
    hour = models.PositiveSmallIntegerField(default=5)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="schedules")
    is_enabled = models.BooleanField(default=True)
    last = models.DateTimeField(null=True)
    next = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "project"], name="one_schedule_a_project")]

    def __str__(self) -> str:
        return f"{self.kind} every {self.every}"
