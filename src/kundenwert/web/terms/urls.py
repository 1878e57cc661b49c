"""Address of the words."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.terms import views

app_name = "terms"
urlpatterns = [path("", views.terms, name="terms")]
