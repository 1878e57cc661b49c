"""Addresses of the customer result."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.result import views

app_name = "result"
urlpatterns = [
    path("", views.result, name="result"),
    path("step/<slug:step>/", views.step, name="step"),
    path("records/<str:customer>/", views.records, name="records"),
    path("report.<slug:kind>", views.report, name="report"),
]
