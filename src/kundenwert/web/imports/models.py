"""Imports in progress: whose they are and where their files lie. What is in them says the folder itself."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.http import Http404

from kundenwert.web.rights import ADMIN

# GONE: removed because it named a person who was erased; its owner is told until this is put away.
OPEN, SAVED, GONE = "open", "saved", "gone"


class ImportDraft(models.Model):
    """Files somebody uploaded and has not saved yet, or has saved as a project. Only its owner and administrators see it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="imports")
    state = models.CharField(max_length=5, choices=((OPEN, OPEN), (SAVED, SAVED), (GONE, GONE)), default=OPEN)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    check_job = models.UUIDField(null=True)
    project = models.CharField(max_length=1000, blank=True, default="")  # where its files are now; "" before they are saved

    class Meta:
        ordering: ClassVar = ["-changed"]
        indexes: ClassVar = [models.Index(fields=["owner", "state"], name="imports_by_owner")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return Path(settings.HOME.drafts) / str(self.pk)

    def discard(self) -> None:
        """Removes it with its files."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.delete()


def drafts_of(user: Any) -> models.QuerySet[ImportDraft]:
    """The open imports a person may see."""
    found = ImportDraft.objects.select_related("owner").filter(state=OPEN)
    return found if user.role == ADMIN else found.filter(owner=user)


def draft_of(user: Any, number: uuid.UUID) -> ImportDraft:
    """One of them; another's does not exist for the reader."""
    found = drafts_of(user).filter(pk=number).first()
    if found is None:
        raise Http404
    return found
