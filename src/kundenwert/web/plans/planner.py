"""The planner: sliders for money and time, and at once what they would bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kundenwert.errors import DataError, KundenwertError
from kundenwert.flows import plan_actions, plan_preview, plans
from kundenwert.flows.actions import effects_measured
from kundenwert.flows.plan_preview import Wishes
from kundenwert.flows.plan_settings import LONGEST_YEARS
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
    "visit": {"money": "120", "minutes": "150", "low": "0.5", "likely": "3", "high": "6", "most": "1"},
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
    is_part = bool(request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"))
    if not plan_preview.is_ready(room.project, run, asked.name, asked.span):
        if is_part:
            # The page that waits is a page of its own.
            return HttpResponse(headers={"HX-Redirect": request.get_full_path()})
        return _making_ready(request, asked, run)
    content = _content(request, asked, run)
    if is_part:
        return render(request, "plans/_answer.html", {**content, "is_part": True})
    return render(request, "plans/planner.html", content)


def _asked(request: HttpRequest, given: Any, sections: tuple[str, ...]) -> Wishes:
    from kundenwert.flows.plan_settings import chosen, of_folder

    room = request.room  # type: ignore[attr-defined]
    known = of_folder(room.project)
    first = forms.read(given, room.scope, (), sections)
    settings = chosen(known, first.name, {})
    found = forms.read(given, room.scope, tuple(settings.actions), sections)
    # What the file says anyway is no other wish.
    return replace(found, span="") if found.span == settings.span else found


def _making_ready(request: HttpRequest, asked: Wishes, run: str) -> HttpResponse:
    """A large run is read once, as a job; its page leads back."""
    from kundenwert.web.jobs.models import RUNNING, WAITING, Job

    room = request.room  # type: ignore[attr-defined]
    folder = str(room.project)
    found = Job.objects.filter(kind="plan", project=folder, state__in=(WAITING, RUNNING), arguments__flags=None, by=request.user.pk).first()
    if found is None:
        found = jobs.start(
            "plan", room.project, request.user, title="Planner made ready", name=asked.name, span=asked.span, run=run, flags=None
        )
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
        "sections": _sections(room, board.sections) if len(board.sections) > 1 else (),
        "span": dict(zip(("count", "unit"), _span(request, board.span), strict=True)),
        "span_units": words.span_units(language),
        "span_wrong": _span_wrong(request, language),
        "sliders": [_slider(one, wishes, board.currency, language) for one in board.sliders],
        "actions": [
            {
                "name": name,
                "words": words.action(name, language),
                "most": words.most(one.action.most, language),
                "is_known": name in board.known,
                "is_on": _is_on(name, wishes),
            }
            for name, one in board.actions.items()
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


def _sections(room: Any, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Plans of the file, with how they are called."""
    from kundenwert.flows.plan_settings import of_folder

    known = of_folder(room.project).plans
    return [(name, words.section(name, known.get(name), room.manifest["currency"], room.language)) for name in names]


def _span(request: HttpRequest, now: str) -> tuple[str, str]:
    """What stands in the fields of the span: also what cannot be read, until somebody corrects it."""
    if forms.span(request.GET) is not None:
        return forms.span_parts(now)
    return request.GET[forms.SPAN_COUNT][:9], request.GET.get(forms.SPAN_UNIT, "")


def _span_wrong(request: HttpRequest, language: Any) -> str:
    if forms.span(request.GET) is not None:
        return ""
    return str(
        language.text(
            "“{text}” is no time: a whole number from 1 on, {years} years at most.",
            text=request.GET[forms.SPAN_COUNT][:9],
            years=LONGEST_YEARS,
        )
    )


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
        "lead": words.lead(answer, board, wishes, language),
        "curve_heading": words.curve_heading(answer, board, language),
        "spec": {**plan_curve(words.curve(answer, board), language.code), "height": _HEIGHT} if found.curve["budget"][-1] else None,
        "compared_heading": words.compared_heading(answer, board, language),
        "compared": words.compared(answer, language),
        "list_heading": words.list_heading(answer, language),
        "lines": words.lines(answer, board.currency, language),
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
    there = _there(room)
    if request.method == "POST":
        try:
            described = [*_changed(request, there, problems), *_described(request, there, problems)]
            if not problems:
                plan_actions.describe(room.project, described, by=str(request.user), clock=timezone.now())
                messages.success(request, room.language.text("The actions are written down. Now choose what there is."))
                return redirect("plans:planner")
        except KundenwertError as err:
            problems += problems_of(err)
    return render(request, "plans/actions.html", _action_form(request, there, problems), status=422 if problems else 200)


# What is asked of each action.
_FIGURES = ("money", "minutes", "most", "low", "likely", "high")
_KNOWN = "known"


def _action_form(request: HttpRequest, there: Mapping[str, Any], problems: list[dict[str, str]]) -> dict[str, Any]:
    room = request.room  # type: ignore[attr-defined]
    language = room.language
    example = _EXAMPLE if request.GET.get("example") else {}
    measured = effects_measured(room.project)
    rows, known = [], []
    for name in plan_actions.KINDS:
        if name not in there:
            first = {"most": "1", **example.get(name, {})}
            is_on = bool(request.POST.get(f"{name}_use")) if request.method == "POST" else name != "letter"
            row = {"id": name, "name": name, "words": words.action(name, language), "is_on": is_on, "is_new": True}
            rows.append({**row, "raises": words.raises("chance", room.manifest["currency"], language), **_filled(request, name, first)})
    for place, (name, one) in enumerate(there.items()):
        described, prefix = plan_actions.as_described(one), f"{_KNOWN}{place}"
        row = {"id": prefix, "name": name, "words": words.action(name, language)}
        row["raises"] = words.raises(one.action.changes, room.manifest["currency"], language)
        row["source"] = words.source(one.action.effect, language, is_measured=name in measured)
        known.append({**row, **_filled(request, prefix, _as_typed(described, language.code))})
    return {"rows": rows, "known": known, "problems": problems, "is_example": bool(example)}


def _filled(request: HttpRequest, prefix: str, first: Mapping[str, str]) -> dict[str, str]:
    code = request.room.language.code  # type: ignore[attr-defined]
    return {key: request.POST.get(f"{prefix}_{key}", _shown(first.get(key, ""), code)) for key in _FIGURES}


def _shown(value: str, code: str) -> str:
    return value.replace(".", ",") if code == "de" else value


def _as_typed(one: plan_actions.Described, code: str) -> dict[str, str]:
    """The figures of an action as somebody would type them."""
    found = {key: getattr(one, key) for key in _FIGURES}
    if not one.minutes:
        found["minutes"] = None
    return {key: "" if value is None else _shown(f"{value:.6f}".rstrip("0").rstrip("."), code) for key, value in found.items()}


def _there(room: Any) -> Mapping[str, Any]:
    from kundenwert.flows.plan_settings import of_folder

    return of_folder(room.project).actions


def _described(request: HttpRequest, there: Mapping[str, Any], problems: list[dict[str, str]]) -> list[plan_actions.Described]:
    """The new ones."""
    return [_figures(request, name, name, problems) for name in plan_actions.KINDS if name not in there and request.POST.get(f"{name}_use")]


def _changed(request: HttpRequest, there: Mapping[str, Any], problems: list[dict[str, str]]) -> list[plan_actions.Described]:
    """Those there are, where something else is typed than stood there; they are known by their names, whatever moved in the file."""
    code = request.room.language.code  # type: ignore[attr-defined]
    found = []
    for key in sorted(request.POST):
        name = request.POST[key]
        if not key.startswith(_KNOWN) or not key.endswith("_name") or name not in there:
            continue
        prefix, before = key.removesuffix("_name"), _as_typed(plan_actions.as_described(there[name]), code)
        if any(request.POST.get(f"{prefix}_{one}", before[one]).strip() != before[one] for one in _FIGURES):
            found.append(_figures(request, name, prefix, problems, before))
    return found


def _figures(
    request: HttpRequest, name: str, prefix: str, problems: list[dict[str, str]], before: Mapping[str, str] | None = None
) -> plan_actions.Described:
    """What is typed of one action; what no field was for stays as it is."""
    language = request.room.language  # type: ignore[attr-defined]
    typed = {key: request.POST.get(f"{prefix}_{key}", (before or {}).get(key, "")).strip() for key in _FIGURES}

    def wrong(came: str, expected: str) -> None:
        problems.append({"came": came, "expected": expected, "remedy": "", "place": words.action(name, language)})

    values: dict[str, float | None] = {}
    for key, text in typed.items():
        values[key] = forms.number(text) if text else None
        if text and values[key] is None:
            wrong(language.text("“{text}” is no number.", text=text[:40]), language.text("a number of 0 or more"))
    if not typed["money"]:
        wrong(language.text("It is not said what one costs."), language.text("an amount, 0 if it costs nothing"))
    most = 1.0 if values["most"] is None else values["most"]
    if most != int(most):
        wrong(language.text("“{text}” is no number.", text=typed["most"][:40]), language.text("a whole number from 1 on"))
    sizes = (values["low"], values["likely"], values["high"])
    return plan_actions.Described(name, values["money"] or 0.0, values["minutes"] or 0.0, *sizes, most=int(most))
