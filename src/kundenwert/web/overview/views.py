"""What the customer base is worth."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def overview(request: HttpRequest) -> HttpResponse:
    """The base on one page."""
    room = request.room  # type: ignore[attr-defined]
    room.needs_run()
    return render(request, "overview/overview.html", {"totals": room.manifest["totals"]})
