"""Erased persons leave the database of the web app too: notes about them, and whatever else names them.

An erasure is made on the command line, where this database is not known. So notes are never shown without asking the register, and what
is left of erased persons is removed at each start and after each job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import models

from kundenwert.flows.erased import is_erased, names_erased
from kundenwert.web.workspace.models import Note, Project, SavedView


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
        removed += _remove_views(entry, lambda words: names_erased(project, words))
    return removed


def forget_everywhere() -> int:
    """The same for every project the app knows; projects whose folder is gone are left alone."""
    folders = (Path(folder) for folder in Project.objects.values_list("folder", flat=True))
    return sum(forget_erased(folder) for folder in folders if folder.is_dir())


def _entries(project: Path) -> models.QuerySet[Project]:
    return Project.objects.filter(folder=str(project.resolve()))


def _remove(entry: Project, customers: set[str]) -> int:
    removed, _ = Note.objects.filter(project=entry, customer_id__in=customers).delete()
    return removed + _remove_views(entry, lambda words: {word for word in words if word.strip() in customers})


def _remove_views(entry: Project, named: Callable[[set[str]], set[str]]) -> int:
    """Removes kept views of the list that search for somebody. named: which of some words name a person who is gone."""
    removed = 0
    for view in SavedView.objects.filter(project=entry):
        if named({view.name, *_words(view.question)}):
            view.delete()
            removed += 1
    return removed


def _words(content: Any) -> Iterator[str]:
    """Every text in what a view asks for."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for one in content.values():
            yield from _words(one)
    elif isinstance(content, list):
        for one in content:
            yield from _words(one)
