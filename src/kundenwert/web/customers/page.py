"""The page of one customer, and what people do there: rate, note, look at the invoice lines, take the sheet with them.

A customer of somebody else and one that nobody knows give the same answer, from the same look into the customer records.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kundenwert.errors import DataError, UnknownName
from kundenwert.flows import customer_page
from kundenwert.flows.customer_quick import LINES, booked_lines, find
from kundenwert.flows.register import rate as record_rating
from kundenwert.web import marks
from kundenwert.web.audit_trail import audit_export, audit_read
from kundenwert.web.customers import notes
from kundenwert.web.language import current
from kundenwert.web.problems import problems_of
from kundenwert.web.rights import EXPORT, RATE

# What each phase looks like (app.css).
_STAGES = {"acquisition": "neu", "development": "aufbau", "retention": "stamm", "win_back": "ruhend", "risk": "risiko"}


@never_cache
@require_GET
def customer(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The page. Its second part comes by itself after the first picture; without script by a link."""
    return _page(request, customer_id)


@never_cache
@require_GET
def more(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The second part: result, reasons, points, contacts, group."""
    room = _room(request)
    room.needs_run()
    with _hidden():
        found = customer_page.the_rest(room.project, customer_id, room.language, managers=room.scope.managers)
    audit_read(request, found["id"])
    return render(request, "customers/customer_more.html", _rest(request, found))


@never_cache
@require_GET
def lines(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The invoice lines behind what was booked."""
    room = _room(request)
    room.needs_run()
    year, page = _whole(request.GET.get("year")), max(_whole(request.GET.get("page")) or 1, 1)
    with _hidden():
        found = booked_lines(room.project, customer_id, year=year, page=page, managers=room.scope.managers)
    audit_read(request, found.customer, "invoice lines")
    pages = max(-(-found.count // LINES), 1)
    if page > pages:
        raise Http404
    content = {"found": found, "year": year, "page": page, "pages": pages, "before": page - 1, "after": page + 1 if page < pages else 0}
    return render(request, "customers/customer_lines.html", content)


@never_cache
@require_POST
def rate(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Records a rating with its reason; what is wrong is told beside the form, with what was typed."""
    room = _room(request)
    room.needs_run()
    customer_id = _found(request, customer_id)
    given = {name: request.POST.get(name, "") for name in ("criterion", "points", "reason")}
    try:
        record_rating(
            room.project,
            customer_id,
            given["criterion"],
            given["points"],
            reason=given["reason"],
            by=str(request.user),
            clock=timezone.now(),
        )
    except DataError as error:
        return _page(request, customer_id, rating=given, problems=problems_of(error), status=422)
    messages.success(request, room.language.text("Your rating is recorded. It counts from the next valuation on."))
    return _back(customer_id, "points")


@never_cache
@require_POST
def note(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Adds a note. Notes are never changed."""
    room = _room(request)
    room.needs_run()
    customer_id = _found(request, customer_id)
    text = request.POST.get("text", "")
    if problem := notes.add(room.entry, customer_id, str(request.user), text):
        return _page(request, customer_id, note_text=text, note_problem=room.language.text(problem), status=422)
    return _back(customer_id, "notes")


@never_cache
@require_GET
def sheet(request: HttpRequest, customer_id: str) -> HttpResponse:
    """The sheet of the account as PDF."""
    room = _room(request)
    room.needs_run()
    customer_id = _found(request, customer_id)
    made = customer_page.sheet(room.project, customer_id, room.language, managers=room.scope.managers)
    audit_export(request, "account sheet", 1, customer_id=customer_id)
    name = quote(f"{customer_id}.pdf", safe="")
    return HttpResponse(made, content_type="application/pdf", headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


# ---- parts ------------------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, customer_id: str, *, status: int = 200, **typed: Any) -> HttpResponse:
    room = _room(request)
    room.needs_run()
    with _hidden():
        found = customer_page.first_picture(room.project, customer_id, room.language, managers=room.scope.managers)
        wants_all = "all" in request.GET or "problems" in typed
        rest = customer_page.the_rest(room.project, customer_id, room.language, managers=room.scope.managers) if wants_all else None
    audit_read(request, found["id"])
    content = {
        **_shown(found),
        **typed,
        "rest": _rest(request, rest, **typed) if rest else None,
        "notes": notes.of(room.entry, found["id"]),
        "may_rate": RATE.test(request.user),
        "may_export": EXPORT.test(request.user) and found["is_valued"],
    }
    return render(request, "customers/customer.html", content, status=status)


def _shown(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the template needs beside the data: looks, and the waterfall in the cells."""
    steps = [marks.Step(row.amount, row.is_sum, _LOOKS.get(row.kind, "ac")) for row in found["rows"]]
    facts = [{**fact, "stage_look": _STAGES.get(fact.get("stage_look", ""), "")} for fact in found["facts"]]
    check = current().money(found["check"], found["currency"]) if found["check"] is not None else ""
    return {"c": found, "check": check, "facts": facts, "rows": list(zip(found["rows"], marks.waterfall(steps), strict=True))}


# What was booked is solid, what is expected hatched: form says it, not colour.
_LOOKS = {"booked": "ac", "cost": "ac", "expected": "fc", "added": "fc"}


def _rest(request: HttpRequest, found: Mapping[str, Any], **typed: Any) -> dict[str, Any]:
    room = _room(request)
    return {
        "r": found,
        "criteria": customer_page.criteria_of(room.project, room.language),
        "may_rate": RATE.test(request.user) and found["is_valued"],
        **typed,
    }


def _found(request: HttpRequest, customer_id: str) -> str:
    room = _room(request)
    with _hidden():
        return find(room.project, customer_id, managers=room.scope.managers)


class _hidden:
    """Turns an unknown customer into a missing page, which says nothing of who exists."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, UnknownName):
            raise Http404 from None


def _back(customer_id: str, place: str) -> HttpResponse:
    answer = redirect("customers:customer", customer_id)
    answer["Location"] += f"#{place}"
    return answer


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def _room(request: HttpRequest) -> Any:
    return request.room  # type: ignore[attr-defined]
