"""Addresses of jobs."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.jobs, name="list"),
    path("<uuid:number>/", views.job, name="job"),
    path("<uuid:number>/progress/", views.progress, name="progress"),
    path("<uuid:number>/cancel/", views.cancel, name="cancel"),
    path("<uuid:number>/notice/", views.notice, name="notice"),
    path("schedule/<slug:kind>/", views.schedule, name="schedule"),
    path("schedule/<int:number>/end/", views.unschedule, name="unschedule"),
]
