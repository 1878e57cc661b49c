"""Projects the app knows, and what people keep beside them."""

from __future__ import annotations

from django.db import models


class Project(models.Model):
    """A project folder; the one opened last comes first for new sessions."""

    folder = models.CharField(max_length=1000, unique=True)
    title = models.CharField(max_length=200)
    opened = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title
