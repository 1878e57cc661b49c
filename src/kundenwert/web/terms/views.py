"""The page of the words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kundenwert.web.language import current
from kundenwert.web.terms.words import groups


def terms(request: HttpRequest) -> HttpResponse:
    """All words in their groups; it needs no project."""
    return render(request, "terms/terms.html", {"groups": groups(current())})
