"""All addresses. Who may open them stands in `rights`."""

from __future__ import annotations

from django.urls import include, path

from kundenwert.web import home_page

urlpatterns = [
    path("", home_page.home, name="home"),
    path("language/", home_page.language, name="language"),
    path("account/", include("allauth.account.urls")),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/", include("kundenwert.web.accounts.urls")),
    path("administration/", include("kundenwert.web.administration.urls")),
    path("projects/", include("kundenwert.web.workspace.urls")),
    path("customers/", include("kundenwert.web.customers.urls")),
    path("jobs/", include("kundenwert.web.jobs.urls")),
    path("import/", include("kundenwert.web.imports.urls")),
    path("overview/", include("kundenwert.web.overview.urls")),
    path("models/", include("kundenwert.web.models.urls")),
    path("result/", include("kundenwert.web.result.urls")),
    path("portfolio/", include("kundenwert.web.portfolio.urls")),
    path("plans/", include("kundenwert.web.plans.urls")),
    path("terms/", include("kundenwert.web.terms.urls")),
]

handler400 = "kundenwert.web.problems.bad_request"
handler403 = "kundenwert.web.problems.refused"
handler404 = "kundenwert.web.problems.missing"
handler500 = "kundenwert.web.problems.broken"
