"""Addresses of the administration."""

from __future__ import annotations

from django.urls import path

from kundenwert.web.administration import audit, people

app_name = "administration"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/new/", people.new, name="new"),
    path("people/<int:number>/", people.person, name="person"),
    path("people/<int:number>/link/", people.new_link, name="link"),
    path("people/<int:number>/second-factor/", people.drop_second_factor, name="second_factor"),
    path("people/<int:number>/sessions/<int:session>/end/", people.end_session, name="end_session"),
    path("changes/", people.changes, name="changes"),
    path("roles/", people.roles, name="roles"),
    path("audit/", audit.audit, name="audit"),
    path("audit/check/", audit.check, name="check"),
    path("audit/export/", audit.export, name="audit_export"),
]
