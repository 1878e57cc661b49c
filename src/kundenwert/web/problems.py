"""What people see when something is wrong: what came, what was expected, what to do; never a trace."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kundenwert.errors import KundenwertError

_LOG = logging.getLogger("kundenwert.web")


class ProblemsMiddleware:
    """Problems that flows name become a page that says what to do; mistakes of ours become a number to report."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """None leaves the error to Django (missing pages, refused rights)."""
        if isinstance(error, KundenwertError):
            return render(request, "problems.html", {"problems": problems_of(error)}, status=422)
        return None


def problems_of(error: KundenwertError) -> list[dict[str, str]]:
    """The problems of an error as the template shows them."""
    found = getattr(error, "problems", ())
    if not found:
        return [{"came": str(error), "expected": "", "remedy": ""}]
    return [{"came": one.came, "expected": one.expected, "remedy": one.remedy, "place": place(one)} for one in found]


def place(problem: object) -> str:
    """File and line of a problem, as far as known; no folder."""
    file, line = getattr(problem, "file", None), getattr(problem, "line", None)
    return ", ".join(str(part) for part in (Path(file).name if file else "", line or "") if part)


def _show(request: HttpRequest, template: str, status: int, **content: Any) -> HttpResponse:
    """A page that tells of an error; also where the request ended before anybody asked who it is from."""
    if not hasattr(request, "user"):
        request.user = AnonymousUser()
    if not hasattr(request, "session"):
        request.session = {}  # type: ignore[assignment]
    return render(request, template, content, status=status)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is no such page, or not for this reader."""
    return _show(request, "404.html", 404)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The reader's role does not include this page."""
    return _show(request, "403.html", 403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request cannot be read."""
    return _show(request, "400.html", 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old, or came from elsewhere."""
    return _show(request, "csrf.html", 403)


def broken(request: HttpRequest) -> HttpResponse:
    """A mistake of ours: the reader gets a number, the log the number and the place, no value."""
    import sys

    number = secrets.token_hex(4)
    _, error, trace = sys.exc_info()
    frames = traceback.extract_tb(trace)
    where = frames[-1] if frames else None
    place = f"{where.name}, {Path(where.filename).name} line {where.lineno}" if where else "unknown place"
    _LOG.error("mistake %s: %s in %s", number, type(error).__name__, place)
    try:
        return _show(request, "500.html", 500, number=number)
    except Exception as second:  # noqa: BLE001 (the page that tells of a mistake must not fail)
        _LOG.error("mistake %s: the page that tells of it failed too: %s", number, type(second).__name__)
        return HttpResponse(f"kundenwert: {number}", status=500, content_type="text/plain; charset=utf-8")
