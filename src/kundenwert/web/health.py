"""Whether the app is well, for proxies and monitors: /health answers before sessions, rights and languages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from kundenwert import __version__

PATH = "/health"


class HealthMiddleware:
    """Answers /health: 200 if the database answers, else 503. It tells the version and nothing of the data."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return health() if request.path == PATH else self.get_response(request)


def health() -> HttpResponse:
    """Asks the database for nothing but an answer."""
    from django.db import DatabaseError
    from django.db.migrations.recorder import MigrationRecorder

    try:
        is_well = MigrationRecorder.Migration.objects.exists()
    except DatabaseError:
        is_well = False
    answer = JsonResponse({"well": is_well, "version": __version__}, status=200 if is_well else 503)
    answer.headers["Cache-Control"] = "no-store"
    return answer
