"""Addresses of the import."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.start, name="start"),
    path("new/", views.new, name="new"),
    path("again/", views.again, name="again"),
    path("<uuid:number>/", views.files, name="files"),
    path("<uuid:number>/remove/", views.remove, name="remove"),
    path("<uuid:number>/discard/", views.discard, name="discard"),
    path("<uuid:number>/columns/", views.columns, name="columns"),
    path("<uuid:number>/check/", views.check, name="check"),
    path("<uuid:number>/rejected/", views.rejected, name="rejected"),
    path("<uuid:number>/rejected.csv", views.sheet, name="sheet"),
    path("<uuid:number>/save/", views.save, name="save"),
]
