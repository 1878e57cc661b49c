"""Repeat purchases week by week: what a fit of an earlier day expected, and what came. Shows seasons and events the model cannot know."""

from __future__ import annotations

from kundenwert.records import Tracking
from kundenwert.reports.charts._course import ahead, draw
from kundenwert.reports.charts._theme import Headings, Spec
from kundenwert.reports.language import Language


def tracking(tracking: Tracking, lang: str = "en", *, width: int = 560) -> Spec:
    """The course by week. tracking: weeks with what was expected and what came; from its origin on nothing was known."""
    language = Language(lang)
    return draw(
        tracking,
        tracking.actual,
        tracking.expected,
        _headings(tracking, language),
        language.text("Repeat purchases a week"),
        language,
        width,
    )


def _headings(tracking: Tracking, language: Language) -> Headings:
    text, day = language.text, language.date(tracking.origin)
    expected, came = ahead(tracking)
    known = {"day": day, "expected": round(expected), "came": came}
    message = (
        text("After {day} {came} repeat purchases came; {expected} were expected", **known)
        if came or expected
        else text("How the weeks ran up to {day}", **known)
    )
    title = text("Repeat purchases by week of the customers known on {day}", day=day)
    return Headings(message, title, text("Two lines by week, what came and what was expected. {message}.", message=message))


PLUGIN = tracking
