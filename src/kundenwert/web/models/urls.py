"""Address of the models."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.models import views

app_name = "models"
urlpatterns = [path("", views.models, name="models")]
