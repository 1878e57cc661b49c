"""Customers by attractiveness and our position: fields, moves, the largest customers, and the weights behind it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kundenwert.errors import KundenwertError
from kundenwert.flows import portfolio_page as flow
from kundenwert.flows import portfolio_weights
from kundenwert.flows import report as reports
from kundenwert.reports.language import Language
from kundenwert.web import links
from kundenwert.web.audit_trail import audit_export
from kundenwert.web.portfolio import matrix, words
from kundenwert.web.problems import problems_of
from kundenwert.web.rights import allows

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST = 12
# What the list shows when it is opened from here; it can be taken out as it stands, by field sales too.
_COLUMNS = ("class", "value", "contribution_year", "p_alive", "account_manager")


def portfolio(request: HttpRequest) -> HttpResponse:
    """The portfolio of all customers, or of the reader's own."""
    return _shown(request)


def _shown(request: HttpRequest, *, given: Mapping[str, str] | None = None, problems: list[dict[str, str]] | None = None) -> HttpResponse:
    """The page; given, problems: a form of weights that was sent and could not be taken."""
    room = request.room  # type: ignore[attr-defined]
    language, run = room.language, room.needs_run()
    view = "four" if request.GET.get("view") == "four" else "nine"
    page = flow.portfolio_page(room.project, run, view=view, managers=room.scope.managers)
    if not page["has_portfolio"]:
        return render(request, "portfolio/none.html", {"is_own": not room.scope.is_all})
    names = words.field_names(view, language)
    may_change = allows("portfolio:weights", request.user)
    bubbles = matrix.bubbles(page["spots"], room.currency, language)
    return render(
        request,
        "portfolio/portfolio.html",
        {
            "page": page,
            "is_own": not room.scope.is_all,
            "is_empty": not any(one["customers"] for one in page["fields"]),
            "as_of_words": language.date(page["as_of"]),
            "before_words": language.date(page["before"]) if page["before"] else "",
            "heading": words.heading(page, room.currency, language),
            "lead": words.lead(page, names, language),
            "fields": matrix.fields(page, names, language, bubbles),
            "lines": matrix.lines(page, language),
            "bubbles": bubbles,
            "fields_heading": words.fields_heading(page, names, language),
            "rows": words.field_rows(page, names, language),
            "moves_heading": words.moves_heading(page, language),
            "spots": words.spot_rows(page, language),
            "movers": [{**one, "from": names[one["before"]]["strategy"], "to": names[one["now"]]["strategy"]} for one in page["movers"]],
            "criteria": words.criteria(page, _written(room.project) if may_change else {}, language),
            "may_change": may_change,
            "list": links.to_list(column=[*_COLUMNS, flow.VIEWS[view][0]]),
            "may_export": allows("portfolio:workbook", request.user),
            "changes": _last_change(room.project, language) if may_change else (),
            "year_words": str(page["year"] or ""),
            "given": given or {},
            "problems": problems or [],
        },
        status=422 if problems else 200,
    )


def _written(project: Path) -> dict[str, dict[str, float]]:
    """The weights as the project file has them; nothing where it cannot be read: the form is left out then."""
    try:
        return portfolio_weights.weights(project)
    except KundenwertError:
        return {}


def _last_change(project: Path, language: Language) -> list[dict[str, str]]:
    return [{"day": language.date(one["at"]), "reason": str(one.get("reason", ""))} for one in portfolio_weights.changes(project)[:1]]


@require_POST
def weights(request: HttpRequest) -> HttpResponse:
    """Changes the weights; the next valuation takes them."""
    room = request.room  # type: ignore[attr-defined]
    language = room.language
    given: dict[str, dict[str, float]] = {side: {} for side in portfolio_weights.SIDES}
    problems: list[dict[str, str]] = []
    for field, text in request.POST.items():
        side, _, name = field.partition(":")
        if side in given and name:
            number = _number(str(text))
            if number is None:
                came = language.text("{text} is no weight.", text=f"“{str(text)[:_LONGEST]}”")
                problems.append({"came": came, "expected": language.text("a number from 0 to 100"), "remedy": "", "place": name})
            else:
                given[side][name] = number
    if not problems:
        try:
            changed = portfolio_weights.change_weights(
                room.project,
                given,
                reason=str(request.POST.get("reason", "")),
                by=str(request.user.email),  # type: ignore[union-attr]
                clock=timezone.now(),
            )
        except KundenwertError as err:
            problems = problems_of(err)
        else:
            said = language.text("The weights are written down. The next valuation takes them.")
            messages.success(request, said if changed else language.text("Nothing was changed."))
            return redirect("portfolio:portfolio")
    return _shown(request, given={key: str(value) for key, value in request.POST.items()}, problems=problems)


def _number(text: str) -> float | None:
    """A weight as people write it; both commas and points."""
    plain = text.strip().replace("%", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if 0 <= number <= 1000 else None


def workbook(request: HttpRequest) -> HttpResponse:
    """The portfolio and all points as a workbook, to look at and to rate in."""
    room = request.room  # type: ignore[attr-defined]
    run = room.needs_run()
    with tempfile.TemporaryDirectory(prefix="kundenwert-") as folder:
        path = Path(folder) / f"{room.language.text('customer-portfolio')}.xlsx"
        reports.portfolio_report(room.project, path, run=run, language=room.language.code)
        content = path.read_bytes()
    audit_export(request, "portfolio_xlsx", int(room.manifest["totals"]["customers"]))
    headers: dict[str, Any] = {"Content-Disposition": f'attachment; filename="{path.name}"'}
    return HttpResponse(content, content_type=_WORKBOOK, headers=headers)
