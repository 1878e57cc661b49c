"""The planner: sliders for money and time, and at once what they would bring."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kundenwert.errors import DataError, KundenwertError
from kundenwert.flows import plan_actions, plan_preview, plans
from kundenwert.flows.plan_preview import Wishes
from kundenwert.flows.progress import Progress
from kundenwert.reports.charts.plan_curve import plan_curve
from kundenwert.web import jobs
from kundenwert.web.plans import wishes as forms
from kundenwert.web.plans import words
from kundenwert.web.problems import problems_of
from kundenwert.web.rights import allows

# Plans for more customers than these are made as a job.
_AT_ONCE = 2_000
# How often the page that waits asks again.
_AGAIN_SECONDS = 3
# Of the curve, in pixels.
_HEIGHT = 420
_EXAMPLE = {
    "visit": {"money": "120", "minutes": "150", "low": "0.5", "likely": "3", "high": "6", "most": "2"},
    "call": {"money": "15", "minutes": "15", "low": "0.2", "likely": "1", "high": "2", "most": "3"},
    "letter": {"money": "2", "minutes": "", "low": "0", "likely": "0.2", "high": "0.5", "most": "2"},
}


@require_GET
def planner(request: HttpRequest) -> HttpResponse:
    """The planner, or for a moved slider the part that changes."""
    room = request.room  # type: ignore[attr-defined]
    run = room.needs_run()
    if not room.scope.is_all and not room.scope.managers:
        return render(request, "plans/nobody.html")
    if not plan_preview.has_actions(room.project):
        return _empty(request)
    sections = plan_preview.sections(room.project)
    asked = _asked(request, request.GET, sections)
    if not plan_preview.is_ready(room.project, run, asked.name):
        return _making_ready(request, asked, run)
    content = _content(request, asked, run)
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return render(request, "plans/_answer.html", {**content, "is_part": True})
    return render(request, "plans/planner.html", content)


def _asked(request: HttpRequest, given: Any, sections: tuple[str, ...]) -> Wishes:
    from kundenwert.flows.plan_settings import chosen, of_folder

    room = request.room  # type: ignore[attr-defined]
    known = of_folder(room.project)
    first = forms.read(given, room.scope, (), sections)
    return forms.read(given, room.scope, tuple(chosen(known, first.name, {}).actions), sections)


def _making_ready(request: HttpRequest, asked: Wishes, run: str) -> HttpResponse:
    """A large run is read once, as a job; its page leads back."""
    from kundenwert.web.jobs.models import RUNNING, WAITING, Job

    room = request.room  # type: ignore[attr-defined]
    folder = str(room.project)
    found = Job.objects.filter(kind="plan", project=folder, state__in=(WAITING, RUNNING), arguments__flags=None, by=request.user.pk).first()
    if found is None:
        found = jobs.start("plan", room.project, request.user, title="Planner made ready", name=asked.name, run=run, flags=None)
    # The browser asks again by itself, also without script.
    answer = render(request, "plans/waiting.html", {"job": found})
    answer.headers["Refresh"] = str(_AGAIN_SECONDS)
    return answer


def _content(request: HttpRequest, asked: Wishes, run: str) -> dict[str, Any]:
    room = request.room  # type: ignore[attr-defined]
    language = room.language
    board = plan_preview.board(room.project, run, asked)
    wishes = forms.settled(asked, board)
    manager = request.GET.get("manager", "")
    managers = [one for one in board.managers if room.scope.managers is None or one[0] in room.scope.managers]
    content: dict[str, Any] = {
        "board": board,
        "wishes": wishes,
        "manager": manager if any(manager == name for name, _ in managers) else "",
        "managers": managers if len(managers) > 1 else [],
        "is_own": not room.scope.is_all,
        "sections": board.sections if len(board.sections) > 1 else (),
        "sliders": [_slider(one, wishes, board.currency, language) for one in board.sliders],
        "actions": [
            {"name": name, "words": words.action(name, language), "is_known": name in board.known, "is_on": _is_on(name, wishes)}
            for name in board.actions
        ],
        "hold_out": round(wishes.hold_out * 100),
        "left_out": words.left_out(board.left_out, language),
        "notices": words.notices(board.notices, language),
        "assumes": words.assumptions(board.actions, [name for name in board.actions if _is_on(name, wishes)], language, board.currency),
        "as_of": language.date(board.as_of),
        "until": language.date(board.until),
        "may_make": allows("plans:make", request.user),
        "may_describe": allows("plans:actions", request.user),
    }
    try:
        answer = plan_preview.answer(room.project, run, wishes)
    except DataError as err:
        return {**content, "answer": None, "problems": problems_of(err), "finding": language.text("These limits do not fit together")}
    if answer is None:
        return {**content, "answer": None, "finding": language.text("Nobody knows yet what these actions change")}
    return {**content, **_answered(answer, board, wishes, room, content["manager"])}


def _is_on(name: str, wishes: Wishes) -> bool:
    return wishes.actions is None or name in wishes.actions


def _slider(one: plan_preview.Slider, wishes: Wishes, currency: str, language: Any) -> dict[str, Any]:
    return {
        "name": f"{forms.LIMIT}{one.resource}",
        "words": words.resource(one.resource, language),
        "unit": words.unit(one.resource, currency, language),
        "value": f"{wishes.limits[one.resource]:.0f}",
        "end": f"{one.end:.0f}",
        "end_words": words.amount(one.resource, one.end, currency, language),
        "step": f"{one.step:g}",
    }


def _answered(answer: plan_preview.Answer, board: plan_preview.Board, wishes: Wishes, room: Any, manager: str) -> dict[str, Any]:
    language, found = room.language, answer.found
    return {
        "answer": answer,
        "finding": words.heading(board, wishes, answer, room.manifest["yardstick"], language),
        "lead": words.lead(answer, board, language),
        "curve_heading": words.curve_heading(answer, board, language),
        "spec": {**plan_curve(words.curve(answer, board), language.code), "height": _HEIGHT} if found.curve["budget"][-1] else None,
        "compared_heading": words.compared_heading(answer, board, language),
        "compared": words.compared(answer, language),
        "list_heading": words.list_heading(answer, language),
        "lines": words.lines(answer, language),
        "has_hours": any("hours" in one.takes for one in answer.top),
        "measuring": words.measuring(answer, wishes, board, language),
        "customers": found.customers,
        "total": {
            "cost": language.number(found.cost),
            "gain": language.number(found.gain, sign=True),
            "hours": language.number(found.taken.get("hours", 0.0)),
        },
        "fields": forms.fields(wishes, manager),
    }


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Makes the plan that was looked at."""
    room = request.room  # type: ignore[attr-defined]
    run = room.needs_run()
    asked = _asked(request, request.POST, plan_preview.sections(room.project))
    flags = forms.flags(asked)
    if int(room.manifest["totals"]["customers"]) > _AT_ONCE:
        started = jobs.start("plan", room.project, request.user, name=asked.name, run=run, flags=flags)
        return redirect("jobs:job", started.pk)
    made = plans.plan(room.project, asked.name, {**flags, "run": run}, clock=timezone.now(), progress=Progress())
    return redirect("plans:plan", made.name)


# ---- starting actions ------------------------------------------------------------------------------------------------------


def _empty(request: HttpRequest) -> HttpResponse:
    """There is nothing yet that could be done: what a visit costs and changes, somebody has to say."""
    if not allows("plans:actions", request.user):
        return render(request, "plans/no_actions.html")
    return redirect("plans:actions")


def actions(request: HttpRequest) -> HttpResponse:
    """What a visit, a call or a letter costs and changes."""
    room = request.room  # type: ignore[attr-defined]
    room.needs_run()
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            described = _described(request, problems)
            if not problems:
                plan_actions.describe(room.project, described, by=str(request.user), clock=timezone.now())
                messages.success(request, room.language.text("The actions are written down. Now choose what there is."))
                return redirect("plans:planner")
        except KundenwertError as err:
            problems += problems_of(err)
    return render(request, "plans/actions.html", _action_form(request, problems), status=422 if problems else 200)


def _action_form(request: HttpRequest, problems: list[dict[str, str]]) -> dict[str, Any]:
    room = request.room  # type: ignore[attr-defined]
    language, there = room.language, _there(room)
    example = _EXAMPLE if request.GET.get("example") else {}
    rows = []
    for name in plan_actions.KINDS:
        if name in there:
            continue
        first = {"most": "1", **example.get(name, {})}
        values = {key: request.POST.get(f"{name}_{key}", first.get(key, "")) for key in _EXAMPLE[name]}
        values = {key: _shown(value, language.code) for key, value in values.items()}
        is_on = bool(request.POST.get(f"{name}_use")) if request.method == "POST" else name != "letter"
        rows.append({"name": name, "words": words.action(name, language), "is_on": is_on, **values})
    return {"rows": rows, "problems": problems, "is_example": bool(example), "there": [words.action(name, language) for name in there]}


def _shown(value: str, code: str) -> str:
    return value.replace(".", ",") if code == "de" else value


def _there(room: Any) -> tuple[str, ...]:
    from kundenwert.flows.plan_settings import of_folder

    return tuple(of_folder(room.project).actions)


def _described(request: HttpRequest, problems: list[dict[str, str]]) -> list[plan_actions.Described]:
    language = request.room.language  # type: ignore[attr-defined]
    found = []
    for name in plan_actions.KINDS:
        if not request.POST.get(f"{name}_use"):
            continue
        values: dict[str, float | None] = {}
        for key in _EXAMPLE[name]:
            text = request.POST.get(f"{name}_{key}", "").strip()
            values[key] = forms.number(text) if text else None
            if text and values[key] is None:
                came = language.text("“{text}” is no number.", text=text[:40])
                problems.append(
                    {"came": came, "expected": language.text("a number of 0 or more"), "remedy": "", "place": _label(name, language)}
                )
        if values["money"] is None and not request.POST.get(f"{name}_money", "").strip():
            came = language.text("It is not said what one costs.")
            problems.append(
                {"came": came, "expected": language.text("an amount, 0 if it costs nothing"), "remedy": "", "place": _label(name, language)}
            )
        found.append(
            plan_actions.Described(
                name,
                values["money"] or 0.0,
                values["minutes"] or 0.0,
                values["low"],
                values["likely"],
                values["high"],
                int(values["most"] or 1),
            )
        )
    return found


def _label(name: str, language: Any) -> str:
    return words.action(name, language)
