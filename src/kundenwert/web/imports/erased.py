"""Imports that wait while a person is erased: what names that person is removed, and whose import it was is told why."""

from __future__ import annotations

import contextlib
import shutil

from django.db.models import QuerySet

from kundenwert.errors import KundenwertError
from kundenwert.flows import draft as drafts
from kundenwert.flows import draft_erased
from kundenwert.web.imports.models import GONE, OPEN, ImportDraft
from kundenwert.web.jobs.models import RUNNING, WAITING, Job

KIND = "erased_imports"


def look() -> None:
    """Starts a job for each open import whose project has lost a person since its files were last looked through."""
    from kundenwert.web import jobs

    for entry in ImportDraft.objects.select_related("owner").filter(state=OPEN):
        # What cannot be read of one import must not end the worker; saving it reads the same and tells.
        with contextlib.suppress(KundenwertError, OSError, ValueError, KeyError):
            if draft_erased.is_overtaken(drafts.read(entry.folder)) and not _is_under_way(entry):
                jobs.start(KIND, None, entry.owner, draft=str(entry.pk))


def _is_under_way(entry: ImportDraft) -> bool:
    return Job.objects.filter(kind=KIND, state__in=(WAITING, RUNNING), arguments__draft=str(entry.pk)).exists()


def forget(entry: ImportDraft) -> bool:
    """Looks through the files of an import, and removes it if they name an erased person; its owner is told. True: it was removed."""
    draft = drafts.read(entry.folder)
    if not draft_erased.is_overtaken(draft) or not draft_erased.names_erased(draft):
        return False
    # First nobody may save it any more, then its files go.
    if ImportDraft.objects.filter(pk=entry.pk, state=OPEN).update(state=GONE, project=draft.project):
        shutil.rmtree(entry.folder, ignore_errors=True)
    return True


def told_to(user: object) -> QuerySet[ImportDraft]:
    """The imports of a person that were removed, and not yet put away."""
    return ImportDraft.objects.filter(owner=user, state=GONE)  # type: ignore[misc]
