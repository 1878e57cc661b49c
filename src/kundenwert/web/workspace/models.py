"""Projects the app knows, and what people keep beside them."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Project(models.Model):
    """A project folder; the one opened last comes first for new sessions."""

    folder = models.CharField(max_length=1000, unique=True)
    title = models.CharField(max_length=200)
    opened = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.title


class Note(models.Model):
    """What somebody wrote about a customer. Notes are added, never changed; an erasure of the customer removes them."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="notes")
    customer_id = models.CharField(max_length=200)
    author = models.CharField(max_length=120)
    text = models.TextField(max_length=2000)
    written = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-written", "-pk")
        indexes = (models.Index(fields=("project", "customer_id", "-written")),)

    def __str__(self) -> str:
        return f"note {self.pk}"


class SavedView(models.Model):
    """A list of customers that somebody keeps: filters, columns and order, as the address of the list has them."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    question = models.JSONField(default=dict)
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("made", "pk")
        constraints = (models.UniqueConstraint(fields=("project", "owner", "name"), name="one_view_of_a_name"),)

    def __str__(self) -> str:
        return self.name
