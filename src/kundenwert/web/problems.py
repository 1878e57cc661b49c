"""What people see when something is wrong: what came, what was expected, what to do; never a trace."""

from __future__ import annotations

import logging
import re
import secrets
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kundenwert.errors import KundenwertError, Problem
from kundenwert.reports.language import Language
from kundenwert.reports.language import problems as catalogue
from kundenwert.web.language import current

_LINE = re.compile(r"(?P<file>.*), line (?P<number>\d+)", re.DOTALL)
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


def problems_of(error: KundenwertError, language: Language | None = None, table: str = "") -> list[dict[str, str]]:
    """The problems of an error as the template shows them, in the reader's words. table: what the file at hand holds, if one is."""
    return told(raw(error), language, table)


def problem(one: Problem, language: Language | None = None, table: str = "") -> dict[str, str]:
    """One problem as the template shows it."""
    return told([_parts(one)], language, table)[0]


def raw(error: KundenwertError) -> list[dict[str, str]]:
    """The problems of an error as flows wrote them: to be kept, and told to each reader in his own words."""
    found = getattr(error, "problems", ())
    return [_parts(one) for one in found] or [{"came": str(error), "expected": "", "remedy": "", "place": ""}]


def told(problems: Iterable[Mapping[str, str]], language: Language | None = None, table: str = "") -> list[dict[str, str]]:
    """Problems that were kept, in the words of a reader."""
    reader = language or current()
    return [
        {name: _placed(text, reader) if name == "place" else said(text, reader, table) for name, text in one.items()} for one in problems
    ]


def said(text: str, language: Language | None = None, table: str = "") -> str:
    """A text of a flow in the words of a reader; without a language in those of the page that is being made."""
    reader = language or current()
    return catalogue.told(reader, text, label_of(reader, table))


def label_of(language: Language, table: str = "") -> catalogue.Label:
    """Words for fields of tables, which flows call by their short names."""
    from kundenwert.web.imports.labels import ROLES, TABLES, role_label

    def label(name: str, value: str) -> str | None:
        if name == "role" and value in ROLES:
            return language.text(role_label(table, value))
        return language.text(TABLES[value]) if name == "table" and value in TABLES else None

    return label


def _parts(one: Problem) -> dict[str, str]:
    return {"came": one.came, "expected": one.expected, "remedy": one.remedy, "place": place(one)}


def place(problem: object) -> str:
    """File and line of a problem, as far as known; no folder."""
    file, line = getattr(problem, "file", None), getattr(problem, "line", None)
    name = Path(file).name if file else ""
    return f"{name}, line {line}" if name and line else name


def _placed(text: str, language: Language) -> str:
    """The place of a problem in the reader's words."""
    found = _LINE.fullmatch(text)
    return language.text("{file}, line {number}", file=found["file"], number=int(found["number"])) if found else text


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
