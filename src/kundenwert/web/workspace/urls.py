"""Addresses of projects."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.workspace import views

app_name = "workspace"
urlpatterns = [
    path("", views.projects, name="projects"),
    path("example/", views.example, name="example"),
    path("<int:number>/", views.visit, name="visit"),
    path("<int:number>/open/", views.open_project, name="open"),
    path("<int:number>/forget/", views.forget, name="forget"),
]
