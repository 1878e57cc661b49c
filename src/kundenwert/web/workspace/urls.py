"""Addresses of projects."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.workspace import views

app_name = "workspace"
urlpatterns = [
    path("", views.projects, name="projects"),
    path("<int:number>/open/", views.open_project, name="open"),
]
