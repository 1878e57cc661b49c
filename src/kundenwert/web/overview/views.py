"""What the customer base is worth, why that changed, who carries it, what is to be done, how far the forecast holds."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kundenwert.flows import overview as flow
from kundenwert.web.overview import words
from kundenwert.web.overview.course import band, columns


def overview(request: HttpRequest) -> HttpResponse:
    """The base on one page."""
    room = request.room  # type: ignore[attr-defined]
    page, language, manifest = flow.overview(room.project, room.needs_run()), room.language, room.manifest
    days = words.comparable(page)
    measure, currency = ("clv", room.currency) if page["in_money"] else ("expected_purchases", "")
    return render(
        request,
        "overview/overview.html",
        {
            "page": page,
            "as_of_words": language.date(page["as_of"]),
            "heading": words.heading(page, manifest, language),
            "lead": words.lead(page, manifest, language),
            "figure": words.figure(page, manifest, language),
            "course_heading": words.course_heading(page, manifest, language),
            "course": columns(days, measure, currency, language) if len(days) > 1 else "",
            "alone": band(page["interval"], currency, language) if page["interval"] else "",
            "bridge": words.bridge(page, manifest, language),
            "why_no_bridge": words.why_no_bridge(page, language),
            "alerts": words.alerts(page, manifest, language),
            "classes": words.classes(page, manifest, language),
            "stages": words.stages(page, language),
            "quality": words.quality(page, language),
        },
    )
