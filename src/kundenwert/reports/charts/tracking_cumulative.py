"""Repeat purchases added up from the first week on: what a fit of an earlier day expected, and what came."""

from __future__ import annotations

import itertools

from kundenwert.records import Tracking
from kundenwert.reports.charts._course import ahead, draw
from kundenwert.reports.charts._theme import Headings, Spec
from kundenwert.reports.language import Language


def tracking_cumulative(tracking: Tracking, lang: str = "en", *, width: int = 560) -> Spec:
    """The added-up course. tracking: weeks with what was expected and what came; from its origin on nothing was known."""
    language = Language(lang)
    came, expected = (tuple(itertools.accumulate(course)) for course in (tracking.actual, tracking.expected))
    return draw(tracking, came, expected, _headings(tracking, language), language.text("Repeat purchases so far"), language, width)


def _headings(tracking: Tracking, language: Language) -> Headings:
    text, day = language.text, language.date(tracking.origin)
    title = text("Repeat purchases added up, of the customers known on {day}", day=day)
    message = _message(tracking, language)
    return Headings(message, title, text("Two rising lines, what came and what was expected. {message}.", message=message))


def _message(tracking: Tracking, language: Language) -> str:
    """How far the forecast was off at the end of the weeks after the origin."""
    expected, came = ahead(tracking)
    weeks = sum(end > tracking.origin for end in tracking.ends)
    if not weeks or not came:
        return language.text("How purchases added up to {day}", day=language.date(tracking.origin))
    off = expected / came - 1
    if abs(off) < 0.005:
        return language.plural("After {n} week the forecast was right", "After {n} weeks the forecast was right", weeks)
    share = language.percent(abs(off), 0)
    if off > 0:
        return language.plural(
            "After {n} week the forecast was {share} too high", "After {n} weeks the forecast was {share} too high", weeks, share=share
        )
    return language.plural(
        "After {n} week the forecast was {share} too low", "After {n} weeks the forecast was {share} too low", weeks, share=share
    )


PLUGIN = tracking_cumulative
