"""Addresses of the portfolio."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.portfolio import views

app_name = "portfolio"
urlpatterns = [
    path("", views.portfolio, name="portfolio"),
    path("weights/", views.weights, name="weights"),
    path("workbook.xlsx", views.workbook, name="workbook"),
]
