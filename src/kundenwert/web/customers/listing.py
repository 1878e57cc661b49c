"""The customer list: look, filter, sort, choose columns, keep views, take it with you.

The table is a part of its own: with script only that part is fetched again, without script the whole page is.
"""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_POST

from kundenwert.flows.customer_list import CustomerList, open_list
from kundenwert.flows.customer_list_export import FORMATS, write_list, write_list_apart
from kundenwert.flows.customer_list_words import COURSE
from kundenwert.runs import storage
from kundenwert.web.audit_trail import audit_export
from kundenwert.web.customers import list_page, saved
from kundenwert.web.customers.asked import DEFAULT, Asked, asked_of, problems_of_filters
from kundenwert.web.customers.preparing import AGAIN_SECONDS, is_preparing
from kundenwert.web.links import to_customer
from kundenwert.web.problems import problems_of
from kundenwert.web.rights import allows
from kundenwert.web.workspace.models import SavedView

# Columns that somebody chose last, for lists whose address names none.
CHOSEN = "customers-columns"
# A workbook of more rows is written by a process of its own.
_APART = 20_000
_TABLE, _PAGE, _PART = "list-table", "customers/list.html", "customers/list_table.html"


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """A page of the list, or the table alone for a page that is there already."""
    room = _room(request)
    run = room.needs_run()
    if is_preparing(room.project, run, room.manifest["totals"]["customers"]):
        # A part is not swapped for a page: the whole page is asked for again.
        waiting = render(request, "customers/list_preparing.html")
        for name, value in (("Refresh", str(AGAIN_SECONDS)), ("HX-Refresh", "true"), ("Cache-Control", "no-store")):
            waiting.headers[name] = value
        return waiting
    opened = open_list(room.project, run)
    asked = _asked(request, request.GET, opened)
    problems = problems_of_filters(asked)
    told = (list_page.problems(opened, asked, room.language) or problems_of(problems)) if problems else []
    about = {"problems": told} if problems else _shown(request, opened, asked)
    # htmx leaves out what comes with an error: a part tells of wrong filters in its place.
    status = 422 if problems and _template(request) == _PAGE else 200
    answer = render(request, _template(request), {**_frame(request, opened, asked), **about}, status=status)
    if _template(request) == _PART:
        # Forms send empty fields too: the address that stays behind names only what is asked for.
        answer.headers["HX-Push-Url"] = _address(asked, after=asked.after, before=asked.before)
    # Part and page have one address.
    patch_vary_headers(answer, ("HX-Request", "HX-Target"))
    return answer


@require_POST
def export(request: HttpRequest) -> FileResponse:
    """The list that is shown as a file: its columns, filters and order, all pages."""
    room = _room(request)
    room.needs_run()
    kind = request.POST.get("format", "")
    ending = kind if kind in FORMATS else FORMATS[0]
    opened, language = open_list(room.project, room.run), room.language
    asked = _asked(request, QueryDict(request.POST.get("list", "")[:10_000]), opened)
    columns = ["customer_id", *(name for name in list_page.shown_columns(opened, asked) if name != "customer_id" and name != "value_bar")]
    if opened.has("value") and "value" in columns:
        columns[columns.index("value") + 1 : columns.index("value") + 1] = [
            name for name in ("value_lower", "value_upper") if opened.has(name) and name not in columns
        ]
    told = list_page.told(list_page.chips(opened, asked, language, room.currency), language)
    with contextlib.ExitStack() as borrowed:
        # What a server that was killed leaves of it is removed with the next export.
        folder = borrowed.enter_context(storage.building(settings.HOME.folder / "exports", "list"))
        name = f"{language.text('Customers').lower()}-{opened.manifest['as_of']}.{ending}"
        about: dict[str, Any] = {"managers": room.scope.managers, "language": language, "told": told}
        if ending == "xlsx" and opened.totals(asked.filters, managers=room.scope.managers).count > _APART:
            written = write_list_apart(room.project, opened.run, asked.query, columns, folder / name, **about)
        else:
            written = write_list(opened, asked.query, columns, folder / name, **about)
        audit_export(request, "customer list", written.rows)
        return FileResponse(_Passing(written.path, borrowed.pop_all()), as_attachment=True, filename=name, content_type=_TYPES[ending])


class _Passing(io.FileIO):
    """A file that goes with its folder when the reader has it, or has gone away."""

    def __init__(self, path: Path, borrowed: contextlib.ExitStack) -> None:
        super().__init__(path, "rb")
        self._borrowed = borrowed

    def close(self) -> None:
        super().close()
        self._borrowed.close()


_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@require_GET
def views(request: HttpRequest) -> HttpResponse:
    """The views that the reader has kept."""
    room = _room(request)
    room.needs_run()
    return render(request, "customers/list_views.html", {"views": _views(request, open_list(room.project, room.run))})


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps filters, columns and order under a name."""
    room = _room(request)
    room.needs_run()
    name = " ".join(request.POST.get("name", "").split())[: saved.LONGEST_NAME]
    asked = _asked(request, QueryDict(request.POST.get("list", "")[:10_000]), open_list(room.project, room.run))
    text = room.language.text
    mine = SavedView.objects.filter(project=room.entry, owner=_reader(request))
    if not name:
        messages.error(request, text("The view has no name. Write what it shows, such as: large customers in the north."))
    elif problems_of_filters(asked):
        messages.error(request, text("The view is not kept: one of its filters cannot be read."))
    elif not mine.filter(name=name).exists() and mine.count() >= saved.MOST:
        messages.error(request, text("There are {n} views already. Remove one that you do not need.", n=saved.MOST))
    else:
        saved.keep(room.entry, request.user, name, asked)
        messages.success(request, text("The view “{name}” is kept.", name=name))
    return redirect(_address(asked.without("q") if name else asked))


@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Removes a kept view; one of somebody else is not there."""
    SavedView.objects.filter(pk=pk, owner=_reader(request)).delete()
    return redirect("customers:views")


# ---- what they share --------------------------------------------------------------------------------------------------


def _room(request: HttpRequest) -> Any:
    return request.room  # type: ignore[attr-defined]


def _reader(request: HttpRequest) -> Any:
    return request.user


def _asked(request: HttpRequest, given: QueryDict, opened: CustomerList) -> Asked:
    """What the address asks for; columns that it names are remembered for this sign-in."""
    kept = request.session.get(CHOSEN) or DEFAULT
    asked = asked_of(given, kept).fitted_to(column.name for column in opened.columns)
    if "column" in given and list(asked.columns) != list(kept):
        request.session[CHOSEN] = list(asked.columns)
    return asked


def _template(request: HttpRequest) -> str:
    target = getattr(getattr(request, "htmx", None), "target", None)
    return _PART if target == _TABLE else _PAGE


def _address(asked: Asked, **keys: Any) -> str:
    found = asked.address(**keys)
    return f"{reverse('customers:list')}?{found}" if found else reverse("customers:list")


def _frame(request: HttpRequest, opened: CustomerList, asked: Asked) -> dict[str, Any]:
    """What stands around the table."""
    room = _room(request)
    language = room.language
    found = list_page.choices(opened, asked, room.scope.managers, language)
    about = {
        "asked": asked,
        "search": dict(asked.fields).get("q", ""),
        "sort": f"{'-' if asked.descending else ''}{asked.sort}",
        "address": asked.address(),
        "is_part": _template(request) != _PAGE,
        "views": _views(request, opened, asked),
        "chips": [(text, address) for text, _, address in list_page.chips(opened, asked, language, room.currency)],
        "can_export": allows("customers:export", request.user),
    }
    if about["is_part"]:
        return about
    return {
        **about,
        "first_choices": [one for one in found if one.name in list_page.FIRST],
        "more_choices": [one for one in found if one.name not in list_page.FIRST],
        "ranges": list_page.ranges(opened, asked, language),
        "flags": list_page.flags(opened, asked, language),
        "columns": list_page.column_choices(opened, asked, language),
    }


def _views(request: HttpRequest, opened: CustomerList, asked: Asked | None = None) -> list[dict[str, Any]]:
    room = _room(request)
    found = saved.views(opened, room.entry, request.user, room.scope.managers, room.language)
    here = (asked.fields, asked.sort, asked.descending) if asked else None
    return [
        {
            "name": one.name,
            "address": _address(one.asked),
            "count": one.count,
            "pk": one.pk,
            "is_here": here == (one.asked.fields, one.asked.sort, one.asked.descending),
        }
        for one in found
    ]


def _shown(request: HttpRequest, opened: CustomerList, asked: Asked) -> dict[str, Any]:
    room = _room(request)
    language, managers, currency = room.language, room.scope.managers, room.currency
    page = opened.page(asked.query, managers=managers)
    links = {row["customer_id"]: to_customer(row["customer_id"]) for row in page.rows}
    last = page.first + len(page.rows) - 1
    return {
        "page": page,
        "finding": list_page.finding(opened, asked, page, managers, language, currency),
        "lead": list_page.lead(opened, asked, page, managers, language, currency),
        "heads": list_page.heads(opened, asked, language, currency),
        "rows": list_page.rows(opened, asked, page, language, links),
        "sums": list_page.sums(opened, asked, page, language),
        "has_course": COURSE in asked.columns,
        "last": last,
        "next": _address(asked, after=page.after) if page.after else "",
        "previous": _address(asked, before=page.before) if page.before else "",
        "start": _address(asked) if page.before else "",
        "objected": opened.objected() if managers is None else 0,
        "last_chip": _last_chip(opened, asked, language, currency),
    }


def _last_chip(opened: CustomerList, asked: Asked, language: Any, currency: str) -> str:
    found = list_page.chips(opened, asked, language, currency)
    return f"{reverse('customers:list')}?{found[-1][2]}" if found else ""
