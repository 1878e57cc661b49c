"""Addresses of the planner and of plans."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.plans import planner, plans

app_name = "plans"
urlpatterns = [
    path("", planner.planner, name="planner"),
    path("actions/", planner.actions, name="actions"),
    path("make/", planner.make, name="make"),
    path("list/", plans.listed, name="list"),
    path("plan/<str:name>/", plans.plan, name="plan"),
    path("plan/<str:name>/print/", plans.sheet, name="sheet"),
    path("plan/<str:name>/submit/", plans.submit, name="submit"),
    path("plan/<str:name>/approve/", plans.approve, name="approve"),
    path("plan/<str:name>/return/", plans.give_back, name="return"),
    path("plan/<str:name>/export/", plans.export, name="export"),
]
