"""The projects: which there are, which one is open, and the two examples one click away."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kundenwert.flows.demo import COMPANY_NAME, NAME
from kundenwert.runs import store
from kundenwert.web import jobs
from kundenwert.web.language import current
from kundenwert.web.projects import SESSION, manifest_of
from kundenwert.web.rights import allows
from kundenwert.web.workspace.known import know
from kundenwert.web.workspace.models import Project

# Name of the folder, then what it is.
EXAMPLES = {"demo": NAME, "company": COMPANY_NAME}


@dataclass(frozen=True)
class Line:
    """A project as the list shows it; the figures are those of its current run."""

    entry: Project
    is_open: bool
    is_there: bool
    manifest: dict[str, Any]

    @property
    def customers(self) -> int | None:
        """How many customers were valued."""
        return self.manifest["totals"]["customers"] if self.manifest else None

    @property
    def shown_value(self) -> str:
        """What they will bring, in the project's own currency."""
        clv = self.manifest["totals"]["clv"] if self.manifest else None
        return current().short(None if clv is None else Decimal(clv), self.manifest.get("currency", ""))


def projects(request: HttpRequest) -> HttpResponse:
    """All projects of this server, the one that is open first."""
    room = request.room  # type: ignore[attr-defined]
    lines = [_line(entry, room.entry) for entry in Project.objects.order_by("-opened")]
    known = {Path(line.entry.folder).name for line in lines if line.is_there}
    offered = [kind for kind, name in EXAMPLES.items() if name not in known] if allows("workspace:example", request.user) else []
    may_change = allows("workspace:forget", request.user)
    content = {
        "lines": lines,
        "offered": offered,
        "may_change": may_change,
        # What the whole base is worth is not for field sales, whose customers are a part of it.
        "sees_all": allows("overview:overview", request.user),
        "import_address": _address("imports:start") if allows("imports:start", request.user) else "",
    }
    return render(request, "workspace/projects.html", content)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _line(entry: Project, opened: Project | None) -> Line:
    folder = Path(entry.folder)
    run = store.current(folder) if folder.is_dir() else None
    return Line(entry, opened is not None and entry.pk == opened.pk, folder.is_dir(), manifest_of(folder, run) if run else {})


@require_POST
def open_project(request: HttpRequest, number: int) -> HttpResponse:
    """Opens a project for this session."""
    return visit(request, number)


def visit(request: HttpRequest, number: int) -> HttpResponse:
    """Where a job leads to that made a project: opens it and goes to the first screen."""
    get_object_or_404(Project, pk=number)
    Project.objects.filter(pk=number).update(opened=timezone.now())
    request.session[SESSION] = number
    return redirect("home")


@require_POST
def forget(request: HttpRequest, number: int) -> HttpResponse:
    """Takes a project off the list; its files stay where they are."""
    entry = get_object_or_404(Project, pk=number)
    entry.delete()
    said = request.room.language.text("{title} is off the list. Its files stay in {folder}.", title=entry.title, folder=entry.folder)  # type: ignore[attr-defined]
    messages.success(request, said)
    return redirect("workspace:projects")


@require_POST
def example(request: HttpRequest) -> HttpResponse:
    """Opens an example if it is there, else makes it: a job that takes half a minute."""
    kind = request.POST.get("kind", "")
    if kind not in EXAMPLES:
        return redirect("workspace:projects")
    here = next((one for one in Project.objects.order_by("-opened") if Path(one.folder).name == EXAMPLES[kind] and _is_valued(one)), None)
    parent = settings.HOME.projects
    if here is None and store.current(parent / EXAMPLES[kind]) is not None:
        # It was taken off the list; its files are still there.
        here = know(parent / EXAMPLES[kind])
    if here is not None:
        return visit(request, here.pk)
    language = request.room.language.code  # type: ignore[attr-defined]
    job = jobs.start("example", None, request.user, parent=str(parent), company=kind == "company", language=language)
    return redirect("jobs:job", job.pk)


def _is_valued(entry: Project) -> bool:
    return store.current(Path(entry.folder)) is not None
