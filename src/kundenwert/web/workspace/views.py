"""The projects: which there are, which one is open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kundenwert.web.projects import SESSION
from kundenwert.web.workspace.models import Project


def projects(request: HttpRequest) -> HttpResponse:
    """All projects of this server."""
    return render(request, "workspace/projects.html", {"projects": Project.objects.order_by("-opened")})


@require_POST
def open_project(request: HttpRequest, number: int) -> HttpResponse:
    """Opens a project for this session."""
    get_object_or_404(Project, pk=number)
    Project.objects.filter(pk=number).update(opened=timezone.now())
    request.session[SESSION] = number
    return redirect("home")
