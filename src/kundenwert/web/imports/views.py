"""The import: files, how they are read, the check, and the way to a valuation."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kundenwert.errors import CallError, KundenwertError, UnknownName
from kundenwert.flows import draft as drafts
from kundenwert.flows import draft_check, draft_erased, found, preview
from kundenwert.flows.draft import ADD, NEW, REPLACE, Draft
from kundenwert.flows.progress import Progress
from kundenwert.flows.upload import Limits, Received, Upload, receive, receive_text
from kundenwert.web import jobs
from kundenwert.web.imports import check_page, erased, pages, told
from kundenwert.web.imports.forms import ReadingForm, SaveForm
from kundenwert.web.imports.models import GONE, OPEN, SAVED, ImportDraft, draft_of, drafts_of
from kundenwert.web.language import current
from kundenwert.web.projects import SESSION
from kundenwert.web.workspace.known import know

# What is left lying is removed; files hold names of customers.
KEPT_DAYS = 30
# So much is checked at once; more is a job with progress.
_AT_ONCE = 1 << 20
# Each may hold gigabytes.
_OPEN_IMPORTS = 10
LIMITS = Limits()


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Choose files; go on with an import; repeat the valuation of the open project."""
    old = ImportDraft.objects.filter(state__in=(OPEN, GONE), changed__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    for entry in old:
        entry.discard()
    return render(request, "imports/start.html", _start_content(request))


def _start_content(request: HttpRequest) -> dict[str, Any]:
    room = request.room  # type: ignore[attr-defined]
    lines = [(entry, drafts.read(entry.folder)) for entry in drafts_of(request.user)]
    return {
        "drafts": [{"entry": entry, "files": draft.files, "is_mine": entry.owner_id == request.user.pk} for entry, draft in lines],
        "removed": [(one, Path(one.project).name) for one in erased.told_to(request.user)],
        "can_add": room.is_open and (room.project / "kundenwert.toml").is_file(),
        "has_run": room.run is not None,
        "ways": pages.ways(room),
        "kept_days": KEPT_DAYS,
    }


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Values the open project anew from its files."""
    room = request.room  # type: ignore[attr-defined]
    room.needs_run()
    job = jobs.start("valuation", room.project, request.user)
    return redirect("jobs:job", job.pk)


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begins an import with the files that come along."""
    room = request.room  # type: ignore[attr-defined]
    way = request.POST.get("way", NEW)
    entry = ImportDraft(owner=request.user)  # type: ignore[misc]
    try:
        _refuse_too_many(request)
        draft = drafts.meant_for(Draft(entry.folder), way, room.project if way in {ADD, REPLACE} else None)
        received = _received(request, draft)
    except KundenwertError as error:
        entry.discard()
        return _render(request, "imports/start.html", {**_start_content(request), "problems": pages.problems(error)})
    if not received.taken:
        entry.discard()
        content = {**_start_content(request), "problems": [told.problem(current(), one) for one in received.problems]}
        return _render(request, "imports/start.html", content)
    draft_erased.note_erasures(drafts.with_received(draft, received))
    entry.save(force_insert=True)
    return _files_page(request, entry, received) if received.problems else redirect("imports:files", entry.pk)


def _refuse_too_many(request: HttpRequest) -> None:
    count = ImportDraft.objects.filter(owner=request.user.pk, state=OPEN).count()
    if count >= _OPEN_IMPORTS:
        raise CallError(f"There are {count} open imports of yours. Finish one of them, or remove it.")


def _received(request: HttpRequest, draft: Draft) -> Received:
    uploads = [Upload(file.name or "", file) for file in request.FILES.getlist("files")]  # type: ignore[arg-type]
    there = [entry.taken for entry in draft.files]
    pasted = request.POST.get("pasted", "")
    if not uploads and not pasted.strip():
        raise CallError("Nothing was chosen. Choose files, or paste cells with their header.")
    got = receive(draft.folder, uploads, LIMITS, there=there)
    if not pasted.strip():
        return got
    name = current().text("pasted")
    more = receive_text(draft.folder, pasted, LIMITS, there=(*there, *got.taken), name=name)
    return Received((*got.taken, *more.taken), (*got.problems, *more.problems))


def files(request: HttpRequest, number: UUID) -> HttpResponse:
    """Step 1: the files, what was found in each; more of them."""
    entry = draft_of(request.user, number)
    if request.method != "POST":
        return _files_page(request, entry)
    draft = drafts.read(entry.folder)
    try:
        received = _received(request, draft)
    except KundenwertError as error:
        return _files_page(request, entry, problems=pages.problems(error))
    drafts.with_received(draft, received)
    entry.save()
    return _files_page(request, entry, received) if received.problems else redirect("imports:files", entry.pk)


def _files_page(
    request: HttpRequest, entry: ImportDraft, received: Received | None = None, problems: Sequence[dict[str, str]] = ()
) -> HttpResponse:
    draft = drafts.read(entry.folder)
    shown = [*problems, *(told.problem(current(), one) for one in (received.problems if received else ()))]
    content = {**pages.of_files(draft), "entry": entry, "problems": shown, "step": 1}
    return _render(request, "imports/files.html", content)


@require_POST
def remove(request: HttpRequest, number: UUID) -> HttpResponse:
    """Takes a file out of the import."""
    entry = draft_of(request.user, number)
    try:
        drafts.without(drafts.read(entry.folder), request.POST.get("file", ""))
    except UnknownName as error:
        raise Http404 from error
    entry.save()
    return redirect("imports:files", entry.pk)


@require_POST
def discard(request: HttpRequest, number: UUID) -> HttpResponse:
    """Removes an import with its files."""
    if put_away := erased.told_to(request.user).filter(pk=number).first():
        put_away.discard()
        return redirect("imports:start")
    draft_of(request.user, number).discard()
    messages.success(request, current().text("The import and its files are removed."))
    return redirect("imports:start")


def columns(request: HttpRequest, number: UUID) -> HttpResponse:
    """Step 2: how a file is read and which column plays which role, with first rows; changed at once."""
    entry = draft_of(request.user, number)
    draft = drafts.read(entry.folder)
    if not draft.files:
        return redirect("imports:files", entry.pk)
    name = request.POST.get("file") or request.GET.get("file") or pages.first_open(draft)
    try:
        look = preview.look(draft, name)
    except UnknownName as error:
        raise Http404 from error
    problems: list[dict[str, str]] = []
    form = None
    if request.method == "POST":
        form = ReadingForm(_with_answer(request))
        try:
            if form.is_valid():
                _change(request, draft, look, form)
                entry.save()
                if not request.headers.get("HX-Request"):
                    answer = redirect("imports:columns", entry.pk)
                    answer["Location"] += f"?{pages.query(file=name)}"
                    return answer
                draft = drafts.read(entry.folder)
                look, form = preview.look(draft, name), None
        except KundenwertError as error:
            problems = pages.problems(error, look.table)
    form = form or ReadingForm(initial=ReadingForm.initial_of(draft.file(name).options))
    content = {**pages.of_columns(draft, look), "entry": entry, "form": form, "problems": problems, "step": 2}
    return _render(request, "imports/columns.html", content)


def _with_answer(request: HttpRequest) -> dict[str, str]:
    """The fields of the reading, with the one that a button answers."""
    sent = {name: request.POST.get(name, "") for name in ReadingForm.base_fields}
    field, sign, value = request.POST.get("answer", "").partition("=")
    return {**sent, field: value} if sign and field in sent else sent


def _change(request: HttpRequest, draft: Draft, look: preview.FileLook, form: ReadingForm) -> None:
    """Keeps what a person chose. Where the table is another, the columns are looked at anew by their names."""
    table = request.POST.get("table", "")
    entry = draft.file(look.name)
    chosen = {column.place: request.POST.get(f"c{column.place}", column.role) for column in look.columns}
    is_other = table not in {look.table, entry.table} and (table or entry.table)
    mapping = dict(entry.mapping)
    if is_other:
        mapping = {}
    elif any(chosen[column.place] != column.role for column in look.columns):
        mapping = preview.choices_of(look, chosen, entry.mapping)
    # A table that was found out stays so until a person names another.
    kept = entry.table if table == look.table and not entry.table and not look.is_asked else table
    drafts.changed(draft, look.name, table=kept, mapping=mapping, options=form.options)


def check(request: HttpRequest, number: UUID) -> HttpResponse:
    """Step 3: rejected lines, reconciliation, what is missing, and the name of the project."""
    entry = draft_of(request.user, number)
    draft = drafts.read(entry.folder)
    if request.method == "POST":
        return _check_now(request, entry, draft)
    return _check_page(request, entry, draft)


def _check_now(request: HttpRequest, entry: ImportDraft, draft: Draft) -> HttpResponse:
    currency = request.POST.get("currency", "").strip().upper()
    if len(currency) == 3 and currency.isalpha():
        draft = drafts.with_settings(draft, currency=currency)
    try:
        # What cannot be read is told here, next to the way to mend it.
        draft_check.tables_of(draft)
        if drafts.sum_of(draft.files) <= _AT_ONCE and draft.way == NEW:
            draft_check.check(draft, progress=Progress())
            return redirect("imports:check", entry.pk)
    except KundenwertError as error:
        return _check_page(request, entry, draft, problems=pages.problems(error))
    job = jobs.start("check", None, request.user, folder=str(entry.folder), draft=str(entry.pk))
    entry.check_job = job.pk
    entry.save()
    return redirect("jobs:job", job.pk)


def _check_page(
    request: HttpRequest, entry: ImportDraft, draft: Draft, *, form: SaveForm | None = None, problems: Sequence[dict[str, str]] = ()
) -> HttpResponse:
    if not draft.files:
        return redirect("imports:files", entry.pk)
    made = draft_check.checked(draft)
    form = form or SaveForm(initial=check_page.initial(draft, made, request.user))
    content = {**check_page.of_check(draft, made), "entry": entry, "form": form, "problems": problems, "step": 3}
    return _render(request, "imports/check.html", content)


@require_GET
def rejected(request: HttpRequest, number: UUID) -> HttpResponse:
    """The rejected lines, page by page, of one reason or of all."""
    entry = draft_of(request.user, number)
    draft = drafts.read(entry.folder)
    made = draft_check.checked(draft)
    if made is None:
        return redirect("imports:check", entry.pk)
    rule, page = request.GET.get("rule", ""), pages.page_number(request.GET.get("page", ""))
    return render(request, "imports/rejected.html", {**check_page.of_rejected(draft, made, rule, page), "entry": entry, "step": 3})


@require_GET
def sheet(request: HttpRequest, number: UUID) -> StreamingHttpResponse:
    """All rejected lines as a file for a spreadsheet."""
    entry = draft_of(request.user, number)
    file = draft_check.rejects_sheet(drafts.read(entry.folder))
    if file is None:
        raise Http404
    name = current().text("rejected-lines") + ".csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(_blocks(file), content_type="text/csv; charset=utf-8", headers=headers)


def _blocks(file: Path) -> Iterator[bytes]:
    # By this sign Excel knows that the letters are UTF-8.
    yield codecs.BOM_UTF8
    with file.open("rb") as content:
        while block := content.read(1 << 16):
            yield block


@require_POST
def save(request: HttpRequest, number: UUID) -> HttpResponse:
    """Step 4: the files become a project, or part of one, and are valued."""
    entry = draft_of(request.user, number)
    draft = drafts.read(entry.folder)
    if draft_erased.is_overtaken(draft):
        return _look_for_erased(request, entry, draft)
    form = SaveForm(request.POST)
    if draft.way == NEW:
        if not form.is_valid():
            return _check_page(request, entry, draft, form=form)
        limit = 0.999 if form.cleaned_data["accept"] else None
        before = draft_check.checked(draft)
        draft = drafts.with_settings(draft, **form.settings, reject_limit=limit, language=current().code)
        after = draft_check.checked(draft)
        if before and before.is_current and after and not after.is_current:
            # Another currency is another reading: rates may be missing.
            return _check_now(request, entry, draft)
    if not ImportDraft.objects.filter(pk=entry.pk, state=OPEN).update(state=SAVED):
        raise Http404
    try:
        made = found.found_project(draft, Path(settings.HOME.projects)) if draft.way == NEW else found.add_to_project(draft)
    except KundenwertError as error:
        ImportDraft.objects.filter(pk=entry.pk).update(state=OPEN)
        return _check_page(request, entry, draft, form=form, problems=pages.problems(error))
    project = know(made.project)
    request.session[SESSION] = project.pk
    entry.discard()
    job = jobs.start("valuation", made.project, request.user)
    return redirect("jobs:job", job.pk)


def _look_for_erased(request: HttpRequest, entry: ImportDraft, draft: Draft) -> HttpResponse:
    """Somebody was erased from the project since the files came in: nothing is saved before they were looked through."""
    if drafts.sum_of(draft.files) > _AT_ONCE:
        return redirect("jobs:job", jobs.start(erased.KIND, None, request.user, draft=str(entry.pk)).pk)
    return redirect("imports:start") if erased.forget(entry) else save(request, entry.pk)


def _render(request: HttpRequest, template: str, content: dict[str, Any]) -> HttpResponse:
    # A part that htmx asked for is only shown if the answer is good.
    has_problems = bool(content.get("problems")) and request.method == "POST" and not request.headers.get("HX-Request")
    return render(request, template, content, status=422 if has_problems else 200)
