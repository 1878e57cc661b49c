"""The first start: as long as there is no account every page leads to the one that makes the administrator."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path

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
        _write(file, secrets.token_urlsafe(18))
    return str(file.read_text(encoding="utf-8").strip())


def _write(file: Path, text: str) -> None:
    """Readable by its owner alone from its first moment; of two processes the first one's key counts."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)


def is_right(given: str) -> bool:
    """Whether the key is the one the server printed at its start."""
    return hmac.compare_digest(given.strip().encode(), key().encode())


def forget_key() -> None:
    """The key has done its work."""
    (settings.HOME.folder / _KEY).unlink(missing_ok=True)


def announcement() -> str:
    """What the terminal says at a start: the key, as long as somebody needs it; else nothing."""
    forget()
    return f"No account yet. Key for the first one: {key()}" if settings.PUBLIC_URL and is_first() else ""


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
