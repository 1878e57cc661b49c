"""What is repeated: when it is due next, and how it is started once, also with two workers."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kundenwert.web.jobs.models import DAY, MONTH, RUNNING, WAITING, WEEK, Job, Schedule
from kundenwert.web.jobs.queue import start
from kundenwert.web.rights import CHANGE


def next_after(schedule: Schedule, moment: datetime) -> datetime:
    """The first time the schedule is due after `moment`, at its hour in the time zone of the server."""
    zone = ZoneInfo(settings.TIME_ZONE)
    day = moment.astimezone(zone).date()
    while True:
        day = _day_from(schedule, day)
        due = datetime.combine(day, time(schedule.hour), tzinfo=zone)
        if due > moment:
            return due
        day += timedelta(days=1)


def _day_from(schedule: Schedule, day: date) -> date:
    """The first day from `day` on that the schedule means."""
    if schedule.every == DAY:
        return day
    if schedule.every == WEEK:
        return day + timedelta(days=(schedule.day - day.isoweekday()) % 7)
    wanted = day.replace(day=_of_month(schedule.day, day))
    if wanted >= day:
        return wanted
    first = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first.replace(day=_of_month(schedule.day, first))


def _of_month(day: int, month: date) -> int:
    return min(day, calendar.monthrange(month.year, month.month)[1])


def keep(schedule: Schedule) -> None:
    """Saves it with its next time; what was missed before is not made up."""
    schedule.next = next_after(schedule, timezone.now()) if schedule.is_enabled else None
    schedule.save()


def start_due(now: datetime | None = None) -> list[Job]:
    """Starts what is due, each once, however many workers ask; several missed times are made up by one job."""
    moment = now or timezone.now()
    started = []
    for schedule in Schedule.objects.filter(is_enabled=True, next__lte=moment).select_related("owner"):
        with transaction.atomic():
            # Whoever changes `next` first has it; the others find nothing to change.
            won = Schedule.objects.filter(pk=schedule.pk, is_enabled=True, next=schedule.next).update(
                last=moment, next=next_after(schedule, moment)
            )
            if won and _may_start(schedule):
                started.append(start(schedule.kind, schedule.project, schedule.owner, schedule=schedule, **schedule.arguments))
    return started


def _may_start(schedule: Schedule) -> bool:
    """The owner must still be allowed to, and the last job must be over. Without its owner the schedule rests."""
    if not (schedule.owner and CHANGE.test(schedule.owner)):
        Schedule.objects.filter(pk=schedule.pk).update(is_enabled=False, next=None)
        return False
    return not Job.objects.filter(schedule=schedule, state__in=(WAITING, RUNNING)).exists()


__all__ = ["DAY", "MONTH", "WEEK", "keep", "next_after", "start_due"]
