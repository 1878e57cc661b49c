"""Erased persons leave the database of the web app too: notes about them, and whatever else names them.

An erasure is made on the command line, where this database is not known. So notes are never shown without asking the register, and what
is left of erased persons is removed at each start and after each job.
"""

from __future__ import annotations

from pathlib import Path

from django.db import models

from kundenwert.flows.erased import is_erased, names_erased
from kundenwert.web.workspace.models import Note, Project


def forget(project: Path, customer_id: str) -> int:
    """Removes everything that names a customer of a project; returns how many records."""
    return sum(_remove(entry, {customer_id}) for entry in _entries(project))


def forget_erased(project: Path) -> int:
    """Removes what is left of persons who were erased from a project since the last call; returns how many records."""
    removed = 0
    for entry in _entries(project):
        notes = Note.objects.filter(project=entry)
        if gone := is_erased(project, notes.values_list("customer_id", flat=True).distinct().iterator()):
            removed += _remove(entry, gone)
        # A note about somebody else may name the person.
        if told := names_erased(project, notes.values_list("text", flat=True).iterator()):
            removed += notes.filter(text__in=told).delete()[0]
    return removed


def forget_everywhere() -> int:
    """The same for every project the app knows; projects whose folder is gone are left alone."""
    folders = (Path(folder) for folder in Project.objects.values_list("folder", flat=True))
    return sum(forget_erased(folder) for folder in folders if folder.is_dir())


def _entries(project: Path) -> models.QuerySet[Project]:
    return Project.objects.filter(folder=str(project.resolve()))


def _remove(entry: Project, customers: set[str]) -> int:
    removed, _ = Note.objects.filter(project=entry, customer_id__in=customers).delete()
    return removed
