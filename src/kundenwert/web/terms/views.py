"""The page of the words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kundenwert.reports.language.terms import groups
from kundenwert.web.language import current


def terms(request: HttpRequest) -> HttpResponse:
    """All words in their groups; it needs no project."""
    return render(request, "terms/terms.html", {"groups": groups(current())})
