"""What the customers brought and cost: the steps to contribution IV, loss makers with cause and lever, and the records behind figures."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from kundenwert.errors import UnknownName
from kundenwert.flows import report as reports
from kundenwert.flows import result_page as flow
from kundenwert.reports._result_basis import cause_names
from kundenwert.reports._steps import SUMS, step_names
from kundenwert.reports.language import Language
from kundenwert.web import links
from kundenwert.web.audit_trail import audit_export, audit_read
from kundenwert.web.rights import allows
from kundenwert.web.sections import shown

ALL = "all"
_KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_WIDTHS = {"steps": 12, "causes": 6, "whale": 6, "levers": 12, "yardsticks": 12, "movers": 12, "drivers": 12, "company": 12, "trust": 12}
# From top to bottom, after the losses.
_ORDER = ("levers", "causes", "whale", "drivers", "company", "yardsticks", "movers", "trust")
_ABOVE = ("steps",)
_SHOWN_MAKERS = 20
# Levers whose sentence does not name the cost.
_SILENT = ("lever_not_enough", "lever_usual", "lever_none")


def result(request: HttpRequest) -> HttpResponse:
    """The page of a year, by default the last whole one."""
    room = request.room  # type: ignore[attr-defined]
    run, language = room.needs_run(), room.language
    if not flow.has_result(room.project, run):
        return render(request, "result/none.html")
    page = flow.result_page(room.project, run, language, _year(request), all_years=request.GET.get("year") == ALL)
    asked = str(page["year"]) if page["year"] else ALL

    def link(cell: Mapping[str, Any], row: Mapping[str, Any], place: int) -> str:
        if place == 0 and row.get("step"):
            return f"{reverse('result:step', args=[row['step']])}?year={asked}"
        return links.to_customer(cell["customer"]) if cell.get("customer") else ""

    sections = {one["key"]: one for one in shown(page["sections"], link=link, columns=_WIDTHS)}
    rest = [sections[key] for key in _ORDER if key in sections]
    return render(
        request,
        "result/result.html",
        {
            "page": page,
            "asked": asked,
            "above": [sections[key] for key in _ABOVE if key in sections],
            "rest": rest,
            "glossary": sections.get("glossary"),
            "makers": [_maker(one, language) for one in page["makers"][:_SHOWN_MAKERS]],
            "more": page["losses"]["customers"] - min(len(page["makers"]), _SHOWN_MAKERS),
            "widest": page["makers"][0]["db4"] if page["makers"] else 0,
            # The list knows the last whole year alone.
            "list": links.to_list(loss_maker=1, sort="contribution_year") if page["is_last"] else "",
            "may_export": allows("result:report", request.user),
        },
    )


def _year(request: HttpRequest) -> int | None:
    given = request.GET.get("year", "")
    return int(given) if given.isdecimal() and len(given) == 4 else None


def _maker(one: Mapping[str, Any], language: Language) -> dict[str, Any]:
    names = cause_names(language)
    causes = [
        {
            **cause,
            "name": _capital(names.get(cause["cause"], cause["cause"])),
            "is_above": float(cause["excess"]) > 0,
            **{f"{key}_words": language.number(Decimal(cause[key]), 0, sign=key == "excess") for key in ("cost", "usual", "excess")},
        }
        for cause in one["causes"]
    ]
    names_cause = one["lever_key"] not in _SILENT
    return {**one, "cause_name": _capital(names.get(one["cause"], one["cause"])), "causes": causes, "names_cause": names_cause}


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


# ---------- behind a figure ----------


def step(request: HttpRequest, step: str) -> HttpResponse:
    """The customers with the largest amounts in one step."""
    room = request.room  # type: ignore[attr-defined]
    run = room.needs_run()
    if not flow.has_result(room.project, run):
        return render(request, "result/none.html")
    try:
        page = flow.customers_behind(room.project, run, step, _year(request))
    except UnknownName as err:
        raise Http404 from err
    name = _capital(step_names(room.language)[step])
    rows = page["rows"]
    widest = max((abs(float(row["amount"])) for row in rows), default=0)
    asked = page["year"] or ALL
    return render(request, "result/step.html", {"page": page, "name": name, "widest": widest, "asked": asked})


@never_cache
def records(request: HttpRequest, customer: str) -> HttpResponse:
    """Every record behind the result of one customer."""
    room = request.room  # type: ignore[attr-defined]
    run = room.needs_run()
    if not flow.has_result(room.project, run):
        return render(request, "result/none.html")
    try:
        page = flow.records_behind(room.project, run, customer, _year(request))
    except UnknownName as err:
        raise Http404 from err
    audit_read(request, page["customer_id"], "records")
    names = step_names(room.language)
    figures = [{**one, "label": _capital(names[one["name"]]), "is_sum": one["name"] in SUMS} for one in page["figures"]]
    about = {"asked": page["year"] or ALL, "opened": request.GET.get("figure", ""), "title": page["name"] or page["customer_id"]}
    return render(request, "result/records.html", {"page": page, "figures": figures, **about})


# ---------- as a file ----------


def report(request: HttpRequest, kind: str) -> HttpResponse:
    """The report of a year as workbook or PDF."""
    room = request.room  # type: ignore[attr-defined]
    run = room.needs_run()
    if kind not in _KINDS:
        raise Http404
    year: int | str = ALL if request.GET.get("year") == ALL else _year(request) or reports.LAST_WHOLE
    with tempfile.TemporaryDirectory(prefix="kundenwert-") as folder:
        path = Path(folder) / f"{room.language.text('customer-result')}.{kind}"
        made = reports.result_report(room.project, path, run=run, year=year, language=room.language.code)
        content = path.read_bytes()
    audit_export(request, f"result_{kind}", int(room.manifest["totals"]["customers"]))
    name = f"{path.stem}-{made.year or ALL}.{kind}"
    return HttpResponse(content, content_type=_KINDS[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})
