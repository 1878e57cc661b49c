"""Addresses of accounts beside those of sign-in."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.accounts import views

app_name = "accounts"
urlpatterns = [
    path("first/", views.first, name="first"),
    path("settings/", views.settings, name="settings"),
    path("password/<str:number>/<str:token>/", views.reset, name="reset"),
]
