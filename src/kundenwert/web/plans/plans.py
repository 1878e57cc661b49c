"""Plans that were made: the list, one plan with its way to approval, its list on paper and as a file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kundenwert.errors import KundenwertError, StorageError, UnknownName
from kundenwert.flows import kept_plans, plan_submission
from kundenwert.flows.actions import effects_measured
from kundenwert.flows.plan_submission import APPROVED, SUBMITTED, Listed
from kundenwert.records.kept_plan import KeptPlan
from kundenwert.reports._plan_words import Told, assumes, gain_sentences, is_ranking, notices, reasons, struck
from kundenwert.reports.charts.plan_curve import plan_curve
from kundenwert.reports.language import Language
from kundenwert.web.audit_trail import audit_export
from kundenwert.web.plans import words
from kundenwert.web.problems import problems_of
from kundenwert.web.rights import allows

# So many lines stand on the page of a plan, and on paper.
_ON_PAGE, _ON_PAPER = 50, 500
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
}


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The plans there are for this reader, newest first."""
    room = request.room  # type: ignore[attr-defined]
    language = room.language
    found = plan_submission.listed(room.project, managers=room.scope.managers)
    waiting = sum(one.standing.state == SUBMITTED for one in found)
    return render(
        request,
        "plans/list.html",
        {
            "plans": [_row(one, language) for one in found],
            "waiting": waiting,
            "heading": _list_heading(len(found), waiting, language),
            "may_plan": allows("plans:make", request.user),
        },
    )


def _list_heading(count: int, waiting: int, language: Language) -> str:
    if not count:
        return language.text("No plan yet")
    if waiting:
        return language.plural("{n} plan waits for approval", "{n} plans wait for approval", waiting, n=waiting)
    return language.plural("{n} plan, none waits for approval", "{n} plans, none waits for approval", count, n=count)


def _row(one: Listed, language: Language) -> dict[str, Any]:
    content = one.content
    return {
        "name": one.name,
        "title": _title(one, language),
        "created": content["created"],
        "span": language.text("{start} to {end}", start=language.date(content["as_of"]), end=language.date(content["until"])),
        "whom": _whom(one, language),
        "state": words.state(one.standing, language),
        "by": one.standing.decided_by or one.standing.submitted_by,
        "gain": "" if one.is_own_part or is_ranking(content) else language.money(content["gain"], content["currency"], 0),
        "cost": "" if one.is_own_part else language.money(content["cost"], content["currency"], 0),
    }


def _title(one: Listed, language: Language) -> str:
    content = one.content
    title = content["title"]
    title = language.text(title) if title else content["name"]
    return title if content["name"] == content["decision"] else f"{title} ({content['name']})"


def _whom(one: Listed, language: Language) -> str:
    return language.text("all customers") if one.managers is None else language.listed(list(one.managers))


@require_GET
def plan(request: HttpRequest, name: str) -> HttpResponse:
    """One plan."""
    return _shown(request, name)


def _shown(request: HttpRequest, name: str, problems: list[dict[str, str]] | None = None) -> HttpResponse:
    room = request.room  # type: ignore[attr-defined]
    language = room.language
    found, entry = _seen(request, name, _ON_PAGE)
    told, content, now = Told(found, language), found.content, entry.standing
    is_whole = not entry.is_own_part
    email = str(request.user.email)  # type: ignore[union-attr]
    return render(
        request,
        "plans/plan.html",
        {
            "name": found.name,
            "entry": entry,
            "standing": now,
            "state": words.state(now, language),
            "title": _title(entry, language),
            "whom": _whom(entry, language),
            "heading": _heading(told, entry),
            "lead": gain_sentences(told)[1:] if is_whole else [],
            "span": language.text("{start} to {end}", start=language.date(content["as_of"]), end=language.date(content["until"])),
            "lines": _lines(found, language),
            "has_hours": "takes_hours" in found.lines,
            "count": int(content["lines"]),
            "shown": found.length,
            "is_ranking": is_whole and is_ranking(content),
            "compared": _compared(content, language) if is_whole else [],
            "spec": plan_curve(content, language.code) if is_whole and content["curve"].get("budget") else None,
            "assumes": list(assumes(_named(told))) if is_whole else [],
            "notices": [*notices(told), *struck(told)] if is_whole else [],
            "measured": _measured(room.project, found, language),
            "formats": [one for one in kept_plans.formats() if one in _TYPES] if is_whole and allows("plans:export", request.user) else [],
            "may_print": allows("plans:sheet", request.user),
            "may_submit": is_whole and allows("plans:submit", request.user) and now.state not in (SUBMITTED, APPROVED),
            "may_approve": is_whole and now.state == SUBMITTED and allows("plans:approve", request.user) and now.submitted_by != email,
            "is_mine": now.state == SUBMITTED and now.submitted_by == email,
            "problems": problems or [],
        },
        status=422 if problems else 200,
    )


def _seen(request: HttpRequest, name: str, most: int | None) -> tuple[KeptPlan, Listed]:
    room = request.room  # type: ignore[attr-defined]
    try:
        return plan_submission.seen(room.project, name, managers=room.scope.managers, most=most)
    except UnknownName as err:
        raise Http404 from err
    except StorageError as err:
        if not kept_plans.plans(room.project):
            raise Http404 from err
        raise


def _named(told: Told) -> Told:
    """The same with words for usual actions in the place of their names."""
    content, language = told.content, told.language
    actions = [{**one, "name": words.action(one["name"], language)} for one in content["actions"]]
    uses = {words.action(name, language): count for name, count in content["uses"].items()}
    return replace(told, plan=replace(told.plan, content={**content, "actions": actions, "uses": uses}))


def _heading(told: Told, entry: Listed) -> str:
    content, language = told.content, told.language
    if entry.is_own_part:
        count = int(content["lines"])
        return language.plural(
            "{n} line of this plan is for your customers", "{n} lines of this plan are for your customers", count, n=count
        )
    return gain_sentences(told)[0].rstrip(".")


def _lines(found: KeptPlan, language: Language) -> list[dict[str, Any]]:
    why = reasons(found, language)
    lines = found.lines
    rows = []
    for place in range(found.length):
        count, cost = int(lines["count"][place]), float(lines["cost"][place])
        rows.append(
            {
                "number": place + 1,
                "customer_id": str(lines["customer_id"][place]),
                "customer": _text(lines, "name", place),
                "city": _text(lines, "city", place),
                "address": ", ".join(one for one in (_text(lines, "street", place), _place(lines, place)) if one),
                "phone": _text(lines, "phone", place),
                "person": _text(lines, "account_manager", place),
                "action": words.times(str(lines["action"][place]), count, language)
                if count
                else words.action(str(lines["action"][place]), language),
                "boxes": range(min(count, 10)) if count else range(1),
                "hours": language.number(float(lines["takes_hours"][place]), 1) if "takes_hours" in lines else "",
                "cost": language.number(cost, 0 if cost == round(cost) else 2),
                "gain": language.number(float(lines["gain"][place]), sign=True),
                "look": "good" if lines["gain"][place] >= 0 else "",
                "reason": why[place],
            }
        )
    return rows


def _place(lines: Any, place: int) -> str:
    return " ".join(one for one in (_text(lines, "postcode", place), _text(lines, "city", place)) if one)


def _text(lines: Any, name: str, place: int) -> str:
    return str(lines[name][place]) if name in lines else ""


def _compared(content: Any, language: Language) -> list[dict[str, Any]]:
    from kundenwert.web.marks import bar

    rows = [("plan", language.text("This plan"), content["gain"], content["cost"], content["planned"])]
    for one in content["compared"]:
        if one["name"] in words.PRACTICES and one["gain"] is not None:
            rows.append((one["name"], words.practice(one["name"], language), one["gain"], one["cost"], one["customers"]))
    gains = [row[2] for row in rows]
    if len(rows) < 2 or not any(gains):
        return []
    high, low = max(0.0, *gains), min(0.0, *gains)
    return [
        {
            "is_plan": key == "plan",
            "name": name,
            "gain": language.number(gain),
            "cost": language.number(cost),
            "customers": language.number(customers),
            "bar": bar(gain, high, low, "py" if key == "today" else "pl"),
            "less": "" if key == "plan" else language.number(gain - content["gain"], sign=True),
            "look": "bad" if gain < content["gain"] else "good",
        }
        for key, name, gain, cost, customers in rows
    ]


def _measured(project: Path, found: KeptPlan, language: Language) -> list[str]:
    """What was measured of this plan, if anybody has measured it."""
    said = []
    for name, one in effects_measured(project).items():
        if one.plan == found.name and one.effect is not None:
            shown = {key: language.number(100 * getattr(one.effect, key), 1) for key in ("low", "likely", "high")}
            sentence = "{action}: {likely} percentage points or percent measured, with 90 % certainty between {low} and {high}."
            said.append(language.text(sentence, action=words.action(name, language), **shown))
    return said


# ---- the way to approval ---------------------------------------------------------------------------------------------------


@require_POST
def submit(request: HttpRequest, name: str) -> HttpResponse:
    """Submits a plan."""
    return _step(request, name, plan_submission.submit, "The plan is submitted. A second person approves it.")


@require_POST
def approve(request: HttpRequest, name: str) -> HttpResponse:
    """Approves a plan that somebody else submitted."""
    return _step(request, name, plan_submission.approve, "The plan is approved.")


@require_POST
def give_back(request: HttpRequest, name: str) -> HttpResponse:
    """Gives a plan back; whoever submitted it may take it back."""
    entry = _seen(request, name, 1)[1]
    email = str(request.user.email)  # type: ignore[union-attr]
    if not allows("plans:approve", request.user) and entry.standing.submitted_by != email:
        raise PermissionDenied
    reason = request.POST.get("reason", "")

    def back(folder: Path, plan: str, **about: Any) -> int:
        return plan_submission.give_back(folder, plan, reason=reason, **about)

    return _step(request, name, back, "The plan is a draft again.")


def _step(request: HttpRequest, name: str, step: Callable[..., int], said: str) -> HttpResponse:
    room = request.room  # type: ignore[attr-defined]
    found, entry = _seen(request, name, 1)
    if entry.is_own_part:
        raise PermissionDenied
    try:
        step(room.project, found.name, by=str(request.user.email), clock=timezone.now())  # type: ignore[union-attr]
    except KundenwertError as err:
        return _shown(request, name, problems_of(err))
    messages.success(request, room.language.text(said))
    return redirect("plans:plan", found.name)


# ---- on paper and as a file --------------------------------------------------------------------------------------------------


@require_GET
def sheet(request: HttpRequest, name: str) -> HttpResponse:
    """The list on A4, to take along and tick."""
    room = request.room  # type: ignore[attr-defined]
    language = room.language
    found, entry = _seen(request, name, _ON_PAPER)
    done = _lines(found, language)
    audit_export(request, "visit list", len({one["customer_id"] for one in done}))
    content = found.content
    return render(
        request,
        "plans/sheet.html",
        {
            "name": found.name,
            "title": _title(entry, language),
            "whom": _whom(entry, language) if room.scope.managers is None else language.listed(sorted(room.scope.managers)),
            "span": language.text("{start} to {end}", start=language.date(content["as_of"]), end=language.date(content["until"])),
            "lines": done,
            "count": int(content["lines"]),
            "state": words.state(entry.standing, language),
        },
    )


@require_POST
def export(request: HttpRequest, name: str) -> HttpResponse:
    """The plan as a file."""
    room = request.room  # type: ignore[attr-defined]
    found, entry = _seen(request, name, 1)
    kind = request.POST.get("format", "")
    if kind not in _TYPES or kind not in kept_plans.formats():
        raise Http404
    if not plan_submission.may_export(entry):
        raise PermissionDenied
    folder = Path(tempfile.mkdtemp(prefix="kundenwert-plan-"))
    try:
        written = kept_plans.export(room.project, found.name, folder / f"plan-{found.name}.{kind}", language=room.language.code)
        content = written.path.read_bytes()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    audit_export(request, f"plan as {kind}", written.lines)
    name = f"plan-{found.name}.{kind}"
    return HttpResponse(content, content_type=_TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})
