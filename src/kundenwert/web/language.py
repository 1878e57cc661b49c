"""Which language and which numbers a reader gets: those of the account, else those of the browser, else German."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import lazy

from kundenwert.reports.language import LANGUAGES, Language

COOKIE = "kundenwert-language"
_current: ContextVar[tuple[str, str]] = ContextVar("language", default=("de", ""))


@lru_cache(maxsize=8)
def _language(code: str, numbers: str) -> Language:
    return Language(code, numbers)


def current() -> Language:
    """The language of the page that is being made."""
    return _language(*_current.get())


def use(code: str, numbers: str = "") -> Language:
    """Sets the language of the page that is being made, for our words and for those of Django and allauth."""
    chosen = (code if code in LANGUAGES else "de", numbers if numbers in LANGUAGES else "")
    _current.set(chosen)
    translation.activate(chosen[0])
    return current()


def _said(message: str) -> str:
    return current().text(message)


# A text that is made when it is shown, for labels of forms: they are written before the reader is known.
later = lazy(_said, str)


class LanguageMiddleware:
    """Sets language and numbers for the time of one request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = use(*chosen(request))
        response = self.get_response(request)
        response.headers["Content-Language"] = language.code
        return response


def chosen(request: HttpRequest) -> tuple[str, str]:
    """Language and numbers for the one who asks; numbers "" are those of the language."""
    user = request.user
    if user.is_authenticated:
        return user.language, user.numbers
    kept = request.COOKIES.get(COOKIE, "")
    return (kept if kept in LANGUAGES else translation.get_language_from_request(request)), ""


__all__ = ["COOKIE", "Language", "LanguageMiddleware", "chosen", "current", "later", "use"]
