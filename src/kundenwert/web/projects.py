"""Which project and run a page shows: `request.room`. The project is chosen for each session; the run is its current one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse

from kundenwert.errors import KundenwertError
from kundenwert.reports.language import Language
from kundenwert.web.language import current
from kundenwert.web.rights import Scope, scope_of

SESSION = "project"


@dataclass(frozen=True)
class Room:
    """What a page works with: the project, its current run, the reader's language and whose customers the reader sees.

    Without a project `project` raises; views that need one are led to the list of projects by `NeedsProject`.
    """

    entry: Any  # workspace.models.Project or None
    scope: Scope

    @property
    def is_open(self) -> bool:
        """Whether there is a project."""
        return self.entry is not None

    @property
    def project(self) -> Path:
        """The project's folder."""
        if self.entry is None:
            raise NeedsProjectError
        return Path(self.entry.folder)

    @property
    def title(self) -> str:
        """The project's name as people read it."""
        return str(self.manifest.get("title") or self.entry.title) if self.entry else ""

    @property
    def language(self) -> Language:
        """Words and numbers of the reader."""
        return current()

    @cached_property
    def run(self) -> str | None:
        """The name of the current run, None before the first one."""
        from kundenwert.runs import store

        return store.current(self.project) if self.entry else None

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest of the current run; empty before the first one. Not to be changed: requests share it."""
        return manifest_of(self.project, self.run) if self.entry and self.run else {}

    @property
    def currency(self) -> str:
        """The currency of the run."""
        return str(self.manifest.get("currency", ""))

    def needs_run(self) -> str:
        """The current run's name. Raises NeedsRunError before the first one: the reader is told what to do."""
        if self.run is None:
            self.project  # noqa: B018 (no project is the greater want)
            raise NeedsRunError
        return self.run


class NeedsProjectError(Exception):
    """A page needs a project and none is open."""


class NeedsRunError(Exception):
    """A page needs a run and the project has none."""


def manifest_of(project: Path, run: str) -> dict[str, Any]:
    """The manifest of a run; read once as long as the file is the same (an erasure changes it)."""
    from kundenwert.runs import store

    file = store.runs_folder(project) / run / "manifest.json"
    try:
        stamp = file.stat().st_mtime_ns
    except OSError:
        return {}
    return _manifest(str(file), stamp)


@lru_cache(maxsize=16)
def _manifest(file: str, stamp: int) -> dict[str, Any]:
    from kundenwert.runs import storage

    try:
        return dict(storage.read_json(Path(file)))
    except KundenwertError:
        return {}


class RoomMiddleware:
    """Gives each signed-in request its room and leads to the projects where one is missing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.room = room_of(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response.headers:
            # What one person sees is kept by nobody on the way, nor by the browser for the next person at the machine.
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turns a missing project or run into a page that says what to do."""
        from django.shortcuts import redirect, render

        if isinstance(error, NeedsProjectError):
            return redirect("workspace:projects")
        if isinstance(error, NeedsRunError):
            return render(request, "no_run.html")
        return None


def room_of(request: HttpRequest) -> Room:
    """The room of a request; nobody who is not signed in has a project."""
    from kundenwert.web.workspace.models import Project

    if not request.user.is_authenticated:
        return Room(None, Scope(frozenset()))
    chosen = request.session.get(SESSION)
    entry = Project.objects.filter(pk=chosen).first() if chosen else None
    entry = entry or Project.objects.order_by("-opened").first()
    return Room(entry, scope_of(request.user))
