"""Addresses of accounts beside those of sign-in."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.accounts import sessions, views

app_name = "accounts"
urlpatterns = [
    path("first/", views.first, name="first"),
    path("settings/", views.settings, name="settings"),
    path("sessions/<int:number>/end/", sessions.end_own, name="end_session"),
    path("password/<str:number>/<str:token>/", views.reset, name="reset"),
]
