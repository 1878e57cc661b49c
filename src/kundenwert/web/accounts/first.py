"""The first start: as long as there is no account every page leads to the one that makes the administrator."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kundenwert.web.accounts.models import User

_KEY = "first-start.key"
# An account never vanishes as a whole: once there is one, nobody asks again.
_there = False


def is_first() -> bool:
    """Whether nobody has an account yet."""
    global _there
    _there = _there or User.objects.exists()
    return not _there


def forget() -> None:
    """Asks the database again at the next request; for tests."""
    global _there
    _there = False


def key() -> str:
    """What must be known to make the first account where others can reach the app; "" on this machine alone. Kept in the home."""
    if not settings.PUBLIC_URL:
        return ""
    file = settings.HOME.folder / _KEY
    if not file.is_file():
        file.write_text(secrets.token_urlsafe(18), encoding="utf-8")
        file.chmod(0o600)
    return str(file.read_text(encoding="utf-8").strip())


def is_right(given: str) -> bool:
    """Whether the key is the one the server printed at its start."""
    return hmac.compare_digest(given.strip().encode(), key().encode())


class FirstStartMiddleware:
    """Leads to the first start as long as there is nobody who could sign in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """None lets the view run."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in {"accounts:first", "language"} or not is_first():
            return None
        return redirect("accounts:first")
