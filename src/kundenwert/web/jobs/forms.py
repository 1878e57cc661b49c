"""The form of what is repeated."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from kundenwert.web.jobs.models import DAY, MONTH, WEEK, Schedule
from kundenwert.web.language import current, later

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ScheduleForm(forms.ModelForm[Schedule]):
    """How often, on which day, at which hour."""

    every = forms.ChoiceField(
        label=later("Repeat"), choices=((DAY, later("every day")), (WEEK, later("every week")), (MONTH, later("every month")))
    )
    weekday = forms.TypedChoiceField(
        label=later("Day of the week"),
        coerce=int,
        required=False,
        empty_value="",
        choices=[(number, later(word)) for number, word in enumerate(WEEKDAYS, 1)],
        help_text=later("Counts if it is repeated every week."),
    )
    monthday = forms.IntegerField(
        label=later("Day of the month"),
        required=False,
        min_value=1,
        max_value=31,
        help_text=later("Counts if it is repeated every month; in a shorter month the last day."),
    )
    hour = forms.TypedChoiceField(label=later("Hour"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)])

    class Meta:
        model = Schedule
        fields: ClassVar = ("every", "hour")

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.order_fields(("every", "weekday", "monthday", "hour"))
        self.fields["weekday"].initial = self.instance.day if self.instance.every == WEEK else 1
        self.fields["monthday"].initial = self.instance.day if self.instance.every == MONTH else 1

    def save(self, commit: bool = True) -> Schedule:  # noqa: FBT001, FBT002 (as Django has it)
        """The schedule with the day that belongs to its rhythm."""
        schedule = super().save(commit=False)
        values = self.cleaned_data
        schedule.day = values["weekday"] or 1 if schedule.every == WEEK else values["monthday"] or 1
        if commit:
            schedule.save()
        return schedule


def in_words(schedule: Schedule) -> str:
    """Every Monday at 05:00."""
    language = current()
    hour = f"{schedule.hour:02}:00"
    if schedule.every == DAY:
        return language.text("Every day at {hour}", hour=hour)
    if schedule.every == WEEK:
        return language.text("Every week on {day} at {hour}", day=language.text(WEEKDAYS[(schedule.day - 1) % 7]), hour=hour)
    return language.text("Every month on day {day} at {hour}", day=schedule.day, hour=hour)
