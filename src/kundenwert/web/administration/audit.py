"""The audit log of the open project: who decided, looked and took out what; whether anything was changed; what is due."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kundenwert.flows import audit as flow
from kundenwert.flows.audit_page import AuditPage, Wanted, audit_page
from kundenwert.web.accounts.models import User
from kundenwert.web.administration import chain
from kundenwert.web.audit_trail import audit_export
from kundenwert.web.jobs.models import FAILED
from kundenwert.web.language import current
from kundenwert.web.problems import told

# What the log calls a decision, and what people read. Words of the log that are missing here are shown as they are.
ACTIONS = {
    "define": "Value defined",
    "rate": "Rated",
    "object": "Objected",
    "withdraw objection": "Objection withdrawn",
    "consent": "Consent",
    "erase": "Erased",
    "certify erasure": "Erasure certified",
    "approve plan": "Plan approved",
    "submit plan": "Plan submitted",
    "read": "Looked at",
    "export": "Taken out",
    "release": "Evaluation released",
    "withdraw release": "Release withdrawn",
    "change weights": "Weights changed",
    "describe actions": "Actions described",
    "return plan": "Plan returned",
    "reidentify": "Pseudonym resolved",
}
# The words with which screens and files note themselves (`audit_trail`).
WHATS = {
    "customer": "page of the customer",
    "invoice lines": "invoice lines",
    "records": "records of the customer result",
    "account sheet": "account sheet",
    "customer list": "customer list",
    "visit list": "visit list",
    "plan as csv": "plan as CSV",
    "plan as xlsx": "plan as workbook",
    "portfolio_xlsx": "portfolio as workbook",
    "result_xlsx": "customer result as workbook",
    "result_pdf": "customer result as PDF",
    "audit log": "audit log",
}
# With this name a valuation stands in the log.
_VALUATION = "run"
_MOST = 100_000
_SECONDS = len("2026-09-30T14:05:00")


def audit(request: HttpRequest) -> HttpResponse:
    """A page of the log with its filters, and the calendar of retention."""
    room: Any = request.room  # type: ignore[attr-defined]
    wanted = asked(request.GET)
    found = _page(request, wanted)
    context = {
        "page": found,
        "lines": list(
            zip(
                found.entries,
                (_by(one.by) for one in found.entries),
                (said(one.action) for one in found.entries),
                (_detail(word) for word in found.details),
                strict=True,
            )
        ),
        "wanted": wanted,
        "checked": chain.last(room.project),
        "days": {name: request.GET.get(name, "")[:10] for name in ("first", "last")},
        "actions": [(code, current().text(words)) for code, words in ACTIONS.items()],
        "people": list(User.objects.order_by("name")),
        "older": _query(request, before=found.entries[-1].number) if found.has_more else "",
        "kept": list(flow.retention(room.project, today=timezone.localdate())) if request.GET.get("retention") else None,
    }
    return render(request, "administration/audit.html", context)


def asked(values: Any) -> Wanted:
    """The filters of an address; what cannot be read is left out."""
    number = str(values.get("before", ""))
    return Wanted(
        action=str(values.get("action", ""))[:80],
        by=str(values.get("by", ""))[:254],
        customer=str(values.get("customer", "")).strip()[:200],
        first=_midnight(values.get("first", "")),
        last=_midnight(values.get("last", ""), after=1),
        before=int(number) if number.isdecimal() and len(number) < 16 else None,
    )


def _midnight(day: str, *, after: int = 0) -> str:
    """The moment at which a day of the reader begins, or ends (`after` = 1), in UTC; "" for what is no day."""
    try:
        begin = datetime.combine(date.fromisoformat(day) + timedelta(days=after), time(), timezone.get_current_timezone())
        return (begin - timedelta(seconds=after)).astimezone(UTC).isoformat()[:_SECONDS]
    except (ValueError, OverflowError):
        return ""


def _page(request: HttpRequest, wanted: Wanted, size: int = 50) -> AuditPage:
    room: Any = request.room  # type: ignore[attr-defined]
    return audit_page(room.project, wanted, people=User.objects.values_list("email", flat=True), size=size)


def said(action: str) -> str:
    """An action in the reader's words."""
    words = ACTIONS.get(action)
    return current().text(words) if words else action


def _by(name: str) -> str:
    """Who did it: a person, or a valuation that noted its definition."""
    return current().text("the valuation") if name == _VALUATION else name


def _detail(word: str) -> str:
    return current().text(WHATS[word]) if word in WHATS else word


def _query(request: HttpRequest, **more: Any) -> str:
    values = request.GET.copy()
    for name, value in more.items():
        values[name] = str(value)
    return values.urlencode()


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Goes through the whole chain and says in words what was found; of a long log, when it is found."""
    room: Any = request.room  # type: ignore[attr-defined]
    job = chain.begin(room.project, request.user)
    if not job.is_over:
        return redirect("jobs:job", job.pk)
    if job.state == FAILED:
        what = " ".join(f"{one['place']}: {one['came']}" if one["place"] else one["came"] for one in told(job.problems))
        messages.error(request, current().text("The log was changed: {what}", what=what))
    return redirect("administration:audit")


def export(request: HttpRequest) -> HttpResponse:
    """The entries that fit, as CSV; the export is an entry of its own."""
    found = _page(request, asked(request.GET), size=_MOST)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer, delimiter=";" if current().code == "de" else ",")
    head = ("Entry", "Time (UTC)", "Person", "Action", "Customer")
    writer.writerow([current().text(word) for word in head])
    for one in found.entries:
        writer.writerow([one.number, one.at, *(_safe(word) for word in (_by(one.by), said(one.action), one.customer))])
    audit_export(request, "audit log", len(found.entries))
    return answer


def _safe(word: str) -> str:
    """No formula when a spreadsheet opens it."""
    return "'" + word if word[:1] in {"=", "+", "-", "@", "\t", "\r"} else word
